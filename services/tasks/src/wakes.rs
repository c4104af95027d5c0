//! Wake-ups: a hint that something was done to somebody's tasks, for those who watch in this process.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use taskchat_domain::UserId;
use tokio::{sync::watch, time::sleep};

/// Who watches whose tasks.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wakes(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    waiting: Mutex<HashMap<UserId, watch::Sender<()>>>,
    /// True once nobody should wait any more.
    closed: AtomicBool,
}

/// One who watches; forgotten when dropped.
#[derive(Debug)]
pub(crate) struct Waiter {
    wakes: Wakes,
    user: UserId,
    signal: watch::Receiver<()>,
}

impl Wakes {
    /// Waits for news of a person's tasks from now on.
    pub(crate) fn subscribe(&self, user: &UserId) -> Waiter {
        let mut waiting = self.lock();
        let signal = waiting
            .entry(user.clone())
            .or_insert_with(|| watch::Sender::new(()))
            .subscribe();
        Waiter {
            wakes: self.clone(),
            user: user.clone(),
            signal,
        }
    }

    /// Tells everybody who watches the person's tasks.
    pub(crate) fn wake(&self, user: &UserId) {
        if let Some(waiting) = self.lock().get(user) {
            waiting.send_replace(());
        }
    }

    /// Tells everybody, and that this is the end.
    pub(crate) fn close(&self) {
        self.0.closed.store(true, Ordering::Release);
        for waiting in self.lock().values() {
            waiting.send_replace(());
        }
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.0.closed.load(Ordering::Acquire)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<UserId, watch::Sender<()>>> {
        self.0
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiter {
    /// Returns at the next news since it last returned, or after `most`.
    pub(crate) async fn news_or(&mut self, most: Duration) {
        tokio::select! {
            // The sender lives as long as a waiter does.
            _ = self.signal.changed() => {}
            () = sleep(most) => {}
        }
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        let mut waiting = self.wakes.lock();
        // This waiter's own receiver still counts.
        if waiting
            .get(&self.user)
            .is_some_and(|sender| sender.receiver_count() <= 1)
        {
            waiting.remove(&self.user);
        }
    }
}
