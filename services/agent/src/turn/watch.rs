//! What may end a wait: the person, the turn's deadline, or the wait's own limit.

use std::{future::Future, time::Duration};

use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

/// Watches over every wait of one turn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Watch<'a> {
    cancel: &'a CancellationToken,
    ends: Instant,
}

/// What ended a wait before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Interrupt {
    /// The person, or the process going down.
    Cancelled,
    /// The turn's deadline.
    TurnOver,
    /// The limit of this wait.
    Late,
}

impl<'a> Watch<'a> {
    /// Starts the turn's clock.
    pub(super) fn new(cancel: &'a CancellationToken, turn: Duration) -> Self {
        Self {
            cancel,
            ends: Instant::now() + turn,
        }
    }

    /// Whether the turn has ended while nobody was waiting.
    pub(super) fn check(&self) -> Result<(), Interrupt> {
        if self.cancel.is_cancelled() {
            Err(Interrupt::Cancelled)
        } else if Instant::now() >= self.ends {
            Err(Interrupt::TurnOver)
        } else {
            Ok(())
        }
    }

    /// Waits for `work`, for `limit` at most.
    pub(super) async fn within<F: Future>(
        &self,
        limit: Duration,
        work: F,
    ) -> Result<F::Output, Interrupt> {
        self.until(Instant::now() + limit, work).await
    }

    /// Waits for `work`, until `at` at the latest.
    pub(super) async fn until<F: Future>(
        &self,
        at: Instant,
        work: F,
    ) -> Result<F::Output, Interrupt> {
        let (at, late) = if at < self.ends {
            (at, Interrupt::Late)
        } else {
            (self.ends, Interrupt::TurnOver)
        };
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => Err(Interrupt::Cancelled),
            output = work => Ok(output),
            () = sleep_until(at) => Err(late),
        }
    }
}
