//! Several requests in one message: where one ends and the next begins.
//!
//! "Buy bread and butter" is one thing to do, "add bread and tick off butter" are two requests: a
//! message is cut only where what follows can be read as a request of its own.

use super::{add, bared, clause, doubt};
use crate::model::offline::{
    request::{Request, Target},
    words::{Gap, Phrase},
};

/// The most requests of one message; the rest stays with the last.
const MOST: usize = 10;

/// At how many joints the end of a request is looked for; more only take time.
const AHEAD: usize = 6;

/// What may stand between two requests.
const JOINTS: &[&str] = &[
    "and then", "and also", "and", "then", "also", "plus", "but also", "but",
];

/// What a request begins with that cannot be taken for a part of a title.
const COMMANDS: &[&str] = &[
    "add",
    "create",
    "complete",
    "tick",
    "check off",
    "cross",
    "mark",
    "delete",
    "remove",
    "throw",
    "get rid of",
    "rename",
    "undo",
    "list",
    "show",
    "reopen",
    "uncheck",
    "untick",
    "restore",
    "bring back",
    "set",
    "make",
    "move",
    "reschedule",
    "postpone",
    "push",
    "call",
    "change",
    "update",
    "prioritise",
    "prioritize",
    "deprioritise",
    "deprioritize",
    "remind me",
    "put",
    "what",
    "what's",
    "which",
    "tell me",
    "i finished",
    "i've finished",
    "i have finished",
    "i did",
    "i've done",
    "i completed",
    "i've completed",
    "i need to",
    "i have to",
    "i must",
    "unmark",
    "raise",
    "lower",
    "bump",
    "give",
    "retitle",
    "new task",
    "todo",
    "redo",
    "trash",
    "how many",
    "revert",
    "don't let me forget",
    "don't forget to",
    "search",
    "find",
    "the deadline",
    "clear",
    "due",
    "extend",
    "tag",
    "label",
];

/// The same, where the clause before does not say what to add.
const WEAK: &[&str] = &[
    "finish",
    "start",
    "begin",
    "close",
    "drop",
    "cancel",
    "forget",
    "bin",
    "scrap",
    "erase",
    "discard",
    "i'm done",
    "check",
    "strike",
    "delay",
    "schedule",
    "do i",
    "have i",
    "any",
    "anything",
    "thanks",
    "thank you",
    "help",
];

/// Clauses that say what to add: what follows them may well be a part of it.
const ADDING: &[&str] = &[
    "add",
    "create",
    "new",
    "put",
    "remind me",
    "remember",
    "i need to",
    "i have to",
    "i must",
    "todo",
    "to do",
    "don't forget",
    "don't let me forget",
    "note",
    "jot",
    "write",
    "i should",
];

/// Clauses that say what to add in so many words, and not what somebody has to do.
const PLAINLY_ADDING: &[&str] = &[
    "add", "create", "new", "put", "make", "jot", "write", "note",
];

/// What only a list of tasks is asked for: a part of nothing that somebody has to do.
const OURS: &[&str] = &[
    "add",
    "tick",
    "check off",
    "cross off",
    "mark",
    "unmark",
    "list",
    "show",
    "undo",
    "redo",
    "revert",
    "remind me",
    "uncheck",
    "untick",
    "reopen",
    "what",
    "what's",
    "which",
    "tell me",
    "how many",
    "i",
    "i've",
    "new task",
    "todo",
    "don't let me forget",
    "don't forget to",
    "prioritise",
    "prioritize",
    "search",
    "the deadline",
];

/// True for "I need to ...": several things may have to be done.
pub(super) fn obliges(phrase: Phrase<'_>) -> bool {
    is_adding(phrase) && phrase.after_any(PLAINLY_ADDING).is_none()
}

fn is_adding(phrase: Phrase<'_>) -> bool {
    ADDING.iter().any(|lead| phrase.after(lead).is_some()) || add::read(phrase).is_some()
}

/// True for a clause that begins with what cannot be taken for a part of a title.
pub(super) fn is_strong(phrase: Phrase<'_>) -> bool {
    phrase.after_any(COMMANDS).is_some()
}

/// True for a clause that begins with what only a list of tasks is asked for.
pub(super) fn is_ours(phrase: Phrase<'_>) -> bool {
    phrase.after_any(OURS).is_some()
}

/// True for a clause that begins with what people also do themselves: finish, cancel, drop.
pub(super) fn is_weak(phrase: Phrase<'_>) -> bool {
    phrase.after_any(WEAK).is_some() || phrase.after("complete").is_some()
}

/// The clauses of a message.
pub(super) fn split(message: Phrase<'_>) -> Vec<Phrase<'_>> {
    let mut clauses = Vec::new();
    let mut rest = message;
    while clauses.len() + 1 < MOST
        && let Some((clause, after)) = first(rest)
    {
        clauses.push(clause);
        rest = after;
    }
    clauses.push(rest);
    clauses.retain(|clause| !clause.is_empty());
    clauses
}

/// The first clause and what follows it, if anything does.
fn first(phrase: Phrase<'_>) -> Option<(Phrase<'_>, Phrase<'_>)> {
    // What is to be done in some case only is not to be done now.
    let held = doubt::is_condition(phrase);
    let refused = doubt::refused(phrase).is_some();
    (1..phrase.len()).find_map(|at| {
        let gap = phrase.gap(at - 1);
        if phrase.is_quoted(at) || (held && gap != Gap::Stop) {
            return None;
        }
        // "Don't delete X and complete Y" refuses both.
        if refused && gap == Gap::Space && phrase.word(at) == "and" {
            return None;
        }
        let before = phrase.to(at);
        let tail = phrase.from(at);
        let joint = JOINTS.iter().find_map(|joint| tail.after(joint));
        let right = joint.unwrap_or(tail);
        let parted = joint.is_some() || gap != Gap::Space;
        // "New: delete the old files" is one request.
        let parted = parted && gap != Gap::Colon;
        (parted && begins_request(before, right, gap)).then_some((before, right))
    })
}

fn begins_request(before: Phrase<'_>, right: Phrase<'_>, gap: Gap) -> bool {
    let right = bared(right);
    if right.is_empty() || bared(before).is_empty() {
        return false;
    }
    let adding = is_adding(bared(before));
    let strong = is_strong(right);
    let weak = right.after_any(WEAK).is_some();
    let sentence = gap == Gap::Stop;
    if !(strong || (weak && (!adding || sentence)) || (sentence && !adding)) {
        return false;
    }
    // What stands before must be a request, too, or at least a sentence.
    let stands = sentence || clause(before).is_some();
    let Some(request) = clause_alone(right).filter(|_| stands) else {
        return false;
    };
    // "I need to call the bank and delete my account" is all to be done by whoever says it.
    let is_part = !sentence && obliges(bared(before)) && !is_ours(right);
    let is_ours = match request {
        Request::Change(Target::It, _) => true,
        Request::List(_) => false,
        _ => !request.changes(),
    };
    is_ours || !is_part
}

/// The request that the words up to the next joint can be read as.
fn clause_alone(right: Phrase<'_>) -> Option<Request> {
    clause(right).or_else(|| {
        (1..right.len())
            .filter(|at| {
                right.gap(at - 1) != Gap::Space
                    || JOINTS
                        .iter()
                        .any(|joint| right.from(*at).after(joint).is_some())
            })
            .take(AHEAD)
            .find_map(|at| clause(right.to(at)))
    })
}
