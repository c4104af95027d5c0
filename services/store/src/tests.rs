//! The store against real databases, one file per noun.

mod accounts;
mod approvals;
mod begun;
mod conversations;
mod erase;
mod ledger;
mod news;
mod opening;
mod search;
mod sessions;
mod task_list;
mod tasks;
mod texts;
mod turns;
