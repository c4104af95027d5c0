//! What changes do to databases that hold something: SQLite always, and a schema of its own in the
//! PostgreSQL that `TASKCHAT_TEST_POSTGRES_URL` names, when it names one.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectOptions, Database, DatabaseConnection, DbBackend, Statement, prelude::Uuid},
};

use crate::Migrator;

/// An empty database of each sort.
async fn databases() -> Vec<DatabaseConnection> {
    let connect = async |url: String| {
        let mut options = ConnectOptions::new(url);
        options.max_connections(1).sqlx_logging(false);
        Database::connect(options).await.unwrap()
    };
    let mut databases = vec![connect("sqlite::memory:".to_owned()).await];
    #[expect(
        clippy::disallowed_methods,
        reason = "the set-up of the tests says here where PostgreSQL is"
    )]
    let url = std::env::var("TASKCHAT_TEST_POSTGRES_URL");
    if let Ok(url) = url.as_deref().map(str::trim)
        && !url.is_empty()
    {
        let schema = format!("migrations_{}", Uuid::now_v7().simple());
        let root = connect(url.to_owned()).await;
        root.execute_unprepared(&format!("CREATE SCHEMA {schema}"))
            .await
            .unwrap();
        let joint = if url.contains('?') { '&' } else { '?' };
        databases.push(connect(format!("{url}{joint}options[search_path]={schema}")).await);
    }
    databases
}

/// How many changes come before the one of this name.
fn before(name: &str) -> u32 {
    let all = Migrator::migrations();
    let place = all.iter().position(|change| change.name() == name);
    place.unwrap().try_into().unwrap()
}

/// A UUID as each database writes it.
fn id(db: &DatabaseConnection, id: Uuid) -> String {
    match db.get_database_backend() {
        DbBackend::Postgres => format!("'{id}'"),
        _ => format!("x'{}'", id.simple()),
    }
}

async fn rows(db: &DatabaseConnection, sql: &str) -> Vec<String> {
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let rows = db.query_all_raw(statement).await.unwrap();
    rows.iter()
        .map(|row| row.try_get("", "it").unwrap())
        .collect()
}

async fn run(db: &DatabaseConnection, sql: String) {
    db.execute_unprepared(&sql).await.unwrap();
}

async fn add_user(db: &DatabaseConnection, user: &str) {
    let sql = "INSERT INTO users (id, issuer, time_zone, created_at) VALUES";
    run(
        db,
        format!("{sql} ('{user}', 'local', 'UTC', '2026-11-22 08:00:00+00:00')"),
    )
    .await;
}

#[tokio::test]
async fn every_change_can_be_taken_back() {
    for db in databases().await {
        Migrator::up(&db, None).await.unwrap();
        Migrator::down(&db, None).await.unwrap();
        Migrator::up(&db, None).await.unwrap();
        assert!(Migrator::is_up_to_date(&db).await.unwrap());
    }
}

#[tokio::test]
async fn operations_of_before_are_numbered_by_age() {
    for db in databases().await {
        let steps = before("m20261123_000021_operation_numbers");
        Migrator::up(&db, Some(steps)).await.unwrap();
        for user in ["ann", "bob", "eve"] {
            add_user(&db, user).await;
        }
        for (user, key, minute, changed) in [
            ("ann", "c", 3, true),
            ("ann", "a", 1, true),
            ("ann", "idle", 2, false),
            ("bob", "x", 9, true),
            ("ann", "b", 2, true),
        ] {
            let id = id(&db, Uuid::now_v7());
            let sql = "INSERT INTO operations (id, user_id, key, fingerprint, verb, arguments, \
                       kind, origin, changes, changed, created_at) VALUES";
            let values = format!(
                "({id}, '{user}', '{key}', '', 'create', '{{}}', 'created', 'hand', '[]', \
                 {changed}, '2026-11-22 08:0{minute}:00+00:00')"
            );
            run(&db, format!("{sql} {values}")).await;
        }
        Migrator::up(&db, None).await.unwrap();
        let sql = "SELECT user_id || ' ' || key || ' ' || COALESCE(CAST(seq AS TEXT), '-') AS it \
                   FROM operations ORDER BY user_id, key";
        assert_eq!(
            rows(&db, sql).await,
            ["ann a 1", "ann b 2", "ann c 3", "ann idle -", "bob x 1"]
        );
        let sql = "SELECT id || ' ' || CAST(last_operation AS TEXT) AS it FROM users ORDER BY id";
        assert_eq!(rows(&db, sql).await, ["ann 3", "bob 1", "eve 0"]);
    }
}

/// A conversation of one turn, as it was stored before.
async fn add_conversation(db: &DatabaseConnection, title: &str, first: &str) {
    let at = "'2026-11-22 08:00:00+00:00'";
    let (conversation, turn) = (id(db, Uuid::now_v7()), id(db, Uuid::now_v7()));
    let sql = "INSERT INTO conversations (id, user_id, title, created_at, updated_at) VALUES";
    run(
        db,
        format!("{sql} ({conversation}, 'ann', '{title}', {at}, {at})"),
    )
    .await;
    let sql = "INSERT INTO turns (id, user_id, conversation_id, ordinal, state, user_message_id, \
               message_id, time_zone, created_at) VALUES";
    let values =
        format!("({turn}, 'ann', {conversation}, 1, 'completed', {turn}, {turn}, 'UTC', {at})");
    run(db, format!("{sql} {values}")).await;
    for (seq, kind, text) in [
        (1, "user", format!("'{first}'")),
        (2, "model", "'i look '".to_owned()),
        (3, "call", "NULL".to_owned()),
        (4, "model", "'added.'".to_owned()),
    ] {
        let id = id(db, Uuid::now_v7());
        let sql = "INSERT INTO entries (id, user_id, conversation_id, turn_id, seq, kind, body, \
                   search_text, created_at) VALUES";
        let values =
            format!("({id}, 'ann', {conversation}, {turn}, {seq}, '{kind}', '{{}}', {text}, {at})");
        run(db, format!("{sql} {values}")).await;
    }
}

#[tokio::test]
async fn messages_of_before_are_found() {
    for db in databases().await {
        let steps = before("m20261123_000022_passages");
        Migrator::up(&db, Some(steps)).await.unwrap();
        add_user(&db, "ann").await;
        add_conversation(&db, "Buy Äpfel and mi", "buy äpfel and milk").await;
        add_conversation(&db, "Holidays", "buy äpfel").await;
        Migrator::up(&db, None).await.unwrap();
        let sql = "SELECT kind || ': ' || words AS it FROM passages ORDER BY id";
        assert_eq!(
            rows(&db, sql).await,
            [
                // A title that nobody chose is the beginning of the first message.
                "user: and apfel buy milk",
                "assistant: i look added",
                "title: holidays",
                "user: apfel buy",
                "assistant: i look added",
            ]
        );
        let sql = match db.get_database_backend() {
            DbBackend::Postgres => {
                "SELECT kind AS it FROM passages WHERE tokens @@ '''apf'':*'::tsquery"
            }
            _ => {
                "SELECT kind AS it FROM passages_words JOIN passages p \
                 ON p.id = passages_words.rowid WHERE passages_words MATCH 'words : \"apf\" *'"
            }
        };
        assert_eq!(rows(&db, sql).await, ["user", "user"]);
        run(&db, "DELETE FROM users".to_owned()).await;
        assert!(rows(&db, sql).await.is_empty());
    }
}
