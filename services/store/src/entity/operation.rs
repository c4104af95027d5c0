//! Rows of `operations`: the ledger.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "operations")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) user_id: String,
    pub(crate) key: String,
    pub(crate) fingerprint: String,
    pub(crate) verb: String,
    pub(crate) arguments: String,
    pub(crate) kind: String,
    pub(crate) origin: String,
    pub(crate) origin_turn_id: Option<Uuid>,
    pub(crate) changes: String,
    pub(crate) changed: bool,
    pub(crate) undoes: Option<Uuid>,
    pub(crate) undone_by: Option<Uuid>,
    pub(crate) approval_id: Option<Uuid>,
    pub(crate) created_at: DateTimeUtc,
    pub(crate) seq: Option<i32>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
