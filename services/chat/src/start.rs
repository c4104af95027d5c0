//! Taking a message in: one transaction that checks, deduplicates, stores and opens a turn.

use std::{sync::Arc, time::Duration};

use sha2::{Digest, Sha256};
use taskchat_domain::{
    Conversation, ConversationId, ConversationTitle, Entry, EntryBody, EntryId, Error, Noun,
    Result, TimeZone, Timestamp, Turn, TurnId, TurnState, Usage, UserId,
};
use taskchat_store::{EventNumbers, Lease, UserTx};
use tracing::Instrument;

use crate::{Chat, journal::first_event, leased::Leased, word};

/// The longest message, in bytes of UTF-8 after trimming.
const MAX_MESSAGE: usize = 32 * 1024;

/// A message to the assistant.
#[derive(Debug, Clone)]
pub struct Send {
    /// What the person says; trimmed here.
    pub message: String,
    /// Where; a new conversation when `None`.
    pub conversation_id: Option<ConversationId>,
    /// Makes a retry safe: the same id and message give the same turn.
    pub request_id: Option<String>,
    /// The zone in which dates are read.
    pub time_zone: TimeZone,
    /// What to do while the conversation is busy.
    pub if_busy: IfBusy,
}

/// What to do with a message while the conversation is busy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfBusy {
    /// Answer it after those before it.
    Enqueue,
    /// Refuse it.
    Reject,
}

impl Chat {
    /// Stores a message and opens its turn; both are committed on return. The turn runs on its own.
    ///
    /// # Errors
    /// [`Error::Invalid`] for the message, [`Error::NotFound`] for the conversation,
    /// [`Error::Busy`] when told to reject, [`Error::AlreadyExists`] when the request id was used
    /// for another message, [`Error::Exhausted`] at a limit.
    pub async fn start(&self, user: &UserId, send: Send) -> Result<Turn> {
        let text = checked(&send.message)?;
        let body_hash = body_hash(text, send.conversation_id);
        let request = Request::new(text, &body_hash);
        let turn = match self.open(user, &send, request).await {
            // The same request id won the race in another transaction; the second look finds it.
            Err(Error::AlreadyExists(_)) if send.request_id.is_some() => {
                self.open(user, &send, request).await?
            }
            other => other?,
        };
        if turn.state == TurnState::Queued {
            self.runner.nudge(turn.conversation_id);
        }
        Ok(turn)
    }

    async fn open(&self, user: &UserId, send: &Send, request: Request<'_>) -> Result<Turn> {
        let Request { text, body_hash } = request;
        let owner = self.runner.owner().await?;
        let mut tx = self.store.begin(user).await?;
        if let Some(request_id) = &send.request_id
            && let Some((turn, hash)) = tx.turn_by_request(request_id).await?
        {
            if hash != body_hash {
                return Err(Error::AlreadyExists(
                    "this request id was used for another message".into(),
                ));
            }
            return Ok(turn);
        }
        self.lock_limits(&tx).await?;
        if let (Some(decision), Some(id)) = (word::plain(text), send.conversation_id)
            && let Some(asked) = tx.open_approval(id).await?
        {
            let answer = (&asked, decision);
            if let Some(turn) = self.decide_by_message(tx, send, request, answer).await? {
                return Ok(turn);
            }
            tx = self.store.begin(user).await?;
            self.lock_limits(&tx).await?;
        }
        let is_busy = match send.conversation_id {
            Some(id) => enter(&tx, id, send.if_busy).await?,
            None => false,
        };
        // Not before the conversation is locked: times are in the order of arrival, too.
        let now = self.clock.now();
        let conversation_id = match send.conversation_id {
            Some(id) => id,
            None => open_conversation(&tx, text, now).await?,
        };
        self.check_limits(&tx, is_busy, now).await?;
        // With nothing before it, it begins here and now.
        let opening = match owner {
            Some(owner) if !is_busy => Opening::Runs(Lease {
                owner,
                until: now + self.config.lease,
            }),
            _ => Opening::Waits,
        };
        let (turn, said) = opened(&tx, conversation_id, send, request, opening, now).await?;
        match opening {
            Opening::Runs(lease) => {
                let leased = Leased::opened(user.clone(), turn.clone(), said, lease);
                self.begin(tx, leased).await?;
            }
            Opening::Waits | Opening::Asks => tx.commit().await?,
        }
        Ok(turn)
    }

    /// Commits a turn and runs it. On its own: what is committed is run, also when the caller is gone
    /// by then.
    async fn begin(&self, tx: UserTx, leased: Leased) -> Result<()> {
        let runner = Arc::clone(&self.runner);
        let begun = async move {
            tx.commit().await?;
            runner.begin(leased);
            Ok(())
        };
        self.tracker
            .spawn(begun.in_current_span())
            .await
            .map_err(Error::internal)?
    }

    /// What comes at once is counted one after the other, where anything is counted.
    pub(crate) async fn lock_limits(&self, tx: &UserTx) -> Result<()> {
        match (self.config.concurrent_turns, self.config.messages_per_day) {
            (0, 0) => Ok(()),
            _ => tx.lock_limits().await,
        }
    }

