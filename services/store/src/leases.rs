//! Leases: which process runs which turn. The only queries that cross people.

use std::{collections::HashSet, time::Duration};

use sea_orm::{
    ColumnTrait, Condition, DatabaseConnection, DbBackend, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Select,
    sea_query::{Alias, CaseStatement, Expr, ExprTrait, LockBehavior, LockType, Query, SimpleExpr},
};
use taskchat_domain::{ConversationId, Error, Result, Timestamp, Turn, TurnId, TurnState, UserId};
use uuid::Uuid;

use crate::{
    convert::micros,
    entity::turn::{Column, Entity, Model},
    error::{corrupt, translate},
    store::begin_write,
    turns::{UNFINISHED, turn, unfinished},
    turnstile::Turnstile,
};

/// Leases in one statement; bounded by the parameters that it can have.
const TOGETHER: usize = 1000;

/// Who runs a turn, for how long unless it is renewed.
#[derive(Debug, Clone, Copy)]
pub struct Lease {
    /// A new one for each lease: it is what tells this lease from those before it, also from one that
    /// the same process has lost without noticing.
    pub owner: Uuid,
    /// When anybody else may take the turn up.
    pub until: Timestamp,
}

/// A turn to be run by whoever has claimed it.
#[derive(Debug, Clone, PartialEq)]
pub struct Claimed {
    /// Whose it is.
    pub user: UserId,
    /// The turn.
    pub turn: Turn,
    /// How often it was taken up from a process that had died, this time included, since it last
    /// got any further ([`crate::UserTx::advance_turn`]).
    pub take_ups: i32,
}

/// Leases on everybody's turns.
#[derive(Debug, Clone)]
pub struct Leases {
    writer: DatabaseConnection,
    pub(crate) reader: DatabaseConnection,
    turnstile: Turnstile,
}

impl Leases {
    pub(crate) fn new(
        writer: DatabaseConnection,
        reader: DatabaseConnection,
        turnstile: Turnstile,
    ) -> Self {
        Self {
            writer,
            reader,
            turnstile,
        }
    }

    /// Leases the oldest turn that can be run: a queued one with none before it in its
    /// conversation, a running one whose lease has lapsed, or one that waits for approval and is to
    /// be stopped.
    ///
    /// Take a new `owner` for each lease: it is what tells this lease from those before it, also
    /// from one that the same process has lost without noticing.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn claim(
        &self,
        owner: Uuid,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<Option<Claimed>> {
        self.claim_where(Condition::all(), owner, now, ttl).await
    }

    /// As [`Self::claim`], in one conversation.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn claim_in(
        &self,
        conversation: ConversationId,
        owner: Uuid,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<Option<Claimed>> {
        let here = Condition::all().add(Column::ConversationId.eq(conversation.uuid()));
        self.claim_where(here, owner, now, ttl).await
    }

    /// As [`Self::claim`], but none that was found in a dead process before.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn claim_unsuspected(
        &self,
        owner: Uuid,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<Option<Claimed>> {
        let these = Condition::all().add(Column::TakeUps.eq(0));
        self.claim_where(these, owner, now, ttl).await
    }

    async fn claim_where(
        &self,
        these: Condition,
        owner: Uuid,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<Option<Claimed>> {
        let now = micros(now);
        let until = micros(now + ttl);
        let claimable = Entity::find()
            .filter(these)
            .filter(claimable(now))
            .order_by_asc(Column::CreatedAt)
            .order_by_asc(Column::Id);
        // Most looks find nothing; they take no write lock.
        if first(claimable.clone(), &self.reader).await?.is_none() {
            return Ok(None);
        }
        let _pass = self.turnstile.pass().await?;
        let tx = begin_write(&self.writer).await.map_err(translate)?;
        let locked = claimable.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
        let Some(id) = first(locked, &tx).await? else {
            return Ok(None);
        };
        let rows = Entity::update_many()
            .col_expr(Column::State, Expr::value(TurnState::Running.as_str()))
            .col_expr(Column::LeaseOwner, Expr::value(owner))
            .col_expr(Column::LeaseUntil, Expr::value(until))
            .col_expr(Column::TakeUps, take_ups_now())
            .filter(Column::Id.eq(id))
            .exec_with_returning(&tx)
            .await;
        let rows = match rows.map_err(translate) {
            Ok(rows) => rows,
            // The conversation has got a running turn in this very moment.
            Err(Error::AlreadyExists(_)) => return Ok(None),
            Err(cause) => return Err(cause),
        };
        tx.commit().await.map_err(translate)?;
        rows.into_iter().next().map(claimed).transpose()
    }

    /// Extends leases, all at once, and gives those that are lost or whose turn has ended. A turn that
    /// somebody has locked keeps its lease as it is: it is not waited for.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn renew(
        &self,
        leases: &[(TurnId, Uuid)],
        until: Timestamp,
    ) -> Result<HashSet<Uuid>> {
        let mut lost = HashSet::new();
        for leases in leases.chunks(TOGETHER) {
            // A lease is of one turn only: whichever turn passes has its own.
            let held = Condition::all()
                .add(Column::Id.is_in(leases.iter().map(|(turn, _)| turn.uuid())))
                .add(Column::LeaseOwner.is_in(leases.iter().map(|(_, owner)| *owner)))
                .add(Column::State.eq(TurnState::Running.as_str()));
            let free = Entity::find()
                .select_only()
                .column(Column::Id)
                .filter(held.clone())
                .lock_with_behavior(LockType::NoKeyUpdate, LockBehavior::SkipLocked)
                .into_query();
            let renewed = Entity::update_many()
                .col_expr(Column::LeaseUntil, Expr::value(micros(until)))
                .filter(Column::Id.in_subquery(free))
                .exec(&self.writer)
                .await
                .map_err(translate)?
                .rows_affected;
            if usize::try_from(renewed).is_ok_and(|renewed| renewed == leases.len()) {
                continue;
            }
            let kept: Vec<Uuid> = Entity::find()
                .select_only()
                .column(Column::LeaseOwner)
                .filter(held)
                .into_tuple()
                .all(&self.writer)
                .await
                .map_err(translate)?;
            let kept: HashSet<_> = kept.into_iter().collect();
            let owners = leases.iter().map(|(_, owner)| *owner);
            lost.extend(owners.filter(|owner| !kept.contains(owner)));
        }
        Ok(lost)
    }

