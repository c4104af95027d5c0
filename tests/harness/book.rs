//! Everything that is stored, read behind the product's back.
//!
//! Ids are 32 hexadecimal digits here, whatever the database keeps; absent ones are empty.

use serde_json::Value;

use crate::home::{Home, Way};

/// The rows of one database.
#[derive(Debug, Default)]
pub struct Book {
    /// Conversations, oldest first.
    pub conversations: Vec<Conversation>,
    /// Turns, in the order of each conversation.
    pub turns: Vec<Turn>,
    /// Entries, in the order of each conversation.
    pub entries: Vec<Entry>,
    /// Events, in the order of each turn.
    pub events: Vec<Event>,
    /// Tasks, deleted ones as well.
    pub tasks: Vec<Task>,
    /// The ledger, oldest first.
    pub operations: Vec<Operation>,
}

/// A row of `conversations`.
#[derive(Debug)]
#[expect(missing_docs, reason = "the columns are explained by the migrations")]
pub struct Conversation {
    pub id: String,
    pub user: String,
    pub last_seq: i32,
    pub last_ordinal: i32,
}

/// A row of `turns`.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the columns are explained by the migrations")]
pub struct Turn {
    pub id: String,
    pub user: String,
    pub conversation: String,
    pub ordinal: i32,
    pub state: String,
    pub request_id: String,
    pub lease: String,
    pub last_seq: i32,
    pub cancel_requested: bool,
}

/// A row of `entries`.
#[derive(Debug)]
#[expect(missing_docs, reason = "the columns are explained by the migrations")]
pub struct Entry {
    pub conversation: String,
    pub turn: String,
    pub seq: i32,
    pub kind: String,
    pub body: Value,
}

/// A row of `turn_events`.
#[derive(Debug)]
#[expect(missing_docs, reason = "the columns are explained by the migrations")]
pub struct Event {
    pub turn: String,
    pub seq: i32,
    pub body: Value,
}

/// A row of `tasks`.
#[derive(Debug)]
#[expect(missing_docs, reason = "the columns are explained by the migrations")]
pub struct Task {
    pub id: String,
    pub user: String,
    pub title: String,
    pub status: String,
    pub version: i32,
    pub is_deleted: bool,
}

/// A row of `operations`.
#[derive(Debug)]
#[expect(missing_docs, reason = "the columns are explained by the migrations")]
pub struct Operation {
    pub id: String,
    pub user: String,
    pub key: String,
    pub kind: String,
    pub changes: Value,
    pub turn: String,
}

/// Reads rows of text and whole numbers, the same from both databases.
macro_rules! rows {
    ($way:expr, $sql:expr) => {{
        let sql = sqlx::AssertSqlSafe($sql);
        match &mut $way {
            Way::Sqlite(way) => sqlx::query_as(sql).fetch_all(way).await,
            Way::Postgres(way) => sqlx::query_as(sql).fetch_all(way).await,
        }
        .expect("readable rows")
    }};
}

impl Home {
    /// Reads everything. Nothing may be going on meanwhile.
    pub async fn book(&self) -> Book {
        let mut way = self.way().await;
        Book {
            conversations: conversations(&mut way).await,
            turns: turns(&mut way).await,
            entries: entries(&mut way).await,
            events: events(&mut way).await,
            tasks: tasks(&mut way).await,
            operations: operations(&mut way).await,
        }
    }

    /// How many turns have not ended.
    pub async fn unfinished_turns(&self) -> i32 {
        let mut way = self.way().await;
        let sql = "SELECT CAST(COUNT(*) AS INTEGER) FROM turns \
                   WHERE state NOT IN ('completed', 'failed', 'cancelled', 'interrupted')";
        let counted: Vec<(i32,)> = rows!(way, sql.to_owned());
        counted.first().map_or(0, |(count,)| *count)
    }
}

