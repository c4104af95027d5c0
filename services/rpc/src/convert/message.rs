//! Messages.

use taskchat_domain::{Failure, Message, Role, UserId};
use taskchat_proto::v1;

use super::{approval, timestamp, turn};

pub(crate) fn message(message: &Message, owner: &UserId) -> v1::Message {
    v1::Message {
        id: message.id.to_string(),
        role: role(message.role).into(),
        content: message.content.clone(),
        tool_calls: turn::tool_calls(&message.tool_calls, owner),
        created_at: Some(timestamp(message.created_at)),
        turn_id: message.turn_id.to_string(),
        status: turn::state(message.status).into(),
        notices: message.notices.iter().map(turn::notice).collect(),
        approvals: message
            .approvals
            .iter()
            .map(|it| approval::approval(it, owner))
            .collect(),
        failure: message
            .failure
            .as_ref()
            .map(|it| failure(it, message, owner)),
    }
}

fn failure(failure: &Failure, message: &Message, owner: &UserId) -> v1::TurnFailure {
    let of = turn::Failed {
        conversation_id: message.conversation_id,
        turn_id: message.turn_id,
        calls: &message.tool_calls,
    };
    turn::failure(failure, of, owner)
}

pub(crate) const fn role(role: Role) -> v1::MessageRole {
    match role {
        Role::User => v1::MessageRole::User,
        Role::Assistant => v1::MessageRole::Assistant,
    }
}
