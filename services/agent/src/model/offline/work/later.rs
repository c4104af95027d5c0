//! Putting a task off by so much: what that comes to depends on when it is due.

use serde_json::{Map, json};

use super::{
    super::{
        reply::{self, Doing},
        request::Target,
    },
    Waiting, Work,
};

impl Work {
    /// Looks when the task is due, and moves that; what is due on no day is put off from today.
    pub(super) fn put_off(&mut self, target: &Target, length: &str) -> Result<String, Waiting> {
        let named = match self.find(target, Doing::Change)? {
            Ok(named) => named,
            Err(question) => return Ok(question),
        };
        self.after_the_rest()?;
        let task = self.look_up("get_task", json!({"task_id": named.argument}))?;
        let Some(id) = task.pointer("/data/id").and_then(|id| id.as_str()) else {
            return Ok(reply::done(Doing::Change, &named.shown, &task));
        };
        // "Fri 27 Nov 2026, 17:00": the time of day stays as it is.
        let due = task.pointer("/data/due_date").and_then(|due| due.as_str());
        let due = match due.and_then(|due| due.split(',').next()) {
            Some(day) => format!("{length} from {day}"),
            None => format!("in {length}"),
        };
        let arguments = Map::from_iter([("due".to_owned(), due.into())]);
        self.act(
            &Target::Id(id.to_owned()),
            Doing::Change,
            "update_task",
            arguments,
        )
    }
}
