//! The agent's journal over the store: entries, and the events that followers see.
//!
//! Every write is fenced by the lease: once another process has taken the turn over, nothing more
//! can be written here.

mod state;

use std::{collections::HashMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use taskchat_agent::Journal;
use taskchat_domain::{
    Approval, ApprovalId, ApprovalReason, ApprovalState, Call, Clock, Entry, EntryBody, EventBody,
    Failure, Reply, Result, Turn, TurnState, Usage, UserId,
};
use taskchat_store::{Store, UserTx};
use tokio::sync::{Mutex, Notify};
use uuid::Uuid;

use crate::{leased::Leased, ledger::put_right, wake::Wakes};
use state::State;

/// Text is written when this much has come together...
const COALESCE_BYTES: usize = 256;
/// ...or this long after its first piece.
pub(crate) const COALESCE_FOR: Duration = Duration::from_millis(30);

/// Turns whose entries a model may be shown; the agent cuts this to its window of messages.
const HISTORY_TURNS: u32 = 50;

/// The number of the turn that begins a conversation.
const FIRST_ORDINAL: i32 = 1;

/// Writes down one leased turn.
#[derive(Debug)]
pub(crate) struct TurnJournal {
    store: Store,
    clock: Arc<dyn Clock>,
    wakes: Wakes,
    user: UserId,
    turn: Turn,
    lease: Uuid,
    /// How long the person has time to approve something.
    approval_ttl: Duration,
    /// Held during every write, so that text and calls keep their order.
    state: Mutex<State>,
    text_waits: Notify,
}

impl TurnJournal {
    /// Opens the journal of a leased turn, with what it has stored so far: read, unless it has just
    /// been opened.
    pub(crate) async fn open(
        store: Store,
        clock: Arc<dyn Clock>,
        wakes: Wakes,
        leased: Leased,
        approval_ttl: Duration,
    ) -> Result<Self> {
        let Leased {
            user, turn, lease, ..
        } = leased;
        let entries = match leased.opening {
            Some(opening) => vec![opening],
            None => store.as_user(&user).entries(&[turn.id]).await?,
        };
        let mut state = State::default();
        state.usage = turn.usage;
        for entry in entries {
            state.note(entry);
        }
        Ok(Self {
            store,
            clock,
            wakes,
            user,
            turn,
            lease,
            approval_ttl,
            state: Mutex::new(state),
            text_waits: Notify::new(),
        })
    }

    /// The turn as it was leased.
    pub(crate) fn turn(&self) -> &Turn {
        &self.turn
    }

    /// The turn's entries so far.
    pub(crate) async fn entries(&self) -> Vec<Entry> {
        self.state.lock().await.entries.clone()
    }

    /// Notes text of the current step that followers were sent by a process that has died.
    pub(crate) async fn has_sent(&self, text: &str) {
        text.clone_into(&mut self.state.lock().await.step);
    }

    /// Returns once there is text that waits to be written.
    pub(crate) async fn text_waits(&self) {
        self.text_waits.notified().await;
    }

    /// Writes the text that waits.
    pub(crate) async fn flush(&self) -> Result<()> {
        let mut state = self.state.lock().await;
        self.write_text(&mut state).await
    }

    /// Writes nothing but text, along with that of other turns.
    async fn write_text(&self, state: &mut State) -> Result<()> {
        if state.pending.is_empty() {
            return Ok(());
        }
        state.begin_write()?;
        let text = std::mem::take(&mut state.pending);
        let (id, now) = (self.turn.id, self.clock.now());
        let written = self
            .store
            .append_text(&self.user, id, self.lease, text, now)
            .await
            .map(|event| self.wakes.happened(id, vec![event]));
        state.end_write(&written);
        written
    }

    /// Says that the turn has begun.
    pub(crate) async fn started(&self) -> Result<()> {
        let mut state = self.state.lock().await;
        let first = vec![first_event(&self.turn)];
        self.write(&mut state, Vec::new(), first).await
    }

    /// Ends the turn: the last entries, the last event, and the state, in one transaction, since a
    /// turn whose text is stored and that is still open looks as if it was answered.
    pub(crate) async fn close(
        &self,
        bodies: Vec<EntryBody>,
        ended: TurnState,
        failure: Option<Failure>,
    ) -> Result<()> {
        let mut state = self.state.lock().await;
        state.begin_write()?;
        let written = self.end_stored(&mut state, bodies, ended, failure).await;
        state.end_write(&written);
        written
    }

    async fn end_stored(
        &self,
        state: &mut State,
        mut bodies: Vec<EntryBody>,
        ended: TurnState,
        failure: Option<Failure>,
    ) -> Result<()> {
        let (id, lease, now) = (self.turn.id, Some(self.lease), self.clock.now());
        let tx = self.store.begin(&self.user).await?;
        put_right(&tx, self.turn.id, &mut bodies, now).await?;
        let mut events = state.take_pending();
        for body in &bodies {
            events.extend(state.event_of(body));
        }
        let open = Approval::open_among(&state.entries).cloned();
        // Whoever stops the turn does not want what it was about to do.
        let denied = open.map(|open| open.closed(ApprovalState::Denied, now));
        events.extend(denied.clone().map(EventBody::ApprovalDecided));
        // And the last one, which tells what is stored only then.
        let numbers = tx.next_events(id, lease, events.len() + 1).await?;
        if let Some(denied) = denied {
            tx.close_approval(denied.id, denied.state, now).await?;
            bodies.push(EntryBody::ApprovalDecided(denied));
        }
        let entries = tx
            .append_entries(self.turn.conversation_id, id, bodies, None, now)
            .await?;
        for entry in entries {
            state.note(entry);
        }
        let failure = failure.as_ref();
        events.push(last_event(
            &self.turn,
            &state.entries,
            ended,
            failure,
            state.usage,
        ));
        let happened = tx.insert_events(numbers, events, now).await?;
        tx.finish_turn(id, lease, ended, failure, state.usage, now)
            .await?;
        tx.commit().await?;
        self.wakes.happened(id, happened);
        Ok(())
    }

    /// One transaction: the text that waits, entries, and their events.
    async fn write(
        &self,
        state: &mut State,
        bodies: Vec<EntryBody>,
        more: Vec<EventBody>,
    ) -> Result<()> {
        state.begin_write()?;
        let written = self.write_stored(state, bodies, more).await;
        state.end_write(&written);
        written
    }

    async fn write_stored(
        &self,
        state: &mut State,
        mut bodies: Vec<EntryBody>,
        mut more: Vec<EventBody>,
    ) -> Result<()> {
        let now = self.clock.now();
        let tx: UserTx = self.store.begin(&self.user).await?;
        put_right(&tx, self.turn.id, &mut bodies, now).await?;
        let mut events = state.take_pending();
        for body in &bodies {
            events.extend(state.event_of(body));
        }
        events.append(&mut more);
        // Also with no events: this is what checks the lease.
        let happened = tx
            .append_events(self.turn.id, Some(self.lease), events, now)
            .await?;
        let entries = if bodies.is_empty() {
            Vec::new()
        } else {
            if state.counted != Some(state.usage) {
                // A process that dies takes no usage with it, and the turn has got further.
                tx.advance_turn(self.turn.id, self.lease, state.usage)
                    .await?;
                state.counted = Some(state.usage);
            }
            tx.append_entries(self.turn.conversation_id, self.turn.id, bodies, None, now)
                .await?
        };
        tx.commit().await?;
        for entry in entries {
            state.note(entry);
        }
        self.wakes.happened(self.turn.id, happened);
        Ok(())
    }
}

/// The event that begins a turn.
pub(crate) fn first_event(turn: &Turn) -> EventBody {
    EventBody::Started {
        conversation_id: turn.conversation_id,
        user_message_id: turn.user_message_id,
        message_id: turn.message_id,
    }
}

/// The event that ends a turn.
pub(crate) fn last_event(
    turn: &Turn,
    entries: &[Entry],
    ended: TurnState,
    failure: Option<&Failure>,
    usage: Usage,
) -> EventBody {
    let mut turn = turn.clone();
    turn.state = ended;
    turn.usage = usage;
    let reply = Reply::fold(&turn, entries);
    match failure {
        Some(failure) => EventBody::Failed {
            failure: failure.clone(),
            reply,
        },
        None => EventBody::Completed(reply),
    }
}

#[async_trait]
impl Journal for TurnJournal {
    async fn history(&self) -> Result<Vec<Entry>> {
        if self.turn.ordinal == FIRST_ORDINAL {
            return Ok(self.entries().await);
        }
        let scope = self.store.as_user(&self.user);
        let up_to_here = Some(self.turn.ordinal.saturating_add(1));
        let mut turns = scope
            .turns_before(self.turn.conversation_id, up_to_here, HISTORY_TURNS)
            .await?;
        turns.reverse();
        let ids: Vec<_> = turns.iter().map(|turn| turn.id).collect();
        let mut by_turn: HashMap<_, Vec<Entry>> = HashMap::new();
        for entry in scope.entries(&ids).await? {
            by_turn.entry(entry.turn_id).or_default().push(entry);
        }
        let mut history = Vec::new();
        for turn in turns {
            let entries = by_turn.remove(&turn.id).unwrap_or_default();
            // A message that came to nothing was sent again or thought better of: a model that saw
            // it would act on it once more.
            let came_to_nothing = turn.state.is_final()
                && turn.state != TurnState::Completed
                && !entries
                    .iter()
                    .any(|entry| !matches!(entry.body, EntryBody::User { .. }));
            if !came_to_nothing {
                history.extend(entries);
            }
        }
        Ok(history)
    }

    async fn append(&self, bodies: Vec<EntryBody>) -> Result<Vec<Entry>> {
        let mut state = self.state.lock().await;
        let known = state.entries.len();
        self.write(&mut state, bodies, Vec::new()).await?;
        Ok(state.entries.iter().skip(known).cloned().collect())
    }

    async fn ask_person(&self, calls: Vec<Call>, reason: ApprovalReason) -> Result<()> {
        let mut state = self.state.lock().await;
        state.begin_write()?;
        let (id, now) = (self.turn.id, self.clock.now());
        let asked = Approval {
            id: ApprovalId::new(),
            conversation_id: self.turn.conversation_id,
            turn_id: id,
            calls,
            reason,
            state: ApprovalState::Pending,
            created_at: now,
            expires_at: now + self.approval_ttl,
            decided_at: None,
        };
        let mut events = state.take_pending();
        events.push(EventBody::ApprovalRequested(asked.clone()));
        let tx = self.store.begin(&self.user).await?;
        let happened = tx.append_events(id, Some(self.lease), events, now).await?;
        tx.park_turn(id, self.lease, state.usage).await?;
        tx.insert_approval(&asked).await?;
        let body = EntryBody::ApprovalRequested(asked);
        tx.append_entries(self.turn.conversation_id, id, vec![body], None, now)
            .await?;
        tx.commit().await?;
        self.wakes.happened(id, happened);
        Ok(())
    }

    async fn delta(&self, text: &str) -> Result<()> {
        let mut state = self.state.lock().await;
        let first = state.pending.is_empty();
        state.pending.push_str(text);
        state.step.push_str(text);
        if state.pending.len() >= COALESCE_BYTES {
            return self.write_text(&mut state).await;
        }
        if first && !text.is_empty() {
            self.text_waits.notify_one();
        }
        Ok(())
    }

    async fn used(&self, usage: Usage) -> Result<()> {
        let total = &mut self.state.lock().await.usage;
        total.input_tokens = total.input_tokens.saturating_add(usage.input_tokens);
        total.output_tokens = total.output_tokens.saturating_add(usage.output_tokens);
        Ok(())
    }
}
