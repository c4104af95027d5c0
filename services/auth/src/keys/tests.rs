//! Own tokens, and tokens made with the shared secret: which are good and which are not.

use std::time::Duration;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use secrecy::SecretString;
use serde_json::{Value, json};
use taskchat_domain::{Clock, SessionId, UserId};

use super::*;
use crate::testing::{StandingClock, http, keys};

const SECRET: &str = "a secret of more than thirty-two bytes";

fn user() -> UserId {
    UserId::parse("u1").unwrap()
}

fn with_secret() -> Config {
    Config {
        secret: Some(SecretString::from(SECRET)),
        ..Config::default()
    }
}

/// A token made with the shared secret by somebody else.
fn foreign(header: Value, claims: Value) -> String {
    let part = |json: &Value| BASE64_URL_SAFE_NO_PAD.encode(json.to_string());
    let signed = format!("{}.{}", part(&header), part(&claims));
    let signature = jsonwebtoken::crypto::sign(
        signed.as_bytes(),
        &EncodingKey::from_secret(SECRET.as_bytes()),
        Algorithm::HS256,
    );
    format!("{signed}.{}", signature.unwrap())
}

fn header() -> Value {
    json!({"alg": "HS256", "typ": "JWT"})
}

#[tokio::test]
async fn an_own_token_comes_back_whole() {
    let clock = StandingClock::new();
    let keys = keys(&Config::default(), &clock);
    let session = SessionId::new();
    let (token, ttl) = keys
        .issuer()
        .issue(&user(), Some("a@example.org"), Some(session), None)
        .unwrap();
    assert_eq!(ttl, Duration::from_secs(900));

    let header = jsonwebtoken::decode_header(&token).unwrap();
    assert_eq!(header.typ.as_deref(), Some("at+jwt"));
    let claims: Value = jsonwebtoken::dangerous::insecure_decode(&token)
        .unwrap()
        .claims;
    let iat = clock.now().timestamp();
    assert_eq!(claims["sub"], "u1");
    assert_eq!(claims["email"], "a@example.org");
    assert_eq!(claims["iat"], iat);
    assert_eq!(claims["exp"], iat + 900);
    assert_eq!(
        (&claims["iss"], &claims["aud"]),
        (&json!("taskchat"), &json!("taskchat"))
    );
    assert_eq!(claims["sid"], session.to_string());
    assert_eq!(claims["jti"].as_str().unwrap().len(), 22);

    let caller = keys.verifier().verify(&token).await.unwrap();
    assert_eq!(caller.user_id(), &user());
    assert_eq!(caller.email(), Some("a@example.org"));
    assert_eq!(caller.session_id(), Some(session));
    assert_eq!(caller.issuer(), LOCAL_ISSUER);
    assert!(!caller.is_outside());
}

#[tokio::test]
async fn a_token_is_good_until_it_expires_and_not_longer() {
    let clock = StandingClock::new();
    let keys = keys(&Config::default(), &clock);
    let (token, _) = keys.issuer().issue(&user(), None, None, None).unwrap();
    clock.advance(TimeDelta::seconds(899));
    assert!(keys.verifier().verify(&token).await.is_ok());
    clock.advance(TimeDelta::seconds(1));
    assert_eq!(keys.verifier().verify(&token).await, Err(Refusal::Rejected));
}

/// s086: every part of a token is covered by its signature.
#[tokio::test]
async fn an_altered_token_is_refused() {
    let clock = StandingClock::new();
    let keys = keys(&Config::default(), &clock);
    let (token, _) = keys.issuer().issue(&user(), None, None, None).unwrap();
    let verifier = keys.verifier();
    assert!(verifier.verify(&token).await.is_ok());
    for at in 0..token.len() {
        for with in ['A', 'z', '0', '.', '=', '-', '\n', '\0', ' '] {
            let mut altered: Vec<char> = token.chars().collect();
            if altered[at] == with {
                continue;
            }
            altered[at] = with;
            let altered: String = altered.into_iter().collect();
            assert_eq!(
                verifier.verify(&altered).await,
                Err(Refusal::Rejected),
                "byte {at} became {with:?}"
            );
        }
        assert_eq!(verifier.verify(&token[..at]).await, Err(Refusal::Rejected));
    }
}

