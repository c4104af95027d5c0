//! Taking operations back, and putting them in effect again.
//!
//! An undo is an operation of its own that names what it undoes. A redo is the undo of an undo. So
//! there are three sorts: originals (`undoes` nothing), undos (of originals) and redos (of undos),
//! and `undone_by` says of each whether it is in effect.

use serde_json::{Value, json};
use taskchat_domain::{Error, Noun, Operation, OperationId, Result, Task, TaskChange, TaskId};

use crate::{
    By, Outcome, Tasks,
    fields::{FIELDS, kind_of, next_version},
    operation::{Act, Effect, Site, is_idle},
};

struct Undo {
    id: OperationId,
}

struct UndoLatest;

struct Redo {
    id: OperationId,
}

impl Tasks {
    /// Takes an operation back. One that was taken back already is left alone: the outcome is the
    /// first undo's.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Conflict`] naming the field that has changed since, with
    /// nothing overwritten.
    pub async fn undo(&self, by: &By, id: OperationId) -> Result<Outcome> {
        self.once(by, Undo { id }).await
    }

    /// Takes back the latest operation that is in effect.
    ///
    /// # Errors
    /// As [`Self::undo`]; [`Error::NotFound`] when there is nothing to undo.
    pub async fn undo_latest(&self, by: &By) -> Result<Outcome> {
        self.once(by, UndoLatest).await
    }

    /// Puts an operation that was taken back in effect again.
    ///
    /// # Errors
    /// [`Error::NotUndone`] when it is in effect; otherwise as [`Self::undo`].
    pub async fn redo(&self, by: &By, id: OperationId) -> Result<Outcome> {
        self.once(by, Redo { id }).await
    }
}

impl Act for Undo {
    const VERB: &'static str = "undo";

    fn arguments(&self) -> Result<Value> {
        Ok(json!({ "operation_id": self.id }))
    }

    async fn apply(self, site: &Site<'_>) -> Result<Effect> {
        let operation = load(site, self.id).await?;
        undo(site, operation).await
    }
}

impl Act for UndoLatest {
    const VERB: &'static str = "undo_latest";

    fn arguments(&self) -> Result<Value> {
        Ok(json!({}))
    }

    async fn apply(self, site: &Site<'_>) -> Result<Effect> {
        let latest = site.tx.latest_undoable().await?;
        undo(site, latest.ok_or(Error::NotFound(Noun::Operation))?).await
    }
}

impl Act for Redo {
    const VERB: &'static str = "redo";

    fn arguments(&self) -> Result<Value> {
        Ok(json!({ "operation_id": self.id }))
    }

    async fn apply(self, site: &Site<'_>) -> Result<Effect> {
        let operation = load(site, self.id).await?;
        let undone_by = operation.undone_by.ok_or(Error::NotUndone(operation.id))?;
        let undoing = load(site, undone_by).await?;
        undo(site, undoing).await
    }
}

async fn load(site: &Site<'_>, id: OperationId) -> Result<Operation> {
    site.tx
        .operation_for_update(id)
        .await?
        .filter(|operation| !is_idle(operation))
        .ok_or(Error::NotFound(Noun::Operation))
}

async fn undo(site: &Site<'_>, operation: Operation) -> Result<Effect> {
    if let Some(by) = operation.undone_by {
        return Ok(Effect::Earlier(load(site, by).await?));
    }
    let Some(undone) = operation.undoes else {
        return undo_original(site, operation).await;
    };
    let undone = load(site, undone).await?;
    let Some(original) = undone.undoes else {
        return redo_original(site, operation, undone).await;
    };
    // The operation is a redo: taking it back is taking the original back once more.
    let original = load(site, original).await?;
    match original.undone_by {
        Some(by) => Ok(Effect::Earlier(load(site, by).await?)),
        None => undo_original(site, original).await,
    }
}

