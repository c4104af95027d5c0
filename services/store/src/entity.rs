//! The rows, one file per table. Private to this crate: domain types go in and come out.

pub(crate) mod approval;
pub(crate) mod conversation;
pub(crate) mod entry;
pub(crate) mod operation;
pub(crate) mod operation_task;
pub(crate) mod passage;
pub(crate) mod session;
pub(crate) mod session_token;
pub(crate) mod signing_key;
pub(crate) mod task;
pub(crate) mod turn;
pub(crate) mod turn_event;
pub(crate) mod user;
