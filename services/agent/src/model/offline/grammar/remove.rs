//! Deleting, restoring, undoing.

use super::doubt;
use crate::model::offline::{
    due, reference,
    request::{Request, Target},
    words::Phrase,
};

const DELETE: &[&str] = &[
    "delete",
    "remove",
    "throw away",
    "get rid of",
    "drop",
    "trash",
    "cancel",
    "scrap",
    "erase",
    "discard",
    "forget about",
    "forget",
    "ditch",
    "purge",
    "i don't need to",
    "i don't have to",
    "i no longer need to",
];

/// What people do to tasks, but more often to other things.
const CHORES: &[&str] = &[
    "drop off",
    "throw out",
    "toss out",
    "toss",
    "take off",
    "clear",
    "strike",
    "bin",
    "kill",
    "wipe",
];

/// "throw X away", "take X off my list".
const APART: &[(&str, &[&str])] = &[
    ("throw", &["away"]),
    ("toss", &["away"]),
    ("take", OFF_LIST),
    ("strike", OFF_LIST),
    ("kick", OFF_LIST),
];

const OFF_LIST: &[&str] = &[
    "off my list",
    "off the list",
    "from my list",
    "from the list",
    "off my to-do list",
    "off my todo list",
];

/// What "I don't need X" may end with.
const ANY_MORE: &[&str] = &["anymore", "any more", "any longer", "after all"];

const RESTORE: &[&str] = &[
    "restore",
    "bring back",
    "undelete",
    "un-delete",
    "recover",
    "get back",
];

const UNDO: &[&str] = &[
    "undo",
    "undo that",
    "undo it",
    "undo this",
    "undo the last change",
    "undo my last change",
    "undo last change",
    "undo the last one",
    "undo the last thing",
    "undo what you did",
    "undo what you just did",
    "undo the last action",
    "undo everything you just did",
    "undo last",
    "undo all that",
    "undo all of that",
    "undo both",
    "undo them",
    "undo those",
    "undo everything",
    "undo those changes",
    "undo the changes",
    "undo your last change",
    "undo that change",
    "undo again",
    "take that back",
    "take it back",
    "revert",
    "revert that",
    "revert it",
    "roll back",
    "roll that back",
    "roll it back",
    "change it back",
    "put it back the way it was",
    "reverse that",
    "take back the last change",
    "undo the last step",
    "undo that again",
    "reverse the last change",
    "undo that last one",
    "undo last action",
    "undo the last thing you did",
    "undo the last thing i did",
    "revert the last change",
];

/// The same, said of what has just happened; it may as well be a question that is dropped.
const STEP_BACK: &[&str] = &[
    "cancel that",
    "scratch that",
    "scrap that",
    "strike that",
    "reverse",
    "step back",
    "go back",
    "back",
    "put it back",
    "put that back",
];

const REDO: &[&str] = &[
    "redo",
    "redo that",
    "redo it",
    "undo the undo",
    "undo that undo",
    "do it again after all",
    "redo the last change",
    "redo the change",
];

/// What can be deleted, but is no task.
const NO_TASKS: &[&str] = &[
    "my account",
    "the account",
    "account",
    "my profile",
    "my data",
    "all my data",
    "my history",
    "the history",
    "chat history",
    "my chat history",
    "conversation history",
    "this chat",
    "the chat",
    "our chat",
    "this conversation",
    "the conversation",
    "our conversation",
    "all conversations",
    "my conversations",
    "all chats",
    "my messages",
];

/// Idioms that sound like a request to delete.
const IDIOMS: &[&str] = &["it", "that", "this", "everything i said", "what i said"];

/// Reads a request to delete or restore.
pub(super) fn read(phrase: Phrase<'_>) -> Option<Request> {
    if let Some(task) = phrase
        .after_any(RESTORE)
        .filter(|task| task.word(0) != "to")
    {
        return reference::read(task).map(Request::Restore);
    }
    if let Some(task) = phrase
        .after_any(&["bring", "get", "put"])
        .and_then(|rest| rest.before_any(&["back on my list", "back on the list", "back"]))
    {
        return reference::read(task).map(Request::Restore);
    }
    for (verb, particles) in APART {
        if let Some(task) = phrase
            .after(verb)
            .and_then(|rest| rest.before_any(particles))
            && let Some(target) = reference::read(task)
        {
            return Some(Request::Delete(target));
        }
    }
    if let Some(task) = phrase.after_any(CHORES) {
        let target = reference::read(task)?;
        return if doubt::means_a_task(phrase, &target) {
            Some(Request::Delete(target))
        } else {
            doubt::offer(phrase)
        };
    }
    if let Some(task) = phrase.after_any(&["i don't need", "i no longer need"])
        && task.word(0) != "to"
    {
        let title = task.without_trailing(ANY_MORE);
        return match reference::read(title)? {
            Target::Named(title) => Some(Request::DeleteTitled(title)),
            target => Some(Request::Delete(target)),
        };
    }
    let task = phrase.after_any(DELETE)?;
    let task = task.without_trailing(ANY_MORE);
    if task.is_any(NO_TASKS) {
        return Some(Request::Unsure(phrase.text().to_owned()));
    }
    // "Cancel Netflix tomorrow" is something to do.
    if phrase.after("cancel").is_some() && due::at_end(task).is_some() {
        return doubt::offer(phrase);
    }
    // "Forget it", "drop it": nothing is to be done.
    if phrase.after_any(&["forget", "drop"]).is_some() && task.is_any(IDIOMS) {
        return Some(Request::Answer);
    }
    reference::read(task).map(Request::Delete)
}

/// Reads a request to take something back.
pub(super) fn undo(phrase: Phrase<'_>) -> Option<Request> {
    if phrase.is_any(UNDO) {
        return Some(Request::Undo);
    }
    if phrase.is_any(STEP_BACK) {
        return Some(Request::StepBack);
    }
    if phrase.is_any(REDO) {
        return Some(Request::Redo);
    }
    let rest = phrase.after("undo")?;
    let rest = rest.after("the").unwrap_or(rest);
    let of = |target: Phrase<'_>| {
        let target = target.after("of").unwrap_or(target);
        reference::read(target).filter(|target| *target != Target::Many)
    };
    if let Some(task) = rest.after_any(&["deletion", "deleting", "delete", "removal", "removing"]) {
        return Some(of(task).map_or(Request::Undo, Request::Restore));
    }
    if let Some(task) = rest.after_any(&["completion", "completing", "ticking off"]) {
        return Some(of(task).map_or(Request::Undo, Request::Reopen));
    }
    None
}
