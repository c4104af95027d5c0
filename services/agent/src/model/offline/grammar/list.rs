//! Questions: what there is to do, and how a task stands.

mod kind;
mod look;
mod when;

use super::priority;
use crate::model::offline::{
    due, reference,
    request::{Listing, Request, Target, Which},
    words::Phrase,
};

const QUESTIONS: &[&str] = &[
    "what", "what's", "which", "any", "anything", "do", "does", "did", "have", "has", "how",
    "how's", "is", "are", "when", "when's", "where", "why", "who", "will", "should", "can", "am",
];

const SHOW: &[&str] = &[
    "show me",
    "show",
    "display",
    "view",
    "see",
    "print",
    "give me",
    "tell me",
    "read me",
    "read",
    "let me see",
    "check",
    "open",
    "get me",
    "get",
    "pull up",
    "go through",
    "remind me",
    "fetch",
    "run through",
];

/// What makes a question one about tasks.
const TASKS: &[&str] = &[
    "task",
    "tasks",
    "to-do",
    "to-dos",
    "todo",
    "todos",
    "list",
    "to do",
    "everything",
    "left",
    "due",
    "agenda",
    "plate",
    "finished",
    "completed",
    "done",
    "pending",
    "open",
    "outstanding",
    "remaining",
    "overdue",
    "unfinished",
    "urgent",
    "items",
    "in progress",
    "accomplished",
    "deadline",
    "deadlines",
    "chores",
    "reminders",
    "upcoming",
    "working on",
    "coming up",
    "checked off",
    "ticked off",
    "need to do",
    "should i do",
    "must i do",
    "do i do",
    "did i do",
    "did we do",
    "finish",
    "incomplete",
    "up next",
    "next",
    "high priority",
    "low priority",
    "medium priority",
    "important",
    "i got",
    "have to finish",
    "complete",
    "overview",
    "summary",
];

/// A list by its name alone.
const NAMES: &[&str] = &[
    "overview",
    "summary",
    "tasks",
    "my tasks",
    "todo",
    "todos",
    "my todos",
    "my list",
    "the list",
    "list",
    "to-do list",
    "my to-do list",
    "todo list",
    "my todo list",
    "my to-dos",
    "to do list",
    "my to do list",
    "all tasks",
    "all my tasks",
    "everything",
    "open tasks",
    "pending tasks",
    "completed tasks",
    "finished tasks",
    "urgent tasks",
    "overdue tasks",
    "overdue",
    "high priority tasks",
    "task list",
    "my task list",
    "agenda",
    "today's tasks",
    "my open tasks",
    "tasks for today",
    "tasks due today",
];

/// What a list may be called at the beginning of a longer phrase.
const KINDS: &[&str] = &[
    "tasks",
    "my tasks",
    "all tasks",
    "all my tasks",
    "open tasks",
    "pending tasks",
    "completed tasks",
    "finished tasks",
    "urgent tasks",
    "overdue tasks",
    "my open tasks",
    "high priority tasks",
    "everything due",
    "all open tasks",
    "anything due",
];

const NEGATED: &[&str] = &[
    "not",
    "haven't",
    "unfinished",
    "still",
    "isn't",
    "aren't",
    "to be done",
    "be done",
    "get done",
    "incomplete",
    "left",
    "yet",
    "to finish",
    "to complete",
    "not yet",
    "have to finish",
    "need to finish",
    "should i finish",
    "uncompleted",
    "need finishing",
    "to be finished",
];

/// What was, not what is to "get done".
const GOT_DONE: &[&str] = &[
    "did i get done",
    "did we get done",
    "have i got done",
    "have i gotten done",
    "i got done",
];

const COMPLETED: &[&str] = &[
    "finished",
    "completed",
    "complete",
    "done",
    "ticked off",
    "checked off",
    "accomplished",
    "crossed off",
    "finish",
    "did i do",
    "did we do",
];

const OPEN: &[&str] = &[
    "open",
    "pending",
    "remaining",
    "outstanding",
    "have to do",
    "need to do",
    "to do today",
    "should i do",
    "must i do",
    "overdue",
    "due",
    "next",
    "plate",
    "agenda",
    "coming up",
    "upcoming",
    "active",
    "do i have to",
    "do i need to",
    "have to",
    "need to",
    "to do",
    "deadlines",
    "do i do",
    "overview",
    "summary",
];

