//! Accounts on a real SQLite database.

use std::time::Instant;

use chrono::TimeDelta;
use secrecy::SecretString;
use taskchat_auth::{Config as AuthConfig, Refusal};
use taskchat_domain::Kind;

use super::*;

mod house;
mod staying;

use house::*;

fn kind<T>(outcome: Result<T>) -> Option<Kind> {
    outcome.err().map(|error| error.kind())
}

#[tokio::test]
async fn an_account_is_created_and_signed_in() {
    let house = House::new().await;
    let session = house.sign_up(" Ann@Example.org ").await;
    assert_eq!(session.user.email.as_deref(), Some("Ann@Example.org"));
    assert_eq!(session.expires_in, Duration::from_secs(900));
    assert_eq!(session.refresh_ttl, Duration::from_secs(30 * 24 * 3600));
    assert_eq!(
        house.accounts.me(&session.user.id).await.unwrap(),
        session.user
    );

    let caller = house.enter(&session.access_token).await.unwrap();
    assert_eq!(caller.user_id(), &session.user.id);
    assert_eq!(caller.email(), Some("Ann@Example.org"));
    assert_eq!(caller.time_zone().to_string(), "Europe/Berlin");

    let again = house.sign_in("ANN@example.ORG", PASSWORD).await.unwrap();
    assert_eq!(again.user, session.user);
    assert_ne!(again.refresh_token, session.refresh_token);
    assert!(!format!("{again:?}").contains(&again.refresh_token));
}

#[tokio::test]
async fn bad_sign_ups_name_the_field_and_leave_no_account() {
    let house = House::new().await;
    let cases = [
        ("", PASSWORD, None, "email field is required"),
        ("ann", PASSWORD, None, "email must be an e-mail address"),
        ("ann@example.org", "", None, "password field is required"),
        (
            "ann@example.org",
            "short",
            None,
            "password must be 8 to 256 characters",
        ),
        (
            "ann@example.org",
            "password1",
            None,
            "password is too easy to guess",
        ),
        (
            "ann@example.org",
            "Ann@Example.org",
            None,
            "password must not be the e-mail address",
        ),
        (
            "ann@example.org",
            PASSWORD,
            Some("something else"),
            "confirm_password must be the same as password",
        ),
    ];
    for (email, password, again, message) in cases {
        let account = NewAccount {
            confirm_password: again.map(SecretString::from),
            ..new(email, password)
        };
        let error = house.accounts.sign_up(account, AGENT).await.unwrap_err();
        assert_eq!(error.to_string(), message);
    }
    let outcome = house.sign_in("ann@example.org", PASSWORD).await;
    assert_eq!(kind(outcome), Some(Kind::Unauthenticated));
}

/// s089: one account, whatever the letter case and however many at once.
#[tokio::test]
async fn an_address_is_taken_once() {
    let house = House::new().await;
    let spellings = [
        "ann@example.org",
        "Ann@example.org",
        "ANN@EXAMPLE.ORG",
        "ann@Example.Org",
        "aNN@example.org",
        "ann@example.ORG",
    ];
    let all = spellings.map(|email| house.accounts.sign_up(new(email, PASSWORD), AGENT));
    let outcomes = futures::future::join_all(all).await;
    let refused: Vec<_> = outcomes.iter().filter_map(|it| it.as_ref().err()).collect();
    assert_eq!(refused.len(), spellings.len() - 1);
    for error in refused {
        assert_eq!(error.kind(), Kind::AlreadyExists);
        assert_eq!(error.to_string(), "e-mail address is already registered");
    }
}

#[tokio::test]
async fn wrong_password_and_unknown_address_are_the_same() {
    let house = House::new().await;
    house.sign_up("ann@example.org").await;
    for (email, password) in [
        ("ann@example.org", "wrong horse battery staple"),
        ("bob@example.org", PASSWORD),
        ("not an address", PASSWORD),
        ("ann@example.org\0", PASSWORD),
    ] {
        let error = house.sign_in(email, password).await.unwrap_err();
        assert_eq!(error.to_string(), "wrong e-mail or password");
        assert_eq!(error.kind(), Kind::Unauthenticated);
    }
    assert_eq!(kind(house.sign_in("", PASSWORD).await), Some(Kind::Invalid));
    assert_eq!(
        kind(house.sign_in("a@b.example", "").await),
        Some(Kind::Invalid)
    );
}

#[tokio::test]
async fn refresh_tokens_rotate() {
    let house = House::new().await;
    let first = house.sign_up("ann@example.org").await;
    house.advance(TimeDelta::minutes(20));
    assert_eq!(
        house.enter(&first.access_token).await,
        Err(Refusal::Rejected)
    );
    let second = house
        .accounts
        .refresh(&first.refresh_token, AGENT)
        .await
        .unwrap();
    assert_eq!(second.user, first.user);
    assert!(house.enter(&second.access_token).await.is_ok());
    let third = house
        .accounts
        .refresh(&second.refresh_token, AGENT)
        .await
        .unwrap();
    assert!(house.enter(&third.access_token).await.is_ok());
}

