//! `tasks`. Deleting one only sets `deleted_at`, so that it can be undone.
//!
//! `due` is what was said (a date or an instant); `due_at` is the instant to sort and filter by.
//! `priority` is 1 (low) to 4 (urgent), so that it sorts. `tags` is JSON as text. `title_key` and
//! `search_text` are lower-case copies to look things up by: SQLite folds only ASCII by itself.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Titles sort by code point, as in SQLite, whatever the locale of the database.
        let mut title = text("title");
        if manager.get_database_backend() == sea_orm::DbBackend::Postgres {
            title.extra("COLLATE \"C\"");
        }
        let table = Table::create()
            .table("tasks")
            .col(uuid("id").primary_key())
            .col(text("user_id"))
            .col(title)
            .col(text("title_key"))
            .col(text("description"))
            .col(text("status"))
            .col(small_integer("priority"))
            .col(text_null("due"))
            .col(timestamp_with_time_zone_null("due_at"))
            .col(timestamp_with_time_zone_null("completed_at"))
            .col(text("tags"))
            .col(text_null("recurrence"))
            .col(text("search_text"))
            .col(integer("version"))
            .col(text("origin"))
            .col(uuid_null("origin_turn_id"))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone("updated_at"))
            .col(timestamp_with_time_zone_null("deleted_at"))
            .foreign_key(
                ForeignKey::create()
                    .from("tasks", "user_id")
                    .to("users", "id")
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .to_owned();
        manager.create_table(table).await?;
        manager
            .create_index(
                Index::create()
                    .name("tasks_user_created")
                    .table("tasks")
                    .col("user_id")
                    .col("created_at")
                    .col("id")
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("tasks_user_due")
                    .table("tasks")
                    .col("user_id")
                    .col("due_at")
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table("tasks").to_owned())
            .await
    }
}
