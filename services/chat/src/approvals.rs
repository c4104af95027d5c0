//! The person's word on what the assistant is about to do: given once, and an entry like any other.

use taskchat_domain::{
    Approval, ApprovalId, ApprovalState, Decision, EntryBody, Error, EventBody, Noun, Result,
    Timestamp, UserId,
};
use taskchat_store::{Store, UserTx};

use crate::Chat;

impl Chat {
    /// Allows or forbids what an approval asks about; its turn then goes on before all others of the
    /// conversation. The same decision again is no error and changes nothing.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the approval is unknown or somebody else's,
    /// [`Error::ApprovalClosed`] when it has expired or was decided otherwise, and
    /// [`Error::Conflict`] while its turn is being stopped.
    pub async fn decide(
        &self,
        user: &UserId,
        id: ApprovalId,
        decision: Decision,
    ) -> Result<Approval> {
        let asked = self.own_approval(user, id).await?;
        if asked.state == ApprovalState::Pending
            && let Some(closed) = self.close(user, &asked, decision).await?
        {
            return as_wished(closed, decision);
        }
        // It was closed before, or somebody else was faster.
        let closed = self.own_approval(user, id).await?;
        if closed.state == ApprovalState::Pending {
            return Err(Error::Conflict {
                field: None,
                problem: "the turn is being stopped".into(),
            });
        }
        as_wished(closed, decision)
    }

    /// One transaction: whoever commits it has decided. `None` when somebody else has.
    async fn close(
        &self,
        user: &UserId,
        asked: &Approval,
        decision: Decision,
    ) -> Result<Option<Approval>> {
        let now = self.clock.now();
        let tx = self.store.begin(user).await?;
        let Some(closed) = close(&tx, asked, word(asked, decision, now), now).await? else {
            return Ok(None);
        };
        tx.commit().await?;
        self.go_on(&closed);
        Ok(Some(closed))
    }

    /// Has the turn taken up that waited for an approval.
    pub(crate) fn go_on(&self, closed: &Approval) {
        self.wakes.wake(closed.turn_id);
        self.runner.nudge(closed.conversation_id);
    }

    /// An approval in a conversation that has not been deleted.
    async fn own_approval(&self, user: &UserId, id: ApprovalId) -> Result<Approval> {
        let scope = self.store.as_user(user);
        let unknown = Error::NotFound(Noun::Approval);
        let Some(approval) = scope.approval(id).await? else {
            return Err(unknown);
        };
        match scope.conversation(approval.conversation_id).await? {
            Some(_) => Ok(approval),
            None => Err(unknown),
        }
    }
}

/// What a decision comes to at this moment: one that is late is none.
pub(crate) fn word(asked: &Approval, decision: Decision, now: Timestamp) -> ApprovalState {
    if asked.expires_at <= now {
        ApprovalState::Expired
    } else {
        decision.into()
    }
}

/// Closes an open approval and lets its turn go on. `None` when it is not open any more or the turn
/// is to be stopped; the transaction is then to be dropped.
pub(crate) async fn close(
    tx: &UserTx,
    open: &Approval,
    state: ApprovalState,
    at: Timestamp,
) -> Result<Option<Approval>> {
    // The turn first, as everywhere: this is what one of many wins.
    if !tx.unpark_turn(open.turn_id).await? || !tx.close_approval(open.id, state, at).await? {
        return Ok(None);
    }
    let closed = open.clone().closed(state, at);
    let event = EventBody::ApprovalDecided(closed.clone());
    tx.append_events(open.turn_id, None, vec![event], at)
        .await?;
    let entry = EntryBody::ApprovalDecided(closed.clone());
    tx.append_entries(open.conversation_id, open.turn_id, vec![entry], None, at)
        .await?;
    Ok(Some(closed))
}

/// Closes an approval that nobody has answered in time; `None` when somebody has after all.
pub(crate) async fn expire(
    store: &Store,
    user: &UserId,
    overdue: &Approval,
    at: Timestamp,
) -> Result<Option<Approval>> {
    let tx = store.begin(user).await?;
    let closed = close(&tx, overdue, ApprovalState::Expired, at).await?;
    if closed.is_some() {
        tx.commit().await?;
    }
    Ok(closed)
}

fn as_wished(closed: Approval, decision: Decision) -> Result<Approval> {
    if closed.state == decision.into() {
        Ok(closed)
    } else {
        Err(Error::ApprovalClosed(closed.state))
    }
}
