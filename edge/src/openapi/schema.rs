//! Schemas: what a value looks like in the JSON style in force.
//!
//! A message has up to two of them. In answers all members that are always printed are required; in
//! requests nothing is, unknown members are refused, and `null` is an unset field. Where reading is
//! more generous than this (other spellings, numbers as text), the schema says what to send.

use std::collections::BTreeMap;

use prost_reflect::{EnumDescriptor, FieldDescriptor, Kind, MessageDescriptor};
use serde_json::{Map, Value, json};

use super::comments::{self, Comments};
use crate::{
    JsonStyle,
    json::{Defaults, EnumNames, UnknownFields, Unset, WellKnown, has_null, names},
};

/// Which way a value goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Direction {
    /// To the service.
    Request,
    /// From it.
    Answer,
}

/// The named schemas, as far as they were asked for.
pub(super) struct Schemas<'s> {
    style: &'s JsonStyle,
    comments: &'s Comments,
    names: BTreeMap<(String, Direction), String>,
    components: Map<String, Value>,
}

impl<'s> Schemas<'s> {
    /// None yet.
    pub(super) fn new(style: &'s JsonStyle, comments: &'s Comments) -> Self {
        Self {
            style,
            comments,
            names: BTreeMap::new(),
            components: Map::new(),
        }
    }

    /// All that were asked for, and those they refer to.
    pub(super) fn finish(self) -> Map<String, Value> {
        self.components
    }

    /// A field with its description.
    pub(super) fn field(&mut self, field: &FieldDescriptor, direction: Direction) -> Value {
        let kind = field.kind();
        let mut schema = if field.is_map() {
            let values = kind.as_message().map(|entry| entry.map_entry_value_field());
            let values = values.map(|values| self.in_json(&values.kind(), direction));
            json!({ "type": "object", "additionalProperties": values.unwrap_or(true.into()) })
        } else if field.is_list() {
            json!({ "type": "array", "items": self.in_json(&kind, direction) })
        } else {
            self.in_json(&kind, direction)
        };
        if self.takes_null(field, direction) {
            schema = or_null(schema);
        }
        self.describe(field, &mut schema);
        schema
    }

    /// A field as it stands in a path or a query, where everything is text.
    pub(super) fn parameter(&mut self, field: &FieldDescriptor) -> Value {
        match field.is_list() {
            true => {
                json!({ "type": "array", "items": self.kind(&field.kind(), Direction::Request) })
            }
            false => self.kind(&field.kind(), Direction::Request),
        }
    }

    /// What the comment on a field says, and what it gives as examples.
    fn describe(&self, field: &FieldDescriptor, schema: &mut Value) {
        let text = self
            .comments
            .of(&field.parent_message().parent_file(), field.path());
        let (Some(text), Some(schema)) = (text, schema.as_object_mut()) else {
            return;
        };
        schema.insert("description".to_owned(), text.into());
        let examples = comments::examples(text);
        if !examples.is_empty() && matches!(field.kind(), Kind::String) && !field.is_list() {
            schema.insert("examples".to_owned(), examples.into());
        }
    }

    fn takes_null(&self, field: &FieldDescriptor, direction: Direction) -> bool {
        match direction {
            Direction::Request => true,
            Direction::Answer => {
                self.style.unset == Unset::Null && field.supports_presence() && has_null(field)
            }
        }
    }

    /// Whether answers always have a member for the field.
    fn is_always_there(&self, field: &FieldDescriptor) -> bool {
        match field.supports_presence() {
            true => self.style.unset == Unset::Null && has_null(field),
            false => self.style.defaults == Defaults::Print,
        }
    }

    /// One value of a kind in a body, where enum values may also be numbers.
    fn in_json(&mut self, kind: &Kind, direction: Direction) -> Value {
        let schema = self.kind(kind, direction);
        match kind {
            Kind::Enum(descriptor)
                if direction == Direction::Request && schema.get("$ref").is_some() =>
            {
                let numbers: Vec<i32> = descriptor.values().map(|value| value.number()).collect();
                json!({ "anyOf": [schema, { "type": "integer", "enum": numbers }] })
            }
            _ => schema,
        }
    }

