//! Accounts and the signing key.

use taskchat_domain::{ApprovalPolicy, Error, Kind, TimeZone, User, UserId};

use crate::testing::{at, first_session, stores};

fn user(id: &str, email: Option<&str>) -> User {
    User {
        id: UserId::parse(id).unwrap(),
        email: email.map(str::to_owned),
        time_zone: TimeZone::parse("Asia/Tokyo").unwrap(),
        approval_policy: ApprovalPolicy::default(),
        created_at: at(0),
    }
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
