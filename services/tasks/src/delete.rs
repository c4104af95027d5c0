//! Deleting a task, and bringing it back.

use serde_json::{Value, json};
use taskchat_domain::{Error, Noun, ReceiptKind, Result, TaskId};

use crate::{
    By, Outcome, Tasks,
    fields::next_version,
    operation::{Act, Effect, Site},
    update::existing,
};

struct Delete {
    id: TaskId,
}

struct Restore {
    id: TaskId,
}

impl Tasks {
    /// Deletes a task. It can be restored.
    ///
    /// # Errors
    /// [`Error::NotFound`], also when it is deleted already.
    pub async fn delete(&self, by: &By, id: TaskId) -> Result<Outcome> {
        self.once(by, Delete { id }).await
    }

    /// Brings a deleted task back as it was. One that is not deleted is left alone.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn restore(&self, by: &By, id: TaskId) -> Result<Outcome> {
        self.once(by, Restore { id }).await
    }
}

impl Act for Delete {
    const VERB: &'static str = "delete";

    fn arguments(&self) -> Result<Value> {
        Ok(json!({ "task_id": self.id }))
    }

    async fn apply(self, site: &Site<'_>) -> Result<Effect> {
        let task = existing(site, self.id).await?;
        let mut gone = task.clone();
        next_version(&mut gone, site.now);
        site.tx.set_task_deleted(&gone, Some(site.now)).await?;
        Ok(Effect::of_one(ReceiptKind::Deleted, Some(task), None))
    }
}

impl Act for Restore {
    const VERB: &'static str = "restore";

    fn arguments(&self) -> Result<Value> {
        Ok(json!({ "task_id": self.id }))
    }

    async fn apply(self, site: &Site<'_>) -> Result<Effect> {
        let mut task = match site.tx.task_for_update(self.id).await? {
            Some((task, true)) => task,
            Some((task, false)) => return Ok(Effect::Nothing(task)),
            None => return Err(Error::NotFound(Noun::Task)),
        };
        next_version(&mut task, site.now);
        site.tx.set_task_deleted(&task, None).await?;
        Ok(Effect::of_one(ReceiptKind::Restored, None, Some(task)))
    }
}
