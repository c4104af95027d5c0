//! Questions about one task, and about earlier messages.

use crate::model::offline::{
    reference,
    request::{Request, Target},
    words::Phrase,
};

/// "what did I say about X", "search my messages for X".
pub(super) fn search(phrase: Phrase<'_>) -> Option<Request> {
    let about = phrase.after_any(&[
        "what did i say about",
        "what did we say about",
        "when did i mention",
        "did i mention",
        "what have i said about",
        "what did i tell you about",
        "when did we talk about",
        "find messages about",
        "find the message about",
        "search messages for",
        "search my messages for",
        "search our conversations for",
        "search my conversations for",
        "search the conversation for",
        "search conversations for",
        "search chats for",
        "search our chats for",
        "find where i mentioned",
        "what did you say about",
        "search earlier messages for",
        "search my chats for",
    ])?;
    Some(Request::Search(about.text().to_owned()))
}

/// "when is X due", "is X done", "details of X".
pub(super) fn look(phrase: Phrase<'_>) -> Option<Request> {
    let named = |task: Phrase<'_>| {
        let target = reference::read(task)?;
        (target != Target::Many).then_some(Request::Look(target))
    };
    if let Some(task) = phrase.after_any(&["when is", "when's", "when are"]) {
        return match task.before("due") {
            Some(task) => named(task),
            None if task.has_any(super::TASKS) => None,
            None => named(task),
        };
    }
    if let Some(task) = phrase.after_any(&["how is", "how's"]) {
        return task.before_any(&["going", "coming along"]).and_then(named);
    }
    if let Some(task) = phrase.after_any(&[
        "when do i have to",
        "when do i need to",
        "when do we have to",
        "when must i",
        "when should i",
        "when am i supposed to",
    ]) {
        return named(task);
    }
    if let Some(task) = phrase.after_any(&[
        "what's the status of",
        "what is the status of",
        "what's the priority of",
        "what is the priority of",
        "what's the deadline of",
        "what is the deadline of",
        "what's the deadline for",
        "what is the deadline for",
        "what's the due date of",
        "what is the due date of",
        "what's the due date for",
        "what is the due date for",
        "details of",
        "details for",
        "details on",
        "show me the details of",
        "show details of",
        "show me details of",
        "show the details of",
        "show the details for",
        "describe",
        "show me the task",
        "show the task",
        "show task",
        "tell me about the task",
        "how important is",
        "tell me more about",
        "what do you know about the task",
    ]) {
        return named(task);
    }
    if let Some(task) = phrase.after("is").and_then(|rest| {
        rest.before_any(&[
            "done",
            "finished",
            "completed",
            "done yet",
            "finished yet",
            "complete",
        ])
    }) {
        return named(task);
    }
    let task = phrase.after_any(&[
        "have i finished",
        "did i finish",
        "have i done",
        "did i complete",
        "have i completed",
        "did i do",
    ])?;
    let task = task.before_any(&["yet", "already"]).unwrap_or(task);
    let general = task.has_any(&["anything", "something", "what", "tasks", "any"]);
    if general { None } else { named(task) }
}
