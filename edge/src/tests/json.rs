//! ProtoJSON, read and written, against tables and against prost-reflect's own.

use prost::Message as _;
use prost_reflect::{DynamicMessage, ReflectMessage as _, Value};

use super::{POOL, like_taskchat, message, parse, print};
use crate::{
    JsonStyle,
    json::{Defaults, Faults, Json, Plans, Reader, Source, UnknownFields, WriteError},
};

/// Reads with our reader; the faults as `field problem`.
fn read(style: &JsonStyle, name: &str, json: &str) -> Result<DynamicMessage, Vec<String>> {
    let json = Json::parse(json.as_bytes()).unwrap();
    let mut faults = Faults::default();
    let read = Reader::new(style, Source::Body, &mut faults, "").message(&message(name), &json);
    let faults = faults.into_result();
    faults.map_err(|faults| faults.iter().map(ToString::to_string).collect::<Vec<_>>())?;
    Ok(read.unwrap())
}

fn write(style: &JsonStyle, message: &DynamicMessage) -> String {
    String::from_utf8(try_write(style, message).unwrap()).unwrap()
}

fn try_write(style: &JsonStyle, message: &DynamicMessage) -> Result<Vec<u8>, WriteError> {
    let plans = Plans::new(&POOL, style);
    let plan = plans.by_name(message.descriptor().full_name()).unwrap();
    plans.write(plan, &message.encode_to_vec())
}

/// Texts that mean the same to us and to prost-reflect, both ways.
const AGREED: &[&str] = &[
    "{}",
    r#"{"fDouble":1.5,"fFloat":-0.25,"fInt32":-5,"fInt64":"-9223372036854775808","fUint32":4294967295,"fUint64":"18446744073709551615"}"#,
    r#"{"fSint32":-1,"fSint64":"-1","fFixed32":1,"fFixed64":"1","fSfixed32":-1,"fSfixed64":"-1"}"#,
    r#"{"fBool":true,"fString":"a\"\\\n\u0001\u2028ü","fBytes":"+/8=","fEnum":"COLOR_DARK_BLUE"}"#,
    r#"{"fMessage":{"id":"1","tags":["a","b"],"note":"","maker":{"fullName":"x","age":3}}}"#,
    r#"{"oInt32":0,"rInt32":[1,2,3],"rMessage":[{},{"id":"2"}]}"#,
    r#"{"mString":{"a":1,"b":2},"mInt64":{"-3":{"id":"x"}},"mBool":{"true":"COLOR_RED","false":"COLOR_UNSPECIFIED"}}"#,
    r#"{"cString":""}"#,
    r#"{"cInt32":0}"#,
    r#"{"cNull":null}"#,
    r#"{"cMessage":{}}"#,
    r#"{"wTimestamp":"2026-11-22T10:00:00.123456Z","wDuration":"-1.500s","wMask":"a,bC.dE"}"#,
    r#"{"wStruct":{"a":null,"b":[true,"x",{"c":1.5}],"d":{}}}"#,
    r#"{"wValue":null}"#,
    r#"{"wValue":[1.5,null,{"a":"b"}]}"#,
    r#"{"wList":[[],{},"x"],"rValue":[null,"a",false]}"#,
    r#"{"wAny":{"@type":"type.googleapis.com/shapes.v1.Item","id":"7"}}"#,
    r#"{"wAny":{"@type":"type.googleapis.com/google.protobuf.Duration","value":"1s"}}"#,
    r#"{"wAny":{"@type":"type.googleapis.com/google.protobuf.Any","value":{"@type":"x.com/shapes.v1.Item"}}}"#,
    r#"{"wEmpty":{},"wInt32":0,"wInt64":"0","wString":"","wBool":false,"wBytes":"","wDouble":0.5}"#,
    r#"{"fDouble":"NaN","fFloat":"-Infinity"}"#,
    r#"{"rTimestamp":["1970-01-01T00:00:00Z"],"self":{"self":{"fInt32":1}}}"#,
];

