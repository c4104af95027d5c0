//! Tags: a tool is told all that a task is to have, so those that it has are looked up before.

use serde_json::{Map, Value, json};

use super::{
    super::{
        reply::{self, Doing},
        request::{Labels, Target},
    },
    Waiting, Work,
};

impl Work {
    pub(super) fn label(&mut self, target: &Target, labels: &Labels) -> Result<String, Waiting> {
        let named = match self.find(target, Doing::Change)? {
            Ok(named) => named,
            Err(question) => return Ok(question),
        };
        self.after_the_rest()?;
        let task = self.look_up("get_task", json!({"task_id": named.argument}))?;
        let Some(id) = task.pointer("/data/id").and_then(Value::as_str) else {
            return Ok(reply::done(Doing::Change, &named.shown, &task));
        };
        let title = task.pointer("/data/title").and_then(Value::as_str);
        let had: Vec<&str> = task
            .pointer("/data/tags")
            .and_then(Value::as_array)
            .map(|tags| tags.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default();
        let same = |one: &str, other: &str| one.to_lowercase() == other.to_lowercase();
        let mut tags = had.clone();
        match labels {
            Labels::Remove(labels) => {
                tags.retain(|tag| !labels.iter().any(|label| same(label, tag)));
            }
            Labels::Add(labels) => {
                for label in labels {
                    if !tags.iter().any(|tag| same(tag, label)) {
                        tags.push(label);
                    }
                }
            }
        }
        if tags == had {
            return Ok(reply::same_tags(title.unwrap_or(&named.shown), &had));
        }
        let arguments = Map::from_iter([("tags".to_owned(), json!(tags))]);
        self.act(
            &Target::Id(id.to_owned()),
            Doing::Change,
            "update_task",
            arguments,
        )
    }
}
