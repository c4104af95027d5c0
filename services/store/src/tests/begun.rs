//! Turns that begin in the transaction that opens them.

use std::time::Duration;

use taskchat_domain::{Kind, TurnState};
use uuid::Uuid;

use crate::{
    Lease,
    testing::{at, stores, turn},
};

#[tokio::test]
async fn a_turn_that_is_opened_under_a_lease_is_run_by_nobody_else_until_it_lapses() {
    for store in stores().await {
        let ann = store.person("ann").await;
        let conversation = store.conversation(&ann, 1).await;
        let mut first = turn(conversation, 1);
        first.state = TurnState::Running;
        let lease = Lease {
            owner: Uuid::now_v7(),
            until: at(40),
        };
        let tx = store.begin(&ann).await.unwrap();
        tx.insert_turn(&first, None, Some(lease)).await.unwrap();
        // Written to under the lease, in the same transaction as later.
        tx.append_events(first.id, Some(lease.owner), Vec::new(), at(1))
            .await
            .unwrap();
        tx.commit().await.unwrap();

        let mut second = turn(conversation, 2);
        second.state = TurnState::Running;
        let other = Lease {
            owner: Uuid::now_v7(),
            ..lease
        };
        let tx = store.begin(&ann).await.unwrap();
        let refused = tx.insert_turn(&second, None, Some(other)).await;
        assert_eq!(refused.unwrap_err().kind(), Kind::AlreadyExists);
        drop(tx);

        let leases = store.leases();
        let ttl = Duration::from_secs(30);
        let early = leases.claim(other.owner, at(39), ttl).await.unwrap();
        assert_eq!(early, None, "{}", store.name);
        let late = leases.claim(other.owner, at(41), ttl).await.unwrap();
        let late = late.expect("its process is dead");
        assert_eq!((late.turn.id, late.take_ups), (first.id, 1));
    }
}
