//! Keys of an outside provider, over a loopback server.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use taskchat_domain::Clock;
use tokio_util::task::TaskTracker;

use super::Jwks;
use crate::{
    Config, Refusal, Verifier,
    testing::{Answer, PrivateKey, Provider, StandingClock, http, keys},
};

fn claims(clock: &StandingClock) -> Value {
    json!({
        "sub": "QWErty0123456789QWErty0123456789",
        "iss": "https://id.example",
        "exp": clock.now().timestamp() + 3600,
    })
}

#[tokio::test]
async fn all_four_algorithms_with_and_without_naming_them() {
    let clock = StandingClock::new();
    let pairs = [
        PrivateKey::generate("ed", Algorithm::EdDSA),
        PrivateKey::generate("ec", Algorithm::ES256),
        PrivateKey::generate("rsa", Algorithm::RS256),
        PrivateKey::generate("pss", Algorithm::PS256),
    ];
    let published = pairs.iter().map(|pair| {
        let mut key = pair.public();
        // The type of the key says enough, except which of the two RSA algorithms.
        if pair.algorithm != Algorithm::PS256 {
            key.as_object_mut().unwrap().remove("alg");
        }
        key
    });
    // What is not for us must not hide the others.
    let mut published: Vec<Value> = published.collect();
    published.insert(0, json!({"kty": "EC", "crv": "secp256k1", "kid": "other"}));
    published.insert(0, json!("nonsense"));
    published.insert(
        0,
        json!({"kty": "oct", "k": "c2VjcmV0", "kid": "oct", "alg": "HS256"}),
    );
    let provider = Provider::start(published).await;
    let verifier = keys(&provider.config(), &clock).verifier();
    for pair in &pairs {
        let caller = verifier.verify(&pair.sign(&claims(&clock))).await.unwrap();
        assert_eq!(
            caller.user_id().as_str(),
            "QWErty0123456789QWErty0123456789"
        );
        assert_eq!(caller.issuer(), "https://id.example");
        assert!(caller.is_outside());
        assert_eq!(caller.session_id(), None);

        let without_id = pair.sign_with(&Header::new(pair.algorithm), &claims(&clock));
        assert!(verifier.verify(&without_id).await.is_ok());
    }
    assert_eq!(provider.fetches(), 1);
}

#[tokio::test]
async fn the_algorithm_is_the_keys_never_the_headers() {
    let clock = StandingClock::new();
    let rsa = PrivateKey::generate("rsa", Algorithm::RS256);
    let provider = Provider::start(vec![rsa.public()]).await;
    let verifier = keys(&provider.config(), &clock).verifier();
    assert!(verifier.verify(&rsa.sign(&claims(&clock))).await.is_ok());

    // The same key, another algorithm.
    let mut header = Header::new(Algorithm::PS256);
    header.kid = Some("rsa".to_owned());
    let pss = rsa.sign_with(&header, &claims(&clock));
    assert_eq!(verifier.verify(&pss).await, Err(Refusal::Rejected));

    // The public key taken for a shared secret.
    let public = rsa.public();
    let modulus = public["n"].as_str().unwrap();
    let mut header = Header::new(Algorithm::HS256);
    header.kid = Some("rsa".to_owned());
    for secret in [modulus.as_bytes(), public.to_string().as_bytes()] {
        let key = EncodingKey::from_secret(secret);
        let confused = jsonwebtoken::encode(&header, &claims(&clock), &key).unwrap();
        assert_eq!(verifier.verify(&confused).await, Err(Refusal::Rejected));
    }

    // A key that the token brings along.
    let own = PrivateKey::generate("rsa", Algorithm::RS256);
    assert_eq!(
        verifier.verify(&own.sign(&claims(&clock))).await,
        Err(Refusal::Rejected)
    );
    let mut header = Header::new(Algorithm::RS256);
    header.jwk = serde_json::from_value(own.public()).ok();
    header.jku = Some("http://127.0.0.1:9/".to_owned());
    let brought = own.sign_with(&header, &claims(&clock));
    assert_eq!(verifier.verify(&brought).await, Err(Refusal::Rejected));
}

