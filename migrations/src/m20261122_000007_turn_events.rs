//! `turn_events`: what followers of a turn are shown, append-only and without gaps.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("turn_events")
            .col(uuid("turn_id"))
            .col(integer("seq"))
            .col(text("user_id"))
            .col(text("body"))
            .col(timestamp_with_time_zone("created_at"))
            .primary_key(Index::create().col("turn_id").col("seq"))
            .foreign_key(
                ForeignKey::create()
                    .from("turn_events", "user_id")
                    .to("users", "id")
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .foreign_key(
                ForeignKey::create()
                    .from("turn_events", "turn_id")
                    .to("turns", "id")
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .to_owned();
        manager.create_table(table).await?;
        manager
            .create_index(
                Index::create()
                    .name("turn_events_user_id")
                    .table("turn_events")
                    .col("user_id")
                    .col("turn_id")
                    .col("seq")
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table("turn_events").to_owned())
            .await
    }
}
