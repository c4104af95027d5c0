//! The plain way to write JSON, from messages that were built: what [`super::write`] is held against.

use std::collections::HashMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use prost_reflect::{
    DynamicMessage, EnumDescriptor, FieldDescriptor, Kind, MapKey, ReflectMessage as _, Value,
};

use super::{
    Defaults, EnumNames, JsonStyle, Unset, any, has_null, names, time,
    well_known::{self, WellKnown},
};

/// A message that has no JSON form, such as a timestamp in the year 10000.
#[derive(Debug)]
pub(crate) struct WriteError;

/// Largest integer below which every whole float is exact.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Writes messages into a buffer.
pub(crate) struct Writer<'w> {
    style: &'w JsonStyle,
    out: Vec<u8>,
}

impl<'w> Writer<'w> {
    /// A writer with an empty buffer.
    pub(crate) fn new(style: &'w JsonStyle) -> Self {
        Self {
            style,
            out: Vec::with_capacity(256),
        }
    }

    /// What was written.
    pub(crate) fn finish(self) -> Vec<u8> {
        self.out
    }

    /// A message in the form that its type asks for.
    pub(crate) fn message(&mut self, message: &DynamicMessage) -> Result<(), WriteError> {
        match WellKnown::of(&message.descriptor()) {
            Some(well_known) => self.well_known(well_known, message),
            None => {
                self.out.push(b'{');
                self.members(message, &mut true)?;
                self.out.push(b'}');
                Ok(())
            }
        }
    }

    /// The field of a response that stands for all of it.
    pub(crate) fn field_of(
        &mut self,
        message: &DynamicMessage,
        field: &FieldDescriptor,
    ) -> Result<(), WriteError> {
        match field.supports_presence() && !message.has_field(field) {
            true => self.raw("null"),
            false => self.field(field, &message.get_field(field))?,
        }
        Ok(())
    }

    fn members(&mut self, message: &DynamicMessage, is_first: &mut bool) -> Result<(), WriteError> {
        let descriptor = message.descriptor();
        for field in descriptor.fields() {
            let is_set = message.has_field(&field);
            let has_presence = field.supports_presence();
            let is_written = match (is_set, has_presence) {
                (true, _) => true,
                (false, false) => self.style.defaults == Defaults::Print,
                (false, true) => self.style.unset == Unset::Null && has_null(&field),
            };
            if !is_written {
                continue;
            }
            self.name(self.style.field_name(&field), is_first);
            match is_set || !has_presence {
                true => self.field(&field, &message.get_field(&field))?,
                false => self.raw("null"),
            }
        }
        for (extension, value) in message.extensions() {
            self.name(extension.json_name(), is_first);
            match (value, extension.kind()) {
                (Value::List(items), kind) => self.list(&kind, items)?,
                (value, kind) => self.value(&kind, value)?,
            }
        }
        Ok(())
    }

    fn field(&mut self, field: &FieldDescriptor, value: &Value) -> Result<(), WriteError> {
        match (value, field.kind()) {
            (Value::List(items), kind) => self.list(&kind, items),
            (Value::Map(entries), Kind::Message(entry)) => {
                self.map(&entry.map_entry_value_field().kind(), entries)
            }
            (value, kind) => self.value(&kind, value),
        }
    }

