//! Who may stay, once let in.

use taskchat_auth::Caller;
use tokio::time::timeout;

use super::*;

/// False once they are told to leave, which for those who may stay is never.
async fn stays(house: &House, caller: &Caller) -> bool {
    let leaving = house.accounts.until_unwelcome(caller);
    timeout(Duration::from_millis(50), leaving).await.is_err()
}

async fn leaves(house: &House, caller: &Caller) {
    let leaving = house.accounts.until_unwelcome(caller);
    timeout(Duration::from_secs(10), leaving)
        .await
        .expect("an end");
    assert!(!house.accounts.is_welcome(caller).await.unwrap());
}

async fn database(house: &House) -> sqlx::SqlitePool {
    let file = house.folder.path().join("taskchat.db");
    let address = format!("sqlite://{}", file.display());
    sqlx::SqlitePool::connect(&address).await.unwrap()
}

#[tokio::test]
async fn a_stay_ends_with_its_session_and_not_with_its_token() {
    let house = House::new().await;
    let phone = house.sign_up("ann@example.org").await;
    let laptop = house.sign_in("ann@example.org", PASSWORD).await.unwrap();
    let on_phone = house.enter(&phone.access_token).await.unwrap();
    let on_laptop = house.enter(&laptop.access_token).await.unwrap();
    house.advance(TimeDelta::hours(1));
    assert!(stays(&house, &on_phone).await);
    house.accounts.sign_out(&phone.refresh_token).await.unwrap();
    leaves(&house, &on_phone).await;
    assert!(stays(&house, &on_laptop).await);
    // Nobody has refreshed it for so long that nobody can any more.
    house.advance(TimeDelta::days(30));
    leaves(&house, &on_laptop).await;
}

#[tokio::test]
async fn a_stay_without_a_session_ends_when_its_token_expires() {
    let house = House::new().await;
    let user = house.sign_up("ann@example.org").await.user.id;
    let ttl = Some(Duration::from_secs(60));
    let token = house.keys.issuer().issue(&user, None, None, ttl).unwrap().0;
    let caller = house.enter(&token).await.unwrap();
    house.advance(TimeDelta::seconds(59));
    assert!(stays(&house, &caller).await);
    house.advance(TimeDelta::seconds(1));
    leaves(&house, &caller).await;
}

#[tokio::test]
async fn a_look_that_fails_ends_nothing() {
    let house = House::new().await;
    let session = house.sign_up("ann@example.org").await;
    let caller = house.enter(&session.access_token).await.unwrap();
    let database = database(&house).await;
    let run = async |statement: &'static str| {
        sqlx::query(statement).execute(&database).await.unwrap();
    };
    run("ALTER TABLE users RENAME COLUMN deactivated_at TO mislaid").await;
    assert!(house.accounts.is_welcome(&caller).await.is_err());
    assert!(stays(&house, &caller).await);
    run("ALTER TABLE users RENAME COLUMN mislaid TO deactivated_at").await;
    run("UPDATE users SET deactivated_at = created_at").await;
    leaves(&house, &caller).await;
}

#[tokio::test]
async fn nobody_is_looked_after_without_a_pause() {
    let house = House::new().await;
    let (store, issuer) = (house.store.clone(), house.keys.issuer());
    let clock = Arc::clone(&house.clock) as _;
    let config = Config {
        look_every: Duration::ZERO,
        ..Config::default()
    };
    let refused = Accounts::new(store, issuer, clock, config).unwrap_err();
    assert!(refused.to_string().contains("look_every"), "{refused}");
}
