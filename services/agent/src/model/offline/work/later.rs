//! Moving a due date by so much: what that comes to depends on when the task is due.

use serde_json::{Map, json};

use super::{
    super::{
        reply::{self, Doing},
        request::{Shift, Target},
    },
    Waiting, Work,
};

impl Work {
    /// Looks when the task is due, and moves that. What is due on no day is put off from today.
    pub(super) fn shift(&mut self, target: &Target, shift: &Shift) -> Result<String, Waiting> {
        let named = match self.find(target, Doing::Change)? {
            Ok(named) => named,
            Err(question) => return Ok(question),
        };
        self.after_the_rest()?;
        let task = self.look_up("get_task", json!({"task_id": named.argument}))?;
        let Some(id) = task.pointer("/data/id").and_then(|id| id.as_str()) else {
            return Ok(reply::done(Doing::Change, &named.shown, &task));
        };
        // "Fri 27 Nov 2026, 17:00"
        let due = task.pointer("/data/due_date").and_then(|due| due.as_str());
        let title = task.pointer("/data/title").and_then(|title| title.as_str());
        let title = title.unwrap_or(&named.shown);
        let Shift { length, earlier } = shift;
        let way = if *earlier { "before" } else { "from" };
        let due = match due.map(|due| due.split_once(',').map_or((due, ""), |parts| parts)) {
            None if *earlier => return Ok(reply::not_due(title)),
            None => format!("in {}", length.text),
            Some((day, "")) if length.timed => return Ok(reply::due_at_no_time(title, day)),
            Some((day, time)) if length.timed => format!("{} {way} {day},{time}", length.text),
            // The time of day stays as it is.
            Some((day, _)) => format!("{} {way} {day}", length.text),
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
