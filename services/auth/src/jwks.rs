//! The published keys of an outside identity provider (RFC 7517): fetched, kept, and used.
//!
//! A fetch that has begun runs to its end, whether or not whoever asked for it still waits: those
//! who leave early must not use up the fetches of the others.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use chrono::TimeDelta;
use jsonwebtoken::{
    Algorithm, DecodingKey, Header,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse},
};
use reqwest::Url;
use serde::Deserialize;
use serde_json::Value;
use taskchat_domain::{Clock, Timestamp};
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio_util::task::TaskTracker;

use crate::{Refusal, claims::Claims, keys::check_signature};

/// How long a whole fetch may take.
const FETCH_TIMEOUT: Duration = Duration::from_secs(5);
/// The most that is read of an answer, in bytes.
const LARGEST_SET: usize = 256 * 1024;
/// The most keys that are kept of a set.
const MOST_KEYS: usize = 64;
/// After this the set is fetched again, so that a withdrawn key does not stay good for ever.
const FRESH_FOR: TimeDelta = TimeDelta::minutes(10);
/// Between two fetches, whatever the reason: tokens with invented key ids must not become a load
/// on the provider.
const BETWEEN_FETCHES: TimeDelta = TimeDelta::seconds(10);

/// The keys of one provider. Fetched on first use; stale keys serve while the provider is down.
#[derive(Debug)]
pub(crate) struct Jwks {
    url: Url,
    http: reqwest::Client,
    clock: Arc<dyn Clock>,
    tracker: TaskTracker,
    timeout: Duration,
    keys: RwLock<Arc<KeySet>>,
    /// Held while fetching, so that one fetch serves all who wait.
    last_fetch: Arc<Mutex<LastFetch>>,
}

#[derive(Debug, Default)]
struct KeySet {
    keys: Vec<PublishedKey>,
    fetched_at: Option<Timestamp>,
}

#[derive(Debug)]
struct PublishedKey {
    id: Option<String>,
    algorithm: Algorithm,
    key: DecodingKey,
}

#[derive(Debug, Default)]
struct LastFetch {
    began_at: Option<Timestamp>,
    failed: bool,
}

impl Jwks {
    /// Fetches run on the tracker.
    pub(crate) fn new(
        url: Url,
        http: reqwest::Client,
        clock: Arc<dyn Clock>,
        tracker: TaskTracker,
    ) -> Self {
        Self {
            url,
            http,
            clock,
            tracker,
            timeout: FETCH_TIMEOUT,
            keys: RwLock::default(),
            last_fetch: Arc::default(),
        }
    }

    /// Checks the signature of a token with the keys that its key id names; with all keys when it
    /// names none.
    pub(crate) async fn check_signature(
        self: &Arc<Self>,
        token: &str,
        header: &Header,
    ) -> Result<Claims, Refusal> {
        let mut set = self.current();
        if set.knows(header.kid.as_deref()) {
            if self.is_stale(&set) && self.refresh_unless_busy().await {
                set = self.current();
            }
        } else {
            self.refresh_for_unknown_key(&set).await?;
            set = self.current();
        }
        set.named(header.kid.as_deref())
            .filter(|published| published.algorithm == header.alg)
            .find_map(|published| check_signature(token, &published.key, published.algorithm).ok())
            .ok_or(Refusal::Rejected)
    }

