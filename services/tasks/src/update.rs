//! Changing fields of a task.

use serde_json::{Value, json};
use taskchat_domain::{
    Error, Noun, ReceiptKind, Result, Status, Task, TaskChange, TaskId, TaskPatch, Timestamp,
};

use crate::{
    By, Outcome, Tasks,
    fields::{kind_of, next_version},
    operation::{Act, Effect, Site},
    series::follow,
};

struct Update {
    id: TaskId,
    patch: TaskPatch,
    expected_version: Option<i32>,
}

impl Tasks {
    /// Changes fields of a task, if it still has the expected version when one is given.
    ///
    /// # Errors
    /// [`Error::NothingToUpdate`] for an empty patch, [`Error::NotFound`],
    /// [`Error::Conflict`] naming `version`.
    pub async fn update(
        &self,
        by: &By,
        id: TaskId,
        patch: TaskPatch,
        expected_version: Option<i32>,
    ) -> Result<Outcome> {
        if patch.is_empty() {
            return Err(Error::NothingToUpdate);
        }
        let update = Update {
            id,
            patch,
            expected_version,
        };
        self.once(by, update).await
    }
}

impl Act for Update {
    const VERB: &'static str = "update";

    fn arguments(&self) -> Result<Value> {
        Ok(json!({
            "task_id": self.id,
            "patch": self.patch,
            "version": self.expected_version,
        }))
    }

    async fn apply(self, site: &Site<'_>) -> Result<Effect> {
        let task = existing(site, self.id).await?;
        if let Some(version) = self.expected_version
            && version != task.version
        {
            return Err(Error::Conflict {
                field: Some("version".into()),
                problem: format!(
                    "the task has changed in the meantime: it has version {}, not {version}",
                    task.version
                )
                .into(),
            });
        }
        let changed = patched(&task, self.patch, site.now);
        save(site, task, changed).await
    }
}

/// A task that is not deleted, to be changed.
pub(crate) async fn existing(site: &Site<'_>, id: TaskId) -> Result<Task> {
    match site.tx.task_for_update(id).await? {
        Some((task, false)) => Ok(task),
        Some((_, true)) | None => Err(Error::NotFound(Noun::Task)),
    }
}

/// Stores a changed task as its next version, with what becomes of the next occurrence when it
/// repeats.
pub(crate) async fn save(site: &Site<'_>, before: Task, mut after: Task) -> Result<Effect> {
    if before == after {
        return Ok(Effect::Nothing(before));
    }
    next_version(&mut after, site.now);
    site.tx.save_task(&after).await?;
    let following = follow(site, &before, &after).await?;
    let mut changes = vec![TaskChange {
        before: Some(before),
        after: Some(after),
    }];
    changes.extend(following);
    let kind = changes.first().map_or(ReceiptKind::Updated, kind_of);
    Ok(Effect::Changed {
        kind,
        changes,
        undoes: None,
    })
}

fn patched(task: &Task, patch: TaskPatch, now: Timestamp) -> Task {
    let mut task = task.clone();
    if let Some(title) = patch.title {
        task.title = title;
    }
    if let Some(description) = patch.description {
        task.description = description;
    }
    if let Some(status) = patch.status {
        set_status(&mut task, status, now);
    }
    if let Some(priority) = patch.priority {
        task.priority = priority;
    }
    if let Some(due) = patch.due {
        task.due = due;
    }
    if let Some(tags) = patch.tags {
        task.tags = tags;
    }
    if let Some(recurrence) = patch.recurrence {
        task.recurrence = recurrence;
    }
    task
}

/// Completing a completed task keeps the instant at which it was completed.
pub(crate) fn set_status(task: &mut Task, status: Status, now: Timestamp) {
    task.completed_at = match status {
        Status::Completed => task.completed_at.or(Some(now)),
        Status::Pending | Status::InProgress => None,
    };
    task.status = status;
}
