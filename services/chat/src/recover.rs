//! Taking up a turn whose process has died: on with it, or closed with what was said kept.

use taskchat_domain::{Entry, EntryBody, EventBody, Result, TurnState, UserId};
use taskchat_store::Store;

use crate::journal::TurnJournal;

/// Events read at once.
const BATCH: u32 = 256;

/// Whether the agent can go on with the turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Recovered {
    /// Everything that was sent is also stored: the next step follows from the entries.
    GoOn,
    /// The process died in the middle of a text; the turn is closed, so.
    Closed(TurnState),
}

/// Brings the journal of a turn that had begun in order.
pub(crate) async fn recover(
    store: &Store,
    user: &UserId,
    journal: &TurnJournal,
) -> Result<Recovered> {
    let sent = sent_text(store, user, journal).await?;
    let entries = journal.entries().await;
    match unstored(&sent, &entries) {
        None => Ok(Recovered::GoOn),
        Some(text) => {
            // Asking the model again would word it differently, and followers have seen this.
            let ended = if journal.turn().cancel_requested {
                TurnState::Cancelled
            } else {
                TurnState::Interrupted
            };
            journal.has_sent(text).await;
            let said = EntryBody::Model {
                text: text.to_owned(),
            };
            journal.close(vec![said], ended, None).await?;
            Ok(Recovered::Closed(ended))
        }
    }
}

/// The deltas of a turn, joined.
async fn sent_text(store: &Store, user: &UserId, journal: &TurnJournal) -> Result<String> {
    let scope = store.as_user(user);
    let mut sent = String::new();
    let mut after = 0;
    loop {
        let events = scope.events(journal.turn().id, after, BATCH).await?;
        let Some(last) = events.last() else {
            return Ok(sent);
        };
        after = last.seq;
        for event in &events {
            if let EventBody::TextDelta { text } = &event.body {
                sent.push_str(text);
            }
        }
    }
}

/// What was sent beyond the stored texts.
fn unstored<'a>(sent: &'a str, entries: &[Entry]) -> Option<&'a str> {
    let stored: usize = entries
        .iter()
        .map(|entry| match &entry.body {
            EntryBody::Model { text } => text.len(),
            _ => 0,
        })
        .sum();
    sent.get(stored..).filter(|rest| !rest.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use taskchat_domain::{Clock, EntryId, SystemClock, TurnId};

    #[test]
    fn text_beyond_the_entries_is_unstored() {
        let entry = |text: &str| Entry {
            id: EntryId::new(),
            turn_id: TurnId::new(),
            seq: 1,
            body: EntryBody::Model {
                text: text.to_owned(),
            },
            created_at: SystemClock.now(),
        };
        assert_eq!(unstored("", &[]), None);
        assert_eq!(unstored("hé", &[]), Some("hé"));
        assert_eq!(unstored("hé", &[entry("hé")]), None);
        assert_eq!(unstored("hé there", &[entry("hé")]), Some(" there"));
    }
}
