//! Approvals: questions to the person. What becomes of the turns that wait is in `turns`.

use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, sea_query::Expr,
};
use taskchat_domain::{
    Approval, ApprovalId, ApprovalState, ConversationId, Result, Timestamp, UserId,
};

use crate::{
    Leases, UserScope, UserTx,
    convert::{from_json, from_name, micros, to_json, to_name},
    entity::approval::{Column, Entity, Model},
    error::{corrupt, translate},
};

const TABLE: &str = "approvals";

impl UserScope {
    /// One approval, open or not.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn approval(&self, id: ApprovalId) -> Result<Option<Approval>> {
        let row = Entity::find_by_id(id.uuid())
            .filter(Column::UserId.eq(self.user_id()))
            .one(&self.reader)
            .await
            .map_err(translate)?;
        row.map(approval).transpose()
    }

    /// The approval that a conversation waits for.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn open_approval(&self, conversation: ConversationId) -> Result<Option<Approval>> {
        open_in(&self.reader, self.user_id(), conversation).await
    }
}

impl UserTx {
    /// As [`UserScope::open_approval`]; locks nothing.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn open_approval(&self, conversation: ConversationId) -> Result<Option<Approval>> {
        open_in(&self.tx, self.user_id(), conversation).await
    }

    /// Adds an approval.
    ///
    /// # Errors
    /// [`taskchat_domain::Error::AlreadyExists`] when the conversation waits for one already.
    pub async fn insert_approval(&self, approval: &Approval) -> Result<()> {
        let row = Model {
            id: approval.id.uuid(),
            user_id: self.user_id().to_owned(),
            conversation_id: approval.conversation_id.uuid(),
            turn_id: approval.turn_id.uuid(),
            calls: to_json(&approval.calls)?,
            reason: to_name(&approval.reason)?,
            state: approval.state.as_str().to_owned(),
            created_at: micros(approval.created_at),
            expires_at: micros(approval.expires_at),
            decided_at: approval.decided_at.map(micros),
        };
        Entity::insert(row.into_active_model())
            .exec_without_returning(&self.tx)
            .await
            .map_err(translate)?;
        Ok(())
    }

    /// Closes an open approval; false when it is not open (any more). Of several that try, one
    /// succeeds.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn close_approval(
        &self,
        id: ApprovalId,
        state: ApprovalState,
        at: Timestamp,
    ) -> Result<bool> {
        let closed = Entity::update_many()
            .col_expr(Column::State, Expr::value(state.as_str()))
            .col_expr(Column::DecidedAt, Expr::value(micros(at)))
            .filter(Column::Id.eq(id.uuid()))
            .filter(Column::UserId.eq(self.user_id()))
            .filter(is_open())
            .exec(&self.tx)
            .await
            .map_err(translate)?;
        Ok(closed.rows_affected == 1)
    }
}

impl Leases {
    /// Up to `limit` open approvals of everybody that nobody has answered in time, the most overdue
    /// first.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn overdue_approvals(
        &self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<(UserId, Approval)>> {
        let rows = Entity::find()
            .filter(is_open())
            .filter(Column::ExpiresAt.lte(micros(now)))
            .order_by_asc(Column::ExpiresAt)
            .limit(u64::from(limit))
            .all(&self.reader)
            .await
            .map_err(translate)?;
        rows.into_iter()
            .map(|row| {
                let user = UserId::parse(&row.user_id).map_err(|cause| corrupt(TABLE, cause))?;
                Ok((user, approval(row)?))
            })
            .collect()
    }
}

/// In the words of the partial indexes.
fn is_open() -> sea_orm::sea_query::SimpleExpr {
    Column::State.eq(ApprovalState::Pending.as_str())
}

async fn open_in<C: ConnectionTrait>(
    connection: &C,
    user: &str,
    conversation: ConversationId,
) -> Result<Option<Approval>> {
    let row = Entity::find()
        .filter(Column::UserId.eq(user))
        .filter(Column::ConversationId.eq(conversation.uuid()))
        .filter(is_open())
        .one(connection)
        .await
        .map_err(translate)?;
    row.map(approval).transpose()
}

fn approval(row: Model) -> Result<Approval> {
    Ok(Approval {
        id: row.id.into(),
        conversation_id: row.conversation_id.into(),
        turn_id: row.turn_id.into(),
        calls: from_json(TABLE, &row.calls)?,
        reason: from_name(TABLE, row.reason)?,
        state: from_name(TABLE, row.state)?,
        created_at: row.created_at,
        expires_at: row.expires_at,
        decided_at: row.decided_at,
    })
}
