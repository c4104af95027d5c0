//! Errors in gRPC's dialect: code, public message, typed details (`google.rpc`).
//!
//! The cause of what is our fault is logged here, once, and goes no further.

use std::time::Duration;

use prost::Message;
use prost_types::Any;
use taskchat_domain::{Error, Failure, FailureKind, Kind, Noun, UserId};
use taskchat_proto::v1;
use tonic::{
    Code, Status,
    metadata::{MetadataMap, MetadataValue},
};
use tonic_types::pb;

use crate::convert::turn;

/// What every method answers.
pub(crate) type Answer<T> = Result<T, Status>;

/// The domain that reasons in `google.rpc.ErrorInfo` belong to.
const DOMAIN: &str = "taskchat";

/// The most that the details of a failed turn come to, in bytes. They travel in a header, in base64,
/// and clients take as little as 8 KiB of headers.
const DETAILS: usize = 5 * 1024;

/// Turns the error of a use case into a status, for `?`.
pub(crate) trait Refused<T> {
    fn or_status(self) -> Answer<T>;
}

impl<T> Refused<T> for taskchat_domain::Result<T> {
    fn or_status(self) -> Answer<T> {
        self.map_err(status)
    }
}

/// The status of an error.
pub(crate) fn status(error: Error) -> Status {
    log(&error);
    let mut metadata = MetadataMap::new();
    let mut details = Vec::new();
    match &error {
        Error::Invalid { field, problem } => details.push(bad_request(field, problem)),
        Error::NothingToUpdate => details.push(bad_request("update_mask", "names no field")),
        Error::Conflict {
            field: Some(field),
            problem,
        } => details.push(precondition("CHANGED", field, problem)),
        Error::Busy => details.push(precondition("BUSY", "conversation", &error.to_string())),
        Error::NotRetryable => {
            details.push(precondition("NOT_RETRYABLE", "turn", &error.to_string()));
        }
        Error::NotUndone(id) => {
            details.push(precondition(
                "NOT_UNDONE",
                &format!("operations/{id}"),
                &error.to_string(),
            ));
        }
        Error::ApprovalClosed(_) => {
            details.push(precondition(
                "APPROVAL_CLOSED",
                "approval",
                &error.to_string(),
            ));
        }
        Error::Exhausted { retry_after, .. } => {
            details.push(retry_info(*retry_after));
            metadata.insert("retry-after", seconds_up(*retry_after));
        }
        Error::NotFound(noun) => details.push(reason(match noun {
            Noun::Task => "TASK_NOT_FOUND",
            Noun::Conversation => "CONVERSATION_NOT_FOUND",
            Noun::Turn => "TURN_NOT_FOUND",
            Noun::Operation => "OPERATION_NOT_FOUND",
            Noun::User => "USER_NOT_FOUND",
            Noun::Approval => "APPROVAL_NOT_FOUND",
            Noun::Session => "SESSION_NOT_FOUND",
        })),
        Error::WrongCredentials => details.push(reason("WRONG_CREDENTIALS")),
        Error::BadToken => details.push(reason("BAD_TOKEN")),
        Error::AlreadyExists(_)
        | Error::Conflict { field: None, .. }
        | Error::Unavailable(_)
        | Error::TimedOut
        | Error::Internal(_) => {}
    }
    build(code(&error), error.to_string(), details, metadata)
}

fn code(error: &Error) -> Code {
    match error.kind() {
        Kind::NotFound => Code::NotFound,
        Kind::Invalid => Code::InvalidArgument,
        Kind::AlreadyExists => Code::AlreadyExists,
        // A lost race is worth reading again and retrying; a field that people changed since is
        // not (google.rpc.Code, on ABORTED and FAILED_PRECONDITION).
        Kind::Conflict => match error {
            Error::Conflict {
                field: Some(field), ..
            } if field != "version" => Code::FailedPrecondition,
            _ => Code::Aborted,
        },
        Kind::Precondition => Code::FailedPrecondition,
        Kind::Exhausted => Code::ResourceExhausted,
        Kind::Unauthenticated => Code::Unauthenticated,
        Kind::Unavailable => Code::Unavailable,
        Kind::TimedOut => Code::DeadlineExceeded,
        Kind::Internal => Code::Internal,
    }
}

