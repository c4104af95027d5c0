//! Tokens as they stand on the wire (RFC 7519, RFC 9068). Nothing here says whether one is good.

use serde::{Deserialize, Serialize};

/// What an own token says.
#[derive(Debug, Serialize)]
pub(crate) struct OwnClaims<'a> {
    pub(crate) sub: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) email: Option<&'a str>,
    pub(crate) iat: i64,
    pub(crate) exp: i64,
    pub(crate) jti: String,
    pub(crate) iss: &'a str,
    pub(crate) aud: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sid: Option<String>,
}

/// What is read from any token. Unknown claims are passed over.
///
/// `sub` and `exp` are not optional: a token without one of them is refused.
#[derive(Debug, Deserialize)]
pub(crate) struct Claims {
    pub(crate) sub: String,
    /// Seconds since the epoch; RFC 7519 allows fractions.
    pub(crate) exp: f64,
    #[serde(default)]
    pub(crate) nbf: Option<f64>,
    #[serde(default)]
    pub(crate) iss: Option<String>,
    #[serde(default)]
    pub(crate) aud: Audience,
    #[serde(default)]
    pub(crate) email: Option<String>,
    /// OpenID Connect Core, section 5.1.
    #[serde(default)]
    pub(crate) email_verified: Option<bool>,
    #[serde(default)]
    pub(crate) sid: Option<String>,
}

/// One audience or several.
#[derive(Debug, Default, Deserialize)]
#[serde(untagged)]
pub(crate) enum Audience {
    #[default]
    None,
    One(String),
    Several(Vec<String>),
}

impl Audience {
    pub(crate) fn names(&self, wanted: &str) -> bool {
        match self {
            Self::None => false,
            Self::One(name) => name == wanted,
            Self::Several(names) => names.iter().any(|name| name == wanted),
        }
    }
}
