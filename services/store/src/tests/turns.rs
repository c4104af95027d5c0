//! Turns, their events, and the leases they run under.

use std::time::Duration;

use taskchat_domain::{
    EventBody, Failure, FailureKind, Kind, Notice, NoticeKind, Result, TurnId, TurnState, Usage,
    UserId,
};
use uuid::Uuid;

use crate::{
    UserTx,
    testing::{TestStore, at, stores, turn},
};

const LEASE: Duration = Duration::from_secs(30);

fn delta(text: &str) -> EventBody {
    EventBody::TextDelta {
        text: text.to_owned(),
    }
}

async fn finish(tx: &UserTx, turn: TurnId, lease: Option<Uuid>) -> Result<()> {
    let usage = Usage {
        input_tokens: 7,
        output_tokens: 8,
    };
    tx.finish_turn(turn, lease, TurnState::Completed, None, usage, at(50))
        .await
}

async fn claim(store: &TestStore, owner: Uuid, seconds: u64) -> Option<(UserId, TurnId)> {
    let claimed = store.leases().claim(owner, at(seconds), LEASE).await;
    claimed.unwrap().map(|it| (it.user, it.turn.id))
}

#[tokio::test]
async fn a_turn_is_stored_and_found_by_its_request() {
    for store in stores().await {
        let (ann, bob) = (store.person("ann").await, store.person("bob").await);
        let conversation = store.conversation(&ann, 1).await;
        let mut first = turn(conversation, 1);
        first.failure = Some(Failure {
            kind: FailureKind::TimedOut,
            text: "It took \u{0} too long.".to_owned(),
        });
        let tx = store.begin(&ann).await.unwrap();
        tx.insert_turn(&first, Some(("request", "hash")), None)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let mine = store.as_user(&ann);
        assert_eq!(mine.turn(first.id).await.unwrap(), Some(first.clone()));
        let tx = store.begin(&ann).await.unwrap();
        let found = tx.turn_by_request("request").await.unwrap();
        assert_eq!(found, Some((first.clone(), "hash".to_owned())));
        assert_eq!(tx.turn_by_request("other").await.unwrap(), None);
        let again = tx
            .insert_turn(&turn(conversation, 2), Some(("request", "hash")), None)
            .await;
        assert_eq!(again.unwrap_err().kind(), Kind::AlreadyExists);
        drop(tx);
        let tx = store.begin(&bob).await.unwrap();
        assert_eq!(tx.turn_by_request("request").await.unwrap(), None);
        assert_eq!(tx.request_cancel(first.id).await.unwrap(), None);
        assert_eq!(store.as_user(&bob).turn(first.id).await.unwrap(), None);
        let theirs = store.as_user(&bob);
        let turns = theirs.turns_before(conversation, None, 9).await;
        assert_eq!(turns.unwrap(), []);
    }
}

#[tokio::test]
async fn turns_are_numbered_and_read_backwards() {
    for store in stores().await {
        let user = store.person("ann").await;
        let conversation = store.conversation(&user, 1).await;
        for _ in 0..4 {
            store.turn(&user, conversation).await;
        }
        let mine = store.as_user(&user);
        for (before, limit, expected) in [
            (None, 2, vec![4, 3]),
            (Some(3), 2, vec![2, 1]),
            (Some(2), 9, vec![1]),
            (Some(1), 9, vec![]),
        ] {
            let turns = mine.turns_before(conversation, before, limit).await;
            let ordinals: Vec<i32> = turns.unwrap().iter().map(|turn| turn.ordinal).collect();
            assert_eq!(ordinals, expected, "{}", store.name);
        }
    }
}

