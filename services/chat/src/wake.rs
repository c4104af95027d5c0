//! Wake-ups: a hint that a turn has new events, for those who wait in this process, and news for the
//! others. How news travel is in `relay`.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use taskchat_domain::TurnId;
use taskchat_store::News;
use tokio::{
    sync::{Notify, watch},
    time::sleep,
};

/// How often those who wait look for themselves at most while what other processes do is told here:
/// a hint may be lost.
const WHEN_TOLD: Duration = Duration::from_secs(2);

/// Who waits for which turn, and what is to be told to the other processes.
#[derive(Debug, Clone)]
pub(crate) struct Wakes(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    /// How often those who wait look for themselves while nobody can tell them.
    poll: Duration,
    waiting: Mutex<HashMap<TurnId, watch::Sender<()>>>,
    /// `None` where nobody is told.
    news: Mutex<Option<BTreeSet<News>>>,
    has_news: Notify,
    /// True while what other processes tell is heard here.
    is_told: AtomicBool,
}

/// A place in the queue of one turn; leaves the queue when dropped.
#[derive(Debug)]
pub(crate) struct Waiter {
    wakes: Wakes,
    turn: TurnId,
    signal: watch::Receiver<()>,
}

impl Wakes {
    pub(crate) fn new(poll: Duration) -> Self {
        Self(Arc::new(Shared {
            poll,
            waiting: Mutex::default(),
            news: Mutex::default(),
            has_news: Notify::new(),
            is_told: AtomicBool::new(false),
        }))
    }

    /// Waits for news of a turn from now on.
    pub(crate) fn subscribe(&self, turn: TurnId) -> Waiter {
        let mut waiting = self.waiting();
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

    /// Tells everybody who waits for the turn, here and elsewhere.
    pub(crate) fn wake(&self, turn: TurnId) {
        self.wake_here(turn);
        self.tell(News::Events(turn));
    }

    /// Tells those in this process who wait for the turn.
    pub(crate) fn wake_here(&self, turn: TurnId) {
        if let Some(waiting) = self.waiting().get(&turn) {
            waiting.send_replace(());
        }
    }

    /// Has the other processes told; the same news twice are told once.
    pub(crate) fn tell(&self, news: News) {
        if let Some(all) = &mut *self.news() {
            all.insert(news);
            self.0.has_news.notify_one();
        }
    }

    /// Begins to keep news until somebody takes them.
    pub(crate) fn keep_news(&self) {
        self.news().get_or_insert_default();
    }

    /// Waits until there are news, and takes them.
    pub(crate) async fn take_news(&self) -> Vec<News> {
        loop {
            let taken = self.news_now();
            if !taken.is_empty() {
                return taken;
            }
            self.0.has_news.notified().await;
        }
    }

    /// Takes what news there are.
    pub(crate) fn news_now(&self) -> Vec<News> {
        let taken = self.news().as_mut().map(std::mem::take);
        taken.into_iter().flatten().collect()
    }

    /// Says whether what other processes tell is heard here. Whoever waits looks once more: what
    /// happened before may have been missed.
    pub(crate) fn set_told(&self, is_told: bool) {
        if self.0.is_told.swap(is_told, Ordering::Relaxed) != is_told {
            for waiting in self.waiting().values() {
                waiting.send_replace(());
            }
        }
    }

    fn patience(&self) -> Duration {
        if self.0.is_told.load(Ordering::Relaxed) {
            self.0.poll.max(WHEN_TOLD)
        } else {
            self.0.poll
        }
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<TurnId, watch::Sender<()>>> {
        self.0
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn news(&self) -> MutexGuard<'_, Option<BTreeSet<News>>> {
        self.0.news.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiter {
    /// Returns at the next news after the last return. Never returns early for news already seen.
    async fn news(&mut self) {
        if self.signal.changed().await.is_err() {
            // The sender lives as long as a waiter does, so this is unreachable; waiting for ever
            // is the safe answer, since every caller also polls.
            std::future::pending::<()>().await;
        }
    }

    /// Returns at the next news, or when it is time to look without.
    pub(crate) async fn news_or_poll(&mut self) {
        self.news_or(self.wakes.patience()).await;
    }

    /// As [`Self::news_or_poll`], for whoever also waits for what is no news of its turn.
    pub(crate) async fn news_or_soon(&mut self) {
        self.news_or(self.wakes.0.poll).await;
    }

    async fn news_or(&mut self, most: Duration) {
        tokio::select! {
            () = self.news() => {}
            () = sleep(most) => {}
        }
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        let mut waiting = self.wakes.waiting();
        // This waiter's own receiver still counts.
        if waiting
            .get(&self.turn)
            .is_some_and(|sender| sender.receiver_count() <= 1)
        {
            waiting.remove(&self.turn);
        }
    }
}

#[cfg(test)]
mod tests {
    use taskchat_domain::ConversationId;

    use super::*;

    const POLL: Duration = Duration::from_millis(250);

    #[tokio::test]
    async fn news_are_kept_once_each_where_somebody_takes_them() {
        let (wakes, turn) = (Wakes::new(POLL), TurnId::new());
        wakes.wake(turn);
        assert_eq!(wakes.news_now(), [], "nobody takes them");
        wakes.keep_news();
        wakes.wake(turn);
        wakes.wake(turn);
        let waiting = News::Waiting(ConversationId::new());
        wakes.tell(waiting);
        assert_eq!(wakes.take_news().await, [News::Events(turn), waiting]);
        assert_eq!(wakes.news_now(), []);
    }

    #[tokio::test]
    async fn whoever_waits_is_woken_and_looks_less_often_while_told() {
        let (wakes, turn) = (Wakes::new(POLL), TurnId::new());
        let mut waiter = wakes.subscribe(turn);
        let mut is_woken = async || {
            let woken = tokio::time::timeout(Duration::from_millis(20), waiter.news());
            woken.await.is_ok()
        };
        wakes.wake(TurnId::new());
        assert!(!is_woken().await);
        wakes.wake_here(turn);
        assert!(is_woken().await);
        assert_eq!(wakes.patience(), POLL);
        wakes.set_told(true);
        assert_eq!(wakes.patience(), WHEN_TOLD);
        assert!(is_woken().await, "to look for what was missed");
        wakes.set_told(true);
        assert!(!is_woken().await);
        wakes.set_told(false);
        assert!(is_woken().await);
        assert_eq!(wakes.patience(), POLL);
    }
}
