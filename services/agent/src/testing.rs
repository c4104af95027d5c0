//! Doubles for tests: tasks in memory behind the tools' contract, and a journal in memory, a model that
//! follows a script.

pub(crate) mod journal;
pub(crate) mod model;
pub(crate) mod server;
pub(crate) mod tasks;
