//! What the system says happened, and what it takes to undo it.

use serde::{Deserialize, Serialize};

use crate::{OperationId, Task, TaskId, Timestamp, TurnId};

/// By whose hand something was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "origin", rename_all = "snake_case")]
pub enum Origin {
    /// The person, through the API or the page.
    Hand,
    /// The assistant, in a turn.
    Turn {
        /// Which turn.
        turn_id: TurnId,
    },
    /// Another assistant, through MCP.
    Mcp,
}

impl Origin {
    /// The turn, when the assistant did it.
    #[must_use]
    pub const fn turn_id(self) -> Option<TurnId> {
        match self {
            Self::Turn { turn_id } => Some(turn_id),
            Self::Hand | Self::Mcp => None,
        }
    }
}

/// What happened to a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReceiptKind {
    /// It was added.
    Created,
    /// Fields of it were changed.
    Updated,
    /// It was marked completed.
    Completed,
    /// It was completed and is pending again.
    Reopened,
    /// It was deleted.
    Deleted,
    /// It was deleted and is back.
    Restored,
}

/// The system's own word on one operation: shown to people, to models and to clients.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The operation, for undoing it.
    pub operation_id: OperationId,
    /// What happened.
    pub kind: ReceiptKind,
    /// One plain sentence.
    pub summary: String,
    /// The task as the operation left it; for a deletion, as it was.
    pub task: Task,
    /// What changed, field by field.
    pub changes: Vec<FieldChange>,
    /// True while the operation can be undone.
    pub undoable: bool,
    /// The operation that undid this one.
    pub undone_by: Option<OperationId>,
}

/// One field, before and after, as people write it. Empty means there is no value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// The field's name in the contract.
    pub field: String,
    /// Before.
    pub before: String,
    /// After.
    pub after: String,
}

/// One task, before and after an operation. `None` means it did not exist (or was deleted).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskChange {
    /// The task before.
    pub before: Option<Task>,
    /// The task after.
    pub after: Option<Task>,
}

impl TaskChange {
    /// The task in question; `None` only for a change that is none.
    #[must_use]
    pub fn task(&self) -> Option<&Task> {
        self.after.as_ref().or(self.before.as_ref())
    }

    /// The task's id.
    #[must_use]
    pub fn task_id(&self) -> Option<TaskId> {
        self.task().map(|task| task.id)
    }

    /// The fields that differ, in the order of the contract.
    #[must_use]
    pub fn fields(&self) -> Vec<FieldChange> {
        let before = self.before.as_ref().map(values);
        let after = self.after.as_ref().map(values);
        FIELDS
            .iter()
            .enumerate()
            .filter_map(|(at, field)| {
                let value = |side: &Option<[String; FIELDS.len()]>| {
                    side.as_ref()
                        .and_then(|values| values.get(at).cloned())
                        .unwrap_or_default()
                };
                let (before, after) = (value(&before), value(&after));
                (before != after).then(|| FieldChange {
                    field: (*field).to_owned(),
                    before,
                    after,
                })
            })
            .collect()
    }
}

const FIELDS: [&str; 7] = [
    "title",
    "description",
    "status",
    "priority",
    "due_date",
    "tags",
    "recurrence",
];

/// The values of [`FIELDS`], as people write them.
fn values(task: &Task) -> [String; FIELDS.len()] {
    [
        task.title.to_string(),
        task.description.to_string(),
        task.status.as_str().to_owned(),
        task.priority.as_str().to_owned(),
        task.due.map(|due| due.to_string()).unwrap_or_default(),
        task.tags.as_slice().join(", "),
        task.recurrence
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
    ]
}

