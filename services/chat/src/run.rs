//! Running turns: lease one, let the agent work on it, close it. What is looked for now and then is
//! in `sweep`.

mod sweep;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use taskchat_agent::{Agent, Bench, Ending};
use taskchat_domain::{
    Clock, ConversationId, Failure, FailureKind, Kind, Result, Timestamp, Turn, TurnId, TurnState,
    Usage, UserId, chain,
};
use taskchat_store::{News, Store, UserTx};
use tokio::{
    sync::{Notify, OnceCell},
    time::sleep,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{Instrument, error, info, info_span, warn};
use uuid::Uuid;

use crate::{
    config::Config,
    journal::{TurnJournal, last_event},
    keep::keep_writing,
    leased::Leased,
    recover::{Recovered, recover},
    wake::Wakes,
};

/// When a turn that cannot be run for now is tried again, after a quarter of its age, within these.
const AGAIN: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));

/// How old a turn may be that is tried again and again. What stands in its way for longer is no
/// passing trouble.
const FORGIVING: Duration = Duration::from_secs(60 * 60);

/// Which turns are looked at for one that can be run.
#[derive(Debug, Clone, Copy)]
enum Which {
    /// All.
    Any,
    /// All that have not been found in a dead process before.
    Unsuspected,
    /// Those of a conversation.
    In(ConversationId),
}

/// Runs the turns that this process has leased.
#[derive(Debug)]
pub(crate) struct Runner {
    store: Store,
    agent: Agent,
    clock: Arc<dyn Clock>,
    wakes: Wakes,
    tracker: TaskTracker,
    abort: CancellationToken,
    config: Config,
    /// Set once the leases of a dead process have been freed, where that can be done.
    taken_over: OnceCell<()>,
    /// What runs here, by its lease.
    running: Mutex<HashMap<Uuid, Running>>,
    /// Told whenever a turn begins to run here.
    begun: Notify,
    /// Told when turns that run here may have to be stopped.
    stops: Notify,
}

#[derive(Debug, Clone)]
struct Running {
    turn: TurnId,
    stop: CancellationToken,
}

impl Runner {
    pub(crate) fn new(
        store: Store,
        agent: Agent,
        clock: Arc<dyn Clock>,
        wakes: Wakes,
        tracker: TaskTracker,
        abort: CancellationToken,
        config: Config,
    ) -> Self {
        Self {
            store,
            agent,
            clock,
            wakes,
            tracker,
            abort,
            config,
            taken_over: OnceCell::new(),
            running: Mutex::default(),
            begun: Notify::new(),
            stops: Notify::new(),
        }
    }

    /// Looks after a conversation that has just got a turn.
    pub(crate) fn nudge(self: &Arc<Self>, conversation: ConversationId) {
        let runner = Arc::clone(self);
        self.tracker
            .spawn(async move { runner.drain(conversation).await }.in_current_span());
    }

    /// Runs a turn, and then those after it.
    pub(crate) fn begin(self: &Arc<Self>, leased: Leased) {
        let (runner, conversation) = (Arc::clone(self), leased.turn.conversation_id);
        self.tracker.spawn(
            async move {
                runner.run(leased).await;
                runner.drain(conversation).await;
            }
            .in_current_span(),
        );
    }

    /// For a lease on a turn that is opened and begun at once; `None` when this process is going
    /// down. Not within a transaction.
    pub(crate) async fn owner(&self) -> Result<Option<Uuid>> {
        if self.abort.is_cancelled() {
            return Ok(None);
        }
        self.take_over().await?;
        Ok(Some(Uuid::now_v7()))
    }

    /// Before the first lease of this process, which would be freed as well.
    async fn take_over(&self) -> Result<()> {
        let leases = self.store.leases();
        self.taken_over
            .get_or_try_init(|| leases.take_over())
            .await
            .copied()
    }

    /// Stops a turn if it runs here.
    pub(crate) fn stop(&self, turn: TurnId) {
        for running in self.running().values() {
            if running.turn == turn {
                running.stop.cancel();
            }
        }
    }

