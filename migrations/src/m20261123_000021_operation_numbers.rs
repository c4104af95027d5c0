//! `operations.seq`: the number of an operation among those of its person that changed something,
//! without gaps, so that whoever watches knows what is missing. `users.last_operation` is the latest
//! one; its row is what operations of one person wait for, so that numbers are in order of commit.
//!
//! Operations from before are numbered by age. One that an older binary adds during a roll-out has
//! no number and is not seen by those who watch.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::alter()
            .table("users")
            .add_column(integer("last_operation").default(0))
            .to_owned();
        manager.alter_table(table).await?;
        let table = Table::alter()
            .table("operations")
            .add_column(integer_null("seq"))
            .to_owned();
        manager.alter_table(table).await?;
        // The same words in both databases, but not in the builder.
        let connection = manager.get_connection();
        connection
            .execute_unprepared(
                "UPDATE operations SET seq = numbered.seq FROM (\
                 SELECT id, ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY created_at, id) AS seq \
                 FROM operations WHERE changed) AS numbered WHERE operations.id = numbered.id",
            )
            .await?;
        connection
            .execute_unprepared(
                "UPDATE users SET last_operation = COALESCE(\
                 (SELECT MAX(seq) FROM operations WHERE operations.user_id = users.id), 0)",
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("operations_seq")
                    .table("operations")
                    .unique()
                    .col("user_id")
                    .col("seq")
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_index(
                Index::drop()
                    .name("operations_seq")
                    .table("operations")
                    .to_owned(),
            )
            .await?;
        let table = Table::alter()
            .table("operations")
            .drop_column("seq")
            .to_owned();
        manager.alter_table(table).await?;
        let table = Table::alter()
            .table("users")
            .drop_column("last_operation")
            .to_owned();
        manager.alter_table(table).await
    }
}
