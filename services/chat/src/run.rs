//! Running turns: lease one, let the agent work on it, close it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use taskchat_agent::{Agent, Bench, Ending};
use taskchat_domain::{
    Clock, ConversationId, Error, Failure, FailureKind, Kind, Result, Turn, TurnId, TurnState,
    Usage, UserId,
};
use taskchat_store::{Store, UserTx};
use tokio::{
    sync::OnceCell,
    time::{Interval, MissedTickBehavior, interval, sleep},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{Instrument, Span, error, info, info_span, warn};
use uuid::Uuid;

use crate::{
    approvals::expire,
    config::Config,
    journal::{COALESCE_FOR, TurnJournal, last_event},
    recover::{Recovered, recover},
    wake::Wakes,
};

/// How often a process looks for turns that nobody runs; more often where leases are shorter.
const SWEEP: Duration = Duration::from_secs(1);

/// The shortest period of anything done again and again.
const SHORTEST: Duration = Duration::from_millis(10);

/// Overdue approvals closed in one look.
const OVERDUE: u32 = 100;

/// A turn to be run here, and what proves it.
#[derive(Debug)]
struct Leased {
    user: UserId,
    turn: Turn,
    lease: Uuid,
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
}

#[derive(Debug, Clone)]
struct Running {
    turn: TurnId,
    conversation: ConversationId,
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
        }
    }

    /// Looks after a conversation that has just got a turn.
    pub(crate) fn nudge(self: &Arc<Self>, conversation: ConversationId) {
        let runner = Arc::clone(self);
        self.tracker
            .spawn(async move { runner.drain(conversation).await }.in_current_span());
    }

    /// Looks for turns that nobody runs, now and then, until `stop` is cancelled.
    pub(crate) fn sweep(self: Arc<Self>, stop: CancellationToken) {
        let tracker = self.tracker.clone();
        tracker.spawn(async move {
            let mut tick = every(SWEEP.min(self.config.lease / 2));
            loop {
                tokio::select! {
                    () = stop.cancelled() => return,
                    _ = tick.tick() => {}
                }
                self.expire().await;
                loop {
                    match self.claim(None).await {
                        Ok(Some(leased)) => {
                            let runner = Arc::clone(&self);
                            self.tracker.spawn(async move {
                                let conversation = leased.turn.conversation_id;
                                runner.run(leased).await;
                                runner.drain(conversation).await;
                            });
                        }
                        Ok(None) => break,
                        Err(cause) => {
                            warn!(error = %chain(&cause), "cannot look for waiting turns");
                            break;
                        }
                    }
                }
            }
        });
    }

    /// Closes approvals that nobody has answered in time; their turns go on.
    async fn expire(self: &Arc<Self>) {
        let now = self.clock.now();
        let overdue = match self.store.leases().overdue_approvals(now, OVERDUE).await {
            Ok(overdue) => overdue,
            Err(cause) => {
                warn!(error = %chain(&cause), "cannot look for overdue approvals");
                return;
            }
        };
        for (user, asked) in overdue {
            match expire(&self.store, &user, &asked, now).await {
                Ok(Some(expired)) => {
                    self.wakes.wake(expired.turn_id);
                    self.nudge(expired.conversation_id);
                }
                Ok(None) => {}
                Err(cause) => warn!(error = %chain(&cause), "cannot close an overdue approval"),
            }
        }
    }

    /// Stops a turn if it runs here.
    pub(crate) fn stop(&self, turn: TurnId) {
        for running in self.running().values() {
            if running.turn == turn {
                running.stop.cancel();
            }
        }
    }

    /// Stops whatever runs here for a conversation.
    pub(crate) fn stop_conversation(&self, conversation: ConversationId) {
        for running in self.running().values() {
            if running.conversation == conversation {
                running.stop.cancel();
            }
        }
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

    /// Leases a turn that can be run, in one conversation or in any.
    async fn claim(&self, conversation: Option<ConversationId>) -> Result<Option<Leased>> {
        let leases = self.store.leases();
        // Before the first lease of this process, which would be freed as well.
        self.taken_over
            .get_or_try_init(|| leases.take_over())
            .await?;
        // A new one each time: a run that has lost its turn without noticing is kept from writing
        // also when this very process takes the turn up again.
        let lease = Uuid::now_v7();
        let (now, ttl) = (self.clock.now(), self.config.lease);
        let claimed = match conversation {
            Some(conversation) => leases.claim_in(conversation, lease, now, ttl).await?,
            None => leases.claim(lease, now, ttl).await?,
        };
        Ok(claimed.map(|(user, turn)| Leased { user, turn, lease }))
    }

    /// Runs the turns of a conversation until none is waiting, or somebody else runs one.
    async fn drain(&self, conversation: ConversationId) {
        loop {
            if self.abort.is_cancelled() {
                return;
            }
            match self.claim(Some(conversation)).await {
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
        let (turn, lease) = (&leased.turn, leased.lease);
        let span = info_span!(
            "invoke_agent",
            otel.name = "invoke_agent taskchat",
            gen_ai.operation.name = "invoke_agent",
            gen_ai.agent.name = "taskchat",
            gen_ai.conversation.id = %turn.conversation_id,
            turn.id = %turn.id,
        );
        let stop = self.abort.child_token();
        let (id, conversation) = (turn.id, turn.conversation_id);
        let running = Running {
            turn: id,
            conversation,
            stop: stop.clone(),
        };
        self.running().insert(lease, running);
        let begun = std::time::Instant::now();
        let ended = self.work(leased, stop).instrument(span.clone()).await;
        self.running().remove(&lease);
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
            // Left as it is: when the lease lapses somebody takes it up again.
            Err(cause) => {
                error!(turn.id = %id, duration_ms, error = %chain(&cause), "turn broken off")
            }
        }
    }

    async fn work(&self, leased: Leased, stop: CancellationToken) -> Result<TurnState> {
        let Leased { user, turn, lease } = leased;
        if turn.cancel_requested {
            stop.cancel();
        }
        let begun_before = turn.last_seq > 0;
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
            user.clone(),
            turn,
            lease,
            self.config.approval_ttl,
        )
        .await?;
        let journal = Arc::new(journal);
        if !begun_before {
            journal.started().await?;
        } else if let Recovered::Closed(state) = recover(&self.store, &user, &journal).await? {
            return Ok(state);
        }

        let done = CancellationToken::new();
        self.keep(Arc::clone(&journal), stop.clone(), done.clone());
        let _done = done.drop_guard();
        let (state, failure) = match self.agent.run(&bench, &*journal, &stop).await {
            Ending::Completed => (TurnState::Completed, None),
            // The journal has laid it aside already.
            Ending::Waiting => return Ok(TurnState::WaitingForApproval),
            // Not the person's wish: the process is going down.
            Ending::Cancelled if self.abort.is_cancelled() => (TurnState::Interrupted, None),
            Ending::Cancelled => (TurnState::Cancelled, None),
            Ending::Failed(failure) => {
                log_failure(journal.turn(), &failure);
                (TurnState::Failed, Some(failure))
            }
            Ending::Broken(cause) => return Err(cause),
        };
        journal.close(state, failure).await?;
        Ok(state)
    }

    /// Beside the agent: writes text that waits, renews the lease, and sees that somebody wants
    /// the turn to stop.
    fn keep(&self, journal: Arc<TurnJournal>, stop: CancellationToken, done: CancellationToken) {
        let (store, clock) = (self.store.clone(), Arc::clone(&self.clock));
        let (id, owner) = (journal.turn().id, journal.lease());
        let lease = self.config.lease;
        let keeper = async move {
            let mut renew = every(lease / 5);
            renew.tick().await;
            loop {
                tokio::select! {
                    () = journal.text_waits() => {
                        sleep(COALESCE_FOR).await;
                        // A failed write is seen by the agent at its next one.
                        if let Err(cause) = journal.flush().await {
                            warn!(error = %chain(&cause), "cannot write text");
                        }
                    }
                    _ = renew.tick() => {
                        let until = clock.now() + lease;
                        match store.leases().renew(id, owner, until).await {
                            Ok(Some(false)) => {}
                            // Asked to stop, or somebody else has it; the fence does the rest.
                            Ok(Some(true) | None) => stop.cancel(),
                            Err(cause) => warn!(error = %chain(&cause), "cannot renew a lease"),
                        }
                    }
                }
            }
        };
        let span = Span::current();
        self.tracker.spawn(
            async move {
                tokio::select! {
                    () = done.cancelled() => {}
                    () = keeper => {}
                }
            }
            .instrument(span),
        );
    }

    fn running(&self) -> std::sync::MutexGuard<'_, HashMap<Uuid, Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ticks, however short a period was configured.
fn every(period: Duration) -> Interval {
    let mut tick = interval(period.max(SHORTEST));
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    tick
}

/// A failed turn is news for whoever runs the server when it is not the model's doing.
fn log_failure(turn: &Turn, failure: &Failure) {
    match failure.kind {
        FailureKind::Internal | FailureKind::ToolsUnavailable => {
            error!(turn.id = %turn.id, kind = ?failure.kind, "turn failed");
        }
        _ => warn!(turn.id = %turn.id, kind = ?failure.kind, "turn failed"),
    }
}

/// An error with its causes, for the log.
fn chain(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}
