//! Ids as types. Parsing is the only way in; new ones are UUIDv7 (RFC 9562), so they sort by time.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Error, Result};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident, $field:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A new id, later than all before it in this process.
            #[must_use]
            #[expect(clippy::new_without_default, reason = "a default id would hide that it is random")]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }

            /// Reads the text form.
            ///
            /// # Errors
            /// [`Error::Invalid`] naming the field when `text` is not a UUID.
            pub fn parse(text: &str) -> Result<Self> {
                Uuid::try_parse(text)
                    .map(Self)
                    .map_err(|_| Error::invalid($field, "must be a UUID"))
            }

            /// The UUID itself, for storage.
            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl FromStr for $name {
            type Err = Error;
            fn from_str(text: &str) -> Result<Self> {
                Self::parse(text)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

ids! {
    /// A task.
    TaskId, "task_id";
    /// A conversation.
    ConversationId, "conversation_id";
    /// An entry of a conversation; the API calls the entries of people and assistants messages.
    EntryId, "message_id";
    /// A turn.
    TurnId, "turn_id";
    /// An entry of the ledger.
    OperationId, "operation_id";
    /// A question to the person whether something may be done.
    ApprovalId, "approval_id";
    /// A sign-in that can be refreshed and revoked.
    SessionId, "session_id";
}

/// A person: the subject of their tokens. A UUID for own accounts, opaque text from elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UserId(String);

impl UserId {
    /// The longest subject accepted, in bytes (OpenID Connect Core, section 2).
    pub const MAX: usize = 255;

    /// An id for a new account of our own.
    #[must_use]
    pub fn generate() -> Self {
        Self(Uuid::now_v7().to_string())
    }

    /// Reads a subject.
    ///
    /// # Errors
    /// [`Error::Invalid`] when it is empty, longer than [`Self::MAX`] bytes or holds control
    /// characters.
    pub fn parse(text: &str) -> Result<Self> {
        if text.is_empty() || text.len() > Self::MAX || text.chars().any(char::is_control) {
            return Err(Error::invalid("user_id", "is not a user id"));
        }
        Ok(Self(text.to_owned()))
    }

    /// The subject as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
