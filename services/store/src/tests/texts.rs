//! Text that many turns have written at once.

use std::{pin::pin, time::Duration};

use taskchat_domain::{EventBody, Kind, TurnId, UserId};
use tempfile::TempDir;
use tokio::time::timeout;
use uuid::Uuid;

use crate::{
    Config,
    testing::{TestStore, at, configs, stores},
};

/// Longer than anything takes that waits for nobody.
const SOON: Duration = Duration::from_secs(3);

/// A turn of somebody's that runs under the lease.
async fn running(store: &TestStore, name: &str) -> (UserId, TurnId, Uuid) {
    let user = store.person(name).await;
    let conversation = store.conversation(&user, 1).await;
    let (turn, lease) = (store.turn(&user, conversation).await.id, Uuid::now_v7());
    let (leases, ttl) = (store.leases(), Duration::from_secs(30));
    let claimed = leases.claim_in(conversation, lease, at(10), ttl).await;
    assert_eq!(claimed.unwrap().unwrap().turn.id, turn);
    (user, turn, lease)
}

async fn texts(store: &TestStore, user: &UserId, turn: TurnId) -> Vec<(i32, String)> {
    let events = store.as_user(user).events(turn, 0, 999).await.unwrap();
    let text = |body| match body {
        EventBody::TextDelta { text } => text,
        other => panic!("{other:?}"),
    };
    let read = events.into_iter().map(|it| (it.seq, text(it.body)));
    read.collect()
}

#[tokio::test]
async fn each_turn_has_its_pieces_in_order_whatever_is_written_along() {
    for store in stores().await {
        let mut turns = Vec::new();
        for n in 0..8 {
            turns.push(running(&store, &format!("p{n}")).await);
        }
        let writing = turns.iter().map(async |(user, turn, lease)| {
            for n in 1..=20 {
                let text = format!("{turn} {n}");
                let event = store.append_text(user, *turn, *lease, text, at(11)).await;
                let event = event.unwrap();
                assert_eq!((event.turn_id, event.seq), (*turn, n), "{}", store.name);
            }
        });
        futures::future::join_all(writing).await;
        for (user, turn, _) in &turns {
            let expected: Vec<_> = (1..=20).map(|n| (n, format!("{turn} {n}"))).collect();
            assert_eq!(texts(&store, user, *turn).await, expected, "{}", store.name);
        }
    }
}

#[tokio::test]
async fn pieces_of_one_turn_at_once_are_all_stored() {
    for store in stores().await {
        let (user, turn, lease) = running(&store, "ann").await;
        let pieces = (0..50).map(|n| store.append_text(&user, turn, lease, n.to_string(), at(11)));
        let stored = futures::future::join_all(pieces).await;
        let numbers: Vec<_> = stored.into_iter().map(|it| it.unwrap().seq).collect();
        assert_eq!(numbers, (1..=50).collect::<Vec<_>>(), "{}", store.name);
        let expected: Vec<_> = (0..50).map(|n| (n + 1, n.to_string())).collect();
        assert_eq!(texts(&store, &user, turn).await, expected);
    }
}

#[tokio::test]
async fn whoever_lost_the_lease_writes_nothing_and_the_others_all() {
    for store in stores().await {
        let (ann, lost, _) = running(&store, "ann").await;
        let (bob, held, lease) = running(&store, "bob").await;
        let text = || "x".to_owned();
        let (not_mine, not_there, written) = tokio::join!(
            store.append_text(&ann, lost, Uuid::now_v7(), text(), at(11)),
            store.append_text(&ann, TurnId::new(), lease, text(), at(11)),
            store.append_text(&bob, held, lease, text(), at(11)),
        );
        for refused in [not_mine, not_there] {
            assert_eq!(refused.unwrap_err().kind(), Kind::Conflict);
        }
        let not_his = store.append_text(&ann, held, lease, text(), at(11)).await;
        assert_eq!(
            not_his.unwrap_err().kind(),
            Kind::Conflict,
            "{}",
            store.name
        );
        assert_eq!(written.unwrap().turn_id, held);
        assert_eq!(texts(&store, &ann, lost).await, []);
    }
}

#[tokio::test]
async fn whoever_is_locked_keeps_only_their_own_text_waiting() {
    // SQLite has no locks but the one.
    for store in stores().await.into_iter().skip(1) {
        let (ann, hers, her_lease) = running(&store, "ann").await;
        let (bob, his, his_lease) = running(&store, "bob").await;
        let text = || "x".to_owned();
        for erase in [false, true] {
            let lock = store.begin(&ann).await.unwrap();
            if erase {
                assert!(lock.erase().await.unwrap());
            } else {
                lock.request_cancel(hers).await.unwrap();
            }
            let mut blocked = pin!(store.append_text(&ann, hers, her_lease, text(), at(11)));
            let writing = async {
                for _ in 0..3 {
                    let written = store.append_text(&bob, his, his_lease, text(), at(11));
                    written.await.unwrap();
                }
            };
            tokio::select! {
                early = &mut blocked => panic!("{early:?}"),
                written = timeout(SOON, writing) => written.expect("nobody waits for ann"),
            }
            drop(lock);
            blocked.await.unwrap();
        }
        assert_eq!(texts(&store, &ann, hers).await.len(), 2);
        assert_eq!(texts(&store, &bob, his).await.len(), 6);
    }
}

#[tokio::test]
async fn text_waits_for_a_database_that_has_no_time() {
    for (name, config) in configs().await {
        let dir = TempDir::new().unwrap();
        let config = Config {
            max_connections: 1,
            acquire_timeout: Duration::from_secs(1),
            ..config
        };
        let store = config.open(dir.path()).await.unwrap();
        store.migrate().await.unwrap();
        let store = TestStore::new(store, name, dir);
        let (ann, turn, lease) = running(&store, "ann").await;
        let busy = store.begin(&ann).await.unwrap();
        let mut waiting = pin!(store.append_text(&ann, turn, lease, "x".to_owned(), at(11)));
        // For longer than it waits for a connection.
        let early = timeout(Duration::from_millis(2500), &mut waiting).await;
        assert!(early.is_err(), "{name}: {early:?}");
        drop(busy);
        assert_eq!(waiting.await.unwrap().seq, 1, "{name}");
    }
}
