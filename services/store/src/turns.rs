//! Turns, as their owner sees them. Running them is in `leases`.

use sea_orm::{
    ColumnTrait, Condition, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, sea_query::Expr,
};
use taskchat_domain::{
    ConversationId, Error, Failure, Result, TimeZone, Timestamp, Turn, TurnId, TurnState, Usage,
};
use uuid::Uuid;

use crate::{
    Lease, UserScope, UserTx,
    convert::{from_json, from_name, micros, to_json},
    entity::turn::{Column, Entity, Model},
    error::{corrupt, translate},
};

const TABLE: &str = "turns";

impl UserScope {
    /// One turn, also of a deleted conversation.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn turn(&self, id: TurnId) -> Result<Option<Turn>> {
        let row = Entity::find_by_id(id.uuid())
            .filter(Column::UserId.eq(self.user_id()))
            .one(&self.reader)
            .await
            .map_err(translate)?;
        row.map(turn).transpose()
    }

    /// Up to `limit` turns of a conversation, newest first, those below `before` when it is given.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn turns_before(
        &self,
        conversation: ConversationId,
        before: Option<i32>,
        limit: u32,
    ) -> Result<Vec<Turn>> {
        let mut query = Entity::find()
            .filter(Column::UserId.eq(self.user_id()))
            .filter(Column::ConversationId.eq(conversation.uuid()));
        if let Some(ordinal) = before {
            query = query.filter(Column::Ordinal.lt(ordinal));
        }
        let rows = query
            .order_by_desc(Column::Ordinal)
            .limit(u64::from(limit))
            .all(&self.reader)
            .await
            .map_err(translate)?;
        rows.into_iter().map(turn).collect()
    }
}

