//! Entries: the append-only transcript that a model's history and people's messages are made of.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Approval, EntryId, Receipt, Timestamp, TurnId};

/// One fact of a conversation, in the order it became one.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its id; the person's message is known to the API by it.
    pub id: EntryId,
    /// The turn it belongs to.
    pub turn_id: TurnId,
    /// 1, 2, 3 ... within the conversation.
    pub seq: i32,
    /// What it says.
    pub body: EntryBody,
    /// When it was stored; all of a step at one time.
    pub created_at: Timestamp,
}

/// What an entry says.
///
/// A step of the model is its text, if any, followed by its calls, all stored before the first of
/// them runs; the results follow in the order they arrive.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[expect(
    clippy::large_enum_variant,
    reason = "results are a third of all entries; a box each would save nothing"
)]
pub enum EntryBody {
    /// The person said something.
    User {
        /// What.
        text: String,
    },
    /// The model said something. All texts of a turn, joined, are the answer.
    Model {
        /// What.
        text: String,
    },
    /// The model asked for a tool.
    Call(Call),
    /// A tool answered.
    Result(CallResult),
    /// The person was asked whether these calls may be made; nothing happens until they answer.
    ApprovalRequested(Approval),
    /// The person has answered, or it is too late.
    ApprovalDecided(Approval),
    /// The person should know something.
    Notice(Notice),
}

/// Which call of a turn: `call_1`, `call_2` ... Given by us, since models repeat and omit theirs.
/// The ledger's key is derived from it, so it must be the same when a turn is taken up again.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CallId(String);

impl CallId {
    /// The id of the n-th call of a turn, from 1.
    #[must_use]
    pub fn nth(n: usize) -> Self {
        Self(format!("call_{n}"))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The model asks for a tool.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// Unique within the turn.
    pub id: CallId,
    /// The tool's name.
    pub tool: String,
    /// The arguments: a JSON object. Arguments that were none are kept as `{"_raw": "..."}`.
    pub arguments: Value,
}

/// A tool's answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CallResult {
    /// The call it answers.
    pub call_id: CallId,
    /// The envelope: `{"success", "data", "receipt", "error"}`.
    pub content: Value,
    /// True when the tool refused or failed.
    pub is_error: bool,
    /// The system's word on the change, when there was one.
    pub receipt: Option<Receipt>,
}

/// Something the person should know beside the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// What it is about.
    #[serde(rename = "notice")]
    pub kind: NoticeKind,
    /// One plain sentence.
    pub text: String,
}

/// What a notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// The model could not be reached; the built-in assistant answered.
    AnsweredWithoutAi,
    /// The text claims a change that no receipt backs.
    UnbackedClaim,
}
