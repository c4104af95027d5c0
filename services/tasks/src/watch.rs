//! Watching: every operation once, in order, whoever's hand did it and in whichever process.

use std::time::Duration;

use async_stream::try_stream;
use futures::Stream;
use taskchat_domain::{Operation, Result, UserId};
use tokio::time::Instant;

use crate::Tasks;

/// Operations read at once; with the reader's pace it bounds what a slow reader costs.
const BATCH: u32 = 64;

/// How long news of another process may take. Those of this one arrive at once.
const POLL: Duration = Duration::from_millis(250);

/// What a watcher sees.
#[derive(Debug, Clone, PartialEq)]
pub enum Watched {
    /// What has a higher number than this will come.
    Ready(i32),
    /// An operation and its number.
    Operation(i32, Operation),
    /// Nothing happened for a while.
    Heartbeat,
}

impl Tasks {
    /// What is done to a person's tasks after operation number `after`, as it happens; ends when the
    /// process does. Without a number, or with one that was never given, it begins with
    /// [`Watched::Ready`] and what comes after that.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn watch(
        &self,
        user: &UserId,
        after: Option<i32>,
    ) -> Result<impl Stream<Item = Result<Watched>> + Send + use<>> {
        // Before anything is read: what happens from here on is seen or told.
        let mut waiter = self.wakes.subscribe(user);
        let mine = self.store.as_user(user);
        let latest = mine.last_operation().await?;
        let known = after.filter(|after| (0..=latest).contains(after));
        let (wakes, beat) = (self.wakes.clone(), self.heartbeat);
        Ok(try_stream! {
            let mut after = match known {
                Some(after) => after,
                None => {
                    yield Watched::Ready(latest);
                    latest
                }
            };
            let mut heartbeat = Instant::now() + beat;
            while !wakes.is_closed() {
                let operations = mine.operations_after(after, BATCH).await?;
                let drained = operations.len() < BATCH as usize;
                for (seq, operation) in operations {
                    after = seq;
                    heartbeat = Instant::now() + beat;
                    yield Watched::Operation(seq, operation);
                }
                if !drained {
                    continue;
                }
                let now = Instant::now();
                if now >= heartbeat {
                    heartbeat = now + beat;
                    yield Watched::Heartbeat;
                    continue;
                }
                waiter.news_or(POLL.min(heartbeat - now)).await;
            }
        })
    }

    /// Ends all watching, for a process that is to end.
    pub fn close(&self) {
        self.wakes.close();
    }
}
