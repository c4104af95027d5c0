//! What goes on on a connection, and since when: who says nothing for too long is let go.

use std::{
    num::NonZeroU32,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::outflow::{Flow, Outflow};
use crate::config::Sockets;

/// The state of one connection, told by its bytes and its requests.
#[derive(Debug)]
pub(super) struct Activity {
    state: Mutex<State>,
    outflow: Arc<Outflow>,
    peer: Peer,
    /// Requests that may be given up in a minute; none is no limit.
    resets: Option<DefaultDirectRateLimiter>,
    abused: CancellationToken,
}

/// Who is at the other end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Peer {
    /// Somebody who speaks for himself, and may give up so many requests in a minute; 0 is no limit.
    Client { resets: u32 },
    /// Somebody who speaks for many. Many may change their minds, and may take their time.
    Proxy,
}

#[derive(Debug)]
struct State {
    phase: Phase,
    /// Answers of which a piece was handed over, and no other was asked for since.
    unread: u32,
    /// When that last changed.
    moved: Instant,
}

#[derive(Debug, Clone, Copy)]
enum Phase {
    /// Nothing is under way since.
    Idle(Instant),
    /// A request has begun to arrive and its head is not complete.
    Head(Instant),
    /// So many requests are under way.
    Busy(u32),
}

/// What a connection has done for too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expired {
    /// Sent the head of a request.
    Head,
    /// Nothing.
    Idle,
    /// Not taken what it is sent.
    Stalled,
}

