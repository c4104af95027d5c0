//! What goes on beside the agent while a turn runs: text that waits is written. The leases of all
//! turns are renewed together, by `run::sweep`.

use std::{sync::Arc, time::Duration};

use taskchat_domain::chain;
use tokio::time::{Interval, MissedTickBehavior, interval, sleep};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{Instrument, Span, warn};

use crate::journal::{COALESCE_FOR, TurnJournal};

/// The shortest period of anything done again and again.
const SHORTEST: Duration = Duration::from_millis(10);

/// Writes what waits in a journal, until `done`.
pub(crate) fn keep_writing(
    journal: Arc<TurnJournal>,
    tracker: &TaskTracker,
    done: CancellationToken,
) {
    let writing = async move {
        loop {
            journal.text_waits().await;
            sleep(COALESCE_FOR).await;
            // A failed write is seen by the agent at its next one.
            if let Err(cause) = journal.flush().await {
                warn!(error = %chain(&cause), "cannot write text");
            }
        }
    };
    let span = Span::current();
    tracker.spawn(
        async move {
            tokio::select! {
                () = done.cancelled() => {}
                () = writing => {}
            }
        }
        .instrument(span),
    );
}

/// Ticks, however short a period was configured.
pub(crate) fn every(period: Duration) -> Interval {
    let mut tick = interval(period.max(SHORTEST));
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    tick
}