    /// Stops whatever runs here and is to be stopped, as the database says.
    pub(crate) fn look_for_stops_now(&self) {
        self.stops.notify_one();
    }

    /// Ends a turn that has not begun.
    pub(crate) async fn close_queued(&self, tx: &UserTx, turn: &Turn) -> Result<()> {
        let now = self.clock.now();
        let ended = TurnState::Cancelled;
        let last = last_event(turn, &[], ended, None, Usage::default());
        tx.append_events(turn.id, None, vec![last], now).await?;
        tx.finish_turn(turn.id, None, ended, None, Usage::default(), now)
            .await
    }

    /// Leases a turn that can be run.
    async fn claim(&self, which: Which) -> Result<Option<Leased>> {
        let leases = self.store.leases();
        self.take_over().await?;
        // A new one each time: a run that has lost its turn without noticing is kept from writing
        // also when this very process takes the turn up again.
        let lease = Uuid::now_v7();
        let (now, ttl) = (self.clock.now(), self.config.lease);
        let claimed = match which {
            Which::Any => leases.claim(lease, now, ttl).await?,
            Which::Unsuspected => leases.claim_unsuspected(lease, now, ttl).await?,
            Which::In(conversation) => leases.claim_in(conversation, lease, now, ttl).await?,
        };
        Ok(claimed.map(|claimed| Leased::claimed(claimed, lease)))
    }

    /// Runs the turns of a conversation until none is waiting, or somebody else runs one.
    async fn drain(&self, conversation: ConversationId) {
        loop {
            if self.abort.is_cancelled() {
                self.wakes.tell(News::Waiting(conversation));
                return;
            }
            match self.claim(Which::In(conversation)).await {
                Ok(Some(leased)) => self.run(leased).await,
                Ok(None) => return,
                Err(cause) => {
                    // The sweep comes back to it.
                    warn!(error = %chain(&cause), "cannot lease a turn");
                    return;
                }
            }
        }
    }

    /// Runs one leased turn to its end.
    async fn run(&self, leased: Leased) {
        let turn = &leased.turn;
        let span = info_span!(
            "invoke_agent",
            otel.name = "invoke_agent taskchat",
            gen_ai.operation.name = "invoke_agent",
            gen_ai.agent.name = "taskchat",
            gen_ai.conversation.id = %turn.conversation_id,
            turn.id = %turn.id,
        );
        let stop = self.abort.child_token();
        let (id, lease, since) = (turn.id, leased.lease, turn.created_at);
        let here = self.note(&leased, stop.clone());
        let begun = std::time::Instant::now();
        let ended = self.work(leased, stop).instrument(span.clone()).await;
        drop(here);
        if let Err(cause) = &ended
            && cause.kind() == Kind::Unavailable
        {
            self.give_back(id, lease, since)
                .instrument(span.clone())
                .await;
        }
        let _entered = span.enter();
        let duration_ms = begun.elapsed().as_millis();
        match ended {
            Ok(TurnState::WaitingForApproval) => {
                info!(turn.id = %id, duration_ms, "turn waits for approval");
            }
            Ok(state) => info!(turn.id = %id, state = state.as_str(), duration_ms, "turn ended"),
            // The lease went to another process, which carries on.
            Err(cause) if cause.kind() == Kind::Conflict => {
                warn!(turn.id = %id, duration_ms, "turn lost to another process");
            }
            // Somebody takes it up again, at the latest when the lease lapses.
            Err(cause) => {
                error!(turn.id = %id, duration_ms, error = %chain(&cause), "turn broken off")
            }
        }
    }

    /// Has a turn taken up again that could not be run for lack of a database: it is not what ended
    /// a process.
    async fn give_back(&self, turn: TurnId, lease: Uuid, since: Timestamp) {
        let now = self.clock.now();
        let age = (now - since).to_std().unwrap_or_default();
        if age > FORGIVING {
            return;
        }
        let from = now + (age / 4).clamp(AGAIN.0, AGAIN.1);
        if let Err(cause) = self.store.leases().give_back(turn, lease, from).await {
            warn!(error = %chain(&cause), "cannot give a turn back");
        }
    }

