//! Rows of `tasks`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "tasks")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) user_id: String,
    pub(crate) title: String,
    pub(crate) title_key: String,
    pub(crate) description: String,
    pub(crate) status: String,
    pub(crate) priority: i16,
    pub(crate) due: Option<String>,
    pub(crate) due_at: Option<DateTimeUtc>,
    pub(crate) completed_at: Option<DateTimeUtc>,
    pub(crate) tags: String,
    pub(crate) recurrence: Option<String>,
    pub(crate) search_text: String,
    pub(crate) version: i32,
    pub(crate) origin: String,
    pub(crate) origin_turn_id: Option<Uuid>,
    pub(crate) created_at: DateTimeUtc,
    pub(crate) updated_at: DateTimeUtc,
    pub(crate) deleted_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
