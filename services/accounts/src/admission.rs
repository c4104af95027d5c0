//! Who is let in: what the database adds to a good token, on every request.
//!
//! Nothing is cached, so an account that is deactivated and a session that is revoked stop at once.

use async_trait::async_trait;
use taskchat_auth::{Admission, Caller, Refusal};
use taskchat_domain::{Error, Kind};
use taskchat_store::Account;

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
        if let Some(id) = caller.session_id() {
            let session = accounts.session(id).await?;
            let is_good = session.is_some_and(|session| {
                session.revoked_at.is_none() && session.user == *caller.user_id()
            });
            if !is_good {
                return Ok(None);
            }
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
