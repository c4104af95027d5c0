//! `operations`: the ledger, and which tasks each entry touched.
//!
//! (`user_id`, `key`) is what makes every change happen once. `arguments` and `changes` are JSON as
//! text. `changed` is false for an operation that found nothing to do and is kept for its key only.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("operations")
            .col(uuid("id").primary_key())
            .col(text("user_id"))
            .col(text("key"))
            .col(text("fingerprint"))
            .col(text("verb"))
            .col(text("arguments"))
            .col(text("kind"))
            .col(text("origin"))
            .col(uuid_null("origin_turn_id"))
            .col(text("changes"))
            .col(boolean("changed"))
            .col(uuid_null("undoes"))
            .col(uuid_null("undone_by"))
            .col(uuid_null("approval_id"))
            .col(timestamp_with_time_zone("created_at"))
            .foreign_key(
                ForeignKey::create()
                    .from("operations", "user_id")
                    .to("users", "id")
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .to_owned();
        manager.create_table(table).await?;
        manager
            .create_index(
                Index::create()
                    .name("operations_key")
                    .table("operations")
                    .unique()
                    .col("user_id")
                    .col("key")
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("operations_user_id")
                    .table("operations")
                    .col("user_id")
                    .col("created_at")
                    .col("id")
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("operations_undoes")
                    .table("operations")
                    .col("user_id")
                    .col("undoes")
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("operations_turn")
                    .table("operations")
                    .col("user_id")
                    .col("origin_turn_id")
                    .to_owned(),
            )
            .await?;
        let table = Table::create()
            .table("operation_tasks")
            .col(uuid("task_id"))
            .col(uuid("operation_id"))
            .col(text("user_id"))
            .primary_key(Index::create().col("task_id").col("operation_id"))
            .foreign_key(
                ForeignKey::create()
                    .from("operation_tasks", "user_id")
                    .to("users", "id")
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .foreign_key(
                ForeignKey::create()
                    .from("operation_tasks", "operation_id")
                    .to("operations", "id")
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .to_owned();
        manager.create_table(table).await?;
        manager
            .create_index(
                Index::create()
                    .name("operation_tasks_user_id")
                    .table("operation_tasks")
                    .col("user_id")
                    .col("task_id")
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("operation_tasks_operation_id")
                    .table("operation_tasks")
                    .col("operation_id")
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table("operation_tasks").to_owned())
            .await?;
        manager
            .drop_table(Table::drop().table("operations").to_owned())
            .await
    }
}
