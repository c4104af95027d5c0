//! Rows of `passages`: what can be found by its words. What the databases make of the words is their
//! own: an FTS5 table, and a column of `tsvector`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "passages")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub(crate) id: i64,
    pub(crate) user_id: String,
    pub(crate) conversation_id: Uuid,
    pub(crate) turn_id: Option<Uuid>,
    pub(crate) subject: Uuid,
    pub(crate) kind: String,
    pub(crate) owner: String,
    pub(crate) words: String,
    pub(crate) created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
