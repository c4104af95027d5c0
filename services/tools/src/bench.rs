//! Whom the tools work for, and what they work with.

use std::{fmt, sync::Arc};

use futures::future::BoxFuture;
use taskchat_domain::{Approval, Call, Clock, Excerpt, Origin, Result, TimeZone, UserId};
use taskchat_tasks::Tasks;

/// Finds words in a person's messages: whose, which words, and at most how many places. Given by
/// whoever composes the server, since conversations are out of reach from here.
pub type SearchMessages =
    Arc<dyn Fn(UserId, String, u32) -> BoxFuture<'static, Result<Vec<Excerpt>>> + Send + Sync>;

/// The person's word on a call of another assistant, known by its key: whose, which call, and the
/// key. `None` when they do not want to be asked; one that is pending has been asked for by now.
pub type AskPerson =
    Arc<dyn Fn(UserId, Call, String) -> BoxFuture<'static, Result<Option<Approval>>> + Send + Sync>;

/// What the tools work with: the same for everybody.
#[derive(Clone)]
pub struct Tools {
    pub(crate) tasks: Tasks,
    pub(crate) search: SearchMessages,
    pub(crate) clock: Arc<dyn Clock>,
    /// Asked before a change by another assistant; our own agent asks by itself.
    pub(crate) ask: Option<AskPerson>,
}

impl Tools {
    /// Joins the tools to what they need.
    #[must_use]
    pub fn new(tasks: Tasks, search: SearchMessages, clock: Arc<dyn Clock>) -> Self {
        Self {
            tasks,
            search,
            clock,
            ask: None,
        }
    }

    /// The same tools, which have the person asked before another assistant changes something.
    #[must_use]
    pub fn asking(self, ask: AskPerson) -> Self {
        Self {
            ask: Some(ask),
            ..self
        }
    }
}

impl fmt::Debug for Tools {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tools").finish_non_exhaustive()
    }
}

/// Whom a [`ToolServer`](crate::ToolServer) works for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bench {
    /// Whose tasks.
    pub user: UserId,
    /// By whose hand.
    pub origin: Origin,
    /// The zone in which phrases such as "tomorrow" are read.
    pub time_zone: TimeZone,
}
