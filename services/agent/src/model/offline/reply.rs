//! Envelopes → sentences. Nothing is said to have happened but what a result says.

mod said;

use serde_json::{Map, Value};

pub(super) use said::*;

use super::request::{Listing, Which};

/// What a call was meant to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doing {
    Add,
    LookUp,
    Change,
    Complete,
    Reopen,
    Delete,
    Restore,
    Undo,
    Redo,
}

/// The most tasks shown in a reply.
pub(super) const SHOWN: usize = 50;

impl Doing {
    /// True when "X and Y" may well be two tasks.
    pub(super) const fn is_for_several(self) -> bool {
        matches!(self, Self::Complete | Self::Reopen | Self::Delete)
    }

    /// "nothing was ..."
    const fn done(self) -> &'static str {
        match self {
            Self::Add => "added",
            Self::LookUp => "looked up",
            Self::Change => "changed",
            Self::Complete => "marked as done",
            Self::Reopen => "reopened",
            Self::Delete => "deleted",
            Self::Restore => "restored",
            Self::Undo => "undone",
            Self::Redo => "redone",
        }
    }
}

/// What came of a call about the task called `named`.
pub(super) fn done(doing: Doing, named: &str, envelope: &Value) -> String {
    done_with(doing, named, None, envelope)
}

/// The same, with the date that was passed.
pub(super) fn done_with(doing: Doing, named: &str, due: Option<&str>, envelope: &Value) -> String {
    if envelope["success"] != true {
        return failed(doing, named, due, &envelope["error"]);
    }
    let title = title_of(envelope).unwrap_or(named);
    if doing == Doing::LookUp {
        return about(&envelope["data"]);
    }
    if let Some(summary) = envelope.pointer("/receipt/summary").and_then(Value::as_str) {
        return match doing {
            Doing::Delete => format!("{summary} Say “undo” to get it back."),
            _ => summary.to_owned(),
        };
    }
    match doing {
        Doing::Complete => format!("“{title}” is already done."),
        Doing::Reopen => {
            format!("“{title}” is not marked as done, so there was nothing to reopen.")
        }
        Doing::Restore => format!("“{title}” is on your list already."),
        _ => format!("“{title}” is like that already, so nothing was changed."),
    }
}

/// Why a call did not do what it was meant to, without codes.
fn failed(doing: Doing, named: &str, due: Option<&str>, error: &Value) -> String {
    let done = doing.done();
    let it = if named.is_empty() {
        "the task".to_owned()
    } else {
        format!("“{named}”")
    };
    let message = error["message"].as_str().unwrap_or_default();
    match error["code"].as_str().unwrap_or_default() {
        "TASK_NOT_FOUND" if named.is_empty() => {
            format!("I couldn't find that task, so nothing was {done}.")
        }
        "TASK_NOT_FOUND" => format!("I couldn't find a task called {it}, so nothing was {done}."),
        "AMBIGUOUS_TASK" => format!(
            "I'm not sure which task {it} is, so nothing was {done} yet. Which one is it?\n\n{}",
            numbered(error["choices"].as_array())
        ),
        "OPERATION_NOT_FOUND" => "There is nothing to undo.".to_owned(),
        "CONFLICT" => format!(
            "That could not be {done}, because something has changed since: {}.",
            plain(message)
        ),
        "VALIDATION_ERROR" if error["field"] == "due" => match due {
            Some(due) => format!(
                "I couldn't read “{due}” as a date, so nothing was {done}. Try “tomorrow”, “next \
                 friday 5pm” or “24 December”."
            ),
            None => format!("I couldn't read the date, so nothing was {done}."),
        },
        "MISSING_TITLE" => no_title(),
        "VALIDATION_ERROR" | "INVALID_TASK_ID" | "MISSING_TASK_ID" | "ALREADY_EXISTS"
        | "LIMIT_EXCEEDED"
            if !message.is_empty() =>
        {
            format!("Nothing was {done}: {}.", plain(message))
        }
        "DENIED" => format!("As you said no, {it} was not {done}."),
        "EXPIRED" => format!("There was no answer in time, so {it} was not {done}."),
        "TIMED_OUT" | "INTERRUPTED" | "TOOLS_UNAVAILABLE" => {
            format!("I got no answer about {it}; please check whether it was {done}.")
        }
        _ => format!("Something went wrong, and {it} was not {done}. Please try again."),
    }
}

/// A message of the system as part of a sentence.
fn plain(message: &str) -> String {
    message.trim_end_matches('.').replace('_', " ")
}

/// One task in full.
fn about(task: &Value) -> String {
    let title = task["title"].as_str().unwrap_or_default();
    let mut facts = vec![
        match task["status"].as_str() {
            Some("completed") => done_on(task),
            Some("in_progress") => "in progress".to_owned(),
            _ => "not done yet".to_owned(),
        },
        match task["due_date"].as_str() {
            Some(due) => format!("due {due}"),
            None => "no due date".to_owned(),
        },
    ];
    if let Some(priority) = task["priority"].as_str() {
        facts.push(format!("{priority} priority"));
    }
    if let Some(rule) = task["recurrence"].as_str() {
        facts.push(format!("repeats ({rule})"));
    }
    let mut said = format!("“{title}”: {}.", facts.join(", "));
    if let Some(more) = task["description"].as_str().filter(|text| !text.is_empty()) {
        said.push_str(&format!(" Note: {more}"));
    }
    said
}

