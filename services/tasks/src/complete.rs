//! Completing a task, and reopening it.

use serde_json::{Value, json};
use taskchat_domain::{Result, Status, TaskId};

use crate::{
    By, Outcome, Tasks,
    operation::{Act, Effect, Site},
    update::{existing, save, set_status},
};

struct Complete {
    id: TaskId,
}

struct Reopen {
    id: TaskId,
}

impl Tasks {
    /// Completes a task, which adds the next one when it repeats; or makes a completed one pending
    /// again, which takes the next one away as long as nobody has changed it. A task that is so
    /// already is left alone.
    ///
    /// # Errors
    /// [`taskchat_domain::Error::NotFound`].
    pub async fn set_completed(&self, by: &By, id: TaskId, completed: bool) -> Result<Outcome> {
        if completed {
            self.once(by, Complete { id }).await
        } else {
            self.once(by, Reopen { id }).await
        }
    }
}

impl Act for Complete {
    const VERB: &'static str = "complete";

    fn arguments(&self) -> Result<Value> {
        Ok(json!({ "task_id": self.id }))
    }

    async fn apply(self, site: &Site<'_>) -> Result<Effect> {
        let task = existing(site, self.id).await?;
        let mut done = task.clone();
        set_status(&mut done, Status::Completed, site.now);
        save(site, task, done).await
    }
}

impl Act for Reopen {
    const VERB: &'static str = "reopen";

    fn arguments(&self) -> Result<Value> {
        Ok(json!({ "task_id": self.id }))
    }

    async fn apply(self, site: &Site<'_>) -> Result<Effect> {
        let task = existing(site, self.id).await?;
        if task.status != Status::Completed {
            return Ok(Effect::Nothing(task));
        }
        let mut open = task.clone();
        set_status(&mut open, Status::Pending, site.now);
        save(site, task, open).await
    }
}
