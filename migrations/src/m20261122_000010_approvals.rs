//! `approvals`: changes that wait for the person's word, bound to their exact arguments.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("approvals")
            .col(uuid("id").primary_key())
            .col(text("user_id"))
            .col(uuid("turn_id"))
            .col(text("call_id"))
            .col(text("tool"))
            .col(text("arguments"))
            .col(text("arguments_hash"))
            .col(text("reason"))
            .col(text("state"))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone("expires_at"))
            .col(timestamp_with_time_zone_null("decided_at"))
            .foreign_key(
                ForeignKey::create()
                    .from("approvals", "user_id")
                    .to("users", "id")
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .foreign_key(
                ForeignKey::create()
                    .from("approvals", "turn_id")
                    .to("turns", "id")
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .to_owned();
        manager.create_table(table).await?;
        manager
            .create_index(
                Index::create()
                    .name("approvals_user_id")
                    .table("approvals")
                    .col("user_id")
                    .col("created_at")
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("approvals_turn_id")
                    .table("approvals")
                    .unique()
                    .col("turn_id")
                    .col("call_id")
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table("approvals").to_owned())
            .await
    }
}
