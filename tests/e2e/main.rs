//! End-to-end scenarios: the real composition, seen only from outside.
//!
//! Names that begin with `s` and a number are the product's acceptance scenarios; the others are
//! sentences about this product. One module per subject; `tests/README.md` says how to add one.

mod account_trouble;
mod accounts;
mod agent_scripted;
mod approvals;
mod arrival;
mod bad_input;
mod bad_tokens;
mod cancel;
mod chat;
mod chat_trouble;
mod consent;
mod conversations;
mod crash;
mod database_trouble;
mod doors;
mod due_phrases;
mod durability;
mod exactly_once;
mod farewell;
mod history;
mod house_rules;
mod isolation;
mod leaving;
mod locked;
mod mcp;
mod model_faults;
mod model_trouble;
mod numbers;
mod offline;
mod offline_phrasings;
mod outside;
mod ownership;
mod page;
mod passing_through;
mod queueing;
mod receipts;
mod replicas;
mod searching;
mod sessions;
mod slow_readers;
mod sockets;
mod split;
mod streams;
mod task_lists;
mod tasks;
mod telemetry;
mod tls;
mod tools;
mod undo;
mod unread;
mod watching;
mod whole_turns;