#[tokio::test]
async fn nobody_from_outside_passes_as_one_of_ours() {
    let clock = StandingClock::new();
    let pair = PrivateKey::generate("ed", Algorithm::EdDSA);
    let provider = Provider::start(vec![pair.public()]).await;
    let verifier = keys(&provider.config(), &clock).verifier();
    let mut claims = claims(&clock);
    claims["iss"] = json!("local");
    assert_eq!(
        verifier.verify(&pair.sign(&claims)).await,
        Err(Refusal::Rejected)
    );
}

#[tokio::test]
async fn a_new_key_is_fetched_but_not_more_often_than_allowed() {
    let clock = StandingClock::new();
    let old = PrivateKey::generate("old", Algorithm::EdDSA);
    let new = PrivateKey::generate("new", Algorithm::EdDSA);
    let provider = Provider::start(vec![old.public()]).await;
    let verifier = keys(&provider.config(), &clock).verifier();
    let (old_token, new_token) = (old.sign(&claims(&clock)), new.sign(&claims(&clock)));
    assert!(verifier.verify(&old_token).await.is_ok());

    provider.answers(Answer::Keys(vec![old.public(), new.public()]));
    for _ in 0..5 {
        assert_eq!(verifier.verify(&new_token).await, Err(Refusal::Rejected));
    }
    assert_eq!(provider.fetches(), 1);
    clock.advance(TimeDelta::seconds(10));
    assert!(verifier.verify(&new_token).await.is_ok());
    assert!(verifier.verify(&old_token).await.is_ok());
    assert_eq!(provider.fetches(), 2);
}

#[tokio::test]
async fn many_at_once_share_one_fetch() {
    let clock = StandingClock::new();
    let pair = PrivateKey::generate("ed", Algorithm::EdDSA);
    let provider = Provider::start(vec![pair.public()]).await;
    let verifier = keys(&provider.config(), &clock).verifier();
    let token = pair.sign(&claims(&clock));
    let all = (0..20).map(|_| verifier.verify(&token));
    for verdict in futures::future::join_all(all).await {
        assert!(verdict.is_ok());
    }
    assert_eq!(provider.fetches(), 1);
}

/// Verifies a token for somebody who leaves as soon as the provider has been asked.
async fn left_early(verifier: &Verifier, provider: &Provider, token: &str) {
    tokio::select! {
        verdict = verifier.verify(token) => panic!("{verdict:?} before there are keys"),
        () = provider.asked.notified() => {}
    }
}

#[tokio::test]
async fn whoever_leaves_early_leaves_the_fetch_to_the_others() {
    let clock = StandingClock::new();
    let pair = PrivateKey::generate("ed", Algorithm::EdDSA);
    let provider = Provider::start(vec![]).await;
    provider.answers(Answer::Held(Some(vec![pair.public()])));
    let verifier = keys(&provider.config(), &clock).verifier();
    let token = pair.sign(&claims(&clock));
    left_early(&verifier, &provider, &token).await;
    provider.go.notify_one();
    assert!(verifier.verify(&token).await.is_ok());

    // A new key is learned although it was an invented one that was asked about.
    let new = PrivateKey::generate("new", Algorithm::EdDSA);
    let invented = PrivateKey::generate("invented", Algorithm::EdDSA);
    let published = vec![pair.public(), new.public()];
    provider.answers(Answer::Held(Some(published)));
    clock.advance(TimeDelta::seconds(10));
    left_early(&verifier, &provider, &invented.sign(&claims(&clock))).await;
    provider.go.notify_one();
    assert!(verifier.verify(&new.sign(&claims(&clock))).await.is_ok());
    assert_eq!(provider.fetches(), 2);
}

