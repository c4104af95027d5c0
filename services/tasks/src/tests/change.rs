//! What each operation does and says.

use taskchat_domain::{
    Due, Error, Kind, PageRequest, Priority, Receipt, ReceiptKind, Recurrence, Status, TaskId,
    TaskPatch,
};

use crate::{
    By, Outcome,
    testing::{Bench, renamed, titled},
};

fn said(outcome: &Outcome) -> (ReceiptKind, &str) {
    let receipt = outcome.receipt.as_ref().unwrap();
    assert_eq!(receipt.task.id, outcome.task.id);
    (receipt.kind, receipt.summary.as_str())
}

#[tokio::test]
async fn every_change_has_its_receipt() {
    let bench = Bench::new().await;
    let by = bench.by();
    let tasks = &bench.tasks;
    let added = bench.add("Buy milk").await;
    let id = added.task.id;
    assert_eq!(said(&added), (ReceiptKind::Created, "Added “Buy milk”."));
    assert_eq!(added.task.version, 1);

    let patch = TaskPatch {
        priority: Some(Priority::High),
        ..renamed("Buy oat milk")
    };
    let changed = tasks.update(&by, id, patch, Some(1)).await.unwrap();
    assert_eq!(
        said(&changed),
        (
            ReceiptKind::Updated,
            "Changed title, priority of “Buy oat milk”."
        )
    );
    assert_eq!(changed.task, bench.get(id).await);
    assert_eq!(changed.task.version, 2);
    assert!(changed.task.updated_at > added.task.updated_at);

    let done = tasks.set_completed(&by, id, true).await.unwrap();
    assert_eq!(
        said(&done),
        (ReceiptKind::Completed, "Completed “Buy oat milk”.")
    );
    assert_eq!(done.task.completed_at, Some(done.task.updated_at));

    let open = tasks.set_completed(&by, id, false).await.unwrap();
    assert_eq!(
        said(&open),
        (ReceiptKind::Reopened, "Reopened “Buy oat milk”.")
    );
    assert_eq!(open.task.completed_at, None);

    let gone = tasks.delete(&by, id).await.unwrap();
    assert_eq!(
        said(&gone),
        (ReceiptKind::Deleted, "Deleted “Buy oat milk”.")
    );
    assert_eq!(gone.task, open.task);
    let missing = tasks.get(&bench.ann, id).await.unwrap_err();
    assert_eq!(missing.to_string(), "Task not found");

    let back = tasks.restore(&by, id).await.unwrap();
    assert_eq!(
        said(&back),
        (ReceiptKind::Restored, "Restored “Buy oat milk”.")
    );
    assert_eq!(back.task, bench.get(id).await);

    let page = PageRequest::default();
    let history = tasks.operations(&bench.ann, Some(id), &page).await.unwrap();
    let kinds: Vec<ReceiptKind> = history.items.iter().map(|op| op.kind).collect();
    assert_eq!(
        kinds,
        [
            ReceiptKind::Restored,
            ReceiptKind::Deleted,
            ReceiptKind::Reopened,
            ReceiptKind::Completed,
            ReceiptKind::Updated,
            ReceiptKind::Created,
        ]
    );
}

#[tokio::test]
async fn nothing_to_change_is_no_change() {
    let bench = Bench::new().await;
    let (by, tasks) = (bench.by(), &bench.tasks);
    let id = bench.add("Buy milk").await.task.id;
    let done = tasks.set_completed(&by, id, true).await.unwrap();
    for by in [bench.by(), bench.under("again")] {
        let again = tasks.set_completed(&by, id, true).await.unwrap();
        assert_eq!(again.receipt, None);
        assert_eq!(again.task, done.task, "completed_at stays");
    }
    let restored = tasks.restore(&by, id).await.unwrap();
    assert_eq!((restored.receipt, restored.task), (None, done.task.clone()));
    let same = tasks.update(&by, id, renamed("Buy milk"), None).await;
    assert_eq!(same.unwrap().receipt, None);
    let open = bench.add("Other").await.task;
    let reopened = tasks.set_completed(&by, open.id, false).await.unwrap();
    assert_eq!((reopened.receipt, &reopened.task), (None, &open));
    let empty = tasks.update(&by, id, TaskPatch::default(), None).await;
    assert!(matches!(empty, Err(Error::NothingToUpdate)));

    let page = PageRequest::default();
    let history = tasks.operations(&bench.ann, Some(id), &page).await.unwrap();
    assert_eq!(history.items.len(), 2);
}

#[tokio::test]
async fn the_status_brings_completed_at_along() {
    let bench = Bench::new().await;
    let (by, tasks) = (bench.by(), &bench.tasks);
    let mut new = titled("Done before it began");
    new.status = Status::Completed;
    let created = tasks.create(&by, new).await.unwrap().task;
    assert_eq!(created.completed_at, Some(created.created_at));
    let status = |status| TaskPatch {
        status: Some(status),
        ..TaskPatch::default()
    };
    let begun = tasks.update(&by, created.id, status(Status::InProgress), None);
    let begun = begun.await.unwrap();
    assert_eq!(begun.task.completed_at, None);
    assert_eq!(begun.receipt.unwrap().kind, ReceiptKind::Reopened);
    let done = tasks.update(&by, created.id, status(Status::Completed), None);
    let done = done.await.unwrap();
    assert_eq!(done.task.completed_at, Some(done.task.updated_at));
    assert_eq!(done.receipt.unwrap().kind, ReceiptKind::Completed);
    let mut both = renamed("Done");
    both.status = Some(Status::Pending);
    let both = tasks.update(&by, created.id, both, None).await.unwrap();
    assert_eq!(both.receipt.unwrap().kind, ReceiptKind::Updated);
}

