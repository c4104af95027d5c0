//! `passages`: what can be found by its words, one row for each message and each title that was
//! chosen. `words` are those of the text, folded and each once; `owner` is a word that stands for the
//! person, so that the index itself keeps people apart. `subject` is the turn or the conversation.
//!
//! SQLite looks words up in the FTS5 table `passages_words`, which triggers keep in step with the
//! rows, cascades included; it forgets words at once (`secure-delete`), so that nothing is left of
//! an account that is gone. PostgreSQL has them in the column `tokens`.
//!
//! `entries.search_text` is written as before for binaries that still look there, and goes later.

use sea_orm_migration::{
    prelude::*,
    schema::*,
    sea_orm::{
        DbBackend, Statement, Value,
        prelude::{DateTimeUtc, Uuid},
    },
};
use sha2::{Digest, Sha256};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Rows read at once.
const BATCH: i64 = 500;

const SQLITE: [&str; 5] = [
    "CREATE VIRTUAL TABLE passages_words USING fts5(owner, words, content='passages', \
     content_rowid='id', tokenize='ascii', detail='column', columnsize=0, prefix='2 3')",
    "INSERT INTO passages_words(passages_words, rank) VALUES ('secure-delete', 1)",
    "CREATE TRIGGER passages_inserted AFTER INSERT ON passages BEGIN \
     INSERT INTO passages_words(rowid, owner, words) VALUES (new.id, new.owner, new.words); END",
    "CREATE TRIGGER passages_deleted AFTER DELETE ON passages BEGIN \
     INSERT INTO passages_words(passages_words, rowid, owner, words) \
     VALUES ('delete', old.id, old.owner, old.words); END",
    "CREATE TRIGGER passages_updated AFTER UPDATE ON passages BEGIN \
     INSERT INTO passages_words(passages_words, rowid, owner, words) \
     VALUES ('delete', old.id, old.owner, old.words); \
     INSERT INTO passages_words(rowid, owner, words) VALUES (new.id, new.owner, new.words); END",
];

const POSTGRES: [&str; 2] = [
    "ALTER TABLE passages ADD COLUMN tokens tsvector GENERATED ALWAYS AS \
     (array_to_tsvector(string_to_array(owner || ' ' || words, ' '))) STORED",
    "CREATE INDEX passages_tokens ON passages USING gin (tokens)",
];

/// Titles and what was said, in the order they came to be: ids are UUIDv7. `first` is what the
/// conversation began with.
const OLD: &str = "SELECT * FROM (\
     SELECT c.id, c.user_id, c.id AS conversation_id, NULL AS turn_id, 'title' AS kind, \
     c.title AS text, c.created_at, (SELECT e.search_text FROM entries e \
     WHERE e.conversation_id = c.id AND e.kind = 'user' ORDER BY e.seq LIMIT 1) AS first \
     FROM conversations c WHERE c.id > $1 \
     UNION ALL SELECT id, user_id, conversation_id, turn_id, kind, search_text, created_at, NULL \
     FROM entries WHERE search_text IS NOT NULL AND id > $1) AS old ORDER BY id LIMIT $2";

const ADD: &str = "INSERT INTO passages \
     (user_id, conversation_id, turn_id, subject, kind, owner, words, created_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (subject, kind) \
     DO UPDATE SET words = passages.words || ' ' || excluded.words";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("passages")
            .col(big_pk_auto("id"))
            .col(text("user_id"))
            .col(uuid("conversation_id"))
            .col(uuid_null("turn_id"))
            .col(uuid("subject"))
            .col(text("kind"))
            .col(text("owner"))
            .col(text("words"))
            .col(timestamp_with_time_zone("created_at"))
            .foreign_key(&mut cascade("user_id", "users"))
            .foreign_key(&mut cascade("conversation_id", "conversations"))
            .foreign_key(&mut cascade("turn_id", "turns"))
            .to_owned();
        manager.create_table(table).await?;
        for (name, columns) in [
            ("passages_user_id", ["user_id", "id"]),
            ("passages_conversation_id", ["conversation_id", "id"]),
            ("passages_turn_id", ["turn_id", "id"]),
            ("passages_subject", ["subject", "kind"]),
        ] {
            let mut index = Index::create();
            index.name(name).table("passages");
            for column in columns {
                index.col(column);
            }
            if name == "passages_subject" {
                index.unique();
            }
            manager.create_index(index).await?;
        }
        let connection = manager.get_connection();
        let own: &[&str] = match connection.get_database_backend() {
            DbBackend::Postgres => &POSTGRES,
            _ => &SQLITE,
        };
        for statement in own {
            connection.execute_unprepared(statement).await?;
        }
        fill(connection).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        if connection.get_database_backend() == DbBackend::Sqlite {
            connection
                .execute_unprepared("DROP TABLE passages_words")
                .await?;
            for trigger in ["inserted", "deleted", "updated"] {
                connection
                    .execute_unprepared(&format!("DROP TRIGGER passages_{trigger}"))
                    .await?;
            }
        }
        manager
            .drop_table(Table::drop().table("passages").to_owned())
            .await
    }
}

