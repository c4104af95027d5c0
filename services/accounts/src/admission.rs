//! Who is let in: what the database adds to a good token, on every request.
//!
//! Nothing is cached, so an account that is deactivated and a session that is revoked stop at once;
//! streams that are already open stop soon.

use std::time::Duration;

use async_trait::async_trait;
use taskchat_auth::{Admission, Caller, Refusal};
use taskchat_domain::{Error, Kind, Timestamp};
use taskchat_store::Account;
use tokio::time::sleep;

use crate::Accounts;

#[async_trait]
impl Admission for Accounts {
    async fn admit(&self, caller: Caller) -> Result<Caller, Refusal> {
        let account = self.account_of(&caller).await.map_err(refusal)?;
        match account {
            Some(account) if account.deactivated_at.is_none() => {
                Ok(caller.in_time_zone(account.user.time_zone))
            }
            Some(_) | None => Err(Refusal::Rejected),
        }
    }
}

impl Accounts {
    /// The account behind a token; `None` when the token is not good for it.
    async fn account_of(&self, caller: &Caller) -> Result<Option<Account>, Error> {
        let accounts = self.store.accounts();
        if !self.has_session(caller).await? {
            return Ok(None);
        }
        if caller.is_outside() {
            return accounts
                .ensure_external(
                    caller.user_id(),
                    caller.issuer(),
                    caller.email(),
                    self.clock.now(),
                )
                .await
                .map(Some);
        }
        let account = accounts.by_id(caller.user_id()).await?;
        Ok(account.filter(|account| account.issuer == caller.issuer()))
    }

    /// False when the token belongs to a session that has ended.
    async fn has_session(&self, caller: &Caller) -> Result<bool, Error> {
        let Some(id) = caller.session_id() else {
            return Ok(true);
        };
        let session = self.store.accounts().session(id).await?;
        Ok(session.is_some_and(|session| {
            session.revoked_at.is_none() && session.user == *caller.user_id()
        }))
    }

    /// Whether somebody who was let in before still may be here, for calls that last. Unlike
    /// [`Admission::admit`] it makes no account. A token without a session is good until it expires;
    /// with one, as long as the session: whoever stays does not have to come with a new token.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn is_welcome(&self, caller: &Caller) -> Result<bool, Error> {
        let now = self.clock.now();
        if is_over(caller, now) {
            return Ok(false);
        }
        let (user, issuer) = (caller.user_id(), caller.issuer());
        let accounts = self.store.accounts();
        accounts
            .is_active(user, issuer, caller.session_id(), now)
            .await
    }

    /// Returns once somebody who was let in may not be here any more: when the token expires, if it
    /// belongs to no session, and otherwise at most [`Config::look_every`](crate::Config::look_every)
    /// and one query after the session or the account has ended.
    ///
    /// A look that fails is no answer: it is looked again.
    pub async fn until_unwelcome(&self, caller: &Caller) {
        loop {
            sleep(self.until_next_look(caller)).await;
            if let Ok(false) = self.is_welcome(caller).await {
                return;
            }
        }
    }

    fn until_next_look(&self, caller: &Caller) -> Duration {
        if caller.session_id().is_some() {
            return self.look_every;
        }
        let left = caller.expires_at() - self.clock.now();
        left.to_std().unwrap_or_default().min(self.look_every)
    }
}

/// True for a token that has expired and belongs to no session.
fn is_over(caller: &Caller, now: Timestamp) -> bool {
    caller.session_id().is_none() && caller.expires_at() <= now
}

fn refusal(error: Error) -> Refusal {
    match error.kind() {
        Kind::Unauthenticated => Refusal::Rejected,
        _ => {
            // The door only learns that it cannot be known; the cause is for the log.
            tracing::error!(
                error.cause = std::error::Error::source(&error).map(ToString::to_string),
                "callers cannot be looked up"
            );
            Refusal::Unavailable
        }
    }
}