async fn undo_original(site: &Site<'_>, original: Operation) -> Result<Effect> {
    // The redo that had put it in effect again, if any, is taken back along with it.
    let latest_redo = site
        .tx
        .latest_undo_of(original.id)
        .await?
        .and_then(|undo| undo.undone_by);
    let effect = reverted(site, &original).await?;
    site.tx.set_undone_by(original.id, Some(site.id)).await?;
    if let Some(redo) = latest_redo {
        site.tx.set_undone_by(redo, Some(site.id)).await?;
    }
    Ok(effect)
}

async fn redo_original(site: &Site<'_>, undo: Operation, original: Operation) -> Result<Effect> {
    let effect = reverted(site, &undo).await?;
    site.tx.set_undone_by(undo.id, Some(site.id)).await?;
    site.tx.set_undone_by(original.id, None).await?;
    Ok(effect)
}

/// Takes all changes of an operation back, the last one first.
async fn reverted(site: &Site<'_>, operation: &Operation) -> Result<Effect> {
    // Held in the order in which operations write them, so that two never wait for each other.
    for id in operation.changes.iter().filter_map(TaskChange::task_id) {
        site.tx.task_for_update(id).await?;
    }
    let mut changes = Vec::new();
    for change in operation.changes.iter().rev() {
        changes.push(revert(site, change).await?);
    }
    // The task that the operation was about comes first.
    changes.reverse();
    let kind = changes
        .first()
        .map(kind_of)
        .ok_or_else(|| Error::internal("an operation of the ledger touches no task"))?;
    Ok(Effect::Changed {
        kind,
        changes,
        undoes: Some(operation.id),
    })
}

/// Takes one change back. Fields that it did not touch keep what they have now.
async fn revert(site: &Site<'_>, change: &TaskChange) -> Result<TaskChange> {
    let id: TaskId = change
        .task_id()
        .ok_or_else(|| Error::internal("a change of the ledger touches no task"))?;
    let (task, deleted) = site
        .tx
        .task_for_update(id)
        .await?
        .ok_or(Error::NotFound(Noun::Task))?;
    let mut changed = task.clone();
    next_version(&mut changed, site.now);
    match (&change.before, &change.after) {
        (before, Some(after)) => {
            if deleted {
                return Err(conflict(
                    None,
                    format!("“{}” was deleted since", task.title),
                ));
            }
            match before {
                Some(before) => {
                    put_back(before, after, &mut changed)?;
                    site.tx.save_task(&changed).await?;
                    Ok(TaskChange {
                        before: Some(task),
                        after: Some(changed),
                    })
                }
                None => {
                    unchanged_since(after, &task)?;
                    site.tx.set_task_deleted(&changed, Some(site.now)).await?;
                    Ok(TaskChange {
                        before: Some(task),
                        after: None,
                    })
                }
            }
        }
        (_, None) if deleted => {
            site.tx.set_task_deleted(&changed, None).await?;
            Ok(TaskChange {
                before: None,
                after: Some(changed),
            })
        }
        (_, None) => Err(conflict(
            None,
            format!("“{}” was restored since", task.title),
        )),
    }
}

/// Gives the fields that a change touched their former values, unless they have changed since.
fn put_back(before: &Task, after: &Task, task: &mut Task) -> Result<()> {
    for field in FIELDS.iter().filter(|field| !(field.same)(before, after)) {
        if !(field.same)(after, task) {
            return Err(changed_since(field.name, task));
        }
        (field.copy)(before, task);
    }
    Ok(())
}

/// A task that was added can only be taken away again as it was added.
fn unchanged_since(added: &Task, task: &Task) -> Result<()> {
    match FIELDS.iter().find(|field| !(field.same)(added, task)) {
        Some(field) => Err(changed_since(field.name, task)),
        None => Ok(()),
    }
}

fn changed_since(field: &'static str, task: &Task) -> Error {
    let words = field.replace('_', " ");
    conflict(
        Some(field),
        format!("{words} of “{}” has changed since", task.title),
    )
}

fn conflict(field: Option<&'static str>, problem: String) -> Error {
    Error::Conflict {
        field: field.map(Into::into),
        problem: problem.into(),
    }
}
