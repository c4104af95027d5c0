//! `sessions.user_agent`: what the program that signed in or refreshed last called itself.
//! `session_tokens.parent`: which token a token was given for. Two tokens given for the same one are
//! what a repeated refresh leaves; tokens from before have none.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::alter()
            .table("sessions")
            .add_column(text("user_agent").default(""))
            .to_owned();
        manager.alter_table(table).await?;
        let table = Table::alter()
            .table("session_tokens")
            .add_column(text_null("parent"))
            .to_owned();
        manager.alter_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::alter()
            .table("session_tokens")
            .drop_column("parent")
            .to_owned();
        manager.alter_table(table).await?;
        let table = Table::alter()
            .table("sessions")
            .drop_column("user_agent")
            .to_owned();
        manager.alter_table(table).await
    }
}
