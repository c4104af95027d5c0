//! Text of running turns, as it streams: what many turns have to write is written together.
//!
//! A transaction for each piece would make the database the pace of all turns. Instead, whatever
//! comes while one transaction is under way goes into the next (group commit): a single turn waits
//! for nobody, and a thousand cost two statements.
//!
//! Nor does one turn make the others wait: what somebody else has locked is left for the next time.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr,
    EntityTrait, IntoActiveModel, QueryFilter, QuerySelect, QueryTrait,
    sea_query::{Expr, ExprTrait, LockBehavior, LockType, Query, SelectStatement},
};
use taskchat_domain::{Error, EventBody, Kind, Result, Timestamp, TurnEvent, TurnId, UserId};
use tokio::{
    sync::oneshot,
    time::{Instant, sleep},
};
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::{
    Store,
    convert::micros,
    entity::{turn, turn_event::Entity, user},
    error::translate,
    events::row,
    store::begin_write,
    turns::{lease_lost, unfinished},
};

/// Pieces in one transaction; bounded by the parameters that a statement can have.
const TOGETHER: usize = 1000;

/// How long pieces come together after one transaction before the next. Much less than a turn takes
/// to come up with more, and what a thousand turns save in transactions and in waking each other.
const GATHER: Duration = Duration::from_millis(10);

/// The longest pause after transactions that came to nothing; each is twice the one before.
const LONGEST_PAUSE: Duration = Duration::from_millis(100);

/// How long a piece is tried to be written: a database is started anew in less, and whoever has
/// locked a turn for so long is gone.
const PATIENCE: Duration = Duration::from_secs(30);

/// Pieces on their way into the database.
#[derive(Debug, Clone)]
pub(crate) struct Texts {
    writer: DatabaseConnection,
    /// The writing goes on when whoever waits for one piece does so no more.
    tracker: TaskTracker,
    queue: Arc<Mutex<Queue>>,
}

#[derive(Debug, Default)]
struct Queue {
    waiting: Vec<Piece>,
    /// True while a task takes pieces from here.
    attended: bool,
}

/// One more event of one turn.
#[derive(Debug)]
struct Piece {
    user: UserId,
    lease: Uuid,
    event: TurnEvent,
    since: Instant,
    answer: oneshot::Sender<Result<TurnEvent>>,
}

/// What has come of the pieces of one transaction.
enum Written {
    /// Those that have a number are stored; these turns, locked by somebody else, are not.
    Stored(HashSet<Uuid>),
    /// None of them, for certain.
    Nothing(Error),
    /// Nobody knows.
    InDoubt(Error),
}

impl Store {
    /// Appends a piece of text to the events of a turn that runs under `lease`.
    ///
    /// # Errors
    /// [`Error::Conflict`] when the turn is finished or held by somebody else.
    pub async fn append_text(
        &self,
        user: &UserId,
        turn_id: TurnId,
        lease: Uuid,
        text: String,
        at: Timestamp,
    ) -> Result<TurnEvent> {
        let (answer, answered) = oneshot::channel();
        self.texts.add(Piece {
            user: user.clone(),
            lease,
            event: TurnEvent {
                turn_id,
                seq: 0,
                time: micros(at),
                body: EventBody::TextDelta { text },
            },
            since: Instant::now(),
            answer,
        });
        answered
            .await
            .unwrap_or_else(|_| Err(Error::Unavailable("the writing was broken off".into())))
    }
}

impl Texts {
    pub(crate) fn new(writer: DatabaseConnection) -> Self {
        Self {
            writer,
            tracker: TaskTracker::new(),
            queue: Arc::default(),
        }
    }

    fn add(&self, piece: Piece) {
        let mut queue = self.queue();
        queue.waiting.push(piece);
        if !queue.attended {
            queue.attended = true;
            self.tracker.spawn(self.clone().attend());
        }
    }

    /// Writes until nothing is waiting.
    async fn attend(self) {
        let mut attendance = Attendance {
            queue: Arc::clone(&self.queue),
            broken_off: true,
        };
        let mut pause = GATHER;
        while let Some(pieces) = self.next() {
            let together = pieces.len();
            let later = self.write(pieces).await;
            pause = if later.len() < together {
                GATHER
            } else {
                (pause * 2).min(LONGEST_PAUSE)
            };
            // Before all that have come meanwhile, which may be of the same turns.
            self.queue().waiting.splice(0..0, later);
            sleep(pause).await;
        }
        attendance.broken_off = false;
    }

    /// The next pieces, one of a turn; with none the queue is attended no more.
    fn next(&self) -> Option<Vec<Piece>> {
        let mut queue = self.queue();
        let mut turns = HashSet::new();
        let (now, later) = std::mem::take(&mut queue.waiting)
            .into_iter()
            .partition::<Vec<_>, _>(|piece| {
                turns.len() < TOGETHER && turns.insert(piece.event.turn_id)
            });
        queue.waiting = later;
        queue.attended = !now.is_empty();
        queue.attended.then_some(now)
    }

    /// Writes what can be written, and gives what is to be tried again.
    async fn write(&self, mut pieces: Vec<Piece>) -> Vec<Piece> {
        let written = self.store(&mut pieces).await;
        let mut later = Vec::new();
        for piece in pieces {
            let tired = piece.since.elapsed() >= PATIENCE;
            let answer = match &written {
                Written::Stored(_) if piece.event.seq > 0 => Ok(piece.event),
                Written::Stored(locked) if locked.contains(&piece.event.turn_id.uuid()) => {
                    if !tired {
                        later.push(piece);
                        continue;
                    }
                    Err(Error::Unavailable("the turn is locked".into()))
                }
                Written::Stored(_) => Err(lease_lost()),
                Written::Nothing(cause) if cause.kind() == Kind::Unavailable && !tired => {
                    later.push(piece);
                    continue;
                }
                Written::Nothing(cause) | Written::InDoubt(cause) => Err(shared(cause)),
            };
            // Whoever waited may have gone; the text is stored all the same.
            let _gone = piece.answer.send(answer);
        }
        later
    }