/// Reads a question about tasks.
pub(super) fn read(phrase: Phrase<'_>) -> Option<Request> {
    look::search(phrase)
        .or_else(|| look::look(phrase))
        .or_else(|| listing(phrase).map(Request::List))
}

/// True for a clause that asks rather than says.
pub(super) fn is_question(phrase: Phrase<'_>) -> bool {
    QUESTIONS.contains(&phrase.word(0))
}

/// Which tasks are asked for; `None` when none are.
fn listing(phrase: Phrase<'_>) -> Option<Listing> {
    let find = phrase.after_any(&["find", "search for", "search", "look for"]);
    if let Some(rest) = find {
        return Some(found(rest));
    }
    let listed =
        phrase.after("list").is_some() || phrase.is_any(NAMES) || phrase.after_any(KINDS).is_some();
    let shown = phrase.after_any(SHOW).is_some();
    if !(listed || shown || is_question(phrase)) {
        return None;
    }
    let subject = phrase.after_any(SHOW).unwrap_or(phrase);
    let on_a_day = subject.has_any(&["anything", "something", "what's on", "what is on"])
        && due::at_end(subject).is_some();
    let about_tasks = subject.has_any(TASKS) || on_a_day || phrase.has_any(&["all"]) && shown;
    let can_be = listed || about_tasks;
    if !can_be || phrase.has_any(&["weather", "rain"]) {
        return None;
    }
    let mut listing = Listing {
        which: which(phrase),
        priority: level(phrase),
        ..Listing::default()
    };
    if let Some((_, words)) = phrase.split_any(&[
        "about",
        "containing",
        "tagged with",
        "tagged",
        "with the tag",
        "with tag",
        "with the label",
        "with label",
        "labelled",
        "labeled",
        "related to",
        "matching",
        "that mention",
        "with the word",
        "mentioning",
        "regarding",
    ]) {
        listing.query = Some(words.text().trim_start_matches('#').to_owned());
        return Some(listing);
    }
    if let Some(tag) = phrase
        .lowers()
        .into_iter()
        .find(|word| word.starts_with('#'))
    {
        listing.query = Some(tag.trim_start_matches('#').to_owned());
        return Some(listing);
    }
    listing.query = kind::read(subject);
    if listing.which != Which::Completed || phrase.has_any(&["due"]) {
        when::narrow(phrase, &mut listing);
    } else {
        when::finished(phrase, &mut listing);
    }
    Some(listing)
}

/// "find tasks about X", "find X".
fn found(rest: Phrase<'_>) -> Listing {
    let rest = rest
        .after_any(&[
            "tasks about",
            "tasks with",
            "tasks containing",
            "all tasks about",
            "my tasks for",
            "tasks for",
            "everything about",
            "all tasks with",
            "tasks tagged",
            "the task about",
            "the task",
        ])
        .unwrap_or(rest);
    let words = match reference::read(rest) {
        Some(Target::Named(words)) => words,
        _ => rest.text().to_owned(),
    };
    Listing {
        query: Some(words.trim_start_matches('#').to_owned()),
        ..Listing::default()
    }
}

fn which(phrase: Phrase<'_>) -> Which {
    if phrase.has_any(&[
        "in progress",
        "started",
        "working on",
        "underway",
        "begun",
        "in-progress",
    ]) {
        Which::InProgress
    } else if phrase.has_any(GOT_DONE) {
        Which::Completed
    } else if phrase.has_any(NEGATED) {
        Which::Open
    } else if phrase.has_any(COMPLETED) {
        Which::Completed
    } else if phrase.has_any(OPEN) && !phrase.has_any(&["to do list"]) {
        Which::Open
    } else {
        Which::All
    }
}

fn level(phrase: Phrase<'_>) -> Option<&'static str> {
    (0..phrase.len()).find_map(|at| {
        let (level, _) = priority::at_start(phrase.from(at))?;
        Some(level)
    })
}
