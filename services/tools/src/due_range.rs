//! "Due before" and "due after", exactly, in the person's zone.
//!
//! The store orders days and instants on one line, a day by its first instant in UTC. To a person
//! in Los Angeles, 8 in the evening is still today, though UTC says tomorrow. So the store is asked
//! for a wider range, and what is not meant is left out here.

use chrono::Duration;
use taskchat_domain::{Due, TimeZone, Timestamp};

use crate::when;

/// No zone is further from UTC than this.
const FURTHEST: i64 = 15;

/// From when until when; either may be open.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DueRange {
    pub(crate) after: Option<Due>,
    pub(crate) before: Option<Due>,
    pub(crate) zone: TimeZone,
}

impl DueRange {
    /// True when nothing is left out.
    pub(crate) fn is_open(&self) -> bool {
        self.after.is_none() && self.before.is_none()
    }

    /// The range to ask the store for: from, until.
    pub(crate) fn widened(&self) -> (Option<Due>, Option<Due>) {
        let by = |bound: Due, hours: i64| {
            let at = bound.instant().checked_add_signed(Duration::hours(hours));
            Due::Instant(at.unwrap_or(bound.instant()))
        };
        (
            self.after.map(|bound| by(bound, -FURTHEST)),
            self.before.map(|bound| by(bound, FURTHEST)),
        )
    }

    /// Whether something due then is meant.
    pub(crate) fn holds(&self, due: Option<Due>) -> bool {
        let Some(due) = due else {
            return self.is_open();
        };
        self.after.is_none_or(|bound| !self.is_before(due, bound))
            && self.before.is_none_or(|bound| self.is_before(due, bound))
    }

    fn is_before(&self, due: Due, bound: Due) -> bool {
        match (due, bound) {
            (Due::Date(day), Due::Date(bound)) => day < bound,
            _ => self.start_of(due) < self.start_of(bound),
        }
    }

    /// When a day begins for the person, or the instant.
    pub(crate) fn start_of(&self, due: Due) -> Timestamp {
        match due {
            Due::Instant(at) => at,
            Due::Date(day) => when::first_instant(day, self.zone).unwrap_or(due.instant()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_a_day_of_the_person() {
        let due = |text: &str| (!text.is_empty()).then(|| Due::parse(text).unwrap());
        for (zone, after, before, when, is_meant) in [
            // Today in Los Angeles, in UTC tomorrow.
            (
                "America/Los_Angeles",
                "2026-11-25",
                "2026-11-26",
                "2026-11-26T04:00:00Z",
                true,
            ),
            (
                "America/Los_Angeles",
                "2026-11-25",
                "2026-11-26",
                "2026-11-25T04:00:00Z",
                false,
            ),
            (
                "America/Los_Angeles",
                "2026-11-25",
                "2026-11-26",
                "2026-11-25",
                true,
            ),
            (
                "America/Los_Angeles",
                "2026-11-25",
                "2026-11-26",
                "2026-11-26",
                false,
            ),
            // Tomorrow in Berlin, in UTC today.
            (
                "Europe/Berlin",
                "",
                "2026-11-26",
                "2026-11-25T23:30:00Z",
                false,
            ),
            (
                "Europe/Berlin",
                "2026-11-26",
                "",
                "2026-11-25T23:30:00Z",
                true,
            ),
            // Against an instant, a day counts from its first moment.
            (
                "Europe/Berlin",
                "",
                "2026-11-25T22:30:00Z",
                "2026-11-25",
                true,
            ),
            (
                "Europe/Berlin",
                "",
                "2026-11-25T22:30:00Z",
                "2026-11-26",
                false,
            ),
            ("Europe/Berlin", "", "", "", true),
            ("Europe/Berlin", "2026-11-25", "", "", false),
        ] {
            let zone = TimeZone::parse(zone).unwrap();
            let range = DueRange {
                after: due(after),
                before: due(before),
                zone,
            };
            let when = due(when);
            assert_eq!(
                range.holds(when),
                is_meant,
                "{zone} {after}..{before} {when:?}"
            );
            // Whatever is meant is in what the store is asked for.
            let (from, until) = range.widened();
            if is_meant && let Some(when) = when {
                assert!(from.is_none_or(|from| when.instant() >= from.instant()));
                assert!(until.is_none_or(|until| when.instant() < until.instant()));
            }
        }
    }
}
