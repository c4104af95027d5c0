//! Numbers, booleans, text, bytes and enums out of JSON, or out of the text of a path or query.

use std::borrow::Cow;

use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use prost_reflect::{EnumDescriptor, Kind, MapKey, Value};

use super::{EnumNames, Json, JsonStyle, names};

/// Takes padding or none, as ProtoJSON asks for.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// A JSON text: types are told apart by their syntax.
    Body,
    /// A path or a query: everything is text.
    Text,
}

/// What is wrong with a value; reads on from the field's name.
pub(crate) type Problem = Cow<'static, str>;

/// A value of a kind that is no message.
pub(super) fn scalar(
    kind: &Kind,
    json: &Json<'_>,
    source: Source,
    style: &JsonStyle,
) -> Result<Value, Problem> {
    match kind {
        Kind::Double => float(json).map(Value::F64),
        Kind::Float => float(json).and_then(narrow).map(Value::F32),
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => {
            integer(json, i32::MIN.into(), i32::MAX.into()).map(Value::I32)
        }
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => {
            integer(json, i64::MIN.into(), i64::MAX.into()).map(Value::I64)
        }
        Kind::Uint32 | Kind::Fixed32 => integer(json, 0, u32::MAX.into()).map(Value::U32),
        Kind::Uint64 | Kind::Fixed64 => integer(json, 0, u64::MAX.into()).map(Value::U64),
        Kind::Bool => boolean(json, source).map(Value::Bool),
        Kind::String => match json {
            Json::Text(text) => Ok(Value::String(text.as_ref().to_owned())),
            _ => Err("must be a string".into()),
        },
        Kind::Bytes => match json {
            Json::Text(text) => bytes(text).map(|bytes| Value::Bytes(bytes.into())),
            _ => Err("must be a string of base64".into()),
        },
        Kind::Enum(descriptor) => {
            enumeration(descriptor, json, source, style).map(Value::EnumNumber)
        }
        Kind::Message(_) => Err("must be an object".into()),
    }
}

/// The key of a map entry.
pub(super) fn key(kind: &Kind, text: &str) -> Result<MapKey, Problem> {
    let json = Json::text(text);
    match scalar(kind, &json, Source::Text, &JsonStyle::default())?.into_map_key() {
        Some(key) => Ok(key),
        None => Err("is not a key".into()),
    }
}

fn boolean(json: &Json<'_>, source: Source) -> Result<bool, Problem> {
    match (json, source) {
        (Json::Bool(value), _) => Ok(*value),
        (Json::Text(text), Source::Text) if text == "true" => Ok(true),
        (Json::Text(text), Source::Text) if text == "false" => Ok(false),
        _ => Err("must be true or false".into()),
    }
}

fn integer<T: TryFrom<i128>>(json: &Json<'_>, least: i128, most: i128) -> Result<T, Problem> {
    let number = match json {
        Json::Int(number) => Some(*number),
        Json::Float(number) => whole(*number),
        Json::Text(text) => text_to_whole(text),
        _ => None,
    };
    let Some(number) = number else {
        return Err("must be a whole number".into());
    };
    T::try_from(number).map_err(|_| format!("must be a whole number from {least} to {most}").into())
}

fn text_to_whole(text: &str) -> Option<i128> {
    if !is_number(text) {
        return None;
    }
    text.parse().ok().or_else(|| whole(text.parse().ok()?))
}

/// The integer a float stands for; `1e2` is one, `1.5` is not.
fn whole(number: f64) -> Option<i128> {
    // Beyond 2^64 no integer type has room; the cast is exact below.
    let is_whole = number.fract() == 0.0 && number.abs() <= 18_446_744_073_709_551_616.0;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "checked to be whole and small enough"
    )]
    let integer = number as i128;
    is_whole.then_some(integer)
}

fn float(json: &Json<'_>) -> Result<f64, Problem> {
    let number = match json {
        #[expect(
            clippy::cast_precision_loss,
            reason = "a float takes the nearest value"
        )]
        Json::Int(number) => *number as f64,
        Json::Float(number) => *number,
        Json::Text(text) => match text.as_ref() {
            "NaN" => return Ok(f64::NAN),
            "Infinity" => return Ok(f64::INFINITY),
            "-Infinity" => return Ok(f64::NEG_INFINITY),
            text if is_number(text) => text.parse().map_err(|_| "must be a number")?,
            _ => return Err("must be a number".into()),
        },
        _ => return Err("must be a number".into()),
    };
    match number.is_finite() {
        true => Ok(number),
        false => Err("is out of range".into()),
    }
}

fn narrow(number: f64) -> Result<f32, Problem> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the range is checked after"
    )]
    let narrow = number as f32;
    match number.is_finite() && !narrow.is_finite() {
        true => Err("is out of range".into()),
        false => Ok(narrow),
    }
}

/// The grammar of JSON numbers, leading zeros tolerated.
fn is_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (integer, fraction) = match mantissa.split_once('.') {
        Some((integer, fraction)) => (integer, Some(fraction)),
        None => (mantissa, None),
    };
    digits(integer)
        && fraction.is_none_or(digits)
        && exponent
            .is_none_or(|exponent| digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)))
}

