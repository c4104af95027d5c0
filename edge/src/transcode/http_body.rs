//! `google.api.HttpBody`: raw bytes with a content type, in place of JSON.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, header::CONTENT_TYPE};
use prost_reflect::{DynamicMessage, Kind, MessageDescriptor, ReflectMessage as _, Value};

use crate::rule::{BodyRule, Rule};

/// True for `google.api.HttpBody`.
pub(crate) fn is_http_body(message: &MessageDescriptor) -> bool {
    message.full_name() == "google.api.HttpBody"
}

/// Whether the request's body is to be taken as it is.
pub(crate) fn is_wanted(rule: &Rule) -> bool {
    match &rule.body {
        BodyRule::None => false,
        BodyRule::Whole => is_http_body(&rule.method.input()),
        BodyRule::Field(field) => {
            !field.is_list()
                && matches!(field.kind(), Kind::Message(message) if is_http_body(&message))
        }
    }
}

/// Puts the raw body where the rule wants it.
pub(super) fn fill(message: &mut DynamicMessage, rule: &Rule, headers: &HeaderMap, content: Bytes) {
    let content_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let content_type = Value::String(content_type.unwrap_or_default().to_owned());
    let target = match &rule.body {
        BodyRule::Field(field) => message.get_field_mut(field).as_message_mut(),
        BodyRule::Whole | BodyRule::None => Some(message),
    };
    if let Some(target) = target {
        target.set_field_by_name("content_type", content_type);
        target.set_field_by_name("data", Value::Bytes(content));
    }
}

/// The answer, when it is raw.
pub(super) fn taken(rule: &Rule, message: &DynamicMessage) -> Option<Response<Bytes>> {
    let (content_type, data) = match &rule.response_body {
        None => raw(message)?,
        Some(field) => raw(message.get_field(field).as_message()?)?,
    };
    let mut response = Response::new(data);
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    Some(response)
}

/// Content type and bytes of a `google.api.HttpBody`.
pub(crate) fn raw(message: &DynamicMessage) -> Option<(HeaderValue, Bytes)> {
    if !is_http_body(&message.descriptor()) {
        return None;
    }
    let content_type = message.get_field_by_name("content_type")?;
    let content_type = HeaderValue::try_from(content_type.as_str()?).ok();
    let data = message.get_field_by_name("data")?.as_bytes()?.clone();
    let octets = HeaderValue::from_static("application/octet-stream");
    Some((
        content_type
            .filter(|value| !value.is_empty())
            .unwrap_or(octets),
        data,
    ))
}
