//! When a task is due: a day or an instant, as it was said.

use std::fmt;

use chrono::{DateTime, Datelike, NaiveDate, SecondsFormat, SubsecRound, Utc};
use serde::{Deserialize, Serialize};

use crate::{Error, Result, TimeZone, Timestamp};

/// When a task is due. On the wire: "2026-11-27" or "2026-11-27T16:00:00Z".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Due {
    /// Some time that day, wherever the person is.
    Date(NaiveDate),
    /// At that instant.
    Instant(Timestamp),
}

impl Due {
    /// Reads a date or an RFC 3339 instant; years 1 to 9999.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming `due_date`.
    pub fn parse(text: &str) -> Result<Self> {
        Self::parse_field("due_date", text)
    }

    /// As [`Self::parse`], for a field of another name.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming `field`.
    pub fn parse_field(field: &'static str, text: &str) -> Result<Self> {
        let due = if let Ok(date) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
            (text.len() == 10).then_some(Self::Date(date))
        } else {
            DateTime::parse_from_rfc3339(text)
                .ok()
                .map(|at| Self::Instant(at.with_timezone(&Utc).trunc_subsecs(6)))
        };
        due.filter(|due| (1..=9999).contains(&due.instant().year()))
            .ok_or_else(|| {
                Error::invalid(field, "must be a date (2026-11-27) or an RFC 3339 instant")
            })
    }

    /// A point in time to sort and filter by: a date counts as its first instant in UTC.
    #[must_use]
    pub fn instant(self) -> Timestamp {
        match self {
            Self::Date(date) => date.and_time(chrono::NaiveTime::MIN).and_utc(),
            Self::Instant(at) => at,
        }
    }
}

impl Due {
    /// As people write it, in their zone: "Fri 27 Nov 2026" or "Fri 27 Nov 2026, 17:00". Says nothing
    /// like "tomorrow", so that it stays true.
    #[must_use]
    pub fn words(self, zone: TimeZone) -> String {
        match self {
            Self::Date(date) => date.format("%a %-d %b %Y").to_string(),
            Self::Instant(at) => at
                .with_timezone(&zone.tz())
                .format("%a %-d %b %Y, %H:%M")
                .to_string(),
        }
    }
}

impl fmt::Display for Due {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Date(date) => date.fmt(f),
            Self::Instant(at) => f.write_str(&at.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
        }
    }
}

impl TryFrom<String> for Due {
    type Error = Error;
    fn try_from(text: String) -> Result<Self> {
        Self::parse(&text)
    }
}

impl From<Due> for String {
    fn from(due: Due) -> Self {
        due.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn due_keeps_what_was_said() {
        for (text, said) in [
            ("2026-11-27", "2026-11-27"),
            ("2026-11-27T17:00:00+01:00", "2026-11-27T16:00:00Z"),
            ("2026-11-27T16:00:00.25Z", "2026-11-27T16:00:00.250Z"),
        ] {
            assert_eq!(Due::parse(text).unwrap().to_string(), said);
        }
        let berlin = TimeZone::parse("Europe/Berlin").unwrap();
        let words = |text| Due::parse(text).unwrap().words(berlin);
        assert_eq!(words("2026-11-27"), "Fri 27 Nov 2026");
        assert_eq!(words("2026-07-01T22:05:00Z"), "Thu 2 Jul 2026, 00:05");
        for bad in ["", "soon", "2026-13-01", "2026-11-27T16:00:00", "20261127"] {
            assert!(Due::parse(bad).is_err(), "{bad:?}");
        }
    }
}