/// The status of a turn that was given up, with what had already happened.
pub(crate) fn failed_turn(
    failure: &Failure,
    reply: &taskchat_domain::Reply,
    user: &UserId,
) -> Status {
    let (code, why) = match failure.kind {
        FailureKind::ModelUnavailable => (Code::Unavailable, "MODEL_UNAVAILABLE"),
        FailureKind::ToolsUnavailable => (Code::Unavailable, "TOOLS_UNAVAILABLE"),
        FailureKind::TimedOut => (Code::DeadlineExceeded, "TURN_TIMED_OUT"),
        // The edge makes a 502 of this reason: it was the model's fault, not ours.
        FailureKind::ModelMisbehaved | FailureKind::TooManySteps => {
            (Code::Internal, "MODEL_MISBEHAVED")
        }
        FailureKind::CutOff => (Code::Internal, "TURN_CUT_OFF"),
        FailureKind::Internal => (Code::Internal, "INTERNAL"),
    };
    let details = vec![
        any(
            "taskchat.v1.TurnFailure",
            &fitting(turn::failure(failure, reply.into(), user)),
        ),
        reason(why),
    ];
    build(code, failure.text.clone(), details, MetadataMap::new())
}

/// As much of a failure as fits into [`DETAILS`]. What was changed is left out last; all of it can be
/// had by the turn's id.
fn fitting(mut failure: v1::TurnFailure) -> v1::TurnFailure {
    let is_too_large = |failure: &v1::TurnFailure| failure.encoded_len() > DETAILS;
    if is_too_large(&failure) {
        for call in &mut failure.tool_calls {
            call.arguments = None;
            call.result = None;
        }
    }
    while is_too_large(&failure) {
        let calls = &mut failure.tool_calls;
        let Some(last) = calls.iter().rposition(|call| call.receipt.is_none()) else {
            break;
        };
        calls.remove(last);
    }
    if is_too_large(&failure) {
        let calls = failure.tool_calls.iter_mut();
        for receipt in calls.filter_map(|call| call.receipt.as_mut()) {
            receipt.task = None;
            receipt.changes.clear();
        }
    }
    while is_too_large(&failure) && failure.tool_calls.pop().is_some() {}
    failure
}

/// The name of the code that [`failed_turn`] gives, for clients that only see the message.
pub(crate) const fn failure_code(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::ModelUnavailable | FailureKind::ToolsUnavailable => "UNAVAILABLE",
        FailureKind::TimedOut => "DEADLINE_EXCEEDED",
        FailureKind::ModelMisbehaved
        | FailureKind::TooManySteps
        | FailureKind::CutOff
        | FailureKind::Internal => "INTERNAL",
    }
}

fn build(code: Code, message: String, details: Vec<Any>, metadata: MetadataMap) -> Status {
    let rich = pb::Status {
        code: code.into(),
        message: message.clone(),
        details,
    };
    let bytes = if rich.details.is_empty() {
        Vec::new()
    } else {
        rich.encode_to_vec()
    };
    Status::with_details_and_metadata(code, message, bytes.into(), metadata)
}

fn any(name: &str, message: &impl Message) -> Any {
    Any {
        type_url: format!("type.googleapis.com/{name}"),
        value: message.encode_to_vec(),
    }
}

fn bad_request(field: &str, problem: &str) -> Any {
    let violation = pb::bad_request::FieldViolation {
        field: field.to_owned(),
        description: problem.to_owned(),
        ..Default::default()
    };
    any(
        "google.rpc.BadRequest",
        &pb::BadRequest {
            field_violations: vec![violation],
        },
    )
}

fn precondition(kind: &str, subject: &str, problem: &str) -> Any {
    let violation = pb::precondition_failure::Violation {
        r#type: kind.to_owned(),
        subject: subject.to_owned(),
        description: problem.to_owned(),
    };
    any(
        "google.rpc.PreconditionFailure",
        &pb::PreconditionFailure {
            violations: vec![violation],
        },
    )
}

fn retry_info(after: Duration) -> Any {
    let delay = prost_types::Duration::try_from(after).ok();
    any(
        "google.rpc.RetryInfo",
        &pb::RetryInfo { retry_delay: delay },
    )
}

fn reason(why: &str) -> Any {
    let info = pb::ErrorInfo {
        reason: why.to_owned(),
        domain: DOMAIN.to_owned(),
        ..Default::default()
    };
    any("google.rpc.ErrorInfo", &info)
}

/// Whole seconds, rounded up, as the `retry-after` header counts them.
fn seconds_up(time: Duration) -> MetadataValue<tonic::metadata::Ascii> {
    let seconds = time.as_secs() + u64::from(time.subsec_nanos() > 0);
    MetadataValue::from(seconds.max(1))
}

fn log(error: &Error) {
    let cause: &dyn std::error::Error = match error {
        Error::Internal(cause) | Error::Unavailable(cause) => cause.as_ref(),
        _ => return,
    };
    let mut chain = cause.to_string();
    let mut next = cause.source();
    while let Some(deeper) = next {
        chain.push_str(": ");
        chain.push_str(&deeper.to_string());
        next = deeper.source();
    }
    tracing::error!(error.cause = chain, "a request failed: {error}");
}

#[cfg(test)]
mod tests;
