//! Rows of `session_tokens`: hashes of refresh tokens, spent ones too.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "session_tokens")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) hash: String,
    pub(crate) session_id: Uuid,
    pub(crate) user_id: String,
    pub(crate) created_at: DateTimeUtc,
    pub(crate) spent_at: Option<DateTimeUtc>,
    pub(crate) parent: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
