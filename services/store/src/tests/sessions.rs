//! Sign-ins and the rotation of their tokens.

use chrono::TimeDelta;
use taskchat_domain::{SessionId, UserId};

use crate::{
    NewSession, NextToken, Rotation,
    testing::{TestStore, at, stores},
};

async fn sign_in(store: &TestStore, user: &UserId, hash: &str) -> SessionId {
    let session = NewSession {
        id: SessionId::new(),
        user: user.clone(),
        token_hash: hash.to_owned(),
        at: at(1),
        expires_at: at(100),
        user_agent: "a browser".to_owned(),
    };
    let accounts = store.accounts();
    accounts.insert_session(&session).await.unwrap();
    session.id
}

/// Exchanges a token, `seconds` after the beginning; good for a hundred seconds.
async fn rotate(store: &TestStore, old: &str, new: &str, seconds: u64) -> Rotation {
    let next = NextToken {
        hash: new,
        at: at(seconds),
        expires_at: at(seconds + 100),
        user_agent: "another browser",
    };
    let accounts = store.accounts();
    let rotated = accounts.rotate(old, next, TimeDelta::seconds(10)).await;
    rotated.unwrap()
}

fn is_good(rotation: &Rotation) -> bool {
    matches!(rotation, Rotation::Rotated { .. })
}

#[tokio::test]
async fn a_spent_token_revokes_its_session() {
    for store in stores().await {
        let user = store.person("ann").await;
        let id = sign_in(&store, &user, "a").await;
        let other = sign_in(&store, &user, "other").await;
        let accounts = store.accounts();
        match rotate(&store, "a", "b", 2).await {
            Rotation::Rotated { session, account } => {
                assert_eq!((session, account.user.id), (id, user.clone()));
            }
            refused => panic!("{}: {refused:?}", store.name),
        }
        let session = accounts.session(id).await.unwrap().unwrap();
        assert_eq!(
            (session.refreshed_at, session.expires_at, session.revoked_at),
            (at(2), at(102), None)
        );
        assert_eq!(session.user_agent, "another browser");
        assert_eq!(rotate(&store, "a", "c", 12).await, Rotation::Spent);
        let revoked = accounts.session(id).await.unwrap().unwrap();
        assert_eq!(revoked.revoked_at, Some(at(12)));
        assert_eq!(rotate(&store, "b", "d", 13).await, Rotation::Unknown);
        assert_eq!(rotate(&store, "c", "d", 13).await, Rotation::Unknown);
        let untouched = accounts.session(other).await.unwrap().unwrap();
        assert_eq!(untouched.revoked_at, None);
    }
}

#[tokio::test]
async fn an_exchange_whose_answer_was_lost_can_be_repeated() {
    for store in stores().await {
        let user = store.person("ann").await;
        let id = sign_in(&store, &user, "a").await;
        let accounts = store.accounts();
        assert!(is_good(&rotate(&store, "a", "lost", 2).await));
        assert!(
            is_good(&rotate(&store, "a", "b", 11).await),
            "{}",
            store.name
        );
        assert!(is_good(&rotate(&store, "b", "c", 11).await));
        // Once the successor is used, the token is as spent as any.
        assert_eq!(rotate(&store, "a", "x", 11).await, Rotation::Spent);
        let session = accounts.session(id).await.unwrap().unwrap();
        assert_eq!(session.revoked_at, Some(at(11)));

        // Of two successors only one is used; the other must be somebody else's.
        let id = sign_in(&store, &user, "d").await;
        assert!(is_good(&rotate(&store, "d", "e", 2).await));
        assert!(is_good(&rotate(&store, "d", "f", 3).await));
        assert!(is_good(&rotate(&store, "e", "g", 50).await));
        assert_eq!(rotate(&store, "f", "x", 51).await, Rotation::Spent);
        let session = accounts.session(id).await.unwrap().unwrap();
        assert_eq!(session.revoked_at, Some(at(51)), "{}", store.name);

        // The grace is counted from the first exchange.
        sign_in(&store, &user, "h").await;
        assert!(is_good(&rotate(&store, "h", "i", 2).await));
        assert!(is_good(&rotate(&store, "h", "j", 9).await));
        assert_eq!(rotate(&store, "h", "x", 13).await, Rotation::Spent);
    }
}