#[tokio::test]
async fn an_old_version_is_a_conflict() {
    let bench = Bench::new().await;
    let (by, tasks) = (bench.by(), &bench.tasks);
    let id = bench.add("Buy milk").await.task.id;
    let patch = || renamed("Buy oat milk");
    tasks.update(&by, id, patch(), Some(1)).await.unwrap();
    for version in [1, 3, 0, -1] {
        let stale = tasks.update(&by, id, renamed("x"), Some(version)).await;
        assert!(
            matches!(stale, Err(Error::Conflict { field: Some(field), .. }) if field == "version")
        );
    }
    assert_eq!(bench.get(id).await.title.as_str(), "Buy oat milk");
}

#[tokio::test]
async fn nobody_reaches_what_is_somebody_elses() {
    let bench = Bench::new().await;
    let tasks = &bench.tasks;
    let added = bench.add("Buy milk").await;
    let (id, operation) = (added.task.id, added.receipt.unwrap().operation_id);
    let by = By {
        user: bench.bob.clone(),
        ..bench.by()
    };
    let page = PageRequest::default();
    let unknown = TaskId::new();
    for id in [id, unknown] {
        for refused in [
            tasks.get(&by.user, id).await.unwrap_err(),
            tasks.update(&by, id, renamed("x"), None).await.unwrap_err(),
            tasks.set_completed(&by, id, true).await.unwrap_err(),
            tasks.set_completed(&by, id, false).await.unwrap_err(),
            tasks.delete(&by, id).await.unwrap_err(),
            tasks.restore(&by, id).await.unwrap_err(),
            tasks
                .operations(&by.user, Some(id), &page)
                .await
                .unwrap_err(),
        ] {
            assert_eq!(refused.to_string(), "Task not found");
        }
    }
    for refused in [
        tasks.undo(&by, operation).await.unwrap_err(),
        tasks.redo(&by, operation).await.unwrap_err(),
        tasks.undo_latest(&by).await.unwrap_err(),
    ] {
        assert_eq!(refused.to_string(), "Operation not found");
    }
    assert_eq!(bench.get(id).await, added.task);
}

#[tokio::test]
async fn deleting_and_updating_at_once_keep_one_order() {
    let bench = Bench::new().await;
    let (by, tasks) = (bench.by(), &bench.tasks);
    for _ in 0..10 {
        let id = bench.add("Buy milk").await.task.id;
        let (deleted, updated) = tokio::join!(
            tasks.delete(&by, id),
            tasks.update(&by, id, renamed("Buy oat milk"), None),
        );
        let deleted = deleted.unwrap();
        match updated {
            // Updated first: the deletion saw it.
            Ok(updated) => assert_eq!(deleted.task, updated.task),
            Err(refused) => {
                assert_eq!(refused.kind(), Kind::NotFound);
                assert_eq!(deleted.task.title.as_str(), "Buy milk");
            }
        }
        assert!(tasks.get(&bench.ann, id).await.is_err());
    }
}

#[tokio::test]
async fn completing_a_repeating_task_adds_the_next_one() {
    let bench = Bench::new().await;
    let (by, tasks) = (bench.by(), &bench.tasks);
    let mut new = titled("Water the plants");
    new.due = Some(Due::parse("2026-11-27").unwrap());
    new.recurrence = Some(Recurrence::parse("FREQ=WEEKLY;COUNT=2").unwrap());
    let first = tasks.create(&by, new).await.unwrap().task;
    let done = tasks.set_completed(&by, first.id, true).await.unwrap();
    let receipt: Receipt = done.receipt.unwrap();
    assert_eq!(
        receipt.summary,
        "Completed “Water the plants”. Added the next one, due 2026-12-04."
    );
    let all = bench.all().await;
    assert_eq!(all.len(), 2);
    let next = &all[1];
    assert_eq!(next.status, Status::Pending);
    assert_eq!(next.due.unwrap().to_string(), "2026-12-04");
    assert_eq!(
        next.recurrence.as_ref().unwrap().as_str(),
        "FREQ=WEEKLY;COUNT=1"
    );

    let page = PageRequest::default();
    let history = tasks.operations(&bench.ann, Some(next.id), &page).await;
    assert_eq!(history.unwrap().items[0].id, receipt.operation_id);
    let again = tasks.set_completed(&by, first.id, true).await.unwrap();
    assert_eq!(again.receipt, None);
    let last = tasks.set_completed(&by, next.id, true).await.unwrap();
    assert_eq!(
        last.receipt.unwrap().summary,
        "Completed “Water the plants”."
    );
    assert_eq!(bench.all().await.len(), 2);

    tasks.undo(&by, receipt.operation_id).await.unwrap_err();
    let undone = tasks.undo_latest(&by).await.unwrap();
    assert_eq!(undone.task.id, next.id);
    let undone = tasks.undo(&by, receipt.operation_id).await.unwrap();
    assert_eq!(
        undone.receipt.unwrap().summary,
        "Undone: “Water the plants” is open again. Took away the next one, due 2026-12-04."
    );
    assert_eq!(bench.all().await.len(), 1);
    let redone = tasks.redo(&by, receipt.operation_id).await.unwrap();
    assert_eq!(
        redone.receipt.unwrap().summary,
        "Undone: “Water the plants” is completed again. Added the next one, due 2026-12-04."
    );
    assert_eq!(bench.all().await.len(), 2);
}
