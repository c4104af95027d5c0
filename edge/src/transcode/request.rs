//! Path, query and body become one message, or the faults that were found, each with its field.
//!
//! **Invariant:** what the path sets stays. The same field in query or body with another value is an
//! error, or a caller could pass the path's check and act on something else.

mod query;

use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, ReflectMessage as _, Value};

use crate::{
    Options,
    json::{Faults, Json, Reader, Source, WellKnown, member},
    problem::Refusal,
    rule::{BodyRule, PathBinding, Rule},
};
use query::Query;

/// The parts of an HTTP request that make a message.
pub(crate) struct Parts<'p> {
    /// The HTTP method.
    pub(crate) method: &'p http::Method,
    /// The fields set by the path, decoded; `None` where the text is badly encoded.
    pub(crate) captures: &'p [(&'p PathBinding, Option<String>)],
    /// The query, as it stands in the URI.
    pub(crate) query: Option<&'p str>,
    /// The body; empty when the rule takes none.
    pub(crate) body: &'p [u8],
    /// `Last-Event-ID`, on server streams.
    pub(crate) last_event_id: Option<&'p str>,
}

/// Builds the message of a call.
pub(crate) fn build(
    rule: &Rule,
    parts: &Parts<'_>,
    options: &Options,
) -> Result<DynamicMessage, Refusal> {
    // A broken text is told before a wrong field.
    let json = match parts.body.trim_ascii() {
        [] => None,
        text => Some(Json::parse(text).map_err(|error| Refusal::Malformed(error.to_string()))?),
    };

    let mut building = Building {
        rule,
        options,
        message: DynamicMessage::new(rule.method.input()),
        faults: Faults::default(),
    };
    if let Some(json) = &json {
        building.body(json);
    }
    for (binding, text) in parts.captures {
        match text {
            Some(text) => building.path(binding, text, json.as_ref()),
            None => building
                .faults
                .push(&binding.name, "is badly encoded in the path"),
        }
    }
    if let Some(query) = parts.query {
        Query::default().read(&mut building, query);
    }
    if let Some(id) = parts.last_event_id {
        building.resume(id);
    }
    building.mask(parts.method, json.as_ref());
    building.faults.into_result().map_err(Refusal::Faults)?;
    Ok(building.message)
}

/// A message on its way.
struct Building<'b> {
    rule: &'b Rule,
    options: &'b Options,
    message: DynamicMessage,
    faults: Faults,
}

impl Building<'_> {
    fn body(&mut self, json: &Json<'_>) {
        let mut reader = Reader::new(&self.options.json, Source::Body, &mut self.faults, "");
        match &self.rule.body {
            BodyRule::None => {}
            BodyRule::Whole => {
                if let Some(message) = reader.message(&self.rule.method.input(), json) {
                    self.message = message;
                }
            }
            BodyRule::Field(field) => {
                if let Some(value) = reader.field(field, json) {
                    self.message.set_field(field, value);
                }
            }
        }
    }

    fn path(&mut self, binding: &PathBinding, text: &str, body: Option<&Json<'_>>) {
        let Some(field) = binding.fields.last() else {
            return;
        };
        let kind = field.kind();
        let json = Json::text(text);
        let mut reader = Reader::new(
            &self.options.json,
            Source::Text,
            &mut self.faults,
            &binding.name,
        );
        let Some(value) = reader.value(&kind, &json) else {
            return;
        };
        let in_body = body.and_then(|json| self.in_body(&binding.fields, json));
        if let Some(json) = in_body.filter(|json| **json != Json::Null) {
            // Whether it is well-formed was told when the body was read.
            let mut unheard = Faults::default();
            let mut reader = Reader::new(&self.options.json, Source::Body, &mut unheard, "");
            if reader.value(&kind, json).is_none_or(|other| other != value) {
                self.faults
                    .push(&binding.name, "differs from the value in the path");
                return;
            }
        }
        self.set(&binding.name, &binding.fields, value);
    }

    /// What the body says about the field that the path sets.
    fn in_body<'j, 't>(
        &self,
        fields: &[FieldDescriptor],
        json: &'j Json<'t>,
    ) -> Option<&'j Json<'t>> {
        let fields = match (&self.rule.body, fields.split_first()) {
            (BodyRule::Whole, _) => fields,
            (BodyRule::Field(body), Some((first, rest))) if body == first => rest,
            _ => return None,
        };
        fields.iter().try_fold(json, member)
    }

    /// Sets a field, going down through messages; refuses to take the place of another member of a
    /// `oneof`. Elements are added to repeated fields.
    fn set(&mut self, name: &str, fields: &[FieldDescriptor], value: Value) {
        let Some((last, above)) = fields.split_last() else {
            return;
        };
        let mut message = &mut self.message;
        for field in above {
            if let Some(rival) = rival(message, field) {
                return self
                    .faults
                    .push(name, format!("cannot be given together with {rival}"));
            }
            match message.get_field_mut(field) {
                Value::Message(inner) => message = inner,
                _ => return,
            }
        }
        if let Some(rival) = rival(message, last) {
            return self
                .faults
                .push(name, format!("cannot be given together with {rival}"));
        }
        match last.is_list() {
            true => {
                if let Value::List(list) = message.get_field_mut(last) {
                    list.push(value);
                }
            }
            false => message.set_field(last, value),
        }
    }

    /// `Last-Event-ID` is newer than the query of a page that reconnects by itself, so it wins.
    fn resume(&mut self, id: &str) {
        let name = self.options.resume_field.as_deref();
        let Some(field) = name.and_then(|name| self.message.descriptor().get_field_by_name(name))
        else {
            return;
        };
        let mut reader = Reader::new(
            &self.options.json,
            Source::Text,
            &mut self.faults,
            "last-event-id",
        );
        if let Some(value) = reader.value(&field.kind(), &Json::text(id)) {
            self.message.set_field(&field, value);
        }
    }

    /// AIP-134: without a mask, the members of the body say which fields are meant.
    fn mask(&mut self, method: &http::Method, body: Option<&Json<'_>>) {
        let (Some((name, methods)), BodyRule::Field(target)) =
            (&self.options.update_mask, &self.rule.body)
        else {
            return;
        };
        let (Kind::Message(message), Some(Json::Object(members))) = (target.kind(), body) else {
            return;
        };
        let Some(mask) = self.message.descriptor().get_field_by_name(name) else {
            return;
        };
        let is_mask = WellKnown::of_kind(&mask.kind()) == Some(WellKnown::FieldMask);
        if target.is_map() || !is_mask || !methods.contains(method) || self.message.has_field(&mask)
        {
            return;
        }
        let names = members.iter().filter_map(|(name, _)| {
            let field = message
                .get_field_by_name(name)
                .or_else(|| message.get_field_by_json_name(name))?;
            Some(Value::String(field.name().to_owned()))
        });
        let names: Vec<Value> = names.collect();
        if names.is_empty() {
            return;
        }
        if let Value::Message(mask) = self.message.get_field_mut(&mask) {
            mask.set_field_by_number(1, Value::List(names));
        }
    }
}

/// Another member of the same `oneof` that is set already.
fn rival(message: &DynamicMessage, field: &FieldDescriptor) -> Option<String> {
    let oneof = field.containing_oneof()?;
    let mut others = oneof.fields().filter(|other| other != field);
    let rival = others.find(|other| message.has_field(other))?;
    Some(rival.name().to_owned())
}
