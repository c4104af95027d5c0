//! The typed details of a status: `google.rpc` error details and messages of one's own.

use prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage};
use serde_json::{Map, Value};
use tonic::Status;

use super::FieldProblem;
use crate::{Options, json::Writer};

/// What the details of a status add to a problem.
#[derive(Debug, Default)]
pub(super) struct Details {
    /// The violations of `google.rpc.BadRequest`.
    pub(super) errors: Vec<FieldProblem>,
    /// The fields of all others. A name taken already keeps its first value, and the members of
    /// RFC 9457 itself are never replaced.
    pub(super) members: Map<String, Value>,
    /// `google.rpc.RetryInfo`, in whole seconds, rounded up.
    pub(super) retry_after: Option<u64>,
    /// The reason of `google.rpc.ErrorInfo`.
    pub(super) reason: Option<String>,
}

const RESERVED: [&str; 8] = [
    "type",
    "title",
    "status",
    "detail",
    "instance",
    "code",
    "request_id",
    "errors",
];

impl Details {
    /// Reads what can be read. A detail of an unknown type is left out with a line in the log: it
    /// must not take the whole answer with it.
    pub(super) fn read(status: &Status, options: &Options, pool: &DescriptorPool) -> Self {
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
            let message = pool.get_message_by_name(name).and_then(|descriptor| {
                DynamicMessage::decode(descriptor, any.value.as_slice()).ok()
            });
            match message {
                Some(message) => details.add(name, &message, options),
                None => tracing::warn!(
                    any.type_url,
                    "A detail of a status has an unknown type; it is left out"
                ),
            }
        }
        details
    }

    fn add(&mut self, name: &str, message: &DynamicMessage, options: &Options) {
        match name {
            // Stack traces are for us.
            "google.rpc.DebugInfo" => return,
            "google.rpc.BadRequest" => return self.violations(message),
            "google.rpc.RetryInfo" => self.retry_after = retry_after(message),
            "google.rpc.ErrorInfo" => {
                let reason = message.get_field_by_name("reason");
                self.reason = reason.and_then(|reason| reason.as_str().map(str::to_owned));
            }
            _ => {}
        }
        let mut writer = Writer::new(&options.json);
        let written = writer.message(message).map(|()| writer.finish());
        let Ok(Ok(Value::Object(fields))) = written.map(|json| serde_json::from_slice(&json))
        else {
            tracing::warn!(
                detail = name,
                "A detail of a status has no JSON form; it is left out"
            );
            return;
        };
        for (field, value) in fields {
            if !RESERVED.contains(&field.as_str()) {
                self.members.entry(field).or_insert(value);
            }
        }
    }

    fn violations(&mut self, message: &DynamicMessage) {
        let text = |violation: &DynamicMessage, name: &str| {
            let value = violation.get_field_by_name(name);
            value
                .and_then(|value| value.as_str().map(str::to_owned))
                .unwrap_or_default()
        };
        let violations = message.get_field_by_name("field_violations");
        let violations = violations.as_ref().and_then(|list| list.as_list());
        for violation in violations
            .into_iter()
            .flatten()
            .filter_map(|value| value.as_message())
        {
            self.errors.push(FieldProblem {
                field: text(violation, "field"),
                message: text(violation, "description"),
            });
        }
    }
}

fn retry_after(message: &DynamicMessage) -> Option<u64> {
    let delay = message.get_field_by_name("retry_delay")?;
    let delay = delay.as_message()?;
    let seconds = delay.get_field_by_name("seconds")?.as_i64()?;
    let nanos = delay.get_field_by_name("nanos")?.as_i32()?;
    let seconds = u64::try_from(seconds).ok()?;
    Some(seconds + u64::from(nanos > 0))
}
