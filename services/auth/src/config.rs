//! What can be set about tokens. Where the values come from is not decided here.

use std::time::Duration;

use reqwest::Url;
use secrecy::SecretString;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// How tokens are made and checked.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The secret that own tokens are signed with (HS256), and those of an outside provider that
    /// shares it. At least 32 bytes. Without it a generated key is used.
    #[serde(serialize_with = "redacted")]
    pub secret: Option<SecretString>,
    /// Where an outside provider publishes its public keys (RFC 7517).
    #[serde(serialize_with = "url_text", deserialize_with = "parse_url")]
    pub jwks_url: Option<Url>,
    /// The `iss` that tokens must carry; own tokens carry it too. Unchecked for outside tokens when
    /// absent.
    pub issuer: Option<String>,
    /// The `aud` that tokens must name; own tokens name it too. Unchecked for outside tokens when
    /// absent.
    pub audience: Option<String>,
    /// How long an access token is good.
    #[serde(with = "humantime_serde")]
    pub access_ttl: Duration,
    /// How long a refresh token is good.
    #[serde(with = "humantime_serde")]
    pub refresh_ttl: Duration,
    /// Whether the session cookie is only sent over TLS. Switch on wherever TLS ends in front.
    pub secure_cookie: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            secret: None,
            jwks_url: None,
            issuer: None,
            audience: None,
            access_ttl: Duration::from_secs(15 * 60),
            refresh_ttl: Duration::from_secs(30 * 24 * 60 * 60),
            secure_cookie: false,
        }
    }
}

fn redacted<S: Serializer>(secret: &Option<SecretString>, to: S) -> Result<S::Ok, S::Error> {
    secret.as_ref().map(|_| "[REDACTED]").serialize(to)
}

fn url_text<S: Serializer>(url: &Option<Url>, to: S) -> Result<S::Ok, S::Error> {
    url.as_ref().map(Url::as_str).serialize(to)
}

fn parse_url<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Url>, D::Error> {
    let Some(text) = Option::<String>::deserialize(from)?.filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let url = Url::parse(&text).map_err(D::Error::custom)?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(D::Error::custom("must be an http or https address"));
    }
    Ok(Some(url))
}
