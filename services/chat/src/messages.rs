//! Messages: turns as people read them, a question and an answer each.

use serde::{Deserialize, Serialize};
use taskchat_domain::{
    Approval, ConversationId, Entry, EntryBody, Message, Page, PageRequest, Reply, Result, Role,
    Turn, TurnState, UserId,
};

use crate::Chat;

/// The oldest message of the page before.
#[derive(Serialize, Deserialize)]
struct Position {
    ordinal: i32,
    role: Role,
}

impl Chat {
    /// The messages of a conversation, oldest first within the page. The first page is the latest;
    /// its token leads back in time.
    ///
    /// # Errors
    /// [`taskchat_domain::Error::NotFound`] for the conversation, and
    /// [`taskchat_domain::Error::Invalid`] for a page token that is not one.
    pub async fn messages(
        &self,
        user: &UserId,
        id: ConversationId,
        page: &PageRequest,
    ) -> Result<Page<Message>> {
        let before: Option<Position> = page.cursor()?;
        self.conversation(user, id).await?;

        let scope = self.store.as_user(user);
        // The turn the position stands in may still owe its question.
        let below = before.as_ref().map(|position| match position.role {
            Role::Assistant => position.ordinal.saturating_add(1),
            Role::User => position.ordinal,
        });
        // Every turn has at least one message, most have two; one message more than asked for
        // tells whether there is another page.
        let turns = scope.turns_before(id, below, page.size + 2).await?;
        let ids: Vec<_> = turns.iter().map(|turn| turn.id).collect();
        let entries = scope.entries(&ids).await?;

        let newest_first: Vec<(i32, Message)> = turns
            .iter()
            .flat_map(|turn| {
                let answer = answer(turn, &entries);
                let question = question(turn, &entries);
                answer
                    .into_iter()
                    .chain(question)
                    .map(|message| (turn.ordinal, message))
            })
            .filter(|(ordinal, message)| {
                before.as_ref().is_none_or(|position| {
                    *ordinal < position.ordinal
                        || (position.role == Role::Assistant && message.role == Role::User)
                })
            })
            .take(page.size as usize + 1)
            .collect();
        let mut page =
            Page::from_surplus(newest_first, page.size, |(ordinal, message)| Position {
                ordinal: *ordinal,
                role: message.role,
            })?;
        page.items.reverse();
        let calls = page
            .items
            .iter_mut()
            .flat_map(|(_, message)| &mut message.tool_calls);
        self.refresh(user, calls).await?;
        Ok(page.map(|(_, message)| message))
    }
}

fn question(turn: &Turn, entries: &[Entry]) -> Option<Message> {
    let entry = entries
        .iter()
        .find(|entry| entry.id == turn.user_message_id)?;
    let EntryBody::User { text } = &entry.body else {
        return None;
    };
    Some(Message {
        id: entry.id,
        role: Role::User,
        content: text.clone(),
        tool_calls: Vec::new(),
        notices: Vec::new(),
        approvals: Vec::new(),
        failure: None,
        created_at: entry.created_at,
        conversation_id: turn.conversation_id,
        turn_id: turn.id,
        status: turn.state,
    })
}

/// The assistant's message; `None` while the turn waits for those before it.
fn answer(turn: &Turn, entries: &[Entry]) -> Option<Message> {
    if turn.state == TurnState::Queued && turn.last_seq == 0 {
        return None;
    }
    let reply = Reply::fold(turn, entries);
    let last_entry = entries
        .iter()
        .rev()
        .find(|entry| entry.turn_id == turn.id)
        .map(|entry| entry.created_at);
    Some(Message {
        id: turn.message_id,
        role: Role::Assistant,
        content: reply.text,
        tool_calls: reply.tool_calls,
        notices: reply.notices,
        approvals: approvals(turn, entries),
        failure: turn.failure.clone(),
        created_at: turn.ended_at.or(last_entry).unwrap_or(turn.created_at),
        conversation_id: turn.conversation_id,
        turn_id: turn.id,
        status: turn.state,
    })
}

/// What the person was asked in a turn, in that order, and what came of it.
fn approvals(turn: &Turn, entries: &[Entry]) -> Vec<Approval> {
    let mut asked: Vec<Approval> = Vec::new();
    for entry in entries.iter().filter(|entry| entry.turn_id == turn.id) {
        match &entry.body {
            EntryBody::ApprovalRequested(question) => asked.push(question.clone()),
            EntryBody::ApprovalDecided(answer) => {
                if let Some(question) = asked.iter_mut().find(|it| it.id == answer.id) {
                    question.clone_from(answer);
                }
            }
            _ => {}
        }
    }
    asked
}
