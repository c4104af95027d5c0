//! The harness: the real composition on port 0, people as values, every door, a scripted model.
//!
//! - [`App`]: the product, in this process, on a database of its own.
//! - [`Binary`]: the product as the built program, for what needs a process: `kill -9`.
//! - [`User`]: somebody with an account; speaks REST, MCP, and through [`Door`] the rest.
//! - [`FakeModel`]: an OpenAI-compatible server that plays scripts and polices transcripts.
//!
//! Helpers fail the test themselves, with the answer they got: a scenario reads without `?`.

pub mod answer;
pub mod app;
pub mod binary;
pub mod book;
pub mod collector;
pub mod database;
pub mod door;
pub mod fake_model;
pub mod home;
pub mod mcp;
pub mod sse;
pub mod tls;
pub mod token;
pub mod topology;
pub mod user;
pub mod victim;
pub mod wire;

pub use answer::Answer;
pub use app::App;
pub use binary::Binary;
pub use door::Door;
pub use fake_model::{FakeModel, Gate, Script, call, calls, text};
pub use mcp::Envelope;
pub use sse::Event;
pub use user::User;

/// How long anything may take before a scenario gives up on it.
pub const PATIENCE: std::time::Duration = std::time::Duration::from_secs(60);

/// Waits until `ready` is true; for facts that no event tells.
#[track_caller]
pub fn eventually<F, Fut>(what: &'static str, ready: F) -> impl Future<Output = ()>
where
    F: Fn() -> Fut,
    Fut: Future<Output = bool>,
{
    let at = std::panic::Location::caller();
    async move {
        let begin = std::time::Instant::now();
        while !ready().await {
            assert!(
                begin.elapsed() < PATIENCE,
                "{at}: {what}: not in {PATIENCE:?}"
            );
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }
}
