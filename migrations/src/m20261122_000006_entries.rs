//! `entries`: the append-only transcript of each conversation.
//!
//! `body` is JSON as text. `search_text` is what the person or the model said, in lower case: SQLite
//! folds only ASCII by itself.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("entries")
            .col(uuid("id").primary_key())
            .col(text("user_id"))
            .col(uuid("conversation_id"))
            .col(uuid("turn_id"))
            .col(integer("seq"))
            .col(text("kind"))
            .col(text("body"))
            .col(text_null("search_text"))
            .col(timestamp_with_time_zone("created_at"))
            .foreign_key(
                ForeignKey::create()
                    .from("entries", "user_id")
                    .to("users", "id")
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .foreign_key(
                ForeignKey::create()
                    .from("entries", "conversation_id")
                    .to("conversations", "id")
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .foreign_key(
                ForeignKey::create()
                    .from("entries", "turn_id")
                    .to("turns", "id")
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .to_owned();
        manager.create_table(table).await?;
        manager
            .create_index(
                Index::create()
                    .name("entries_user_id")
                    .table("entries")
                    .col("user_id")
                    .col("created_at")
                    .col("id")
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("entries_conversation_id")
                    .table("entries")
                    .unique()
                    .col("conversation_id")
                    .col("seq")
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("entries_turn_id")
                    .table("entries")
                    .col("turn_id")
                    .col("seq")
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table("entries").to_owned())
            .await
    }
}
