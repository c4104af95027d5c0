//! Opening, migrating, readiness, and what becomes of failures.

use std::{path::Path, time::Duration};

use taskchat_domain::{Kind, UserId};
use tempfile::TempDir;

use crate::{
    Config, OpenError,
    testing::{configs, stores},
};

#[tokio::test]
async fn a_new_database_is_ready_once_migrated() {
    for (name, config) in configs().await {
        let dir = TempDir::new().unwrap();
        let store = config.open(dir.path()).await.unwrap();
        let refused = store.ready().await.unwrap_err();
        assert_eq!(refused.kind(), Kind::Unavailable, "{name}");
        store.migrate().await.unwrap();
        store.ready().await.unwrap();
        store.migrate().await.unwrap();
        let again = config.open(dir.path()).await.unwrap();
        again.ready().await.unwrap();
    }
}

#[tokio::test]
async fn processes_that_migrate_at_once_take_turns() {
    for (name, config) in configs().await {
        let dir = TempDir::new().unwrap();
        let mut stores = Vec::new();
        for _ in 0..4 {
            stores.push(config.open(dir.path()).await.unwrap());
        }
        let (a, b, c, d) = tokio::join!(
            stores[0].migrate(),
            stores[1].migrate(),
            stores[2].migrate(),
            stores[3].migrate(),
        );
        for done in [a, b, c, d] {
            done.unwrap_or_else(|cause| panic!("{name}: {cause:?}"));
        }
        stores[3].ready().await.unwrap();
    }
}

#[tokio::test]
async fn a_database_in_memory_serves_readers_and_writers() {
    let config = Config {
        url: Some("sqlite::memory:".to_owned()),
        ..Config::default()
    };
    let store = config.open(Path::new("/nonexistent")).await.unwrap();
    store.migrate().await.unwrap();
    let nobody = UserId::parse("nobody").unwrap();
    let account = store
        .accounts()
        .ensure_external(&nobody, "elsewhere", None, crate::testing::at(0))
        .await
        .unwrap();
    assert_eq!(
        store.accounts().by_id(&nobody).await.unwrap(),
        Some(account)
    );
    store.ready().await.unwrap();
}

#[tokio::test]
async fn addresses_of_no_known_kind_are_refused_without_being_shown() {
    let dir = TempDir::new().unwrap();
    for url in ["mysql://u:secret@db/x", "taskchat.db", ""] {
        let config = Config {
            url: Some(url.to_owned()),
            ..Config::default()
        };
        let refused = config.open(dir.path()).await.unwrap_err();
        assert!(matches!(refused, OpenError::Url));
        assert!(!format!("{config:?} {refused} {refused:?}").contains("secret"));
    }
}

#[tokio::test]
async fn a_database_that_is_not_there_is_an_error_without_the_password() {
    let dir = TempDir::new().unwrap();
    let config = Config {
        // Port 1 is served nowhere.
        url: Some("postgres://me:secret@127.0.0.1:1/db".to_owned()),
        acquire_timeout: Duration::from_millis(300),
        ..Config::default()
    };
    let refused = config.open(dir.path()).await.unwrap_err();
    assert!(matches!(refused, OpenError::Connect(_)));
    assert!(!format!("{refused} {refused:?}").contains("secret"));
}

#[tokio::test]
async fn whoever_waits_too_long_is_told_to_try_again() {
    for (name, mut config) in configs().await {
        config.acquire_timeout = Duration::from_millis(200);
        config.max_connections = 1;
        let dir = TempDir::new().unwrap();
        let store = config.open(dir.path()).await.unwrap();
        store.migrate().await.unwrap();
        let user = UserId::parse("somebody").unwrap();
        let held = store.begin(&user).await.unwrap();
        let refused = store.begin(&user).await.unwrap_err();
        assert_eq!(refused.kind(), Kind::Unavailable, "{name}");
        assert_eq!(
            refused.to_string(),
            "the service is not available right now"
        );
        drop(held);
        store.begin(&user).await.unwrap();
    }
}

#[tokio::test]
async fn rows_of_nobody_are_refused() {
    for store in stores().await {
        let stranger = UserId::parse("never seen").unwrap();
        let tx = store.begin(&stranger).await.unwrap();
        let conversation = taskchat_domain::Conversation {
            id: taskchat_domain::ConversationId::new(),
            title: taskchat_domain::ConversationTitle::parse("x").unwrap(),
            created_at: crate::testing::at(0),
            updated_at: crate::testing::at(0),
        };
        let refused = tx.insert_conversation(&conversation).await.unwrap_err();
        assert_eq!(refused.kind(), Kind::Conflict, "{}", store.name);
        assert!(!refused.to_string().to_lowercase().contains("constraint"));
    }
}

#[tokio::test]
async fn a_stored_file_is_found_again() {
    let (_, config) = configs().await.remove(0);
    let dir = TempDir::new().unwrap();
    let data = dir.path().join("made").join("on the way?");
    let store = config.open(&data).await.unwrap();
    store.migrate().await.unwrap();
    assert!(data.join("taskchat.db").is_file());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = data.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "others can look inside");
    }
}
