//! Rows of `turns`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "turns")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) user_id: String,
    pub(crate) conversation_id: Uuid,
    pub(crate) ordinal: i32,
    pub(crate) state: String,
    pub(crate) user_message_id: Uuid,
    pub(crate) message_id: Uuid,
    pub(crate) time_zone: String,
    pub(crate) cancel_requested: bool,
    pub(crate) failure: Option<String>,
    pub(crate) input_tokens: i32,
    pub(crate) output_tokens: i32,
    pub(crate) model: Option<String>,
    pub(crate) last_seq: i32,
    pub(crate) lease_owner: Option<Uuid>,
    pub(crate) lease_until: Option<DateTimeUtc>,
    pub(crate) request_id: Option<String>,
    pub(crate) body_hash: Option<String>,
    pub(crate) created_at: DateTimeUtc,
    pub(crate) ended_at: Option<DateTimeUtc>,
    pub(crate) take_ups: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