    /// Under [`Self::lock_limits`].
    pub(crate) async fn check_limits(
        &self,
        tx: &UserTx,
        is_busy: bool,
        now: Timestamp,
    ) -> Result<()> {
        let most = u64::from(self.config.concurrent_turns);
        // A message to a busy conversation waits for its turn and adds no load.
        if most > 0 && !is_busy && tx.active_conversations().await? >= most {
            return Err(Error::Exhausted {
                what: "too many conversations are being answered at once".into(),
                retry_after: Duration::from_secs(2),
            });
        }
        let most = u64::from(self.config.messages_per_day);
        if most > 0 {
            let since = now - Duration::from_secs(24 * 60 * 60);
            if tx.user_messages_since(since).await? >= most {
                return Err(Error::Exhausted {
                    what: "the number of messages for one day is used up".into(),
                    retry_after: Duration::from_secs(60 * 60),
                });
            }
        }
        Ok(())
    }
}

/// Makes sure that nobody else adds to the conversation meanwhile, and says whether it is busy.
async fn enter(tx: &UserTx, id: ConversationId, if_busy: IfBusy) -> Result<bool> {
    tx.lock_conversation(id)
        .await?
        .ok_or(Error::NotFound(Noun::Conversation))?;
    let is_busy = tx.is_busy(id).await?;
    if if_busy == IfBusy::Reject && is_busy {
        return Err(Error::Busy);
    }
    Ok(is_busy)
}

pub(crate) async fn open_conversation(
    tx: &UserTx,
    text: &str,
    now: Timestamp,
) -> Result<ConversationId> {
    let conversation = Conversation {
        id: ConversationId::new(),
        title: ConversationTitle::from_message(text),
        created_at: now,
        updated_at: now,
    };
    tx.insert_conversation(&conversation).await?;
    Ok(conversation.id)
}

/// What was asked for, checked, and by what it is known again.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Request<'a> {
    text: &'a str,
    body_hash: &'a str,
}

impl<'a> Request<'a> {
    pub(crate) const fn new(text: &'a str, body_hash: &'a str) -> Self {
        Self { text, body_hash }
    }
}

/// How a turn is opened.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Opening {
    /// It waits to be run.
    Waits,
    /// It has begun, under this lease.
    Runs(Lease),
    /// It waits for the person's answer to what is asked in it.
    Asks,
}

/// Stores a message and the turn it opens; the conversation is locked from here on.
pub(crate) async fn opened(
    tx: &UserTx,
    conversation_id: ConversationId,
    send: &Send,
    request: Request<'_>,
    opening: Opening,
    now: Timestamp,
) -> Result<(Turn, Entry)> {
    let (state, lease) = match opening {
        Opening::Waits => (TurnState::Queued, None),
        Opening::Runs(lease) => (TurnState::Running, Some(lease)),
        Opening::Asks => (TurnState::WaitingForApproval, None),
    };
    let (ordinal, place) = tx.next_turn(conversation_id, now).await?;
    let turn = Turn {
        id: TurnId::new(),
        conversation_id,
        ordinal,
        state,
        user_message_id: EntryId::new(),
        message_id: EntryId::new(),
        time_zone: send.time_zone,
        cancel_requested: false,
        failure: None,
        usage: Usage::default(),
        // It begins with its first event.
        last_seq: i32::from(lease.is_some()),
        created_at: now,
        ended_at: None,
    };
    let body_hash = request.body_hash;
    let known_by = send.request_id.as_deref().map(|id| (id, body_hash));
    tx.insert_turn(&turn, known_by, lease).await?;
    if lease.is_some() {
        let numbers = EventNumbers::of_new(&turn);
        tx.insert_events(numbers, vec![first_event(&turn)], now)
            .await?;
    }
    let said = EntryBody::User {
        text: request.text.to_owned(),
    };
    let first_id = Some(turn.user_message_id);
    let said = tx
        .insert_entries(place, turn.id, vec![said], first_id, now)
        .await?
        .pop()
        .ok_or_else(|| Error::internal("a message that was not stored"))?;
    Ok((turn, said))
}

fn checked(message: &str) -> Result<&str> {
    let text = message.trim();
    if text.is_empty() {
        return Err(Error::invalid("message", "field is required"));
    }
    if text.len() > MAX_MESSAGE {
        return Err(Error::invalid("message", "must be at most 32 KiB"));
    }
    if text.contains('\0') {
        return Err(Error::invalid("message", "must not contain NUL"));
    }
    Ok(text)
}

/// Tells a retry from another request under the same id.
fn body_hash(text: &str, conversation: Option<ConversationId>) -> String {
    let mut hash = Sha256::new();
    if let Some(id) = conversation {
        hash.update(id.uuid().as_bytes());
    }
    // Ids have a fixed length, so the two parts cannot run into each other; a first byte tells
    // whether there is one.
    hash.update([u8::from(conversation.is_some())]);
    hash.update(text.as_bytes());
    hash.finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_trimmed_and_bounded() {
        assert_eq!(checked("  hi \n").unwrap(), "hi");
        assert!(checked(&"a".repeat(MAX_MESSAGE)).is_ok());
        for bad in ["", " \t\n", "a\0b", &"a".repeat(MAX_MESSAGE + 1)] {
            let error = checked(bad).unwrap_err().to_string();
            assert!(error.starts_with("message "), "{error}");
        }
        assert_eq!(
            checked(" ").unwrap_err().to_string(),
            "message field is required"
        );
    }

    #[test]
    fn another_body_has_another_hash() {
        let id = Some(ConversationId::new());
        assert_eq!(body_hash("a", id), body_hash("a", id));
        assert_ne!(body_hash("a", id), body_hash("a", None));
        assert_ne!(body_hash("a", None), body_hash("b", None));
    }
}