/// Rows go with what they belong to.
fn cascade(column: &'static str, to: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .from("passages", column)
        .to(to, "id")
        .on_delete(ForeignKeyAction::Cascade)
        .to_owned()
}

/// Writes down what there is already.
async fn fill(connection: &SchemaManagerConnection<'_>) -> Result<(), DbErr> {
    let backend = connection.get_database_backend();
    let mut last = Uuid::nil();
    loop {
        let old =
            Statement::from_sql_and_values(backend, OLD, [Value::from(last), Value::from(BATCH)]);
        let rows = connection.query_all_raw(old).await?;
        if rows.is_empty() {
            return Ok(());
        }
        for row in rows {
            last = row.try_get("", "id")?;
            let kind: String = row.try_get("", "kind")?;
            let text: String = row.try_get("", "text")?;
            let first: Option<String> = row.try_get("", "first")?;
            let words = words(&text);
            if words.is_empty() || (kind == "title" && is_beginning(&words, first.as_deref())) {
                continue;
            }
            let user: String = row.try_get("", "user_id")?;
            let conversation: Uuid = row.try_get("", "conversation_id")?;
            let turn: Option<Uuid> = row.try_get("", "turn_id")?;
            let kind = if kind == "model" { "assistant" } else { &kind };
            let values = [
                user.as_str().into(),
                conversation.into(),
                turn.into(),
                turn.unwrap_or(conversation).into(),
                kind.into(),
                owner(&user).into(),
                distinct(words).into(),
                row.try_get::<DateTimeUtc>("", "created_at")?.into(),
            ];
            connection
                .execute_raw(Statement::from_sql_and_values(backend, ADD, values))
                .await?;
        }
    }
}

/// The words of a text in order, as they are compared: without letter case, accents and
/// compatibility forms; each sign of scripts without spaces is a word.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut alone = false;
    for char in text.chars() {
        if is_combining_mark(char) && !word.is_empty() {
            continue;
        }
        let is_sign = stands_alone(char);
        if !char.is_alphanumeric() || is_sign || alone {
            words.extend(fold(&std::mem::take(&mut word)));
        }
        if char.is_alphanumeric() {
            word.push(char);
        }
        alone = is_sign;
    }
    words.extend(fold(&word));
    words
}

fn fold(word: &str) -> Option<String> {
    let bare = word.nfkd().filter(|char| !is_combining_mark(*char));
    let lower = bare.flat_map(char::to_lowercase);
    let folded: String = lower
        .filter(|char| char.is_alphanumeric())
        .map(|char| if char == 'ς' { 'σ' } else { char })
        .take(64)
        .collect();
    (!folded.is_empty()).then_some(folded)
}

const fn stands_alone(char: char) -> bool {
    matches!(char,
        '\u{0e00}'..='\u{0eff}'
        | '\u{1000}'..='\u{109f}'
        | '\u{1780}'..='\u{17ff}'
        | '\u{3040}'..='\u{30ff}'
        | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{ff66}'..='\u{ff9f}'
        | '\u{20000}'..='\u{3ffff}')
}

/// Each once, and no more than PostgreSQL takes.
fn distinct(mut words: Vec<String>) -> String {
    words.sort_unstable();
    words.dedup();
    let mut room = 32_usize * 1024;
    words.retain(|word| {
        let fits = word.len() < room;
        room = if fits { room - word.len() - 1 } else { 0 };
        fits
    });
    words.join(" ")
}

/// True for the title that a conversation has until one is chosen: the beginning of its first
/// message, perhaps cut within a word.
fn is_beginning(title: &[String], first: Option<&str>) -> bool {
    let first = self::words(first.unwrap_or_default());
    let Some((last, whole)) = title.split_last() else {
        return true;
    };
    first.starts_with(whole)
        && first
            .get(whole.len())
            .is_some_and(|word| word.starts_with(last.as_str()))
}

fn owner(user: &str) -> String {
    let hash = Sha256::digest(user);
    let hex = hash.iter().take(16).map(|byte| format!("{byte:02x}"));
    format!("u{}", hex.collect::<String>())
}
