//! Running something once.

use std::fmt::Write;

use serde_json::Value;
use sha2::{Digest, Sha256};
use taskchat_domain::{
    Error, Operation, OperationId, Origin, ReceiptKind, Result, Task, TaskChange, Timestamp,
};
use taskchat_store::UserTx;

use crate::{By, Outcome, Tasks};

/// Longer keys are kept as their hash.
const LONGEST_KEY: usize = 200;

/// Something that can be done to a task.
pub(crate) trait Act: Send {
    /// Its name in the ledger.
    const VERB: &'static str;

    /// What it was asked with: kept in the ledger, and what tells a retry from another request.
    fn arguments(&self) -> Result<Value>;

    /// Does it. Everything written goes through the transaction of the site.
    fn apply(self, site: &Site<'_>) -> impl Future<Output = Result<Effect>> + Send;
}

/// Where and when an operation happens.
#[derive(Debug)]
pub(crate) struct Site<'a> {
    pub(crate) tx: &'a UserTx,
    /// The id the operation will have.
    pub(crate) id: OperationId,
    pub(crate) origin: Origin,
    pub(crate) now: Timestamp,
}

/// What an operation did.
#[derive(Debug)]
pub(crate) enum Effect {
    /// It changed something.
    Changed {
        kind: ReceiptKind,
        changes: Vec<TaskChange>,
        undoes: Option<OperationId>,
    },
    /// Everything was so already.
    Nothing(Task),
    /// It had been done before, by another operation.
    Earlier(Operation),
}

impl Effect {
    /// A change of one task that takes nothing back.
    pub(crate) fn of_one(kind: ReceiptKind, before: Option<Task>, after: Option<Task>) -> Self {
        Self::Changed {
            kind,
            changes: vec![TaskChange { before, after }],
            undoes: None,
        }
    }
}

impl Tasks {
    /// Does something once under the key of `by`.
    ///
    /// # Errors
    /// [`Error::AlreadyExists`] when the key was used for something else; those of the act.
    pub(crate) async fn once<A: Act>(&self, by: &By, act: A) -> Result<Outcome> {
        let arguments = act.arguments()?;
        let fingerprint = fingerprint(A::VERB, &arguments)?;
        let tx = self.store.begin(&by.user).await?;
        let id = OperationId::new();
        let key = match &by.key {
            Some(key) => stored_key(key),
            None => format!("op:{id}"),
        };
        if by.key.is_some()
            && let Some((first, of)) = tx.find_operation(&key).await?
        {
            refuse_given_up(&first)?;
            if of != fingerprint {
                return Err(Error::AlreadyExists(
                    "this request id was used for another request".into(),
                ));
            }
            return told(&tx, first).await;
        }
        let site = Site {
            tx: &tx,
            id,
            origin: by.origin,
            now: self.clock.now(),
        };
        let (kind, changes, undoes, earlier) = match act.apply(&site).await? {
            Effect::Changed {
                kind,
                changes,
                undoes,
            } => (kind, changes, undoes, None),
            // Nobody can ask for it again.
            Effect::Nothing(task) if by.key.is_none() => {
                return Ok(Outcome {
                    task,
                    receipt: None,
                });
            }
            Effect::Earlier(first) if by.key.is_none() => return outcome(&first),
            // Kept all the same: a late retry must not find something to do after all.
            Effect::Nothing(task) => (ReceiptKind::Updated, unchanged(task), None, None),
            Effect::Earlier(first) => {
                let task = outcome(&first)?.task;
                (ReceiptKind::Updated, unchanged(task), None, Some(first))
            }
        };
        let operation = Operation {
            id,
            kind,
            origin: by.origin,
            changes,
            undoes,
            undone_by: earlier.as_ref().map(|first| first.id),
            created_at: site.now,
        };
        tx.insert_operation(&operation, &key, &fingerprint, A::VERB, &arguments)
            .await?;
        tx.commit().await?;
        self.wakes.wake(&by.user);
        outcome(earlier.as_ref().unwrap_or(&operation))
    }
}

impl Tasks {
    /// What was done under the key of `by`, whatever it was asked with; `None` without a key, or
    /// when nothing was. For callers whose arguments are read anew each time ("in two hours", a
    /// task named by its title) and who know by other means that it is the same request.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn earlier(&self, by: &By) -> Result<Option<Outcome>> {
        let Some(key) = &by.key else {
            return Ok(None);
        };
        let tx = self.store.begin(&by.user).await?;
        let Some((first, _)) = tx.find_operation(&stored_key(key)).await? else {
            return Ok(None);
        };
        refuse_given_up(&first)?;
        told(&tx, first).await.map(Some)
    }
}

/// A turn may give a call up that is still on its way here: it has been told that nothing was done.
fn refuse_given_up(first: &Operation) -> Result<()> {
    if first.changes.is_empty() {
        return Err(Error::Conflict {
            field: None,
            problem: "this call was given up before it was done".into(),
        });
    }
    Ok(())
}

/// True when an operation found nothing to do.
pub(crate) fn is_idle(operation: &Operation) -> bool {
    operation
        .changes
        .iter()
        .all(|change| change.before == change.after)
}

fn unchanged(task: Task) -> Vec<TaskChange> {
    vec![TaskChange {
        before: Some(task.clone()),
        after: Some(task),
    }]
}

/// What was told under a key: what its operation came to, or what the one before it had, when it
/// found its work done.
async fn told(tx: &UserTx, first: Operation) -> Result<Outcome> {
    let earlier = first.undone_by.filter(|_| is_idle(&first));
    let Some(earlier) = earlier else {
        return outcome(&first);
    };
    let earlier = tx.operation_for_update(earlier).await?;
    outcome(&earlier.ok_or_else(|| Error::internal("an operation of the ledger is gone"))?)
}

/// What an operation came to.
fn outcome(operation: &Operation) -> Result<Outcome> {
    let task = operation
        .changes
        .first()
        .and_then(TaskChange::task)
        .cloned()
        .ok_or_else(|| Error::internal("an operation of the ledger touches no task"))?;
    let receipt = match is_idle(operation) {
        true => None,
        false => operation.receipt(),
    };
    Ok(Outcome { task, receipt })
}

/// Keys come from outside; what is stored is short and plain.
fn stored_key(key: &str) -> String {
    if key.len() <= LONGEST_KEY && !key.chars().any(char::is_control) {
        return key.to_owned();
    }
    format!("sha256:{}", sha256(key.as_bytes()))
}

fn fingerprint(verb: &str, arguments: &Value) -> Result<String> {
    let said = serde_json::to_vec(&(verb, arguments)).map_err(Error::internal)?;
    Ok(sha256(&said))
}

fn sha256(bytes: &[u8]) -> String {
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}