#[tokio::test]
async fn two_tabs_that_refresh_at_once_both_stay() {
    for store in stores().await {
        let user = store.person("ann").await;
        let id = sign_in(&store, &user, "a").await;
        let (x, y) = tokio::join!(rotate(&store, "a", "x", 2), rotate(&store, "a", "y", 2));
        assert!(is_good(&x) && is_good(&y), "{}: {x:?} {y:?}", store.name);
        // Whichever of the two cookies the browser kept goes on.
        assert!(is_good(&rotate(&store, "y", "z", 60).await));
        let session = store.accounts().session(id).await.unwrap().unwrap();
        assert_eq!(session.revoked_at, None);
    }
}

#[tokio::test]
async fn people_see_and_end_their_own_sessions_only() {
    for store in stores().await {
        let (ann, bob) = (store.person("ann").await, store.person("bob").await);
        let one = sign_in(&store, &ann, "one").await;
        let two = sign_in(&store, &ann, "two").await;
        sign_in(&store, &bob, "his").await;
        assert!(is_good(&rotate(&store, "one", "next", 20).await));
        let open = |seconds| {
            let scope = store.as_user(&ann);
            async move {
                let sessions = scope.sessions(at(seconds)).await.unwrap();
                sessions.iter().map(|it| it.id).collect::<Vec<_>>()
            }
        };
        // The first session of the account began before both.
        assert_eq!(open(30).await[..2], [one, two], "{}", store.name);
        assert_eq!(open(30).await.len(), 3);

        let tx = store.begin(&bob).await.unwrap();
        assert!(!tx.revoke_session(one, at(40)).await.unwrap());
        tx.commit().await.unwrap();
        for expected in [true, false] {
            let tx = store.begin(&ann).await.unwrap();
            assert_eq!(tx.revoke_session(one, at(40)).await.unwrap(), expected);
            tx.commit().await.unwrap();
        }
        assert_eq!(open(50).await[0], two);
        assert_eq!(open(101).await.len(), 1, "{}", store.name);
    }
}

#[tokio::test]
async fn sessions_expire_are_revoked_and_forgotten() {
    for store in stores().await {
        let user = store.person("ann").await;
        let accounts = store.accounts();
        let old = sign_in(&store, &user, "old").await;
        let late = rotate(&store, "old", "new", 100).await;
        assert_eq!(late, Rotation::Unknown);

        let second = sign_in(&store, &user, "second").await;
        for seconds in [5, 6] {
            let ended = accounts.revoke_by_token("second", at(seconds)).await;
            assert_eq!(ended.unwrap(), Some(second));
        }
        let session = accounts.session(second).await.unwrap().unwrap();
        assert_eq!(session.revoked_at, Some(at(5)));
        let refused = rotate(&store, "second", "x", 7).await;
        assert_eq!(refused, Rotation::Unknown);

        let third = sign_in(&store, &user, "third").await;
        let ended = accounts.revoke_by_token("third", at(8)).await.unwrap();
        assert_eq!(ended, Some(third));
        let none = accounts.revoke_by_token("nothing", at(8)).await.unwrap();
        assert_eq!(none, None);

        let fresh = NewSession {
            id: SessionId::new(),
            user: user.clone(),
            token_hash: "fresh".to_owned(),
            at: at(150),
            expires_at: at(250),
            user_agent: "a browser".to_owned(),
        };
        accounts.insert_session(&fresh).await.unwrap();
        assert_eq!(accounts.session(old).await.unwrap(), None);
        assert!(accounts.session(fresh.id).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn whoever_is_active_has_an_account_and_a_good_session() {
    for store in stores().await {
        let (ann, bob) = (store.person("ann").await, store.person("bob").await);
        let id = sign_in(&store, &ann, "a").await;
        let accounts = store.accounts();
        let other = SessionId::new();
        for (user, issuer, session, seconds, active) in [
            (&ann, "local", Some(id), 99, true),
            (&ann, "local", Some(id), 100, false),
            (&ann, "local", None, 1000, true),
            (&ann, "local", Some(other), 1, false),
            (&ann, "elsewhere", None, 1, false),
            (&bob, "local", Some(id), 1, false),
            (&UserId::generate(), "local", None, 1, false),
        ] {
            let found = accounts.is_active(user, issuer, session, at(seconds)).await;
            assert_eq!(found.unwrap(), active, "{}: {user} {session:?}", store.name);
        }
        let tx = store.begin(&ann).await.unwrap();
        assert!(
            tx.revoke_session(id, at(2)).await.unwrap(),
            "{}",
            store.name
        );
        tx.commit().await.unwrap();
        let found = accounts.is_active(&ann, "local", Some(id), at(3)).await;
        assert!(!found.unwrap(), "{}", store.name);
    }
}
