//! Rows of `entries`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "entries")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) user_id: String,
    pub(crate) conversation_id: Uuid,
    pub(crate) turn_id: Uuid,
    pub(crate) seq: i32,
    pub(crate) kind: String,
    pub(crate) body: String,
    pub(crate) search_text: Option<String>,
    pub(crate) created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
