//! The typed details of a status: `google.rpc` error details and messages of one's own.

use prost::Message as _;
use prost_types::Any;
use serde_json::{Map, Value};
use tonic::Status;
use tonic_types::pb;

use super::FieldProblem;
use crate::json::Plans;

/// What the details of a status add to a problem.
#[derive(Debug, Default)]
pub(super) struct Details {
    /// The violations of `google.rpc.BadRequest`.
    pub(super) errors: Vec<FieldProblem>,
    /// The fields of all others. A name taken already keeps its first value, and the members of
    /// RFC 9457 itself are never replaced.
    pub(super) members: Map<String, Value>,
    /// All of them once more, each with its `@type`: what a program turns back into the same status.
    pub(super) typed: Vec<Value>,
    /// `google.rpc.RetryInfo`, in whole seconds, rounded up.
    pub(super) retry_after: Option<u64>,
    /// The reason of `google.rpc.ErrorInfo`.
    pub(super) reason: Option<String>,
}

const RESERVED: [&str; 9] = [
    "type",
    "title",
    "status",
    "detail",
    "instance",
    "code",
    "request_id",
    "errors",
    "details",
];

impl Details {
    /// Reads what can be read. A detail of an unknown type is left out with a line in the log: it
    /// must not take the whole answer with it.
    pub(super) fn read(status: &Status, plans: &Plans) -> Self {
        let mut details = Self::default();
        if status.details().is_empty() {
            return details;
        }
        let Ok(rpc_status) = tonic_types::Status::decode(status.details()) else {
            tracing::warn!(
                "The details of a status are not a google.rpc.Status; they are left out"
            );
            return details;
        };
        for any in rpc_status.details {
            let name = any.type_url.rsplit('/').next().unwrap_or_default();
            // Stack traces are for us.
            if name == "google.rpc.DebugInfo" {
                continue;
            }
            match plans
                .by_name(name)
                .map(|plan| plans.write(plan, &any.value))
            {
                Some(Ok(json)) => details.add(name, &any, &json),
                Some(Err(error)) => tracing::warn!(
                    any.type_url,
                    %error,
                    "A detail of a status cannot be written; it is left out"
                ),
                None => tracing::warn!(
                    any.type_url,
                    "A detail of a status has an unknown type; it is left out"
                ),
            }
        }
        details
    }

    fn add(&mut self, name: &str, any: &Any, json: &[u8]) {
        let bytes = any.value.as_slice();
        match name {
            "google.rpc.BadRequest" => self.violations(bytes),
            "google.rpc.RetryInfo" => self.retry_after = retry_after(bytes),
            "google.rpc.ErrorInfo" => {
                self.reason = pb::ErrorInfo::decode(bytes).ok().map(|info| info.reason);
            }
            _ => {}
        }
        let json = serde_json::from_slice(json).unwrap_or_default();
        let typed = match json {
            Value::Object(fields) => {
                // Those of a bad request have their place already.
                for (field, value) in fields.iter().filter(|_| name != "google.rpc.BadRequest") {
                    if !RESERVED.contains(&field.as_str()) && !self.members.contains_key(field) {
                        self.members.insert(field.clone(), value.clone());
                    }
                }
                fields
            }
            value => Map::from_iter([("value".to_owned(), value)]),
        };
        let mut detail = Map::from_iter([("@type".to_owned(), any.type_url.clone().into())]);
        detail.extend(typed);
        self.typed.push(detail.into());
    }

    fn violations(&mut self, bytes: &[u8]) {
        let Ok(request) = pb::BadRequest::decode(bytes) else {
            return;
        };
        let violations = request.field_violations.into_iter();
        self.errors.extend(violations.map(|violation| FieldProblem {
            field: violation.field,
            message: violation.description,
        }));
    }
}

fn retry_after(bytes: &[u8]) -> Option<u64> {
    let delay = pb::RetryInfo::decode(bytes).ok()?.retry_delay?;
    let seconds = u64::try_from(delay.seconds).ok()?;
    Some(seconds + u64::from(delay.nanos > 0))
}
