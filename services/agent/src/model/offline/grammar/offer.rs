//! "Buy milk tomorrow": a thing to do, and no word about a list. It may be meant to be added, or
//! may be told and no more, so the person is asked.

use super::{add, clauses, doubt, list, occasion, several};
use crate::model::offline::{
    request::{NewTask, Request},
    words::{Gap, Phrase},
};

/// More than this is a story.
const LONGEST: usize = 20;

/// What errands begin with. None of these is what the assistant itself is asked to do.
const DEEDS: &[&str] = &[
    "apply",
    "arrange",
    "ask",
    "assemble",
    "back up",
    "bake",
    "book",
    "borrow",
    "bring",
    "build",
    "buy",
    "call",
    "charge",
    "clean",
    "collect",
    "contact",
    "cook",
    "deposit",
    "do the",
    "do my",
    "do some",
    "donate",
    "draft",
    "email",
    "e-mail",
    "exercise",
    "feed",
    "file",
    "fill",
    "fix",
    "follow up",
    "go to",
    "go for",
    "hang",
    "hire",
    "hoover",
    "install",
    "invite",
    "iron",
    "learn",
    "look into",
    "mail",
    "meet",
    "message",
    "mow",
    "order",
    "organise",
    "organize",
    "pack",
    "paint",
    "pay",
    "phone",
    "pick",
    "plant",
    "practise",
    "practice",
    "prepare",
    "register",
    "renew",
    "repair",
    "replace",
    "research",
    "return",
    "ring",
    "see the",
    "sell",
    "send",
    "sew",
    "sign",
    "study",
    "submit",
    "take the",
    "take my",
    "take out",
    "text",
    "thank",
    "transfer",
    "turn in",
    "vacuum",
    "visit",
    "walk",
    "wash",
    "water",
    "weed",
    "wrap",
    "write",
];

/// Words of sentences that tell or ask something.
const TELLING: &[&str] = &[
    "i", "i'm", "i've", "i'd", "i'll", "you", "you're", "me", "us", "again", "we", "we're", "he",
    "she", "they", "it", "it's", "is", "are", "was", "were", "am", "be", "been", "has", "had",
    "that's", "there's", "will", "would", "could", "should", "can", "can't", "don't", "didn't",
    "not", "who", "what", "why", "how", "where", "which",
];

/// True for what begins like an errand.
pub(super) fn is_deed(phrase: Phrase<'_>) -> bool {
    phrase.after_any(DEEDS).is_some_and(|rest| !rest.is_empty())
}

/// The tasks that a message may be meant to add; none when it sounds like anything else.
pub(in crate::model::offline) fn read(message: Phrase<'_>) -> Vec<NewTask> {
    let message = super::bared(message);
    let parted = (1..message.len()).any(|at| message.gap(at - 1) == Gap::Stop);
    let spoken = occasion::whole(message).is_some()
        || message.asks()
        || list::is_question(message)
        || doubt::is_condition(message);
    if parted || spoken || message.len() > LONGEST || message.has_any(TELLING) {
        return Vec::new();
    }
    // What begins like a request is one that was not understood.
    let is_deed = is_deed(message);
    if !is_deed && (clauses::is_strong(message) || clauses::is_weak(message)) {
        return Vec::new();
    }
    let requests = several::dated(message, true).unwrap_or_else(|| vec![add::titled(message)]);
    let tasks: Vec<NewTask> = requests
        .into_iter()
        .filter_map(|request| match request {
            Request::Add(task) if !task.title.is_empty() => Some(task),
            _ => None,
        })
        .collect();
    let is_dated = |task: &NewTask| task.due.is_some() || task.recurrence.is_some();
    let offered = is_deed
        || tasks
            .iter()
            .any(|task| is_dated(task) || !task.tags.is_empty());
    if offered { tasks } else { Vec::new() }
}
