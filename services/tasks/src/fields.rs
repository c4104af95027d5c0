//! The fields of a task that people change, one by one.

use taskchat_domain::{ReceiptKind, Status, Task, TaskChange, Timestamp};

/// One field.
#[derive(Debug)]
pub(crate) struct Field {
    /// Its name in the contract.
    pub(crate) name: &'static str,
    /// True when two tasks have the same value.
    pub(crate) same: fn(&Task, &Task) -> bool,
    /// Copies the value from the first task to the second.
    pub(crate) copy: fn(&Task, &mut Task),
}

macro_rules! field {
    ($name:literal, $($part:ident),+) => {
        Field {
            name: $name,
            same: |a, b| $(a.$part == b.$part)&&+,
            copy: |from, to| {
                $(to.$part.clone_from(&from.$part);)+
            },
        }
    };
}

/// All fields, in the order of the contract.
pub(crate) const FIELDS: [Field; 7] = [
    field!("title", title),
    field!("description", description),
    Field {
        name: "status",
        // When it was completed is part of the status, but no difference by itself.
        same: |a, b| a.status == b.status,
        copy: |from, to| {
            to.status = from.status;
            to.completed_at = from.completed_at;
        },
    },
    field!("priority", priority),
    field!("due_date", due),
    field!("tags", tags),
    field!("recurrence", recurrence),
];

/// What to call a change of one task.
pub(crate) fn kind_of(change: &TaskChange) -> ReceiptKind {
    let (before, after) = match (&change.before, &change.after) {
        (Some(before), Some(after)) => (before, after),
        (None, _) => return ReceiptKind::Restored,
        (Some(_), None) => return ReceiptKind::Deleted,
    };
    let only_status = FIELDS
        .iter()
        .all(|field| (field.same)(before, after) == (field.name != "status"));
    match (before.status, after.status) {
        (_, Status::Completed) if only_status => ReceiptKind::Completed,
        (Status::Completed, _) if only_status => ReceiptKind::Reopened,
        _ => ReceiptKind::Updated,
    }
}

/// Makes a task that is about to be stored its own next version.
pub(crate) fn next_version(task: &mut Task, now: Timestamp) {
    task.version = task.version.saturating_add(1);
    task.updated_at = now;
}
