//! Use cases of accounts: sign up, sign in, refresh, sign out, and who is let in.
//!
//! Access tokens are made and checked in `auth`; this crate adds what needs the database. A
//! [`Session`] is one sign-in: an access token for a quarter of an hour, and a refresh token that
//! is good for one exchange. A refresh token presented twice was stolen by somebody, so the whole
//! session ends (RFC 9700, section 4.14.2) -- unless its first answer may have been lost: for
//! [`GRACE`] after the exchange, and while nobody has used what came of it.
//!
//! **Invariant:** neither a password nor a refresh token is stored; only their hashes are.

mod admission;
mod config;
mod email;
mod erase;
mod password;
mod refresh_token;
mod sessions;

use std::{fmt, sync::Arc, time::Duration};

use chrono::TimeDelta;
use secrecy::{ExposeSecret, SecretString};
use taskchat_auth::Issuer;
use taskchat_domain::{
    ApprovalPolicy, Clock, Error, Noun, Result, SessionId, TimeZone, Timestamp, User, UserId,
};
use taskchat_store::{NewSession, NextToken, Rotation, Store};

pub use config::Config;
pub use sessions::OpenSession;

use email::Email;
use password::{Hasher, Verdict};
use refresh_token::RefreshToken;

/// How long an exchange may be repeated: a page that was reloaded in the very moment asks again
/// within seconds.
const GRACE: TimeDelta = TimeDelta::seconds(10);

/// What somebody tells us to get an account.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// Their address.
    pub email: String,
    /// Their password.
    pub password: SecretString,
    /// Their password once more, where they were asked for it.
    pub confirm_password: Option<SecretString>,
    /// The zone in which their dates are read.
    pub time_zone: TimeZone,
}

/// A sign-in, as its owner gets it.
pub struct Session {
    /// Whose.
    pub user: User,
    /// For every call.
    pub access_token: String,
    /// For one [`Accounts::refresh`].
    pub refresh_token: String,
    /// How long the access token is good.
    pub expires_in: Duration,
    /// How long the refresh token is good.
    pub refresh_ttl: Duration,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

/// The use cases of accounts.
#[derive(Debug, Clone)]
pub struct Accounts {
    store: Store,
    issuer: Issuer,
    clock: Arc<dyn Clock>,
    hasher: Hasher,
    look_every: Duration,
}

impl Accounts {
    /// Joins the parts.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the costs in `config` are out of argon2's range, or streams would be
    /// looked after without a pause.
    pub fn new(
        store: Store,
        issuer: Issuer,
        clock: Arc<dyn Clock>,
        config: Config,
    ) -> Result<Self> {
        if config.look_every.is_zero() {
            return Err(Error::invalid("accounts.look_every", "must not be zero"));
        }
        let hasher = Hasher::new(
            config.argon2_memory_kib,
            config.argon2_iterations,
            config.hashes_at_once,
        )?;
        Ok(Self {
            store,
            issuer,
            clock,
            hasher,
            look_every: config.look_every,
        })
    }

    /// Creates an account and signs it in, for a program that calls itself `user_agent`.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming the field; [`Error::AlreadyExists`] when the address is taken.
    pub async fn sign_up(&self, new: NewAccount, user_agent: &str) -> Result<Session> {
        let email = Email::parse(&new.email)?;
        password::check_choice(&new.password, &email)?;
        if let Some(again) = &new.confirm_password
            && again.expose_secret() != new.password.expose_secret()
        {
            return Err(Error::invalid(
                "confirm_password",
                "must be the same as password",
            ));
        }
        let hash = self.hasher.hash(new.password).await?;
        let user = User {
            id: UserId::generate(),
            email: Some(email.as_str().to_owned()),
            time_zone: new.time_zone,
            approval_policy: ApprovalPolicy::default(),
            created_at: self.clock.now(),
        };
        let (first, token) = self.new_session(&user, user_agent);
        self.store.accounts().sign_up(&user, &hash, &first).await?;
        self.session(user, first.id, &token)
    }

