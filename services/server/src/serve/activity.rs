//! What goes on on a connection, and since when: who says nothing for too long is let go.

use std::{
    num::NonZeroU32,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// The state of one connection, told by its bytes and its requests.
#[derive(Debug)]
pub(super) struct Activity {
    phase: Mutex<Phase>,
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
}

impl Activity {
    /// A connection that has just been made. It owes a first request.
    pub(super) fn new(resets: u32) -> Arc<Self> {
        let quota = NonZeroU32::new(resets).map(Quota::per_minute);
        Arc::new(Self {
            phase: Mutex::new(Phase::Head(Instant::now())),
            resets: quota.map(RateLimiter::direct),
            abused: CancellationToken::new(),
        })
    }

    fn phase(&self) -> MutexGuard<'_, Phase> {
        self.phase.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The connection is made and waits for a request.
    pub(super) fn idle(&self) {
        *self.phase() = Phase::Idle(Instant::now());
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
        let is_busy = || matches!(*self.phase(), Phase::Busy(_));
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
    pub(super) async fn expired(&self, head: Duration, idle: Duration) -> Expired {
        let never = |time: Duration| if time.is_zero() { Duration::MAX } else { time };
        let (head, idle) = (never(head), never(idle));
        // What begins now cannot be over sooner; so there is nothing to be woken for.
        let shortest = head.min(idle);
        loop {
            let now = Instant::now();
            let phase = *self.phase();
            let left = match phase {
                Phase::Busy(_) => shortest,
                Phase::Head(since) => head.saturating_sub(now.duration_since(since)),
                Phase::Idle(since) => idle.saturating_sub(now.duration_since(since)).min(shortest),
            };
            match phase {
                Phase::Head(since) if now.duration_since(since) >= head => return Expired::Head,
                Phase::Idle(since) if now.duration_since(since) >= idle => return Expired::Idle,
                _ if left == Duration::MAX => std::future::pending().await,
                _ => tokio::time::sleep(left).await,
            }
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
    use super::*;

    const HEAD: Duration = Duration::from_millis(50);
    const IDLE: Duration = Duration::from_millis(200);

    /// What is over, and that it took its time.
    async fn over(activity: &Activity) -> Expired {
        let begun = Instant::now();
        let expired = activity.expired(HEAD, IDLE).await;
        let least = match expired {
            Expired::Head => HEAD,
            Expired::Idle => IDLE,
        };
        assert!(begun.elapsed() >= least - Duration::from_millis(20));
        expired
    }

    #[tokio::test]
    async fn a_head_has_less_time_than_silence() {
        let activity = Activity::new(0);
        assert_eq!(over(&activity).await, Expired::Head);
        activity.idle();
        assert_eq!(over(&activity).await, Expired::Idle);
        activity.idle();
        activity.heard();
        assert_eq!(over(&activity).await, Expired::Head);
    }

    #[tokio::test]
    async fn requests_take_as_long_as_they_take() {
        let activity = Activity::new(0);
        let (one, two) = (activity.request(), activity.request());
        activity.heard();
        for request in [one, two] {
            let waited = tokio::time::timeout(IDLE * 2, activity.expired(HEAD, IDLE)).await;
            assert!(waited.is_err());
            drop(request);
        }
        assert_eq!(over(&activity).await, Expired::Idle);
    }

    #[tokio::test]
    async fn quiet_is_when_nothing_is_under_way() {
        let activity = Activity::new(0);
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
    async fn zero_is_never() {
        let activity = Activity::new(0);
        let forever = activity.expired(Duration::ZERO, Duration::ZERO);
        assert!(tokio::time::timeout(HEAD, forever).await.is_err());
    }

    #[tokio::test]
    async fn giving_up_too_often_is_abuse() {
        let activity = Activity::new(3);
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
