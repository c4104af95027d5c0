//! Taking back: what is restored, what is refused, and which operation is in effect.

use taskchat_domain::{Error, OperationId, PageRequest, Priority, ReceiptKind, Status, TaskPatch};

use crate::{
    Outcome,
    testing::{Bench, renamed},
};

fn operation(outcome: &Outcome) -> OperationId {
    outcome.receipt.as_ref().unwrap().operation_id
}

fn priority(priority: Priority) -> TaskPatch {
    TaskPatch {
        priority: Some(priority),
        ..TaskPatch::default()
    }
}

#[tokio::test]
async fn undo_and_redo_go_back_and_forth() {
    let bench = Bench::new().await;
    let (by, tasks) = (bench.by(), &bench.tasks);
    let id = bench.add("Buy milk").await.task.id;
    let renaming = tasks
        .update(&by, id, renamed("Buy oats"), None)
        .await
        .unwrap();
    let original = operation(&renaming);

    let mut last = renaming;
    for _ in 0..3 {
        let undone = tasks.undo(&by, original).await.unwrap();
        assert_eq!(bench.get(id).await.title.as_str(), "Buy milk");
        let receipt = undone.receipt.clone().unwrap();
        assert_eq!(receipt.kind, ReceiptKind::Updated);
        assert_eq!(
            receipt.summary,
            "Undone: renamed “Buy oats” back to “Buy milk”."
        );
        assert!(undone.task.version > last.task.version);
        // Nothing more to take back: the same undo again.
        let again = tasks.undo(&by, original).await.unwrap();
        assert_eq!(again, undone);

        let redone = tasks.redo(&by, original).await.unwrap();
        assert_eq!(bench.get(id).await.title.as_str(), "Buy oats");
        let in_effect = tasks.redo(&by, original).await.unwrap_err();
        assert!(matches!(in_effect, Error::NotUndone(id) if id == original));
        last = redone;
    }
}

#[tokio::test]
async fn an_undo_and_a_redo_can_be_taken_back_themselves() {
    let bench = Bench::new().await;
    let (by, tasks) = (bench.by(), &bench.tasks);
    let added = bench.add("Buy milk").await;
    let original = operation(&added);
    let there = async || bench.all().await.len();

    let undo = operation(&tasks.undo(&by, original).await.unwrap());
    assert_eq!(there().await, 0);
    let redo = operation(&tasks.undo(&by, undo).await.unwrap());
    assert_eq!(there().await, 1);
    // The undo is undone already.
    assert_eq!(operation(&tasks.undo(&by, undo).await.unwrap()), redo);
    let second = operation(&tasks.undo(&by, redo).await.unwrap());
    assert_eq!(there().await, 0);
    // The redo and the original are both taken back by the second undo.
    assert_eq!(operation(&tasks.undo(&by, redo).await.unwrap()), second);
    assert_eq!(operation(&tasks.undo(&by, original).await.unwrap()), second);
    // The first undo was undone, and stays so.
    assert_eq!(operation(&tasks.undo(&by, undo).await.unwrap()), redo);
    tasks.redo(&by, redo).await.unwrap();
    assert_eq!(there().await, 1);

    let history = tasks
        .operations(&bench.ann, None, &PageRequest::default())
        .await
        .unwrap()
        .items;
    let in_effect: Vec<bool> = history.iter().map(|op| op.undone_by.is_none()).collect();
    // Newest first: the second redo, the second undo, the redo, the undo, the original.
    assert_eq!(in_effect, [true, false, false, false, true]);
}

#[tokio::test]
async fn undo_of_each_sort_says_how_things_are() {
    let bench = Bench::new().await;
    let (by, tasks) = (bench.by(), &bench.tasks);
    let added = bench.add("Buy milk").await;
    let id = added.task.id;
    let mut done = Vec::new();
    done.push((operation(&added), "“Buy milk” is removed."));
    let step = tasks.update(&by, id, priority(Priority::High), None).await;
    done.push((
        operation(&step.unwrap()),
        "priority of “Buy milk” is medium again.",
    ));
    let step = tasks.set_completed(&by, id, true).await;
    done.push((operation(&step.unwrap()), "“Buy milk” is open again."));
    let step = tasks.set_completed(&by, id, false).await;
    done.push((operation(&step.unwrap()), "“Buy milk” is completed again."));
    let step = tasks.delete(&by, id).await;
    done.push((operation(&step.unwrap()), "“Buy milk” is back."));
    let step = tasks.restore(&by, id).await;
    done.push((operation(&step.unwrap()), "“Buy milk” is removed."));
    for (operation, summary) in done.into_iter().rev() {
        let undone = tasks.undo_latest(&by).await.unwrap();
        let receipt = undone.receipt.unwrap();
        assert_eq!(receipt.summary, format!("Undone: {summary}"));
        let original = tasks.undo(&by, operation).await.unwrap();
        assert_eq!(original.receipt.unwrap().operation_id, receipt.operation_id);
    }
    let nothing = tasks.undo_latest(&by).await.unwrap_err();
    assert_eq!(nothing.to_string(), "Operation not found");
}

