//! Tokens as an attacker, or an outside provider, would make them.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

/// The shared secret of apps that are started with one.
pub const SECRET: &str = "a-shared-secret-of-more-than-32-bytes";

/// Claims that are good for an hour.
pub fn claims(subject: &str) -> Value {
    let now = chrono::Utc::now().timestamp();
    json!({ "sub": subject, "iat": now, "exp": now + 3600 })
}

/// Signs claims with a shared secret, as an outside provider does.
pub fn signed(secret: &str, claims: &Value) -> String {
    signed_as(Algorithm::HS256, secret, claims)
}

/// Signs claims with a shared secret and one of the HMAC algorithms.
pub fn signed_as(algorithm: Algorithm, secret: &str, claims: &Value) -> String {
    encode(
        &Header::new(algorithm),
        claims,
        &EncodingKey::from_secret(secret.as_bytes()),
    )
    .expect("a token")
}

/// A token that says of itself that it needs no signature.
pub fn unsigned(claims: &Value) -> String {
    let header = BASE64.encode(br#"{"alg":"none","typ":"JWT"}"#);
    format!("{header}.{}.", BASE64.encode(claims.to_string()))
}

/// The claims of a token, unverified.
pub fn read(token: &str) -> Value {
    let payload = token.split('.').nth(1).expect("three parts");
    let bytes = BASE64.decode(payload).expect("base64");
    serde_json::from_slice(&bytes).expect("JSON claims")
}

/// The same token with other claims under the old signature.
pub fn with_claims(token: &str, change: impl FnOnce(&mut Value)) -> String {
    let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    let mut claims = read(token);
    change(&mut claims);
    parts[1] = BASE64.encode(claims.to_string());
    parts.join(".")
}

/// The same token with one character of one part (0, 1 or 2) replaced.
pub fn altered(token: &str, part: usize) -> String {
    let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    let middle = parts[part].len() / 2;
    let other = if &parts[part][middle..=middle] == "A" {
        "B"
    } else {
        "A"
    };
    parts[part].replace_range(middle..=middle, other);
    parts.join(".")
}
