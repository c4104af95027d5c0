//! Wake-ups: the new events of a turn, or a hint that there are some, for those who wait in this
//! process, and news for the others. How news travel is in `relay`.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use taskchat_domain::{EventBody, TurnEvent, TurnId};
use taskchat_store::News;
use tokio::{
    sync::{
        Notify,
        broadcast::{self, error::RecvError},
    },
    time::sleep,
};

/// How often those who wait look for themselves at most while what other processes do is told here:
/// a hint may be lost.
const WHEN_TOLD: Duration = Duration::from_secs(2);

/// How many signals one who is busy may be behind before they are forgotten, and it looks for itself.
const BEHIND: usize = 16;

/// What those who wait are told.
#[derive(Debug, Clone)]
enum Signal {
    /// Something may have happened.
    Look,
    /// This has happened, and is stored.
    Events(Arc<[TurnEvent]>),
}

/// Who waits for which turn, and what is to be told to the other processes.
#[derive(Debug, Clone)]
pub(crate) struct Wakes(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    /// How often those who wait look for themselves while nobody can tell them.
    poll: Duration,
    waiting: Mutex<HashMap<TurnId, broadcast::Sender<Signal>>>,
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
    signals: broadcast::Receiver<Signal>,
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
        let signals = waiting
            .entry(turn)
            .or_insert_with(|| broadcast::Sender::new(BEHIND))
            .subscribe();
        Waiter {
            wakes: self.clone(),
            turn,
            signals,
        }
    }

    /// Tells everybody who waits for the turn, here and elsewhere.
    pub(crate) fn wake(&self, turn: TurnId) {
        self.wake_here(turn);
        self.tell(News::Events(turn));
    }

    /// Hands stored events to those in this process who wait for the turn, and tells the others that
    /// there are some.
    pub(crate) fn happened(&self, turn: TurnId, events: Vec<TurnEvent>) {
        self.signal(turn, || Signal::Events(events.into()));
        self.tell(News::Events(turn));
    }

    /// Tells those in this process who wait for the turn.
    pub(crate) fn wake_here(&self, turn: TurnId) {
        self.signal(turn, || Signal::Look);
    }

    fn signal(&self, turn: TurnId, signal: impl FnOnce() -> Signal) {
        if let Some(waiting) = self.waiting().get(&turn) {
            // Nobody hears it when the last one is just leaving.
            let _heard = waiting.send(signal());
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
                let _heard = waiting.send(Signal::Look);
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

    fn waiting(&self) -> MutexGuard<'_, HashMap<TurnId, broadcast::Sender<Signal>>> {
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
    /// Returns at the next signal after those already returned: the events, if it brings any.
    async fn news(&mut self) -> Option<Arc<[TurnEvent]>> {
        match self.signals.recv().await {
            Ok(Signal::Events(events)) => Some(events),
            Ok(Signal::Look) | Err(RecvError::Lagged(_)) => None,
            // The sender lives as long as a waiter does, so this is unreachable; waiting for ever
            // is the safe answer, since every caller also polls.
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }

    /// Returns at the next news, or with none when it is time to look without.
    pub(crate) async fn news_or_poll(&mut self) -> Option<Arc<[TurnEvent]>> {
        self.news_or(self.wakes.patience()).await
    }

    /// As [`Self::news_or_poll`], but news of mere progress do not count: the turn goes on as before.
    pub(crate) async fn change_or_poll(&mut self) {
        let changes = |event: &TurnEvent| {
            !matches!(
                event.body,
                EventBody::TextDelta { .. } | EventBody::ToolCalled(_) | EventBody::ToolReturned(_)
            )
        };
        while let Some(events) = self.news_or_poll().await {
            if events.iter().any(changes) {
                return;
            }
        }
    }

    /// Returns at the next news or soon, for whoever also waits for what is no news of its turn.
    pub(crate) async fn news_or_soon(&mut self) {
        self.news_or(self.wakes.0.poll).await;
    }

    async fn news_or(&mut self, most: Duration) -> Option<Arc<[TurnEvent]>> {
        tokio::select! {
            news = self.news() => news,
            () = sleep(most) => None,
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
