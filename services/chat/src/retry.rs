//! Trying a turn again that came to nothing, or not to all.

use taskchat_domain::{EntryBody, Error, Result, Turn, TurnId, TurnState, UserId};

use crate::{Chat, IfBusy, Send};

impl Chat {
    /// Sends the message of a turn that failed, was stopped or was interrupted once more: a new turn
    /// of the same conversation, which sees what the first one did. Trying the same turn again twice
    /// gives the same new turn.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the turn is unknown or somebody else's, [`Error::NotRetryable`] when
    /// it is under way or was answered; otherwise as [`Self::start`].
    pub async fn retry(&self, user: &UserId, id: TurnId) -> Result<Turn> {
        let turn = self.own_turn(user, id).await?;
        match turn.state {
            TurnState::Failed | TurnState::Cancelled | TurnState::Interrupted => {}
            TurnState::Queued
            | TurnState::Running
            | TurnState::WaitingForApproval
            | TurnState::Completed => {
                return Err(Error::NotRetryable);
            }
        }
        let entries = self.store.as_user(user).entries(&[id]).await?;
        let message = entries.into_iter().find_map(|entry| match entry.body {
            EntryBody::User { text } => Some(text),
            _ => None,
        });
        let again = Send {
            message: message.ok_or_else(|| Error::internal("a turn without a message"))?,
            conversation_id: Some(turn.conversation_id),
            request_id: Some(format!("retry:{id}")),
            time_zone: turn.time_zone,
            if_busy: IfBusy::Enqueue,
        };
        self.start(user, again).await
    }
}
