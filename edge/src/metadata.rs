//! Headers to metadata and back: which may pass, and how long a caller will wait.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use http::{HeaderMap, HeaderName, HeaderValue, header};
use tonic::metadata::MetadataMap;

use crate::problem::Refusal;

/// Request headers that every service may want to see. All others stay here, so that a caller cannot
/// speak to what stands between edge and service.
const INBOUND: [&str; 9] = [
    "accept-language",
    "authorization",
    "baggage",
    "cookie",
    "grpc-timeout",
    "idempotency-key",
    "traceparent",
    "tracestate",
    "x-request-id",
];

/// Response metadata that belongs to one hop or to the framing (RFC 9110, section 7.6.1).
const OUTBOUND_NOT: [HeaderName; 12] = [
    header::CONNECTION,
    header::CONTENT_ENCODING,
    header::CONTENT_LENGTH,
    header::CONTENT_TYPE,
    header::DATE,
    header::HOST,
    header::PROXY_AUTHENTICATE,
    header::SERVER,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// The metadata of a call. Binary headers (`-bin`) pass when they are base64, as gRPC has them.
pub(crate) fn inbound(headers: &HeaderMap, extra: &[HeaderName]) -> MetadataMap {
    let mut passing = HeaderMap::with_capacity(8);
    for (name, value) in headers {
        let passes = match name.as_str().ends_with("-bin") {
            true => is_base64(value),
            false => INBOUND.contains(&name.as_str()) || extra.contains(name),
        };
        if passes {
            passing.append(name.clone(), value.clone());
        }
    }
    MetadataMap::from_headers(passing)
}

/// Adds what the service says beside its message to the headers of an answer.
pub(crate) fn outbound(metadata: MetadataMap, headers: &mut HeaderMap) {
    for (name, value) in &metadata.into_headers() {
        let is_framing = OUTBOUND_NOT.contains(name) || name.as_str().starts_with("grpc-");
        if !is_framing {
            headers.append(name.clone(), value.clone());
        }
    }
}

fn is_base64(value: &HeaderValue) -> bool {
    let trimmed = value.to_str().map(|text| text.trim_end_matches('='));
    trimmed.is_ok_and(|text| STANDARD_NO_PAD.decode(text).is_ok())
}

/// How long the caller will wait: `grpc-timeout`, as gRPC over HTTP/2 writes it, or `x-timeout`, as
/// people do; the shorter one when both are there.
pub(crate) fn timeout(headers: &HeaderMap) -> Result<Option<Duration>, Refusal> {
    let read = |name: &'static str, parse: fn(&str) -> Option<Duration>, form: &'static str| {
        let Some(value) = headers.get(name) else {
            return Ok(None);
        };
        let parsed = value.to_str().ok().and_then(parse);
        parsed.map(Some).ok_or(Refusal::Header(name, form))
    };
    let grpc = read(
        "grpc-timeout",
        parse_timeout,
        "must be at most eight digits and one of H, M, S, m, u, n",
    )?;
    let plain = read(
        "x-timeout",
        parse_plain,
        "must be seconds such as 2, 1.5s or 250ms",
    )?;
    Ok(grpc.into_iter().chain(plain).min())
}

/// A deadline as metadata, so that the service can give up as well.
pub(crate) fn pass_timeout(timeout: Duration, metadata: &mut MetadataMap) {
    let (micros, seconds) = (timeout.as_micros(), timeout.as_secs());
    // Eight digits are allowed.
    let text = match micros {
        0..100_000_000 => format!("{micros}u"),
        _ => format!("{}S", seconds.min(99_999_999)),
    };
    if let Ok(text) = text.parse() {
        metadata.insert("grpc-timeout", text);
    }
}

/// Seconds with at most nine digits before and after the point, or whole milliseconds.
fn parse_plain(text: &str) -> Option<Duration> {
    let is_number =
        |text: &str| (1..=9).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if let Some(millis) = text.strip_suffix("ms") {
        let millis = is_number(millis).then(|| millis.parse().ok())??;
        return Some(Duration::from_millis(millis));
    }
    let text = text.strip_suffix('s').unwrap_or(text);
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if !is_number(seconds) || !is_number(fraction) {
        return None;
    }
    let nanos = format!("{fraction:0<9}").parse().ok()?;
    Some(Duration::new(seconds.parse().ok()?, nanos))
}

fn parse_timeout(text: &str) -> Option<Duration> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if number.is_empty() || number.len() > 8 || !number.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: u64 = number.parse().ok()?;
    Some(match unit {
        "H" => Duration::from_secs(number * 3600),
        "M" => Duration::from_secs(number * 60),
        "S" => Duration::from_secs(number),
        "m" => Duration::from_millis(number),
        "u" => Duration::from_micros(number),
        "n" => Duration::from_nanos(number),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pairs = pairs.iter();
        pairs
            .map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            })
            .collect()
    }

    #[test]
    fn only_known_headers_come_in() {
        let incoming = headers(&[
            ("authorization", "Bearer x"),
            ("traceparent", "00-1"),
            ("x-secret-proxy", "1"),
            ("x-mine", "2"),
            ("connection", "close"),
            ("content-type", "application/json"),
            ("grpc-encoding", "gzip"),
            ("a-bin", "AQI"),
            ("b-bin", "AQI="),
            ("c-bin", "***"),
        ]);
        let metadata = inbound(&incoming, &[HeaderName::from_static("x-mine")]).into_headers();
        let mut names: Vec<&str> = metadata.keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        assert_eq!(
            names,
            ["a-bin", "authorization", "b-bin", "traceparent", "x-mine"]
        );
    }

    #[test]
    fn framing_does_not_go_out() {
        let metadata = MetadataMap::from_headers(headers(&[
            ("set-cookie", "a=b"),
            ("x-anything", "1"),
            ("retry-after", "3"),
            ("etag", "\"1\""),
            ("grpc-status", "0"),
            ("grpc-encoding", "gzip"),
            ("content-type", "application/grpc"),
            ("transfer-encoding", "chunked"),
        ]));
        let mut outgoing = HeaderMap::new();
        outbound(metadata, &mut outgoing);
        let mut names: Vec<&str> = outgoing.keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["etag", "retry-after", "set-cookie", "x-anything"]);
    }

    #[test]
    fn deadlines_are_read() {
        let rows = [
            ("1H", Some(Duration::from_secs(3600))),
            ("2M", Some(Duration::from_secs(120))),
            ("30S", Some(Duration::from_secs(30))),
            ("250m", Some(Duration::from_millis(250))),
            ("99999999u", Some(Duration::from_micros(99_999_999))),
            ("5n", Some(Duration::from_nanos(5))),
            ("", None),
            ("S", None),
            ("5", None),
            ("5s", None),
            ("123456789S", None),
            ("-1S", None),
            ("1.5S", None),
        ];
        for (text, expected) in rows {
            assert_eq!(parse_timeout(text), expected, "{text:?}");
        }
        let rows = [
            ("2", Some(2000)),
            ("1.5", Some(1500)),
            ("1.5s", Some(1500)),
            ("0.25s", Some(250)),
            ("250ms", Some(250)),
            ("0", Some(0)),
            ("", None),
            ("s", None),
            ("ms", None),
            ("1.", None),
            (".5", None),
            ("-1", None),
            ("1m", None),
            ("1 s", None),
            ("1.5ms", None),
            ("1e3", None),
            ("1234567890", None),
        ];
        for (text, expected) in rows {
            assert_eq!(
                parse_plain(text),
                expected.map(Duration::from_millis),
                "{text:?}"
            );
        }
    }

    #[test]
    fn the_shorter_deadline_counts_and_is_passed_on() {
        let both = headers(&[("grpc-timeout", "3S"), ("x-timeout", "1.5")]);
        let timeout = timeout(&both).unwrap().unwrap();
        assert_eq!(timeout, Duration::from_millis(1500));
        let rows = [
            (timeout, "1500000u"),
            (Duration::ZERO, "0u"),
            (Duration::from_secs(99), "99000000u"),
            (Duration::from_secs(100), "100S"),
            (Duration::MAX, "99999999S"),
        ];
        for (timeout, expected) in rows {
            let mut metadata = MetadataMap::from_headers(both.clone());
            pass_timeout(timeout, &mut metadata);
            assert_eq!(metadata.get("grpc-timeout").unwrap(), expected);
        }
    }
}
