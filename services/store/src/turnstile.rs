//! The queue before the connections that write.
//!
//! Whoever waits for a connection waits here, so that at the pool itself there is never a queue: the
//! text of running turns goes past it, and a thousand messages that arrive at once do not keep those
//! waiting who are reading an answer.

use std::{sync::Arc, time::Duration};

use taskchat_domain::{Error, Result};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

/// Lets as many through as there are connections for them.
#[derive(Debug, Clone)]
pub(crate) struct Turnstile {
    places: Arc<Semaphore>,
    patience: Duration,
}

/// Being through; the place is free again when this is dropped.
#[derive(Debug)]
pub(crate) struct Pass(#[expect(dead_code, reason = "held, not used")] OwnedSemaphorePermit);

impl Turnstile {
    /// For a pool of `connections`, at which nobody waits longer than `patience`.
    pub(crate) fn new(connections: u32, patience: Duration) -> Self {
        let places = usize::try_from(connections).unwrap_or(usize::MAX);
        // One is left for text, where there is more than one.
        let places = places.saturating_sub(1).clamp(1, Semaphore::MAX_PERMITS);
        Self {
            places: Arc::new(Semaphore::new(places)),
            patience,
        }
    }

    /// Waits in line.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when it takes too long.
    pub(crate) async fn pass(&self) -> Result<Pass> {
        let place = timeout(self.patience, Arc::clone(&self.places).acquire_owned()).await;
        match place {
            Ok(Ok(place)) => Ok(Pass(place)),
            _ => Err(Error::Unavailable(
                "too many wait for the database to write".into(),
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use taskchat_domain::Kind;

    use super::*;

    #[tokio::test]
    async fn those_who_wait_too_long_are_told() {
        for (connections, places) in [(0, 1), (1, 1), (2, 1), (5, 4)] {
            let turnstile = Turnstile::new(connections, Duration::from_millis(20));
            let mut passes = Vec::new();
            for _ in 0..places {
                passes.push(turnstile.pass().await.unwrap());
            }
            let late = turnstile.pass().await.unwrap_err();
            assert_eq!(late.kind(), Kind::Unavailable, "{connections}");
            passes.pop();
            turnstile.pass().await.unwrap();
        }
    }
}
