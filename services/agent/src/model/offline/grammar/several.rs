//! Adding several tasks in one sentence: "add these tasks: a, b and c", "add a on Monday and b by
//! Friday". Lists of several lines are in [`super::lists`].

use super::{
    add::{TO_LIST, titled},
    clauses,
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

/// "Add a on Monday and b by Friday": what has days of its own is two tasks.
fn dated(message: Phrase<'_>) -> Option<Vec<Request>> {
    let is_dated = |phrase: Phrase<'_>| {
        due::at_end(phrase).is_some_and(|(title, due)| due.dated && !title.is_empty())
    };
    // "Call mum" is a thing to do here, "mark it as done" is not.
    let is_title = |phrase: Phrase<'_>| !clauses::is_strong(phrase) || phrase.word(0) == "call";
    let mut rest = message.after_any(&["add", "remind me to"])?;
    let mut tasks = Vec::new();
    while let Some(at) = (1..rest.len()).find(|at| {
        let (before, after) = (rest.to(*at), rest.from(at + 1));
        let joins = rest.word(*at) == "and" && !rest.is_quoted(*at);
        joins && is_dated(before) && is_dated(after) && is_title(after)
    }) {
        tasks.push(titled(rest.to(at)));
        rest = rest.from(at + 1);
    }
    tasks.push(titled(rest));
    (tasks.len() > 1).then_some(tasks)
}

/// The titles of "add these tasks: a, b and c"; `None` when there is just one.
pub(super) fn read(message: Phrase<'_>) -> Option<Vec<Request>> {
    let message = message.without_leading(super::POLITE);
    if let Some(tasks) = dated(message) {
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
