//! Doubles for tests: tasks in memory behind the tools' contract, and a journal in memory.

pub(crate) mod journal;
pub(crate) mod server;
pub(crate) mod tasks;