#[tokio::test]
async fn a_spent_refresh_token_ends_its_session_and_no_other() {
    let house = House::new().await;
    let other = house.sign_up("ann@example.org").await;
    let first = house.sign_in("ann@example.org", PASSWORD).await.unwrap();
    let second = house
        .accounts
        .refresh(&first.refresh_token, AGENT)
        .await
        .unwrap();
    assert!(house.enter(&second.access_token).await.is_ok());

    house.advance(TimeDelta::seconds(10));
    let reused = house.accounts.refresh(&first.refresh_token, AGENT).await;
    assert!(matches!(reused, Err(Error::BadToken)));
    let newest = house.accounts.refresh(&second.refresh_token, AGENT).await;
    assert!(matches!(newest, Err(Error::BadToken)));
    assert_eq!(
        house.enter(&second.access_token).await,
        Err(Refusal::Rejected)
    );
    assert!(house.enter(&other.access_token).await.is_ok());
}

#[tokio::test]
async fn a_refresh_interrupted_by_a_reload_is_repeated() {
    let house = House::new().await;
    let session = house.sign_up("ann@example.org").await;
    let all = (0..6).map(|_| house.accounts.refresh(&session.refresh_token, AGENT));
    let outcomes = futures::future::join_all(all).await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    house.advance(TimeDelta::seconds(9));
    let kept = house.accounts.refresh(&session.refresh_token, AGENT).await;
    let kept = kept.unwrap();
    let next = house.accounts.refresh(&kept.refresh_token, AGENT).await;
    assert!(house.enter(&next.unwrap().access_token).await.is_ok());

    // A late repetition is a theft, and so is one after the successor was used.
    let late = house.accounts.refresh(&session.refresh_token, AGENT).await;
    assert!(matches!(late, Err(Error::BadToken)));
    assert_eq!(
        house.enter(&kept.access_token).await,
        Err(Refusal::Rejected)
    );
}

#[tokio::test]
async fn people_see_where_they_are_signed_in() {
    let house = House::new().await;
    let first = house.sign_up("ann@example.org").await;
    let ann = first.user.id.clone();
    house.advance(TimeDelta::minutes(1));
    let password = SecretString::from(PASSWORD);
    let name = format!("telephone {}", "x".repeat(1000));
    let signed_in = house.accounts.sign_in("ann@example.org", password, &name);
    let second = signed_in.await.unwrap();
    let open = house.accounts.sessions(&ann).await.unwrap();
    assert_eq!(open.len(), 2);
    assert_eq!(open[0].user_agent, name[..256]);
    assert_eq!(open[1].user_agent, AGENT);
    assert_eq!(open[1].last_used_at, open[1].created_at);

    house.advance(TimeDelta::minutes(1));
    let refreshed = house
        .accounts
        .refresh(&first.refresh_token, "a newer browser");
    let first = refreshed.await.unwrap();
    let open = house.accounts.sessions(&ann).await.unwrap();
    assert_eq!(open[0].user_agent, "a newer browser");
    assert_eq!(open[0].last_used_at, house.clock.now());

    let bob = house.sign_up("bob@example.org").await.user.id;
    let phone = open[1].id;
    let refused = house.accounts.revoke_session(&bob, phone).await;
    assert!(matches!(refused, Err(Error::NotFound(Noun::Session))));
    house.accounts.revoke_session(&ann, phone).await.unwrap();
    assert_eq!(
        house.enter(&second.access_token).await,
        Err(Refusal::Rejected)
    );
    assert!(house.enter(&first.access_token).await.is_ok());
    let again = house.accounts.revoke_session(&ann, phone).await;
    assert!(matches!(again, Err(Error::NotFound(Noun::Session))));
    house.advance(TimeDelta::days(31));
    assert_eq!(house.accounts.sessions(&ann).await.unwrap(), []);
}

#[tokio::test]
async fn a_session_ends_by_itself_and_by_signing_out() {
    let house = House::new().await;
    let late = house.sign_up("ann@example.org").await;
    house.advance(TimeDelta::days(30));
    let outcome = house.accounts.refresh(&late.refresh_token, AGENT).await;
    assert!(matches!(outcome, Err(Error::BadToken)));

    let first = house.sign_in("ann@example.org", PASSWORD).await.unwrap();
    let second = house
        .accounts
        .refresh(&first.refresh_token, AGENT)
        .await
        .unwrap();
    // Any token of the session will do, also a spent one.
    house.accounts.sign_out(&first.refresh_token).await.unwrap();
    assert_eq!(
        house.enter(&second.access_token).await,
        Err(Refusal::Rejected)
    );
    let outcome = house.accounts.refresh(&second.refresh_token, AGENT).await;
    assert!(matches!(outcome, Err(Error::BadToken)));

    for nothing in ["", "opaque", &second.access_token, &second.refresh_token] {
        house.accounts.sign_out(nothing).await.unwrap();
    }
}

