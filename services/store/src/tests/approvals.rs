//! Approvals, the turns that wait for them, and when people want to be asked.

use std::time::Duration;

use serde_json::json;
use taskchat_domain::{
    Approval, ApprovalId, ApprovalPolicy, ApprovalReason, ApprovalState, Call, CallId, Kind,
    TimeZone, Turn, TurnState, Usage, UserId,
};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::testing::{TestStore, at, stores};

const LEASE: Duration = Duration::from_secs(30);

fn asked(turn: &Turn, expires: u64) -> Approval {
    Approval {
        id: ApprovalId::new(),
        conversation_id: turn.conversation_id,
        turn_id: turn.id,
        calls: vec![Call {
            id: CallId::nth(1),
            tool: "delete_task".to_owned(),
            arguments: json!({ "task": "the \u{0} report" }),
        }],
        reason: ApprovalReason::TaintedDelete,
        state: ApprovalState::Pending,
        created_at: at(1),
        expires_at: at(expires),
        decided_at: None,
    }
}

/// A turn that waits for an approval until `expires`.
async fn waiting(store: &TestStore, user: &UserId, expires: u64) -> (Turn, Approval) {
    let conversation = store.conversation(user, 1).await;
    let turn = store.turn(user, conversation).await;
    let owner = Uuid::now_v7();
    let leases = store.leases();
    let claimed = leases.claim_in(conversation, owner, at(2), LEASE).await;
    assert_eq!(claimed.unwrap().unwrap().turn.id, turn.id);
    let approval = asked(&turn, expires);
    let used = Usage {
        input_tokens: 3,
        output_tokens: 4,
    };
    let tx = store.begin(user).await.unwrap();
    let parked = tx.park_turn(turn.id, owner, used).await.unwrap();
    assert_eq!(
        (parked.state, parked.usage, parked.cancel_requested),
        (TurnState::WaitingForApproval, used, false)
    );
    tx.insert_approval(&approval).await.unwrap();
    tx.commit().await.unwrap();
    (parked, approval)
}

#[tokio::test]
async fn an_approval_is_its_owners_and_the_only_open_one() {
    for store in stores().await {
        let (ann, bob) = (store.person("ann").await, store.person("bob").await);
        let (turn, approval) = waiting(&store, &ann, 60).await;
        let mine = store.as_user(&ann);
        let theirs = store.as_user(&bob);
        let found = mine.approval(approval.id).await.unwrap();
        assert_eq!(found.as_ref(), Some(&approval), "{}", store.name);
        let open = mine.open_approval(turn.conversation_id).await.unwrap();
        assert_eq!(open.as_ref(), Some(&approval));
        assert_eq!(theirs.approval(approval.id).await.unwrap(), None);
        let open = theirs.open_approval(turn.conversation_id).await.unwrap();
        assert_eq!(open, None);

        let tx = store.begin(&bob).await.unwrap();
        let closing = tx.close_approval(approval.id, ApprovalState::Approved, at(3));
        assert!(!closing.await.unwrap());
        assert!(!tx.unpark_turn(turn.id).await.unwrap());
        drop(tx);
        let tx = store.begin(&ann).await.unwrap();
        let second = tx.insert_approval(&asked(&turn, 60)).await.unwrap_err();
        assert_eq!(second.kind(), Kind::AlreadyExists);
    }
}

#[tokio::test]
async fn one_of_many_decisions_counts() {
    for store in stores().await {
        let user = store.person("ann").await;
        let (turn, approval) = waiting(&store, &user, 60).await;
        let mut deciding = JoinSet::new();
        for n in 0..20 {
            let state = match n % 2 {
                0 => ApprovalState::Approved,
                _ => ApprovalState::Denied,
            };
            let (store, user) = (store.store.clone(), user.clone());
            let (turn, approval) = (turn.id, approval.id);
            deciding.spawn(async move {
                let tx = store.begin(&user).await.unwrap();
                if !tx.unpark_turn(turn).await.unwrap() {
                    return None;
                }
                assert!(tx.close_approval(approval, state, at(9)).await.unwrap());
                tx.commit().await.unwrap();
                Some(state)
            });
        }
        let won: Vec<_> = deciding.join_all().await.into_iter().flatten().collect();
        assert_eq!(won.len(), 1, "{}", store.name);
        let mine = store.as_user(&user);
        let closed = mine.approval(approval.id).await.unwrap().unwrap();
        assert_eq!(closed, approval.closed(won[0], at(9)));
        let open = mine.open_approval(turn.conversation_id).await.unwrap();
        assert_eq!(open, None);
    }
}