#[tokio::test]
async fn tokens_that_are_none_are_refused() {
    let clock = StandingClock::new();
    let keys = keys(&Config::default(), &clock);
    let part = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
    let payload = part(r#"{"sub":"u1","exp":99999999999,"iss":"taskchat","aud":"taskchat"}"#);
    let none = part(r#"{"alg":"none","typ":"at+jwt"}"#);
    let cased = part(r#"{"alg":"nOnE","typ":"at+jwt"}"#);
    let long = "a".repeat(100_000);
    for token in [
        "",
        ".",
        "..",
        "...",
        "opaque",
        "2YotnFZFEjr1zCsicMWpAA",
        "ü.ö.ä",
        long.as_str(),
        &format!("{none}.{payload}."),
        &format!("{none}.{payload}"),
        &format!("{cased}.{payload}."),
        &format!("{}.{payload}.", part(r#"{"alg":"HS256"}"#)),
        &format!("{}.{payload}.x", part("[]")),
    ] {
        let verdict = keys.verifier().verify(token).await;
        assert_eq!(verdict, Err(Refusal::Rejected), "{token}");
    }
}

#[tokio::test]
async fn tokens_of_a_provider_that_shares_the_secret() {
    let clock = StandingClock::new();
    let verifier = keys(&with_secret(), &clock).verifier();
    let now = clock.now().timestamp();
    let good = json!({"sub": "abc", "exp": now + 60});
    let with = |key: &str, value: Value| {
        let mut claims = good.clone();
        claims[key] = value;
        claims
    };
    let without = |key: &str| {
        let mut claims = good.clone();
        claims.as_object_mut().unwrap().remove(key);
        claims
    };
    for (header, claims, accepted) in [
        (header(), good.clone(), true),
        (json!({"alg": "HS256"}), good.clone(), true),
        (json!({"alg": "HS256", "typ": "at+jwt"}), good.clone(), true),
        (
            json!({"alg": "HS256", "typ": "application/at+jwt"}),
            good.clone(),
            true,
        ),
        (
            json!({"alg": "HS256", "typ": "refresh+jwt"}),
            good.clone(),
            false,
        ),
        (
            json!({"alg": "HS256", "typ": "dpop+jwt"}),
            good.clone(),
            false,
        ),
        (
            json!({"alg": "HS256", "crit": ["b64"], "b64": false}),
            good.clone(),
            false,
        ),
        (json!({"alg": "HS512"}), good.clone(), false),
        (
            header(),
            with("iss", json!("https://elsewhere.example")),
            true,
        ),
        (header(), with("aud", json!(["x", "y"])), true),
        (header(), with("exp", json!(now)), false),
        (header(), with("exp", json!(now as f64 + 0.5)), true),
        (header(), with("exp", json!((now + 60).to_string())), false),
        (header(), with("exp", json!(null)), false),
        (header(), with("nbf", json!(now + 4)), true),
        (header(), with("nbf", json!(now + 60)), false),
        (header(), with("sub", json!("")), false),
        (header(), with("sub", json!(7)), false),
        (header(), with("sub", json!("a\u{0}b")), false),
        (header(), with("sid", json!("not one of ours")), true),
        (header(), without("exp"), false),
        (header(), without("sub"), false),
        (header(), json!([]), false),
        // A session of ours is only believed with our issuer and audience.
        (
            json!({"alg": "HS256", "typ": "at+jwt"}),
            with("sid", json!(SessionId::new().to_string())),
            false,
        ),
    ] {
        let token = foreign(header.clone(), claims.clone());
        let verdict = verifier.verify(&token).await;
        assert_eq!(verdict.is_ok(), accepted, "{header} {claims}");
        if let Ok(caller) = verdict {
            assert!(caller.is_outside());
            assert_eq!(caller.issuer(), LOCAL_ISSUER);
        }
    }
}

#[tokio::test]
async fn issuer_and_audience_are_checked_when_configured() {
    let clock = StandingClock::new();
    let config = Config {
        issuer: Some("https://id.example".to_owned()),
        audience: Some("tasks".to_owned()),
        ..with_secret()
    };
    let keys = keys(&config, &clock);
    let exp = clock.now().timestamp() + 60;
    for (iss, aud, accepted) in [
        (json!("https://id.example"), json!("tasks"), true),
        (json!("https://id.example"), json!(["other", "tasks"]), true),
        (json!("https://id.example/"), json!("tasks"), false),
        (json!("https://id.example"), json!("task"), false),
        (json!("https://id.example"), json!([]), false),
        (json!(null), json!("tasks"), false),
        (json!("https://id.example"), json!(null), false),
    ] {
        let claims = json!({"sub": "abc", "exp": exp, "iss": iss, "aud": aud});
        let verdict = keys
            .verifier()
            .verify(&foreign(header(), claims.clone()))
            .await;
        assert_eq!(verdict.is_ok(), accepted, "{claims}");
    }
    let (own, _) = keys.issuer().issue(&user(), None, None, None).unwrap();
    assert!(keys.verifier().verify(&own).await.is_ok());
}

#[tokio::test]
async fn an_unverified_address_is_not_believed() {
    let clock = StandingClock::new();
    let verifier = keys(&with_secret(), &clock).verifier();
    let exp = clock.now().timestamp() + 60;
    for (verified, email) in [
        (json!(true), Some("a@example.org")),
        (json!(null), Some("a@example.org")),
        (json!(false), None),
    ] {
        let claims =
            json!({"sub": "u", "exp": exp, "email": "a@example.org", "email_verified": verified});
        let caller = verifier.verify(&foreign(header(), claims)).await.unwrap();
        assert_eq!(caller.email(), email);
    }
}

#[test]
fn weak_and_missing_keys_are_refused() {
    let clock: Arc<dyn Clock> = StandingClock::new();
    let new = |config: &Config, stored: Option<&[u8]>| {
        let stored = stored.map(<[u8]>::to_vec);
        Keys::new(
            config,
            stored,
            http(),
            Arc::clone(&clock),
            TaskTracker::new(),
        )
        .map(|_| ())
    };
    let secret = |text: &str| Config {
        secret: Some(SecretString::from(text)),
        ..Config::default()
    };
    assert!(matches!(
        new(&Config::default(), None),
        Err(KeyError::Missing)
    ));
    assert!(matches!(
        new(&secret("short"), None),
        Err(KeyError::TooShort(5))
    ));
    assert!(matches!(
        new(&secret(&"s".repeat(31)), Some(&[7; 32])),
        Err(KeyError::TooShort(31))
    ));
    assert!(matches!(
        new(&Config::default(), Some(&[7; 31])),
        Err(KeyError::TooShort(31))
    ));
    assert!(new(&secret(&"s".repeat(32)), None).is_ok());
    assert!(new(&Config::default(), Some(&generate_key())).is_ok());
}

#[test]
fn settings_are_read_and_shown_without_the_secret() {
    let config: Config = serde_json::from_value(json!({
        "secret": SECRET,
        "jwks_url": "https://id.example/jwks",
        "access_ttl": "5m",
    }))
    .unwrap();
    assert_eq!(config.access_ttl, Duration::from_secs(300));
    let shown = serde_json::to_value(&config).unwrap();
    assert_eq!(shown["secret"], "[REDACTED]");
    assert_eq!(shown["jwks_url"], "https://id.example/jwks");
    assert!(!format!("{config:?}").contains(SECRET));
    for bad in [json!({"secrets": ""}), json!({"jwks_url": "file:///etc"})] {
        assert!(serde_json::from_value::<Config>(bad).is_err());
    }
}
