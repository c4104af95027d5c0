//! The model port: one streaming request in, pieces of an answer out.
//!
//! Deadlines, retries and what becomes of an answer are the caller's business (`turn/`).

mod error;
mod offline;
mod openai;

use std::sync::Arc;

use async_trait::async_trait;
use futures::stream::BoxStream;
use serde_json::Value;
use taskchat_domain::{TimeZone, Usage};

pub use error::{ModelError, ModelErrorKind, Retry};
pub use offline::Offline;
pub use openai::OpenAi;

/// Something that can go on with a conversation.
#[async_trait]
pub trait Model: Send + Sync {
    /// Its name, as its provider calls it.
    fn name(&self) -> &str;

    /// Who provides it, in OpenTelemetry's words (`gen_ai.provider.name`).
    fn provider(&self) -> &'static str;

    /// Asks once. Dropping the stream abandons the request and closes its connection.
    async fn stream(&self, request: &ModelRequest) -> Result<Deltas, ModelError>;
}

/// The pieces of an answer. An answer is whole only if it has a [`Delta::Finish`].
pub type Deltas = BoxStream<'static, Result<Delta, ModelError>>;

/// What a model is asked.
#[derive(Debug, Clone)]
pub struct ModelRequest {
    /// The conversation. Every call has a result; no message is empty.
    pub messages: Vec<Message>,
    /// What it may call.
    pub tools: Arc<[ToolSpec]>,
    /// In which the person's times are told.
    pub time_zone: TimeZone,
}

/// One message of a conversation as a model sees it.
#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    /// The rules.
    System(String),
    /// What the person said.
    User(String),
    /// What the model said and did.
    Assistant {
        /// Said; empty only if there are calls.
        text: String,
        /// Done.
        calls: Vec<ModelCall>,
    },
    /// What a tool answered.
    Tool {
        /// The call it answers.
        call_id: String,
        /// The envelope, as JSON.
        content: String,
    },
}

/// A tool call as a model made it.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelCall {
    /// Unique within the request.
    pub id: String,
    /// The tool.
    pub tool: String,
    /// What was passed to it.
    pub arguments: Value,
}

/// A tool as a model is told of it.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolSpec {
    /// Its name.
    pub name: String,
    /// What it does and when to use it.
    pub description: String,
    /// What it takes: a JSON Schema of type object.
    pub parameters: Value,
}

/// A piece of an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Delta {
    /// Text, to be appended.
    Text(String),
    /// A part of a tool call.
    Call(CallFragment),
    /// The model is at work but has nothing to show: it reasons.
    Thinking,
    /// What the request used; the last one counts.
    Usage(Usage),
    /// The answer is complete.
    Finish(FinishReason),
}

/// A part of a tool call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CallFragment {
    /// Which call of the answer, from 0.
    pub slot: usize,
    /// The tool; the first non-empty one counts.
    pub tool: String,
    /// A part of the arguments' JSON, to be appended.
    pub arguments: String,
}

/// Why a model stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FinishReason {
    /// It is done, or waits for its tools.
    Done,
    /// It ran out of room: the answer is cut off.
    Length,
    /// The provider withholds the answer.
    Filtered,
    /// Some reason of this provider's own; taken for [`FinishReason::Done`].
    Other(String),
}

impl FinishReason {
    /// The name for the record.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Done => "stop",
            Self::Length => "length",
            Self::Filtered => "content_filter",
            Self::Other(name) => name,
        }
    }
}
