//! The schema's past: the ordered list of changes that made the database what it is.
//!
//! Nothing here knows the entities of `services/store`: a change must still do the same when those
//! have moved on. Locking and the decision when to run belong to the store.
//!
//! To add one: write `src/mYYYYMMDD_NNNNNN_what.rs` with its own identifiers, for SQLite and
//! PostgreSQL, and append it to the list below. A landed file is never edited.

use std::collections::HashSet;

pub use sea_orm_migration::prelude::MigratorTrait;
use sea_orm_migration::{
    prelude::{
        ConnectionTrait, DbErr, IntoSchemaManagerConnection, MigrationTrait, Query, SchemaManager,
        async_trait,
    },
    seaql_migrations,
};

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
mod m20261123_000001_approval_policy;
mod m20261123_000002_approvals_of_calls;
mod m20261123_000003_waiting_turns;
mod m20261123_000010_turn_take_ups;
mod m20261123_000020_session_details;
mod m20261123_000021_operation_numbers;
mod m20261123_000022_passages;

#[cfg(test)]
mod tests;

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
            Box::new(m20261123_000001_approval_policy::Migration),
            Box::new(m20261123_000002_approvals_of_calls::Migration),
            Box::new(m20261123_000003_waiting_turns::Migration),
            Box::new(m20261123_000010_turn_take_ups::Migration),
            Box::new(m20261123_000020_session_details::Migration),
            Box::new(m20261123_000021_operation_numbers::Migration),
            Box::new(m20261123_000022_passages::Migration),
        ]
    }
}

impl Migrator {
    /// True when every change in the list has run. A database with more than those is up to date:
    /// an older binary works on a newer schema.
    ///
    /// # Errors
    /// Any failure of the database.
    pub async fn is_up_to_date<'c>(
        connection: impl IntoSchemaManagerConnection<'c>,
    ) -> Result<bool, DbErr> {
        let manager = SchemaManager::new(connection);
        let table = Self::migration_table_name();
        if !manager.has_table(table.to_string()).await? {
            return Ok(false);
        }
        let versions = Query::select()
            .column(seaql_migrations::Column::Version)
            .from(table)
            .to_owned();
        let applied = manager
            .get_connection()
            .query_all(&versions)
            .await?
            .iter()
            .map(|row| row.try_get("", "version"))
            .collect::<Result<HashSet<String>, _>>()?;
        Ok(Self::migrations()
            .iter()
            .all(|change| applied.contains(change.name())))
    }
}
