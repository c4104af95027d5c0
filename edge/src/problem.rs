//! Every refusal in HTTP's dialect: a status and an RFC 9457 problem. The only file that turns gRPC
//! codes into HTTP statuses.

mod back;
mod details;

use std::collections::BTreeMap;

use axum::body::Body;
use http::{
    HeaderMap, HeaderValue, Method, Response, StatusCode,
    header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE},
};
use serde::Serialize;
use serde_json::{Map, Value};
use tonic::{Code, Status};

use crate::{
    Options,
    json::{Fault, Plans},
    metadata,
};
pub use back::{NotAProblem, Problems};
use details::Details;

/// Why the edge, or the service behind it, does not do what was asked.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// There is nothing at this path.
    NotFound,
    /// There is, but with other methods.
    OtherMethods(Vec<Method>),
    /// The body is not said to be JSON.
    NotJson,
    /// The body is too large, in bytes.
    TooLarge(usize),
    /// The body is no JSON; says where it breaks.
    Malformed(String),
    /// The body broke off.
    Cut,
    /// A header cannot be read; says what it must be.
    Header(&'static str, &'static str),
    /// Fields are wrong.
    Faults(Vec<Fault>),
    /// The service says so, or the guard.
    Status(Status),
}

impl From<Status> for Refusal {
    fn from(status: Status) -> Self {
        Self::Status(status)
    }
}

/// A refusal in HTTP's words.
#[derive(Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    code: Code,
    detail: String,
    errors: Vec<FieldProblem>,
    /// The fields of other details.
    members: Map<String, Value>,
    /// All details, with their types.
    details: Vec<Value>,
    headers: HeaderMap,
    /// What the log should know and the caller should not.
    trouble: Option<String>,
}

#[derive(Debug, Serialize)]
struct FieldProblem {
    field: String,
    message: String,
}

/// What stands in a response's extensions for the log line of its request.
#[derive(Debug, Clone)]
pub(crate) struct Trouble(pub(crate) String);

impl Problem {
    /// The problem that a refusal becomes.
    pub(crate) fn new(refusal: Refusal, options: &Options, plans: &Plans) -> Self {
        match refusal {
            Refusal::NotFound => Self::plain(
                StatusCode::NOT_FOUND,
                Code::NotFound,
                "there is nothing at this path",
            ),
            Refusal::OtherMethods(methods) => {
                let methods: Vec<&str> = methods.iter().map(Method::as_str).collect();
                let mut problem = Self::plain(
                    StatusCode::METHOD_NOT_ALLOWED,
                    Code::Unimplemented,
                    "this path does not answer this method",
                );
                problem.header(ALLOW, &methods.join(", "));
                problem
            }
            Refusal::NotJson => Self::plain(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                Code::InvalidArgument,
                "the body must have the content type application/json",
            ),
            Refusal::TooLarge(limit) => Self::plain(
                StatusCode::PAYLOAD_TOO_LARGE,
                Code::ResourceExhausted,
                format!("the body is larger than {limit} bytes"),
            ),
            Refusal::Malformed(place) => Self::plain(
                StatusCode::BAD_REQUEST,
                Code::InvalidArgument,
                format!("the body is not JSON: {place}"),
            ),
            Refusal::Cut => Self::plain(
                StatusCode::BAD_REQUEST,
                Code::InvalidArgument,
                "the body ended too early",
            ),
            Refusal::Header(name, form) => Self::plain(
                StatusCode::BAD_REQUEST,
                Code::InvalidArgument,
                format!("{name} {form}"),
            ),
            Refusal::Faults(faults) => Self::faults(&faults, options),
            Refusal::Status(status) => Self::status(&status, options, plans),
        }
    }

    /// The answer to a bug.
    pub(crate) fn internal() -> Self {
        Self::plain(
            StatusCode::INTERNAL_SERVER_ERROR,
            Code::Internal,
            general(Code::Internal),
        )
    }

    fn plain(status: StatusCode, code: Code, detail: impl Into<String>) -> Self {
        Self {
            status,
            code,
            detail: detail.into(),
            errors: Vec::new(),
            members: Map::new(),
            details: Vec::new(),
            headers: HeaderMap::new(),
            trouble: None,
        }
    }

    fn faults(faults: &[Fault], options: &Options) -> Self {
        let detail = faults.first().map(ToString::to_string).unwrap_or_default();
        let mut problem = Self::plain(options.invalid_argument, Code::InvalidArgument, detail);
        let errors = faults.iter().map(|fault| FieldProblem {
            field: fault.field.clone(),
            message: fault.problem.clone().into_owned(),
        });
        problem.errors = errors.collect();
        problem
    }

    fn status(status: &Status, options: &Options, plans: &Plans) -> Self {
        let code = status.code();
        let is_ours_to_hide = matches!(code, Code::Internal | Code::Unknown | Code::DataLoss);
        // A status with a source was not sent by the service: its text tells of our connections.
        let is_made_here = std::error::Error::source(status).is_some();
        let detail = match status.message() {
            "" => general(code).to_owned(),
            _ if is_ours_to_hide || is_made_here => general(code).to_owned(),
            message => message.to_owned(),
        };
        let details = Details::read(status, plans);
        let http = details
            .reason
            .as_ref()
            .and_then(|reason| options.reasons.get(reason).copied())
            .unwrap_or_else(|| http_status(status, options));

        let mut problem = Self::plain(http, code, detail);
        metadata::outbound(status.metadata().clone(), &mut problem.headers);
        problem.errors = details.errors;
        problem.members = details.members;
        problem.details = details.typed;
        if let Some(seconds) = details.retry_after
            && !problem.headers.contains_key(RETRY_AFTER)
        {
            problem.header(RETRY_AFTER, &seconds.to_string());
        }
        if http == StatusCode::UNAUTHORIZED && !problem.headers.contains_key(WWW_AUTHENTICATE) {
            problem
                .headers
                .insert(WWW_AUTHENTICATE, options.challenge.clone());
        }
        problem.trouble = is_made_here.then(|| trouble(status));
        problem
    }

