//! Following a turn: its stored events after a number, then those to come.

use std::time::Duration;

use async_stream::try_stream;
use futures::Stream;
use taskchat_domain::{
    Error, Noun, Reply, Result, Timestamp, Turn, TurnEvent, TurnId, TurnState, UserId,
};
use tokio::time::{Instant, sleep, sleep_until};

use crate::Chat;

/// Events read at once; with the reader's pace it bounds what a slow reader costs.
const BATCH: u32 = 256;

/// How long news of another replica may take. In-process news arrive at once.
const POLL: Duration = Duration::from_millis(250);

/// How long `cancel` waits for the runner to close the turn before it answers as things stand.
const CANCEL_WAIT: Duration = Duration::from_secs(5);

/// What a follower sees.
#[derive(Debug, Clone, PartialEq)]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly all are events, and one is alive at a time"
)]
pub enum Followed {
    /// Something happened.
    Event(TurnEvent),
    /// Nothing happened for a while; the connection is alive.
    Heartbeat(Timestamp),
}

impl Chat {
    /// The events of a turn after number `after`, stored ones first, then as they happen. Ends with
    /// the turn.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the turn is unknown or somebody else's.
    pub async fn follow(
        &self,
        user: &UserId,
        id: TurnId,
        after: i32,
    ) -> Result<impl Stream<Item = Result<Followed>> + std::marker::Send + use<>> {
        self.own_turn(user, id).await?;
        let (chat, user) = (self.clone(), user.clone());
        Ok(try_stream! {
            let mut after = after.max(0);
            let mut waiter = chat.wakes.subscribe(id);
            let mut heartbeat = Instant::now() + chat.config.heartbeat;
            loop {
                let scope = chat.store.as_user(&user);
                // Looked up before the events: whatever a finished turn wrote is then among them.
                let finished = chat.is_over(&user, id).await?;
                let events = scope.events(id, after, BATCH).await?;
                let drained = events.len() < BATCH as usize;
                for event in events {
                    after = event.seq;
                    heartbeat = Instant::now() + chat.config.heartbeat;
                    let last = event.body.is_last();
                    yield Followed::Event(event);
                    if last {
                        return;
                    }
                }
                if !drained {
                    continue;
                }
                if finished {
                    return;
                }
                tokio::select! {
                    () = waiter.news() => {}
                    () = sleep(POLL) => {}
                    () = sleep_until(heartbeat) => {
                        heartbeat = Instant::now() + chat.config.heartbeat;
                        yield Followed::Heartbeat(chat.clock.now());
                    }
                }
            }
        })
    }

    /// Waits for the end of a turn.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the turn is unknown or somebody else's.
    pub async fn wait(&self, user: &UserId, id: TurnId) -> Result<(Turn, Reply)> {
        let mut waiter = self.wakes.subscribe(id);
        while !self.is_over(user, id).await? {
            tokio::select! {
                () = waiter.news() => {}
                () = sleep(POLL) => {}
            }
        }
        self.turn(user, id).await
    }

    /// Stops a turn, whichever process runs it. What it did stays done.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the turn is unknown or somebody else's.
    pub async fn cancel(&self, user: &UserId, id: TurnId) -> Result<(Turn, Reply)> {
        self.own_turn(user, id).await?;
        let tx = self.store.begin(user).await?;
        let turn = tx
            .request_cancel(id)
            .await?
            .ok_or(Error::NotFound(Noun::Turn))?;
        if turn.state == TurnState::Queued {
            self.runner.close_queued(&tx, &turn).await?;
        }
        tx.commit().await?;
        self.wakes.wake(id);
        if turn.state == TurnState::Running {
            self.runner.stop(id);
            let ended = tokio::time::timeout(CANCEL_WAIT, self.wait(user, id)).await;
            if let Ok(ended) = ended {
                return ended;
            }
        }
        self.turn(user, id).await
    }
}
