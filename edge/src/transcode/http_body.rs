//! `google.api.HttpBody`: raw bytes with a content type, in place of JSON.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header::CONTENT_TYPE};
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, Value};

use crate::{
    json::wire::{Fields, Raw},
    rule::{BodyRule, Rule},
};

/// The numbers of the two fields.
const CONTENT_TYPE_FIELD: u32 = 1;
const DATA_FIELD: u32 = 2;

/// True for `google.api.HttpBody`.
pub(crate) fn is_http_body(message: &MessageDescriptor) -> bool {
    message.full_name() == "google.api.HttpBody"
}

/// Whether the request's body is to be taken as it is.
pub(crate) fn is_wanted(rule: &Rule) -> bool {
    match &rule.body {
        BodyRule::None => false,
        BodyRule::Whole => is_http_body(&rule.method.input()),
        BodyRule::Field(field) => is_field(field),
    }
}

/// Puts the raw body where the rule wants it.
pub(super) fn fill(message: &mut DynamicMessage, rule: &Rule, headers: &HeaderMap, content: Bytes) {
    let content_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let content_type = Value::String(content_type.unwrap_or_default().to_owned());
    if let Some(target) = target(message, rule) {
        target.set_field_by_number(CONTENT_TYPE_FIELD, content_type);
    }
    put(message, rule, content);
}

/// Puts a piece of the raw body where the rule wants it.
pub(super) fn put(message: &mut DynamicMessage, rule: &Rule, content: Bytes) {
    if let Some(target) = target(message, rule) {
        target.set_field_by_number(DATA_FIELD, Value::Bytes(content));
    }
}

fn target<'m>(message: &'m mut DynamicMessage, rule: &Rule) -> Option<&'m mut DynamicMessage> {
    match &rule.body {
        BodyRule::Field(field) => message.get_field_mut(field).as_message_mut(),
        BodyRule::Whole | BodyRule::None => Some(message),
    }
}

/// The answer, when it is raw: content type and bytes.
pub(crate) fn taken(rule: &Rule, message: &Bytes) -> Option<(HeaderValue, Bytes)> {
    match &rule.response_body {
        None if is_http_body(&rule.method.output()) => raw(message),
        Some(field) if is_field(field) => raw(&last(message, field.number())?),
        _ => None,
    }
}

/// Whether the answer is raw, or each message of it.
pub(crate) fn is_given(rule: &Rule) -> bool {
    match &rule.response_body {
        None => is_http_body(&rule.method.output()),
        Some(field) => is_field(field),
    }
}

fn is_field(field: &FieldDescriptor) -> bool {
    !field.is_list() && matches!(field.kind(), Kind::Message(message) if is_http_body(&message))
}

/// Content type and bytes of a `google.api.HttpBody`; `None` when it is none.
fn raw(message: &Bytes) -> Option<(HeaderValue, Bytes)> {
    let content_type = last(message, CONTENT_TYPE_FIELD)?;
    let content_type = HeaderValue::from_bytes(&content_type).ok();
    let octets = HeaderValue::from_static("application/octet-stream");
    Some((
        content_type
            .filter(|value| !value.is_empty())
            .unwrap_or(octets),
        last(message, DATA_FIELD)?,
    ))
}

/// The last value of a field of bytes, without copying it; empty when there is none.
fn last(message: &Bytes, number: u32) -> Option<Bytes> {
    let mut fields = Fields::new(message);
    let mut last = Bytes::new();
    while let Some((found, value)) = fields.next().ok()? {
        match value {
            Raw::Bytes(value) if found == number => last = message.slice_ref(value),
            _ => {}
        }
    }
    Some(last)
}
