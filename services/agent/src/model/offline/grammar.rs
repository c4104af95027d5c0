//! Sentences → requests.
//!
//! A pasted list is read line by line ([`lists`]); any other message is cut into clauses
//! ([`clauses`]), and each clause is read by the readers below, in order, until one understands it.
//! A reader looks at the words a clause begins with; only the last ones look at how it ends. What
//! sounds like a request and may be none is not carried out but asked about ([`doubt`]).
//!
//! To add a way of saying something: its words in the reader concerned, and a line in
//! `sentences.txt`, or in `everyday.txt` when it is about what must not happen.

mod add;
mod change;
mod clauses;
mod doubt;
mod label;
mod later;
mod list;
mod lists;
mod mark;
mod occasion;
mod offer;
mod priority;
mod remove;
mod rename;
mod several;
mod talk;

pub(super) use offer::read as offer;

use super::{request::Request, words::Phrase};

/// A request, or what was not understood as it was written.
type Reading = Result<Request, String>;

/// Reads one clause; `None` when it is not understood.
type Reader = fn(Phrase<'_>) -> Option<Request>;

const READERS: &[Reader] = &[
    talk::read,
    remove::undo,
    label::read,
    change::note,
    add::read,
    add::on_occasion,
    rename::read,
    later::read,
    later::either,
    change::read,
    mark::read,
    remove::read,
    list::read,
    change::statement,
    mark::statement,
    rename::statement,
    talk::bare,
];

/// Said before a request, and no part of it.
const POLITE: &[&str] = &[
    "if possible",
    "if you can",
    "if you could",
    "if you don't mind",
    "please",
    "pls",
    "hey",
    "hi",
    "hello",
    "ok",
    "okay",
    "so",
    "well",
    "oh",
    "oops",
    "actually",
    "just",
    "also",
    "and",
    "then",
    "but",
    "now",
    "taskchat",
    "assistant",
    "can you",
    "could you",
    "would you",
    "can i",
    "could i",
    "may i",
    "can we",
    "i want you to",
    "i'd like you to",
    "i would like you to",
    "i'd like to",
    "i would like to",
    "i want to",
    "i wanna",
    "let's",
    "let us",
    "go ahead and",
    "kindly",
    "thanks",
    "sorry",
    "alright",
    "right",
    "you can",
    "great",
    "good",
    "perfect",
    "cool",
    "no",
    "yes",
    "quickly",
    "next",
    "first",
    "finally",
];

/// Said after a request, and no part of it.
const POLITE_TAIL: &[&str] = &[
    "please",
    "thanks",
    "thank you",
    "for me",
    "pls",
    "thx",
    "if you can",
    "will you",
    "would you",
    "too",
    "as well",
    "right away",
    "right now",
    "cheers",
    "ok",
    "okay",
    "asap please",
];

/// The requests of a message, in order; what was not understood comes back as it was written.
pub(super) fn read(message: Phrase<'_>) -> Vec<Reading> {
    let tasks = || Some(several::read(message)?.into_iter().map(Ok).collect());
    let mut requests: Vec<Reading> = lists::read(message)
        .or_else(tasks)
        .unwrap_or_else(|| readings(message));
    // "Hello. Add milk." is one request.
    if requests.len() > 1 {
        let said = |request: &Reading| {
            !matches!(
                request,
                Ok(Request::Greeting | Request::Thanks | Request::Yes | Request::Answer)
            )
        };
        if requests.iter().any(said) {
            requests.retain(said);
        }
    }
    let added = |request: &&Reading| matches!(request, Ok(Request::Add(_)));
    let count = requests.iter().filter(added).count();
    if count > lists::MOST {
        return vec![Ok(Request::TooMany(count, lists::MOST))];
    }
    requests
}

/// Earlier (true) or later, if that is all that is said.
pub(super) fn which_way(said: Phrase<'_>) -> Option<bool> {
    later::way(bared(said))
}

/// The requests of a message that is no list.
fn readings(message: Phrase<'_>) -> Vec<Reading> {
    let clauses = clauses::split(message);
    let readings = clauses
        .iter()
        .map(|phrase| clause(*phrase).ok_or_else(|| phrase.text().to_owned()));
    let readings: Vec<Reading> = readings.collect();
    doubt::between(&clauses, readings)
}

/// Reads one clause.
fn clause(phrase: Phrase<'_>) -> Option<Request> {
    let read = |phrase: Phrase<'_>| {
        (!phrase.is_empty()).then(|| READERS.iter().find_map(|read| read(phrase)))?
    };
    // "OK" and "good morning" alone are an answer, not a preface.
    let spoken = phrase.without_leading(&["actually", "oh", "wait", "no", "well", "oops", "sorry"]);
    if let Some(said) = talk::read(phrase).or_else(|| talk::read(spoken)) {
        return Some(said);
    }
    if spoken.is_empty() && !phrase.is_empty() {
        return Some(Request::Answer);
    }
    if doubt::is_condition(phrase) {
        return Some(Request::Unsure(phrase.text().to_owned()));
    }
    if doubt::asks_how(phrase) {
        return Some(Request::Help);
    }
    doubt::refusal(phrase).or_else(|| {
        let bare = bared(phrase);
        let whole = || (bare.len() < phrase.len()).then(|| read(phrase))?;
        read(bare)
            .or_else(whole)
            .map(|request| doubt::weigh(phrase, request))
    })
}

/// The clause without the words of politeness around it.
fn bared(phrase: Phrase<'_>) -> Phrase<'_> {
    phrase.without_leading(POLITE).without_trailing(POLITE_TAIL)
}
