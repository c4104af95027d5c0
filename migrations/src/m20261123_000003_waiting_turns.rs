//! `turns`: one that waits for approval keeps its conversation, and is not finished.
//!
//! The partial indexes name the states, so they are made anew.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const NEW: [&str; 3] = [
    "CREATE UNIQUE INDEX turns_running ON turns (conversation_id) \
     WHERE state IN ('running', 'waiting_for_approval')",
    "CREATE INDEX turns_unfinished ON turns (created_at, id) \
     WHERE state IN ('queued', 'running', 'waiting_for_approval')",
    "CREATE INDEX turns_user_unfinished ON turns (user_id, conversation_id) \
     WHERE state IN ('queued', 'running', 'waiting_for_approval')",
];

const OLD: [&str; 3] = [
    "CREATE UNIQUE INDEX turns_running ON turns (conversation_id) WHERE state = 'running'",
    "CREATE INDEX turns_unfinished ON turns (created_at, id) \
     WHERE state IN ('queued', 'running')",
    "CREATE INDEX turns_user_unfinished ON turns (user_id, conversation_id) \
     WHERE state IN ('queued', 'running')",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        replace(manager, NEW).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        replace(manager, OLD).await
    }
}

async fn replace(manager: &SchemaManager<'_>, indexes: [&str; 3]) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    for name in ["turns_running", "turns_unfinished", "turns_user_unfinished"] {
        connection
            .execute_unprepared(&format!("DROP INDEX {name}"))
            .await?;
    }
    for index in indexes {
        connection.execute_unprepared(index).await?;
    }
    Ok(())
}
