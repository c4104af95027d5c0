//! Receipts and the operations they belong to.

use taskchat_domain::{
    Error, FieldChange, Operation, Origin, Receipt, ReceiptKind, TaskChange, UserId,
};
use taskchat_proto::v1;
use taskchat_tasks::{Taken, TurnOutcome, Watched};

use super::{task, timestamp};

pub(crate) fn operation(operation: &Operation, owner: &UserId) -> v1::Operation {
    v1::Operation {
        id: operation.id.to_string(),
        receipt: operation.receipt().map(|it| receipt(&it, owner)),
        origin: origin(operation.origin).into(),
        turn_id: turn_id(operation.origin),
        created_at: Some(timestamp(operation.created_at)),
        undoes: operation
            .undoes
            .map(|id| id.to_string())
            .unwrap_or_default(),
        other_tasks: others(operation)
            .filter_map(|change| change.after.as_ref())
            .map(|it| task::task(it, owner))
            .collect(),
        removed_task_ids: others(operation)
            .filter(|change| change.after.is_none())
            .filter_map(TaskChange::task_id)
            .map(|id| id.to_string())
            .collect(),
    }
}

/// What a watcher sees.
pub(crate) fn watched(item: &Watched, owner: &UserId) -> v1::WatchTasksResponse {
    use v1::watch_tasks_response::Event;
    let (seq, event) = match item {
        Watched::Ready(latest) => (*latest, Event::Ready(v1::Ready {})),
        Watched::Operation(seq, it) => (*seq, Event::Operation(operation(it, owner))),
        Watched::Heartbeat => (0, Event::Heartbeat(v1::Heartbeat {})),
    };
    v1::WatchTasksResponse {
        seq,
        event: Some(event),
    }
}

/// What an operation did to tasks beside the one its receipt is about.
fn others(operation: &Operation) -> impl Iterator<Item = &TaskChange> {
    operation.changes.iter().skip(1)
}

pub(crate) fn receipt(receipt: &Receipt, owner: &UserId) -> v1::Receipt {
    v1::Receipt {
        operation_id: receipt.operation_id.to_string(),
        kind: kind(receipt.kind).into(),
        summary: receipt.summary.clone(),
        task: Some(task::task(&receipt.task, owner)),
        changes: receipt.changes.iter().map(change).collect(),
        undoable: receipt.undoable,
        undone_by: receipt.undone_by.map(|id| id.to_string()),
    }
}

/// What became of an operation of a turn; `done` is what a change of it is called.
pub(crate) fn outcome(
    outcome: TurnOutcome,
    done: v1::OutcomeKind,
    owner: &UserId,
) -> v1::OperationOutcome {
    let mut answer = v1::OperationOutcome {
        operation_id: outcome.operation_id.to_string(),
        ..v1::OperationOutcome::default()
    };
    let kind = match outcome.result {
        Taken::Changed(change) => {
            answer.receipt = Some(receipt(&change, owner));
            done
        }
        Taken::Unchanged => v1::OutcomeKind::Unchanged,
        Taken::Conflict(error) => {
            answer.problem = error.to_string();
            if let Error::Conflict {
                field: Some(field), ..
            } = error
            {
                answer.field = field.into_owned();
            }
            v1::OutcomeKind::Conflict
        }
    };
    answer.set_kind(kind);
    answer
}

pub(crate) const fn origin(origin: Origin) -> v1::Origin {
    match origin {
        Origin::Hand => v1::Origin::Hand,
        Origin::Turn { .. } => v1::Origin::Turn,
        Origin::Mcp => v1::Origin::Mcp,
    }
}

/// The turn behind an origin; empty for a hand.
pub(crate) fn turn_id(origin: Origin) -> String {
    origin
        .turn_id()
        .map(|id| id.to_string())
        .unwrap_or_default()
}

const fn kind(kind: ReceiptKind) -> v1::ReceiptKind {
    match kind {
        ReceiptKind::Created => v1::ReceiptKind::Created,
        ReceiptKind::Updated => v1::ReceiptKind::Updated,
        ReceiptKind::Completed => v1::ReceiptKind::Completed,
        ReceiptKind::Reopened => v1::ReceiptKind::Reopened,
        ReceiptKind::Deleted => v1::ReceiptKind::Deleted,
        ReceiptKind::Restored => v1::ReceiptKind::Restored,
    }
}

fn change(change: &FieldChange) -> v1::FieldChange {
    v1::FieldChange {
        field: change.field.clone(),
        before: change.before.clone(),
        after: change.after.clone(),
    }
}
