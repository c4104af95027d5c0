//! Sentences that sound like a request to change something and may well be none: questions,
//! conditions, wishes, what is not to be done. Of these nothing is carried out; the person is
//! asked.

use super::{Reading, add, bared, clauses};
use crate::model::offline::{
    due,
    request::{NewTask, Request, Target},
    words::Phrase,
};

/// Questions that begin like this are requests.
const ASKED_OF_US: &[&str] = &[
    "can you",
    "could you",
    "would you",
    "will you",
    "can u",
    "could u",
    "please",
    "pls",
    "kindly",
    "ok",
    "okay",
];

/// What a sentence begins with that speaks of what may happen.
const CONDITIONS: &[&str] = &[
    "if",
    "even if",
    "only if",
    "what if",
    "unless",
    "once i",
    "once i'm",
    "once i've",
    "once it's",
    "once it",
    "once the",
    "once my",
    "once we",
    "once you",
    "once that's",
    "when i",
    "when i'm",
    "when i've",
    "when it's",
    "when we",
    "when you",
    "when my",
    "when the",
    "whenever",
    "as soon as",
    "in case",
    "assuming",
    "suppose",
    "supposing",
    "let me know",
];

/// Said of what somebody would like to do themselves, as often as of what we are to do.
const WISHES: &[&str] = &[
    "i'd like to",
    "i would like to",
    "i want to",
    "i wanna",
    "let's",
    "let us",
];

const NOT: &[&str] = &["don't", "do not", "never", "please don't", "not"];

const HOW: &[&str] = &[
    "how do i",
    "how can i",
    "how to",
    "how would i",
    "how do you",
];

/// What is not needed now may be needed later.
const FOR_NOW: &[&str] = &["now", "right now", "yet", "today", "anyway", "just yet"];

/// True for a sentence that says what is to be done in some case only.
pub(super) fn is_condition(phrase: Phrase<'_>) -> bool {
    let bare = bared(phrase);
    !phrase.asks() && bare.after_any(CONDITIONS).is_some()
}

/// True for "how do I delete a task?".
pub(super) fn asks_how(phrase: Phrase<'_>) -> bool {
    phrase
        .after_any(HOW)
        .filter(|rest| rest.after_any(HOW).is_none())
        .is_some_and(|rest| super::clause(rest).is_some())
}

/// What a clause asks for, once it is asked whether it asks at all.
pub(super) fn weigh(phrase: Phrase<'_>, request: Request) -> Request {
    if !request.changes() {
        return request;
    }
    let unsure = || Request::Unsure(phrase.text().to_owned());
    let asks = phrase.asks() || super::list::is_question(phrase);
    if asks && !phrase.has_any(ASKED_OF_US) {
        return unsure();
    }
    let bare = bared(phrase);
    let not_needed = phrase.has_any(&["i don't", "i do not"]);
    if not_needed && (phrase.before_any(FOR_NOW).is_some() || due::at_end(bare).is_some()) {
        return unsure();
    }
    let preface = phrase.to(phrase.len() - bare.without_trailing(super::POLITE_TAIL).len());
    let wished = preface.has_any(WISHES);
    if wished && clauses::is_weak(bare) {
        return offer(bare).unwrap_or_else(unsure);
    }
    request
}

/// Of what must not be done, nothing is done: "don't delete it".
pub(super) fn refusal(phrase: Phrase<'_>) -> Option<Request> {
    let rest = refused(phrase)?;
    let refused = super::clause(rest)?;
    let is_refusal = refused.changes() || matches!(refused, Request::Unsure(_) | Request::Offer(_));
    is_refusal.then_some(Request::Answer)
}

/// What must not be done. "Don't forget" is something else.
pub(super) fn refused(phrase: Phrase<'_>) -> Option<Phrase<'_>> {
    let bare = bared(phrase);
    let rest = bare.after_any(NOT)?;
    if rest.after_any(NOT).is_some() {
        return None;
    }
    add::read(bare).is_none().then_some(rest)
}

/// "I need to buy milk. Cancel the gym.": what follows something to do, or something that is not
/// understood, may be something to do as well.
pub(super) fn between(clauses: &[Phrase<'_>], mut readings: Vec<Reading>) -> Vec<Reading> {
    let is_unclear = readings.iter().any(Result::is_err);
    let mut follows = is_unclear;
    for (phrase, reading) in clauses.iter().zip(&mut readings) {
        let bare = bared(*phrase);
        let changes = reading.as_ref().is_ok_and(Request::changes);
        if follows && changes && clauses::is_weak(bare) && !clauses::is_strong(bare) {
            let unsure = || Request::Unsure(phrase.text().to_owned());
            *reading = Ok(offer(bare).unwrap_or_else(unsure));
        }
        follows |= matches!(reading, Ok(Request::Add(_)));
    }
    readings
}

/// Asks whether something is a task to be added.
pub(super) fn offer(phrase: Phrase<'_>) -> Option<Request> {
    task(phrase).map(|task| Request::Offer(vec![task]))
}

/// What was written as a task, if it can be one.
pub(super) fn task(phrase: Phrase<'_>) -> Option<NewTask> {
    match add::titled(phrase) {
        Request::Add(task) if !task.title.is_empty() => Some(task),
        _ => None,
    }
}

/// True when it is said that a task of the list is meant, and not what it is about: closing "the
/// bank account task", not the bank account.
pub(super) fn means_a_task(phrase: Phrase<'_>, target: &Target) -> bool {
    !matches!(target, Target::Named(_))
        || (0..phrase.len()).any(|at| phrase.is_quoted(at))
        || phrase.has_any(&[
            "task",
            "to-do",
            "todo",
            "item",
            "reminder",
            "my list",
            "the list",
            "my to-do list",
            "my todo list",
            "my tasks",
        ])
}