/// One entry of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// Its id.
    pub id: OperationId,
    /// What happened to the first of its tasks.
    pub kind: ReceiptKind,
    /// By whose hand.
    pub origin: Origin,
    /// The tasks it changed, the one it was about first. Completing a repeating task also adds the
    /// next one, and reopening it takes that away.
    pub changes: Vec<TaskChange>,
    /// The operation this one took back.
    pub undoes: Option<OperationId>,
    /// The operation that took this one back; of one that found nothing to do, the operation that
    /// had done it before.
    pub undone_by: Option<OperationId>,
    /// When.
    pub created_at: Timestamp,
}

impl Operation {
    /// What people are told; `None` only for an operation that changed nothing.
    #[must_use]
    pub fn receipt(&self) -> Option<Receipt> {
        let first = self.changes.first()?;
        let task = first.task()?.clone();
        let changes = first.fields();
        let mut summary = match self.undoes {
            Some(_) => format!("Undone: {}", taken_back(self.kind, &task, &changes)),
            None => summary(self.kind, &task, &changes),
        };
        for next in self.changes.iter().skip(1) {
            let (done, next) = match (&next.before, &next.after) {
                (None, Some(next)) => ("Added the next one", next),
                (Some(next), None) => ("Took away the next one", next),
                _ => continue,
            };
            let due = next.due.map(|due| format!(", due {due}"));
            summary.push_str(&format!(" {done}{}.", due.unwrap_or_default()));
        }
        Some(Receipt {
            operation_id: self.id,
            kind: self.kind,
            summary,
            task,
            changes,
            undoable: self.undone_by.is_none(),
            undone_by: self.undone_by,
        })
    }
}

fn summary(kind: ReceiptKind, task: &Task, changes: &[FieldChange]) -> String {
    let title = &task.title;
    match kind {
        ReceiptKind::Created => match task.due {
            Some(due) => format!("Added “{title}”, due {due}."),
            None => format!("Added “{title}”."),
        },
        ReceiptKind::Completed => format!("Completed “{title}”."),
        ReceiptKind::Reopened => format!("Reopened “{title}”."),
        ReceiptKind::Deleted => format!("Deleted “{title}”."),
        ReceiptKind::Restored => format!("Restored “{title}”."),
        ReceiptKind::Updated => match changes {
            [one] if one.field == "title" => format!("Renamed “{}” to “{title}”.", one.before),
            [one] if one.after.is_empty() => format!("Cleared {} of “{title}”.", words(&one.field)),
            [one] if one.field == "description" => format!("Changed description of “{title}”."),
            [one] => format!(
                "Changed {} of “{title}” to {}.",
                words(&one.field),
                one.after.replace('_', " ")
            ),
            many => {
                let fields: Vec<_> = many.iter().map(|change| words(&change.field)).collect();
                format!("Changed {} of “{title}”.", fields.join(", "))
            }
        },
    }
}

fn words(field: &str) -> String {
    field.replace('_', " ")
}

/// How things are after an undo. Its kind says what it did, so in the words of [`summary`] the undo
/// of a completion would read as if a reopening had been undone.
fn taken_back(kind: ReceiptKind, task: &Task, changes: &[FieldChange]) -> String {
    let title = &task.title;
    match kind {
        ReceiptKind::Created | ReceiptKind::Restored => format!("“{title}” is back."),
        ReceiptKind::Deleted => format!("“{title}” is removed."),
        ReceiptKind::Completed => format!("“{title}” is completed again."),
        ReceiptKind::Reopened => format!("“{title}” is open again."),
        ReceiptKind::Updated => match changes {
            [one] if one.field == "title" => {
                format!("renamed “{}” back to “{title}”.", one.before)
            }
            [one] if one.field == "description" => {
                format!("description of “{title}” is as before.")
            }
            [one] if one.after.is_empty() => {
                format!("{} of “{title}” is empty again.", words(&one.field))
            }
            [one] => format!(
                "{} of “{title}” is {} again.",
                words(&one.field),
                one.after.replace('_', " ")
            ),
            many => {
                let fields: Vec<_> = many.iter().map(|change| words(&change.field)).collect();
                format!("{} of “{title}” are as before.", fields.join(", "))
            }
        },
    }
}
