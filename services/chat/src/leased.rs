//! A turn that this process has leased.

use taskchat_domain::{Entry, Turn, UserId};
use taskchat_store::{Claimed, Lease};
use uuid::Uuid;

/// A turn to be run here, and what proves it.
#[derive(Debug)]
pub(crate) struct Leased {
    pub(crate) user: UserId,
    pub(crate) turn: Turn,
    pub(crate) lease: Uuid,
    /// The message that opened it, when it was opened for this run: there is nothing else of it yet.
    pub(crate) opening: Option<Entry>,
    /// How often it was taken up from a dead process without getting any further.
    pub(crate) take_ups: i32,
}

impl Leased {
    /// A turn that was opened under `lease` with this message.
    pub(crate) fn opened(user: UserId, turn: Turn, said: Entry, lease: Lease) -> Self {
        Self {
            user,
            turn,
            lease: lease.owner,
            opening: Some(said),
            take_ups: 0,
        }
    }

    /// A turn that was found in the database.
    pub(crate) fn claimed(claimed: Claimed, lease: Uuid) -> Self {
        Self {
            user: claimed.user,
            turn: claimed.turn,
            lease,
            opening: None,
            take_ups: claimed.take_ups,
        }
    }
}
