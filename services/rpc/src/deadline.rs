//! `grpc-timeout`: the caller's patience, kept on our side too.
//!
//! It bounds a unary call as a whole and a stream until its first byte; a stream ends when its
//! caller leaves. Work that was accepted, such as a turn, goes on regardless.

use std::time::Duration;

use axum::{extract::Request, middleware::Next, response::IntoResponse, response::Response};
use http::{HeaderMap, HeaderValue};
use taskchat_domain::Error;

use crate::status::status;

/// The header's name in the gRPC protocol.
const GRPC_TIMEOUT: &str = "grpc-timeout";

pub(crate) async fn keep(request: Request, next: Next) -> Response {
    let patience = match patience(request.headers()) {
        Ok(None) => return next.run(request).await,
        Ok(Some(patience)) => patience,
        Err(error) => return refuse(error),
    };
    match tokio::time::timeout(patience, next.run(request)).await {
        Ok(response) => response,
        Err(_) => refuse(Error::TimedOut),
    }
}

fn refuse(error: Error) -> Response {
    status(error)
        .into_http::<axum::body::Body>()
        .into_response()
}

fn patience(headers: &HeaderMap) -> Result<Option<Duration>, Error> {
    headers
        .get(GRPC_TIMEOUT)
        .map(|value| read(value).ok_or_else(|| Error::invalid(GRPC_TIMEOUT, "is malformed")))
        .transpose()
}

/// At most eight digits and a unit (gRPC over HTTP/2, "Timeout").
fn read(value: &HeaderValue) -> Option<Duration> {
    let (unit, digits) = value.as_bytes().split_last()?;
    if digits.is_empty() || digits.len() > 8 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let amount: u64 = std::str::from_utf8(digits).ok()?.parse().ok()?;
    Some(match unit {
        b'H' => Duration::from_secs(amount * 3600),
        b'M' => Duration::from_secs(amount * 60),
        b'S' => Duration::from_secs(amount),
        b'm' => Duration::from_millis(amount),
        b'u' => Duration::from_micros(amount),
        b'n' => Duration::from_nanos(amount),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timeouts() {
        for (text, expected) in [
            ("1H", Some(Duration::from_secs(3600))),
            ("2M", Some(Duration::from_secs(120))),
            ("3S", Some(Duration::from_secs(3))),
            ("99999999m", Some(Duration::from_millis(99_999_999))),
            ("5u", Some(Duration::from_micros(5))),
            ("0n", Some(Duration::ZERO)),
            ("", None),
            ("S", None),
            ("10", None),
            ("-1S", None),
            ("1.5S", None),
            ("100000000S", None),
        ] {
            let value = HeaderValue::from_static(text);
            assert_eq!(read(&value), expected, "{text:?}");
        }
        assert_eq!(patience(&HeaderMap::new()).unwrap(), None);
    }

    #[tokio::test]
    async fn the_callers_patience_is_ours() {
        let never = axum::routing::post(std::future::pending::<()>);
        let app = axum::Router::new()
            .route("/", never)
            .layer(axum::middleware::from_fn(keep));
        let request = Request::post("/")
            .header(GRPC_TIMEOUT, "1m")
            .body(axum::body::Body::empty());
        let answer = tower::ServiceExt::oneshot(app, request.unwrap()).await;
        let headers = answer.unwrap().headers().clone();
        // DEADLINE_EXCEEDED.
        assert_eq!(headers.get("grpc-status").unwrap(), "4");
    }
}
