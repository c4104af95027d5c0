//! What is said when nothing was done: questions back, and what the assistant can do.

use serde_json::Value;

use super::{Doing, failed, numbered};
use crate::model::offline::request::NewTask;

const ABILITIES: &str = "I can add tasks, list them, mark them as done, rename and tag them, change \
                         their priority or due date, delete them, and undo what was done.";

/// What a reply holds that asks the person back: the next message may be an answer.
pub(in crate::model::offline) const ASKS: &[&str] =
    &["Which", "Until when", "Earlier or later", "Shall I add"];

/// Asks which task is meant, and shows those there are.
pub(in crate::model::offline) fn which(envelope: &Value) -> String {
    let tasks = envelope
        .pointer("/data/tasks")
        .and_then(Value::as_array)
        .filter(|tasks| !tasks.is_empty());
    match tasks {
        Some(tasks) => format!(
            "Which task do you mean? You have:\n\n{}",
            numbered(Some(tasks))
        ),
        None => "Which task do you mean? There is none left on your list.".to_owned(),
    }
}

pub(in crate::model::offline) fn no_such_number(number: usize, count: usize) -> String {
    format!(
        "There is no number {number} in the list above, it ends at {count}. Which one do you mean?"
    )
}

pub(in crate::model::offline) fn no_such_title(words: &str, envelope: &Value) -> String {
    if envelope["success"] != true {
        return failed(Doing::Change, words, None, &envelope["error"]);
    }
    format!(
        "I couldn't find a task whose name “{words}” begins with, so nothing was changed. Try \
         “rename … to …”."
    )
}

pub(in crate::model::offline) fn one_at_a_time(doing: Doing) -> String {
    let what = doing.done();
    format!(
        "Nothing was {what}: without an AI model I work on one task at a time. Which one do you mean?"
    )
}

pub(in crate::model::offline) fn no_such_priority(said: &str) -> String {
    let choices = "A task's priority is low, medium, high or urgent. Which one shall it be?";
    if said.is_empty() {
        choices.to_owned()
    } else {
        format!("There is no priority “{said}”, so nothing was changed. {choices}")
    }
}

pub(in crate::model::offline) fn no_title() -> String {
    "What should the task be called?".to_owned()
}

pub(in crate::model::offline) fn greeting() -> String {
    format!("Hello! {ABILITIES} What would you like to do?")
}

pub(in crate::model::offline) fn thanks() -> String {
    "You're welcome!".to_owned()
}

pub(in crate::model::offline) fn help() -> String {
    format!(
        "{ABILITIES} For example: “Add buy milk by Friday”, “What do I have to do?”, “Tick off buy \
         milk”, “Make it high priority”, “Undo that”."
    )
}

pub(in crate::model::offline) fn nothing_to_decide() -> String {
    "All right. Nothing was changed. What would you like to do next?".to_owned()
}

pub(in crate::model::offline) fn vague() -> String {
    format!("What exactly would you like me to do, and with which task? {ABILITIES}")
}

pub(in crate::model::offline) fn what_with_it() -> String {
    "What would you like me to do with it? For example: “Tick off number one”.".to_owned()
}

pub(in crate::model::offline) fn nothing_to_redo() -> String {
    "There is nothing to redo.".to_owned()
}

pub(in crate::model::offline) fn not_understood() -> String {
    format!(
        "I can only help with your list of tasks. {ABILITIES} For example: “Add buy milk by Friday”."
    )
}

pub(in crate::model::offline) fn too_long() -> String {
    format!("That is more than I can read at once without an AI model. {ABILITIES}")
}

/// For more than can be done in one turn.
pub(in crate::model::offline) fn too_much() -> String {
    "That is more than I can do at once, so nothing was changed. Please say it in parts.".to_owned()
}

pub(in crate::model::offline) fn half_understood(text: &str) -> String {
    format!("I did not understand “{text}”.")
}

/// Asks whether what may be a task or a request is to be added.
pub(in crate::model::offline) fn offer(tasks: &[NewTask]) -> String {
    match tasks {
        [only] => format!(
            "Shall I add “{}” to your list{}? So far nothing was changed.",
            only.title,
            told(only)
        ),
        _ => {
            let titles = tasks
                .iter()
                .map(|task| format!("- “{}”{}", task.title, told(task)));
            format!(
                "Is this a list? Nothing was changed so far. Shall I add these {} tasks?\n\n{}",
                tasks.len(),
                titles.collect::<Vec<_>>().join("\n")
            )
        }
    }
}

/// For what may be a task to be added as well as one to be changed.
pub(in crate::model::offline) fn doubtful_offer(tasks: &[NewTask]) -> String {
    let offer = offer(tasks);
    match tasks {
        [_] => format!(
            "{offer} To change a task you have, say “tick off …”, “rename … to …” or “delete …”."
        ),
        _ => offer,
    }
}

/// ", due tomorrow, repeating"
fn told(task: &NewTask) -> String {
    let due = task.due.iter().map(|due| format!(", due {due}"));
    let repeats = task.recurrence.iter().map(|_| ", repeating".to_owned());
    due.chain(repeats).collect()
}

/// For tags that are to become what they are.
pub(in crate::model::offline) fn same_tags(title: &str, tags: &[&str]) -> String {
    match tags {
        [] => format!("“{title}” has no tags, so nothing was changed."),
        tags => format!(
            "“{title}” keeps its tags, so nothing was changed: {}.",
            tags.join(", ")
        ),
    }
}

/// For what sounds like a request and may well be none.
pub(in crate::model::offline) fn unsure(text: &str) -> String {
    format!(
        "I am not sure what you would like me to do about “{text}”, so nothing was changed. If you \
         want a change, say just that, as in “tick off buy milk” or “delete buy milk”."
    )
}

/// For a task that is to be put off, nobody knows until when.
pub(in crate::model::offline) fn until_when(named: Option<&str>) -> String {
    let it = named.map_or_else(|| "it".to_owned(), |title| format!("“{title}”"));
    format!("Until when shall I put {it} off? For example “until Friday”.")
}

/// For what is to be moved "forward".
pub(in crate::model::offline) fn either_way() -> String {
    "Earlier or later? Nothing was changed so far.".to_owned()
}

/// For a task that is to be done earlier, and is due on no day.
pub(in crate::model::offline) fn not_due(title: &str) -> String {
    format!("“{title}” has no due date, so nothing was changed. When shall it be due?")
}

/// For a task that is to be moved by hours, and is due on a day as a whole.
pub(in crate::model::offline) fn due_at_no_time(title: &str, day: &str) -> String {
    format!(
        "“{title}” is due on {day}, at no time of day, so nothing was changed. At what time shall it \
         be due? For example “move it to {day} at 5pm”."
    )
}

pub(in crate::model::offline) fn no_such_exact_title(words: &str) -> String {
    format!(
        "I couldn't find a task called exactly “{words}”, so nothing was deleted. If you want one \
         deleted, say “delete …”."
    )
}

pub(in crate::model::offline) fn too_many(count: usize, most: usize) -> String {
    format!(
        "Those are {count} tasks, more than the {most} I can add at once, so nothing was added. \
         Please send them in parts."
    )
}

/// For "go back" when the latest message changed nothing.
pub(in crate::model::offline) fn nothing_to_step_back() -> String {
    "Nothing was changed just now. To take back what was changed before that, say “undo”."
        .to_owned()
}
