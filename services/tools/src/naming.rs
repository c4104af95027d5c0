//! Which task is meant: its id, or words of its title.
//!
//! Words that fit several tasks are never settled by a guess, nor are words that only begin like
//! those of a title. One thing is not a guess: of tasks with the same name, the open one is meant
//! where there is only one (a repeating task leaves completed ones of its name behind), and for
//! reopening, the completed one.

use std::collections::HashSet;

use serde_json::Value;
use taskchat_domain::{Error, Noun, PageRequest, Status, Task, TaskId, Title};
use taskchat_tasks::Found;

use crate::{
    outcome::{Code, Refusal},
    tool::Call,
};

/// The most choices offered at once.
const CHOICES: usize = 10;

/// How many of the latest operations are looked through for deleted tasks.
const LOOK_BACK: u32 = PageRequest::MAX;

/// Which of several tasks of that name is preferred.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Among {
    /// Those not completed.
    OpenFirst,
    /// Those completed.
    CompletedFirst,
}

/// How a task is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Name<'a> {
    Id(TaskId),
    Words(&'a str),
}

/// The name given in the call.
pub(crate) fn given<'a>(call: &'a Call<'_>) -> Result<Name<'a>, Refusal> {
    match call.args.raw("task_id") {
        None => Err(missing()),
        Some(Value::String(text)) => parse(text),
        Some(_) => Err(invalid()),
    }
}

/// The task that is named, among those not deleted. An id is taken as it is: whether it exists is
/// for the operation to find out.
pub(crate) async fn task_id(call: &Call<'_>, among: Among) -> Result<TaskId, Refusal> {
    match given(call)? {
        Name::Id(id) => Ok(id),
        Name::Words(words) => {
            let found = call.tools.tasks.find(&call.bench.user, words).await?;
            one_of(found, |task| {
                (task.status == Status::Completed) == (among == Among::CompletedFirst)
            })
        }
    }
}

/// The task that is named, among those deleted lately.
pub(crate) async fn deleted_task_id(call: &Call<'_>) -> Result<TaskId, Refusal> {
    let words = match given(call)? {
        Name::Id(id) => return Ok(id),
        Name::Words(words) => words,
    };
    let page = PageRequest {
        size: LOOK_BACK,
        token: None,
    };
    let latest = call
        .tools
        .tasks
        .operations(&call.bench.user, None, &page)
        .await?;
    // The newest operation on a task says whether it is deleted now.
    let mut seen = HashSet::new();
    let mut deleted = Vec::new();
    for operation in latest.items {
        for change in operation.changes {
            let Some(task) = change.task() else {
                continue;
            };
            if seen.insert(task.id) && change.after.is_none() {
                deleted.push(task.clone());
            }
        }
    }
    one_of(Found::among(deleted, words), |_| true)
}

/// The only one, or the only one that is preferred.
fn one_of(found: Found, is_preferred: impl Fn(&Task) -> bool) -> Result<TaskId, Refusal> {
    let (found, is_sure) = match found {
        Found::Named(tasks) => (tasks, true),
        Found::Alike(tasks) => (tasks, false),
    };
    let preferred: Vec<Task> = found
        .iter()
        .filter(|task| is_preferred(task))
        .cloned()
        .collect();
    let left = if preferred.is_empty() {
        found
    } else {
        preferred
    };
    match left.as_slice() {
        [] => Err(Error::NotFound(Noun::Task).into()),
        [only] if is_sure => Ok(only.id),
        several => Err(Refusal::ambiguous(
            several.get(..CHOICES).unwrap_or(several),
        )),
    }
}

fn parse(text: &str) -> Result<Name<'_>, Refusal> {
    let text = text
        .trim()
        .trim_matches(['"', '\'', '`', '“', '”', '‘', '’'])
        .trim();
    if text.is_empty() {
        return Err(missing());
    }
    if let Ok(id) = TaskId::parse(text) {
        return Ok(Name::Id(id));
    }
    if text.contains('\0') || is_mangled_id(text) {
        return Err(invalid());
    }
    if text.chars().count() > Title::MAX {
        let problem = "must be an id, or at most 200 characters of a title";
        return Err(Refusal::invalid("task_id", problem));
    }
    Ok(Name::Words(text))
}

/// True for what was meant to be a UUID: cut short, with a digit too many, with a wrong letter.
fn is_mangled_id(text: &str) -> bool {
    let text = text.trim_matches(['{', '}', '<', '>', '#']);
    let has_digit = text.chars().any(|c| c.is_ascii_digit());
    let is_hex = |c: char| c.is_ascii_hexdigit() || c == '-';
    let has_shape = text.split('-').count() == 5
        && (30..=40).contains(&text.len())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    has_digit && (has_shape || (text.len() >= 13 && text.chars().all(is_hex)))
}

fn missing() -> Refusal {
    Refusal::new(
        Code::MissingTaskId,
        "task_id is required: the task's id, or words of its title",
    )
}

fn invalid() -> Refusal {
    Refusal::new(
        Code::InvalidTaskId,
        "task_id must be the id of a task, or words of its title",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_an_id_or_words_or_neither() {
        let id = TaskId::new();
        for text in [
            id.to_string(),
            format!(" {id} "),
            format!("\"{id}\""),
            id.uuid().simple().to_string(),
        ] {
            assert_eq!(parse(&text).unwrap(), Name::Id(id), "{text}");
        }
        for words in [
            "milk",
            "buy 2 milk",
            "deadbeef",
            "call 555-1234",
            "not-a-uuid",
            "cafe",
            "2026-11-27",
            "42",
        ] {
            assert_eq!(parse(words).unwrap(), Name::Words(words));
        }
        for (text, code) in [
            ("", Code::MissingTaskId),
            (" \t", Code::MissingTaskId),
            ("\"\"", Code::MissingTaskId),
            ("019a0000-0000-7000-8000-00000000000", Code::InvalidTaskId),
            ("019a0000-0000-7000-8000-0000000000000", Code::InvalidTaskId),
            ("019a0000-0000-7000-8000", Code::InvalidTaskId),
            ("zzza0000-0000-7000-8000-000000000000", Code::InvalidTaskId),
            ("019a00000000700080000000000000", Code::InvalidTaskId),
            ("mi\0lk", Code::InvalidTaskId),
        ] {
            assert_eq!(parse(text).unwrap_err().code(), code, "{text:?}");
        }
    }
}