    /// One value of a kind.
    pub(super) fn kind(&mut self, kind: &Kind, direction: Direction) -> Value {
        match kind {
            Kind::Double | Kind::Float => {
                let format = if *kind == Kind::Double {
                    "double"
                } else {
                    "float"
                };
                json!({ "anyOf": [
                    { "type": "number", "format": format },
                    { "enum": ["NaN", "Infinity", "-Infinity"] },
                ]})
            }
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => {
                json!({ "type": "integer", "format": "int32", "minimum": i32::MIN, "maximum": i32::MAX })
            }
            Kind::Uint32 | Kind::Fixed32 => {
                json!({ "type": "integer", "format": "int64", "minimum": 0, "maximum": u32::MAX })
            }
            // JavaScript loses what lies beyond 2^53.
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => {
                json!({ "type": "string", "format": "int64", "pattern": "^-?[0-9]{1,19}$" })
            }
            Kind::Uint64 | Kind::Fixed64 => {
                json!({ "type": "string", "format": "uint64", "pattern": "^[0-9]{1,20}$" })
            }
            Kind::Bool => json!({ "type": "boolean" }),
            Kind::String => json!({ "type": "string" }),
            Kind::Bytes => json!({ "type": "string", "contentEncoding": "base64" }),
            Kind::Enum(descriptor) => self.enumeration(descriptor),
            Kind::Message(descriptor) => self.message(descriptor, direction),
        }
    }

    /// A message: by reference, unless it has a form of its own.
    pub(super) fn message(&mut self, message: &MessageDescriptor, direction: Direction) -> Value {
        if let Some(well_known) = WellKnown::of(message) {
            return self.well_known(well_known, message, direction);
        }
        let key = (message.full_name().to_owned(), direction);
        if let Some(name) = self.names.get(&key) {
            return reference(name);
        }
        let is_in_answers = self.names.contains_key(&(key.0.clone(), Direction::Answer));
        let suffix = if is_in_answers { "Input" } else { "" };
        let name = self.new_name(key, message.name(), suffix);
        // Known before it is described: messages may contain themselves.
        let schema = self.object(message, direction, &[]);
        self.components.insert(name.clone(), schema);
        reference(&name)
    }

    /// The object that a message is, without some of its fields.
    pub(super) fn object(
        &mut self,
        message: &MessageDescriptor,
        direction: Direction,
        without: &[FieldDescriptor],
    ) -> Value {
        let mut properties = Map::new();
        let mut required = Vec::new();
        for field in message.fields().filter(|field| !without.contains(field)) {
            let name = self.style.field_name(&field).to_owned();
            if direction == Direction::Answer && self.is_always_there(&field) {
                required.push(name.clone());
            }
            let schema = self.field(&field, direction);
            properties.insert(name, schema);
        }
        let mut schema = json!({ "type": "object", "properties": properties });
        let Some(object) = schema.as_object_mut() else {
            return schema;
        };
        if !required.is_empty() {
            object.insert("required".to_owned(), required.into());
        }
        let is_closed = self.style.unknown_fields == UnknownFields::Refuse;
        if direction == Direction::Request && is_closed {
            object.insert("additionalProperties".to_owned(), false.into());
        }
        let text = self.comments.of(&message.parent_file(), message.path());
        let mut text: Vec<String> = text.map(str::to_owned).into_iter().collect();
        for oneof in message.oneofs().filter(|oneof| !oneof.is_synthetic()) {
            let members = oneof
                .fields()
                .map(|field| format!("`{}`", self.style.field_name(&field)));
            let members: Vec<String> = members.collect();
            text.push(format!("At most one of {} is there.", members.join(", ")));
        }
        if !text.is_empty() {
            object.insert("description".to_owned(), text.join("\n\n").into());
        }
        schema
    }

