//! Adding several tasks in one sentence: "add these tasks: a, b and c", "add a on Monday and b by
//! Friday". Lists of several lines are in [`super::lists`].

use super::{
    add::{self, TO_LIST, titled},
    clauses, offer,
};
use crate::model::offline::{
    due,
    request::Request,
    words::{Gap, Phrase},
};

pub(super) const PLURAL: &[&str] = &[
    "these tasks",
    "the following tasks",
    "the following",
    "tasks",
    "two tasks",
    "three tasks",
    "four tasks",
    "five tasks",
    "these items",
    "these",
    "new tasks",
    "some tasks",
    "a few tasks",
    "these things",
    "items",
];

/// What may follow a task that is told with its day, in front of another one.
const JOINTS: &[&str] = &["and then", "and also", "and to", "and", "then", "also"];

/// "A on Monday and b by Friday": what has days of its own is two tasks. `obliging` when all of it is to
/// be done by whoever says it, also what sounds like a request.
pub(super) fn dated(list: Phrase<'_>, obliging: bool) -> Option<Vec<Request>> {
    let is_dated = |phrase: Phrase<'_>| {
        due::at_end(phrase).is_some_and(|(title, due)| due.dated && !title.is_empty())
    };
    // "Call mum" is a thing to do here, "mark it as done" is not.
    let is_title = |phrase: Phrase<'_>| {
        let sounds_so = clauses::is_strong(phrase) && phrase.word(0) != "call";
        !sounds_so || (obliging && !clauses::is_ours(phrase))
    };
    // Without a day of its own it may belong to what stands before: "by Friday, high priority".
    let is_deed = |phrase: Phrase<'_>| {
        let sounds_so = clauses::is_strong(phrase) || clauses::is_weak(phrase);
        offer::is_deed(phrase) || (obliging && sounds_so)
    };
    if (1..list.len()).any(|at| list.gap(at - 1) == Gap::Stop) {
        return None;
    }
    let mut rest = list;
    let mut tasks = Vec::new();
    while let Some((before, after)) = (1..rest.len()).find_map(|at| {
        let (before, tail) = (rest.to(at), rest.from(at));
        let joint = JOINTS.iter().find_map(|joint| tail.after(joint));
        let comma = rest.gap(at - 1) == Gap::Comma;
        let after = joint.or_else(|| comma.then_some(tail))?;
        let parts = !rest.is_quoted(at) && is_dated(before) && is_title(after);
        (parts && (is_dated(after) || is_deed(after))).then_some((before, after))
    }) {
        tasks.push(titled(before));
        rest = after;
    }
    tasks.push(titled(rest));
    (tasks.len() > 1).then_some(tasks)
}

/// The tasks of "add a on Monday and b by Friday", "I have to a tomorrow and b on Friday".
fn told_with_days(message: Phrase<'_>) -> Option<Vec<Request>> {
    let obliged = add::obliged(message).or_else(|| message.after("remind me to"));
    match obliged {
        Some(list) => dated(list, true),
        None => dated(message.after("add")?, false),
    }
}

/// The titles of "add these tasks: a, b and c"; `None` when there is just one.
pub(super) fn read(message: Phrase<'_>) -> Option<Vec<Request>> {
    let message = message.without_leading(super::POLITE);
    if let Some(tasks) = told_with_days(message) {
        return Some(tasks);
    }
    let rest = message.after_any(&["add", "create", "new"]);
    let list = match rest {
        Some(rest) => rest.after_any(PLURAL)?,
        None => message
            .after_any(&["new tasks", "tasks"])
            .filter(|list| message.gap(message.len() - list.len() - 1) == Gap::Colon)?,
    };
    let list = list.after_any(TO_LIST).unwrap_or(list);
    let mut titles = Vec::new();
    let mut from = 0;
    for at in 0..list.len() {
        let ends = list.gap(at) != Gap::Space || at + 1 == list.len();
        let joins = list.word(at) == "and" && !list.is_quoted(at);
        if joins {
            titles.push(list.from(from).to(at - from));
            from = at + 1;
        } else if ends && !list.is_quoted(at + 1) {
            titles.push(list.from(from).to(at + 1 - from));
            from = at + 1;
        }
    }
    titles.retain(|title| !title.is_empty());
    (!titles.is_empty()).then(|| titles.into_iter().map(titled).collect())
}