impl Activity {
    /// A connection that has just been made. It owes a first request.
    pub(super) fn new(outflow: Arc<Outflow>, peer: Peer) -> Arc<Self> {
        let resets = match peer {
            Peer::Client { resets } => resets,
            Peer::Proxy => 0,
        };
        let quota = NonZeroU32::new(resets).map(Quota::per_minute);
        let now = Instant::now();
        Arc::new(Self {
            state: Mutex::new(State {
                phase: Phase::Head(now),
                unread: 0,
                moved: now,
            }),
            outflow,
            peer,
            resets: quota.map(RateLimiter::direct),
            abused: CancellationToken::new(),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The connection has all the time again that it may be silent, unless a request is under way.
    pub(super) fn idle(&self) {
        let mut state = self.state();
        if !matches!(state.phase, Phase::Busy(_)) {
            state.phase = Phase::Idle(Instant::now());
        }
    }

    /// Bytes have come.
    pub(super) fn heard(&self) {
        let mut state = self.state();
        if matches!(state.phase, Phase::Idle(_)) {
            state.phase = Phase::Head(Instant::now());
        }
    }

    /// A request has begun; it ends when the guard is dropped.
    pub(super) fn request(self: &Arc<Self>) -> UnderWay {
        let mut state = self.state();
        state.phase = match state.phase {
            Phase::Busy(others) => Phase::Busy(others.saturating_add(1)),
            Phase::Idle(_) | Phase::Head(_) => Phase::Busy(1),
        };
        drop(state);
        UnderWay {
            activity: Arc::clone(self),
            is_answered: false,
            is_unread: false,
        }
    }

    /// Waits until nothing was under way at either end of a while; never when something is now.
    pub(super) async fn quiet(&self, a_while: Duration) {
        let is_busy = || {
            let is_stuck = matches!(self.outflow.flow(), Flow::Stuck(_));
            is_stuck || matches!(self.state().phase, Phase::Busy(_))
        };
        if !is_busy() {
            tokio::time::sleep(a_while).await;
            if !is_busy() {
                return;
            }
        }
        std::future::pending().await
    }

    /// Cancelled when too many requests were begun and given up.
    pub(super) async fn abused(&self) {
        self.abused.cancelled().await;
    }

    /// Waits until one of the times is over; zero never is.
    pub(super) async fn expired(&self, limits: &Sockets) -> Expired {
        let never = |time: Duration| if time.is_zero() { Duration::MAX } else { time };
        let head = never(limits.header_timeout);
        let idle = never(limits.idle_timeout);
        let write = never(limits.write_timeout);
        // What begins now cannot be over sooner; so there is nothing to be woken for.
        let shortest = head.min(idle).min(write);
        loop {
            let left = match self.lasting() {
                None => shortest,
                Some((what, since)) => {
                    let most = match what {
                        Expired::Head => head,
                        Expired::Idle => idle,
                        Expired::Stalled => write,
                    };
                    let left = most.saturating_sub(since.elapsed());
                    if left.is_zero() {
                        return what;
                    }
                    left.min(shortest)
                }
            };
            tokio::time::sleep(left).await;
        }
    }

    /// What goes on that must not go on for ever, and since when.
    fn lasting(&self) -> Option<(Expired, Instant)> {
        // Who has yet to take the last answer is not asked for the next request.
        let free = match self.outflow.flow() {
            Flow::Stuck(since) => return Some((Expired::Stalled, since)),
            Flow::Free(since) => since,
        };
        let state = self.state();
        match state.phase {
            Phase::Idle(since) => Some((Expired::Idle, since.max(free))),
            Phase::Head(since) => Some((Expired::Head, since.max(free))),
            // HTTP/2 can hold up every answer and take pings.
            Phase::Busy(all) if all == state.unread && self.peer != Peer::Proxy => {
                Some((Expired::Stalled, state.moved.max(free)))
            }
            Phase::Busy(_) => None,
        }
    }
}

/// A request under way.
#[derive(Debug)]
pub(super) struct UnderWay {
    activity: Arc<Activity>,
    is_answered: bool,
    is_unread: bool,
}

impl UnderWay {
    /// The next piece of the answer is wanted: the last one is on its way.
    pub(super) fn wanted(&mut self) {
        if std::mem::take(&mut self.is_unread) {
            let mut state = self.activity.state();
            state.unread = state.unread.saturating_sub(1);
            state.moved = Instant::now();
        }
    }

    /// A piece of the answer was handed over.
    pub(super) fn handed_over(&mut self) {
        if !std::mem::replace(&mut self.is_unread, true) {
            let mut state = self.activity.state();
            state.unread = state.unread.saturating_add(1);
            state.moved = Instant::now();
        }
    }

    /// The answer is through. Without this, the client has given the request up.
    pub(super) fn answered(&mut self) {
        self.is_answered = true;
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.wanted();
        let mut state = self.activity.state();
        state.phase = match state.phase {
            Phase::Busy(others @ 2..) => Phase::Busy(others - 1),
            _ => Phase::Idle(Instant::now()),
        };
        drop(state);
        if !self.is_answered
            && let Some(resets) = &self.activity.resets
            && resets.check().is_err()
        {
            self.activity.abused.cancel();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::outflow::Outgoing, *};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    const HEAD: Duration = Duration::from_millis(50);
    const IDLE: Duration = Duration::from_millis(200);
    const WRITE: Duration = Duration::from_millis(100);

    fn limits() -> Sockets {
        Sockets {
            header_timeout: HEAD,
            idle_timeout: IDLE,
            write_timeout: WRITE,
            ..Sockets::default()
        }
    }

    fn activity(resets: u32) -> Arc<Activity> {
        Activity::new(Outflow::new(), Peer::Client { resets })
    }

    /// What is over, and that it took its time.
    async fn over(activity: &Activity) -> Expired {
        let begun = Instant::now();
        let expired = activity.expired(&limits()).await;
        let least = match expired {
            Expired::Head => HEAD,
            Expired::Idle => IDLE,
            Expired::Stalled => WRITE,
        };
        assert!(begun.elapsed() >= least - Duration::from_millis(20));
        expired
    }

    #[tokio::test]
    async fn a_head_has_less_time_than_silence() {
        let activity = activity(0);
        assert_eq!(over(&activity).await, Expired::Head);
        activity.idle();
        assert_eq!(over(&activity).await, Expired::Idle);
        activity.idle();
        activity.heard();
        assert_eq!(over(&activity).await, Expired::Head);
    }

    #[tokio::test]
    async fn requests_take_as_long_as_they_take() {
        let activity = activity(0);
        let (one, two) = (activity.request(), activity.request());
        activity.heard();
        for request in [one, two] {
            let waited = tokio::time::timeout(IDLE * 2, activity.expired(&limits())).await;
            assert!(waited.is_err());
            drop(request);
        }
        assert_eq!(over(&activity).await, Expired::Idle);
    }

    #[tokio::test]
    async fn quiet_is_when_nothing_is_under_way() {
        let activity = activity(0);
        activity.quiet(HEAD).await;
        let request = activity.request();
        assert!(
            tokio::time::timeout(IDLE, activity.quiet(HEAD))
                .await
                .is_err()
        );
        drop(request);
        activity.quiet(HEAD).await;
    }

    #[tokio::test]
    async fn what_is_not_taken_stops_the_other_clocks() {
        let (mut client, server) = tokio::io::duplex(1);
        let outflow = Outflow::new();
        let activity = Activity::new(Arc::clone(&outflow), Peer::Client { resets: 0 });
        let mut io = Outgoing::new(server, outflow);
        let mut writing = Box::pin(io.write_all(b"three"));
        assert!(futures::poll!(&mut writing).is_pending());
        // The time of a head is over sooner, and not up.
        assert_eq!(over(&activity).await, Expired::Stalled);
        client.read_u8().await.unwrap();
        assert!(futures::poll!(&mut writing).is_pending());
        assert_eq!(
            over(&activity).await,
            Expired::Stalled,
            "its time begins anew"
        );
        let (read, wrote) = tokio::join!(client.read_u32(), writing);
        assert!(read.is_ok() && wrote.is_ok());
        assert_eq!(over(&activity).await, Expired::Head, "and so does theirs");
    }

    #[tokio::test]
    async fn answers_that_nobody_reads_are_given_up_when_nothing_else_is_under_way() {
        let proxied = Activity::new(Outflow::new(), Peer::Proxy);
        let direct = activity(0);
        for activity in [&proxied, &direct] {
            let mut stuck = activity.request();
            stuck.handed_over();
            let mut other = activity.request();
            let waited = tokio::time::timeout(WRITE * 3, activity.expired(&limits())).await;
            assert!(waited.is_err(), "another one is under way");
            other.handed_over();
            let waited = tokio::time::timeout(WRITE * 3, activity.expired(&limits())).await;
            let given_up = (activity.peer != Peer::Proxy).then_some(Expired::Stalled);
            assert_eq!(waited.ok(), given_up);
            stuck.wanted();
            let waited = tokio::time::timeout(WRITE * 3, activity.expired(&limits())).await;
            assert!(waited.is_err(), "somebody reads on");
            drop(other);
        }
    }

    #[tokio::test]
    async fn zero_is_never() {
        let activity = activity(0);
        let never = Sockets {
            header_timeout: Duration::ZERO,
            idle_timeout: Duration::ZERO,
            write_timeout: Duration::ZERO,
            ..limits()
        };
        let forever = activity.expired(&never);
        assert!(tokio::time::timeout(HEAD, forever).await.is_err());
    }

    #[tokio::test]
    async fn giving_up_too_often_is_abuse() {
        let activity = activity(3);
        for _ in 0..20 {
            activity.request().answered();
        }
        for _ in 0..3 {
            drop(activity.request());
        }
        assert!(!activity.abused.is_cancelled());
        drop(activity.request());
        activity.abused().await;
    }
}
