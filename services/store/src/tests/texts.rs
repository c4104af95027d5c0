//! Text that many turns have written at once.

use std::time::Duration;

use taskchat_domain::{EventBody, Kind, TurnId, UserId};
use uuid::Uuid;

use crate::testing::{TestStore, at, stores};

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
