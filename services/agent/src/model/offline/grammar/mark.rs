//! Ticking off, and taking that back.

use super::{doubt, priority};
use crate::model::offline::{
    due, reference,
    request::{Change, Request, Target},
    words::Phrase,
};

/// How far a task is said to have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Done,
    NotDone,
    Begun,
}

const DONE: &[&str] = &[
    "done",
    "complete",
    "completed",
    "finished",
    "as done",
    "as complete",
    "as completed",
    "as finished",
    "to done",
    "to complete",
    "to completed",
    "to finished",
    "as ticked off",
    "done and dusted",
    "all done",
    "as accomplished",
    "already done",
    "accomplished",
];

const NOT_DONE: &[&str] = &[
    "not done",
    "as not done",
    "undone",
    "as undone",
    "incomplete",
    "as incomplete",
    "pending",
    "as pending",
    "to pending",
    "open",
    "as open",
    "to open",
    "not finished",
    "as not finished",
    "unfinished",
    "as unfinished",
    "not complete",
    "not completed",
    "as not completed",
    "back to pending",
    "as to do",
    "to to do",
    "not done yet",
    "not finished yet",
    "as todo",
    "back to open",
    "as not complete",
    "as uncompleted",
    "to not done",
];

const BEGUN: &[&str] = &[
    "in progress",
    "as in progress",
    "to in progress",
    "started",
    "as started",
    "as begun",
    "underway",
    "in-progress",
    "as in-progress",
    "to in-progress",
];

const COMPLETE: &[&str] = &[
    "tick off",
    "check off",
    "cross off",
    "strike off",
    "mark off",
    "tick",
    "complete",
];

/// What people do to tasks, and to other things as well.
const FINISH: &[&str] = &["finish off", "finish", "close", "wrap up"];

/// What people say they have done.
const HAVE_DONE: &[&str] = &[
    "i've just finished",
    "i have just finished",
    "i just finished",
    "i already finished",
    "i've already finished",
    "i've finished",
    "i have finished",
    "i finished",
    "i've completed",
    "i have completed",
    "i completed",
    "i just completed",
    "i've done",
    "i have done",
    "i've already done",
    "i already did",
    "i just did",
    "i did",
    "i'm done with",
    "i am done with",
    "i'm finished with",
    "we finished",
    "we did",
    "we're done with",
    "i've ticked off",
    "done with",
    "finished with",
    "finished",
    "completed",
];

/// What follows that is no task.
const IDLE: &[&str] = &["work", "school", "not", "nothing", "almost", "nearly"];

/// What follows a task that was done.
const LATELY: &[&str] = &[
    "today",
    "this morning",
    "this afternoon",
    "this evening",
    "tonight",
    "yesterday",
    "last night",
    "earlier",
    "just now",
    "finally",
    "at last",
];

const REOPEN: &[&str] = &[
    "reopen",
    "re-open",
    "uncheck",
    "untick",
    "unmark",
    "uncomplete",
    "un-complete",
    "unfinish",
    "i didn't finish",
    "i haven't finished",
    "i did not finish",
    "i didn't do",
    "i haven't done",
    "i haven't completed",
    "i have not finished",
    "i have not done",
    "i have not completed",
    "i did not do",
    "i didn't complete",
    "i did not complete",
    "un-tick",
    "un-check",
];

/// "cross it off".
const OFF: &[&str] = &["tick", "check", "cross", "strike", "mark"];

/// Reads a request to tick something off, or not.
pub(super) fn read(phrase: Phrase<'_>) -> Option<Request> {
    if let Some(rest) = phrase.after_any(OFF)
        && let Some(task) = rest.before_any(&["off", "off my list", "off the list"])
    {
        return reference::read(task).map(Request::Complete);
    }
    if let Some(task) = phrase.after_any(REOPEN) {
        let task = task.before("yet").unwrap_or(task);
        return reference::read(task).map(Request::Reopen);
    }
    if let Some(task) = phrase.after_any(COMPLETE) {
        return ticked(phrase, task);
    }
    if let Some(rest) = phrase.after_any(&["mark", "set", "move", "change", "flag", "put"]) {
        return marked(rest);
    }
    if let Some(task) = phrase.after_any(FINISH) {
        let target = reference::read(task)?;
        // "Close the bank account" is something to do, as long as no task is named.
        let is_clear = phrase.after("finish").is_some() || doubt::means_a_task(phrase, &target);
        return if is_clear {
            ticked(phrase, task)
        } else {
            doubt::offer(phrase)
        };
    }
    // So is "get the report done".
    if let Some(rest) = phrase.after("get")
        && rest.before_any(&["done", "finished"]).is_some()
    {
        return doubt::offer(phrase);
    }
    have_done(phrase.after_any(HAVE_DONE)?)
}