/// What is passed to `list_tasks`.
pub(super) fn listing_arguments(listing: &Listing) -> Value {
    let status = match listing.which {
        Which::All => None,
        Which::Open => Some("open"),
        Which::InProgress => Some("in_progress"),
        Which::Completed => Some("completed"),
    };
    let mut arguments = Map::new();
    for (name, value) in [
        ("status", status),
        ("priority", listing.priority),
        ("due_after", listing.due_after.as_deref()),
        ("due_before", listing.due_before.as_deref()),
        ("completed_after", listing.completed_after.as_deref()),
        ("completed_before", listing.completed_before.as_deref()),
        ("query", listing.query.as_deref()),
    ] {
        if let Some(value) = value {
            arguments.insert(name.to_owned(), value.into());
        }
    }
    Value::Object(arguments)
}

/// The tasks that were asked for.
pub(super) fn listing(listing: &Listing, envelope: &Value) -> String {
    if envelope["success"] != true {
        return failed(
            Doing::LookUp,
            "your list",
            listing.when.as_deref(),
            &envelope["error"],
        );
    }
    let tasks = envelope.pointer("/data/tasks").and_then(Value::as_array);
    let count = tasks.map_or(0, Vec::len);
    let mut kind = String::new();
    if let Some(priority) = listing.priority {
        kind.push_str(&format!("{priority}-priority "));
    }
    kind.push_str(if count == 1 { "task" } else { "tasks" });
    for part in [
        listing
            .query
            .as_ref()
            .map(|words| format!("matching “{words}”")),
        listing.when.clone(),
    ]
    .into_iter()
    .flatten()
    {
        kind.push_str(&format!(" {part}"));
    }
    let narrowed = listing.query.is_some() || listing.when.is_some() || listing.priority.is_some();
    if count == 0 {
        return match listing.which {
            Which::Completed if listing.completed_after.is_some() => {
                format!("You did not finish any {kind}.")
            }
            Which::Completed => format!("You have not finished any {kind} yet: there are none."),
            Which::InProgress => format!("You have no {kind} in progress."),
            Which::Open if !narrowed => {
                "You have no tasks left to do: there is nothing on your list.".to_owned()
            }
            Which::All if !narrowed => "You have no tasks: your list is empty.".to_owned(),
            Which::Open | Which::All => format!("You have no {kind}."),
        };
    }
    let more = envelope.pointer("/data/more") == Some(&Value::Bool(true)) || count > SHOWN;
    let intro = match listing.which {
        Which::Completed if listing.completed_after.is_some() => {
            format!("You finished {count} {kind}:")
        }
        Which::Completed => format!("You have finished {count} {kind}:"),
        Which::InProgress => format!("You have {count} {kind} in progress:"),
        Which::Open if !narrowed => format!("You have {count} {kind} to do:"),
        Which::Open | Which::All => format!("You have {count} {kind}:"),
    };
    let ending = if more {
        "\n\nThere are more than these."
    } else {
        ""
    };
    format!("{intro}\n\n{}{ending}", numbered(tasks))
}

/// Tasks, one a line.
fn numbered(tasks: Option<&Vec<Value>>) -> String {
    let lines: Vec<String> = tasks
        .into_iter()
        .flatten()
        .take(SHOWN)
        .enumerate()
        .map(|(at, task)| format!("{}. {}", at + 1, line(task)))
        .collect();
    lines.join("\n")
}

/// "Water the plants (high priority, due 2026-11-27)".
fn line(task: &Value) -> String {
    let title = task["title"].as_str().unwrap_or_default();
    let mut marks = Vec::new();
    match task["status"].as_str() {
        Some("completed") => marks.push(done_on(task)),
        Some("in_progress") => marks.push("in progress".to_owned()),
        _ => {}
    }
    if let Some(priority) = task["priority"].as_str().filter(|level| *level != "medium") {
        marks.push(format!("{priority} priority"));
    }
    if let Some(due) = task["due_date"].as_str() {
        marks.push(format!("due {due}"));
    }
    if marks.is_empty() {
        title.to_owned()
    } else {
        format!("{title} ({})", marks.join(", "))
    }
}

/// "done Fri 27 Nov 2026".
fn done_on(task: &Value) -> String {
    let at = task["completed_at"].as_str();
    match at.and_then(|at| at.split(',').next()) {
        Some(day) => format!("done {day}"),
        None => "done".to_owned(),
    }
}

/// What was said about something in earlier messages.
pub(super) fn excerpts(words: &str, envelope: &Value) -> String {
    let found = envelope.pointer("/data/messages").and_then(Value::as_array);
    let lines: Vec<String> = found
        .into_iter()
        .flatten()
        .filter_map(|excerpt| excerpt["text"].as_str())
        .map(|text| format!("- {text}"))
        .collect();
    if envelope["success"] != true {
        return "Something went wrong while looking through earlier messages.".to_owned();
    }
    if lines.is_empty() {
        format!("I found nothing about “{words}” in earlier messages.")
    } else {
        format!("About “{words}” I found:\n\n{}", lines.join("\n"))
    }
}

/// Sentences, or lists between empty lines.
pub(super) fn join(sentences: &[String]) -> String {
    let separator = if sentences.iter().any(|sentence| sentence.contains('\n')) {
        "\n\n"
    } else {
        " "
    };
    sentences.join(separator)
}

fn title_of(envelope: &Value) -> Option<&str> {
    envelope
        .pointer("/data/title")
        .or_else(|| envelope.pointer("/receipt/task/title"))
        .and_then(Value::as_str)
}
