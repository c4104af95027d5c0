//! A journal in memory that checks what it is told.

use std::sync::Mutex;

use async_trait::async_trait;
use taskchat_domain::{
    Approval, ApprovalId, ApprovalReason, ApprovalState, Call, Clock, ConversationId, Entry,
    EntryBody, EntryId, Error, Result, SystemClock, TurnId, Usage,
};

use crate::Journal;

/// The record of one turn.
#[derive(Debug)]
pub(crate) struct MemoryJournal {
    turn: TurnId,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    entries: Vec<Entry>,
    deltas: Vec<String>,
    step: String,
    used: Usage,
    /// Appends that still succeed; all do while it is `None`.
    appends_left: Option<usize>,
}

impl MemoryJournal {
    /// The journal of a turn that stands after these entries.
    pub(crate) fn after(turn: TurnId, bodies: Vec<EntryBody>) -> Self {
        let journal = Self {
            turn,
            state: Mutex::default(),
        };
        journal.state.lock().unwrap().store(turn, bodies);
        journal
    }

    /// Fails all appends but the first few.
    pub(crate) fn failing_after(self, appends: usize) -> Self {
        self.state.lock().unwrap().appends_left = Some(appends);
        self
    }

    /// What the turn's entries say, beyond the person's message.
    pub(crate) fn bodies(&self) -> Vec<EntryBody> {
        let state = self.state.lock().unwrap();
        let bodies = state.entries.iter().map(|entry| entry.body.clone());
        bodies
            .filter(|body| !matches!(body, EntryBody::User { .. }))
            .collect()
    }

    /// One letter an entry: t(ext), c(all), r(esult), e(rror), n(otice), a(sked), d(ecided).
    pub(crate) fn script(&self) -> String {
        self.bodies()
            .iter()
            .map(|body| match body {
                EntryBody::User { .. } => 'u',
                EntryBody::Model { .. } => 't',
                EntryBody::Call(_) => 'c',
                EntryBody::Result(result) if result.is_error => 'e',
                EntryBody::Result(_) => 'r',
                EntryBody::ApprovalRequested(_) => 'a',
                EntryBody::ApprovalDecided(_) => 'd',
                EntryBody::Notice(_) => 'n',
            })
            .collect()
    }

    /// The codes of failed results.
    pub(crate) fn codes(&self) -> Vec<String> {
        self.bodies()
            .iter()
            .filter_map(|body| match body {
                EntryBody::Result(result) => result.content.pointer("/error/code")?.as_str(),
                _ => None,
            })
            .map(str::to_owned)
            .collect()
    }

    /// All texts, joined.
    pub(crate) fn text(&self) -> String {
        self.bodies()
            .iter()
            .filter_map(|body| match body {
                EntryBody::Model { text } => Some(text.as_str()),
                _ => None,
            })
            .collect()
    }

    /// All deltas, joined.
    pub(crate) fn told(&self) -> String {
        self.state.lock().unwrap().deltas.concat()
    }

    pub(crate) fn usage(&self) -> Usage {
        self.state.lock().unwrap().used
    }
}

impl State {
    fn store(&mut self, turn: TurnId, bodies: Vec<EntryBody>) -> Vec<Entry> {
        let now = SystemClock.now();
        let stored: Vec<Entry> = bodies
            .into_iter()
            .enumerate()
            .map(|(at, body)| Entry {
                id: EntryId::new(),
                turn_id: turn,
                seq: i32::try_from(self.entries.len() + at + 1).unwrap(),
                body,
                created_at: now,
            })
            .collect();
        self.entries.extend(stored.iter().cloned());
        stored
    }
}

#[async_trait]
impl Journal for MemoryJournal {
    async fn history(&self) -> Result<Vec<Entry>> {
        Ok(self.state.lock().unwrap().entries.clone())
    }

    async fn append(&self, bodies: Vec<EntryBody>) -> Result<Vec<Entry>> {
        let mut state = self.state.lock().unwrap();
        if let Some(left) = &mut state.appends_left {
            *left = left
                .checked_sub(1)
                .ok_or_else(|| Error::internal("the lease was lost"))?;
        }
        assert!(!bodies.is_empty());
        let mut texts = bodies.iter().filter_map(|body| match body {
            EntryBody::Model { text } => Some(text.as_str()),
            _ => None,
        });
        assert_eq!(
            texts.next().unwrap_or_default(),
            state.step,
            "text and deltas"
        );
        assert_eq!(texts.next(), None, "one text a step");
        state.step.clear();
        Ok(state.store(self.turn, bodies))
    }

    async fn ask_person(&self, calls: Vec<Call>, reason: ApprovalReason) -> Result<()> {
        let now = SystemClock.now();
        let asked = EntryBody::ApprovalRequested(Approval {
            id: ApprovalId::new(),
            conversation_id: ConversationId::new(),
            turn_id: self.turn,
            calls,
            reason,
            state: ApprovalState::Pending,
            created_at: now,
            expires_at: now,
            decided_at: None,
        });
        self.append(vec![asked]).await.map(drop)
    }

    async fn delta(&self, text: &str) -> Result<()> {
        assert!(!text.is_empty());
        let mut state = self.state.lock().unwrap();
        state.deltas.push(text.to_owned());
        state.step.push_str(text);
        Ok(())
    }

    async fn used(&self, usage: Usage) -> Result<()> {
        let used = &mut self.state.lock().unwrap().used;
        used.input_tokens += usage.input_tokens;
        used.output_tokens += usage.output_tokens;
        Ok(())
    }
}
