//! Accounts, sign-ins, and the signing key.

use taskchat_domain::{ApprovalPolicy, Error, Kind, SessionId, TimeZone, User, UserId};

use crate::{
    NewSession, Rotation,
    testing::{TestStore, at, first_session, stores},
};

fn user(id: &str, email: Option<&str>) -> User {
    User {
        id: UserId::parse(id).unwrap(),
        email: email.map(str::to_owned),
        time_zone: TimeZone::parse("Asia/Tokyo").unwrap(),
        approval_policy: ApprovalPolicy::default(),
        created_at: at(0),
    }
}

async fn sign_in(store: &TestStore, user: &UserId, hash: &str) -> SessionId {
    let session = NewSession {
        id: SessionId::new(),
        user: user.clone(),
        token_hash: hash.to_owned(),
        at: at(1),
        expires_at: at(100),
    };
    let accounts = store.accounts();
    accounts.insert_session(&session).await.unwrap();
    session.id
}

#[tokio::test]
async fn an_address_is_taken_in_every_letter_case() {
    for store in stores().await {
        let accounts = store.accounts();
        let ann = user("1", Some("Ann.Ö@Example.org"));
        accounts
            .sign_up(&ann, "hash", &first_session(&ann))
            .await
            .unwrap();
        let again = user("2", Some("ann.ö@example.ORG"));
        let taken = accounts
            .sign_up(&again, "hash", &first_session(&again))
            .await
            .unwrap_err();
        assert_eq!(taken.kind(), Kind::AlreadyExists);
        assert_eq!(
            taken.to_string(),
            "e-mail address is already registered",
            "{}",
            store.name
        );
        let found = accounts.by_email(" ANN.ö@example.org").await.unwrap();
        let found = found.unwrap();
        assert_eq!(found.user, ann);
        assert_eq!(found.password_hash.as_deref(), Some("hash"));
        assert_eq!(accounts.by_id(&ann.id).await.unwrap(), Some(found));
        for unknown in ["bob@example.org", "", "a\0b"] {
            assert_eq!(accounts.by_email(unknown).await.unwrap(), None);
        }
        let tx = store.begin(&ann.id).await.unwrap();
        assert_eq!(tx.time_zone().await.unwrap(), ann.time_zone);
    }
}

#[tokio::test]
async fn people_from_outside_are_known_from_first_sight() {
    for store in stores().await {
        let accounts = store.accounts();
        let id = UserId::parse("abcDEF123").unwrap();
        let email = Some("ann@example.org");
        let see = || accounts.ensure_external(&id, "https://issuer", email, at(3));
        let (a, b, c) = tokio::join!(see(), see(), see());
        let first = a.unwrap();
        assert_eq!(first, b.unwrap());
        assert_eq!(first, c.unwrap(), "{}", store.name);
        assert_eq!(first.user.email.as_deref(), email);
        // The address of somebody from outside is no bar to a sign-up, and no way to sign in.
        assert_eq!(accounts.by_email("ann@example.org").await.unwrap(), None);
        let local = user("1", email);
        let first = first_session(&local);
        accounts.sign_up(&local, "hash", &first).await.unwrap();

        let stolen = accounts.ensure_external(&local.id, "https://issuer", None, at(4));
        assert!(matches!(stolen.await, Err(Error::BadToken)));
        let stolen = accounts.ensure_external(&id, "https://other", None, at(4));
        assert!(matches!(stolen.await, Err(Error::BadToken)));
    }
}

#[tokio::test]
async fn a_spent_token_revokes_its_session() {
    for store in stores().await {
        let user = store.person("ann").await;
        let id = sign_in(&store, &user, "a").await;
        let other = sign_in(&store, &user, "other").await;
        let accounts = store.accounts();
        let rotated = accounts.rotate("a", "b", at(2), at(102)).await.unwrap();
        match rotated {
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
        let spent = accounts.rotate("a", "c", at(3), at(103)).await.unwrap();
        assert_eq!(spent, Rotation::Spent);
        let revoked = accounts.session(id).await.unwrap().unwrap();
        assert_eq!(revoked.revoked_at, Some(at(3)));
        let late = accounts.rotate("b", "d", at(4), at(104)).await.unwrap();
        assert_eq!(late, Rotation::Unknown);
        let unknown = accounts.rotate("c", "d", at(4), at(104)).await.unwrap();
        assert_eq!(unknown, Rotation::Unknown);
        let untouched = accounts.session(other).await.unwrap().unwrap();
        assert_eq!(untouched.revoked_at, None);
    }
}

#[tokio::test]
async fn of_two_refreshes_at_once_one_wins() {
    for store in stores().await {
        let user = store.person("ann").await;
        let id = sign_in(&store, &user, "a").await;
        let accounts = store.accounts();
        let (x, y) = tokio::join!(
            accounts.rotate("a", "x", at(2), at(102)),
            accounts.rotate("a", "y", at(2), at(102)),
        );
        let results = [x.unwrap(), y.unwrap()];
        let won = |result: &&Rotation| matches!(result, Rotation::Rotated { .. });
        assert_eq!(results.iter().filter(won).count(), 1, "{}", store.name);
        assert!(results.contains(&Rotation::Spent));
        let session = accounts.session(id).await.unwrap().unwrap();
        assert!(session.revoked_at.is_some());
    }
}

#[tokio::test]
async fn sessions_expire_are_revoked_and_forgotten() {
    for store in stores().await {
        let user = store.person("ann").await;
        let accounts = store.accounts();
        let old = sign_in(&store, &user, "old").await;
        let late = accounts.rotate("old", "new", at(100), at(200)).await;
        assert_eq!(late.unwrap(), Rotation::Unknown);

        let second = sign_in(&store, &user, "second").await;
        accounts.revoke_session(second, at(5)).await.unwrap();
        accounts.revoke_session(second, at(6)).await.unwrap();
        let session = accounts.session(second).await.unwrap().unwrap();
        assert_eq!(session.revoked_at, Some(at(5)));
        let refused = accounts.rotate("second", "x", at(7), at(107)).await;
        assert_eq!(refused.unwrap(), Rotation::Unknown);

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
        };
        accounts.insert_session(&fresh).await.unwrap();
        assert_eq!(accounts.session(old).await.unwrap(), None);
        assert!(accounts.session(fresh.id).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn the_first_signing_key_stays() {
    for store in stores().await {
        let accounts = store.accounts();
        let key = |byte: u8| accounts.signing_key(move || vec![byte; 32], at(0));
        let (a, b, c) = tokio::join!(key(1), key(2), key(3));
        let first = a.unwrap();
        assert_eq!(first, b.unwrap());
        assert_eq!(first, c.unwrap(), "{}", store.name);
        assert_eq!(key(4).await.unwrap(), first);
    }
}
