//! Databases for the tests of this crate: a SQLite file always, and a schema of its own in the
//! PostgreSQL that `TASKCHAT_TEST_POSTGRES_URL` names, when it names one.

use std::{ops::Deref, time::Duration};

use chrono::DateTime;
use sea_orm::{ConnectionTrait, Database};
use taskchat_domain::{
    ApprovalPolicy, Conversation, ConversationId, ConversationTitle, EntryId, SessionId, TimeZone,
    Timestamp, Turn, TurnId, TurnState, Usage, User, UserId,
};
use tempfile::TempDir;
use uuid::Uuid;

use crate::{Config, NewSession, Store};

/// A migrated, empty store of its own.
pub(crate) struct TestStore {
    pub(crate) store: Store,
    /// Which database, for messages.
    pub(crate) name: &'static str,
    _dir: TempDir,
}

impl Deref for TestStore {
    type Target = Store;

    fn deref(&self) -> &Store {
        &self.store
    }
}

/// One store for each database there is.
pub(crate) async fn stores() -> Vec<TestStore> {
    let mut stores = Vec::new();
    for (name, config) in configs().await {
        let dir = TempDir::new().unwrap();
        let store = config.open(dir.path()).await.unwrap();
        store.migrate().await.unwrap();
        stores.push(TestStore::new(store, name, dir));
    }
    stores
}

/// The address of an empty database of each sort.
pub(crate) async fn configs() -> Vec<(&'static str, Config)> {
    let mut configs = vec![("SQLite", Config::default())];
    #[expect(
        clippy::disallowed_methods,
        reason = "the set-up of the tests says here where PostgreSQL is"
    )]
    let url = std::env::var("TASKCHAT_TEST_POSTGRES_URL");
    if let Ok(url) = url.as_deref().map(str::trim)
        && !url.is_empty()
    {
        let schema = format!("test_{}", Uuid::now_v7().simple());
        let root = Database::connect(url).await.unwrap();
        root.execute_unprepared(&format!("CREATE SCHEMA {schema}"))
            .await
            .unwrap();
        root.close().await.unwrap();
        let joint = if url.contains('?') { '&' } else { '?' };
        let config = Config {
            url: Some(format!("{url}{joint}options[search_path]={schema}")),
            max_connections: 5,
            ..Config::default()
        };
        configs.push(("PostgreSQL", config));
    }
    configs
}

/// A point in time, `seconds` after the beginning of the tests' day.
pub(crate) fn at(seconds: u64) -> Timestamp {
    let start: DateTime<_> = "2026-11-22T08:00:00.000001Z".parse().unwrap();
    start + Duration::from_secs(seconds)
}

/// The sign-in that an account begins with.
pub(crate) fn first_session(user: &User) -> NewSession {
    let id = SessionId::new();
    NewSession {
        id,
        user: user.id.clone(),
        token_hash: format!("first token of {id}"),
        at: at(0),
        expires_at: at(1_000_000),
        user_agent: "a browser".to_owned(),
    }
}

impl TestStore {
    pub(crate) fn new(store: Store, name: &'static str, dir: TempDir) -> Self {
        Self {
            store,
            name,
            _dir: dir,
        }
    }

    /// Somebody who has an account.
    pub(crate) async fn person(&self, name: &str) -> UserId {
        let id = UserId::parse(&format!("{name}-{}", Uuid::now_v7())).unwrap();
        let user = User {
            id: id.clone(),
            email: Some(format!("{name}@example.org")),
            time_zone: TimeZone::UTC,
            approval_policy: ApprovalPolicy::default(),
            created_at: at(0),
        };
        let accounts = self.accounts();
        accounts
            .sign_up(&user, "hash", &first_session(&user))
            .await
            .unwrap();
        id
    }

    /// An empty conversation.
    pub(crate) async fn conversation(&self, user: &UserId, seconds: u64) -> ConversationId {
        let conversation = Conversation {
            id: ConversationId::new(),
            title: ConversationTitle::parse("Groceries").unwrap(),
            created_at: at(seconds),
            updated_at: at(seconds),
        };
        let tx = self.begin(user).await.unwrap();
        tx.insert_conversation(&conversation).await.unwrap();
        tx.commit().await.unwrap();
        conversation.id
    }

    /// A queued turn.
    pub(crate) async fn turn(&self, user: &UserId, conversation: ConversationId) -> Turn {
        let earlier = self.as_user(user).turns_before(conversation, None, 1).await;
        let ordinal = earlier.unwrap().first().map_or(0, |turn| turn.ordinal) + 1;
        let tx = self.begin(user).await.unwrap();
        let turn = turn(conversation, ordinal);
        tx.insert_turn(&turn, None, None).await.unwrap();
        tx.commit().await.unwrap();
        turn
    }
}

/// A queued turn that is not stored.
pub(crate) fn turn(conversation_id: ConversationId, ordinal: i32) -> Turn {
    Turn {
        id: TurnId::new(),
        conversation_id,
        ordinal,
        state: TurnState::Queued,
        user_message_id: EntryId::new(),
        message_id: EntryId::new(),
        time_zone: TimeZone::parse("Europe/Berlin").unwrap(),
        cancel_requested: false,
        failure: None,
        usage: Usage::default(),
        last_seq: 0,
        created_at: at(u64::try_from(ordinal).unwrap()),
        ended_at: None,
    }
}
