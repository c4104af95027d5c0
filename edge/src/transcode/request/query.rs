//! Query parameters: every field that neither path nor body sets, by its dotted path.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};

use super::Building;
use crate::{
    json::{Json, Reader, Source, WellKnown, names},
    rule::{BodyRule, PathBinding},
};

/// More parameters than any form has; each costs a look-up.
const MOST: usize = 512;

/// What was given so far, by the numbers of the fields.
#[derive(Default)]
pub(super) struct Query {
    seen: Vec<Vec<u32>>,
}

impl Query {
    /// Reads `a=1&b.c=2`, as a form encodes it (plus is a blank).
    pub(super) fn read(mut self, building: &mut Building<'_>, query: &str) {
        for (index, pair) in query.split('&').filter(|pair| !pair.is_empty()).enumerate() {
            if index >= MOST {
                return building
                    .faults
                    .push("query", format!("has more than {MOST} parameters"));
            }
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            match (decode(name), decode(value)) {
                (Some(name), Some(value)) => self.parameter(building, &name, &value),
                _ => building
                    .faults
                    .push(shorten(name), "is badly encoded in the query"),
            }
        }
    }

    fn parameter(&mut self, building: &mut Building<'_>, name: &str, value: &str) {
        if building
            .options
            .ignored_parameters
            .iter()
            .any(|ignored| ignored == name)
        {
            return;
        }
        let name_told = shorten(name);
        let Some(fields) = resolve(&building.rule.method.input(), name) else {
            return building.faults.push(name_told, "is not a known parameter");
        };
        if let Some(problem) = unfit(&fields) {
            return building.faults.push(name_told, problem);
        }
        let bound = building
            .rule
            .bindings
            .iter()
            .find(|binding| binding.fields == fields);
        if let Some(binding) = bound {
            return same_as_path(building, binding, name_told, value);
        }
        let is_in_body = match &building.rule.body {
            BodyRule::None => false,
            BodyRule::Whole => true,
            BodyRule::Field(body) => fields.first() == Some(body),
        };
        if is_in_body {
            return building
                .faults
                .push(name_told, "belongs into the body, not into the query");
        }

        let numbers: Vec<u32> = fields.iter().map(FieldDescriptor::number).collect();
        let is_list = fields.last().is_some_and(FieldDescriptor::is_list);
        if !is_list && self.seen.contains(&numbers) {
            return building.faults.push(name_told, "is given more than once");
        }
        self.seen.push(numbers);
        if let Some(value) = read(building, &fields, name_told, value) {
            building.set(name_told, &fields, value);
        }
    }
}

fn read(
    building: &mut Building<'_>,
    fields: &[FieldDescriptor],
    name: &str,
    value: &str,
) -> Option<prost_reflect::Value> {
    let kind = fields.last()?.kind();
    let style = &building.options.json;
    Reader::new(style, Source::Text, &mut building.faults, name).value(&kind, &Json::text(value))
}

/// A parameter for a field that the path sets may only repeat it.
fn same_as_path(building: &mut Building<'_>, binding: &PathBinding, name: &str, value: &str) {
    let Some(value) = read(building, &binding.fields, name, value) else {
        return;
    };
    let mut message = Cow::Borrowed(&building.message);
    let Some((last, above)) = binding.fields.split_last() else {
        return;
    };
    for field in above {
        let inner = message.get_field(field).as_message().cloned();
        match inner {
            Some(inner) => message = Cow::Owned(inner),
            None => return,
        }
    }
    if *message.get_field(last) != value {
        building
            .faults
            .push(name, "differs from the value in the path");
    }
}

/// The fields that a dotted name leads through, in either spelling.
fn resolve(message: &MessageDescriptor, name: &str) -> Option<Vec<FieldDescriptor>> {
    let mut message = Some(message.clone());
    let mut fields = Vec::new();
    for part in name.split('.') {
        let field = names::field(&message?, part)?;
        message = match field.kind() {
            Kind::Message(inner)
                if !field.is_list() && !field.is_map() && WellKnown::of(&inner).is_none() =>
            {
                Some(inner)
            }
            _ => None,
        };
        fields.push(field);
    }
    Some(fields)
}

/// Why a field cannot be a parameter.
fn unfit(fields: &[FieldDescriptor]) -> Option<&'static str> {
    let field = fields.last()?;
    let Kind::Message(message) = field.kind() else {
        return None;
    };
    match WellKnown::of(&message) {
        Some(well_known) if well_known.is_single() => None,
        None if !field.is_list() && !field.is_map() => {
            Some("is a message: give its fields, after a dot")
        }
        _ => Some("cannot be given in the query"),
    }
}

fn decode(text: &str) -> Option<String> {
    let text = text.replace('+', " ");
    let is_well_escaped = crate::rule::template::is_well_escaped(&text);
    let decoded = percent_decode_str(&text).decode_utf8().ok()?;
    is_well_escaped.then(|| decoded.into_owned())
}

/// Names come from outside; an answer need not repeat all of them.
fn shorten(name: &str) -> &str {
    let end = name
        .char_indices()
        .nth(100)
        .map_or(name.len(), |(at, _)| at);
    name.get(..end).unwrap_or(name)
}