/// "Complete X", unless it is said until when X is to be done.
fn ticked(phrase: Phrase<'_>, task: Phrase<'_>) -> Option<Request> {
    let target = reference::read(task)?;
    let is_ahead = due::at_end(task).is_some() && !doubt::means_a_task(phrase, &target);
    if is_ahead && phrase.after_any(&["complete", "finish"]).is_some() {
        return doubt::offer(phrase);
    }
    Some(Request::Complete(target))
}

/// "(I finished) X".
fn have_done(task: Phrase<'_>) -> Option<Request> {
    // "Completed tasks" are a list.
    let is_list = task.after_any(&["tasks", "items", "todos", "to-dos", "things", "ones"]);
    if is_list.is_some() || IDLE.contains(&task.word(0)) && !task.is_quoted(0) {
        return None;
    }
    let ended = task.without_trailing(LATELY);
    match reference::read(ended)? {
        // "I finished 3 today", "I finished first".
        Target::Nth(_) if task.len() > ended.len() || is_place(task) => None,
        target => Some(Request::Complete(target)),
    }
}

fn is_place(task: Phrase<'_>) -> bool {
    task.is_any(&["first", "second", "third", "last"])
}

/// Reads a statement that is a request: "the report is done".
pub(super) fn statement(phrase: Phrase<'_>) -> Option<Request> {
    if let Some(state) = phrase.after_any(&["that's", "it's", "its"]).and_then(state) {
        return Some(request(Target::It, state));
    }
    if super::list::is_question(phrase) {
        return None;
    }
    for negated in ["isn't", "is not", "aren't", "are not"] {
        if let Some((task, said)) = phrase.split_any(&[negated])
            && said.before("yet").unwrap_or(said).is_any(DONE)
        {
            return reference::read(task).map(Request::Reopen);
        }
    }
    let (task, said) = phrase.split_any(&[
        "is now",
        "is already",
        "is",
        "are",
        "has been",
        "was",
        "got",
    ])?;
    let state = state(said)?;
    Some(request(reference::read(task)?, state))
}

/// What is said about how far something has come.
pub(super) fn state(phrase: Phrase<'_>) -> Option<State> {
    let phrase = phrase
        .before_any(&["again", "now", "already"])
        .unwrap_or(phrase);
    [
        (DONE, State::Done),
        (NOT_DONE, State::NotDone),
        (BEGUN, State::Begun),
    ]
    .into_iter()
    .find(|(words, _)| phrase.is_any(words))
    .map(|(_, state)| state)
}

/// "X (as) done", "X as urgent"; also "off X", "as done X" and "X and Y".
fn marked(rest: Phrase<'_>) -> Option<Request> {
    if let Some(task) = rest.after_any(&["as done", "as complete", "as completed", "as finished"]) {
        return reference::read(task).map(Request::Complete);
    }
    // The longest reading of the state: "not done" before "done".
    let (task, state) = (1..rest.len())
        .find_map(|at| Some((rest.to(at), state(rest.from(at))?)))
        .map_or_else(
            || {
                let (task, level) = rest.split_any(&["as"])?;
                let level = priority::whole(level)?;
                Some((task, Err(level)))
            },
            |(task, state)| Some((task, Ok(state))),
        )?;
    match state {
        Ok(state) => Some(request(reference::read(task)?, state)),
        Err(Ok(level)) => Some(Request::Change(
            reference::read(task)?,
            Change::Priority(level),
        )),
        Err(Err(said)) => Some(Request::NoSuchPriority(said)),
    }
}

fn request(target: Target, state: State) -> Request {
    match state {
        State::Done => Request::Complete(target),
        State::NotDone => Request::Reopen(target),
        State::Begun => Request::Change(target, Change::Start),
    }
}
