//! Putting something off by so much: "postpone X by 2 days", "push X back a week".

use super::change::{DEADLINE, OF, RESCHEDULE};
use crate::model::offline::{due, reference, request::Request, words::Phrase};

/// Verbs that put off only with a word that says so: couches are moved, too.
const MOVE: &[&str] = &["push", "move", "shift", "put"];

const BACK: &[&str] = &["back", "out", "off"];

/// Reads a request to put something off by a length of time.
pub(super) fn read(phrase: Phrase<'_>) -> Option<Request> {
    let (task, length) = extended(phrase)
        .or_else(|| pushed(phrase))
        .or_else(|| due::length_at_end(phrase.after_any(RESCHEDULE)?))?;
    Some(Request::Later(reference::read(task)?, length))
}

/// "extend (the deadline of) X by a week".
fn extended(phrase: Phrase<'_>) -> Option<(Phrase<'_>, String)> {
    let (task, length) = due::length_at_end(phrase.after("extend")?)?;
    let dated = task.after_any(DEADLINE).and_then(|rest| rest.after_any(OF));
    Some((dated.unwrap_or(task), length))
}

/// "push X back (by) a week", "push back X (by) a week".
fn pushed(phrase: Phrase<'_>) -> Option<(Phrase<'_>, String)> {
    let rest = phrase.after_any(MOVE)?;
    if let Some(rest) = rest.after_any(BACK) {
        return due::length_at_end(rest);
    }
    BACK.iter()
        .flat_map(|back| rest.splits(back))
        .find_map(|(task, length)| Some((task, due::length(length)?)))
}