#[tokio::test]
async fn a_fetch_that_nobody_waited_for_can_have_failed() {
    let clock = StandingClock::new();
    let pair = PrivateKey::generate("ed", Algorithm::EdDSA);
    let provider = Provider::start(vec![]).await;
    provider.answers(Answer::Held(None));
    let verifier = keys(&provider.config(), &clock).verifier();
    let token = pair.sign(&claims(&clock));
    left_early(&verifier, &provider, &token).await;
    provider.go.notify_one();
    // What is not known is not refused.
    for _ in 0..2 {
        assert_eq!(verifier.verify(&token).await, Err(Refusal::Unavailable));
    }
    assert_eq!(provider.fetches(), 1);
}

#[tokio::test]
async fn stale_keys_serve_while_the_provider_is_down() {
    let clock = StandingClock::new();
    let pair = PrivateKey::generate("ed", Algorithm::EdDSA);
    let unknown = PrivateKey::generate("unknown", Algorithm::EdDSA);
    let provider = Provider::start(vec![pair.public()]).await;
    let verifier = keys(&provider.config(), &clock).verifier();
    let token = pair.sign(&claims(&clock));
    assert!(verifier.verify(&token).await.is_ok());

    provider.answers(Answer::Down);
    clock.advance(TimeDelta::minutes(11));
    assert!(verifier.verify(&token).await.is_ok());
    assert_eq!(provider.fetches(), 2);
    let unknown = unknown.sign(&claims(&clock));
    assert_eq!(verifier.verify(&unknown).await, Err(Refusal::Unavailable));

    // A withdrawn key is forgotten once the provider is back.
    provider.answers(Answer::Keys(vec![]));
    clock.advance(TimeDelta::seconds(10));
    assert_eq!(verifier.verify(&token).await, Err(Refusal::Rejected));
}

#[tokio::test]
async fn a_provider_that_misbehaves_makes_tokens_unverifiable() {
    let pair = PrivateKey::generate("ed", Algorithm::EdDSA);
    let huge = format!("{{\"keys\":[],\"x\":\"{}\"}}", "x".repeat(300_000));
    for answer in [
        Answer::Down,
        Answer::Text("<html>".to_owned()),
        Answer::Text("{}".to_owned()),
        Answer::Text(huge),
    ] {
        let clock = StandingClock::new();
        let provider = Provider::start(vec![]).await;
        provider.answers(answer);
        let verifier = keys(&provider.config(), &clock).verifier();
        let token = pair.sign(&claims(&clock));
        assert_eq!(verifier.verify(&token).await, Err(Refusal::Unavailable));
        // Still nothing is fetched more often than allowed.
        assert_eq!(verifier.verify(&token).await, Err(Refusal::Unavailable));
        assert_eq!(provider.fetches(), 1);
        // What is no token at all needs no keys.
        assert_eq!(verifier.verify("opaque").await, Err(Refusal::Rejected));
    }
}

#[tokio::test]
async fn a_silent_provider_is_not_waited_for_long() {
    let clock = StandingClock::new();
    let pair = PrivateKey::generate("ed", Algorithm::EdDSA);
    let provider = Provider::start(vec![]).await;
    provider.answers(Answer::Silent);
    let mut jwks = Jwks::new(
        provider.url.clone(),
        http(),
        Arc::clone(&clock) as _,
        TaskTracker::new(),
    );
    jwks.timeout = Duration::from_millis(50);
    let jwks = Arc::new(jwks);
    let token = pair.sign(&claims(&clock));
    let header = jsonwebtoken::decode_header(&token).unwrap();
    let verdict = jwks.check_signature(&token, &header).await;
    assert_eq!(verdict.err(), Some(Refusal::Unavailable));
}

#[tokio::test]
async fn own_tokens_are_good_beside_a_provider() {
    let clock = StandingClock::new();
    let provider = Provider::start(vec![]).await;
    let config = Config {
        issuer: Some("https://id.example".to_owned()),
        ..provider.config()
    };
    let keys = keys(&config, &clock);
    let user = taskchat_domain::UserId::parse("u1").unwrap();
    let (token, _) = keys.issuer().issue(&user, None, None, None).unwrap();
    assert!(keys.verifier().verify(&token).await.is_ok());
    assert_eq!(provider.fetches(), 0);
}
