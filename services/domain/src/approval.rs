//! Approvals: calls that wait for the person's word.
//!
//! When a call waits is decided by the agent; here is only what is asked and what came of it.

use serde::{Deserialize, Serialize};

use crate::{ApprovalId, Call, ConversationId, Entry, EntryBody, Timestamp, TurnId};

/// A question to the person: may exactly these calls be made?
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Approval {
    /// Its id.
    pub id: ApprovalId,
    /// The conversation, which waits with it.
    pub conversation_id: ConversationId,
    /// The turn that goes on once there is an answer.
    pub turn_id: TurnId,
    /// The calls, with the very arguments that they will be made with.
    pub calls: Vec<Call>,
    /// Why it is asked.
    pub reason: ApprovalReason,
    /// What came of it.
    pub state: ApprovalState,
    /// When it was asked.
    pub created_at: Timestamp,
    /// Until when it can be answered.
    pub expires_at: Timestamp,
    /// When it was answered, or found to be too late.
    pub decided_at: Option<Timestamp>,
}

impl Approval {
    /// The question among these entries that has no answer yet.
    #[must_use]
    pub fn open_among<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Option<&'a Self> {
        let mut open = None;
        for entry in entries {
            match &entry.body {
                EntryBody::ApprovalRequested(asked) => open = Some(asked),
                EntryBody::ApprovalDecided(_) => open = None,
                _ => {}
            }
        }
        open
    }

    /// The same with its answer.
    #[must_use]
    pub fn closed(self, state: ApprovalState, at: Timestamp) -> Self {
        Self {
            state,
            decided_at: Some(at),
            ..self
        }
    }
}

/// Where an approval stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalState {
    /// It waits for the person's word.
    Pending,
    /// Yes: the calls are made.
    Approved,
    /// No, or the turn was stopped: the calls are not made.
    Denied,
    /// Nobody answered in time: the calls are not made.
    Expired,
}

impl ApprovalState {
    /// The name in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Denied => "denied",
            Self::Expired => "expired",
        }
    }

    /// What is said of an approval, read on from its name.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Pending => "is still open",
            Self::Approved => "was approved already",
            Self::Denied => "was denied already",
            Self::Expired => "has expired",
        }
    }
}

/// Why the person is asked; of several reasons the weightiest counts, and they are in that order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalReason {
    /// The person wants to be asked before every change.
    Always,
    /// The turn would make more than a few changes.
    Bulk,
    /// The turn has read text that looks like instructions and would make several changes.
    TaintedBulk,
    /// The turn has read text that looks like instructions and would delete something.
    TaintedDelete,
    /// It cannot be undone.
    Permanent,
}

impl ApprovalReason {
    /// One plain sentence for the person.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Always => "You asked to approve every change.",
            Self::Bulk => "This message would change more than 5 tasks.",
            Self::TaintedBulk => {
                "Text in your tasks reads like instructions to the assistant, and several changes would follow."
            }
            Self::TaintedDelete => {
                "Text in your tasks reads like instructions to the assistant, and something would be deleted."
            }
            Self::Permanent => "This cannot be undone.",
        }
    }
}

/// What the person says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Yes.
    Approve,
    /// No.
    Deny,
}

impl From<Decision> for ApprovalState {
    fn from(decision: Decision) -> Self {
        match decision {
            Decision::Approve => Self::Approved,
            Decision::Deny => Self::Denied,
        }
    }
}

/// When a person wants to be asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalPolicy {
    /// Never: everything runs.
    Never,
    /// Before what is destructive for good, many, or possibly somebody else's idea.
    #[default]
    ByRisk,
    /// Before every change.
    Always,
}

impl ApprovalPolicy {
    /// The name in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::ByRisk => "by_risk",
            Self::Always => "always",
        }
    }
}
