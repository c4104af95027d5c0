//! A refusal made before the doors, in the dialect of whoever asked.

use std::{borrow::Cow, time::Duration};

use axum::{body::Body, response::IntoResponse};
use http::{
    HeaderMap, HeaderName, HeaderValue, Response, StatusCode,
    header::{CACHE_CONTROL, CONNECTION, CONTENT_TYPE, RETRY_AFTER},
};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};

pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Why a request is not let through to the doors.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    status: StatusCode,
    code: Code,
    detail: Cow<'static, str>,
    retry_after: Option<Duration>,
}

impl Refusal {
    /// A refusal by its HTTP status, its gRPC code and its words.
    pub(crate) fn new(
        status: StatusCode,
        code: Code,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            status,
            code,
            detail: detail.into(),
            retry_after: None,
        }
    }

    /// One of those that may be sent again, and when.
    pub(crate) fn again_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait.max(Duration::from_secs(1)));
        self
    }

    /// The answer to a request with these headers.
    pub(crate) fn answer(&self, request: &HeaderMap) -> Response<Body> {
        metrics::counter!("http_server_refusals_total", "status" => self.status.as_str().to_owned())
            .increment(1);
        let id = request_id(request);
        let mut response = match grpc(request) {
            Some(content_type) => self.status(content_type),
            None => self.problem(id.to_str().unwrap_or_default()),
        };
        tracing::info!(
            http.response.status_code = self.status.as_u16(),
            rpc.grpc.status_code = i32::from(self.code),
            request.id = id.to_str().unwrap_or_default(),
            reason = %self.detail,
            "Refused a request"
        );
        let headers = response.headers_mut();
        headers.insert(REQUEST_ID, id);
        if let Some(wait) = self.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(wait.as_secs()));
        }
        response
    }

    /// The same for a connection that can only be written to: a whole HTTP/1.1 answer.
    pub(crate) fn raw(&self) -> Vec<u8> {
        let response = self.problem("");
        let body = self.json("");
        let mut text = format!("HTTP/1.1 {}\r\n", self.status).into_bytes();
        for (name, value) in response.headers() {
            text.extend_from_slice(name.as_str().as_bytes());
            text.extend_from_slice(b": ");
            text.extend_from_slice(value.as_bytes());
            text.extend_from_slice(b"\r\n");
        }
        if let Some(wait) = self.retry_after {
            text.extend_from_slice(format!("retry-after: {}\r\n", wait.as_secs()).as_bytes());
        }
        text.extend_from_slice(
            format!(
                "{CONNECTION}: close\r\ncontent-length: {}\r\n\r\n",
                body.len()
            )
            .as_bytes(),
        );
        text.extend_from_slice(body.as_bytes());
        text
    }

    /// As RFC 9457 has it.
    fn problem(&self, request_id: &str) -> Response<Body> {
        let mut response = (self.status, self.json(request_id)).into_response();
        let headers = response.headers_mut();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(
            http::header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        );
        response
    }

    fn json(&self, request_id: &str) -> String {
        let body = serde_json::json!({
            "type": "about:blank",
            "title": self.status.canonical_reason().unwrap_or("Error"),
            "status": self.status.as_u16(),
            "detail": self.detail,
            "code": name(self.code),
            "request_id": request_id,
        });
        body.to_string()
    }

    /// As gRPC has it: the code in a header, and when to come back as a detail.
    fn status(&self, content_type: HeaderValue) -> Response<Body> {
        let mut details = ErrorDetails::new();
        if let Some(wait) = self.retry_after {
            details.set_retry_info(Some(wait));
        }
        let status = match self.retry_after {
            Some(_) => Status::with_error_details(self.code, self.detail.clone(), details),
            None => Status::new(self.code, self.detail.clone()),
        };
        let mut response: Response<Body> = status.into_http();
        response.headers_mut().insert(CONTENT_TYPE, content_type);
        response
    }
}

/// The content type of the answer to a gRPC or gRPC-Web call.
pub(crate) fn grpc(request: &HeaderMap) -> Option<HeaderValue> {
    let content_type = request.get(CONTENT_TYPE)?;
    content_type
        .as_bytes()
        .starts_with(b"application/grpc")
        .then(|| content_type.clone())
}

/// The id that came along, when it is fit for headers, else a new one.
pub(crate) fn request_id(request: &HeaderMap) -> HeaderValue {
    let is_fit = |id: &&HeaderValue| {
        (1..=128).contains(&id.len()) && id.as_bytes().iter().all(u8::is_ascii_graphic)
    };
    match request.get(REQUEST_ID).filter(is_fit) {
        Some(id) => id.clone(),
        None => HeaderValue::try_from(uuid::Uuid::new_v4().to_string())
            .unwrap_or_else(|_| HeaderValue::from_static("none")),
    }
}

/// The codes that are told before the doors.
const fn name(code: Code) -> &'static str {
    match code {
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        _ => "UNAVAILABLE",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal() -> Refusal {
        Refusal::new(
            StatusCode::TOO_MANY_REQUESTS,
            Code::ResourceExhausted,
            "too many requests",
        )
        .again_after(Duration::from_secs(7))
    }

    fn request(content_type: &'static str) -> HeaderMap {
        [(CONTENT_TYPE, HeaderValue::from_static(content_type))]
            .into_iter()
            .collect()
    }

    #[test]
    fn every_dialect_says_the_same() {
        let http = refusal().answer(&request("application/json"));
        assert_eq!(http.status(), 429);
        assert_eq!(http.headers()[CONTENT_TYPE], "application/problem+json");
        assert_eq!(http.headers()[RETRY_AFTER], "7");
        assert!(http.headers().contains_key(REQUEST_ID));
        for content_type in ["application/grpc", "application/grpc-web-text+proto"] {
            let grpc = refusal().answer(&request(content_type));
            assert_eq!(grpc.status(), 200);
            assert_eq!(grpc.headers()[CONTENT_TYPE], content_type);
            let status = Status::from_header_map(grpc.headers()).unwrap();
            assert_eq!(status.code(), Code::ResourceExhausted);
            assert_eq!(status.message(), "too many requests");
            let hint = status.get_details_retry_info().unwrap();
            assert_eq!(hint.retry_delay, Some(Duration::from_secs(7)));
        }
    }

    #[test]
    fn a_connection_without_a_request_hears_a_whole_answer() {
        let text = String::from_utf8(refusal().raw()).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(
            head.starts_with("HTTP/1.1 429 Too Many Requests\r\n"),
            "{head}"
        );
        assert!(head.contains("\r\nretry-after: 7\r\n"), "{head}");
        assert!(
            head.contains(&format!("\r\ncontent-length: {}", body.len())),
            "{head}"
        );
        let body: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!(body["detail"], "too many requests");
    }
}
