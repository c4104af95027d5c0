//! Starting, draining, stopping: signals and tracked tasks.

use std::time::Duration;

use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{info, warn};

/// How this process comes to its end: first it drains, then it aborts.
#[derive(Debug, Clone)]
pub struct Lifecycle {
    drain: CancellationToken,
    abort: CancellationToken,
    tracker: TaskTracker,
    grace: Duration,
}

impl Lifecycle {
    /// A process that has `grace` to finish what runs once it is told to stop.
    #[must_use]
    pub fn new(grace: Duration) -> Self {
        Self {
            drain: CancellationToken::new(),
            abort: CancellationToken::new(),
            tracker: TaskTracker::new(),
            grace,
        }
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

    /// Begins to drain; after the grace period, aborts.
    pub fn stop(&self) {
        if self.drain.is_cancelled() {
            return;
        }
        self.drain.cancel();
        let (abort, grace) = (self.abort.clone(), self.grace);
        self.tracker.spawn(async move {
            tokio::select! {
                () = abort.cancelled() => {}
                () = tokio::time::sleep(grace) => {
                    warn!("grace period over: stopping what still runs");
                    abort.cancel();
                }
            }
        });
    }

    /// The first SIGINT or SIGTERM drains, the second aborts.
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
