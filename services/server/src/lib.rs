//! The composition: configuration in, a running taskchat out.
//!
//! The only place where things are built and joined. Tests start the same composition on port 0.

pub mod cli;
pub mod compose;
pub mod config;
pub mod lifecycle;
pub mod telemetry;

mod hands;
mod limits;
mod probes;
mod refusal;
mod serve;
mod tls;

pub use config::Config;
pub use lifecycle::Lifecycle;
