//! What a model is told: the rules, the moment, and the conversation so far.
//!
//! **Invariant:** nothing here knows who the person is. Stored text appears only in the results of
//! tools, as JSON.

mod fit;
mod window;

use chrono::SecondsFormat;
use taskchat_domain::{Entry, TimeZone, Timestamp, TurnId};

use crate::model::Message;

pub(crate) use fit::fit;

const SYSTEM: &str = include_str!("prompts/system.md");

/// The messages for the next step of `turn`, with at most `earlier` messages from before it.
pub(crate) fn messages(
    history: &[Entry],
    turn: TurnId,
    earlier: usize,
    now: Timestamp,
    zone: TimeZone,
) -> Vec<Message> {
    let mut messages = vec![Message::System(system(now, zone))];
    messages.extend(window::transcript(history, turn, earlier));
    messages
}

/// The rules and the moment. The moment comes last, so that providers can cache what precedes it.
fn system(now: Timestamp, zone: TimeZone) -> String {
    let local = now.with_timezone(&zone.tz());
    SYSTEM
        .replace("{now}", &local.to_rfc3339_opts(SecondsFormat::Secs, true))
        .replace("{weekday}", &local.format("%A").to_string())
        .replace("{time_zone}", &zone.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_moment_is_told_in_the_persons_zone() {
        let now = "2026-11-22T23:30:00Z".parse().unwrap();
        let text = system(now, TimeZone::parse("Europe/Berlin").unwrap());
        assert!(
            text.contains("2026-11-23T00:30:00+01:00 (Monday)"),
            "{text}"
        );
        assert!(text.contains("Europe/Berlin"), "{text}");
        assert!(!text.contains('{'), "{text}");
    }
}
