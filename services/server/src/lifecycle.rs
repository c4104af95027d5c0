//! Starting, leaving, draining, stopping: signals and tracked tasks.

use std::time::Duration;

use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{info, warn};

/// How this process comes to its end: first it says that it leaves, then it drains, then it aborts.
#[derive(Debug, Clone)]
pub struct Lifecycle {
    leave: CancellationToken,
    drain: CancellationToken,
    abort: CancellationToken,
    tracker: TaskTracker,
    notice: Duration,
    grace: Duration,
}

impl Lifecycle {
    /// A process that has `grace` to finish what runs once it is told to stop.
    #[must_use]
    pub fn new(grace: Duration) -> Self {
        Self {
            leave: CancellationToken::new(),
            drain: CancellationToken::new(),
            abort: CancellationToken::new(),
            tracker: TaskTracker::new(),
            notice: Duration::ZERO,
            grace,
        }
    }

    /// The same process, which goes on as before for `notice` after it has said that it leaves.
    #[must_use]
    pub fn with_notice(self, notice: Duration) -> Self {
        Self { notice, ..self }
    }

    /// Cancelled when probes should send requests elsewhere.
    #[must_use]
    pub fn leaving(&self) -> CancellationToken {
        self.leave.clone()
    }

    /// Cancelled when nothing new should begin.
    #[must_use]
    pub fn draining(&self) -> CancellationToken {
        self.drain.clone()
    }

    /// Cancelled when what runs should stop.
    #[must_use]
    pub fn aborting(&self) -> CancellationToken {
        self.abort.clone()
    }

    /// Where every task is spawned, so that the end can wait for it.
    #[must_use]
    pub fn tracker(&self) -> TaskTracker {
        self.tracker.clone()
    }

    /// Does something every so often until the process drains.
    pub fn every(&self, interval: Duration, mut act: impl FnMut() + Send + 'static) {
        let stop = self.draining();
        self.tracker.spawn(async move {
            while tokio::time::timeout(interval, stop.cancelled())
                .await
                .is_err()
            {
                act();
            }
        });
    }

    /// Says that the process leaves; after the notice, drains; after the grace period, aborts.
    pub fn stop(&self) {
        if self.leave.is_cancelled() {
            return;
        }
        self.leave.cancel();
        if self.notice.is_zero() {
            self.drain.cancel();
        }
        let (drain, abort) = (self.drain.clone(), self.abort.clone());
        let (notice, grace) = (self.notice, self.grace);
        self.tracker.spawn(async move {
            tokio::select! {
                () = abort.cancelled() => return,
                () = tokio::time::sleep(notice) => drain.cancel(),
            }
            tokio::select! {
                () = abort.cancelled() => {}
                () = tokio::time::sleep(grace) => {
                    warn!("grace period over: stopping what still runs");
                    abort.cancel();
                }
            }
        });
    }

    /// The first SIGINT or SIGTERM stops as [`Self::stop`] does, the second aborts.
    pub fn listen_for_signals(&self) {
        let life = self.clone();
        // Not on the tracker: it ends with the process, not before.
        #[expect(
            clippy::disallowed_methods,
            reason = "nothing waits for a signal that may never come"
        )]
        tokio::spawn(async move {
            signal().await;
            info!("stopping: finishing what runs");
            life.stop();
            signal().await;
            warn!("stopping now");
            life.abort.cancel();
        });
    }

    /// Ends everything that is still tracked and waits for it.
    pub async fn finish(&self) {
        self.leave.cancel();
        self.drain.cancel();
        self.abort.cancel();
        self.tracker.close();
        // Tasks close their turns on abort; one that hangs must not keep the process alive.
        if tokio::time::timeout(Duration::from_secs(5), self.tracker.wait())
            .await
            .is_err()
        {
            warn!("some tasks did not stop in time");
        }
    }
}

#[cfg(unix)]
async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

#[cfg(not(unix))]
async fn signal() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
