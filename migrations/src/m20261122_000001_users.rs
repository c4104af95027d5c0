//! `users`: who owns everything else.
//!
//! The id is the subject of the person's tokens: a UUID for own accounts, opaque text from outside.
//! `email_key` is the lower-case address of an own account, and what makes it unique without case;
//! accounts from outside have none, because their provider answers for the address.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("users")
            .col(text("id").primary_key())
            .col(text("issuer"))
            .col(text_null("email"))
            .col(text_null("email_key").unique_key())
            .col(text_null("password_hash"))
            .col(text("time_zone"))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone_null("deactivated_at"))
            .to_owned();
        manager.create_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table("users").to_owned())
            .await
    }
}