    fn current(&self) -> Arc<KeySet> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&keys)
    }

    fn is_stale(&self, set: &KeySet) -> bool {
        set.fetched_at
            .is_none_or(|at| self.clock.now() - at > FRESH_FOR)
    }

    /// Fetches an outdated set again; whoever comes while that is under way uses the stale one.
    async fn refresh_unless_busy(self: &Arc<Self>) -> bool {
        match Arc::clone(&self.last_fetch).try_lock_owned() {
            Ok(last) => self.fetch_if_allowed(last).await,
            Err(_) => false,
        }
    }

    /// The token was signed with a key we do not know: perhaps a new one.
    async fn refresh_for_unknown_key(self: &Arc<Self>, seen: &Arc<KeySet>) -> Result<(), Refusal> {
        let last = Arc::clone(&self.last_fetch).lock_owned().await;
        let succeeded = match Arc::ptr_eq(seen, &self.current()) {
            true => self.fetch_if_allowed(last).await,
            false => !last.failed,
        };
        if succeeded {
            Ok(())
        } else {
            Err(Refusal::Unavailable)
        }
    }

    /// Fetches the set, unless that was done a moment ago; false when the last fetch failed.
    async fn fetch_if_allowed(self: &Arc<Self>, mut last: OwnedMutexGuard<LastFetch>) -> bool {
        let now = self.clock.now();
        if last.began_at.is_some_and(|at| now - at < BETWEEN_FETCHES) {
            return !last.failed;
        }
        last.began_at = Some(now);
        last.failed = true;
        let jwks = Arc::clone(self);
        let fetch = self.tracker.spawn(async move {
            last.failed = !jwks.replaced(now).await;
            !last.failed
        });
        fetch.await.unwrap_or(false)
    }

    /// Puts a set fetched now in the place of the one we have; false when it cannot be had.
    async fn replaced(&self, now: Timestamp) -> bool {
        match tokio::time::timeout(self.timeout, self.fetch()).await {
            Ok(Ok(keys)) => {
                let set = KeySet {
                    keys,
                    fetched_at: Some(now),
                };
                *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(set);
                true
            }
            Ok(Err(cause)) => {
                tracing::warn!(cause, "the keys of the identity provider cannot be fetched");
                false
            }
            Err(_) => {
                tracing::warn!("the identity provider did not send its keys in time");
                false
            }
        }
    }

    async fn fetch(&self) -> Result<Vec<PublishedKey>, &'static str> {
        let request = self.http.get(self.url.clone());
        let mut response = request.send().await.map_err(|_| "no connection")?;
        if !response.status().is_success() {
            return Err("the answer is not a success");
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|_| "cut off")? {
            if body.len() + chunk.len() > LARGEST_SET {
                return Err("the answer is too large");
            }
            body.extend_from_slice(&chunk);
        }
        let document: Document = serde_json::from_slice(&body).map_err(|_| "not a JWK set")?;
        Ok(document
            .keys
            .into_iter()
            .filter_map(PublishedKey::read)
            .take(MOST_KEYS)
            .collect())
    }
}

impl KeySet {
    fn named<'a>(&'a self, id: Option<&'a str>) -> impl Iterator<Item = &'a PublishedKey> {
        self.keys
            .iter()
            .filter(move |published| id.is_none() || published.id.as_deref() == id)
    }

    fn knows(&self, id: Option<&str>) -> bool {
        self.named(id).next().is_some()
    }
}

/// A set whose keys are read one by one: a kind of key we do not know must not hide the others.
#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

impl PublishedKey {
    /// A key we can use, or `None`. Symmetric keys are never used: a published one is no secret.
    fn read(key: Value) -> Option<Self> {
        let jwk: Jwk = serde_json::from_value(key).ok()?;
        if !matches!(
            jwk.common.public_key_use,
            None | Some(PublicKeyUse::Signature)
        ) {
            return None;
        }
        Some(Self {
            algorithm: algorithm(&jwk)?,
            key: DecodingKey::from_jwk(&jwk).ok()?,
            id: jwk.common.key_id,
        })
    }
}

/// The one algorithm a key is for: what it says, or what its type implies.
fn algorithm(jwk: &Jwk) -> Option<Algorithm> {
    let said = jwk.common.key_algorithm;
    match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => match said {
            None | Some(KeyAlgorithm::RS256) => Some(Algorithm::RS256),
            Some(KeyAlgorithm::PS256) => Some(Algorithm::PS256),
            Some(_) => None,
        },
        AlgorithmParameters::EllipticCurve(ec) if ec.curve == EllipticCurve::P256 => {
            matches!(said, None | Some(KeyAlgorithm::ES256)).then_some(Algorithm::ES256)
        }
        // RFC 9864 calls the algorithm after its curve, which the parser does not know.
        AlgorithmParameters::OctetKeyPair(okp) if okp.curve == EllipticCurve::Ed25519 => matches!(
            said,
            None | Some(KeyAlgorithm::EdDSA | KeyAlgorithm::UNKNOWN_ALGORITHM)
        )
        .then_some(Algorithm::EdDSA),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
