//! Turns, their events and their outcome.

use taskchat_chat::Followed;
use taskchat_domain::{
    ConversationId, EventBody, Failure, Notice, NoticeKind, Reply, ToolCall, Turn, TurnEvent,
    TurnId, TurnState, Usage, UserId,
};
use taskchat_proto::v1::{self, turn_event::Event};

use super::{approval::approval, operation, timestamp, value};
use crate::status::failure_code;

pub(crate) fn turn(turn: &Turn, reply: &Reply, owner: &UserId) -> v1::Turn {
    let failed = turn.failure.as_ref();
    v1::Turn {
        id: turn.id.to_string(),
        conversation_id: turn.conversation_id.to_string(),
        state: state(turn.state).into(),
        response: Some(response(reply, owner)),
        failure: failed.map(|it| failure(it, reply.into(), owner)),
        last_seq: seq(turn.last_seq),
        created_at: Some(timestamp(turn.created_at)),
        ended_at: turn.ended_at.map(timestamp),
    }
}

pub(crate) fn response(reply: &Reply, owner: &UserId) -> v1::ChatResponse {
    v1::ChatResponse {
        conversation_id: reply.conversation_id.to_string(),
        response_text: reply.text.clone(),
        tool_calls: tool_calls(&reply.tool_calls, owner),
        turn_id: reply.turn_id.to_string(),
        user_message_id: reply.user_message_id.to_string(),
        message_id: reply.message_id.to_string(),
        status: state(reply.state).into(),
        notices: reply.notices.iter().map(notice).collect(),
        usage: Some(usage(reply.usage)),
        approvals: reply
            .approvals
            .iter()
            .map(|it| approval(it, owner))
            .collect(),
    }
}

/// The turn that was given up.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Failed<'a> {
    pub(crate) conversation_id: ConversationId,
    pub(crate) turn_id: TurnId,
    /// What had happened until then.
    pub(crate) calls: &'a [ToolCall],
}

impl<'a> From<&'a Reply> for Failed<'a> {
    fn from(reply: &'a Reply) -> Self {
        Self {
            conversation_id: reply.conversation_id,
            turn_id: reply.turn_id,
            calls: &reply.tool_calls,
        }
    }
}

pub(crate) fn failure(failure: &Failure, of: Failed<'_>, owner: &UserId) -> v1::TurnFailure {
    v1::TurnFailure {
        conversation_id: of.conversation_id.to_string(),
        turn_id: of.turn_id.to_string(),
        response_text: failure.text.clone(),
        tool_calls: tool_calls(of.calls, owner),
        code: failure_code(failure.kind).to_owned(),
        retryable: failure.kind.is_worth_retrying(),
    }
}

/// One item of a followed turn.
pub(crate) fn followed(followed: Followed, turn: TurnId, owner: &UserId) -> v1::TurnEvent {
    match followed {
        Followed::Event(it) => event(it, owner),
        Followed::Heartbeat(at) => v1::TurnEvent {
            turn_id: turn.to_string(),
            seq: 0,
            time: Some(timestamp(at)),
            event: Some(Event::Heartbeat(v1::Heartbeat {})),
        },
    }
}

fn event(event: TurnEvent, owner: &UserId) -> v1::TurnEvent {
    v1::TurnEvent {
        turn_id: event.turn_id.to_string(),
        seq: seq(event.seq),
        time: Some(timestamp(event.time)),
        event: Some(body(event.body, owner)),
    }
}

fn body(body: EventBody, owner: &UserId) -> Event {
    match body {
        EventBody::Started {
            conversation_id,
            user_message_id,
            message_id,
        } => Event::Started(v1::TurnStarted {
            conversation_id: conversation_id.to_string(),
            user_message_id: user_message_id.to_string(),
            message_id: message_id.to_string(),
        }),
        EventBody::TextDelta { text } => Event::TextDelta(v1::TextDelta { text }),
        EventBody::ToolCalled(call) => Event::ToolCalled(tool_call(&call, owner)),
        EventBody::ToolReturned(call) => Event::ToolReturned(tool_call(&call, owner)),
        EventBody::ApprovalRequested(it) => Event::ApprovalRequested(approval(&it, owner)),
        EventBody::ApprovalDecided(it) => Event::ApprovalDecided(approval(&it, owner)),
        EventBody::Notice(it) => Event::Notice(notice(&it)),
        EventBody::Completed(reply) => Event::Completed(response(&reply, owner)),
        EventBody::Failed {
            failure: why,
            reply,
        } => Event::Failed(failure(&why, (&reply).into(), owner)),
    }
}

pub(crate) fn tool_calls(calls: &[ToolCall], owner: &UserId) -> Vec<v1::ToolCall> {
    calls.iter().map(|call| tool_call(call, owner)).collect()
}

pub(crate) fn tool_call(call: &ToolCall, owner: &UserId) -> v1::ToolCall {
    v1::ToolCall {
        id: call.id.as_str().to_owned(),
        tool: call.tool.clone(),
        arguments: Some(value::object(&call.arguments)),
        result: call.result.as_ref().map(value::object),
        is_error: call.is_error,
        receipt: call
            .receipt
            .as_ref()
            .map(|it| operation::receipt(it, owner)),
    }
}

pub(crate) fn notice(notice: &Notice) -> v1::Notice {
    let kind = match notice.kind {
        NoticeKind::AnsweredWithoutAi => v1::NoticeKind::AnsweredWithoutAi,
        NoticeKind::UnbackedClaim => v1::NoticeKind::UnbackedClaim,
    };
    v1::Notice {
        kind: kind.into(),
        text: notice.text.clone(),
    }
}

pub(crate) const fn state(state: TurnState) -> v1::TurnState {
    match state {
        TurnState::Queued => v1::TurnState::Queued,
        TurnState::Running => v1::TurnState::Running,
        TurnState::WaitingForApproval => v1::TurnState::WaitingForApproval,
        TurnState::Completed => v1::TurnState::Completed,
        TurnState::Failed => v1::TurnState::Failed,
        TurnState::Cancelled => v1::TurnState::Cancelled,
        TurnState::Interrupted => v1::TurnState::Interrupted,
    }
}

const fn usage(usage: Usage) -> v1::Usage {
    v1::Usage {
        input_tokens: usage.input_tokens,
        output_tokens: usage.output_tokens,
    }
}

/// Sequence numbers are never negative; the store's integers are signed.
fn seq(seq: i32) -> u32 {
    u32::try_from(seq).unwrap_or_default()
}
