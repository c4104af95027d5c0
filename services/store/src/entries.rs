//! Entries: the append-only transcript of a conversation.

use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use taskchat_domain::{
    ConversationId, Entry, EntryBody, EntryId, Error, Result, Timestamp, TurnId,
};

use crate::{
    UserScope, UserTx,
    convert::{folded, from_json, micros, to_json},
    entity::{
        conversation,
        entry::{Column, Entity, Model},
    },
    error::translate,
};

impl UserScope {
    /// The entries of these turns, in the order of their numbers within the conversation.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn entries(&self, turns: &[TurnId]) -> Result<Vec<Entry>> {
        if turns.is_empty() {
            return Ok(Vec::new());
        }
        let rows = Entity::find()
            .filter(Column::UserId.eq(self.user_id()))
            .filter(Column::TurnId.is_in(turns.iter().map(|turn| turn.uuid())))
            .order_by_asc(Column::Seq)
            .all(&self.reader)
            .await
            .map_err(translate)?;
        rows.into_iter().map(entry).collect()
    }
}

/// Numbers that the next entries of a conversation have.
#[derive(Debug)]
pub struct EntryNumbers {
    conversation: ConversationId,
    first: i32,
}

impl EntryNumbers {
    /// The last `count` numbers of a conversation.
    pub(crate) fn new(conversation: &conversation::Model, count: i32) -> Self {
        Self {
            conversation: conversation.id.into(),
            first: conversation.last_seq - count + 1,
        }
    }
}

impl UserTx {
    /// Appends entries to a conversation, numbered without gaps; the conversation is locked from
    /// here on. `first_id` is the id of the first one when it was promised before.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such conversation.
    pub async fn append_entries(
        &self,
        conversation: ConversationId,
        turn: TurnId,
        bodies: Vec<EntryBody>,
        first_id: Option<EntryId>,
        at: Timestamp,
    ) -> Result<Vec<Entry>> {
        let count = i32::try_from(bodies.len()).map_err(Error::internal)?;
        if count == 0 {
            return Ok(Vec::new());
        }
        let numbers = self.next_entries(conversation, count, at).await?;
        self.insert_entries(numbers, turn, bodies, first_id, at)
            .await
    }

    /// Appends entries under the numbers that they were promised; otherwise as
    /// [`Self::append_entries`].
    ///
    /// # Errors
    /// Those of the database.
    pub async fn insert_entries(
        &self,
        numbers: EntryNumbers,
        turn: TurnId,
        bodies: Vec<EntryBody>,
        first_id: Option<EntryId>,
        at: Timestamp,
    ) -> Result<Vec<Entry>> {
        let (conversation, at) = (numbers.conversation, micros(at));
        let mut ids = first_id.into_iter();
        let entries: Vec<Entry> = bodies
            .into_iter()
            .zip(numbers.first..)
            .map(|(body, seq)| Entry {
                id: ids.next().unwrap_or_else(EntryId::new),
                turn_id: turn,
                seq,
                body,
                created_at: at,
            })
            .collect();
        let rows = entries
            .iter()
            .map(|entry| self.row(conversation, entry))
            .collect::<Result<Vec<_>>>()?;
        Entity::insert_many(rows.into_iter().map(IntoActiveModel::into_active_model))
            .exec_without_returning(&self.tx)
            .await
            .map_err(translate)?;
        self.note_said(conversation, &entries).await?;
        Ok(entries)
    }

    fn row(&self, conversation: ConversationId, entry: &Entry) -> Result<Model> {
        Ok(Model {
            id: entry.id.uuid(),
            user_id: self.user_id().to_owned(),
            conversation_id: conversation.uuid(),
            turn_id: entry.turn_id.uuid(),
            seq: entry.seq,
            kind: kind(&entry.body).to_owned(),
            body: to_json(&entry.body)?,
            search_text: said(&entry.body).map(folded),
            created_at: entry.created_at,
        })
    }
}

/// The words of the person or the model.
pub(crate) fn said(body: &EntryBody) -> Option<&str> {
    match body {
        EntryBody::User { text } | EntryBody::Model { text } => Some(text),
        EntryBody::Call(_)
        | EntryBody::Result(_)
        | EntryBody::ApprovalRequested(_)
        | EntryBody::ApprovalDecided(_)
        | EntryBody::Notice(_) => None,
    }
}

fn kind(body: &EntryBody) -> &'static str {
    match body {
        EntryBody::User { .. } => "user",
        EntryBody::Model { .. } => "model",
        EntryBody::Call(_) => "call",
        EntryBody::Result(_) => "result",
        EntryBody::ApprovalRequested(_) => "approval_requested",
        EntryBody::ApprovalDecided(_) => "approval_decided",
        EntryBody::Notice(_) => "notice",
    }
}

pub(crate) fn entry(row: Model) -> Result<Entry> {
    Ok(Entry {
        id: row.id.into(),
        turn_id: row.turn_id.into(),
        seq: row.seq,
        body: from_json("entries", &row.body)?,
        created_at: row.created_at,
    })
}
