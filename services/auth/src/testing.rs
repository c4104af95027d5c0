//! What the tests of this crate share: a clock that stands still, and a provider with keys.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use aws_lc_rs::{
    encoding::AsDer,
    rand::SystemRandom,
    rsa::{KeyPair, KeySize},
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair},
};
use axum::{Router, http::StatusCode, response::IntoResponse, routing::get};
use base64::{Engine, prelude::BASE64_STANDARD};
use chrono::TimeDelta;
use jsonwebtoken::{Algorithm, EncodingKey, Header, jwk::Jwk};
use reqwest::Url;
use serde_json::{Value, json};
use taskchat_domain::{Clock, Timestamp};
use tokio::sync::Notify;
use tokio_util::task::TaskTracker;

use crate::{Config, Keys};

/// A clock that moves when told to.
#[derive(Debug)]
pub(crate) struct StandingClock(Mutex<Timestamp>);

impl StandingClock {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new(
            "2026-11-23T09:00:00Z".parse().expect("an instant"),
        )))
    }

    pub(crate) fn advance(&self, by: TimeDelta) {
        *self.0.lock().expect("a clock") += by;
    }
}

impl Clock for StandingClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().expect("a clock")
    }
}

#[expect(clippy::disallowed_methods, reason = "a test has no other client")]
pub(crate) fn http() -> reqwest::Client {
    reqwest::Client::new()
}

pub(crate) fn keys(config: &Config, clock: &Arc<StandingClock>) -> Keys {
    let stored = b"0123456789abcdef0123456789abcdef".to_vec();
    let clock: Arc<dyn Clock> = Arc::clone(clock) as _;
    Keys::new(config, Some(stored), http(), clock, TaskTracker::new()).expect("keys")
}

/// A key pair of a provider.
pub(crate) struct PrivateKey {
    pub(crate) id: &'static str,
    pub(crate) algorithm: Algorithm,
    key: EncodingKey,
}

impl PrivateKey {
    pub(crate) fn generate(id: &'static str, algorithm: Algorithm) -> Self {
        let random = SystemRandom::new();
        let key = match algorithm {
            Algorithm::EdDSA => {
                let pair = Ed25519KeyPair::generate_pkcs8(&random).expect("a key");
                // The private half alone (RFC 8410), which is what the signer reads.
                let pair = Ed25519KeyPair::from_pkcs8(pair.as_ref()).expect("a key");
                EncodingKey::from_ed_der(pair.to_pkcs8v1().expect("a key").as_ref())
            }
            Algorithm::ES256 => {
                let pair = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random);
                EncodingKey::from_ec_der(pair.expect("a key").as_ref())
            }
            _ => {
                let pair = KeyPair::generate(KeySize::Rsa2048).expect("a key");
                let der = BASE64_STANDARD.encode(pair.as_der().expect("a key").as_ref());
                let pem = format!("-----BEGIN PRIVATE KEY-----\n{der}\n-----END PRIVATE KEY-----");
                EncodingKey::from_rsa_pem(pem.as_bytes()).expect("a key")
            }
        };
        Self { id, algorithm, key }
    }

    pub(crate) fn sign(&self, claims: &Value) -> String {
        let mut header = Header::new(self.algorithm);
        header.kid = Some(self.id.to_owned());
        self.sign_with(&header, claims)
    }

    pub(crate) fn sign_with(&self, header: &Header, claims: &Value) -> String {
        jsonwebtoken::encode(header, claims, &self.key).expect("a token")
    }

    /// The public half, as published.
    pub(crate) fn public(&self) -> Value {
        let mut jwk = Jwk::from_encoding_key(&self.key, self.algorithm).expect("a public key");
        jwk.common.key_id = Some(self.id.to_owned());
        serde_json::to_value(jwk).expect("JSON")
    }
}

/// A loopback server that publishes keys and can be told to misbehave.
#[derive(Clone)]
pub(crate) struct Provider {
    pub(crate) url: Url,
    pub(crate) answer: Arc<Mutex<Answer>>,
    fetches: Arc<AtomicUsize>,
    /// That a fetch has begun.
    pub(crate) asked: Arc<Notify>,
    /// Lets one answer go that is held back.
    pub(crate) go: Arc<Notify>,
}

pub(crate) enum Answer {
    Keys(Vec<Value>),
    /// Keys, or nonsense, held back until they are let go.
    Held(Option<Vec<Value>>),
    Text(String),
    Down,
    Silent,
}

impl Provider {
    #[expect(clippy::disallowed_methods, reason = "the server ends with the test")]
    pub(crate) async fn start(keys: Vec<Value>) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("a port");
        let address = listener.local_addr().expect("an address");
        let provider = Self {
            url: format!("http://{address}/jwks").parse().expect("a URL"),
            answer: Arc::new(Mutex::new(Answer::Keys(keys))),
            fetches: Arc::default(),
            asked: Arc::default(),
            go: Arc::default(),
        };
        let state = provider.clone();
        let app = Router::new().route("/jwks", get(move || state.clone().respond()));
        tokio::spawn(async move { axum::serve(listener, app).await });
        provider
    }

    async fn respond(self) -> axum::response::Response {
        self.fetches.fetch_add(1, Ordering::SeqCst);
        self.asked.notify_one();
        let text = |keys: &Vec<Value>| Some(json!({ "keys": keys }).to_string());
        let (text, is_held) = match &*self.answer.lock().expect("an answer") {
            Answer::Keys(keys) => (text(keys), false),
            Answer::Held(Some(keys)) => (text(keys), true),
            Answer::Held(None) => (Some("<html>".to_owned()), true),
            Answer::Text(text) => (Some(text.clone()), false),
            Answer::Down => return StatusCode::BAD_GATEWAY.into_response(),
            Answer::Silent => (None, false),
        };
        if is_held {
            self.go.notified().await;
        }
        match text {
            Some(text) => text.into_response(),
            None => {
                tokio::time::sleep(Duration::from_secs(60)).await;
                StatusCode::NO_CONTENT.into_response()
            }
        }
    }

    pub(crate) fn answers(&self, answer: Answer) {
        *self.answer.lock().expect("an answer") = answer;
    }

    pub(crate) fn fetches(&self) -> usize {
        self.fetches.load(Ordering::SeqCst)
    }

    pub(crate) fn config(&self) -> Config {
        Config {
            jwks_url: Some(self.url.clone()),
            ..Config::default()
        }
    }
}
