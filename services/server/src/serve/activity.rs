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
    phase: Mutex<Phase>,
    outflow: Arc<Outflow>,
    /// Requests that may be given up in a minute; none is no limit.
    resets: Option<DefaultDirectRateLimiter>,
    abused: CancellationToken,
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
    pub(super) fn new(outflow: Arc<Outflow>, resets: u32) -> Arc<Self> {
        let quota = NonZeroU32::new(resets).map(Quota::per_minute);
        Arc::new(Self {
            phase: Mutex::new(Phase::Head(Instant::now())),
            outflow,
            resets: quota.map(RateLimiter::direct),
            abused: CancellationToken::new(),
        })
    }

    fn phase(&self) -> MutexGuard<'_, Phase> {
        self.phase.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The connection has all the time again that it may be silent, unless a request is under way.
    pub(super) fn idle(&self) {
        let mut phase = self.phase();
        if !matches!(*phase, Phase::Busy(_)) {
            *phase = Phase::Idle(Instant::now());
        }
    }

    /// Bytes have come.
    pub(super) fn heard(&self) {
        let mut phase = self.phase();
        if matches!(*phase, Phase::Idle(_)) {
            *phase = Phase::Head(Instant::now());
        }
    }

    /// A request has begun; it ends when the guard is dropped.
    pub(super) fn request(self: &Arc<Self>) -> UnderWay {
        let mut phase = self.phase();
        *phase = match *phase {
            Phase::Busy(others) => Phase::Busy(others.saturating_add(1)),
            Phase::Idle(_) | Phase::Head(_) => Phase::Busy(1),
        };
        drop(phase);
        UnderWay {
            activity: Arc::clone(self),
            is_answered: false,
        }
    }

    /// Waits until nothing was under way at either end of a while; never when something is now.
    pub(super) async fn quiet(&self, a_while: Duration) {
        let is_busy = || {
            let is_stuck = matches!(self.outflow.flow(), Flow::Stuck(_));
            is_stuck || matches!(*self.phase(), Phase::Busy(_))
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
        match *self.phase() {
            Phase::Idle(since) => Some((Expired::Idle, since.max(free))),
            Phase::Head(since) => Some((Expired::Head, since.max(free))),
            Phase::Busy(_) => None,
        }
    }
}

/// A request under way.
#[derive(Debug)]
pub(super) struct UnderWay {
    activity: Arc<Activity>,
    is_answered: bool,
}

impl UnderWay {
    /// The answer is through. Without this, the client has given the request up.
    pub(super) fn answered(&mut self) {
        self.is_answered = true;
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let mut phase = self.activity.phase();
        *phase = match *phase {
            Phase::Busy(others @ 2..) => Phase::Busy(others - 1),
            _ => Phase::Idle(Instant::now()),
        };
        drop(phase);
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
        Activity::new(Outflow::new(), resets)
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
        let activity = Activity::new(Arc::clone(&outflow), 0);
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
