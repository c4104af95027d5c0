//! The refresh token as a cookie, for browsers that ask for it.
//!
//! Asking is done with a header that other sites cannot send without a CORS preflight; together
//! with `SameSite=Strict` it keeps them from using the cookie. Scripts never see the token.

use std::time::Duration;

use tonic::metadata::MetadataMap;

/// The header by which a browser asks for the cookie, and its value.
const ASK: (&str, &str) = ("x-taskchat-session", "cookie");

const NAME: &str = "taskchat_refresh";

/// How a caller keeps its refresh token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Carrier {
    /// In messages.
    Body,
    /// In our cookie.
    Cookie,
}

impl Carrier {
    /// What the request asks for.
    pub(crate) fn of(metadata: &MetadataMap) -> Self {
        let asked = metadata.get(ASK.0).is_some_and(|value| value == ASK.1);
        if asked { Self::Cookie } else { Self::Body }
    }

    /// The refresh token of a request: the field's, or the cookie's where it was asked for.
    pub(crate) fn token(self, field: String, metadata: &MetadataMap) -> String {
        if !field.is_empty() || self == Self::Body {
            return field;
        }
        metadata
            .get_all("cookie")
            .iter()
            .filter_map(|header| header.to_str().ok())
            .flat_map(|header| header.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(name, _)| *name == NAME)
            .map(|(_, token)| token.to_owned())
            .unwrap_or_default()
    }
}

/// Whether the cookie is only for TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Also without TLS: for a server on this machine.
    AnyTransport,
    /// Only over TLS.
    TlsOnly,
}

/// Puts the cookie on an answer.
pub(crate) fn set(metadata: &mut MetadataMap, token: &str, lifetime: Duration, reach: Reach) {
    let secure = match reach {
        Reach::AnyTransport => "",
        Reach::TlsOnly => "; Secure",
    };
    let cookie = format!(
        "{NAME}={token}; HttpOnly; SameSite=Strict; Path=/; Max-Age={}{secure}",
        lifetime.as_secs()
    );
    // Our tokens are base64url, so the cookie is always a valid header.
    if let Ok(value) = cookie.parse() {
        metadata.insert("set-cookie", value);
    }
}

/// Takes the cookie away.
pub(crate) fn clear(metadata: &mut MetadataMap, reach: Reach) {
    set(metadata, "", Duration::ZERO, reach);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metadata(pairs: &[(&'static str, &str)]) -> MetadataMap {
        let mut metadata = MetadataMap::new();
        for (name, value) in pairs {
            metadata.append(*name, value.parse().unwrap());
        }
        metadata
    }

    #[test]
    fn the_cookie_is_read_only_when_asked_for() {
        let ask = ("x-taskchat-session", "cookie");
        for (field, pairs, expected) in [
            ("t", vec![], "t"),
            ("", vec![("cookie", "taskchat_refresh=c")], ""),
            ("", vec![ask, ("cookie", "taskchat_refresh=c")], "c"),
            (
                "",
                vec![ask, ("cookie", "a=1; taskchat_refresh=c; b=2")],
                "c",
            ),
            (
                "",
                vec![ask, ("cookie", "a=1"), ("cookie", "taskchat_refresh=c")],
                "c",
            ),
            ("", vec![ask, ("cookie", "xtaskchat_refresh=c")], ""),
            (
                "",
                vec![
                    ("x-taskchat-session", "body"),
                    ("cookie", "taskchat_refresh=c"),
                ],
                "",
            ),
            ("t", vec![ask, ("cookie", "taskchat_refresh=c")], "t"),
            ("", vec![ask], ""),
        ] {
            let metadata = metadata(&pairs);
            let token = Carrier::of(&metadata).token(field.to_owned(), &metadata);
            assert_eq!(token, expected, "{pairs:?}");
        }
    }

    #[test]
    fn the_cookie_is_out_of_reach_of_scripts_and_other_sites() {
        let mut answer = MetadataMap::new();
        set(&mut answer, "tok", Duration::from_secs(60), Reach::TlsOnly);
        assert_eq!(
            answer.get("set-cookie").unwrap(),
            "taskchat_refresh=tok; HttpOnly; SameSite=Strict; Path=/; Max-Age=60; Secure"
        );
        clear(&mut answer, Reach::AnyTransport);
        assert_eq!(
            answer.get("set-cookie").unwrap(),
            "taskchat_refresh=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0"
        );
    }
}
