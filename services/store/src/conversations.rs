//! Conversations.

use sea_orm::{
    ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, UpdateMany,
    sea_query::{Expr, ExprTrait},
};
use taskchat_domain::{
    Conversation, ConversationId, ConversationTitle, Error, Noun, Page, PageRequest, Result,
    Timestamp,
};

use crate::{
    EntryNumbers, UserScope, UserTx,
    convert::micros,
    entity::{
        conversation::{Column, Entity, Model},
        turn,
    },
    error::{corrupt, translate},
    keyset::Place,
    turns::unfinished,
};

const LIST: &str = "conversations";

impl UserScope {
    /// A conversation that is not deleted.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn conversation(&self, id: ConversationId) -> Result<Option<Conversation>> {
        let row = Entity::find_by_id(id.uuid())
            .filter(Column::UserId.eq(self.user_id()))
            .filter(Column::DeletedAt.is_null())
            .one(&self.reader)
            .await
            .map_err(translate)?;
        row.map(conversation).transpose()
    }

    /// The conversations that are not deleted, the one with the newest message first.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming `page_token` when the token was made for another list.
    pub async fn conversations(&self, page: &PageRequest) -> Result<Page<Conversation>> {
        let mut query = Entity::find()
            .filter(Column::UserId.eq(self.user_id()))
            .filter(Column::DeletedAt.is_null());
        if let Some(place) = Place::asked(page, LIST)? {
            query = query.filter(place.after(Column::UpdatedAt, Column::Id));
        }
        let rows = query
            .order_by_desc(Column::UpdatedAt)
            .order_by_desc(Column::Id)
            .limit(u64::from(page.size) + 1)
            .all(&self.reader)
            .await
            .map_err(translate)?;
        let conversations = rows
            .into_iter()
            .map(conversation)
            .collect::<Result<Vec<_>>>()?;
        Page::from_surplus(conversations, page.size, |last| {
            Place::new(LIST, last.updated_at, last.id.uuid())
        })
    }
}

impl UserTx {
    /// A conversation that is not deleted. Nobody else adds to it or deletes it meanwhile.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn lock_conversation(&self, id: ConversationId) -> Result<Option<Conversation>> {
        let row = Entity::find_by_id(id.uuid())
            .filter(Column::UserId.eq(self.user_id()))
            .filter(Column::DeletedAt.is_null())
            .lock_exclusive()
            .one(&self.tx)
            .await
            .map_err(translate)?;
        row.map(conversation).transpose()
    }

    /// Adds a conversation.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn insert_conversation(&self, conversation: &Conversation) -> Result<()> {
        let row = Model {
            id: conversation.id.uuid(),
            user_id: self.user_id().to_owned(),
            title: conversation.title.to_string(),
            last_seq: 0,
            last_ordinal: 0,
            created_at: micros(conversation.created_at),
            updated_at: micros(conversation.updated_at),
            deleted_at: None,
        };
        Entity::insert(row.into_active_model())
            .exec_without_returning(&self.tx)
            .await
            .map_err(translate)?;
        Ok(())
    }

    /// Gives a conversation another title; false when there is no such conversation.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn rename_conversation(
        &self,
        id: ConversationId,
        title: &ConversationTitle,
    ) -> Result<bool> {
        let saved = Entity::update_many()
            .col_expr(Column::Title, Expr::value(title.as_str()))
            .filter(Column::Id.eq(id.uuid()))
            .filter(Column::UserId.eq(self.user_id()))
            .filter(Column::DeletedAt.is_null())
            .exec_with_returning(&self.tx)
            .await
            .map_err(translate)?
            .pop();
        let Some(row) = saved else {
            return Ok(false);
        };
        self.note_title(id, title, row.created_at).await?;
        Ok(true)
    }

    /// Asks the unfinished turns of a conversation to stop.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn cancel_all_in(&self, id: ConversationId) -> Result<()> {
        turn::Entity::update_many()
            .col_expr(turn::Column::CancelRequested, Expr::value(true))
            .filter(turn::Column::ConversationId.eq(id.uuid()))
            .filter(turn::Column::UserId.eq(self.user_id()))
            .filter(turn::Column::CancelRequested.eq(false))
            .filter(unfinished())
            .exec(&self.tx)
            .await
            .map_err(translate)?;
        Ok(())
    }

    /// Deletes a conversation; false when there is no such conversation. Its turns are stopped by
    /// [`Self::cancel_all_in`], before it, and once more in a transaction after it for a turn that
    /// was added meanwhile. Not in this one: runners lock the turn and then its conversation.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn delete_conversation(&self, id: ConversationId, at: Timestamp) -> Result<bool> {
        let saved = Entity::update_many()
            .col_expr(Column::DeletedAt, Expr::value(micros(at)))
            .filter(Column::Id.eq(id.uuid()))
            .filter(Column::UserId.eq(self.user_id()))
            .filter(Column::DeletedAt.is_null())
            .exec(&self.tx)
            .await
            .map_err(translate)?;
        Ok(saved.rows_affected == 1)
    }

    /// Takes the deletion of a conversation back, if it is deleted; false when there is none. Turns
    /// that were asked to stop stop all the same.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn restore_conversation(&self, id: ConversationId) -> Result<bool> {
        let saved = Entity::update_many()
            .col_expr(Column::DeletedAt, Expr::value(None::<Timestamp>))
            .filter(Column::Id.eq(id.uuid()))
            .filter(Column::UserId.eq(self.user_id()))
            .exec(&self.tx)
            .await
            .map_err(translate)?;
        Ok(saved.rows_affected == 1)
    }

    /// The number of the conversation's next turn, and that of the message of `at` which opens it; the
    /// conversation is locked from here on.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such conversation.
    pub async fn next_turn(
        &self,
        id: ConversationId,
        at: Timestamp,
    ) -> Result<(i32, EntryNumbers)> {
        let counter = Column::LastOrdinal;
        let next = Entity::update_many().col_expr(counter, Expr::col(counter).add(1));
        let row = self.counted_up(id, next, 1, at).await?;
        Ok((row.last_ordinal, EntryNumbers::new(&row, 1)))
    }

    /// The numbers of the conversation's next `count` entries, of `at`; the conversation is locked
    /// from here on.
    pub(crate) async fn next_entries(
        &self,
        id: ConversationId,
        count: i32,
        at: Timestamp,
    ) -> Result<EntryNumbers> {
        let row = self
            .counted_up(id, Entity::update_many(), count, at)
            .await?;
        Ok(EntryNumbers::new(&row, count))
    }

    async fn counted_up(
        &self,
        id: ConversationId,
        counting: UpdateMany<Entity>,
        entries: i32,
        at: Timestamp,
    ) -> Result<Model> {
        let counter = Column::LastSeq;
        counting
            .col_expr(counter, Expr::col(counter).add(entries))
            .col_expr(Column::UpdatedAt, Expr::value(micros(at)))
            .filter(Column::Id.eq(id.uuid()))
            .filter(Column::UserId.eq(self.user_id()))
            .exec_with_returning(&self.tx)
            .await
            .map_err(translate)?
            .pop()
            .ok_or(Error::NotFound(Noun::Conversation))
    }
}

fn conversation(row: Model) -> Result<Conversation> {
    Ok(Conversation {
        id: row.id.into(),
        title: ConversationTitle::parse(&row.title)
            .map_err(|cause| corrupt("conversations", cause))?,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}