#[tokio::test]
async fn limits_are_counted_for_each_person() {
    for store in stores().await {
        let (ann, bob) = (store.person("ann").await, store.person("bob").await);
        let (one, two) = (
            store.conversation(&ann, 1).await,
            store.conversation(&ann, 1).await,
        );
        let first = store.turn(&ann, one).await;
        store.turn(&ann, one).await;
        let tx = store.begin(&ann).await.unwrap();
        assert!(tx.is_busy(one).await.unwrap());
        assert!(!tx.is_busy(two).await.unwrap());
        assert_eq!(tx.active_conversations().await.unwrap(), 1);
        assert_eq!(tx.user_messages_since(first.created_at).await.unwrap(), 2);
        assert_eq!(tx.user_messages_since(at(2)).await.unwrap(), 1);
        drop(tx);
        store.turn(&ann, two).await;
        let tx = store.begin(&ann).await.unwrap();
        assert_eq!(tx.active_conversations().await.unwrap(), 2);
        drop(tx);
        let tx = store.begin(&bob).await.unwrap();
        assert!(!tx.is_busy(one).await.unwrap());
        assert_eq!(tx.active_conversations().await.unwrap(), 0);
        assert_eq!(tx.user_messages_since(at(0)).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn events_are_numbered_without_gaps() {
    for store in stores().await {
        let user = store.person("ann").await;
        let conversation = store.conversation(&user, 1).await;
        let turn = store.turn(&user, conversation).await;
        let notice = EventBody::Notice(Notice {
            kind: NoticeKind::UnbackedClaim,
            text: "n".to_owned(),
        });
        let mut written = Vec::new();
        for bodies in [vec![delta("a"), delta("b")], vec![], vec![notice]] {
            let tx = store.begin(&user).await.unwrap();
            written.extend(
                tx.append_events(turn.id, None, bodies, at(2))
                    .await
                    .unwrap(),
            );
            tx.commit().await.unwrap();
        }
        let mine = store.as_user(&user);
        let read = mine.events(turn.id, 0, 10).await.unwrap();
        assert_eq!(read, written);
        let seqs: Vec<i32> = read.iter().map(|event| event.seq).collect();
        assert_eq!(seqs, [1, 2, 3], "{}", store.name);
        assert_eq!(mine.events(turn.id, 1, 1).await.unwrap(), read[1..2]);
        assert_eq!(mine.turn(turn.id).await.unwrap().unwrap().last_seq, 3);
    }
}

#[tokio::test]
async fn turns_of_a_conversation_run_one_at_a_time_in_order() {
    for store in stores().await {
        let user = store.person("ann").await;
        let conversation = store.conversation(&user, 1).await;
        let first = store.turn(&user, conversation).await;
        let second = store.turn(&user, conversation).await;
        let owner = Uuid::now_v7();
        let claimed = store.leases().claim(owner, at(10), LEASE).await.unwrap();
        let claimed = claimed.unwrap();
        assert_eq!((&claimed.user, claimed.turn.id), (&user, first.id));
        assert_eq!(claimed.turn.state, TurnState::Running);
        assert_eq!(claim(&store, owner, 11).await, None, "{}", store.name);

        let tx = store.begin(&user).await.unwrap();
        finish(&tx, first.id, Some(owner)).await.unwrap();
        tx.commit().await.unwrap();
        let done = store.as_user(&user).turn(first.id).await.unwrap().unwrap();
        assert_eq!(done.state, TurnState::Completed);
        assert_eq!((done.usage.input_tokens, done.usage.output_tokens), (7, 8));
        assert_eq!(done.ended_at, Some(at(50)));

        let other = store.conversation(&user, 1).await;
        let leases = store.leases();
        let none = leases.claim_in(other, owner, at(12), LEASE).await.unwrap();
        assert_eq!(none, None);
        let next = leases.claim_in(conversation, owner, at(12), LEASE).await;
        assert_eq!(next.unwrap().unwrap().turn.id, second.id);
    }
}

#[tokio::test]
async fn one_of_many_processes_gets_a_turn() {
    for store in stores().await {
        let user = store.person("ann").await;
        let mut turns = Vec::new();
        for _ in 0..3 {
            let conversation = store.conversation(&user, 1).await;
            turns.push(store.turn(&user, conversation).await.id);
        }
        let one = async || claim(&store, Uuid::now_v7(), 10).await.map(|(_, id)| id);
        let (a, b, c, d, e) = tokio::join!(one(), one(), one(), one(), one());
        let mut got: Vec<TurnId> = [a, b, c, d, e].into_iter().flatten().collect();
        got.sort();
        let before = got.len();
        got.dedup();
        assert_eq!(got.len(), before, "{}: a turn was given twice", store.name);
        // Whoever met a locked row may have gone away empty-handed; the next look finds it.
        while let Some(id) = one().await {
            got.push(id);
        }
        got.sort();
        turns.sort();
        assert_eq!(got, turns, "{}", store.name);
    }
}

#[tokio::test]
async fn whoever_lost_the_lease_writes_nothing() {
    for store in stores().await {
        let user = store.person("ann").await;
        let conversation = store.conversation(&user, 1).await;
        let turn = store.turn(&user, conversation).await.id;
        let (old, new) = (Uuid::now_v7(), Uuid::now_v7());
        claim(&store, old, 10).await.unwrap();
        let leases = store.leases();
        let held = [(turn, old)];
        assert_eq!(leases.renew(&held, at(60)).await.unwrap(), [].into());
        assert_eq!(claim(&store, new, 59).await, None);
        assert_eq!(claim(&store, new, 61).await.unwrap().1, turn);
        let both = [(turn, old), (turn, new)];
        assert_eq!(leases.renew(&both, at(70)).await.unwrap(), [old].into());

        let tx = store.begin(&user).await.unwrap();
        for lease in [Some(old), None] {
            let lost = tx.append_events(turn, lease, vec![delta("x")], at(62));
            assert_eq!(lost.await.unwrap_err().kind(), Kind::Conflict);
            let lost = tx.append_events(turn, lease, vec![], at(62)).await;
            assert_eq!(lost.unwrap_err().kind(), Kind::Conflict);
            let lost = finish(&tx, turn, lease).await;
            assert_eq!(lost.unwrap_err().kind(), Kind::Conflict);
        }
        tx.append_events(turn, Some(new), vec![delta("x")], at(62))
            .await
            .unwrap();
        finish(&tx, turn, Some(new)).await.unwrap();
        let over = tx.append_events(turn, Some(new), vec![], at(63)).await;
        assert_eq!(over.unwrap_err().kind(), Kind::Conflict, "{}", store.name);
        tx.commit().await.unwrap();
        assert_eq!(claim(&store, new, 999).await, None);
    }
}

#[tokio::test]
async fn a_new_process_takes_over_an_embedded_database() {
    for store in stores().await {
        let user = store.person("ann").await;
        let conversation = store.conversation(&user, 1).await;
        let turn = store.turn(&user, conversation).await.id;
        let (old, new) = (Uuid::now_v7(), Uuid::now_v7());
        claim(&store, old, 10).await.unwrap();
        store.leases().take_over().await.unwrap();
        if store.name == "PostgreSQL" {
            assert_eq!(claim(&store, new, 11).await, None);
            continue;
        }
        // Freed, but not for whoever had it, and not forgotten.
        let tx = store.begin(&user).await.unwrap();
        let lost = tx.append_events(turn, Some(old), vec![delta("x")], at(11));
        assert_eq!(lost.await.unwrap_err().kind(), Kind::Conflict);
        drop(tx);
        let leases = store.leases();
        let lost = leases.renew(&[(turn, old)], at(99)).await.unwrap();
        assert_eq!(lost, [old].into());
        let claimed = leases.claim(new, at(11), LEASE).await.unwrap().unwrap();
        assert_eq!((claimed.turn.id, claimed.take_ups), (turn, 1));
    }
}

#[tokio::test]
async fn asking_to_stop_reaches_the_runner() {
    for store in stores().await {
        let user = store.person("ann").await;
        let conversation = store.conversation(&user, 1).await;
        let running = store.turn(&user, conversation).await.id;
        let queued = store.turn(&user, conversation).await.id;
        let owner = Uuid::now_v7();
        claim(&store, owner, 10).await.unwrap();

        let tx = store.begin(&user).await.unwrap();
        let asked = tx.request_cancel(running).await.unwrap().unwrap();
        assert_eq!(
            (asked.state, asked.cancel_requested),
            (TurnState::Running, true)
        );
        let asked = tx.request_cancel(queued).await.unwrap().unwrap();
        assert_eq!(asked.state, TurnState::Queued);
        tx.append_events(queued, None, vec![delta("x")], at(11))
            .await
            .unwrap();
        finish(&tx, queued, None).await.unwrap();
        assert_eq!(tx.request_cancel(TurnId::new()).await.unwrap(), None);
        tx.commit().await.unwrap();
        let stopping = store.leases().to_stop().await.unwrap();
        assert_eq!(stopping, [running], "{}", store.name);

        let tx = store.begin(&user).await.unwrap();
        let over = tx.request_cancel(queued).await.unwrap().unwrap();
        assert_eq!(over.state, TurnState::Completed);
    }
}

#[tokio::test]
async fn take_ups_are_counted_until_the_turn_gets_further() {
    for store in stores().await {
        let user = store.person("ann").await;
        let conversation = store.conversation(&user, 1).await;
        let turn = store.turn(&user, conversation).await.id;
        let lapsed = async |times: u64| {
            let now = at(times * 2 * LEASE.as_secs());
            let owner = Uuid::now_v7();
            let claimed = store.leases().claim(owner, now, LEASE).await.unwrap();
            (owner, claimed.unwrap())
        };
        for (times, expected) in [(1, 0), (2, 1), (3, 2)] {
            assert_eq!(lapsed(times).await.1.take_ups, expected, "{}", store.name);
        }
        let (owner, _) = lapsed(4).await;
        let usage = Usage {
            input_tokens: 3,
            output_tokens: 4,
        };
        let tx = store.begin(&user).await.unwrap();
        let lost = tx.advance_turn(turn, Uuid::now_v7(), usage).await;
        assert_eq!(lost.unwrap_err().kind(), Kind::Conflict);
        tx.advance_turn(turn, owner, usage).await.unwrap();
        tx.commit().await.unwrap();
        // What it has used is known to whoever takes it up.
        let (owner, claimed) = lapsed(5).await;
        assert_eq!((claimed.take_ups, claimed.turn.usage), (1, usage));
        // A turn that waits for the person was not cut off.
        let tx = store.begin(&user).await.unwrap();
        tx.park_turn(turn, owner, usage).await.unwrap();
        assert!(tx.unpark_turn(turn).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(lapsed(6).await.1.take_ups, 0, "{}", store.name);
    }
}

#[tokio::test]
async fn a_turn_that_was_given_back_is_run_later_and_not_held_against_it() {
    for store in stores().await {
        let user = store.person("ann").await;
        let conversation = store.conversation(&user, 1).await;
        let turn = store.turn(&user, conversation).await.id;
        let leases = store.leases();
        let (old, lost) = (Uuid::now_v7(), Uuid::now_v7());
        claim(&store, old, 10).await.unwrap();
        leases.give_back(turn, lost, at(0)).await.unwrap();
        assert_eq!(claim(&store, lost, 11).await, None, "{}", store.name);
        leases.give_back(turn, old, at(12)).await.unwrap();
        let tx = store.begin(&user).await.unwrap();
        let late = tx.append_events(turn, Some(old), vec![delta("x")], at(12));
        assert_eq!(late.await.unwrap_err().kind(), Kind::Conflict);
        drop(tx);
        assert_eq!(claim(&store, old, 12).await, None, "not yet");
        let again = leases
            .claim_unsuspected(Uuid::now_v7(), at(13), LEASE)
            .await;
        let again = again.unwrap().expect("its turn");
        assert_eq!((again.turn.id, again.take_ups), (turn, 0), "{}", store.name);
        // From now on it is found in dead processes.
        let found = leases
            .claim_unsuspected(Uuid::now_v7(), at(50), LEASE)
            .await;
        assert_eq!(found.unwrap().expect("found").take_ups, 1);
        let suspected = leases
            .claim_unsuspected(Uuid::now_v7(), at(90), LEASE)
            .await;
        assert_eq!(suspected.unwrap(), None, "{}", store.name);
        let found = leases.claim(Uuid::now_v7(), at(90), LEASE).await.unwrap();
        assert_eq!(found.expect("found").take_ups, 2, "{}", store.name);
    }
}
