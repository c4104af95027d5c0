//! Finding words: in what was said, and in titles.
//!
//! Both databases look the words up in an index (FTS5, GIN), together with a word that stands for
//! the owner, so that a common word costs a person no more than they have said themselves.

use std::{collections::HashMap, fmt::Write};

use sea_orm::{
    ColumnTrait, DbBackend, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, Statement,
    prelude::DateTimeUtc,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use taskchat_domain::{
    Conversation, ConversationTitle, Error, Excerpt, Finding, FoundMessage, Page, PageRequest,
    Result, Role,
};
use uuid::Uuid;

use crate::{
    UserScope,
    entity::entry,
    entries::{entry, said},
    error::{corrupt, translate},
    keyset::{fingerprint, foreign_token},
    passages::{TITLE, USER},
};

pub(crate) mod snippet;
pub(crate) mod words;

use snippet::snippet;
use words::words;

/// The most words of a query; those beyond narrow nothing any more.
const MOST_WORDS: usize = 32;

/// What is looked for: all of these words, the last one perhaps only begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Query(Vec<String>);

impl Query {
    pub(crate) fn parse(text: &str) -> Self {
        Self(
            words(text)
                .map(|word| word.folded)
                .take(MOST_WORDS)
                .collect(),
        )
    }

    /// Whether a folded word is one of those looked for.
    pub(crate) fn matches(&self, word: &str) -> bool {
        let Some((last, others)) = self.0.split_last() else {
            return false;
        };
        word.starts_with(last.as_str()) || others.iter().any(|other| other == word)
    }

    /// In the language of a database. Words are letters and digits only, so none can mean anything
    /// there.
    fn written(&self, backend: DbBackend, owner: &str) -> String {
        let mut query = match backend {
            DbBackend::Postgres => format!("'{owner}'"),
            _ => format!("owner : \"{owner}\""),
        };
        for (at, word) in self.0.iter().enumerate() {
            let is_last = at + 1 == self.0.len();
            // Writing to a string cannot fail.
            let _ = match (backend, is_last) {
                (DbBackend::Postgres, true) => write!(query, " & '{word}':*"),
                (DbBackend::Postgres, false) => write!(query, " & '{word}'"),
                (_, true) => write!(query, " AND words : \"{word}\" *"),
                (_, false) => write!(query, " AND words : \"{word}\""),
            };
        }
        query
    }
}

/// A word that stands for a person and is no e-mail address or id.
pub(crate) fn owner(user: &str) -> String {
    let mut word = "u".to_owned();
    for byte in Sha256::digest(user).iter().take(16) {
        // Writing to a string cannot fail.
        let _ = write!(word, "{byte:02x}");
    }
    word
}

/// The place of a finding in a list.
#[derive(Debug, Serialize, Deserialize)]
struct Place {
    of: String,
    id: i64,
}

/// A passage that was found, with what it belongs to.
#[derive(Debug, FromQueryResult)]
struct Row {
    id: i64,
    kind: String,
    turn_id: Option<Uuid>,
    said_at: DateTimeUtc,
    conversation_id: Uuid,
    title: String,
    began_at: DateTimeUtc,
    updated_at: DateTimeUtc,
    user_message_id: Option<Uuid>,
    message_id: Option<Uuid>,
}

const FOUND: &str = "SELECT p.id, p.kind, p.turn_id, p.created_at AS said_at, p.conversation_id, \
     c.title, c.created_at AS began_at, c.updated_at, t.user_message_id, t.message_id";

const OF: &str = "JOIN conversations c ON c.id = p.conversation_id AND c.deleted_at IS NULL \
     LEFT JOIN turns t ON t.id = p.turn_id";

impl UserScope {
    /// Where in undeleted conversations all words of `query` are, the last one perhaps only begun:
    /// newest first. A query without a word finds nothing.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming `page_token` when the token was made for another query.
    pub async fn search(&self, query: &str, page: &PageRequest) -> Result<Page<Finding>> {
        let query = Query::parse(query);
        let of = fingerprint(&("search", &query.0))?;
        let below = match page.cursor::<Place>()? {
            Some(place) if place.of == of => place.id,
            Some(_) => return Err(foreign_token()),
            None => i64::MAX,
        };
        let rows = self.found(&query, "", below, page.size + 1).await?;
        let page = Page::from_surplus(rows, page.size, |last| Place { of, id: last.id })?;
        let texts = self.texts(&page.items).await?;
        let found: Result<Vec<Finding>> = page
            .items
            .into_iter()
            .map(|row| finding(row, &texts, &query))
            .collect();
        Ok(Page {
            items: found?,
            next: page.next,
        })
    }

    /// Up to `limit` messages of undeleted conversations that hold the words of `query`, as
    /// [`Self::search`] finds them.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn search_messages(&self, query: &str, limit: u32) -> Result<Vec<Excerpt>> {
        let query = Query::parse(query);
        let messages = format!("AND p.kind <> '{TITLE}'");
        let rows = self.found(&query, &messages, i64::MAX, limit).await?;
        let texts = self.texts(&rows).await?;
        rows.into_iter()
            .map(|row| {
                let found = finding(row, &texts, &query)?;
                let role = found
                    .message
                    .map_or(Role::Assistant, |message| message.role);
                Ok(Excerpt {
                    conversation_id: found.conversation.id,
                    role,
                    text: found.snippet.into_iter().map(|part| part.text).collect(),
                    created_at: found.created_at,
                })
            })
            .collect()
    }

    async fn found(&self, query: &Query, only: &str, below: i64, limit: u32) -> Result<Vec<Row>> {
        if query.0.is_empty() {
            return Ok(Vec::new());
        }
        let backend = self.reader.get_database_backend();
        let sql = match backend {
            // Found before it is ordered: the planner must not walk all passages backwards instead.
            DbBackend::Postgres => format!(
                "WITH p AS MATERIALIZED (SELECT * FROM passages \
                 WHERE tokens @@ $1::tsquery AND user_id = $2 AND id < $3) \
                 {FOUND} FROM p {OF} WHERE TRUE {only} ORDER BY p.id DESC LIMIT $4"
            ),
            _ => format!(
                "{FOUND} FROM passages_words JOIN passages p ON p.id = passages_words.rowid {OF} \
                 WHERE passages_words MATCH $1 AND p.user_id = $2 AND passages_words.rowid < $3 \
                 {only} ORDER BY passages_words.rowid DESC LIMIT $4"
            ),
        };
        let values = [
            query.written(backend, &owner(self.user_id())).into(),
            self.user_id().into(),
            below.into(),
            i64::from(limit).into(),
        ];
        Row::find_by_statement(Statement::from_sql_and_values(backend, sql, values))
            .all(&self.reader)
            .await
            .map_err(translate)
    }

    /// What was said in the turns of these rows, by the person and by the assistant.
    async fn texts(&self, rows: &[Row]) -> Result<HashMap<(Uuid, bool), String>> {
        let mut texts: HashMap<(Uuid, bool), String> = HashMap::new();
        let turns = rows.iter().filter_map(|row| row.turn_id);
        let entries = entry::Entity::find()
            .filter(entry::Column::UserId.eq(self.user_id()))
            .filter(entry::Column::TurnId.is_in(turns))
            .filter(entry::Column::Kind.is_in(["user", "model"]))
            .order_by_asc(entry::Column::Seq)
            .all(&self.reader)
            .await
            .map_err(translate)?;
        for row in entries {
            let key = (row.turn_id, row.kind == "user");
            let entry = entry(row)?;
            let text = said(&entry.body).unwrap_or_default();
            texts.entry(key).or_default().push_str(text);
        }
        Ok(texts)
    }
}

