//! Adding a task.

use serde_json::Value;
use taskchat_domain::{Error, NewTask, ReceiptKind, Result, Status, Task, TaskId};

use crate::{
    By, Outcome, Tasks,
    operation::{Act, Effect, Site},
};

struct Create {
    new: NewTask,
}

impl Tasks {
    /// Adds a task.
    ///
    /// # Errors
    /// [`Error::AlreadyExists`] when the key was used for something else.
    pub async fn create(&self, by: &By, new: NewTask) -> Result<Outcome> {
        self.once(by, Create { new }).await
    }
}

impl Act for Create {
    const VERB: &'static str = "create";

    fn arguments(&self) -> Result<Value> {
        serde_json::to_value(&self.new).map_err(Error::internal)
    }

    async fn apply(self, site: &Site<'_>) -> Result<Effect> {
        let new = self.new;
        let task = Task {
            id: TaskId::new(),
            title: new.title,
            description: new.description,
            status: new.status,
            priority: new.priority,
            due: new.due,
            completed_at: (new.status == Status::Completed).then_some(site.now),
            tags: new.tags,
            recurrence: new.recurrence,
            created_at: site.now,
            updated_at: site.now,
            version: 1,
            created_by: site.origin,
        };
        site.tx.insert_task(&task).await?;
        Ok(Effect::of_one(ReceiptKind::Created, None, Some(task)))
    }
}
