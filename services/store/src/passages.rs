//! Passages: what is written down to be found again, in the transaction that writes what is found.
//!
//! By hand and not by triggers: the words are folded here, the same way for both databases. A message
//! is one passage, however many pieces the model said it in. A title is one once the person has
//! chosen it: until then it is the beginning of the first message, which is found anyway.

use std::collections::BTreeSet;

use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, OnConflict},
};
use taskchat_domain::{ConversationId, ConversationTitle, Entry, EntryBody, Result, Timestamp};
use uuid::Uuid;

use crate::{
    UserTx,
    convert::micros,
    entity::passage::{ActiveModel, Column, Entity},
    entries::said,
    error::translate,
    search::{owner, words::words},
};

/// The kinds of passages.
pub(crate) const TITLE: &str = "title";
pub(crate) const USER: &str = "user";
pub(crate) const ASSISTANT: &str = "assistant";

/// The most of one text's words, in bytes: PostgreSQL takes a megabyte for a whole message, and a
/// message that cannot be found by all its words is better than one that cannot be stored.
const MOST: usize = 32 * 1024;

impl UserTx {
    /// Makes what was said in these entries findable.
    pub(crate) async fn note_said(
        &self,
        conversation: ConversationId,
        entries: &[Entry],
    ) -> Result<()> {
        for entry in entries {
            let words = said(&entry.body).map(distinct).unwrap_or_default();
            if words.is_empty() {
                continue;
            }
            let kind = match entry.body {
                EntryBody::User { .. } => USER,
                _ => ASSISTANT,
            };
            let turn = entry.turn_id.uuid();
            let row = ActiveModel {
                turn_id: Set(Some(turn)),
                ..self.passage(conversation, (turn, kind), words, entry.created_at)
            };
            // What the model says after its tools have answered belongs to the same message.
            let mut more = same();
            more.value(
                Column::Words,
                Expr::cust("passages.words || ' ' || excluded.words"),
            );
            Entity::insert(row)
                .on_conflict(more)
                .exec_without_returning(&self.tx)
                .await
                .map_err(translate)?;
        }
        Ok(())
    }

    /// Makes the title that a person has chosen findable, and the one before it no longer.
    pub(crate) async fn note_title(
        &self,
        id: ConversationId,
        title: &ConversationTitle,
        at: Timestamp,
    ) -> Result<()> {
        let words = distinct(title.as_str());
        if words.is_empty() {
            Entity::delete_many()
                .filter(Column::UserId.eq(self.user_id()))
                .filter(Column::Subject.eq(id.uuid()))
                .filter(Column::Kind.eq(TITLE))
                .exec(&self.tx)
                .await
                .map_err(translate)?;
            return Ok(());
        }
        let row = self.passage(id, (id.uuid(), TITLE), words, at);
        Entity::insert(row)
            .on_conflict(same().update_column(Column::Words).to_owned())
            .exec_without_returning(&self.tx)
            .await
            .map_err(translate)?;
        Ok(())
    }

    fn passage(
        &self,
        conversation: ConversationId,
        (subject, kind): (Uuid, &str),
        words: String,
        at: Timestamp,
    ) -> ActiveModel {
        ActiveModel {
            id: NotSet,
            user_id: Set(self.user_id().to_owned()),
            conversation_id: Set(conversation.uuid()),
            turn_id: Set(None),
            subject: Set(subject),
            kind: Set(kind.to_owned()),
            owner: Set(owner(self.user_id())),
            words: Set(words),
            created_at: Set(micros(at)),
        }
    }
}

/// On meeting the passage that is there already.
fn same() -> OnConflict {
    OnConflict::columns([Column::Subject, Column::Kind])
}

/// The words of a text, each once.
fn distinct(text: &str) -> String {
    let mut all = String::new();
    let words: BTreeSet<String> = words(text).map(|word| word.folded).collect();
    for word in words {
        if all.len() + 1 + word.len() > MOST {
            break;
        }
        if !all.is_empty() {
            all.push(' ');
        }
        all.push_str(&word);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_kept_once_and_not_for_ever() {
        assert_eq!(distinct("Milk, milk and MILK"), "and milk");
        assert_eq!(distinct(" ?! "), "");
        let many: String = (0..20_000).map(|at| format!("{at:08} ")).collect();
        let kept = distinct(&many);
        assert!((MOST - 10..=MOST).contains(&kept.len()), "{}", kept.len());
    }
}
