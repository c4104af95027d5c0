//! Messages out of JSON. Every error names its field, as the caller spelled it.

use std::collections::HashMap;

use prost_reflect::{
    DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, ReflectMessage as _, Value,
};

use super::{
    Faults, Json, JsonStyle, Source, UnknownFields, names,
    scalar::{self, Problem},
    time,
    tree::Member,
    well_known::{self, WellKnown},
};

/// Levels of messages that prost still decodes on the other side.
const DEPTH: usize = 98;

/// Reads messages and remembers what was wrong with them.
pub(crate) struct Reader<'r> {
    pub(super) style: &'r JsonStyle,
    source: Source,
    faults: &'r mut Faults,
    /// Where we are, for the names in errors.
    path: String,
    depth: usize,
}

/// The member of an object that a field stands for, by either name.
pub(crate) fn member<'j, 't>(json: &'j Json<'t>, field: &FieldDescriptor) -> Option<&'j Json<'t>> {
    let Json::Object(members) = json else {
        return None;
    };
    let is_field = |name: &str| name == field.name() || name == field.json_name();
    let mut members = members.iter();
    members.find_map(|(name, value)| is_field(name).then_some(value))
}

/// The first member of an object with this name.
pub(crate) fn member_named<'j, 't>(json: &'j Json<'t>, name: &str) -> Option<&'j Json<'t>> {
    let Json::Object(members) = json else {
        return None;
    };
    let mut members = members.iter();
    members.find_map(|(other, value)| (other == name).then_some(value))
}

impl<'r> Reader<'r> {
    /// A reader that adds to `faults`; `path` is where it stands in the request.
    pub(crate) fn new(
        style: &'r JsonStyle,
        source: Source,
        faults: &'r mut Faults,
        path: impl Into<String>,
    ) -> Self {
        Self {
            style,
            source,
            faults,
            path: path.into(),
            depth: 0,
        }
    }

    /// The value of a whole field; `None` when it is to stay unset, or is wrong.
    pub(crate) fn field(&mut self, field: &FieldDescriptor, json: &Json<'_>) -> Option<Value> {
        let kind = field.kind();
        if *json == Json::Null
            && (field.is_list() || field.is_map() || !well_known::takes_null(&kind))
        {
            return None;
        }
        if field.is_map() {
            self.map(&kind, json)
        } else if field.is_list() {
            self.list(&kind, json)
        } else {
            self.value(&kind, json)
        }
    }

    /// One value: of a field that is not repeated, or of an element.
    pub(crate) fn value(&mut self, kind: &Kind, json: &Json<'_>) -> Option<Value> {
        let Kind::Message(descriptor) = kind else {
            if *json == Json::Null && well_known::takes_null(kind) {
                return Some(Value::EnumNumber(0));
            }
            return match scalar::scalar(kind, json, self.source, self.style) {
                Ok(value) => Some(value),
                Err(problem) => self.fault(problem),
            };
        };
        if self.depth >= DEPTH {
            return self.fault("is nested too deeply");
        }
        self.depth += 1;
        let message = self.message(descriptor, json);
        self.depth -= 1;
        message.map(Value::Message)
    }

    /// A message in the form that its type asks for.
    pub(crate) fn message(
        &mut self,
        descriptor: &MessageDescriptor,
        json: &Json<'_>,
    ) -> Option<DynamicMessage> {
        let Some(well_known) = WellKnown::of(descriptor) else {
            let Json::Object(members) = json else {
                return self.fault("must be an object");
            };
            return Some(self.members(descriptor, members.iter()));
        };
        match well_known {
            WellKnown::Timestamp => self.instant(
                descriptor,
                json,
                time::parse_timestamp,
                "must be an RFC 3339 timestamp such as 2026-11-22T10:00:00Z",
            ),
            WellKnown::Duration => self.instant(
                descriptor,
                json,
                time::parse_duration,
                "must be a duration in seconds such as 1.5s",
            ),
            WellKnown::FieldMask => self.mask(descriptor, json),
            WellKnown::Wrapper => {
                let kind = descriptor.get_field(1)?.kind();
                let value = self.value(&kind, json)?;
                Some(well_known::with(descriptor, &[(1, value)]))
            }
            WellKnown::Struct | WellKnown::ListValue => {
                let value = match (well_known, json) {
                    (WellKnown::Struct, Json::Object(_))
                    | (WellKnown::ListValue, Json::List(_)) => {
                        self.field(&descriptor.get_field(1)?, json)?
                    }
                    (WellKnown::Struct, _) => return self.fault("must be an object"),
                    _ => return self.fault("must be a list"),
                };
                Some(well_known::with(descriptor, &[(1, value)]))
            }
            WellKnown::Value => self.any_json(descriptor, json),
            WellKnown::Any => self.any(descriptor, json),
        }
    }