    fn list(&mut self, kind: &Kind, items: &[Value]) -> Result<(), WriteError> {
        self.out.push(b'[');
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.out.push(b',');
            }
            self.value(kind, item)?;
        }
        self.out.push(b']');
        Ok(())
    }

    fn map(&mut self, kind: &Kind, entries: &HashMap<MapKey, Value>) -> Result<(), WriteError> {
        // Sorted, so that equal messages are equal texts.
        let mut entries: Vec<_> = entries.iter().collect();
        entries.sort_unstable_by_key(|(key, _)| *key);
        let mut is_first = true;
        self.out.push(b'{');
        for (key, value) in entries {
            match key {
                MapKey::Bool(key) => self.name(if *key { "true" } else { "false" }, &mut is_first),
                MapKey::I32(key) => self.name(&key.to_string(), &mut is_first),
                MapKey::I64(key) => self.name(&key.to_string(), &mut is_first),
                MapKey::U32(key) => self.name(&key.to_string(), &mut is_first),
                MapKey::U64(key) => self.name(&key.to_string(), &mut is_first),
                MapKey::String(key) => self.name(key, &mut is_first),
            }
            self.value(kind, value)?;
        }
        self.out.push(b'}');
        Ok(())
    }

    fn value(&mut self, kind: &Kind, value: &Value) -> Result<(), WriteError> {
        match value {
            Value::Bool(value) => self.raw(if *value { "true" } else { "false" }),
            Value::I32(value) => self.raw(&value.to_string()),
            Value::U32(value) => self.raw(&value.to_string()),
            // JavaScript loses what lies beyond 2^53.
            Value::I64(value) => self.raw(&format!("\"{value}\"")),
            Value::U64(value) => self.raw(&format!("\"{value}\"")),
            Value::F32(value) => self.float(f64::from(*value), || format!("{value:?}")),
            Value::F64(value) => self.float(*value, || format!("{value:?}")),
            Value::String(value) => self.text(value),
            Value::Bytes(value) => self.text(&STANDARD.encode(value)),
            Value::EnumNumber(number) => match kind {
                Kind::Enum(descriptor) => self.enumeration(descriptor, *number),
                _ => self.raw(&number.to_string()),
            },
            Value::Message(message) => self.message(message)?,
            Value::List(items) => self.list(kind, items)?,
            Value::Map(entries) => self.map(kind, entries)?,
        }
        Ok(())
    }

    fn float(&mut self, value: f64, shortest: impl FnOnce() -> String) {
        if value.is_nan() {
            self.raw("\"NaN\"");
        } else if value.is_infinite() {
            self.raw(if value > 0.0 {
                "\"Infinity\""
            } else {
                "\"-Infinity\""
            });
        } else if value.fract() == 0.0
            && value.abs() < EXACT
            && !(value == 0.0 && value.is_sign_negative())
        {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "checked to be whole and exact"
            )]
            let whole = value as i64;
            self.raw(&whole.to_string());
        } else {
            self.raw(&shortest());
        }
    }

    fn enumeration(&mut self, descriptor: &EnumDescriptor, number: i32) {
        if descriptor.full_name() == "google.protobuf.NullValue" {
            return self.raw("null");
        }
        let Some(value) = descriptor.get_value(number) else {
            return self.raw(&number.to_string());
        };
        self.out.push(b'"');
        match self.style.enum_names {
            EnumNames::Full => self.raw(value.name()),
            EnumNames::Short => {
                let short = names::short(descriptor.name(), value.name());
                self.out
                    .extend(short.bytes().map(|byte| byte.to_ascii_lowercase()));
            }
        }
        self.out.push(b'"');
    }

    fn well_known(
        &mut self,
        well_known: WellKnown,
        message: &DynamicMessage,
    ) -> Result<(), WriteError> {
        let no_form = || WriteError;
        match well_known {
            WellKnown::Timestamp => {
                let (seconds, nanos) = well_known::seconds_and_nanos(message);
                self.text(&time::timestamp(seconds, nanos).ok_or_else(no_form)?);
            }
            WellKnown::Duration => {
                let (seconds, nanos) = well_known::seconds_and_nanos(message);
                self.text(&time::duration(seconds, nanos).ok_or_else(no_form)?);
            }
            WellKnown::FieldMask => {
                let paths = message.get_field_by_number(1);
                let paths = paths.as_ref().and_then(|paths| paths.as_list());
                let paths = paths.into_iter().flatten().filter_map(Value::as_str);
                self.text(&paths.map(names::mask_json).collect::<Vec<_>>().join(","));
            }
            WellKnown::Wrapper | WellKnown::Struct | WellKnown::ListValue => {
                let field = message.descriptor().get_field(1).ok_or_else(no_form)?;
                self.field(&field, &message.get_field(&field))?;
            }
            WellKnown::Value => self.any_json(message, no_form)?,
            WellKnown::Any => self.any(message)?,
        }
        Ok(())
    }

    fn any_json(
        &mut self,
        message: &DynamicMessage,
        no_form: impl Fn() -> WriteError,
    ) -> Result<(), WriteError> {
        match message.fields().next() {
            Some((_, Value::F64(number))) if !number.is_finite() => Err(no_form()),
            Some((field, value)) => self.field(&field, value),
            None => {
                self.raw("null");
                Ok(())
            }
        }
    }

    fn any(&mut self, message: &DynamicMessage) -> Result<(), WriteError> {
        self.out.push(b'{');
        match unpack(message) {
            Some((url, inner)) => {
                self.name("@type", &mut true);
                self.text(&url);
                match WellKnown::of(&inner.descriptor()) {
                    Some(well_known) => {
                        self.name("value", &mut false);
                        self.well_known(well_known, &inner)?;
                    }
                    None => self.members(&inner, &mut false)?,
                }
            }
            // One detail we cannot read must not take the whole answer with it.
            None => {
                let url = message.get_field_by_number(1);
                let url = url
                    .as_ref()
                    .and_then(|url| url.as_str())
                    .unwrap_or_default();
                if !url.is_empty() {
                    tracing::warn!(
                        any.type_url = url,
                        "A message inside an answer has an unknown type; its fields are left out"
                    );
                    self.name("@type", &mut true);
                    self.text(url);
                }
            }
        }
        self.out.push(b'}');
        Ok(())
    }

    /// The name of a member, with the comma before it.
    pub(crate) fn name(&mut self, name: &str, is_first: &mut bool) {
        if !*is_first {
            self.out.push(b',');
        }
        *is_first = false;
        self.text(name);
        self.out.push(b':');
    }

    fn text(&mut self, text: &str) {
        if serde_json::to_writer(&mut self.out, text).is_err() {
            // Writing to memory does not fail; an empty text keeps the rest well-formed if it ever does.
            self.raw("\"\"");
        }
    }

    fn raw(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }
}

/// The message inside, when its type is in the pool and its bytes are good.
fn unpack(any: &DynamicMessage) -> Option<(String, DynamicMessage)> {
    let url = any.get_field_by_number(1)?.as_str()?.to_owned();
    let bytes = any.get_field_by_number(2)?.as_bytes()?.clone();
    let pool = any.descriptor().parent_pool().clone();
    let name = any::type_name(&url);
    let descriptor = pool.get_message_by_name(name)?;
    let descriptor = (descriptor.full_name() == name).then_some(descriptor)?;
    let inner = DynamicMessage::decode(descriptor, bytes).ok()?;
    Some((url, inner))
}
