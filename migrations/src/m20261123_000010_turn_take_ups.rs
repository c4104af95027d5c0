//! `turns.take_ups`: how often the turn was taken up after its process had died, since it last got
//! any further. And an index of the turns that somebody wants to stop, which are looked for often.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        for statement in [
            "ALTER TABLE turns ADD COLUMN take_ups integer NOT NULL DEFAULT 0",
            "CREATE INDEX turns_to_stop ON turns (id) \
             WHERE cancel_requested AND state = 'running'",
        ] {
            connection.execute_unprepared(statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        for statement in [
            "DROP INDEX turns_to_stop",
            "ALTER TABLE turns DROP COLUMN take_ups",
        ] {
            connection.execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
