//! Watching: every operation once, in order.

use std::{pin::Pin, time::Duration};

use futures::{Stream, StreamExt, future::join_all};
use taskchat_domain::{Kind, Result, UserId};
use tokio::time::timeout;

use crate::{
    Tasks, Watched,
    testing::{Bench, renamed, titled},
};

type Watching = Pin<Box<dyn Stream<Item = Result<Watched>> + Send>>;

async fn watch(tasks: &Tasks, user: &UserId, after: Option<i32>) -> Watching {
    Box::pin(tasks.watch(user, after).await.unwrap())
}

/// The next thing that is seen.
async fn next(watching: &mut Watching) -> Option<Watched> {
    let next = timeout(Duration::from_secs(20), watching.next()).await;
    next.expect("something is seen").map(Result::unwrap)
}

/// The number and the summary of the next operation.
async fn seen(watching: &mut Watching) -> (i32, String) {
    match next(watching).await {
        Some(Watched::Operation(seq, operation)) => (seq, operation.receipt().unwrap().summary),
        other => panic!("no operation but {other:?}"),
    }
}

#[tokio::test]
async fn every_change_is_seen_once_and_in_order() {
    let bench = Bench::new().await;
    let tasks = &bench.tasks;
    let early = bench.add("Early").await.task.id;
    let mut from_now = watch(tasks, &bench.ann, None).await;
    let mut from_one = watch(tasks, &bench.ann, Some(1)).await;
    let mut all = watch(tasks, &bench.ann, Some(0)).await;
    assert_eq!(next(&mut from_now).await, Some(Watched::Ready(1)));
    assert_eq!(seen(&mut all).await, (1, "Added “Early”.".to_owned()));

    let mut bobs = watch(tasks, &bench.bob, None).await;
    assert_eq!(next(&mut bobs).await, Some(Watched::Ready(0)));

    let key = bench.under("k");
    let milk = tasks.create(&key, titled("Milk")).await.unwrap();
    // Neither a replay nor what changes nothing is an event, and both leave no gap.
    tasks.create(&key, titled("Milk")).await.unwrap();
    tasks
        .set_completed(&bench.under("n"), early, false)
        .await
        .unwrap();
    let by = bench.by();
    let stale = tasks.update(&by, early, renamed("Late"), Some(7));
    assert_eq!(stale.await.unwrap_err().kind(), Kind::Conflict);
    tasks.set_completed(&bench.by(), early, true).await.unwrap();
    let operation = milk.receipt.unwrap().operation_id;
    tasks.undo(&bench.by(), operation).await.unwrap();
    tasks.redo(&bench.by(), operation).await.unwrap();
    for watching in [&mut from_now, &mut from_one, &mut all] {
        for expected in [
            (2, "Added “Milk”."),
            (3, "Completed “Early”."),
            (4, "Undone: “Milk” is removed."),
            (5, "Undone: “Milk” is back."),
        ] {
            let (seq, summary) = seen(watching).await;
            assert_eq!((seq, summary.as_str()), expected);
        }
    }
    let nothing = timeout(Duration::from_millis(50), bobs.next()).await;
    assert!(nothing.is_err(), "{nothing:?}");
}

#[tokio::test]
async fn many_hands_at_once_are_seen_without_gaps() {
    let bench = Bench::new().await;
    let mut watching = watch(&bench.tasks, &bench.ann, Some(0)).await;
    let hands = (0..4).map(async |hand| {
        for at in 0..40 {
            bench.add(&format!("{hand} {at}")).await;
        }
    });
    let (_, numbers) = tokio::join!(join_all(hands), async {
        let mut numbers = Vec::new();
        for _ in 0..160 {
            numbers.push(seen(&mut watching).await.0);
        }
        numbers
    });
    assert_eq!(numbers, (1..=160).collect::<Vec<_>>());
    // More than is read at once, from any place.
    let mut watching = watch(&bench.tasks, &bench.ann, Some(90)).await;
    for expected in 91..=160 {
        assert_eq!(self::seen(&mut watching).await.0, expected);
    }
}

#[tokio::test]
async fn what_another_process_does_is_seen_too() {
    let bench = Bench::new().await;
    // It shares the database and nothing else.
    let other = Tasks::new(bench.tasks.store.clone(), bench.tasks.clock.clone());
    let mut watching = watch(&other, &bench.ann, None).await;
    assert_eq!(next(&mut watching).await, Some(Watched::Ready(0)));
    bench.add("Milk").await;
    assert_eq!(seen(&mut watching).await, (1, "Added “Milk”.".to_owned()));
}

#[tokio::test]
async fn a_number_that_was_never_given_begins_anew() {
    let bench = Bench::new().await;
    bench.add("Milk").await;
    for after in [2, i32::MAX, -1] {
        let mut watching = watch(&bench.tasks, &bench.ann, Some(after)).await;
        assert_eq!(next(&mut watching).await, Some(Watched::Ready(1)));
    }
}

#[tokio::test]
async fn silence_is_told_and_the_end_of_the_process_ends_it() {
    let bench = Bench::new().await;
    let tasks = bench.tasks.clone().with_heartbeat(Duration::from_millis(5));
    let mut watching = watch(&tasks, &bench.ann, Some(0)).await;
    assert_eq!(next(&mut watching).await, Some(Watched::Heartbeat));
    assert_eq!(next(&mut watching).await, Some(Watched::Heartbeat));
    bench.add("Milk").await;
    while next(&mut watching).await == Some(Watched::Heartbeat) {}
    tasks.close();
    while next(&mut watching).await.is_some() {}
    // Nobody begins to wait any more either.
    let mut late = watch(&bench.tasks, &bench.ann, None).await;
    assert_eq!(next(&mut late).await, Some(Watched::Ready(1)));
    assert_eq!(next(&mut late).await, None);
}
