//! A plain yes or no in chat, which decides the one approval that the conversation waits for.

use taskchat_domain::{
    Approval, ApprovalState, Decision, EntryBody, EventBody, Result, Turn, TurnState, Usage,
};
use taskchat_store::UserTx;

use crate::{
    Chat, Send,
    approvals::{close, word},
    journal::{first_event, last_event},
    start::{Opening, Request, opened},
};

/// All there is to say yes. Anything longer is a message to the assistant.
const YES: [&str; 14] = [
    "yes",
    "y",
    "yep",
    "yeah",
    "yes please",
    "sure",
    "ok",
    "okay",
    "approve",
    "approved",
    "confirm",
    "go ahead",
    "do it",
    "yes, do it",
];

/// All there is to say no.
const NO: [&str; 12] = [
    "no",
    "n",
    "nope",
    "no thanks",
    "no, thanks",
    "deny",
    "denied",
    "cancel",
    "cancel that",
    "don't",
    "do not",
    "don't do it",
];

/// What a message decides, if it is nothing but a decision.
pub(crate) fn plain(message: &str) -> Option<Decision> {
    let words: Vec<&str> = message.split_whitespace().collect();
    let said = words.join(" ").to_lowercase().replace('’', "'");
    let said = said.trim_end_matches(['.', '!']);
    if YES.contains(&said) {
        Some(Decision::Approve)
    } else if NO.contains(&said) {
        Some(Decision::Deny)
    } else {
        None
    }
}

/// What the system answers, without asking a model.
const fn answer(state: ApprovalState) -> &'static str {
    match state {
        ApprovalState::Approved => "Approved.",
        ApprovalState::Expired => "That request has expired. Nothing was changed.",
        ApprovalState::Denied | ApprovalState::Pending => "Denied. Nothing was changed.",
    }
}

impl Chat {
    /// Takes a message as the answer to an approval: it gets a turn of its own, which is over at
    /// once, and the turn that waited goes on. `None` when somebody else has answered meanwhile: then
    /// it is a message like any other.
    pub(crate) async fn decide_by_message(
        &self,
        tx: UserTx,
        send: &Send,
        request: Request<'_>,
        (asked, decision): (&Approval, Decision),
    ) -> Result<Option<Turn>> {
        let now = self.clock.now();
        // The turn that asked is unfinished.
        let is_busy = true;
        self.check_limits(&tx, is_busy, now).await?;
        let state = word(asked, decision, now);
        let Some(closed) = close(&tx, asked, state, now).await? else {
            return Ok(None);
        };
        // The conversation is locked by now: times are in the order of arrival, too.
        let now = self.clock.now();
        let (mut turn, _) = opened(
            &tx,
            asked.conversation_id,
            send,
            request,
            Opening::Waits,
            now,
        )
        .await?;
        let text = answer(state).to_owned();
        let said = EntryBody::Model { text: text.clone() };
        let entries = tx
            .append_entries(turn.conversation_id, turn.id, vec![said], None, now)
            .await?;
        let ended = TurnState::Completed;
        let usage = Usage::default();
        let events = vec![
            first_event(&turn),
            EventBody::TextDelta { text },
            last_event(&turn, &entries, ended, None, usage),
        ];
        let stored = tx.append_events(turn.id, None, events, now).await?;
        tx.finish_turn(turn.id, None, ended, None, usage, now)
            .await?;
        tx.commit().await?;
        turn.state = ended;
        turn.ended_at = Some(now);
        turn.last_seq = stored.last().map_or(0, |event| event.seq);
        self.go_on(&closed);
        Ok(Some(turn))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decision_is_all_that_is_said() {
        for (message, expected) in [
            ("yes", Some(Decision::Approve)),
            (" Yes! ", Some(Decision::Approve)),
            ("OK.", Some(Decision::Approve)),
            ("go  ahead", Some(Decision::Approve)),
            ("no", Some(Decision::Deny)),
            ("Don’t", Some(Decision::Deny)),
            ("cancel that.", Some(Decision::Deny)),
            ("yes?", None),
            ("yes and no", None),
            ("yes, and add milk", None),
            ("no milk today", None),
            ("", None),
            ("what would you delete", None),
        ] {
            assert_eq!(plain(message), expected, "{message:?}");
        }
    }
}
