//! How a model fails, in terms of what can be done about it.

use std::{borrow::Cow, time::Duration};

use taskchat_domain::{BoxError, FailureKind};

/// A model could not be asked, or its answer cannot be used.
///
/// `Display` is for the log: it names no key, no address, and nothing that was said.
#[derive(Debug, thiserror::Error)]
#[error("{what}")]
pub struct ModelError {
    /// Which sort of failure.
    pub kind: ModelErrorKind,
    /// Whether asking again may help.
    pub retry: Retry,
    what: Cow<'static, str>,
    #[source]
    cause: Option<BoxError>,
}

/// The sorts of failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModelErrorKind {
    /// Not to be reached, refuses us, or over quota.
    Unavailable,
    /// Nothing came for too long.
    TimedOut,
    /// The answer is none.
    Misbehaved,
}

/// Whether asking again may help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// It will not.
    No,
    /// It may, once.
    Once,
    /// It may, after a while; the server may say how long.
    After(Option<Duration>),
}

impl ModelError {
    /// Not to be reached, refuses us, or over quota.
    pub fn unavailable(what: impl Into<Cow<'static, str>>, retry: Retry) -> Self {
        Self::new(ModelErrorKind::Unavailable, what, retry)
    }

    /// The answer is none.
    pub fn misbehaved(what: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ModelErrorKind::Misbehaved, what, Retry::Once)
    }

    /// Nothing came for too long.
    pub fn timed_out(what: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ModelErrorKind::TimedOut, what, Retry::No)
    }

    /// With what caused it.
    #[must_use]
    pub fn because(mut self, cause: impl Into<BoxError>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// The sort of failure as a turn knows it.
    #[must_use]
    pub const fn failure(&self) -> FailureKind {
        match self.kind {
            ModelErrorKind::Unavailable => FailureKind::ModelUnavailable,
            ModelErrorKind::TimedOut => FailureKind::TimedOut,
            ModelErrorKind::Misbehaved => FailureKind::ModelMisbehaved,
        }
    }

    fn new(kind: ModelErrorKind, what: impl Into<Cow<'static, str>>, retry: Retry) -> Self {
        Self {
            kind,
            retry,
            what: what.into(),
            cause: None,
        }
    }
}