    /// Exchanges an address and a password for a session.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming a missing field; [`Error::WrongCredentials`], after the same time
    /// and with the same words, for a wrong password, an unknown address, an account without a
    /// password and one that was deactivated.
    pub async fn sign_in(
        &self,
        email: &str,
        password: SecretString,
        user_agent: &str,
    ) -> Result<Session> {
        if email.trim().is_empty() {
            return Err(Error::invalid("email", "field is required"));
        }
        if password.expose_secret().is_empty() {
            return Err(Error::invalid("password", "field is required"));
        }
        let account = self.store.accounts().by_email(email).await?;
        let hash = account
            .as_ref()
            .filter(|account| account.deactivated_at.is_none())
            .and_then(|account| account.password_hash.clone());
        let verdict = self.hasher.verify(password, hash).await?;
        match (verdict, account) {
            (Verdict::Right, Some(account)) => self.open_session(account.user, user_agent).await,
            _ => Err(Error::WrongCredentials),
        }
    }

    /// Exchanges a refresh token for the next one and a new access token.
    ///
    /// # Errors
    /// [`Error::BadToken`] when it is unknown, expired, revoked or spent; a spent one ends the
    /// session it belongs to.
    pub async fn refresh(&self, token: &str, user_agent: &str) -> Result<Session> {
        let spent = RefreshToken::parse(token)?;
        let next = RefreshToken::generate();
        let now = self.clock.now();
        let token = NextToken {
            hash: &next.hash(),
            at: now,
            expires_at: self.good_until(now),
            user_agent: &sessions::agent(user_agent),
        };
        let rotation = self
            .store
            .accounts()
            .rotate(&spent.hash(), token, GRACE)
            .await?;
        match rotation {
            Rotation::Rotated { session, account } if account.deactivated_at.is_none() => {
                self.session(account.user, session, &next)
            }
            Rotation::Spent => {
                tracing::warn!("a spent refresh token was presented; its session is revoked");
                Err(Error::BadToken)
            }
            Rotation::Rotated { .. } | Rotation::Unknown => Err(Error::BadToken),
        }
    }

    /// Ends the session that a refresh token belongs to, spent or not. An unknown token is not an
    /// error: there is nothing to end.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn sign_out(&self, token: &str) -> Result<()> {
        if let Ok(token) = RefreshToken::parse(token) {
            self.store
                .accounts()
                .revoke_by_token(&token.hash(), self.clock.now())
                .await?;
        }
        Ok(())
    }

    /// The account of a user.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none.
    pub async fn me(&self, id: &UserId) -> Result<User> {
        let account = self.store.accounts().by_id(id).await?;
        account
            .map(|account| account.user)
            .ok_or(Error::NotFound(Noun::User))
    }

    /// Sets what is given of a user's profile.
    ///
    /// # Errors
    /// [`Error::NothingToUpdate`] when nothing is given, [`Error::NotFound`] when there is no such
    /// user.
    pub async fn update_me(
        &self,
        id: &UserId,
        time_zone: Option<TimeZone>,
        approval_policy: Option<ApprovalPolicy>,
    ) -> Result<User> {
        let tx = self.store.begin(id).await?;
        let user = tx.save_profile(time_zone, approval_policy).await?;
        tx.commit().await?;
        Ok(user)
    }

    async fn open_session(&self, user: User, user_agent: &str) -> Result<Session> {
        let (new, token) = self.new_session(&user, user_agent);
        self.store.accounts().insert_session(&new).await?;
        self.session(user, new.id, &token)
    }

    fn new_session(&self, user: &User, user_agent: &str) -> (NewSession, RefreshToken) {
        let (token, at) = (RefreshToken::generate(), self.clock.now());
        let new = NewSession {
            id: SessionId::new(),
            user: user.id.clone(),
            token_hash: token.hash(),
            at,
            expires_at: self.good_until(at),
            user_agent: sessions::agent(user_agent),
        };
        (new, token)
    }

    fn session(&self, user: User, id: SessionId, token: &RefreshToken) -> Result<Session> {
        let (access_token, expires_in) =
            self.issuer
                .issue(&user.id, user.email.as_deref(), Some(id), None)?;
        Ok(Session {
            user,
            access_token,
            refresh_token: token.expose().to_owned(),
            expires_in,
            refresh_ttl: self.issuer.refresh_ttl(),
        })
    }

    /// Until when a refresh token that is given out now is good. A lifetime beyond the calendar is
    /// a session that has ended: better than one that never does.
    fn good_until(&self, now: Timestamp) -> Timestamp {
        TimeDelta::from_std(self.issuer.refresh_ttl())
            .ok()
            .and_then(|ttl| now.checked_add_signed(ttl))
            .unwrap_or(now)
    }
}

#[cfg(test)]
mod tests;
