//! Time, as an argument.

use std::fmt::Debug;

use chrono::{DateTime, SubsecRound, Utc};

/// An instant in UTC with microseconds: what both databases can store exactly.
pub type Timestamp = DateTime<Utc>;

/// Where the time comes from.
pub trait Clock: Debug + Send + Sync {
    /// The current instant, in whole microseconds.
    fn now(&self) -> Timestamp;
}

/// The clock of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where time is read"
    )]
    fn now(&self) -> Timestamp {
        Utc::now().trunc_subsecs(6)
    }
}
