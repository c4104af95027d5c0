//! Refusals: an HTTP status that is not a success.

use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::{
    Response, StatusCode,
    header::{DATE, HeaderMap, RETRY_AFTER},
};
use serde_json::Value;

use crate::model::{ModelError, Retry};

/// As much of a refusal's body as is read.
const BODY: usize = 16 * 1024;

/// What a refusal means. Its body is looked at for a code and then forgotten.
pub(super) async fn refused(mut response: Response) -> ModelError {
    let status = response.status();
    let wait = retry_after(response.headers());
    let mut body = Vec::new();
    while body.len() < BODY
        && let Ok(Some(piece)) = response.chunk().await
    {
        body.extend_from_slice(&piece);
    }
    let code = serde_json::from_slice::<Value>(&body)
        .ok()
        .and_then(|body| code(body.get("error")?));
    let retry = match (status, code.as_deref()) {
        // Waiting does not fill an empty account.
        (_, Some("insufficient_quota")) => Retry::No,
        (StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT, _) => Retry::After(wait),
        (status, _) if status.is_server_error() => Retry::After(wait),
        _ => Retry::No,
    };
    let what = match code {
        Some(code) => format!("the model's server answered {} ({code})", status.as_u16()),
        None => format!("the model's server answered {}", status.as_u16()),
    };
    ModelError::unavailable(what, retry)
}

/// The code of an error object, if it is one that can be shown in a log.
pub(super) fn code(error: &Value) -> Option<String> {
    ["code", "type"].iter().find_map(|name| {
        let code = error.get(name)?.as_str()?;
        let plain = |letter: u8| letter.is_ascii_lowercase() || letter == b'_';
        ((1..=64).contains(&code.len()) && code.bytes().all(plain)).then(|| code.to_owned())
    })
}

/// How long the server asks us to wait (RFC 9110, section 10.2.3).
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    // A date counts from the server's own clock, which is the one that was read for it.
    let at = DateTime::parse_from_rfc2822(value).ok()?;
    let now = headers.get(DATE)?.to_str().ok()?;
    let now = DateTime::parse_from_rfc2822(now).ok()?;
    let wait = at.with_timezone(&Utc) - now.with_timezone(&Utc);
    Some(wait.to_std().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_times_are_seconds_or_dates() {
        let date = "Sun, 22 Nov 2026 10:00:00 GMT";
        for (value, seconds) in [
            ("2", Some(2.0)),
            ("0.5", Some(0.5)),
            ("Sun, 22 Nov 2026 10:00:03 GMT", Some(3.0)),
            ("Sun, 22 Nov 2026 09:00:00 GMT", Some(0.0)),
            ("-1", None),
            ("soon", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, value.parse().unwrap());
            headers.insert(DATE, date.parse().unwrap());
            let expected = seconds.map(Duration::from_secs_f64);
            assert_eq!(retry_after(&headers), expected, "{value}");
        }
    }
}