    async fn store(&self, pieces: &mut [Piece]) -> Written {
        let tx = match begin_write(&self.writer).await {
            Ok(tx) => tx,
            Err(cause) => return Written::Nothing(translate(cause)),
        };
        match fill(&tx, pieces).await {
            Ok(locked) => match tx.commit().await {
                Ok(()) => Written::Stored(locked),
                Err(cause) => Written::InDoubt(translate(cause)),
            },
            Err(cause) => Written::Nothing(cause),
        }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        locked(&self.queue)
    }
}

fn locked(queue: &Mutex<Queue>) -> MutexGuard<'_, Queue> {
    queue.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whoever attends the queue. Should that end in a panic, nobody waits for ever: those in the queue
/// are told, and the next piece is attended again.
struct Attendance {
    queue: Arc<Mutex<Queue>>,
    broken_off: bool,
}

impl Drop for Attendance {
    fn drop(&mut self) {
        if self.broken_off {
            *locked(&self.queue) = Queue::default();
        }
    }
}

/// Numbers the pieces whose turns are still held, and inserts those. Waits for nobody: it gives the
/// turns that are held and locked by somebody else.
async fn fill(tx: &DatabaseTransaction, pieces: &mut [Piece]) -> Result<HashSet<Uuid>> {
    // A lease is of one turn only: whichever turn passes has its own.
    let held = unfinished()
        .add(turn::Column::Id.is_in(pieces.iter().map(|it| it.event.turn_id.uuid())))
        .add(turn::Column::LeaseOwner.is_in(pieces.iter().map(|it| it.lease)))
        .add(turn::Column::UserId.is_in(pieces.iter().map(|it| it.user.as_str())));
    // Only what is needed of each row: there may be many, and often.
    let number = Query::update()
        .table(turn::Entity)
        .value(
            turn::Column::LastSeq,
            Expr::col(turn::Column::LastSeq).add(1),
        )
        .and_where(turn::Column::Id.in_subquery(free(held.clone(), pieces)))
        .returning(Query::returning().columns([turn::Column::Id, turn::Column::LastSeq]))
        .to_owned();
    let numbered = tx.query_all(&number).await.map_err(translate)?;
    let numbers: HashMap<Uuid, i32> = numbered
        .iter()
        .map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?)))
        .collect::<Result<_, DbErr>>()
        .map_err(translate)?;
    let mut rows = Vec::with_capacity(pieces.len());
    for piece in pieces.iter_mut() {
        let number = numbers.get(&piece.event.turn_id.uuid());
        piece.event.seq = number.copied().unwrap_or_default();
        if number.is_some() {
            rows.push(row(piece.user.as_str(), &piece.event)?.into_active_model());
        }
    }
    let has_all = rows.len() == pieces.len();
    if !rows.is_empty() {
        Entity::insert_many(rows)
            .exec_without_returning(tx)
            .await
            .map_err(translate)?;
    }
    if has_all {
        return Ok(HashSet::new());
    }
    let locked: Vec<Uuid> = turn::Entity::find()
        .select_only()
        .column(turn::Column::Id)
        .filter(held)
        .into_tuple()
        .all(tx)
        .await
        .map_err(translate)?;
    Ok(locked.into_iter().collect())
}

/// Turns among `held` that nobody else has locked; nor their people, whom each event refers to.
fn free(held: Condition, pieces: &[Piece]) -> SelectStatement {
    let people = user::Entity::find()
        .select_only()
        .column(user::Column::Id)
        .filter(user::Column::Id.is_in(pieces.iter().map(|it| it.user.as_str())))
        .lock_with_behavior(LockType::KeyShare, LockBehavior::SkipLocked)
        .into_query();
    turn::Entity::find()
        .select_only()
        .column(turn::Column::Id)
        .filter(held)
        .filter(turn::Column::UserId.in_subquery(people))
        .lock_with_behavior(LockType::NoKeyUpdate, LockBehavior::SkipLocked)
        .into_query()
}

/// The failure of all, for one of them.
fn shared(cause: &Error) -> Error {
    let text = taskchat_domain::chain(cause);
    match cause.kind() {
        Kind::Unavailable => Error::Unavailable(text.into()),
        _ => Error::Internal(text.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_waits_for_one_who_has_broken_off() {
        let queue = Arc::new(Mutex::new(Queue::default()));
        let (answer, mut answered) = oneshot::channel();
        let piece = Piece {
            user: UserId::parse("ann").unwrap(),
            lease: Uuid::now_v7(),
            event: TurnEvent {
                turn_id: TurnId::new(),
                seq: 0,
                time: "2026-11-23T08:00:00Z".parse().unwrap(),
                body: EventBody::TextDelta { text: "x".into() },
            },
            since: Instant::now(),
            answer,
        };
        *locked(&queue) = Queue {
            waiting: vec![piece],
            attended: true,
        };
        let attendance = Attendance {
            queue: Arc::clone(&queue),
            broken_off: true,
        };
        drop(attendance);
        assert!(!locked(&queue).attended);
        assert!(
            answered
                .try_recv()
                .is_err_and(|it| it == oneshot::error::TryRecvError::Closed)
        );
    }
}
