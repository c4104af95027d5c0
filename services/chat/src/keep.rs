//! What goes on beside the agent while a turn runs: text that waits is written, the lease renewed.

use std::{sync::Arc, time::Duration};

use taskchat_domain::{Clock, chain};
use taskchat_store::Store;
use tokio::time::{Interval, MissedTickBehavior, interval, sleep};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{Instrument, Span, warn};

use crate::journal::{COALESCE_FOR, TurnJournal};

/// The shortest period of anything done again and again.
const SHORTEST: Duration = Duration::from_millis(10);

/// Looks after one running turn.
#[derive(Debug)]
pub(crate) struct Keeper {
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) journal: Arc<TurnJournal>,
    /// How long the lease is.
    pub(crate) lease: Duration,
    /// Cancelled when the turn is to stop.
    pub(crate) stop: CancellationToken,
}

impl Keeper {
    /// Begins; goes on until `done`.
    pub(crate) fn spawn(self, tracker: &TaskTracker, done: CancellationToken) {
        let span = Span::current();
        tracker.spawn(
            async move {
                tokio::select! {
                    () = done.cancelled() => {}
                    () = self.keep() => {}
                }
            }
            .instrument(span),
        );
    }

    /// Two things that never wait for each other: a text that cannot be written just now costs no
    /// lease.
    async fn keep(&self) {
        tokio::join!(self.keep_writing(), self.keep_lease());
    }

    async fn keep_writing(&self) {
        loop {
            self.journal.text_waits().await;
            sleep(COALESCE_FOR).await;
            // A failed write is seen by the agent at its next one.
            if let Err(cause) = self.journal.flush().await {
                warn!(error = %chain(&cause), "cannot write text");
            }
        }
    }

    async fn keep_lease(&self) {
        let mut renew = every(self.lease / 5);
        renew.tick().await;
        loop {
            renew.tick().await;
            self.renew().await;
        }
    }

    async fn renew(&self) {
        let (id, owner) = (self.journal.turn().id, self.journal.lease());
        let until = self.clock.now() + self.lease;
        match self.store.leases().renew(id, owner, until).await {
            Ok(Some(false)) => {}
            // Asked to stop, or somebody else has it; the fence does the rest.
            Ok(Some(true) | None) => self.stop.cancel(),
            Err(cause) => warn!(error = %chain(&cause), "cannot renew a lease"),
        }
    }
}

/// Ticks, however short a period was configured.
pub(crate) fn every(period: Duration) -> Interval {
    let mut tick = interval(period.max(SHORTEST));
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    tick
}