    fn enumeration(&mut self, descriptor: &EnumDescriptor) -> Value {
        if descriptor.full_name() == "google.protobuf.NullValue" {
            return json!({ "type": "null" });
        }
        // An enum is spelled alike both ways.
        let key = (descriptor.full_name().to_owned(), Direction::Answer);
        if let Some(name) = self.names.get(&key) {
            return reference(name);
        }
        let name = self.new_name(key, descriptor.name(), "");
        let file = descriptor.parent_file();
        let mut text: Vec<String> = Vec::new();
        text.extend(
            self.comments
                .of(&file, descriptor.path())
                .map(str::to_owned),
        );
        let mut values: Vec<String> = Vec::new();
        let mut lines: Vec<String> = Vec::new();
        for value in descriptor.values() {
            let spelled = match self.style.enum_names {
                EnumNames::Full => value.name().to_owned(),
                EnumNames::Short => {
                    names::short(descriptor.name(), value.name()).to_ascii_lowercase()
                }
            };
            if let Some(comment) = self.comments.of(&file, value.path()) {
                let comment = comment.split_whitespace().collect::<Vec<_>>().join(" ");
                lines.push(format!("- `{spelled}`: {comment}"));
            }
            values.push(spelled);
        }
        if !lines.is_empty() {
            text.push(lines.join("\n"));
        }
        let mut schema = json!({ "type": "string", "enum": values });
        if let Some(schema) = schema.as_object_mut().filter(|_| !text.is_empty()) {
            schema.insert("description".to_owned(), text.join("\n\n").into());
        }
        self.components.insert(name.clone(), schema);
        reference(&name)
    }

    fn well_known(
        &mut self,
        well_known: WellKnown,
        message: &MessageDescriptor,
        direction: Direction,
    ) -> Value {
        match well_known {
            WellKnown::Timestamp => json!({
                "type": "string", "format": "date-time", "examples": ["2026-11-22T10:00:00Z"],
            }),
            WellKnown::Duration => json!({
                "type": "string", "pattern": "^-?[0-9]{1,12}(\\.[0-9]{1,9})?s$", "examples": ["1.500s"],
            }),
            WellKnown::FieldMask => json!({
                "type": "string", "description": "Names of fields, joined by commas.",
            }),
            WellKnown::Wrapper => match message.get_field(1) {
                Some(field) => self.kind(&field.kind(), direction),
                None => true.into(),
            },
            WellKnown::Struct => json!({ "type": "object", "additionalProperties": true }),
            WellKnown::Value => json!({}),
            WellKnown::ListValue => json!({ "type": "array", "items": true }),
            WellKnown::Any => json!({
                "type": "object",
                "properties": { "@type": { "type": "string", "format": "uri-reference" } },
                "additionalProperties": true,
            }),
        }
    }

    /// Takes the short name, or the full one where another type has it.
    fn new_name(&mut self, key: (String, Direction), short: &str, suffix: &str) -> String {
        let is_free = |name: &String| name != "Problem" && !self.names.values().any(|n| n == name);
        let short = Some(format!("{short}{suffix}")).filter(is_free);
        let name = short.unwrap_or_else(|| format!("{}{suffix}", key.0));
        self.names.insert(key, name.clone());
        name
    }
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// The same, or `null`.
fn or_null(mut schema: Value) -> Value {
    let is_anything = schema == json!({});
    match schema.get_mut("type") {
        Some(one) if one == "null" => {}
        Some(one) => *one = json!([one.take(), "null"]),
        None if is_anything => {}
        None => match schema.get_mut("anyOf").and_then(Value::as_array_mut) {
            Some(any) => any.push(json!({ "type": "null" })),
            None => return json!({ "anyOf": [schema, { "type": "null" }] }),
        },
    }
    schema
}
