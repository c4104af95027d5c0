//! The occurrence that follows on a repeating task: added when the task is completed, and taken away
//! again when it is reopened.
//!
//! Whoever ticks a task off by mistake and tries again has one series, not two: while the next
//! occurrence is there, completing adds none.

use taskchat_domain::{Result, Status, Task, TaskChange, TaskId};

use crate::{
    fields::{FIELDS, next_version},
    operation::Site,
    recurrence::next_occurrence,
};

/// What becomes of the next occurrence when a task changes.
pub(crate) async fn follow(
    site: &Site<'_>,
    before: &Task,
    after: &Task,
) -> Result<Option<TaskChange>> {
    match (before.status, after.status) {
        (Status::Completed, Status::Completed) => Ok(None),
        (_, Status::Completed) => add(site, after).await,
        (Status::Completed, _) => take_away(site, after.id).await,
        _ => Ok(None),
    }
}

async fn add(site: &Site<'_>, done: &Task) -> Result<Option<TaskChange>> {
    if done.recurrence.is_none() || next_of(site, done.id).await?.is_some() {
        return Ok(None);
    }
    let zone = site.tx.time_zone().await?;
    let Some(next) = next_occurrence(done, zone, site.origin, site.now) else {
        return Ok(None);
    };
    site.tx.insert_task(&next).await?;
    Ok(Some(TaskChange {
        before: None,
        after: Some(next),
    }))
}

/// One that somebody has changed since is theirs, and stays.
async fn take_away(site: &Site<'_>, reopened: TaskId) -> Result<Option<TaskChange>> {
    let Some((added, next)) = next_of(site, reopened).await? else {
        return Ok(None);
    };
    if FIELDS.iter().any(|field| !(field.same)(&added, &next)) {
        return Ok(None);
    }
    let mut gone = next.clone();
    next_version(&mut gone, site.now);
    site.tx.set_task_deleted(&gone, Some(site.now)).await?;
    Ok(Some(TaskChange {
        before: Some(next),
        after: None,
    }))
}

/// The occurrence that a task has been given: as it was added (or taken away, and restored since),
/// and as it is. `None` when there is none, or it is deleted.
async fn next_of(site: &Site<'_>, task: TaskId) -> Result<Option<(Task, Task)>> {
    let Some(change) = site.tx.latest_beside(task).await? else {
        return Ok(None);
    };
    let Some(added) = change.task().cloned() else {
        return Ok(None);
    };
    match site.tx.task_for_update(added.id).await? {
        Some((next, false)) => Ok(Some((added, next))),
        Some((_, true)) | None => Ok(None),
    }
}
