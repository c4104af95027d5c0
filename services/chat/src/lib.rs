//! Conversations and turns.
//!
//! A turn belongs to the database, not to a connection: [`Chat::start`] commits the person's
//! message and opens a turn, the runner lets the agent work on it under a lease, and
//! [`Chat::follow`] reads its events, from any replica, as often as anybody likes.
//!
//! **Invariant:** nothing here acts on tasks. What the assistant does goes through its MCP tools.

mod approvals;
mod config;
mod conversations;
mod follow;
mod journal;
mod keep;
mod leased;
mod leave;
mod ledger;
mod messages;
mod outside;
mod receipts;
mod recover;
mod relay;
mod retry;
mod run;
mod start;
mod wake;
mod word;

use std::sync::Arc;

use taskchat_agent::Agent;
use taskchat_domain::{Clock, Error, Noun, Reply, Result, Turn, TurnId, UserId};
use taskchat_store::Store;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub use config::Config;
pub use follow::Followed;
pub use start::{IfBusy, Send};

use relay::Relay;
use run::Runner;
use wake::Wakes;

/// The use cases of talking to the assistant.
#[derive(Debug, Clone)]
pub struct Chat {
    store: Store,
    clock: Arc<dyn Clock>,
    config: Config,
    wakes: Wakes,
    runner: Arc<Runner>,
    tracker: TaskTracker,
    abort: CancellationToken,
}

impl Chat {
    /// Joins the parts. Nothing runs until [`Self::resume`] or the first message.
    ///
    /// Turns run on `tracker`; when `abort` is cancelled they are closed as interrupted, with what
    /// they had said kept.
    #[must_use]
    pub fn new(
        store: Store,
        agent: Agent,
        clock: Arc<dyn Clock>,
        tracker: TaskTracker,
        abort: CancellationToken,
        config: Config,
    ) -> Self {
        let wakes = Wakes::new(config.poll);
        let runner = Runner::new(
            store.clone(),
            agent,
            Arc::clone(&clock),
            wakes.clone(),
            tracker.clone(),
            abort.clone(),
            config.clone(),
        );
        Self {
            store,
            clock,
            config,
            wakes,
            runner: Arc::new(runner),
            tracker,
            abort,
        }
    }

    /// Takes up what other processes left behind, now and from then on, until `stop` is cancelled;
    /// and lets processes on the same database know of each other's turns.
    pub fn resume(&self, stop: CancellationToken) {
        Arc::clone(&self.runner).sweep(stop);
        let exchange = self.store.exchange();
        if exchange.has_others() {
            let relay = Relay {
                exchange,
                wakes: self.wakes.clone(),
                runner: Arc::clone(&self.runner),
            };
            self.tracker.spawn(relay.clone().speak(self.abort.clone()));
            self.tracker.spawn(relay.hear(self.abort.clone()));
        }
    }

    /// A turn and what it has come to.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is unknown, somebody else's, or of a deleted conversation.
    pub async fn turn(&self, user: &UserId, id: TurnId) -> Result<(Turn, Reply)> {
        let turn = self.own_turn(user, id).await?;
        let entries = self.store.as_user(user).entries(&[id]).await?;
        let mut reply = Reply::fold(&turn, &entries);
        self.refresh(user, reply.tool_calls.iter_mut()).await?;
        Ok((turn, reply))
    }

    /// A turn of a conversation that has not been deleted.
    async fn own_turn(&self, user: &UserId, id: TurnId) -> Result<Turn> {
        let scope = self.store.as_user(user);
        let turn = scope.turn(id).await?.ok_or(Error::NotFound(Noun::Turn))?;
        if scope.conversation(turn.conversation_id).await?.is_none() {
            return Err(Error::NotFound(Noun::Turn));
        }
        Ok(turn)
    }

    /// True once nothing more will happen in a turn.
    async fn is_over(&self, user: &UserId, id: TurnId) -> Result<bool> {
        let turn = self.store.as_user(user).turn(id).await?;
        Ok(turn.is_none_or(|turn| turn.state.is_final()))
    }
}