fn finding(row: Row, texts: &HashMap<(Uuid, bool), String>, query: &Query) -> Result<Finding> {
    let by_user = row.kind == USER;
    let message = match (row.turn_id, row.user_message_id, row.message_id) {
        (Some(turn), Some(question), Some(answer)) => Some(FoundMessage {
            id: if by_user { question } else { answer }.into(),
            role: if by_user { Role::User } else { Role::Assistant },
            turn_id: turn.into(),
        }),
        _ => None,
    };
    let text = match row.turn_id {
        Some(turn) => texts.get(&(turn, by_user)).map(String::as_str),
        None => Some(row.title.as_str()),
    };
    Ok(Finding {
        snippet: snippet(text.unwrap_or_default(), query),
        created_at: match message {
            Some(_) => row.said_at,
            None => row.began_at,
        },
        message,
        conversation: Conversation {
            id: row.conversation_id.into(),
            title: ConversationTitle::parse(&row.title)
                .map_err(|cause: Error| corrupt("conversations", cause))?,
            created_at: row.began_at,
            updated_at: row.updated_at,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_words_and_nothing_else() {
        let owner = "u0";
        for (text, sqlite, postgres) in [
            (
                "milk",
                "owner : \"u0\" AND words : \"milk\" *",
                "'u0' & 'milk':*",
            ),
            (
                "a\"b' OR ((NOT:*",
                "owner : \"u0\" AND words : \"a\" AND words : \"b\" AND words : \"or\" \
                 AND words : \"not\" *",
                "'u0' & 'a' & 'b' & 'or' & 'not':*",
            ),
        ] {
            let query = Query::parse(text);
            assert_eq!(query.written(DbBackend::Sqlite, owner), sqlite);
            assert_eq!(query.written(DbBackend::Postgres, owner), postgres);
        }
        assert_eq!(Query::parse(&"x ".repeat(500)).0.len(), MOST_WORDS);
        assert_eq!(super::owner("ann").len(), 33);
        assert_ne!(super::owner("ann"), super::owner("bob"));
    }
}
