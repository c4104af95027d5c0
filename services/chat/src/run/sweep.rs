//! What a process looks for now and then: turns that nobody runs, approvals that nobody answers, and
//! turns of its own that somebody wants to stop.

use std::{collections::HashSet, sync::Arc, time::Duration};

use taskchat_domain::chain;
use tokio::{
    task::JoinHandle,
    time::{Instant, sleep},
};
use tokio_util::sync::CancellationToken;
use tracing::warn;
use uuid::Uuid;

use super::{Runner, Which};
use crate::{approvals::expire, keep::every};

/// How often a process looks for turns that nobody runs; more often where leases are shorter.
const SWEEP: Duration = Duration::from_secs(1);

/// Overdue approvals closed in one look.
const OVERDUE: u32 = 100;

/// How often a process in which turns run looks for those to be stopped. One look for all of them;
/// most of the time its own callers or the other processes have told it before.
const STOPS: Duration = Duration::from_millis(75);

/// A turn that was found in a dead process more than once.
struct Suspect {
    run: JoinHandle<()>,
    since: Instant,
}

impl Suspect {
    /// While it runs and has not run for long: what ends a process does so soon.
    fn may_do_harm(&self, long: Duration) -> bool {
        !self.run.is_finished() && self.since.elapsed() < long
    }
}

impl Runner {
    /// Looks until `stop` is cancelled; for turns to be stopped, until there are none any more.
    pub(crate) fn sweep(self: Arc<Self>, stop: CancellationToken) {
        let runner = Arc::clone(&self);
        self.tracker.spawn(async move {
            tokio::select! {
                () = runner.abort.cancelled() => {}
                () = runner.look_for_stops() => {}
            }
        });
        let runner = Arc::clone(&self);
        self.tracker.spawn(async move {
            tokio::select! {
                () = runner.abort.cancelled() => {}
                () = runner.keep_leases() => {}
            }
        });
        let tracker = self.tracker.clone();
        tracker.spawn(async move {
            let mut tick = every(SWEEP.min(self.config.lease / 2));
            let mut suspect = None;
            loop {
                tokio::select! {
                    () = stop.cancelled() => return,
                    _ = tick.tick() => {}
                }
                self.expire().await;
                self.take_up(&mut suspect).await;
            }
        });
    }

    /// Runs the turns that nobody runs. Those that were found in a dead process before follow one
    /// another: one of them may be what ended it, and must not take the others along each time.
    async fn take_up(self: &Arc<Self>, suspect: &mut Option<Suspect>) {
        loop {
            let which = match suspect {
                Some(suspect) if suspect.may_do_harm(self.config.lease) => Which::Unsuspected,
                _ => Which::Any,
            };
            match self.claim(which).await {
                Ok(Some(leased)) => {
                    let again = leased.take_ups > 1;
                    let runner = Arc::clone(self);
                    let run = self.tracker.spawn(async move {
                        let conversation = leased.turn.conversation_id;
                        runner.run(leased).await;
                        runner.nudge(conversation);
                    });
                    if again {
                        *suspect = Some(Suspect {
                            run,
                            since: Instant::now(),
                        });
                    }
                }
                Ok(None) => return,
                Err(cause) => {
                    warn!(error = %chain(&cause), "cannot look for waiting turns");
                    return;
                }
            }
        }
    }

    /// Closes approvals that nobody has answered in time; their turns go on.
    async fn expire(self: &Arc<Self>) {
        let now = self.clock.now();
        let overdue = match self.store.leases().overdue_approvals(now, OVERDUE).await {
            Ok(overdue) => overdue,
            Err(cause) => {
                warn!(error = %chain(&cause), "cannot look for overdue approvals");
                return;
            }
        };
        for (user, asked) in overdue {
            match expire(&self.store, &user, &asked, now).await {
                Ok(Some(expired)) => {
                    self.wakes.wake(expired.turn_id);
                    self.nudge(expired.conversation_id);
                }
                Ok(None) => {}
                Err(cause) => warn!(error = %chain(&cause), "cannot close an overdue approval"),
            }
        }
    }

    /// Renews the leases of the turns that run here, all together; turns that are lost are stopped.
    /// Five times in the life of a lease: some of them may come to nothing.
    async fn keep_leases(&self) {
        let mut tick = every(self.config.lease / 5);
        loop {
            tick.tick().await;
            let leases: Vec<_> = self
                .running()
                .iter()
                .map(|(lease, running)| (running.turn, *lease))
                .collect();
            if leases.is_empty() {
                continue;
            }
            let until = self.clock.now() + self.config.lease;
            match self.store.leases().renew(&leases, until).await {
                Ok(lost) => self.lose(&lost),
                Err(cause) => warn!(error = %chain(&cause), "cannot renew leases"),
            }
        }
    }

    /// Somebody else has these, or they have ended; the fence does the rest.
    fn lose(&self, lost: &HashSet<Uuid>) {
        let running = self.running();
        for running in lost.iter().filter_map(|lease| running.get(lease)) {
            running.stop.cancel();
        }
    }

    /// Stops turns of this process that were cancelled through another one.
    async fn look_for_stops(&self) {
        let mut was_trouble = false;
        loop {
            let begun = self.begun.notified();
            if self.running().is_empty() {
                begun.await;
            }
            tokio::select! {
                () = sleep(STOPS) => {}
                () = self.stops.notified() => {}
            }
            match self.store.leases().to_stop().await {
                Ok(turns) => {
                    turns.into_iter().for_each(|turn| self.stop(turn));
                    was_trouble = false;
                }
                Err(cause) => {
                    if !was_trouble {
                        warn!(error = %chain(&cause), "cannot look for turns to be stopped");
                    }
                    was_trouble = true;
                }
            }
        }
    }
}
