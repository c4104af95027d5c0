//! Who a request comes from, as far as is known. How that is found out is not here.

use std::{net::IpAddr, sync::Arc};

use async_trait::async_trait;
use taskchat_domain::{SessionId, TimeZone, Timestamp, UserId};

/// The issuer of everybody whose tokens are signed with our own key or the shared secret.
pub const LOCAL_ISSUER: &str = "local";

/// Somebody whose token was verified.
///
/// **Invariant:** only this crate makes one, and only out of a token whose signature, type, times,
/// issuer and audience are right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    pub(crate) user_id: UserId,
    pub(crate) session_id: Option<SessionId>,
    pub(crate) email: Option<String>,
    pub(crate) issuer: Arc<str>,
    pub(crate) is_outside: bool,
    pub(crate) expires_at: Timestamp,
    pub(crate) time_zone: TimeZone,
    pub(crate) is_admitted: bool,
}

impl Caller {
    /// The subject of the token.
    #[must_use]
    pub fn user_id(&self) -> &UserId {
        &self.user_id
    }

    /// The session of an own account that the token belongs to.
    #[must_use]
    pub fn session_id(&self) -> Option<SessionId> {
        self.session_id
    }

    /// The e-mail address the token names, unless its provider says that it is unverified.
    #[must_use]
    pub fn email(&self) -> Option<&str> {
        self.email.as_deref()
    }

    /// [`LOCAL_ISSUER`], or the issuer of the outside provider's tokens.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// True when an outside identity provider vouches for the subject, so that a subject never seen
    /// before is a new user. False for our own tokens: their subject must exist.
    #[must_use]
    pub fn is_outside(&self) -> bool {
        self.is_outside
    }

    /// Until when the token is good.
    #[must_use]
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// The zone of the caller's profile; UTC before admission.
    #[must_use]
    pub fn time_zone(&self) -> TimeZone {
        self.time_zone
    }

    /// The same caller with the zone of their profile; for [`Admission`].
    #[must_use]
    pub fn in_time_zone(mut self, time_zone: TimeZone) -> Self {
        self.time_zone = time_zone;
        self
    }
}

/// What is known about the sender of a request; in the extensions of every request that went
/// through [`AuthLayer`](crate::AuthLayer).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// There was no `authorization` header.
    Anonymous,
    /// The token is good.
    Caller(Caller),
    /// There was an `authorization` header, but not with a good bearer token.
    Rejected,
    /// Whether the token is good cannot be found out right now.
    Unavailable,
}

impl Identity {
    /// The identity in a request's extensions. [`Identity::Anonymous`] when no layer stood before
    /// it, so that a forgotten layer closes the door.
    #[must_use]
    pub fn of(extensions: &http::Extensions) -> &Self {
        extensions.get().unwrap_or(&Self::Anonymous)
    }

    /// The caller, if there is one.
    #[must_use]
    pub fn caller(&self) -> Option<&Caller> {
        match self {
            Self::Caller(caller) => Some(caller),
            Self::Anonymous | Self::Rejected | Self::Unavailable => None,
        }
    }
}

impl From<Result<Caller, Refusal>> for Identity {
    fn from(verdict: Result<Caller, Refusal>) -> Self {
        match verdict {
            Ok(caller) => Self::Caller(caller),
            Err(Refusal::Rejected) => Self::Rejected,
            Err(Refusal::Unavailable) => Self::Unavailable,
        }
    }
}

/// Why there is no caller. Deliberately says no more: an attacker learns nothing from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The token is not good, or no longer.
    #[error("the token was refused")]
    Rejected,
    /// The keys or the accounts cannot be reached.
    #[error("the token cannot be verified right now")]
    Unavailable,
}

/// What only the database knows about a caller.
#[async_trait]
pub trait Admission: Send + Sync {
    /// Lets a caller in whose account is active and whose session was not revoked, with the time
    /// zone of their profile. Somebody from outside who was never seen before is a new user.
    async fn admit(&self, caller: Caller) -> Result<Caller, Refusal>;
}

/// The address a request came from, in its extensions; put there by whoever accepts connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientAddress(pub IpAddr);
