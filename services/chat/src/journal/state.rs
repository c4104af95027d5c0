//! What a journal remembers of its turn between writes. Nothing is stored from here.

use std::collections::HashMap;

use taskchat_domain::{CallId, Entry, EntryBody, Error, EventBody, Kind, Result, ToolCall, Usage};

/// The turn so far, as it was stored from here.
#[derive(Debug, Default)]
pub(super) struct State {
    /// Deltas not yet written.
    pub(super) pending: String,
    /// Deltas of the current step, written or not; its Model entry must be the same.
    pub(super) step: String,
    pub(super) entries: Vec<Entry>,
    calls: HashMap<CallId, ToolCall>,
    pub(super) usage: Usage,
    /// The usage as stored from here; `None` before that.
    pub(super) counted: Option<Usage>,
    /// After a write that is not known to have succeeded nothing is written any more: what is stored
    /// may differ from what is remembered here, and whoever takes the turn up reads it anew.
    latest: Write,
}

/// How the latest write went.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Write {
    #[default]
    Stored,
    /// Begun; and not ended, or ended badly.
    InDoubt(Kind),
    /// Somebody else runs the turn.
    LeaseLost,
}

impl State {
    /// Refuses when the outcome of an earlier write is not known.
    pub(super) fn begin_write(&mut self) -> Result<()> {
        match self.latest {
            Write::Stored => {
                self.latest = Write::InDoubt(Kind::Unavailable);
                Ok(())
            }
            Write::InDoubt(kind) => {
                let cause = "an earlier write to the turn may not have succeeded";
                Err(match kind {
                    Kind::Unavailable => Error::Unavailable(cause.into()),
                    // It would fail again.
                    _ => Error::internal(cause),
                })
            }
            Write::LeaseLost => Err(Error::Conflict {
                field: None,
                problem: "the turn is run by another process".into(),
            }),
        }
    }

    /// Notes how it went.
    pub(super) fn end_write(&mut self, written: &Result<()>) {
        self.latest = match written {
            Ok(()) => Write::Stored,
            Err(cause) if cause.kind() == Kind::Conflict => Write::LeaseLost,
            Err(cause) => Write::InDoubt(cause.kind()),
        };
    }

    /// The text that waits, as an event.
    pub(super) fn take_pending(&mut self) -> Vec<EventBody> {
        if self.pending.is_empty() {
            return Vec::new();
        }
        vec![EventBody::TextDelta {
            text: std::mem::take(&mut self.pending),
        }]
    }

    /// What followers see of an entry about to be stored.
    pub(super) fn event_of(&mut self, body: &EntryBody) -> Option<EventBody> {
        match body {
            EntryBody::User { .. } => None,
            EntryBody::Model { text } => {
                // Deltas joined are the text; whatever was not streamed is sent now.
                let streamed = std::mem::take(&mut self.step);
                text.strip_prefix(streamed.as_str())
                    .filter(|rest| !rest.is_empty())
                    .map(|rest| EventBody::TextDelta {
                        text: rest.to_owned(),
                    })
            }
            EntryBody::Call(call) => Some(EventBody::ToolCalled(call.clone().into())),
            EntryBody::Result(result) => {
                let mut call = self.calls.get(&result.call_id)?.clone();
                call.result = Some(result.content.clone());
                call.is_error = result.is_error;
                call.receipt.clone_from(&result.receipt);
                Some(EventBody::ToolReturned(call))
            }
            EntryBody::ApprovalRequested(asked) => {
                Some(EventBody::ApprovalRequested(asked.clone()))
            }
            EntryBody::ApprovalDecided(closed) => Some(EventBody::ApprovalDecided(closed.clone())),
            EntryBody::Notice(notice) => Some(EventBody::Notice(notice.clone())),
        }
    }

    /// Remembers a stored entry.
    pub(super) fn note(&mut self, entry: Entry) {
        if let EntryBody::Call(call) = &entry.body {
            self.calls.insert(call.id.clone(), call.clone().into());
        }
        self.entries.push(entry);
    }
}