    fn header(&mut self, name: http::HeaderName, value: &str) {
        if let Ok(value) = HeaderValue::try_from(value) {
            self.headers.insert(name, value);
        }
    }

    /// The problem as JSON; `type` is `about:blank`, so `title` is HTTP's (RFC 9457, section 4.2.1).
    pub(crate) fn json(&self, request_id: &str) -> Vec<u8> {
        #[derive(Serialize)]
        struct Body<'p> {
            r#type: &'static str,
            title: &'static str,
            status: u16,
            detail: &'p str,
            code: &'static str,
            request_id: &'p str,
            #[serde(skip_serializing_if = "<[_]>::is_empty")]
            errors: &'p [FieldProblem],
            #[serde(flatten)]
            members: &'p Map<String, Value>,
            #[serde(skip_serializing_if = "<[_]>::is_empty")]
            details: &'p [Value],
        }
        let body = Body {
            r#type: "about:blank",
            title: title(self.status),
            status: self.status.as_u16(),
            detail: &self.detail,
            code: code_name(self.code),
            request_id,
            errors: &self.errors,
            members: &self.members,
            details: &self.details,
        };
        // Nothing in it can fail to serialise; an empty object would still be a problem document.
        serde_json::to_vec(&body).unwrap_or_else(|_| b"{}".to_vec())
    }

    /// The whole answer.
    pub(crate) fn into_response(self, request_id: &str) -> Response<Body> {
        let mut response = Response::new(Body::from(self.json(request_id)));
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        let headers = response.headers_mut();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(trouble) = self.trouble {
            response.extensions_mut().insert(Trouble(trouble));
        }
        response
    }
}

/// The table of `google.rpc.Code`, as far as the options leave it.
fn http_status(status: &Status, options: &Options) -> StatusCode {
    match status.code() {
        Code::Ok => StatusCode::OK,
        // Not in the registry; nginx's, and what google.rpc says.
        Code::Cancelled => StatusCode::from_u16(499).unwrap_or(StatusCode::BAD_REQUEST),
        Code::InvalidArgument => options.invalid_argument,
        // tonic's word for a message above its size limit.
        Code::OutOfRange if status.message().contains("message length too large") => {
            StatusCode::PAYLOAD_TOO_LARGE
        }
        Code::OutOfRange => StatusCode::BAD_REQUEST,
        Code::DeadlineExceeded => StatusCode::GATEWAY_TIMEOUT,
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::AlreadyExists | Code::Aborted => StatusCode::CONFLICT,
        Code::FailedPrecondition => options.failed_precondition,
        Code::PermissionDenied => StatusCode::FORBIDDEN,
        Code::ResourceExhausted => StatusCode::TOO_MANY_REQUESTS,
        Code::Unimplemented => StatusCode::NOT_IMPLEMENTED,
        Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Code::Unauthenticated => StatusCode::UNAUTHORIZED,
        Code::Internal | Code::Unknown | Code::DataLoss => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Every status that a refusal can have, with the names of the codes that come with it.
pub(crate) fn statuses(options: &Options) -> BTreeMap<StatusCode, Vec<&'static str>> {
    let ours = [
        (StatusCode::BAD_REQUEST, Code::InvalidArgument),
        (StatusCode::NOT_FOUND, Code::NotFound),
        (StatusCode::METHOD_NOT_ALLOWED, Code::Unimplemented),
        (StatusCode::PAYLOAD_TOO_LARGE, Code::ResourceExhausted),
        (StatusCode::UNSUPPORTED_MEDIA_TYPE, Code::InvalidArgument),
    ];
    let theirs = codes().map(|code| (http_status(&Status::new(code, ""), options), code));
    let mut statuses: BTreeMap<StatusCode, Vec<&'static str>> = BTreeMap::new();
    for (status, code) in ours.into_iter().chain(theirs) {
        let names = statuses.entry(status).or_default();
        if !names.contains(&code_name(code)) {
            names.push(code_name(code));
        }
    }
    let mut reasons: Vec<(&str, StatusCode)> = options
        .reasons
        .iter()
        .map(|(reason, status)| (reason.as_str(), *status))
        .collect();
    reasons.sort_unstable();
    for (_, status) in reasons {
        // The code is the service's choice; only its class is known.
        statuses.entry(status).or_insert_with(|| vec!["INTERNAL"]);
    }
    statuses
}

/// The names of all codes but OK.
pub(crate) fn code_names() -> Vec<&'static str> {
    codes().map(code_name).collect()
}

fn codes() -> impl Iterator<Item = Code> {
    (1..=16).map(Code::from_i32)
}

/// The name of a status.
pub(crate) fn title(status: StatusCode) -> &'static str {
    match status.as_u16() {
        499 => "Client Closed Request",
        _ => status.canonical_reason().unwrap_or("Error"),
    }
}

/// The name of a code as gRPC writes it.
pub(crate) const fn code_name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}

/// What a stranger is told when the real text is not for them, or missing.
const fn general(code: Code) -> &'static str {
    match code {
        Code::Internal | Code::Unknown | Code::DataLoss => "something went wrong on our side",
        Code::Unavailable => "the service is not available right now",
        Code::DeadlineExceeded => "this took too long",
        Code::Cancelled => "the call was cancelled",
        _ => "the request was refused",
    }
}

fn trouble(status: &Status) -> String {
    let mut text = format!("{}: {}", code_name(status.code()), status.message());
    let mut source = std::error::Error::source(status);
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