#[test]
fn we_agree_with_prost_reflect() {
    let style = JsonStyle::default();
    for text in AGREED {
        let ours = read(&style, "All", text).unwrap_or_else(|faults| panic!("{text}: {faults:?}"));
        let theirs = parse(&message("All"), text);
        // Text, because NaN is not equal to itself.
        assert_eq!(print(&ours), print(&theirs), "{text}");
        let written: serde_json::Value = serde_json::from_str(&write(&style, &ours)).unwrap();
        let expected: serde_json::Value = serde_json::from_str(text).unwrap();
        assert_eq!(written, expected, "{text}");
    }
}

#[test]
fn everything_printed_is_read_again() {
    let style = like_taskchat().json;
    for text in AGREED {
        let first = parse(&message("All"), text);
        let printed = write(&style, &first);
        let second =
            read(&style, "All", &printed).unwrap_or_else(|faults| panic!("{printed}: {faults:?}"));
        assert_eq!(print(&second), print(&first), "{printed}");
    }
}

#[test]
fn many_forms_are_read() {
    let rows = [
        (
            r#"{"f_int32":"1e2","f_int64":5,"f_uint64":1.0}"#,
            r#"{"fInt32":100,"fInt64":"5","fUint64":"1"}"#,
        ),
        (
            r#"{"f_enum":"dark_blue","m_bool":{"true":"red"}}"#,
            r#"{"fEnum":"COLOR_DARK_BLUE","mBool":{"true":"COLOR_RED"}}"#,
        ),
        (r#"{"f_enum":1}"#, r#"{"fEnum":"COLOR_RED"}"#),
        (r#"{"f_enum":77}"#, r#"{"fEnum":77}"#),
        (r#"{"f_bytes":"-_8"}"#, r#"{"fBytes":"+/8="}"#),
        (
            r#"{"w_mask":"parent_name,page.size,aB"}"#,
            r#"{"wMask":"parentName,page.size,aB"}"#,
        ),
        (
            r#"{"f_string":null,"r_int32":null,"m_string":null,"f_message":null,"c_string":null,"c_int32":1,"w_int32":null}"#,
            r#"{"cInt32":1}"#,
        ),
        (r#"{"c_null":"NULL_VALUE"}"#, r#"{"cNull":null}"#),
        (
            r#"{"w_timestamp":"2026-11-22T12:00:00+02:00"}"#,
            r#"{"wTimestamp":"2026-11-22T10:00:00Z"}"#,
        ),
    ];
    for (text, expected) in rows {
        let read = read(&like_taskchat().json, "All", text)
            .unwrap_or_else(|faults| panic!("{text}: {faults:?}"));
        let expected: serde_json::Value = serde_json::from_str(expected).unwrap();
        assert_eq!(print(&read), expected, "{text}");
    }
}

#[test]
fn every_fault_names_its_field() {
    let rows: &[(&str, &[&str])] = &[
        ("[]", &["the body must be an object"]),
        ("null", &["the body must be an object"]),
        (r#"{"titel":1}"#, &["titel is not a known field"]),
        (r#"{"f_string":5}"#, &["f_string must be a string"]),
        (r#"{"f_string":{}}"#, &["f_string must be a string"]),
        (r#"{"fInt32":"x"}"#, &["fInt32 must be a whole number"]),
        (
            r#"{"f_int32":2147483648}"#,
            &["f_int32 must be a whole number from -2147483648 to 2147483647"],
        ),
        (r#"{"f_bool":"true"}"#, &["f_bool must be true or false"]),
        (
            r#"{"f_enum":"blue"}"#,
            &["f_enum must be one of red, dark_blue"],
        ),
        (
            r#"{"f_enum":"COLOR_BLUE"}"#,
            &["f_enum must be one of red, dark_blue"],
        ),
        (
            r#"{"f_enum":"Red"}"#,
            &["f_enum must be one of red, dark_blue"],
        ),
        (r#"{"f_bytes":"*"}"#, &["f_bytes must be base64"]),
        (r#"{"f_message":[]}"#, &["f_message must be an object"]),
        (
            r#"{"f_message":{"maker":{"age":"old"}}}"#,
            &["f_message.maker.age must be a whole number"],
        ),
        (
            r#"{"f_message":{"maker":{"nope":1}}}"#,
            &["f_message.maker.nope is not a known field"],
        ),
        (r#"{"r_int32":5}"#, &["r_int32 must be a list"]),
        (
            r#"{"r_int32":[1,"x",null]}"#,
            &[
                "r_int32[1] must be a whole number",
                "r_int32[2] must not be null",
            ],
        ),
        (
            r#"{"r_message":[{},{"id":1}]}"#,
            &["r_message[1].id must be a string"],
        ),
        (r#"{"m_string":[]}"#, &["m_string must be an object"]),
        (
            r#"{"m_string":{"a":"x"}}"#,
            &["m_string.a must be a whole number"],
        ),
        (
            r#"{"m_int64":{"x":{}}}"#,
            &["m_int64.x as a key must be a whole number"],
        ),
        (
            r#"{"m_bool":{"1":1}}"#,
            &["m_bool.1 as a key must be true or false"],
        ),
        (
            r#"{"f_int32":1,"f_int32":2}"#,
            &["f_int32 is given more than once"],
        ),
        (
            r#"{"f_int32":1,"fInt32":1}"#,
            &["fInt32 is given more than once"],
        ),
        (
            r#"{"m_string":{"a":1,"a":2}}"#,
            &["m_string.a is given more than once"],
        ),
        (
            r#"{"w_struct":{"a":{"b":1,"b":1}}}"#,
            &["w_struct.a.b is given more than once"],
        ),
        (
            r#"{"c_string":"a","c_int32":1}"#,
            &["c_int32 cannot be given together with c_string"],
        ),
        (
            r#"{"w_timestamp":"yesterday"}"#,
            &["w_timestamp must be an RFC 3339 timestamp such as 2026-11-22T10:00:00Z"],
        ),
        (
            r#"{"w_duration":"5"}"#,
            &["w_duration must be a duration in seconds such as 1.5s"],
        ),
        (
            r#"{"w_mask":["a"]}"#,
            &["w_mask must be field names joined by commas"],
        ),
        (r#"{"w_struct":[]}"#, &["w_struct must be an object"]),
        (r#"{"w_list":{}}"#, &["w_list must be a list"]),
        (
            r#"{"w_any":{"id":"1"}}"#,
            &["w_any must have one @type, a string"],
        ),
        (
            r#"{"w_any":{"@type":"x.com/no.Such"}}"#,
            &["w_any has an unknown @type"],
        ),
        (
            r#"{"w_any":{"@type":"x.com/.shapes.v1.Item"}}"#,
            &["w_any has an unknown @type"],
        ),
        (
            r#"{"w_any":{"@type":"x.com/shapes.v1.Item","id":1}}"#,
            &["w_any.id must be a string"],
        ),
        (
            r#"{"w_int32":"x","f_string":1}"#,
            &[
                "w_int32 must be a whole number",
                "f_string must be a string",
            ],
        ),
    ];
    for (text, expected) in rows {
        let faults = read(&like_taskchat().json, "All", text)
            .err()
            .unwrap_or_default();
        assert_eq!(faults, *expected, "{text}");
    }
}

#[test]
fn unknown_fields_can_be_ignored() {
    let style = JsonStyle {
        unknown_fields: UnknownFields::Ignore,
        ..JsonStyle::default()
    };
    let read = read(&style, "Item", r#"{"id":"1","nope":{"x":[1]}}"#).unwrap();
    assert_eq!(print(&read), serde_json::json!({"id": "1"}));
}

#[test]
fn nesting_is_limited_to_what_can_be_decoded() {
    let nested = |levels: usize| format!("{}1{}", r#"{"a":"#.repeat(levels), "}".repeat(levels));
    let text = format!(r#"{{"w_struct":{}}}"#, nested(32));
    let read_back = read(&JsonStyle::default(), "All", &text).unwrap();
    let bytes = read_back.encode_to_vec();
    assert!(DynamicMessage::decode(message("All"), bytes.as_slice()).is_ok());

    let text = format!(r#"{{"w_struct":{}}}"#, nested(60));
    let faults = read(&JsonStyle::default(), "All", &text).unwrap_err();
    assert!(
        faults
            .iter()
            .all(|fault| fault.ends_with("is nested too deeply")),
        "{faults:?}"
    );
}

#[test]
fn taskchat_prints_what_is_there_and_what_is_not() {
    let item = parse(&message("Item"), r#"{"id":"1","color":"COLOR_DARK_BLUE"}"#);
    let style = like_taskchat().json;
    assert_eq!(
        write(&style, &item),
        r#"{"id":"1","title":"","color":"dark_blue","tags":[],"note":null,"maker":null,"made_at":null}"#
    );
    assert_eq!(
        write(&JsonStyle::default(), &item),
        r#"{"id":"1","color":"COLOR_DARK_BLUE"}"#
    );
    let defaults = JsonStyle {
        defaults: Defaults::Print,
        ..JsonStyle::default()
    };
    assert_eq!(
        write(&defaults, &parse(&message("Item"), "{}")),
        r#"{"id":"","title":"","color":"COLOR_UNSPECIFIED","tags":[]}"#
    );
    // Members of a oneof stand only where they are set.
    assert_eq!(
        write(&style, &parse(&message("Event"), "{}")),
        r#"{"seq":0}"#
    );
    let event = parse(&message("Event"), r#"{"seq":2,"stillHere":{}}"#);
    assert_eq!(write(&style, &event), r#"{"seq":2,"still_here":{}}"#);
}

#[test]
fn numbers_are_printed_shortest() {
    let style = JsonStyle::default();
    let rows = [
        (
            r#"{"wStruct":{"a":7,"b":7.5,"c":-0.0,"d":1e21,"e":9007199254740991}}"#,
            r#"{"wStruct":{"a":7,"b":7.5,"c":-0.0,"d":1e21,"e":9007199254740991}}"#,
        ),
        (
            r#"{"fDouble":0.1,"fFloat":0.1}"#,
            r#"{"fDouble":0.1,"fFloat":0.1}"#,
        ),
        (r#"{"fDouble":1e300}"#, r#"{"fDouble":1e300}"#),
        (r#"{"fDouble":3}"#, r#"{"fDouble":3}"#),
    ];
    for (text, expected) in rows {
        assert_eq!(write(&style, &parse(&message("All"), text)), expected);
    }
}

#[test]
fn what_has_no_form_is_an_error() {
    let all = message("All");
    let mut message = DynamicMessage::new(all.clone());
    let timestamp = message
        .get_field_by_name_mut("w_timestamp")
        .unwrap()
        .as_message_mut()
        .unwrap();
    timestamp.set_field_by_name("seconds", Value::I64(i64::MAX));
    let style = JsonStyle::default();
    assert!(try_write(&style, &message).is_err());

    let mut message = DynamicMessage::new(all);
    let value = message
        .get_field_by_name_mut("w_value")
        .unwrap()
        .as_message_mut()
        .unwrap();
    value.set_field_by_name("number_value", Value::F64(f64::NAN));
    assert!(try_write(&style, &message).is_err());
}

#[test]
fn an_unknown_any_does_not_take_the_rest_with_it() {
    let mut message = DynamicMessage::new(message("All"));
    let any = message
        .get_field_by_name_mut("w_any")
        .unwrap()
        .as_message_mut()
        .unwrap();
    any.set_field_by_name("type_url", Value::String("x.com/no.Such".to_owned()));
    message.set_field_by_name("f_bool", Value::Bool(true));
    let written = write(&JsonStyle::default(), &message);
    assert_eq!(
        written,
        r#"{"fBool":true,"wAny":{"@type":"x.com/no.Such"}}"#
    );
}
