//! The schema's past: the ordered list of changes that made the database what it is.
//!
//! Nothing here knows the entities of `services/store`: a change must still do the same when those
//! have moved on. Locking and the decision when to run belong to the store.
//!
//! To add one: write `src/mYYYYMMDD_NNNNNN_what.rs` with its own identifiers, for SQLite and
//! PostgreSQL, and append it to the list below. A landed file is never edited.

pub use sea_orm_migration::prelude::MigratorTrait;
use sea_orm_migration::prelude::{MigrationTrait, async_trait};

mod m20261122_000001_users;
mod m20261122_000002_sessions;
mod m20261122_000003_signing_keys;
mod m20261122_000004_conversations;
mod m20261122_000005_turns;
mod m20261122_000006_entries;
mod m20261122_000007_turn_events;
mod m20261122_000008_tasks;
mod m20261122_000009_operations;
mod m20261122_000010_approvals;

/// Runs the changes in their order.
#[derive(Debug, Clone, Copy)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261122_000001_users::Migration),
            Box::new(m20261122_000002_sessions::Migration),
            Box::new(m20261122_000003_signing_keys::Migration),
            Box::new(m20261122_000004_conversations::Migration),
            Box::new(m20261122_000005_turns::Migration),
            Box::new(m20261122_000006_entries::Migration),
            Box::new(m20261122_000007_turn_events::Migration),
            Box::new(m20261122_000008_tasks::Migration),
            Box::new(m20261122_000009_operations::Migration),
            Box::new(m20261122_000010_approvals::Migration),
        ]
    }
}
