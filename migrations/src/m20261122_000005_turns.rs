//! `turns`: one message of the person and all the assistant does about it.
//!
//! `failure` is JSON as text: whole values are written and read, and text keeps what `jsonb` would
//! refuse (NUL inside strings) or reorder.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("turns")
            .col(uuid("id").primary_key())
            .col(text("user_id"))
            .col(uuid("conversation_id"))
            .col(integer("ordinal"))
            .col(text("state"))
            .col(uuid("user_message_id"))
            .col(uuid("message_id"))
            .col(text("time_zone"))
            .col(boolean("cancel_requested").default(false))
            .col(text_null("failure"))
            .col(integer("input_tokens").default(0))
            .col(integer("output_tokens").default(0))
            .col(text_null("model"))
            .col(integer("last_seq").default(0))
            .col(uuid_null("lease_owner"))
            .col(timestamp_with_time_zone_null("lease_until"))
            .col(text_null("request_id"))
            .col(text_null("body_hash"))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone_null("ended_at"))
            .foreign_key(
                ForeignKey::create()
                    .from("turns", "user_id")
                    .to("users", "id")
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .foreign_key(
                ForeignKey::create()
                    .from("turns", "conversation_id")
                    .to("conversations", "id")
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .to_owned();
        manager.create_table(table).await?;
        manager
            .create_index(
                Index::create()
                    .name("turns_user_id")
                    .table("turns")
                    .col("user_id")
                    .col("created_at")
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("turns_conversation_id")
                    .table("turns")
                    .unique()
                    .col("conversation_id")
                    .col("ordinal")
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("turns_request_id")
                    .table("turns")
                    .unique()
                    .col("user_id")
                    .col("request_id")
                    .to_owned(),
            )
            .await?;
        // Partial indexes are the same words in both databases, but not in the builder.
        let connection = manager.get_connection();
        connection
            .execute_unprepared(
                "CREATE UNIQUE INDEX turns_running ON turns (conversation_id) WHERE state = 'running'",
            )
            .await?;
        connection
            .execute_unprepared(
                "CREATE INDEX turns_unfinished ON turns (created_at, id) \
                 WHERE state IN ('queued', 'running')",
            )
            .await?;
        connection
            .execute_unprepared(
                "CREATE INDEX turns_user_unfinished ON turns (user_id, conversation_id) \
                 WHERE state IN ('queued', 'running')",
            )
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table("turns").to_owned())
            .await
    }
}