#[tokio::test]
async fn a_waiting_turn_keeps_its_place() {
    for store in stores().await {
        let user = store.person("ann").await;
        let (turn, _) = waiting(&store, &user, 60).await;
        let next = store.turn(&user, turn.conversation_id).await;
        let owner = Uuid::now_v7();
        let claim = async |second: u64| {
            let leases = store.leases();
            let claimed = leases.claim(owner, at(second), LEASE).await.unwrap();
            claimed.map(|it| it.turn.id)
        };
        // Neither the turn that waits nor the one behind it.
        assert_eq!(claim(500).await, None, "{}", store.name);
        let tx = store.begin(&user).await.unwrap();
        assert!(tx.is_busy(turn.conversation_id).await.unwrap());
        assert!(tx.unpark_turn(turn.id).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(claim(501).await, Some(turn.id), "{}", store.name);
        assert_eq!(claim(502).await, None);
        let tx = store.begin(&user).await.unwrap();
        let usage = Usage::default();
        let done = TurnState::Completed;
        tx.finish_turn(turn.id, Some(owner), done, None, usage, at(503))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(claim(504).await, Some(next.id));
    }
}

#[tokio::test]
async fn a_waiting_turn_that_is_to_stop_can_be_taken_but_not_resumed() {
    for store in stores().await {
        let user = store.person("ann").await;
        let (turn, _) = waiting(&store, &user, 60).await;
        let tx = store.begin(&user).await.unwrap();
        tx.request_cancel(turn.id).await.unwrap();
        assert!(!tx.unpark_turn(turn.id).await.unwrap());
        tx.commit().await.unwrap();
        let leases = store.leases();
        let claimed = leases.claim(Uuid::now_v7(), at(3), LEASE).await.unwrap();
        let claimed = claimed.unwrap().turn;
        assert_eq!((claimed.id, claimed.cancel_requested), (turn.id, true));
    }
}

#[tokio::test]
async fn overdue_approvals_are_found() {
    for store in stores().await {
        let user = store.person("ann").await;
        let (_, second) = waiting(&store, &user, 20).await;
        let (_, first) = waiting(&store, &user, 10).await;
        let overdue = async |second: u64| {
            let found = store.leases().overdue_approvals(at(second), 9).await;
            let found = found.unwrap().into_iter();
            // Other tests have people of their own in their own databases.
            found.map(|(_, approval)| approval.id).collect::<Vec<_>>()
        };
        assert_eq!(overdue(9).await, [], "{}", store.name);
        assert_eq!(overdue(10).await, [first.id]);
        assert_eq!(overdue(99).await, [first.id, second.id]);
        let tx = store.begin(&user).await.unwrap();
        let expired = ApprovalState::Expired;
        assert!(tx.close_approval(first.id, expired, at(99)).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(overdue(99).await, [second.id]);
    }
}

#[tokio::test]
async fn people_say_when_they_want_to_be_asked() {
    for store in stores().await {
        let (ann, bob) = (store.person("ann").await, store.person("bob").await);
        let policy = async |user: &UserId| store.as_user(user).approval_policy().await.unwrap();
        assert_eq!(policy(&ann).await, ApprovalPolicy::ByRisk, "{}", store.name);
        let tx = store.begin(&ann).await.unwrap();
        let refused = tx.save_profile(None, None).await.unwrap_err();
        assert_eq!(refused.kind(), Kind::Invalid);
        let zone = TimeZone::parse("Europe/Berlin").unwrap();
        let saved = tx.save_profile(Some(zone), None).await.unwrap();
        assert_eq!(saved.time_zone, zone);
        let always = Some(ApprovalPolicy::Always);
        let saved = tx.save_profile(None, always).await.unwrap();
        assert_eq!(
            (saved.time_zone, saved.approval_policy),
            (zone, ApprovalPolicy::Always)
        );
        tx.commit().await.unwrap();
        assert_eq!(policy(&ann).await, ApprovalPolicy::Always);
        assert_eq!(policy(&bob).await, ApprovalPolicy::ByRisk);
    }
}
