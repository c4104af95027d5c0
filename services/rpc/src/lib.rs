//! The gRPC skin: parse, call, convert. There are no rules here beyond the shape of messages.
//!
//! | file | what |
//! |---|---|
//! | `routes`, `health` | the services, health and reflection as one router |
//! | `*_service` | one service of the contract each |
//! | `caller` | who calls, and whether they may name that user |
//! | `request_id`, `session_cookie`, `user_agent`, `address_limit`, `deadline` | what travels with a call |
//! | `welcome` | calls that last end with their caller's session |
//! | `status` | errors in gRPC's dialect; the one place that logs their causes |
//! | `convert/*` | `taskchat.v1` and the domain, one noun a file |
//!
//! To add an RPC: declare it in the proto, then write its method here as: caller, parse, one call of
//! a use case, convert. `?` turns a [`taskchat_domain::Error`] into a status through
//! [`status::Refused`].

mod address_limit;
mod auth_service;
mod caller;
mod chat_service;
mod conversation_service;
mod convert;
mod deadline;
mod export;
mod health;
mod message_service;
mod pages;
mod request_id;
mod routes;
mod session_cookie;
mod status;
mod task_service;
mod user_agent;
mod welcome;

pub use health::Health;
pub use routes::{RpcConfig, routes};
