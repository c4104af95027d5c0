//! The loop: what the assistant does about one message.
//!
//! Read [`next`] first: the next step is a pure function of the entries stored so far. [`turn`]
//! carries a step out and has its outcome stored, until nothing is left to do. Whoever takes a
//! turn up again after a crash continues from the same entries.
//!
//! **Invariant:** nothing here can reach the store, the tasks or the tools but through what is
//! passed in: a [`Journal`] to write to and [`Hands`] to act with, over the MCP protocol.
//!
//! To add a model provider: 1. a file in `model/` that implements [`Model`]; 2. a [`Provider`] and
//! a line in [`Config::model`]; 3. its faults in a loopback test. Nothing else changes.

mod agent;
mod claims;
mod config;
pub mod consent;
mod journal;
pub mod model;
pub mod next;
mod prompt;
pub mod taint;
#[cfg(test)]
mod testing;
mod toolbox;
mod turn;

pub use agent::{Agent, Bench, Ending, Hands};
pub use config::{Config, ConfigError, Limits, Models, Provider};
pub use journal::Journal;
pub use model::Model;
