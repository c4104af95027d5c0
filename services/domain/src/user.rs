//! People.

use std::{fmt, str::FromStr};

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::{ApprovalPolicy, Error, Result, Timestamp, UserId};

/// Somebody who owns tasks and conversations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The subject of their tokens.
    pub id: UserId,
    /// Their e-mail address as they gave it.
    pub email: Option<String>,
    /// The zone in which their dates are read.
    pub time_zone: TimeZone,
    /// When they want to be asked before the assistant acts.
    pub approval_policy: ApprovalPolicy,
    /// When the account was first seen.
    pub created_at: Timestamp,
}

/// An IANA time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeZone(Tz);

impl TimeZone {
    /// Coordinated universal time.
    pub const UTC: Self = Self(Tz::UTC);

    /// Reads an IANA name such as "Europe/Berlin".
    ///
    /// # Errors
    /// [`Error::Invalid`] naming `time_zone` when there is no such zone.
    pub fn parse(name: &str) -> Result<Self> {
        Tz::from_str(name)
            .map(Self)
            .map_err(|_| Error::invalid("time_zone", "must be an IANA time zone name"))
    }

    /// The zone's rules.
    #[must_use]
    pub const fn tz(self) -> Tz {
        self.0
    }
}

impl fmt::Display for TimeZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name())
    }
}

impl From<TimeZone> for String {
    fn from(zone: TimeZone) -> Self {
        zone.to_string()
    }
}

impl TryFrom<String> for TimeZone {
    type Error = Error;
    fn try_from(name: String) -> Result<Self> {
        Self::parse(&name)
    }
}
