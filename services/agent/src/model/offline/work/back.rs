//! Taking back what was done.

use serde_json::json;

use super::{
    super::reply::{self, Doing},
    Waiting, Work,
};

impl Work {
    /// "Go back", "cancel that": what was done just now, or nothing.
    pub(super) fn step_back(&mut self) -> Result<String, Waiting> {
        if self.memory.changed_last() {
            return self.undo();
        }
        Ok(if self.is_asked() {
            reply::nothing_to_decide()
        } else {
            reply::nothing_to_step_back()
        })
    }

    pub(super) fn undo(&mut self) -> Result<String, Waiting> {
        self.after_the_rest()?;
        // Who was just asked something and has nothing to undo takes the request back.
        if self.is_asked() && !self.memory.changed_last() {
            return Ok(reply::nothing_to_step_back());
        }
        let operations = self.memory.latest_operations();
        if operations.is_empty() {
            let envelope = self.call("undo", json!({}))?;
            return Ok(reply::done(Doing::Undo, "", &envelope));
        }
        let mut sentences = Vec::new();
        for operation in operations {
            // Asked for together, so that a half success is known as one.
            if let Ok(envelope) = self.call("undo", json!({"operation_id": operation})) {
                sentences.push(reply::done(Doing::Undo, "", &envelope));
            }
        }
        if self.wanted.is_empty() {
            Ok(reply::join(&sentences))
        } else {
            Err(Waiting)
        }
    }

    pub(super) fn redo(&mut self) -> Result<String, Waiting> {
        self.after_the_rest()?;
        let Some(undo) = self.memory.latest_undo() else {
            return Ok(reply::nothing_to_redo());
        };
        let envelope = self.call("undo", json!({"operation_id": undo}))?;
        Ok(reply::done(Doing::Redo, "", &envelope))
    }
}
