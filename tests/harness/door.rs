//! The doors to the same engine, spoken to in the same words.
//!
//! A scenario that must hold at every door is written once, against [`Through`]; what differs on
//! the wire ends here.

use serde_json::Value;

use crate::User;

mod account;
mod grpc;
mod grpc_web;
mod reading;
mod rest;
mod turns;
mod watch;
pub mod words;

pub use account::SessionSeen;
pub use grpc::channel;
pub use reading::Found;
pub use turns::Outcome;
pub use watch::{Sight, Watching};
pub use words::{Asked, Call, Happening, Receipt, Refusal, Reply, TaskSeen};

/// A way in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// gRPC over HTTP/2 with prior knowledge, by the generated client.
    Grpc,
    /// HTTP/JSON, and server-sent events.
    Rest,
    /// gRPC-Web in binary frames over HTTP/1.1, framed by hand: not by the library under test.
    GrpcWeb,
    /// gRPC-Web in base64.
    GrpcWebText,
}

impl Door {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Grpc, Self::Rest, Self::GrpcWeb, Self::GrpcWebText];
}

/// A message to the assistant.
#[derive(Debug, Clone, Default)]
pub struct Say {
    /// What.
    pub message: String,
    /// Where; a new conversation when empty.
    pub conversation_id: String,
    /// What makes a retry safe.
    pub request_id: String,
    /// Whose id stands in the request; the caller's when empty.
    pub user_id: String,
    /// Refuse instead of queueing while the conversation is busy.
    pub reject_if_busy: bool,
}

impl Say {
    /// A message into a new conversation.
    pub fn new(message: &str) -> Self {
        Self {
            message: message.to_owned(),
            ..Self::default()
        }
    }

    /// A message into a conversation.
    pub fn into(message: &str, conversation_id: &str) -> Self {
        Self {
            conversation_id: conversation_id.to_owned(),
            ..Self::new(message)
        }
    }
}

/// A person at a door.
#[derive(Debug, Clone, Copy)]
pub struct Through<'a> {
    pub(crate) user: &'a User,
    pub(crate) door: Door,
}

macro_rules! at_the_door {
    ($self:ident, $act:ident ( $($argument:expr),* )) => {
        match $self.door {
            Door::Grpc => grpc::$act($self.user, $($argument),*).await,
            Door::Rest => rest::$act($self.user, $($argument),*).await,
            Door::GrpcWeb => grpc_web::$act($self.user, grpc_web::Framing::Binary, $($argument),*).await,
            Door::GrpcWebText => grpc_web::$act($self.user, grpc_web::Framing::Text, $($argument),*).await,
        }
    };
}

impl Through<'_> {
    /// Sends a message and waits for the whole answer.
    pub async fn chat(&self, say: Say) -> Result<Reply, Refusal> {
        at_the_door!(self, chat(say))
    }

    /// Sends a message and collects what happens.
    pub async fn stream(&self, say: Say) -> Result<Vec<Happening>, Refusal> {
        at_the_door!(self, stream(say))
    }

    /// What happened in a turn after an event.
    pub async fn follow(&self, turn_id: &str, after: u32) -> Result<Vec<Happening>, Refusal> {
        at_the_door!(self, follow(turn_id, after))
    }

    /// All tasks, newest first.
    pub async fn tasks(&self) -> Result<Vec<TaskSeen>, Refusal> {
        at_the_door!(self, tasks())
    }

    /// One task.
    pub async fn task(&self, id: &str) -> Result<TaskSeen, Refusal> {
        at_the_door!(self, task(id))
    }

    /// Adds a task by hand.
    pub async fn add(&self, title: &str, request_id: &str) -> Result<TaskSeen, Refusal> {
        at_the_door!(self, add(title, request_id))
    }

    /// Answers an approval: "approve" or "deny".
    pub async fn decide(&self, approval_id: &str, decision: &str) -> Result<Asked, Refusal> {
        at_the_door!(self, decide(approval_id, decision))
    }

    /// Takes an operation back.
    pub async fn undo(&self, operation_id: &str) -> Result<Receipt, Refusal> {
        at_the_door!(self, undo(operation_id))
    }
}

/// A JSON member as text; empty when there is none.
fn member(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}
