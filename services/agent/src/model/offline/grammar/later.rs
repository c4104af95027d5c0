//! Moving a due date by so much: "postpone X by 2 days", "push X back an hour", "bring X forward by a
//! week", "move X a day earlier".

use super::change::{DEADLINE, OF, RESCHEDULE};
use crate::model::offline::{
    due::{self, Length},
    reference,
    request::{Request, Shift, Target},
    words::Phrase,
};

/// Verbs that move a date only with a word that says which way: couches are moved, too.
const MOVE: &[&str] = &["push", "move", "shift", "put"];

const BACK: &[&str] = &["back", "out", "off"];

/// Which way "forward" is depends on the verb: brought forward is earlier, moved forward is either.
const BRING: &[&str] = &["bring", "pull"];

const FORWARD: &[&str] = &["forward"];

/// Verbs of "move X an hour earlier".
const TIMED: &[&str] = &[
    "move",
    "shift",
    "push",
    "bring",
    "pull",
    "make",
    "set",
    "schedule",
    "reschedule",
];

const WAYS: [(&str, bool); 3] = [("later", false), ("earlier", true), ("sooner", true)];

type Read<'a> = (Phrase<'a>, Length, bool);

/// Reads a request to move a due date by a length of time.
pub(super) fn read(phrase: Phrase<'_>) -> Option<Request> {
    let later = |(task, length)| (task, length, false);
    let earlier = |(task, length)| (task, length, true);
    let postponed = || at_end(phrase.after_any(RESCHEDULE)?);
    let (task, length, earlier) = compared(phrase)
        .or_else(|| extended(phrase).map(later))
        .or_else(|| along(phrase, MOVE, BACK).map(later))
        .or_else(|| along(phrase, BRING, FORWARD).map(earlier))
        .or_else(|| along(phrase, MOVE, &["up"]).map(earlier))
        .or_else(|| postponed().map(later))?;
    Some(Request::Shift(dated(task)?, Shift { length, earlier }))
}

/// The task of "X by a day" and the length; of "by a day" no task.
fn at_end(phrase: Phrase<'_>) -> Option<(Phrase<'_>, Length)> {
    let alone = due::length(phrase).map(|length| (phrase.to(0), length));
    alone.or_else(|| due::length_at_end(phrase))
}

/// The task of "the deadline of X"; when it goes without saying, the one that was talked about.
fn dated(task: Phrase<'_>) -> Option<Target> {
    if task.is_empty() {
        return Some(Target::It);
    }
    let of = task.after_any(DEADLINE).and_then(|rest| rest.after_any(OF));
    reference::read(of.unwrap_or(task))
}

/// "move X forward by a day": some mean earlier, some later.
pub(super) fn either(phrase: Phrase<'_>) -> Option<Request> {
    let (task, length) = along(phrase, MOVE, FORWARD)?;
    Some(Request::EitherWay(dated(task)?, length))
}

/// "earlier", "make it later" and nothing more: true for earlier.
pub(super) fn way(phrase: Phrase<'_>) -> Option<bool> {
    let said = phrase
        .without_leading(&["i mean", "i meant", "make it", "move it", "to"])
        .lowers();
    let same = |(way, _): &&(&str, bool)| said == [*way];
    WAYS.iter().find(same).map(|(_, earlier)| *earlier)
}

/// "extend (the deadline of) X by a week".
fn extended(phrase: Phrase<'_>) -> Option<(Phrase<'_>, Length)> {
    at_end(phrase.after("extend")?)
}

/// "push X back (by) a week", "push back X (by) a week".
fn along<'a>(phrase: Phrase<'a>, verbs: &[&str], ways: &[&str]) -> Option<(Phrase<'a>, Length)> {
    let rest = phrase.after_any(verbs)?;
    if let Some(rest) = rest.after_any(ways) {
        return at_end(rest);
    }
    ways.iter()
        .flat_map(|way| rest.splits(way))
        .find_map(|(task, length)| Some((task, due::length(length)?)))
}

/// "move X an hour later", "move X earlier by an hour".
fn compared(phrase: Phrase<'_>) -> Option<Read<'_>> {
    let rest = phrase.after_any(TIMED)?;
    WAYS.iter().find_map(|(way, earlier)| {
        let (task, length) = rest
            .before(way)
            .and_then(at_end)
            .or_else(|| at_end(rest).filter(|(task, _)| task.before(way).is_some()))?;
        Some((task.before(way).unwrap_or(task), length, *earlier))
    })
}