#[tokio::test]
async fn tokens_do_not_stand_in_for_each_other() {
    let house = House::new().await;
    let session = house.sign_up("ann@example.org").await;
    assert_eq!(
        house.enter(&session.refresh_token).await,
        Err(Refusal::Rejected)
    );
    let outcome = house.accounts.refresh(&session.access_token, AGENT).await;
    assert!(matches!(outcome, Err(Error::BadToken)));
}

#[tokio::test]
async fn our_own_tokens_are_for_existing_users_and_sessions() {
    let house = House::new().await;
    let ann = house.sign_up("ann@example.org").await.user.id;
    let bob = house.sign_up("bob@example.org").await;
    let nobody = UserId::generate();
    let issuer = house.keys.issuer();
    let session = house.keys.verifier().verify(&bob.access_token).await;
    let bobs_session = session.unwrap().session_id();
    for (user, session, accepted) in [
        (&ann, None, true),
        (&nobody, None, false),
        (&ann, Some(SessionId::new()), false),
        (&ann, bobs_session, false),
        (&bob.user.id, bobs_session, true),
    ] {
        let (token, _) = issuer.issue(user, None, session, None).unwrap();
        assert_eq!(house.enter(&token).await.is_ok(), accepted);
    }
    assert!(house.accounts.me(&nobody).await.is_err());
}

#[tokio::test]
async fn first_sight_of_somebody_from_outside_creates_them() {
    let house = House::with(AuthConfig {
        secret: Some("a secret of more than thirty-two bytes".into()),
        ..AuthConfig::default()
    })
    .await;
    let own = house.sign_up("ann@example.org").await;
    let outside = UserId::parse("QWErty0123456789QWErty0123456789").unwrap();
    // The same address as an own account's is not in the way.
    let (token, _) = house
        .keys
        .issuer()
        .issue(&outside, Some("ann@example.org"), None, None)
        .unwrap();
    for _ in 0..2 {
        assert_eq!(house.enter(&token).await.unwrap().user_id(), &outside);
    }
    let user = house.accounts.me(&outside).await.unwrap();
    assert_eq!(user.email.as_deref(), Some("ann@example.org"));
    let signed_in = house.sign_in("ann@example.org", PASSWORD).await.unwrap();
    assert_eq!(signed_in.user.id, own.user.id);

    // Somebody of another issuer with the same subject is somebody else.
    let elsewhere = house.store.accounts();
    let taken = UserId::parse("taken").unwrap();
    let at = house.clock.now();
    elsewhere
        .ensure_external(&taken, "https://id.example", None, at)
        .await
        .unwrap();
    let (token, _) = house.keys.issuer().issue(&taken, None, None, None).unwrap();
    assert_eq!(house.enter(&token).await, Err(Refusal::Rejected));
}

/// s087: nothing works any more, at once.
#[tokio::test]
async fn a_deactivated_account_stops_at_once() {
    let house = House::new().await;
    let session = house.sign_up("ann@example.org").await;
    assert!(house.enter(&session.access_token).await.is_ok());

    let file = house.folder.path().join("taskchat.db");
    let address = format!("sqlite://{}", file.display());
    let database = sqlx::SqlitePool::connect(&address).await.unwrap();
    sqlx::query("UPDATE users SET deactivated_at = created_at")
        .execute(&database)
        .await
        .unwrap();
    assert_eq!(
        house.enter(&session.access_token).await,
        Err(Refusal::Rejected)
    );
    let outcome = house.accounts.refresh(&session.refresh_token, AGENT).await;
    assert!(matches!(outcome, Err(Error::BadToken)));
    let outcome = house.sign_in("ann@example.org", PASSWORD).await;
    assert!(matches!(outcome, Err(Error::WrongCredentials)));
}

/// The time that hashing takes is the same whether or not there is an account.
#[tokio::test]
async fn an_unknown_address_costs_a_hash_too() {
    let house = House::new().await;
    let costly = Config {
        argon2_memory_kib: 32 * 1024,
        argon2_iterations: 3,
        hashes_at_once: 1,
        ..Config::default()
    };
    let accounts = Accounts::new(
        house.store.clone(),
        house.keys.issuer(),
        Arc::clone(&house.clock) as _,
        costly,
    )
    .unwrap();
    let account = new("ann@example.org", PASSWORD);
    accounts.sign_up(account, AGENT).await.unwrap();
    let mut times = Vec::new();
    for email in ["ann@example.org", "bob@example.org"] {
        let begin = Instant::now();
        let outcome = accounts
            .sign_in(email, "wrong password".into(), AGENT)
            .await;
        times.push(begin.elapsed());
        assert_eq!(kind(outcome), Some(Kind::Unauthenticated));
    }
    // Without the hash the second would take next to nothing.
    assert!(times[1] * 5 > times[0], "{times:?}");
}
