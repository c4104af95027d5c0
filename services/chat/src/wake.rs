//! In-process wake-ups: a hint that a turn has new events. Followers on other replicas poll.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use taskchat_domain::TurnId;
use tokio::{sync::watch, time::sleep};

/// Who waits for which turn.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wakes(Arc<Mutex<HashMap<TurnId, watch::Sender<()>>>>);

/// A place in the queue of one turn; leaves the queue when dropped.
#[derive(Debug)]
pub(crate) struct Waiter {
    wakes: Wakes,
    turn: TurnId,
    signal: watch::Receiver<()>,
}

impl Wakes {
    /// Waits for news of a turn from now on.
    pub(crate) fn subscribe(&self, turn: TurnId) -> Waiter {
        let mut waiting = self.lock();
        let signal = waiting
            .entry(turn)
            .or_insert_with(|| watch::Sender::new(()))
            .subscribe();
        Waiter {
            wakes: self.clone(),
            turn,
            signal,
        }
    }

    /// Tells everybody who waits for the turn.
    pub(crate) fn wake(&self, turn: TurnId) {
        if let Some(waiting) = self.lock().get(&turn) {
            waiting.send_replace(());
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<TurnId, watch::Sender<()>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiter {
    /// Returns at the next news after the last return. Never returns early for news already seen.
    pub(crate) async fn news(&mut self) {
        if self.signal.changed().await.is_err() {
            // The sender lives as long as a waiter does, so this is unreachable; waiting for ever
            // is the safe answer, since every caller also polls.
            std::future::pending::<()>().await;
        }
    }

    /// Returns at the next news, or after `most`.
    pub(crate) async fn news_or(&mut self, most: Duration) {
        tokio::select! {
            () = self.news() => {}
            () = sleep(most) => {}
        }
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        let mut waiting = self.wakes.lock();
        // This waiter's own receiver still counts.
        if waiting
            .get(&self.turn)
            .is_some_and(|sender| sender.receiver_count() <= 1)
        {
            waiting.remove(&self.turn);
        }
    }
}
