//! JSON values as `google.protobuf.Struct`.
//!
//! A `Struct` has only doubles: whole numbers beyond 2^53 lose their last digits. Our tools make no
//! such numbers.

use prost_types::{ListValue, Struct, Value, value::Kind};
use serde_json::Value as Json;

/// A JSON object. What is not an object becomes `{"value": ...}`, so that nothing is lost.
pub(crate) fn object(json: &Json) -> Struct {
    let fields = match json {
        Json::Object(members) => members
            .iter()
            .map(|(name, member)| (name.clone(), value(member)))
            .collect(),
        other => [("value".to_owned(), value(other))].into(),
    };
    Struct { fields }
}

fn value(json: &Json) -> Value {
    let kind = match json {
        Json::Null => Kind::NullValue(0),
        Json::Bool(flag) => Kind::BoolValue(*flag),
        Json::Number(number) => Kind::NumberValue(number.as_f64().unwrap_or_default()),
        Json::String(text) => Kind::StringValue(text.clone()),
        Json::Array(items) => Kind::ListValue(ListValue {
            values: items.iter().map(value).collect(),
        }),
        Json::Object(_) => Kind::StructValue(object(json)),
    };
    Value { kind: Some(kind) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The way back, as ProtoJSON defines it.
    fn back(object: Struct) -> Json {
        let members = object.fields.into_iter();
        Json::Object(
            members
                .map(|(name, value)| (name, back_value(value)))
                .collect(),
        )
    }

    fn back_value(value: Value) -> Json {
        match value.kind.unwrap() {
            Kind::NullValue(_) => Json::Null,
            Kind::BoolValue(flag) => json!(flag),
            Kind::NumberValue(number) if number.fract() == 0.0 => json!(number as i64),
            Kind::NumberValue(number) => json!(number),
            Kind::StringValue(text) => json!(text),
            Kind::ListValue(list) => list.values.into_iter().map(back_value).collect(),
            Kind::StructValue(object) => back(object),
        }
    }

    #[test]
    fn nothing_is_lost() {
        let all = json!({
            "null": null, "yes": true, "int": 42, "neg": -7, "half": 0.5, "text": "ünïcode",
            "list": [1, "two", [], {}, null], "nested": {"a": {"b": {"c": [false]}}},
        });
        assert_eq!(back(object(&all)), all);
        assert_eq!(back(object(&json!({}))), json!({}));
        assert_eq!(back(object(&json!([1]))), json!({"value": [1]}));
        assert_eq!(back(object(&json!("x"))), json!({"value": "x"}));
    }
}
