//! What can go wrong, in words a stranger may read.
//!
//! `Display` is public. Causes live in `source()` and go to the log where the request ends; they
//! never reach a caller. Each door translates [`Kind`] into its own dialect in one file.

use std::{borrow::Cow, fmt, time::Duration};

use crate::{ApprovalState, OperationId};

/// Any cause, for the log.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The result of everything that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What a caller may learn about a failure.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It does not exist, is deleted, or belongs to somebody else: all the same.
    #[error("{0} not found")]
    NotFound(Noun),
    /// A value is missing or wrong.
    #[error("{field} {problem}")]
    Invalid {
        /// The field as the contract names it.
        field: Cow<'static, str>,
        /// What is wrong with it; reads on from the field's name.
        problem: Cow<'static, str>,
    },
    /// A change without anything to change.
    #[error("no fields to update")]
    NothingToUpdate,
    /// It is there already.
    #[error("{0}")]
    AlreadyExists(Cow<'static, str>),
    /// It has changed in the meantime.
    #[error("{problem}")]
    Conflict {
        /// The field that changed since, when it is one.
        field: Option<Cow<'static, str>>,
        /// One plain sentence without a full stop.
        problem: Cow<'static, str>,
    },
    /// The conversation is answering another message and the caller did not want to wait.
    #[error("this conversation is answering another message")]
    Busy,
    /// The operation was undone before it could be, or cannot be undone at all.
    #[error("operation {0} cannot be redone: it is not undone")]
    NotUndone(OperationId),
    /// A turn that is under way or was answered.
    #[error("only a turn that failed or was stopped can be tried again")]
    NotRetryable,
    /// The approval is not open any more, and what came of it is not what was asked for.
    #[error("this approval {}", .0.words())]
    ApprovalClosed(ApprovalState),
    /// A limit of this user or address.
    #[error("{what}")]
    Exhausted {
        /// Which limit, in plain words.
        what: Cow<'static, str>,
        /// When to try again.
        retry_after: Duration,
    },
    /// The credentials do not fit; says no more than that.
    #[error("wrong e-mail or password")]
    WrongCredentials,
    /// A token that is not, or no longer, good.
    #[error("Invalid token or expired token.")]
    BadToken,
    /// Something we need does not answer; trying again may help.
    #[error("the service is not available right now")]
    Unavailable(#[source] BoxError),
    /// Something took too long.
    #[error("this took too long")]
    TimedOut,
    /// A bug or a broken store.
    #[error("something went wrong on our side")]
    Internal(#[source] BoxError),
}

/// An error with its causes, in one line for the log.
#[must_use]
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}

impl Error {
    /// A value that is missing or wrong; `problem` reads on from the field's name.
    pub fn invalid(
        field: impl Into<Cow<'static, str>>,
        problem: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::Invalid {
            field: field.into(),
            problem: problem.into(),
        }
    }

    /// A bug or a broken store, with its cause for the log.
    pub fn internal(cause: impl Into<BoxError>) -> Self {
        Self::Internal(cause.into())
    }

    /// Which sort of failure this is.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::NotFound(_) => Kind::NotFound,
            Self::Invalid { .. } | Self::NothingToUpdate => Kind::Invalid,
            Self::AlreadyExists(_) => Kind::AlreadyExists,
            Self::Conflict { .. } => Kind::Conflict,
            Self::Busy | Self::NotUndone(_) | Self::NotRetryable | Self::ApprovalClosed(_) => {
                Kind::Precondition
            }
            Self::Exhausted { .. } => Kind::Exhausted,
            Self::WrongCredentials | Self::BadToken => Kind::Unauthenticated,
            Self::Unavailable(_) => Kind::Unavailable,
            Self::TimedOut => Kind::TimedOut,
            Self::Internal(_) => Kind::Internal,
        }
    }
}

/// The sorts of failure; matched exhaustively by every door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Unknown, deleted or somebody else's.
    NotFound,
    /// A missing or wrong value.
    Invalid,
    /// There already.
    AlreadyExists,
    /// Changed in the meantime.
    Conflict,
    /// Not in a state that allows it.
    Precondition,
    /// A limit.
    Exhausted,
    /// Bad credentials.
    Unauthenticated,
    /// Something we need does not answer.
    Unavailable,
    /// Too slow.
    TimedOut,
    /// Our fault.
    Internal,
}

/// What was looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noun {
    /// A task.
    Task,
    /// A conversation.
    Conversation,
    /// A turn.
    Turn,
    /// An operation.
    Operation,
    /// A user.
    User,
    /// An approval.
    Approval,
    /// A session.
    Session,
}

impl fmt::Display for Noun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Task => "Task",
            Self::Conversation => "Conversation",
            Self::Turn => "Turn",
            Self::Operation => "Operation",
            Self::User => "User",
            Self::Approval => "Approval",
            Self::Session => "Session",
        })
    }
}