#[tokio::test]
async fn undoing_a_reopening_brings_the_old_instant_back() {
    let bench = Bench::new().await;
    let (by, tasks) = (bench.by(), &bench.tasks);
    let id = bench.add("Buy milk").await.task.id;
    let done = tasks.set_completed(&by, id, true).await.unwrap().task;
    tasks.set_completed(&by, id, false).await.unwrap();
    tasks.undo_latest(&by).await.unwrap();
    let again = bench.get(id).await;
    assert_eq!(again.status, Status::Completed);
    assert_eq!(again.completed_at, done.completed_at);
}

#[tokio::test]
async fn fields_changed_since_are_named_and_others_are_kept() {
    let bench = Bench::new().await;
    let (by, tasks) = (bench.by(), &bench.tasks);
    let added = bench.add("Buy milk").await;
    let id = added.task.id;
    let first = tasks
        .update(&by, id, renamed("Buy oats"), None)
        .await
        .unwrap();
    let second = tasks.update(&by, id, priority(Priority::High), None);
    let second = second.await.unwrap();

    // Another field has changed since: no conflict, and it keeps its value.
    tasks.undo(&by, operation(&first)).await.unwrap();
    let task = bench.get(id).await;
    assert_eq!(
        (task.title.as_str(), task.priority),
        ("Buy milk", Priority::High)
    );

    tasks
        .update(&by, id, priority(Priority::Urgent), None)
        .await
        .unwrap();
    let refused = tasks.undo(&by, operation(&second)).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "priority of “Buy milk” has changed since"
    );
    assert!(matches!(
        refused,
        Error::Conflict { field: Some(field), .. } if field == "priority"
    ));
    assert_eq!(bench.get(id).await.priority, Priority::Urgent);

    let refused = tasks.undo(&by, operation(&added)).await.unwrap_err();
    assert!(matches!(
        refused,
        Error::Conflict { field: Some(field), .. } if field == "priority"
    ));
    tasks.delete(&by, id).await.unwrap();
    let refused = tasks.undo(&by, operation(&second)).await.unwrap_err();
    assert_eq!(refused.to_string(), "“Buy milk” was deleted since");
    tasks.restore(&by, id).await.unwrap();
    let page = PageRequest::default();
    let history = tasks.operations(&bench.ann, Some(id), &page).await.unwrap();
    let deletion = history
        .items
        .iter()
        .find(|op| op.kind == ReceiptKind::Deleted)
        .unwrap();
    let refused = tasks.undo(&by, deletion.id).await.unwrap_err();
    assert_eq!(refused.to_string(), "“Buy milk” was restored since");
}

#[tokio::test]
async fn a_later_change_back_is_no_conflict() {
    let bench = Bench::new().await;
    let (by, tasks) = (bench.by(), &bench.tasks);
    let added = bench.add("Buy milk").await;
    let id = added.task.id;
    tasks.update(&by, id, renamed("x"), None).await.unwrap();
    tasks
        .update(&by, id, renamed("Buy milk"), None)
        .await
        .unwrap();
    tasks.undo(&by, operation(&added)).await.unwrap();
    assert!(bench.all().await.is_empty());
}

#[tokio::test]
async fn two_undos_at_once_have_one_effect() {
    let bench = Bench::new().await;
    let (by, tasks) = (bench.by(), &bench.tasks);
    let added = operation(&bench.add("Buy milk").await);
    let (a, b) = tokio::join!(tasks.undo(&by, added), tasks.undo(&by, added));
    assert_eq!(a.unwrap(), b.unwrap());
    let unknown = tasks.undo(&by, OperationId::new()).await.unwrap_err();
    assert_eq!(unknown.to_string(), "Operation not found");
}
