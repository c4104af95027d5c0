//! How a turn ends that was stopped: with what was said, and an answer to every call.
//!
//! Nothing is stored here. A text that is stored while its turn is still open looks like an answer
//! to whoever takes the turn up, so the last entries go along with the end.

use taskchat_domain::{Entry, EntryBody, Failure, FailureKind, TurnId};

use super::failure;
use crate::{
    Ending, Limits,
    next::{OpenCall, Step, bodies, next},
    toolbox::refusal,
};

/// A turn at the moment it was stopped.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scene<'a> {
    /// What is stored.
    pub(super) history: &'a [Entry],
    /// Which turn.
    pub(super) turn: TurnId,
    pub(super) limits: &'a Limits,
    /// Text that followers have seen and that is not stored yet.
    pub(super) said: &'a str,
}

impl Scene<'_> {
    /// The person, or the process going down, has stopped it.
    pub(super) fn cancelled(&self) -> Ending {
        Ending::Cancelled {
            last: self.last(None),
        }
    }

    /// It is given up.
    pub(super) fn failed(&self, kind: FailureKind) -> Ending {
        Ending::Failed {
            failure: Failure {
                kind,
                text: failure::words(kind, self.has_changed_something()),
            },
            last: self.last(Some(kind)),
        }
    }

    fn last(&self, failed: Option<FailureKind>) -> Vec<EntryBody> {
        let mut last = Vec::new();
        if !self.said.is_empty() {
            last.push(EntryBody::Model {
                text: self.said.to_owned(),
            });
        }
        if let Step::CallTools(open) | Step::Wait(open) = next(self.history, self.turn, self.limits)
        {
            let (code, message) = failure::unrun(failed);
            for OpenCall { call, .. } in open {
                last.push(EntryBody::Result(refusal(&call.id, code, message)));
            }
        }
        last
    }

    fn has_changed_something(&self) -> bool {
        bodies(self.history, self.turn)
            .any(|body| matches!(body, EntryBody::Result(result) if result.receipt.is_some()))
    }
}
