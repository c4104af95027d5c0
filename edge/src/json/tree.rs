//! JSON as it was written: members in order, duplicates kept, text borrowed where it can be.

use std::{borrow::Cow, fmt};

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// A JSON value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Json<'t> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number without fraction and exponent that fits 64 bits.
    Int(i128),
    /// Any other number.
    Float(f64),
    /// Text.
    Text(Cow<'t, str>),
    /// `[…]`.
    List(Vec<Json<'t>>),
    /// `{…}`; a name may come twice.
    Object(Vec<Member<'t>>),
}

/// A member of an object.
pub(crate) type Member<'t> = (Cow<'t, str>, Json<'t>);

impl<'t> Json<'t> {
    /// Parses a whole text; the error tells line and column. Nesting is limited to 128 levels.
    pub(crate) fn parse(text: &'t [u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(text)
    }

    /// Text that is no JSON, such as the value of a query parameter.
    pub(crate) fn text(text: impl Into<Cow<'t, str>>) -> Self {
        Self::Text(text.into())
    }
}

impl<'de: 't, 't> Deserialize<'de> for Json<'t> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TreeVisitor)
    }
}

struct TreeVisitor;

impl<'de> Visitor<'de> for TreeVisitor {
    type Value = Json<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Json<'de>, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Json<'de>, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Json<'de>, E> {
        Ok(Json::Int(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Json<'de>, E> {
        Ok(Json::Int(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Json<'de>, E> {
        Ok(Json::Float(value))
    }

    fn visit_borrowed_str<E: Error>(self, value: &'de str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Borrowed(value)))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Owned(value.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json<'de>, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Json<'de>, A::Error> {
        let mut object = Vec::new();
        while let Some(Name(name)) = members.next_key()? {
            object.push((name, members.next_value()?));
        }
        Ok(Json::Object(object))
    }
}

/// The name of a member; unlike plain `Cow` it borrows.
struct Name<'t>(Cow<'t, str>);

impl<'de: 't, 't> Deserialize<'de> for Name<'t> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameVisitor;
        impl<'de> Visitor<'de> for NameVisitor {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a member")
            }

            fn visit_borrowed_str<E: Error>(self, value: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(value)))
            }

            fn visit_str<E: Error>(self, value: &str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(value.to_owned())))
            }
        }
        deserializer.deserialize_str(NameVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_keep_order_and_duplicates() {
        let Json::Object(members) =
            Json::parse(br#"{"b":1,"a":[null,-2,1e2],"b":"\u0041"}"#).unwrap()
        else {
            panic!("no object");
        };
        let list = Json::List(vec![Json::Null, Json::Int(-2), Json::Float(100.0)]);
        assert_eq!(
            members,
            [
                ("b".into(), Json::Int(1)),
                ("a".into(), list),
                ("b".into(), Json::text("A"))
            ]
        );
    }

    #[test]
    fn broken_text_is_refused() {
        let deep = "[".repeat(200);
        for text in [
            "",
            "{",
            "{\"a\":1,}",
            "nul",
            "1 2",
            "{'a':1}",
            "\"\u{1}\"",
            "NaN",
            &deep,
        ] {
            assert!(Json::parse(text.as_bytes()).is_err(), "{text:?}");
        }
        assert!(Json::parse(b"\"\xff\"").is_err());
    }
}
