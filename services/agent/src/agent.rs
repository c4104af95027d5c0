//! The assistant as a value: models, hands, limits. How it works on a turn is in [`crate::turn`].

use std::{fmt, sync::Arc};

use taskchat_domain::{
    ApprovalPolicy, Clock, EntryBody, Error, Failure, FailureKind, TimeZone, TurnId, UserId,
};
use tokio::io::DuplexStream;
use tokio_util::sync::CancellationToken;

use crate::{Journal, Limits, Model, toolbox::Catalog, turn};

/// Works on one turn at a time; cheap to clone.
#[derive(Clone)]
pub struct Agent {
    pub(crate) model: Arc<dyn Model>,
    pub(crate) fallback: Option<Arc<dyn Model>>,
    pub(crate) hands: Arc<dyn Hands>,
    pub(crate) catalog: Arc<Catalog>,
    pub(crate) limits: Limits,
    pub(crate) clock: Arc<dyn Clock>,
}

/// Whom and what a turn is for.
#[derive(Debug, Clone)]
pub struct Bench {
    /// Whose tasks the hands reach. Never told to a model.
    pub user: UserId,
    /// The turn.
    pub turn_id: TurnId,
    /// The zone in which dates are read.
    pub time_zone: TimeZone,
    /// When the person wants to be asked before something is done.
    pub approval_policy: ApprovalPolicy,
}

/// Where the tools are.
pub trait Hands: Send + Sync {
    /// Opens a connection to an MCP server that acts for `bench.user`, and for nobody else.
    fn open(&self, bench: &Bench) -> DuplexStream;
}

/// How a turn ended.
#[derive(Debug)]
pub enum Ending {
    /// The model has answered.
    Completed {
        /// As for [`Ending::Cancelled`]: the answer, unless it is stored already.
        last: Vec<EntryBody>,
    },
    /// The person was asked whether something may be done ([`Journal::ask_person`]). Once they have
    /// answered, the turn can be taken up again.
    Waiting,
    /// It was stopped.
    Cancelled {
        /// What is to be stored in one transaction with the end, and not before: the text so far,
        /// and an answer to each open call.
        last: Vec<EntryBody>,
    },
    /// It was given up.
    Failed {
        /// Why.
        failure: Failure,
        /// As for [`Ending::Cancelled`].
        last: Vec<EntryBody>,
    },
    /// The journal failed: nothing more can be said about the turn, and it can be taken up again.
    Broken(Error),
}

impl Agent {
    /// An assistant that answers with `model`, or with `fallback` when `model` fails before it has
    /// said or done anything in the turn.
    #[must_use]
    pub fn new(
        model: Arc<dyn Model>,
        fallback: Option<Arc<dyn Model>>,
        hands: Arc<dyn Hands>,
        limits: Limits,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            model,
            fallback,
            hands,
            catalog: Arc::default(),
            limits,
            clock,
        }
    }

    /// Works on a turn until it is answered, stopped or given up.
    pub async fn run(
        &self,
        bench: &Bench,
        journal: &dyn Journal,
        cancel: &CancellationToken,
    ) -> Ending {
        // On the heap: callers keep many turns at once.
        Box::pin(turn::drive(self, bench, journal, cancel)).await
    }

    /// Gives a turn up without any more work on it: [`Ending::Failed`], or [`Ending::Broken`].
    pub async fn give_up(&self, bench: &Bench, journal: &dyn Journal, kind: FailureKind) -> Ending {
        turn::give_up(self, bench, journal, kind).await
    }
}

impl fmt::Debug for Agent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Agent")
            .field("model", &self.model.name())
            .field(
                "fallback",
                &self.fallback.as_ref().map(|model| model.name()),
            )
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
