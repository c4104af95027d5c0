//! One key, one effect.

use std::{future::poll_fn, pin::pin, task::Poll, time::Duration};

use taskchat_domain::{Kind, Origin, PageRequest, TaskPatch, TurnId};
use tokio::time::timeout;

use crate::{
    By, Outcome,
    testing::{Bench, renamed, titled},
};

#[tokio::test]
async fn a_replay_is_given_the_first_outcome() {
    let bench = Bench::new().await;
    let tasks = &bench.tasks;
    let key = |name: &str| bench.under(name);
    let created = tasks.create(&key("1"), titled("Buy milk")).await.unwrap();
    let id = created.task.id;
    let second = key("2");
    let updated = tasks.update(&second, id, renamed("Buy oat milk"), Some(1));
    let updated = updated.await.unwrap();
    let completed = tasks.set_completed(&key("3"), id, true).await.unwrap();
    let deleted = tasks.delete(&key("4"), id).await.unwrap();
    let restored = tasks.restore(&key("5"), id).await.unwrap();
    let before = bench.all().await;

    let again = tasks.create(&key("1"), titled("Buy milk")).await.unwrap();
    assert_eq!(again, created);
    let again = tasks.update(&second, id, renamed("Buy oat milk"), Some(1));
    assert_eq!(again.await.unwrap(), updated);
    let again = tasks.set_completed(&key("3"), id, true).await.unwrap();
    assert_eq!(again, completed);
    assert_eq!(tasks.delete(&key("4"), id).await.unwrap(), deleted);
    assert_eq!(tasks.restore(&key("5"), id).await.unwrap(), restored);
    assert_eq!(bench.all().await, before);
    let page = PageRequest::default();
    let history = tasks.operations(&bench.ann, None, &page).await.unwrap();
    assert_eq!(history.items.len(), 5);
}

#[tokio::test]
async fn replayed_undos_and_redos_act_once() {
    let bench = Bench::new().await;
    let tasks = &bench.tasks;
    let created = bench.add("Buy milk").await;
    let operation = created.receipt.unwrap().operation_id;
    let undone = tasks.undo(&bench.under("u"), operation).await.unwrap();
    let redone = tasks.redo(&bench.under("r"), operation).await.unwrap();
    // A late retry of the undo must not take the redo back.
    let late = tasks.undo(&bench.under("u"), operation).await.unwrap();
    assert_eq!(late.task, undone.task);
    assert_eq!(bench.all().await, std::slice::from_ref(&redone.task));
    let late = tasks.redo(&bench.under("r"), operation).await.unwrap();
    assert_eq!(late, redone);

    let last = tasks.undo_latest(&bench.under("l")).await.unwrap();
    bench.add("Second").await;
    let late = tasks.undo_latest(&bench.under("l")).await.unwrap();
    assert_eq!(late, last);
    assert_eq!(bench.all().await.len(), 1);
}

#[tokio::test]
async fn an_undo_that_found_its_work_done_is_not_done_by_a_late_retry() {
    let bench = Bench::new().await;
    let tasks = &bench.tasks;
    let operation = bench.add("Buy milk").await.receipt.unwrap().operation_id;
    let undone = tasks.undo(&bench.by(), operation).await.unwrap();
    let late = bench.under("late");
    let same = tasks.undo(&late, operation).await.unwrap();
    assert_eq!(same, undone);
    let page = PageRequest::default();
    let history = async || {
        tasks
            .operations(&bench.ann, None, &page)
            .await
            .unwrap()
            .items
    };
    assert_eq!(history().await.len(), 2);

    let redone = tasks.redo(&bench.by(), operation).await.unwrap();
    let again = tasks.undo(&late, operation).await.unwrap();
    assert_eq!(again.task, undone.task);
    let (again, undone) = (again.receipt.unwrap(), undone.receipt.unwrap());
    assert_eq!(again.operation_id, undone.operation_id);
    assert_eq!(again.summary, undone.summary);
    assert_eq!(
        tasks.earlier(&late).await.unwrap().unwrap().receipt,
        Some(again)
    );
    assert_eq!(bench.all().await, [redone.task]);
    assert_eq!(history().await.len(), 3);
    // What the key stands for is no operation that could be taken back itself.
    tasks.undo_latest(&bench.by()).await.unwrap();
    assert!(bench.all().await.is_empty());
}

#[tokio::test]
async fn a_replay_of_nothing_stays_nothing() {
    let bench = Bench::new().await;
    let tasks = &bench.tasks;
    let id = bench.add("Buy milk").await.task.id;
    tasks.set_completed(&bench.by(), id, true).await.unwrap();
    let nothing = tasks.set_completed(&bench.under("late"), id, true).await;
    assert_eq!(nothing.unwrap().receipt, None);
    tasks.set_completed(&bench.by(), id, false).await.unwrap();
    let still = tasks.set_completed(&bench.under("late"), id, true).await;
    assert_eq!(still.unwrap().receipt, None);
    assert_eq!(bench.get(id).await.completed_at, None);
}

#[tokio::test]
async fn a_key_used_for_something_else_is_refused() {
    let bench = Bench::new().await;
    let tasks = &bench.tasks;
    let id = tasks
        .create(&bench.under("key"), titled("Buy milk"))
        .await
        .unwrap()
        .task
        .id;
    for refused in [
        tasks.create(&bench.under("key"), titled("Buy eggs")).await,
        tasks.delete(&bench.under("key"), id).await,
        tasks.undo_latest(&bench.under("key")).await,
    ] {
        let refused = refused.unwrap_err();
        assert_eq!(refused.kind(), Kind::AlreadyExists);
        assert_eq!(
            refused.to_string(),
            "this request id was used for another request"
        );
    }
    let others = By {
        user: bench.bob.clone(),
        ..bench.under("key")
    };
    tasks.create(&others, titled("Buy eggs")).await.unwrap();
    assert_eq!(bench.all().await.len(), 1);
}

