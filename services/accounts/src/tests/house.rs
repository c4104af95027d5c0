//! Accounts on a database of their own, and a clock that stands.

use std::{path::Path, sync::Mutex};

use chrono::TimeDelta;
use secrecy::SecretString;
use taskchat_auth::{Admission, Caller, Config as AuthConfig, Keys, Refusal};

use super::super::*;

pub(super) const PASSWORD: &str = "correct horse battery staple";
pub(super) const AGENT: &str = "a browser";

#[derive(Debug)]
pub(super) struct StandingClock(Mutex<Timestamp>);

impl Clock for StandingClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

pub(super) struct House {
    pub(super) accounts: Accounts,
    pub(super) store: Store,
    pub(super) keys: Keys,
    pub(super) clock: Arc<StandingClock>,
    pub(super) folder: tempfile::TempDir,
}

impl House {
    pub(super) async fn new() -> Self {
        Self::with(AuthConfig::default()).await
    }

    pub(super) async fn with(config: AuthConfig) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path()).await;
        let start = "2026-11-23T09:00:00Z".parse().unwrap();
        let clock = Arc::new(StandingClock(Mutex::new(start)));
        let key = taskchat_auth::generate_key();
        let http = reqwest::Client::builder().build().unwrap();
        let (time, tracker) = (Arc::clone(&clock) as _, Default::default());
        let keys = Keys::new(&config, Some(key), http, time, tracker).unwrap();
        let costs = Config {
            argon2_memory_kib: 64,
            argon2_iterations: 1,
            hashes_at_once: 2,
            look_every: Duration::from_millis(1),
        };
        let accounts =
            Accounts::new(store.clone(), keys.issuer(), Arc::clone(&clock) as _, costs).unwrap();
        Self {
            accounts,
            store,
            keys,
            clock,
            folder,
        }
    }

    pub(super) fn advance(&self, by: TimeDelta) {
        *self.clock.0.lock().unwrap() += by;
    }

    pub(super) async fn sign_up(&self, email: &str) -> Session {
        self.accounts
            .sign_up(new(email, PASSWORD), AGENT)
            .await
            .unwrap()
    }

    pub(super) async fn sign_in(&self, email: &str, password: &str) -> Result<Session> {
        self.accounts
            .sign_in(email, SecretString::from(password), AGENT)
            .await
    }

    /// What becomes of an access token at the door.
    pub(super) async fn enter(&self, token: &str) -> Result<Caller, Refusal> {
        let caller = self.keys.verifier().verify(token).await?;
        self.accounts.admit(caller).await
    }
}

pub(super) async fn open(folder: &Path) -> Store {
    let store = taskchat_store::Config::default()
        .open(folder)
        .await
        .unwrap();
    store.migrate().await.unwrap();
    store
}

pub(super) fn new(email: &str, password: &str) -> NewAccount {
    NewAccount {
        email: email.to_owned(),
        password: password.into(),
        confirm_password: None,
        time_zone: TimeZone::parse("Europe/Berlin").unwrap(),
    }
}
