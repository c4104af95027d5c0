//! Where a turn is written down: implemented by whoever owns the conversation.

use async_trait::async_trait;
use taskchat_domain::{ApprovalReason, Call, Entry, EntryBody, Result, Usage};

/// The record of one turn and of what was said before it.
#[async_trait]
pub trait Journal: Send + Sync {
    /// The latest entries of the conversation up to and including this turn: turns in the order in
    /// which they run, entries in the order in which they were stored.
    async fn history(&self) -> Result<Vec<Entry>>;

    /// Stores entries of this turn, all or none; durable on return.
    async fn append(&self, bodies: Vec<EntryBody>) -> Result<Vec<Entry>>;

    /// Asks the person whether exactly these calls may be made, and lays the turn aside. Durable on
    /// return, and the last word of a run: nothing more can be written until they have answered.
    async fn ask_person(&self, calls: Vec<Call>, reason: ApprovalReason) -> Result<()>;

    /// Tells followers a piece of the text being said. The [`EntryBody::Model`] appended next
    /// equals the pieces since the last one, joined.
    async fn delta(&self, text: &str) -> Result<()>;

    /// Adds to what the turn has used.
    async fn used(&self, usage: Usage) -> Result<()>;
}
