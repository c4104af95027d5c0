//! Conversations and the messages people see in them.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    Approval, ConversationId, EntryId, Error, Failure, Notice, Result, Timestamp, ToolCall, TurnId,
    TurnState, task::refuse_nul,
};

/// A thread of messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// Its id.
    pub id: ConversationId,
    /// The beginning of the first message, until the person chooses a title.
    pub title: ConversationTitle,
    /// When it began.
    pub created_at: Timestamp,
    /// When the latest message was stored.
    pub updated_at: Timestamp,
}

/// A conversation's name: 1 to 100 characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConversationTitle(String);

impl ConversationTitle {
    /// The most characters.
    pub const MAX: usize = 100;

    /// Trims and checks a title chosen by the person.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming `title`.
    pub fn parse(text: &str) -> Result<Self> {
        refuse_nul("title", text)?;
        let title = text.split_whitespace().collect::<Vec<_>>().join(" ");
        match title.chars().count() {
            0 => Err(Error::invalid("title", "field is required")),
            1..=Self::MAX => Ok(Self(title)),
            _ => Err(Error::invalid("title", "must be at most 100 characters")),
        }
    }

    /// The first 100 characters of the first message.
    #[must_use]
    pub fn from_message(text: &str) -> Self {
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        Self(line.chars().take(Self::MAX).collect())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ConversationTitle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Who said something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The person.
    User,
    /// The assistant.
    Assistant,
}

/// One message: what the person said, or all the assistant said and did about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Its id.
    pub id: EntryId,
    /// Who said it.
    pub role: Role,
    /// What was said.
    pub content: String,
    /// What the assistant did; empty for the person.
    pub tool_calls: Vec<ToolCall>,
    /// What the person should know beside the text.
    pub notices: Vec<Notice>,
    /// What the person was asked, in that order, and what came of it.
    pub approvals: Vec<Approval>,
    /// Why the turn was given up; absent for the person.
    pub failure: Option<Failure>,
    /// When it was stored.
    pub created_at: Timestamp,
    /// Its conversation.
    pub conversation_id: ConversationId,
    /// The turn it belongs to.
    pub turn_id: TurnId,
    /// Where that turn stands.
    pub status: TurnState,
}

/// Something that was looked for by its words and found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The conversation.
    pub conversation: Conversation,
    /// The message; `None` when it is the title.
    pub message: Option<FoundMessage>,
    /// The words around the matches; joined, they are a piece of the text.
    pub snippet: Vec<SnippetPart>,
    /// When it was said; of a title, when the conversation began.
    pub created_at: Timestamp,
}

/// A message that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FoundMessage {
    /// The message.
    pub id: EntryId,
    /// Who said it.
    pub role: Role,
    /// Its turn.
    pub turn_id: TurnId,
}

/// A piece of a snippet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnippetPart {
    /// What it says.
    pub text: String,
    /// Whether it is what was looked for.
    pub is_match: bool,
}

/// A place in a conversation where some words were found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Excerpt {
    /// The conversation.
    pub conversation_id: ConversationId,
    /// Who said it.
    pub role: Role,
    /// The words around the match; at most 200 characters.
    pub text: String,
    /// When it was said.
    pub created_at: Timestamp,
}