impl UserTx {
    /// The turn that a request opened, with the hash of the request's body. The request id is this
    /// transaction's until it ends: whoever else asks for it waits and then sees the turn.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn turn_by_request(&self, request_id: &str) -> Result<Option<(Turn, String)>> {
        self.hold("request", request_id).await?;
        let row = Entity::find()
            .filter(Column::UserId.eq(self.user_id()))
            .filter(Column::RequestId.eq(request_id))
            .one(&self.tx)
            .await
            .map_err(translate)?;
        row.map(|mut row| {
            let hash = row.body_hash.take().unwrap_or_default();
            Ok((turn(row)?, hash))
        })
        .transpose()
    }

    /// Adds a turn, with the id of the request that opened it and the hash of its body, and with the
    /// lease of who runs it at once.
    ///
    /// # Errors
    /// [`Error::AlreadyExists`] when the request id is taken, or when it is to run and another one of
    /// its conversation does.
    pub async fn insert_turn(
        &self,
        turn: &Turn,
        request: Option<(&str, &str)>,
        lease: Option<Lease>,
    ) -> Result<()> {
        let failure = turn.failure.as_ref().map(to_json).transpose()?;
        let row = Model {
            id: turn.id.uuid(),
            user_id: self.user_id().to_owned(),
            conversation_id: turn.conversation_id.uuid(),
            ordinal: turn.ordinal,
            state: turn.state.as_str().to_owned(),
            user_message_id: turn.user_message_id.uuid(),
            message_id: turn.message_id.uuid(),
            time_zone: turn.time_zone.to_string(),
            cancel_requested: turn.cancel_requested,
            failure,
            input_tokens: turn.usage.input_tokens,
            output_tokens: turn.usage.output_tokens,
            model: None,
            last_seq: turn.last_seq,
            lease_owner: lease.map(|lease| lease.owner),
            lease_until: lease.map(|lease| micros(lease.until)),
            request_id: request.map(|(id, _)| id.to_owned()),
            body_hash: request.map(|(_, hash)| hash.to_owned()),
            created_at: micros(turn.created_at),
            ended_at: turn.ended_at.map(micros),
            take_ups: 0,
        };
        Entity::insert(row.into_active_model())
            .exec_without_returning(&self.tx)
            .await
            .map_err(translate)?;
        Ok(())
    }

    /// Notes that a turn held by `lease` has got further: what it has used so far, and that the
    /// take-ups before this do not count any more.
    ///
    /// # Errors
    /// [`Error::Conflict`] when the turn has ended or is held by somebody else.
    pub async fn advance_turn(&self, id: TurnId, lease: Uuid, usage: Usage) -> Result<()> {
        let noted = Entity::update_many()
            .col_expr(Column::InputTokens, Expr::value(usage.input_tokens))
            .col_expr(Column::OutputTokens, Expr::value(usage.output_tokens))
            .col_expr(Column::TakeUps, Expr::value(0))
            .filter(fence(self.user_id(), id, Some(lease)))
            .exec(&self.tx)
            .await
            .map_err(translate)?;
        match noted.rows_affected {
            1 => Ok(()),
            _ => Err(lease_lost()),
        }
    }

    /// Lays a turn that is held by `lease` aside until the person has answered, and gives it as it
    /// is then. Nobody holds it any more.
    ///
    /// # Errors
    /// [`Error::Conflict`] when the turn has ended or is held by somebody else.
    pub async fn park_turn(&self, id: TurnId, lease: Uuid, usage: Usage) -> Result<Turn> {
        let parked = Entity::update_many()
            .col_expr(
                Column::State,
                Expr::value(TurnState::WaitingForApproval.as_str()),
            )
            .col_expr(Column::InputTokens, Expr::value(usage.input_tokens))
            .col_expr(Column::OutputTokens, Expr::value(usage.output_tokens))
            .col_expr(Column::LeaseOwner, Expr::value(None::<Uuid>))
            .col_expr(Column::LeaseUntil, Expr::value(None::<Timestamp>))
            .col_expr(Column::TakeUps, Expr::value(0))
            .filter(fence(self.user_id(), id, Some(lease)))
            .exec_with_returning(&self.tx)
            .await
            .map_err(translate)?
            .pop();
        turn(parked.ok_or_else(lease_lost)?)
    }

    /// Lets a turn that waits for approval go on, before all others of its conversation; false when
    /// it does not wait (any more) or is to be stopped. Of several that try, one succeeds.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn unpark_turn(&self, id: TurnId) -> Result<bool> {
        let resumed = Entity::update_many()
            .col_expr(Column::State, Expr::value(TurnState::Queued.as_str()))
            .filter(Column::Id.eq(id.uuid()))
            .filter(Column::UserId.eq(self.user_id()))
            .filter(Column::State.eq(TurnState::WaitingForApproval.as_str()))
            .filter(Column::CancelRequested.eq(false))
            .exec(&self.tx)
            .await
            .map_err(translate)?;
        Ok(resumed.rows_affected == 1)
    }

    /// True while a turn of the conversation is queued, running or waiting for approval.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn is_busy(&self, conversation: ConversationId) -> Result<bool> {
        let found: Option<Uuid> = Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(Column::UserId.eq(self.user_id()))
            .filter(Column::ConversationId.eq(conversation.uuid()))
            .filter(unfinished())
            .limit(1)
            .into_tuple()
            .one(&self.tx)
            .await
            .map_err(translate)?;
        Ok(found.is_some())
    }

    /// In how many conversations of this person turns are queued or running. Those that wait for
    /// the person cost nothing.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn active_conversations(&self) -> Result<u64> {
        Entity::find()
            .select_only()
            .column(Column::ConversationId)
            .distinct()
            .filter(Column::UserId.eq(self.user_id()))
            .filter(Column::State.is_in([TurnState::Queued.as_str(), TurnState::Running.as_str()]))
            .count(&self.tx)
            .await
            .map_err(translate)
    }

    /// Makes whoever counts for a limit of this person's wait until this transaction has ended, so
    /// that all count each other. Before anything else is locked but the request.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn lock_limits(&self) -> Result<()> {
        self.hold("limits", "").await
    }

    /// How many messages this person has sent at `since` or later.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn user_messages_since(&self, since: Timestamp) -> Result<u64> {
        Entity::find()
            .filter(Column::UserId.eq(self.user_id()))
            .filter(Column::CreatedAt.gte(micros(since)))
            .count(&self.tx)
            .await
            .map_err(translate)
    }

    /// Asks a turn to stop, if it has not ended, and gives it as it is then; `None` when there is
    /// no such turn. Nobody else changes it meanwhile.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn request_cancel(&self, id: TurnId) -> Result<Option<Turn>> {
        let asked = Entity::update_many()
            .col_expr(Column::CancelRequested, Expr::value(true))
            .filter(Column::Id.eq(id.uuid()))
            .filter(Column::UserId.eq(self.user_id()))
            .filter(unfinished())
            .exec_with_returning(&self.tx)
            .await
            .map_err(translate)?
            .pop();
        let row = match asked {
            Some(row) => Some(row),
            None => Entity::find_by_id(id.uuid())
                .filter(Column::UserId.eq(self.user_id()))
                .one(&self.tx)
                .await
                .map_err(translate)?,
        };
        row.map(turn).transpose()
    }

    /// Ends a turn that is held by `lease` (`None`: by nobody).
    ///
    /// # Errors
    /// [`Error::Conflict`] when the turn has ended or is held by somebody else.
    pub async fn finish_turn(
        &self,
        id: TurnId,
        lease: Option<Uuid>,
        state: TurnState,
        failure: Option<&Failure>,
        usage: Usage,
        at: Timestamp,
    ) -> Result<()> {
        let failure = failure.map(to_json).transpose()?;
        let saved = Entity::update_many()
            .col_expr(Column::State, Expr::value(state.as_str()))
            .col_expr(Column::Failure, Expr::value(failure))
            .col_expr(Column::InputTokens, Expr::value(usage.input_tokens))
            .col_expr(Column::OutputTokens, Expr::value(usage.output_tokens))
            .col_expr(Column::LeaseOwner, Expr::value(None::<Uuid>))
            .col_expr(Column::LeaseUntil, Expr::value(None::<Timestamp>))
            .col_expr(Column::EndedAt, Expr::value(micros(at)))
            .filter(fence(self.user_id(), id, lease))
            .exec(&self.tx)
            .await
            .map_err(translate)?;
        match saved.rows_affected {
            1 => Ok(()),
            _ => Err(lease_lost()),
        }
    }
}

