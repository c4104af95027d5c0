//! Turns: one message of the person and all the assistant does about it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    Approval, Call, CallId, ConversationId, Entry, EntryBody, EntryId, Notice, Receipt, TimeZone,
    Timestamp, TurnId,
};

/// Where a turn stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TurnState {
    /// Waiting for the turns before it in the conversation.
    Queued,
    /// The assistant is at work.
    Running,
    /// The assistant waits for the person's word on what it is about to do.
    WaitingForApproval,
    /// Answered.
    Completed,
    /// Given up.
    Failed,
    /// Stopped by the person.
    Cancelled,
    /// Cut off with its server.
    Interrupted,
}

impl TurnState {
    /// True once nothing more will happen.
    #[must_use]
    pub const fn is_final(self) -> bool {
        match self {
            Self::Queued | Self::Running | Self::WaitingForApproval => false,
            Self::Completed | Self::Failed | Self::Cancelled | Self::Interrupted => true,
        }
    }

    /// The name in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::WaitingForApproval => "waiting_for_approval",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Interrupted => "interrupted",
        }
    }
}

/// A turn as stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Turn {
    /// Its id.
    pub id: TurnId,
    /// Its conversation.
    pub conversation_id: ConversationId,
    /// 1, 2, 3 ... within the conversation: the order in which turns run.
    pub ordinal: i32,
    /// Where it stands.
    pub state: TurnState,
    /// The stored message of the person.
    pub user_message_id: EntryId,
    /// The message of the assistant, known before it is written.
    pub message_id: EntryId,
    /// The zone in which its dates are read.
    pub time_zone: TimeZone,
    /// True once somebody asked for it to stop.
    pub cancel_requested: bool,
    /// Why it was given up.
    pub failure: Option<Failure>,
    /// What the model used.
    pub usage: Usage,
    /// The `seq` of its newest event; 0 before the first.
    pub last_seq: i32,
    /// When the message arrived.
    pub created_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

/// What the model used, as the provider counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Tokens read.
    pub input_tokens: i32,
    /// Tokens written.
    pub output_tokens: i32,
}

/// Why a turn was given up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Which sort.
    pub kind: FailureKind,
    /// Plain words for the person.
    pub text: String,
}

/// The ways in which a turn fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// The model cannot be reached, refuses us, or is over quota.
    ModelUnavailable,
    /// The model answered with something that cannot be used.
    ModelMisbehaved,
    /// A deadline passed.
    TimedOut,
    /// The tools cannot be reached.
    ToolsUnavailable,
    /// More steps than allowed.
    TooManySteps,
    /// One process after the other died over it.
    CutOff,
    /// A bug or a broken store.
    Internal,
}

impl FailureKind {
    /// Whether sending the same message again may well succeed.
    #[must_use]
    pub const fn is_worth_retrying(self) -> bool {
        match self {
            Self::ModelUnavailable
            | Self::ModelMisbehaved
            | Self::TimedOut
            | Self::ToolsUnavailable
            | Self::CutOff => true,
            Self::TooManySteps | Self::Internal => false,
        }
    }
}

/// One tool call and what came of it, as people see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ToolCall {
    /// Unique within the turn.
    pub id: CallId,
    /// The tool's name.
    pub tool: String,
    /// What the model passed.
    pub arguments: Value,
    /// What the tool answered; `None` while it runs.
    pub result: Option<Value>,
    /// True when the tool refused or failed.
    pub is_error: bool,
    /// The system's word on the change.
    pub receipt: Option<Receipt>,
}

impl From<Call> for ToolCall {
    fn from(call: Call) -> Self {
        Self {
            id: call.id,
            tool: call.tool,
            arguments: call.arguments,
            result: None,
            is_error: false,
            receipt: None,
        }
    }
}

/// The answer to one message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    /// The conversation.
    pub conversation_id: ConversationId,
    /// The turn.
    pub turn_id: TurnId,
    /// The stored message of the person.
    pub user_message_id: EntryId,
    /// The stored message of the assistant.
    pub message_id: EntryId,
    /// What the assistant said.
    pub text: String,
    /// What it did, in order.
    pub tool_calls: Vec<ToolCall>,
    /// Where the turn stands.
    pub state: TurnState,
    /// What the person should know beside the text.
    pub notices: Vec<Notice>,
    /// What waits for the person's word.
    #[serde(default)]
    pub approvals: Vec<Approval>,
    /// What the model used.
    pub usage: Usage,
}

impl Reply {
    /// What a turn has come to, from its entries in order. Entries of other turns are passed over.
    #[must_use]
    pub fn fold<'a>(turn: &Turn, entries: impl IntoIterator<Item = &'a Entry>) -> Self {
        let mut reply = Self {
            conversation_id: turn.conversation_id,
            turn_id: turn.id,
            user_message_id: turn.user_message_id,
            message_id: turn.message_id,
            text: String::new(),
            tool_calls: Vec::new(),
            state: turn.state,
            notices: Vec::new(),
            approvals: Vec::new(),
            usage: turn.usage,
        };
        for entry in entries.into_iter().filter(|entry| entry.turn_id == turn.id) {
            match &entry.body {
                EntryBody::User { .. } => {}
                EntryBody::Model { text } => reply.text.push_str(text),
                EntryBody::Call(call) => reply.tool_calls.push(call.clone().into()),
                EntryBody::Result(result) => {
                    let open = reply
                        .tool_calls
                        .iter_mut()
                        .find(|call| call.id == result.call_id);
                    if let Some(call) = open {
                        call.result = Some(result.content.clone());
                        call.is_error = result.is_error;
                        call.receipt.clone_from(&result.receipt);
                    }
                }
                EntryBody::ApprovalRequested(asked) => reply.approvals.push(asked.clone()),
                EntryBody::ApprovalDecided(decided) => {
                    reply.approvals.retain(|asked| asked.id != decided.id);
                }
                EntryBody::Notice(notice) => reply.notices.push(notice.clone()),
            }
        }
        reply
    }
}

/// One thing that happened in a turn, as followers see it.
#[derive(Debug, Clone, PartialEq)]
pub struct TurnEvent {
    /// The turn.
    pub turn_id: TurnId,
    /// 1, 2, 3 ... without gaps.
    pub seq: i32,
    /// When.
    pub time: Timestamp,
    /// What.
    pub body: EventBody,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum EventBody {
    /// The turn has begun.
    Started {
        /// The conversation.
        conversation_id: ConversationId,
        /// The stored message of the person.
        user_message_id: EntryId,
        /// The message of the assistant to come.
        message_id: EntryId,
    },
    /// A piece of the answer's text.
    TextDelta {
        /// To be appended.
        text: String,
    },
    /// A tool is about to run.
    ToolCalled(ToolCall),
    /// A tool has run.
    ToolReturned(ToolCall),
    /// The person is asked whether some calls may be made; the turn waits.
    ApprovalRequested(Approval),
    /// The person has answered, or it is too late; the turn goes on.
    ApprovalDecided(Approval),
    /// The person should know something.
    Notice(Notice),
    /// Last: the turn completed, was cancelled or interrupted.
    Completed(Reply),
    /// Last: the turn was given up.
    Failed {
        /// Why.
        failure: Failure,
        /// What had happened until then.
        reply: Reply,
    },
}

impl EventBody {
    /// True for the last event of a turn.
    #[must_use]
    pub const fn is_last(&self) -> bool {
        matches!(self, Self::Completed(_) | Self::Failed { .. })
    }
}