fn bytes(text: &str) -> Result<Vec<u8>, Problem> {
    // Both alphabets are to be read (RFC 4648, sections 4 and 5).
    let standard: String = text
        .chars()
        .map(|c| match c {
            '-' => '+',
            '_' => '/',
            c => c,
        })
        .collect();
    LENIENT
        .decode(standard)
        .map_err(|_| "must be base64".into())
}

fn enumeration(
    descriptor: &EnumDescriptor,
    json: &Json<'_>,
    source: Source,
    style: &JsonStyle,
) -> Result<i32, Problem> {
    let number = match json {
        Json::Text(name) => match style.enum_value(descriptor, name) {
            Some(value) => return Ok(value.number()),
            None if source == Source::Text => text_to_whole(name),
            None => None,
        },
        Json::Int(number) => Some(*number),
        Json::Float(number) => whole(*number),
        _ => None,
    };
    let number = number.and_then(|number| i32::try_from(number).ok());
    // Open enums take numbers their author does not know yet.
    let is_open = descriptor.parent_file().syntax() == prost_reflect::Syntax::Proto3;
    number
        .filter(|number| is_open || descriptor.get_value(*number).is_some())
        .ok_or_else(|| choices(descriptor, style))
}

fn choices(descriptor: &EnumDescriptor, style: &JsonStyle) -> Problem {
    let names: Vec<String> = descriptor
        .values()
        .filter(|value| value.number() != 0)
        .take(12)
        .map(|value| match style.enum_names {
            EnumNames::Full => value.name().to_owned(),
            EnumNames::Short => names::short(descriptor.name(), value.name()).to_ascii_lowercase(),
        })
        .collect();
    format!("must be one of {}", names.join(", ")).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(kind: &Kind, json: &str, source: Source) -> Result<Value, String> {
        let json = Json::parse(json.as_bytes()).unwrap();
        scalar(kind, &json, source, &JsonStyle::default()).map_err(Into::into)
    }

    #[test]
    fn numbers_come_in_many_forms() {
        let int32 = |text| read(&Kind::Int32, text, Source::Body);
        for text in [
            "100",
            "1e2",
            "100.0",
            "\"100\"",
            "\"1e2\"",
            "\"100.0\"",
            "\"1E+2\"",
        ] {
            assert_eq!(int32(text), Ok(Value::I32(100)), "{text}");
        }
        for text in [
            "1.5", "true", "\"\"", "\" 1\"", "\"+1\"", "\"0x1\"", "[]", "\"1e\"", "\"abc\"",
        ] {
            assert_eq!(
                int32(text),
                Err("must be a whole number".to_owned()),
                "{text}"
            );
        }
        for text in ["2147483648", "-2147483649", "\"1e20\"", "1e19"] {
            assert!(
                int32(text)
                    .unwrap_err()
                    .starts_with("must be a whole number"),
                "{text}"
            );
        }
        assert_eq!(read(&Kind::Int32, "-0", Source::Body), Ok(Value::I32(0)));
        let most = read(&Kind::Uint64, "18446744073709551615", Source::Body);
        assert_eq!(most, Ok(Value::U64(u64::MAX)));
        assert!(read(&Kind::Uint64, "-1", Source::Body).is_err());
        let least = read(&Kind::Int64, "\"-9223372036854775808\"", Source::Body);
        assert_eq!(least, Ok(Value::I64(i64::MIN)));
    }

    #[test]
    fn floats_have_names_for_what_is_no_number() {
        let double = |text| read(&Kind::Double, text, Source::Body);
        assert_eq!(double("1"), Ok(Value::F64(1.0)));
        assert_eq!(double("\"-1.5e3\""), Ok(Value::F64(-1500.0)));
        assert_eq!(double("\"-Infinity\""), Ok(Value::F64(f64::NEG_INFINITY)));
        assert!(matches!(double("\"NaN\""), Ok(Value::F64(n)) if n.is_nan()));
        for text in ["\"nan\"", "\"inf\"", "\"\"", "\"1e999\"", "null", "\".5\""] {
            assert!(double(text).is_err(), "{text}");
        }
        assert_eq!(
            read(&Kind::Float, "1e39", Source::Body),
            Err("is out of range".to_owned())
        );
        assert_eq!(
            read(&Kind::Float, "3.4028235e38", Source::Body),
            Ok(Value::F32(f32::MAX))
        );
    }

    #[test]
    fn booleans_are_words_only_where_all_is_text() {
        assert_eq!(
            read(&Kind::Bool, "true", Source::Body),
            Ok(Value::Bool(true))
        );
        assert_eq!(
            read(&Kind::Bool, "\"false\"", Source::Text),
            Ok(Value::Bool(false))
        );
        assert!(read(&Kind::Bool, "\"true\"", Source::Body).is_err());
        assert!(read(&Kind::Bool, "1", Source::Body).is_err());
        assert!(read(&Kind::Bool, "\"1\"", Source::Text).is_err());
    }

    #[test]
    fn bytes_come_in_both_alphabets() {
        for text in ["\"+/8=\"", "\"-_8=\"", "\"-_8\""] {
            let expected = Value::Bytes(vec![0xfb, 0xff].into());
            assert_eq!(
                read(&Kind::Bytes, text, Source::Body),
                Ok(expected),
                "{text}"
            );
        }
        assert!(read(&Kind::Bytes, "\"a*\"", Source::Body).is_err());
    }
}