#[tokio::test]
async fn clearing_a_field_is_not_the_same_as_leaving_it_alone() {
    let bench = Bench::new().await;
    let id = bench.add("Buy milk").await.task.id;
    let by = bench.under("key");
    let clearing = [
        TaskPatch {
            due: Some(None),
            ..renamed("x")
        },
        TaskPatch {
            recurrence: Some(None),
            ..renamed("x")
        },
    ];
    let update = |patch| bench.tasks.update(&by, id, patch, None);
    let first = update(renamed("x")).await.unwrap();
    for other in clearing {
        let refused = update(other.clone()).await.unwrap_err();
        assert_eq!(refused.kind(), Kind::AlreadyExists, "{other:?}");
    }
    assert_eq!(update(renamed("x")).await.unwrap(), first);
}

#[tokio::test]
async fn a_refused_change_leaves_its_key_free() {
    let bench = Bench::new().await;
    let tasks = &bench.tasks;
    let id = bench.add("Buy milk").await.task.id;
    let by = bench.under("key");
    tasks
        .update(&by, id, renamed("x"), Some(7))
        .await
        .unwrap_err();
    tasks.update(&by, id, renamed("x"), Some(1)).await.unwrap();
}

#[tokio::test]
async fn keys_of_any_sort_work() {
    let bench = Bench::new().await;
    let tasks = &bench.tasks;
    for key in ["", "nul \0", &"long".repeat(10_000), "ü'\"; --"] {
        let by = bench.under(key);
        let first = tasks.create(&by, titled("Buy milk")).await.unwrap();
        let again = tasks.create(&by, titled("Buy milk")).await.unwrap();
        assert_eq!(again, first);
    }
    assert_eq!(bench.all().await.len(), 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twenty_at_once_under_one_key_act_once() {
    let bench = std::sync::Arc::new(Bench::new().await);
    let by = By {
        origin: Origin::Turn {
            turn_id: TurnId::new(),
        },
        ..bench.under("key")
    };
    let mut running = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (bench, by) = (bench.clone(), by.clone());
        running.spawn(async move { bench.tasks.create(&by, titled("Buy milk")).await });
    }
    let outcomes: Vec<Outcome> = running
        .join_all()
        .await
        .into_iter()
        .map(|outcome| outcome.unwrap())
        .collect();
    assert_eq!(outcomes.len(), 20);
    assert!(outcomes.iter().all(|outcome| *outcome == outcomes[0]));
    assert_eq!(bench.all().await, [outcomes[0].task.clone()]);
}

/// Polls a future at most so many times and then drops it.
async fn polled<F: Future>(future: F, times: u32) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut left = times;
    poll_fn(|context| match left.checked_sub(1) {
        None => Poll::Ready(None),
        Some(fewer) => {
            left = fewer;
            future.as_mut().poll(context).map(Some)
        }
    })
    .await
}

#[tokio::test]
async fn a_change_cut_off_is_whole_or_nothing() {
    let bench = Bench::new().await;
    let (mut cut, mut kept) = (0, 0);
    for step in 0..120 {
        let by = bench.under(&format!("cut {step}"));
        let create = bench.tasks.create(&by, titled("Buy milk"));
        match polled(create, step % 40).await {
            Some(done) => {
                done.unwrap();
                kept += 1;
            }
            None => cut += 1,
        }
    }
    assert!(cut > 0 && kept > 0, "{kept} kept, {cut} cut off");
    let page = PageRequest::parse(200, "").unwrap();
    let history = bench.tasks.operations(&bench.ann, None, &page).await;
    let tasks = bench.all().await.len();
    assert_eq!(tasks, history.unwrap().items.len());
    assert!(tasks >= kept, "{tasks} tasks, {kept} kept, {cut} cut off");
    // The store still takes changes, and at once.
    timeout(Duration::from_secs(4), bench.add("After all that"))
        .await
        .unwrap();
}

#[tokio::test]
async fn what_was_given_up_is_done_no_more() {
    let bench = Bench::new().await;
    let turn_id = TurnId::new();
    let by = By {
        origin: Origin::Turn { turn_id },
        ..bench.under("late")
    };
    let tx = bench.tasks.store.begin(&bench.ann).await.unwrap();
    assert_eq!(tx.find_operation("late").await.unwrap(), None);
    tx.give_up_operation("late", by.origin, bench.tasks.clock.now())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    for _ in 0..2 {
        let late = bench.tasks.create(&by, titled("Buy milk")).await;
        assert_eq!(late.unwrap_err().kind(), Kind::Conflict);
    }
    assert_eq!(
        bench.tasks.earlier(&by).await.unwrap_err().kind(),
        Kind::Conflict
    );
    assert_eq!(bench.all().await, []);
    // Nor is there anything to be seen of it, or to be undone.
    let page = PageRequest::default();
    let history = bench.tasks.operations(&bench.ann, None, &page).await;
    assert_eq!(history.unwrap().items, []);
    let undone = bench.tasks.undo_turn(&by, turn_id).await.unwrap();
    assert!(undone.is_empty(), "{undone:?}");
}
