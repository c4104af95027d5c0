//! Refusals in HTTP's words (RFC 9457). What goes wrong inside a tool is not here: that is an
//! envelope.

use axum::{
    body::{Body, to_bytes},
    response::Response,
};
use http::{HeaderValue, StatusCode, header};
use serde_json::json;

use super::metadata;

/// The longest refusal of the SDK that is passed on, in bytes.
const MAX_TEXT: usize = 1024;

/// Why nobody was let in.
#[derive(Debug, Clone, Copy)]
pub(super) enum Refused {
    /// No token.
    Anonymous,
    /// A bad one.
    Token,
    /// It cannot be told.
    Unavailable,
}

/// Says why, and where to learn how to do better.
pub(super) fn refusal(why: Refused, base: &str) -> Response {
    let (status, detail, error) = match why {
        Refused::Anonymous => (StatusCode::UNAUTHORIZED, "Not authenticated", ""),
        Refused::Token => (
            StatusCode::UNAUTHORIZED,
            "Invalid token or expired token.",
            "error=\"invalid_token\", ",
        ),
        Refused::Unavailable => (
            StatusCode::SERVICE_UNAVAILABLE,
            "the service is not available right now",
            "",
        ),
    };
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    if status == StatusCode::UNAUTHORIZED {
        let path = metadata::PATH_OF_MCP;
        let challenge = format!("Bearer {error}resource_metadata=\"{base}{path}\"");
        // A public URL is ASCII, and a host from a request was filtered.
        let challenge =
            HeaderValue::try_from(challenge).unwrap_or(HeaderValue::from_static("Bearer"));
        headers.insert(header::WWW_AUTHENTICATE, challenge);
    } else {
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    worded(response, detail)
}

/// The same response with a problem as its body.
pub(super) fn worded(response: Response, detail: &str) -> Response {
    let (mut parts, _) = response.into_parts();
    let problem = json!({
        "type": "about:blank",
        "title": parts.status.canonical_reason().unwrap_or("Error"),
        "status": parts.status.as_u16(),
        "detail": detail,
    });
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    Response::from_parts(parts, Body::from(problem.to_string()))
}

/// Turns the SDK's refusals in plain text into problems; JSON-RPC answers pass.
pub(super) async fn in_json(response: Response) -> Response {
    let status = response.status();
    let is_json = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    if is_json || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let (parts, body) = response.into_parts();
    let text = to_bytes(body, MAX_TEXT).await.unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let detail = match status.is_server_error() {
        true => "something went wrong on our side",
        // "Forbidden: Host header is not allowed": the title says the first part already.
        false => text
            .split_once(": ")
            .map_or(text.as_ref(), |(_, detail)| detail),
    };
    worded(Response::from_parts(parts, Body::empty()), detail)
}