/// The states of turns that have not ended, in the words of the partial indexes.
pub(crate) const UNFINISHED: [&str; 3] = [
    TurnState::Queued.as_str(),
    TurnState::Running.as_str(),
    TurnState::WaitingForApproval.as_str(),
];

/// Turns that have not ended.
pub(crate) fn unfinished() -> Condition {
    Condition::all().add(Column::State.is_in(UNFINISHED))
}

/// One unfinished turn, if it is held by `lease` (`None`: by nobody). Whoever lost the turn to
/// another process can write nothing more to it.
pub(crate) fn fence(user: &str, turn: TurnId, lease: Option<Uuid>) -> Condition {
    let held = match lease {
        Some(owner) => Column::LeaseOwner.eq(owner),
        None => Column::LeaseOwner.is_null(),
    };
    unfinished()
        .add(Column::Id.eq(turn.uuid()))
        .add(Column::UserId.eq(user))
        .add(held)
}

pub(crate) fn lease_lost() -> Error {
    Error::Conflict {
        field: None,
        problem: "the turn has ended or is run by another process".into(),
    }
}

pub(crate) fn turn(row: Model) -> Result<Turn> {
    let failure = row
        .failure
        .map(|json| from_json::<Failure>(TABLE, &json))
        .transpose()?;
    Ok(Turn {
        id: row.id.into(),
        conversation_id: row.conversation_id.into(),
        ordinal: row.ordinal,
        state: from_name(TABLE, row.state)?,
        user_message_id: row.user_message_id.into(),
        message_id: row.message_id.into(),
        time_zone: TimeZone::parse(&row.time_zone).map_err(|cause| corrupt(TABLE, cause))?,
        cancel_requested: row.cancel_requested,
        failure,
        usage: Usage {
            input_tokens: row.input_tokens,
            output_tokens: row.output_tokens,
        },
        last_seq: row.last_seq,
        created_at: row.created_at,
        ended_at: row.ended_at,
    })
}
