//! The way back: a problem becomes the status that it was made from, for programs that speak JSON but
//! think in `google.rpc`.

use prost::Message as _;
use prost_reflect::{DescriptorPool, MessageDescriptor};
use prost_types::Any;
use tonic::{Code, Status};
use tonic_types::pb;

use super::{code_name, general};
use crate::{
    JsonStyle, RuleError,
    json::{Faults, Json, Reader, Source, member_named},
};

/// Turns problems back into statuses.
#[derive(Debug, Clone)]
pub struct Problems {
    any: MessageDescriptor,
    style: JsonStyle,
}

/// Why a text is not turned into a status.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a problem: {0}")]
pub struct NotAProblem(String);

impl Problems {
    /// Reads problems of an edge with these descriptors and this style.
    ///
    /// # Errors
    /// Bytes that are not a descriptor set.
    pub fn new(descriptor_set: &[u8], style: JsonStyle) -> Result<Self, RuleError> {
        let mut pool = DescriptorPool::decode(descriptor_set)?;
        crate::add_error_details(&mut pool);
        let any = pool.get_message_by_name("google.protobuf.Any");
        let any = any.ok_or_else(|| RuleError::Option("google.protobuf.Any is missing".into()))?;
        Ok(Self { any, style })
    }

    /// The status of a problem: its code, its message, and the details whose types are known. Others
    /// are dropped with a line in the log.
    ///
    /// A text that the edge put in the place of one that was missing, or that it kept to itself, comes
    /// back empty.
    ///
    /// # Errors
    /// What is no problem of ours: no JSON object, or without a gRPC `code`.
    pub fn status(&self, problem: &[u8]) -> Result<Status, NotAProblem> {
        let json = Json::parse(problem).map_err(|error| NotAProblem(error.to_string()))?;
        let code = match member_named(&json, "code") {
            Some(Json::Text(name)) => code(name),
            _ => None,
        };
        let code = code.ok_or_else(|| NotAProblem("it has no gRPC code".to_owned()))?;
        let message = match member_named(&json, "detail") {
            Some(Json::Text(text)) if text != general(code) => text.as_ref(),
            _ => "",
        };
        let details = match (
            member_named(&json, "details"),
            member_named(&json, "errors"),
        ) {
            (Some(Json::List(details)), _) => {
                details.iter().filter_map(|json| self.any(json)).collect()
            }
            // What the edge itself found wrong.
            (_, Some(Json::List(errors))) if !errors.is_empty() => vec![bad_request(errors)],
            _ => Vec::new(),
        };
        if details.is_empty() {
            return Ok(Status::new(code, message));
        }
        let whole = tonic_types::Status {
            code: code.into(),
            message: message.to_owned(),
            details,
        };
        Ok(Status::with_details(
            code,
            message,
            whole.encode_to_vec().into(),
        ))
    }

    fn any(&self, json: &Json<'_>) -> Option<Any> {
        let mut faults = Faults::default();
        let mut reader = Reader::new(&self.style, Source::Body, &mut faults, "details");
        let message = reader.message(&self.any, json);
        match faults.into_result() {
            Ok(()) => Any::decode(message?.encode_to_vec().as_slice()).ok(),
            Err(faults) => {
                let fault = faults.first().map(ToString::to_string);
                tracing::warn!(
                    fault,
                    "A detail of a problem cannot be read; it is left out"
                );
                None
            }
        }
    }
}

fn bad_request(errors: &[Json<'_>]) -> Any {
    let text = |json, name| match member_named(json, name) {
        Some(Json::Text(text)) => text.as_ref().to_owned(),
        _ => String::new(),
    };
    let field_violations = errors.iter().map(|error| pb::bad_request::FieldViolation {
        field: text(error, "field"),
        description: text(error, "message"),
        ..Default::default()
    });
    let request = pb::BadRequest {
        field_violations: field_violations.collect(),
    };
    Any {
        type_url: "type.googleapis.com/google.rpc.BadRequest".to_owned(),
        value: request.encode_to_vec(),
    }
}

fn code(name: &str) -> Option<Code> {
    let mut codes = super::codes();
    codes.find(|code| code_name(*code) == name)
}
