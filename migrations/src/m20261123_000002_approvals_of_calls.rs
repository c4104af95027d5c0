//! `approvals`: one question may be about many calls, and a conversation has one open at a time.
//!
//! Nothing was ever written to the table in its first shape, so it is replaced as a whole.
//! `calls` is JSON as text: the calls as the model made them, which is what the answer is about.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table("approvals").to_owned())
            .await?;
        let table = Table::create()
            .table("approvals")
            .col(uuid("id").primary_key())
            .col(text("user_id"))
            .col(uuid("conversation_id"))
            .col(uuid("turn_id"))
            .col(text("calls"))
            .col(text("reason"))
            .col(text("state"))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone("expires_at"))
            .col(timestamp_with_time_zone_null("decided_at"))
            .foreign_key(&mut cascade("user_id", "users"))
            .foreign_key(&mut cascade("conversation_id", "conversations"))
            .foreign_key(&mut cascade("turn_id", "turns"))
            .to_owned();
        manager.create_table(table).await?;
        for (name, column) in [
            ("approvals_user_id", "user_id"),
            ("approvals_turn_id", "turn_id"),
        ] {
            manager
                .create_index(
                    Index::create()
                        .name(name)
                        .table("approvals")
                        .col(column)
                        .col("created_at")
                        .to_owned(),
                )
                .await?;
        }
        let connection = manager.get_connection();
        connection
            .execute_unprepared(
                "CREATE UNIQUE INDEX approvals_open ON approvals (conversation_id) \
                 WHERE state = 'pending'",
            )
            .await?;
        connection
            .execute_unprepared(
                "CREATE INDEX approvals_expiring ON approvals (expires_at) \
                 WHERE state = 'pending'",
            )
            .await?;
        Ok(())
    }

    /// The first shape, as empty as it was.
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table("approvals").to_owned())
            .await?;
        crate::m20261122_000010_approvals::Migration
            .up(manager)
            .await
    }
}

/// Rows go with what they belong to.
fn cascade(column: &'static str, to: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .from("approvals", column)
        .to(to, "id")
        .on_delete(ForeignKeyAction::Cascade)
        .to_owned()
}
