//! The hands: an MCP server with ten tools, for our own agent and for other people's assistants.
//!
//! Each tool is one file under `tools/`; [`ToolServer`] is what MCP sees of them, made for one
//! person ([`Bench`]). [`in_process`], [`http()`] and [`stdio`] join it to its callers. What can be
//! done to a task is decided in `taskchat_tasks`, which every other door calls too; here are the
//! words models use: arguments, dates as phrases, tasks named by their titles, results.
//!
//! **Invariant:** no tool has a user argument. Whose tasks are touched is said by the bench, which
//! is made from verified credentials and never passes through a model.
//!
//! **Invariant:** a call to a tool that exists is answered by an envelope, whatever is wrong with
//! its arguments or the database; see `outcome`.
//!
//! To add a tool, write `tools/the_tool.rs` with a `TOOL` and a `run`, and list it in `catalog`.

mod args;
mod bench;
mod catalog;
mod due_range;
mod http;
mod in_process;
mod naming;
mod outcome;
mod permission;
mod schema;
mod server;
mod stdio;
#[cfg(test)]
mod testing;
mod tool;
mod tools;
mod trace;
mod when;

pub use bench::{AskPerson, Bench, SearchMessages, Tools};
pub use http::{HttpConfig, http};
pub use in_process::in_process;
pub use server::ToolServer;
pub use stdio::{StdioError, stdio};
