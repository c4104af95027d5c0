//! What can be done to a task, by whatever hand: the API, the assistant, another assistant.
//!
//! **Invariant:** every change runs through the ledger ([`operation`]): under one key it happens
//! once, and whoever asks again is given the first outcome. The change, its receipt and its key
//! are one transaction.
//!
//! Who is asking and what they meant has been decided before; wording, beyond the receipt, comes
//! after.
//!
//! To add an operation: a file with its arguments as a struct, `impl Act` for it, and a method on
//! [`Tasks`].

mod complete;
mod create;
mod delete;
mod fields;
mod find;
mod list;
mod operation;
mod recurrence;
mod series;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod undo;
mod undo_turn;
mod update;
mod wakes;
mod watch;

use std::{sync::Arc, time::Duration};

use taskchat_domain::{Clock, Origin, Receipt, Task, UserId};
use taskchat_store::Store;

pub use find::Found;
pub use recurrence::first_occurrence;
pub use undo_turn::{Taken, TurnOutcome};
pub use watch::Watched;

use wakes::Wakes;

/// How often a watcher is told that nothing happened, unless said otherwise.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// The use cases of tasks. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Tasks {
    store: Store,
    clock: Arc<dyn Clock>,
    wakes: Wakes,
    heartbeat: Duration,
}

impl Tasks {
    /// The use cases over a store.
    #[must_use]
    pub fn new(store: Store, clock: Arc<dyn Clock>) -> Self {
        Self {
            store,
            clock,
            wakes: Wakes::default(),
            heartbeat: HEARTBEAT,
        }
    }

    /// The same, telling watchers this often that nothing happened.
    #[must_use]
    pub fn with_heartbeat(self, heartbeat: Duration) -> Self {
        Self { heartbeat, ..self }
    }
}

/// For whom, by whose hand, and under which key something is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct By {
    /// Whose tasks.
    pub user: UserId,
    /// Whose hand.
    pub origin: Origin,
    /// Makes a retry safe: the same key and arguments give the first outcome again. The caller
    /// keeps its keys apart from others' by a prefix.
    pub key: Option<String>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The task as the operation left it; for a deletion, as it was.
    pub task: Task,
    /// The system's word on the change; `None` when there was nothing to change.
    pub receipt: Option<Receipt>,
}