    /// A message from the members of an object.
    pub(super) fn members<'j, 't: 'j>(
        &mut self,
        descriptor: &MessageDescriptor,
        members: impl Iterator<Item = &'j Member<'t>>,
    ) -> DynamicMessage {
        let mut message = DynamicMessage::new(descriptor.clone());
        let mut seen: Vec<u32> = Vec::new();
        for (name, json) in members {
            let parent = self.enter(name);
            self.one_member(&mut message, &mut seen, name, json);
            self.leave(parent);
        }
        message
    }

    fn one_member(
        &mut self,
        message: &mut DynamicMessage,
        seen: &mut Vec<u32>,
        name: &str,
        json: &Json<'_>,
    ) {
        let descriptor = message.descriptor();
        let Some(field) = names::field(&descriptor, name) else {
            if self.style.unknown_fields == UnknownFields::Refuse {
                self.fault::<()>("is not a known field");
            }
            return;
        };
        if seen.contains(&field.number()) {
            self.fault::<()>("is given more than once");
            return;
        }
        seen.push(field.number());
        let Some(value) = self.field(&field, json) else {
            return;
        };
        let rival = field.containing_oneof().and_then(|oneof| {
            oneof
                .fields()
                .find(|other| *other != field && message.has_field(other))
        });
        match rival {
            Some(rival) => {
                self.fault::<()>(format!("cannot be given together with {}", rival.name()));
            }
            None => message.set_field(&field, value),
        }
    }

    fn list(&mut self, kind: &Kind, json: &Json<'_>) -> Option<Value> {
        let Json::List(items) = json else {
            return self.fault("must be a list");
        };
        let mut list = Vec::with_capacity(items.len());
        let parent = self.path.len();
        for (index, item) in items.iter().enumerate() {
            self.path.push_str(&format!("[{index}]"));
            list.extend(self.element(kind, item));
            self.path.truncate(parent);
        }
        Some(Value::List(list))
    }

    fn map(&mut self, entry: &Kind, json: &Json<'_>) -> Option<Value> {
        let (Json::Object(members), Kind::Message(entry)) = (json, entry) else {
            return self.fault("must be an object");
        };
        if self.depth >= DEPTH {
            return self.fault("is nested too deeply");
        }
        let key_kind = entry.map_entry_key_field().kind();
        let value_kind = entry.map_entry_value_field().kind();
        let mut map = HashMap::with_capacity(members.len());
        self.depth += 1;
        for (name, item) in members {
            let parent = self.enter(name);
            match scalar::key(&key_kind, name) {
                Ok(key) if map.contains_key(&key) => {
                    self.fault::<()>("is given more than once");
                }
                Ok(key) => {
                    if let Some(value) = self.element(&value_kind, item) {
                        map.insert(key, value);
                    }
                }
                Err(problem) => {
                    self.fault::<()>(format!("as a key {problem}"));
                }
            }
            self.path.truncate(parent);
        }
        self.depth -= 1;
        Some(Value::Map(map))
    }

    fn element(&mut self, kind: &Kind, json: &Json<'_>) -> Option<Value> {
        match json {
            Json::Null if !well_known::takes_null(kind) => self.fault("must not be null"),
            json => self.value(kind, json),
        }
    }

    fn instant(
        &mut self,
        descriptor: &MessageDescriptor,
        json: &Json<'_>,
        parse: fn(&str) -> Option<(i64, i32)>,
        problem: &'static str,
    ) -> Option<DynamicMessage> {
        let parsed = match json {
            Json::Text(text) => parse(text),
            _ => None,
        };
        match parsed {
            Some(parsed) => Some(well_known::from_seconds_and_nanos(descriptor, parsed)),
            None => self.fault(problem),
        }
    }

    fn mask(&mut self, descriptor: &MessageDescriptor, json: &Json<'_>) -> Option<DynamicMessage> {
        let Json::Text(text) = json else {
            return self.fault("must be field names joined by commas");
        };
        let paths = text.split(',').map(str::trim);
        let paths = paths.filter(|path| !path.is_empty());
        let paths = paths
            .map(|path| Value::String(names::mask_path(path)))
            .collect();
        Some(well_known::with(descriptor, &[(1, Value::List(paths))]))
    }

    /// `google.protobuf.Value`: any JSON at all.
    fn any_json(
        &mut self,
        descriptor: &MessageDescriptor,
        json: &Json<'_>,
    ) -> Option<DynamicMessage> {
        #[expect(clippy::cast_precision_loss, reason = "numbers in a Value are floats")]
        let (number, value) = match json {
            Json::Null => (1, Value::EnumNumber(0)),
            Json::Int(number) => (2, Value::F64(*number as f64)),
            Json::Float(number) => (2, Value::F64(*number)),
            Json::Text(text) => (3, Value::String(text.as_ref().to_owned())),
            Json::Bool(value) => (4, Value::Bool(*value)),
            Json::Object(_) => (5, self.value(&descriptor.get_field(5)?.kind(), json)?),
            Json::List(_) => (6, self.value(&descriptor.get_field(6)?.kind(), json)?),
        };
        Some(well_known::with(descriptor, &[(number, value)]))
    }

    /// Goes down to a member; the length of the path to come back to.
    pub(super) fn enter(&mut self, name: &str) -> usize {
        let parent = self.path.len();
        if parent > 0 {
            self.path.push('.');
        }
        // Names come from outside; an answer need not repeat a megabyte of them.
        self.path.extend(name.chars().take(100));
        parent
    }

    /// Comes back from a member.
    pub(super) fn leave(&mut self, parent: usize) {
        self.path.truncate(parent);
    }

    /// Remembers what is wrong here.
    pub(super) fn fault<T>(&mut self, problem: impl Into<Problem>) -> Option<T> {
        self.faults.push(self.path.clone(), problem);
        None
    }
}
