//! Changes by other assistants: they act with the person's own token, so whoever wants to be asked
//! before every change is asked about theirs as well.
//!
//! The question is a turn of a conversation of its own, which says what is asked and waits for the
//! person. It makes no call: once it is approved, the other assistant makes the very call again.

use sha2::{Digest, Sha256};
use taskchat_domain::{
    Approval, ApprovalId, ApprovalPolicy, ApprovalReason, ApprovalState, Call, Entry, EntryBody,
    Error, EventBody, Result, TimeZone, TurnId, UserId,
};

use crate::{
    Chat, IfBusy, Send,
    journal::first_event,
    start::{Opening, Request, open_conversation, opened},
};

impl Chat {
    /// The person's word on a call of another assistant; asks them when nobody has under this key.
    /// `None` when they do not want to be asked.
    ///
    /// # Errors
    /// [`Error::AlreadyExists`] when the key was used for another call, [`Error::Exhausted`] at a
    /// limit.
    pub async fn ask_about(
        &self,
        user: &UserId,
        call: Call,
        key: &str,
    ) -> Result<Option<Approval>> {
        let policy = self.store.as_user(user).approval_policy().await?;
        if policy != ApprovalPolicy::Always {
            return Ok(None);
        }
        match self.ask_once(user, &call, key).await {
            // The same key won the race in another transaction; the second look finds it.
            Err(Error::AlreadyExists(_)) => self.ask_once(user, &call, key).await.map(Some),
            asked => asked.map(Some),
        }
    }

    async fn ask_once(&self, user: &UserId, call: &Call, key: &str) -> Result<Approval> {
        let request_id = format!("outside:{key}");
        let body_hash = hash(call);
        let tx = self.store.begin(user).await?;
        if let Some((turn, known)) = tx.turn_by_request(&request_id).await? {
            drop(tx);
            if known != body_hash {
                let problem = "this idempotency key was used for another call";
                return Err(Error::AlreadyExists(problem.into()));
            }
            return self.asked_in(user, turn.id).await;
        }
        self.lock_limits(&tx).await?;
        let now = self.clock.now();
        let question = format!("(Another assistant) May I use {}?", call.tool);
        let conversation = open_conversation(&tx, &question, now).await?;
        let is_busy = false;
        self.check_limits(&tx, is_busy, now).await?;
        let send = Send {
            message: question,
            conversation_id: Some(conversation),
            request_id: Some(request_id),
            time_zone: TimeZone::UTC,
            if_busy: IfBusy::Enqueue,
        };
        let request = Request::new(&send.message, &body_hash);
        let (turn, _) = opened(&tx, conversation, &send, request, Opening::Asks, now).await?;
        let asked = Approval {
            id: ApprovalId::new(),
            conversation_id: conversation,
            turn_id: turn.id,
            calls: vec![call.clone()],
            reason: ApprovalReason::Always,
            state: ApprovalState::Pending,
            created_at: now,
            expires_at: now + self.config.approval_ttl,
            decided_at: None,
        };
        let text = ANSWER.to_owned();
        let events = vec![
            first_event(&turn),
            EventBody::TextDelta { text: text.clone() },
            EventBody::ApprovalRequested(asked.clone()),
        ];
        tx.append_events(turn.id, None, events, now).await?;
        tx.insert_approval(&asked).await?;
        let said = EntryBody::Model { text };
        let entries = vec![said, EntryBody::ApprovalRequested(asked.clone())];
        tx.append_entries(conversation, turn.id, entries, None, now)
            .await?;
        tx.commit().await?;
        Ok(asked)
    }

    /// What was asked in such a turn, and what came of it.
    async fn asked_in(&self, user: &UserId, turn: TurnId) -> Result<Approval> {
        let entries = self.store.as_user(user).entries(&[turn]).await?;
        let asked = entries.into_iter().rev().find_map(question);
        asked.ok_or_else(|| Error::internal("a turn without the question it was opened for"))
    }
}

/// The system's words: no model is asked, and the turn ends with the person's answer.
const ANSWER: &str = "An assistant that you have connected waits for your word on this. \
                      It will try again once you have answered.";

fn question(entry: Entry) -> Option<Approval> {
    match entry.body {
        EntryBody::ApprovalRequested(asked) | EntryBody::ApprovalDecided(asked) => Some(asked),
        _ => None,
    }
}

/// Tells the same call from another one under the same key.
fn hash(call: &Call) -> String {
    let mut hash = Sha256::new();
    hash.update(call.tool.as_bytes());
    // Names of tools have no NUL.
    hash.update([0]);
    hash.update(call.arguments.to_string().as_bytes());
    hash.finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
