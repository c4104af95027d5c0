//! What can be configured about turns.

use std::time::Duration;

/// Limits and periods of turns.
#[derive(Debug, Clone)]
pub struct Config {
    /// In how many conversations of one person turns may be under way at once; 0 is no limit.
    pub concurrent_turns: u32,
    /// How many messages one person may send in 24 hours; 0 is no limit.
    pub messages_per_day: u32,
    /// How long a process may be silent before others take over its turns.
    pub lease: Duration,
    /// How often a turn that gets no further is taken up from processes that have died before it is
    /// given up.
    pub take_ups: i32,
    /// How long the person has time to approve something.
    pub approval_ttl: Duration,
    /// How often a follower is told that its connection is alive.
    pub heartbeat: Duration,
    /// How often a follower looks for what other processes have done while they cannot tell it.
    pub poll: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            concurrent_turns: 20,
            messages_per_day: 0,
            lease: Duration::from_secs(10),
            take_ups: 5,
            approval_ttl: Duration::from_secs(15 * 60),
            heartbeat: Duration::from_secs(15),
            poll: Duration::from_millis(250),
        }
    }
}
