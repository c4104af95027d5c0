//! Requests → the arguments of tools.

use serde_json::{Map, Value, json};

use super::request::{Change, NewTask};

/// What is passed to `add_task`.
pub(super) fn new_task(task: &NewTask) -> Value {
    let mut arguments = Map::new();
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            arguments.insert(name.to_owned(), value);
        }
    };
    put("title", Some(task.title.clone().into()));
    put("priority", task.priority.map(Into::into));
    put("due", task.due.clone().map(Into::into));
    put("recurrence", task.recurrence.clone().map(Into::into));
    put("tags", (!task.tags.is_empty()).then(|| json!(task.tags)));
    Value::Object(arguments)
}

/// What is passed to `update_task`, beside the task.
pub(super) fn changed(change: &Change) -> Map<String, Value> {
    let (name, value) = match change {
        Change::Title(title) => ("title", title.as_str()),
        Change::Priority(level) => ("priority", *level),
        Change::Due(when) => ("due", when.as_str()),
        Change::Recurrence(rule) => ("recurrence", rule.as_str()),
        Change::Description(text) => ("description", text.as_str()),
        Change::Start => ("status", "in_progress"),
    };
    Map::from_iter([(name.to_owned(), value.into())])
}