    async fn work(&self, leased: Leased, stop: CancellationToken) -> Result<TurnState> {
        let (user, turn) = (leased.user.clone(), leased.turn.clone());
        if turn.cancel_requested {
            stop.cancel();
        }
        let has_begun = turn.last_seq > 0;
        let is_new = leased.opening.is_some();
        // What ends a process each time it is tried would end one after the other, for ever.
        let worn_out = leased.take_ups > self.config.take_ups && !turn.cancel_requested;
        let bench = Bench {
            user: user.clone(),
            turn_id: turn.id,
            time_zone: turn.time_zone,
            approval_policy: self.store.as_user(&user).approval_policy().await?,
        };
        let journal = TurnJournal::open(
            self.store.clone(),
            Arc::clone(&self.clock),
            self.wakes.clone(),
            leased,
            self.config.approval_ttl,
        )
        .await?;
        let journal = Arc::new(journal);
        if !has_begun {
            journal.started().await?;
        } else if !is_new
            && let Recovered::Closed(state) = recover(&self.store, &user, &journal).await?
        {
            return Ok(state);
        }

        let done = CancellationToken::new();
        keep_writing(Arc::clone(&journal), &self.tracker, done.clone());
        let _done = done.drop_guard();
        let ending = if worn_out {
            let kind = FailureKind::CutOff;
            self.agent.give_up(&bench, &*journal, kind).await
        } else {
            self.agent.run(&bench, &*journal, &stop).await
        };
        let (state, failure, last) = match ending {
            Ending::Completed { last } => (TurnState::Completed, None, last),
            // The journal has laid it aside already.
            Ending::Waiting => return Ok(TurnState::WaitingForApproval),
            Ending::Cancelled { last } => {
                (self.stopped(&user, journal.turn().id).await, None, last)
            }
            Ending::Failed { failure, last } => {
                log_failure(journal.turn(), &failure);
                (TurnState::Failed, Some(failure), last)
            }
            Ending::Broken(cause) => return Err(cause),
        };
        journal.close(last, state, failure).await?;
        Ok(state)
    }

    /// How a turn ends that was stopped: not by the person's wish, it may be, but because the process
    /// is going down.
    async fn stopped(&self, user: &UserId, turn: TurnId) -> TurnState {
        if !self.abort.is_cancelled() {
            return TurnState::Cancelled;
        }
        match self.store.as_user(user).turn(turn).await {
            Ok(Some(turn)) if turn.cancel_requested => TurnState::Cancelled,
            _ => TurnState::Interrupted,
        }
    }

    /// Notes that a turn runs here, for as long as the answer lives.
    fn note(&self, leased: &Leased, stop: CancellationToken) -> Here<'_> {
        let running = Running {
            turn: leased.turn.id,
            stop,
        };
        self.running().insert(leased.lease, running);
        self.begun.notify_one();
        Here {
            runner: self,
            lease: leased.lease,
        }
    }

    /// Returns once no turn runs here.
    pub(crate) async fn idle(&self) {
        while !self.running().is_empty() {
            sleep(Duration::from_millis(10)).await;
        }
    }

    fn running(&self) -> std::sync::MutexGuard<'_, HashMap<Uuid, Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A turn runs here until this is dropped, also by a panic.
struct Here<'a> {
    runner: &'a Runner,
    lease: Uuid,
}

impl Drop for Here<'_> {
    fn drop(&mut self) {
        self.runner.running().remove(&self.lease);
    }
}

/// A failed turn is news for whoever runs the server when it is not the model's doing.
fn log_failure(turn: &Turn, failure: &Failure) {
    match failure.kind {
        FailureKind::Internal | FailureKind::ToolsUnavailable | FailureKind::CutOff => {
            error!(turn.id = %turn.id, kind = ?failure.kind, "turn failed");
        }
        _ => warn!(turn.id = %turn.id, kind = ?failure.kind, "turn failed"),
    }
}
