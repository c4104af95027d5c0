//! Events: what followers of a turn are shown.

use sea_orm::{
    ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait},
};
use taskchat_domain::{Error, EventBody, Result, Timestamp, Turn, TurnEvent, TurnId};
use uuid::Uuid;

use crate::{
    UserScope, UserTx,
    convert::{from_json, micros, to_json},
    entity::{
        turn,
        turn_event::{Column, Entity, Model},
    },
    error::translate,
    turns::{fence, lease_lost},
};

impl UserScope {
    /// Up to `limit` events of a turn after number `after`, in order.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn events(&self, turn: TurnId, after: i32, limit: u32) -> Result<Vec<TurnEvent>> {
        let rows = Entity::find()
            .filter(Column::UserId.eq(self.user_id()))
            .filter(Column::TurnId.eq(turn.uuid()))
            .filter(Column::Seq.gt(after))
            .order_by_asc(Column::Seq)
            .limit(u64::from(limit))
            .all(&self.reader)
            .await
            .map_err(translate)?;
        rows.into_iter().map(event).collect()
    }
}

/// Numbers that the next events of a turn have.
#[derive(Debug)]
pub struct EventNumbers {
    turn: TurnId,
    first: i32,
}

impl EventNumbers {
    /// Those of a turn that is inserted with its first events: all up to its last one.
    #[must_use]
    pub fn of_new(turn: &Turn) -> Self {
        Self {
            turn: turn.id,
            first: 1,
        }
    }
}

impl UserTx {
    /// Appends events to an unfinished turn, numbered without gaps, and thereby checks that the
    /// turn is held by `lease` (`None`: by nobody); also with no events at all.
    ///
    /// Call it before anything that locks the conversation: this is the order of all locks.
    ///
    /// # Errors
    /// [`Error::Conflict`] when the turn is finished or held by somebody else.
    pub async fn append_events(
        &self,
        turn: TurnId,
        lease: Option<Uuid>,
        bodies: Vec<EventBody>,
        at: Timestamp,
    ) -> Result<Vec<TurnEvent>> {
        let numbers = self.next_events(turn, lease, bodies.len()).await?;
        self.insert_events(numbers, bodies, at).await
    }

    /// The numbers of the next `count` events of a turn, all of which must be inserted before the
    /// transaction ends; otherwise as [`Self::append_events`].
    ///
    /// # Errors
    /// [`Error::Conflict`] when the turn is finished or held by somebody else.
    pub async fn next_events(
        &self,
        turn: TurnId,
        lease: Option<Uuid>,
        count: usize,
    ) -> Result<EventNumbers> {
        let count = i32::try_from(count).map_err(Error::internal)?;
        let last = turn::Entity::update_many()
            .col_expr(
                turn::Column::LastSeq,
                Expr::col(turn::Column::LastSeq).add(count),
            )
            .filter(fence(self.user_id(), turn, lease))
            .exec_with_returning(&self.tx)
            .await
            .map_err(translate)?
            .pop()
            .ok_or_else(lease_lost)?
            .last_seq;
        Ok(EventNumbers {
            turn,
            first: last - count + 1,
        })
    }

    /// Appends events under the numbers that they were promised.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn insert_events(
        &self,
        numbers: EventNumbers,
        bodies: Vec<EventBody>,
        at: Timestamp,
    ) -> Result<Vec<TurnEvent>> {
        if bodies.is_empty() {
            return Ok(Vec::new());
        }
        let at = micros(at);
        let events: Vec<TurnEvent> = bodies
            .into_iter()
            .zip(numbers.first..)
            .map(|(body, seq)| TurnEvent {
                turn_id: numbers.turn,
                seq,
                time: at,
                body,
            })
            .collect();
        let rows = events
            .iter()
            .map(|event| row(self.user_id(), event))
            .collect::<Result<Vec<_>>>()?;
        Entity::insert_many(rows.into_iter().map(IntoActiveModel::into_active_model))
            .exec_without_returning(&self.tx)
            .await
            .map_err(translate)?;
        Ok(events)
    }
}

/// The row of an event of somebody's turn.
pub(crate) fn row(user: &str, event: &TurnEvent) -> Result<Model> {
    Ok(Model {
        turn_id: event.turn_id.uuid(),
        seq: event.seq,
        user_id: user.to_owned(),
        body: to_json(&event.body)?,
        created_at: event.time,
    })
}

fn event(row: Model) -> Result<TurnEvent> {
    Ok(TurnEvent {
        turn_id: row.turn_id.into(),
        seq: row.seq,
        time: row.created_at,
        body: from_json("turn_events", &row.body)?,
    })
}
