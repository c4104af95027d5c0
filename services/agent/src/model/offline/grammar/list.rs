//! Questions: what there is to do, and how a task stands.

use super::priority;
use crate::model::offline::{
    due, reference,
    request::{Listing, Request, Target, Which},
    words::Phrase,
};

const QUESTIONS: &[&str] = &[
    "what", "what's", "whats", "which", "any", "anything", "do", "does", "did", "have", "has",
    "how", "how's", "is", "are", "when", "when's", "where", "why", "who", "will", "should", "can",
    "am",
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
];

/// A list by its name alone.
const NAMES: &[&str] = &[
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
    "havent",
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
];

/// Reads a question about tasks.
pub(super) fn read(phrase: Phrase<'_>) -> Option<Request> {
    search(phrase)
        .or_else(|| look(phrase))
        .or_else(|| listing(phrase).map(Request::List))
}

/// True for a clause that asks rather than says.
pub(super) fn is_question(phrase: Phrase<'_>) -> bool {
    QUESTIONS.contains(&phrase.word(0))
}

/// "what did I say about X", "search my messages for X".
fn search(phrase: Phrase<'_>) -> Option<Request> {
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
fn look(phrase: Phrase<'_>) -> Option<Request> {
    let named = |task: Phrase<'_>| {
        let target = reference::read(task)?;
        (target != Target::Many).then_some(Request::Look(target))
    };
    if let Some(task) = phrase.after_any(&["when is", "when's", "when are"]) {
        return task.before("due").and_then(named);
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
    let about_tasks = phrase.has_any(TASKS) || phrase.has_any(&["all"]) && shown;
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
    } else if let Some(tag) = phrase
        .lowers()
        .into_iter()
        .find(|word| word.starts_with('#'))
    {
        listing.query = Some(tag.trim_start_matches('#').to_owned());
    } else {
        when(phrase, &mut listing);
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

/// When the tasks are due that are asked for. Days are given as phrases; the tools work them out.
fn when(phrase: Phrase<'_>, listing: &mut Listing) {
    if phrase.has_any(&["overdue", "late", "past due", "too late"]) {
        listing.due_before = Some("today".to_owned());
        listing.which = Which::Open;
        listing.when = Some("overdue".to_owned());
        return;
    }
    let today = phrase.has_any(&["today's"]).then(|| "today".to_owned());
    let ended = phrase
        .without_trailing(super::POLITE_TAIL)
        .without_trailing(&["on my list", "on the list", "exactly"]);
    let (lead, day, timed) = match due::at_end(ended) {
        Some((_, due)) => {
            let lead = lead_of(ended, &due.text);
            (lead, due.text, due.timed)
        }
        None => match today {
            Some(today) => ("", today, false),
            None => {
                if phrase.has_any(&["due", "deadlines", "deadline"]) {
                    listing.due_after = Some("2000-01-01".to_owned());
                    listing.when = Some("with a due date".to_owned());
                }
                return;
            }
        },
    };
    let lower = day.to_lowercase();
    let upto = if timed {
        day.clone()
    } else {
        format!("1 day from {day}")
    };
    let (after, before) = match (lead, lower.as_str()) {
        ("before", _) => (None, day.clone()),
        ("by" | "until" | "till", _) => (None, upto),
        (_, "this week") => (Some("today".to_owned()), "next week".to_owned()),
        (_, "this month") => (Some("today".to_owned()), "next month".to_owned()),
        (_, "this year") => (Some("today".to_owned()), "next year".to_owned()),
        (_, "next week") => (Some(day.clone()), "1 week from next week".to_owned()),
        (_, "next month") => (Some(day.clone()), "1 month from next month".to_owned()),
        (_, "this weekend" | "next weekend" | "the weekend") => {
            (Some(day.clone()), format!("2 days from {day}"))
        }
        (_, "tonight" | "this evening") => (Some("today".to_owned()), "tomorrow".to_owned()),
        _ => (Some(day.clone()), upto),
    };
    listing.due_after = after;
    listing.due_before = Some(before);
    listing.when = Some(match lead {
        "before" | "by" | "until" | "till" => format!("due {lead} {day}"),
        _ => format!("due {day}"),
    });
    if listing.which == Which::All {
        listing.which = Which::Open;
    }
}

/// The word before a date at the end of a phrase, if it leads to it.
fn lead_of(phrase: Phrase<'_>, day: &str) -> &'static str {
    let at = phrase
        .len()
        .saturating_sub(day.split_whitespace().count() + 1);
    ["before", "by", "until", "till"]
        .into_iter()
        .find(|lead| phrase.word(at) == *lead)
        .unwrap_or_default()
}
