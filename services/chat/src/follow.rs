//! Following a turn: its stored events after a number, then those to come.

use std::time::Duration;

use async_stream::try_stream;
use futures::Stream;
use taskchat_domain::{
    Error, Noun, Reply, Result, Timestamp, Turn, TurnEvent, TurnId, TurnState, UserId,
};
use taskchat_store::News;
use tokio::time::{Instant, sleep_until};

use crate::Chat;

/// Events read at once; with the reader's pace it bounds what a slow reader costs.
const BATCH: u32 = 256;

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
                // From here on events come without being looked for, unless some are missed.
                loop {
                    tokio::select! {
                        news = waiter.news_or_poll() => {
                            let Some(next) = news.as_deref().and_then(|it| following(it, after)) else {
                                break;
                            };
                            for event in next {
                                after = event.seq;
                                heartbeat = Instant::now() + chat.config.heartbeat;
                                let last = event.body.is_last();
                                yield Followed::Event(event.clone());
                                if last {
                                    return;
                                }
                            }
                        }
                        () = sleep_until(heartbeat) => {
                            heartbeat = Instant::now() + chat.config.heartbeat;
                            yield Followed::Heartbeat(chat.clock.now());
                            // Heartbeats may be more frequent than looks, and must not replace them.
                            break;
                        }
                    }
                }
            }
        })
    }

    /// Waits until a turn has ended, or cannot go on without the person: it waits for an approval, or
    /// behind a turn that does. The reply then says for which.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the turn is unknown or somebody else's.
    pub async fn wait(&self, user: &UserId, id: TurnId) -> Result<(Turn, Reply)> {
        let mut waiter = self.wakes.subscribe(id);
        loop {
            let scope = self.store.as_user(user);
            match scope.turn(id).await? {
                Some(turn) if turn.state == TurnState::Queued => {
                    let asked = scope.open_approval(turn.conversation_id).await?;
                    if let Some(asked) = asked.filter(|asked| asked.turn_id != id) {
                        let (turn, mut reply) = self.turn(user, id).await?;
                        reply.approvals.push(asked);
                        return Ok((turn, reply));
                    }
                }
                Some(turn) if turn.state == TurnState::Running => {
                    waiter.change_or_poll().await;
                    continue;
                }
                _ => return self.turn(user, id).await,
            }
            // It may come to wait behind another turn's approval, of which it hears nothing.
            waiter.news_or_soon().await;
        }
    }

    /// Waits for the end of a turn.
    async fn wait_for_end(&self, user: &UserId, id: TurnId) -> Result<(Turn, Reply)> {
        let mut waiter = self.wakes.subscribe(id);
        while !self.is_over(user, id).await? {
            waiter.change_or_poll().await;
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
        let has_begun = turn.last_seq > 0 || turn.state == TurnState::Running;
        if turn.state == TurnState::Queued && !has_begun {
            self.runner.close_queued(&tx, &turn).await?;
        }
        tx.commit().await?;
        self.wakes.wake(id);
        if has_begun && !turn.state.is_final() {
            self.runner.stop(id);
            self.wakes.tell(News::Stop(id));
            // One that waits for approval, or has just stopped to wait, runs nowhere.
            self.runner.nudge(turn.conversation_id);
            let ended = tokio::time::timeout(CANCEL_WAIT, self.wait_for_end(user, id)).await;
            if let Ok(ended) = ended {
                return ended;
            }
        } else {
            // The next may be waiting for this one only.
            self.runner.nudge(turn.conversation_id);
        }
        self.turn(user, id).await
    }
}

/// Those of `events` that come after number `after`; `None` when one before them is missing.
fn following(events: &[TurnEvent], after: i32) -> Option<&[TurnEvent]> {
    let known = events.iter().take_while(|it| it.seq <= after).count();
    let next = events.get(known..)?;
    next.first()
        .is_none_or(|first| first.seq == after.saturating_add(1))
        .then_some(next)
}

#[cfg(test)]
mod tests {
    use taskchat_domain::EventBody;

    use super::*;

    #[test]
    fn events_follow_without_a_gap_or_are_looked_for() {
        let turn_id = TurnId::new();
        let events: Vec<_> = (3..6)
            .map(|seq| TurnEvent {
                turn_id,
                seq,
                time: "2026-11-23T08:00:00Z".parse().unwrap(),
                body: EventBody::TextDelta {
                    text: seq.to_string(),
                },
            })
            .collect();
        for (after, expected) in [
            (0, None),
            (1, None),
            (2, Some(&events[..])),
            (4, Some(&events[2..])),
            (5, Some(&[][..])),
            (9, Some(&[][..])),
        ] {
            assert_eq!(following(&events, after), expected, "after {after}");
        }
        assert_eq!(following(&[], 7), Some(&[][..]));
    }
}