    /// Gives a turn back that cannot be run for now: it is taken up again after `from`, by anybody,
    /// and that does not count. Nothing happens when the lease is lost.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn give_back(&self, turn: TurnId, owner: Uuid, from: Timestamp) -> Result<()> {
        Entity::update_many()
            .col_expr(Column::LeaseOwner, Expr::value(None::<Uuid>))
            .col_expr(Column::LeaseUntil, Expr::value(micros(from)))
            .filter(Column::Id.eq(turn.uuid()))
            .filter(Column::LeaseOwner.eq(owner))
            .filter(Column::State.eq(TurnState::Running.as_str()))
            .exec(&self.writer)
            .await
            .map_err(translate)?;
        Ok(())
    }

    /// The running turns, of everybody, that somebody wants to stop.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn to_stop(&self) -> Result<Vec<TurnId>> {
        let ids: Vec<Uuid> = Entity::find()
            .select_only()
            .column(Column::Id)
            // The very words of the partial index: this is asked often.
            .filter(Expr::cust("cancel_requested AND state = 'running'"))
            .into_tuple()
            .all(&self.reader)
            .await
            .map_err(translate)?;
        Ok(ids.into_iter().map(TurnId::from).collect())
    }

    /// Frees every lease where the database is embedded. Only one process can serve a SQLite file,
    /// so at its start whoever held a lease is dead; nobody need wait for the leases to lapse. Where
    /// several processes share a database, nothing happens.
    ///
    /// Should another process be alive after all, it has lost its turns and can write nothing more
    /// to them.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn take_over(&self) -> Result<()> {
        if self.writer.get_database_backend() != DbBackend::Sqlite {
            return Ok(());
        }
        // Nobody's, but not given back: whoever had it is dead, and that counts.
        let nobodys = Uuid::now_v7();
        Entity::update_many()
            .col_expr(Column::LeaseOwner, Expr::value(nobodys))
            .col_expr(Column::LeaseUntil, Expr::value(None::<Timestamp>))
            .filter(Column::State.eq(TurnState::Running.as_str()))
            .filter(Column::LeaseOwner.is_not_null())
            .exec(&self.writer)
            .await
            .map_err(translate)?;
        Ok(())
    }
}

/// Running without a good lease, queued with nothing unfinished before it, or waiting for an
/// approval that nobody wants any more.
fn claimable(now: Timestamp) -> Condition {
    let earlier = Alias::new("earlier");
    let of = |column: Column| Expr::col((earlier.clone(), column));
    let mine = |column: Column| Expr::col((Entity, column));
    let before_it = Query::select()
        .expr(Expr::value(1))
        .from_as(Entity, earlier.clone())
        .and_where(of(Column::ConversationId).eq(mine(Column::ConversationId)))
        .and_where(of(Column::Ordinal).lt(mine(Column::Ordinal)))
        .and_where(of(Column::State).is_in(UNFINISHED))
        .to_owned();
    let lapsed = Condition::all()
        .add(Column::State.eq(TurnState::Running.as_str()))
        .add(
            Condition::any()
                .add(Column::LeaseUntil.is_null())
                .add(Column::LeaseUntil.lt(now)),
        );
    let next = Condition::all()
        .add(Column::State.eq(TurnState::Queued.as_str()))
        .add(Expr::exists(before_it).not());
    let to_be_stopped = Condition::all()
        .add(Column::State.eq(TurnState::WaitingForApproval.as_str()))
        .add(Column::CancelRequested.eq(true));
    // The first part repeats the others in the words of the partial index.
    unfinished().add(Condition::any().add(lapsed).add(next).add(to_be_stopped))
}

async fn first<C: sea_orm::ConnectionTrait>(
    query: Select<Entity>,
    connection: &C,
) -> Result<Option<Uuid>> {
    query
        .select_only()
        .column(Column::Id)
        .limit(1)
        .into_tuple()
        .one(connection)
        .await
        .map_err(translate)
}

/// One more for a turn that was running and not given back, the way a turn is found whose process has
/// died.
fn take_ups_now() -> SimpleExpr {
    let was_running = Expr::col(Column::State).eq(TurnState::Running.as_str());
    let was_held = Expr::col(Column::LeaseOwner).is_not_null();
    CaseStatement::new()
        .case(was_running.and(was_held), Expr::col(Column::TakeUps).add(1))
        .finally(Expr::col(Column::TakeUps))
        .into()
}

fn claimed(row: Model) -> Result<Claimed> {
    let user = UserId::parse(&row.user_id).map_err(|cause| corrupt("turns", cause))?;
    let take_ups = row.take_ups;
    Ok(Claimed {
        user,
        turn: turn(row)?,
        take_ups,
    })
}
