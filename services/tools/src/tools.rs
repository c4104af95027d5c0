//! The tools, one a file. What they share is not here.

pub(crate) mod add_task;
pub(crate) mod complete_task;
pub(crate) mod delete_task;
pub(crate) mod get_task;
pub(crate) mod list_tasks;
pub(crate) mod reopen_task;
pub(crate) mod restore_task;
pub(crate) mod search_messages;
pub(crate) mod undo;
pub(crate) mod update_task;