/// An id as text.
fn id(way: &Way, column: &str) -> String {
    match way {
        Way::Sqlite(_) => format!("lower(hex({column}))"),
        Way::Postgres(_) => format!("COALESCE(replace(CAST({column} AS TEXT), '-', ''), '')"),
    }
}

async fn conversations(way: &mut Way) -> Vec<Conversation> {
    let sql = format!(
        "SELECT {}, user_id, last_seq, last_ordinal FROM conversations ORDER BY id",
        id(way, "id")
    );
    let rows: Vec<(String, String, i32, i32)> = rows!(*way, sql);
    rows.into_iter()
        .map(|(id, user, last_seq, last_ordinal)| Conversation {
            id,
            user,
            last_seq,
            last_ordinal,
        })
        .collect()
}

type TurnRow = (
    String,
    String,
    String,
    i32,
    String,
    String,
    String,
    i32,
    i32,
);

async fn turns(way: &mut Way) -> Vec<Turn> {
    let sql = format!(
        "SELECT {}, user_id, {}, ordinal, state, COALESCE(request_id, ''), {}, last_seq, \
         CAST(cancel_requested AS INTEGER) FROM turns ORDER BY conversation_id, ordinal",
        id(way, "id"),
        id(way, "conversation_id"),
        id(way, "lease_owner"),
    );
    let rows: Vec<TurnRow> = rows!(*way, sql);
    rows.into_iter()
        .map(|row| Turn {
            id: row.0,
            user: row.1,
            conversation: row.2,
            ordinal: row.3,
            state: row.4,
            request_id: row.5,
            lease: row.6,
            last_seq: row.7,
            cancel_requested: row.8 != 0,
        })
        .collect()
}

async fn entries(way: &mut Way) -> Vec<Entry> {
    let sql = format!(
        "SELECT {}, {}, seq, kind, body FROM entries ORDER BY conversation_id, seq",
        id(way, "conversation_id"),
        id(way, "turn_id"),
    );
    let rows: Vec<(String, String, i32, String, String)> = rows!(*way, sql);
    rows.into_iter()
        .map(|(conversation, turn, seq, kind, body)| Entry {
            conversation,
            turn,
            seq,
            kind,
            body: json(&body),
        })
        .collect()
}

async fn events(way: &mut Way) -> Vec<Event> {
    let sql = format!(
        "SELECT {}, seq, body FROM turn_events ORDER BY turn_id, seq",
        id(way, "turn_id")
    );
    let rows: Vec<(String, i32, String)> = rows!(*way, sql);
    rows.into_iter()
        .map(|(turn, seq, body)| Event {
            turn,
            seq,
            body: json(&body),
        })
        .collect()
}

async fn tasks(way: &mut Way) -> Vec<Task> {
    let sql = format!(
        "SELECT {}, user_id, title, status, version, \
         CASE WHEN deleted_at IS NULL THEN 0 ELSE 1 END FROM tasks ORDER BY id",
        id(way, "id")
    );
    let rows: Vec<(String, String, String, String, i32, i32)> = rows!(*way, sql);
    rows.into_iter()
        .map(|(id, user, title, status, version, deleted)| Task {
            id,
            user,
            title,
            status,
            version,
            is_deleted: deleted != 0,
        })
        .collect()
}

async fn operations(way: &mut Way) -> Vec<Operation> {
    let sql = format!(
        "SELECT {}, user_id, key, kind, changes, {} FROM operations ORDER BY created_at, id",
        id(way, "id"),
        id(way, "origin_turn_id"),
    );
    let rows: Vec<(String, String, String, String, String, String)> = rows!(*way, sql);
    rows.into_iter()
        .map(|(id, user, key, kind, changes, turn)| Operation {
            id,
            user,
            key,
            kind,
            changes: json(&changes),
            turn,
        })
        .collect()
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("not JSON ({error}): {text}"))
}

/// An id as the book writes it.
pub fn plain(id: &str) -> String {
    id.replace('-', "").to_lowercase()
}
