//! `ChatService`.

use std::pin::Pin;

use futures::{Stream, StreamExt};
use taskchat_accounts::Accounts;
use taskchat_auth::Caller;
use taskchat_chat::{Chat, IfBusy, Send as NewMessage};
use taskchat_domain::{ApprovalId, ConversationId, Error, Origin, Result, TimeZone, TurnId};
use taskchat_proto::v1::{self, chat_service_server::ChatService};
use taskchat_tasks::{By, Tasks};
use tonic::{Request, Response, metadata::MetadataMap};

use crate::{
    caller::{CallerOf, MustBe},
    convert::{approval, operation, turn},
    request_id::request_id,
    status::{Answer, Refused, failed_turn, status},
    welcome,
};

#[derive(Debug)]
pub(crate) struct Chats {
    pub(crate) chat: Chat,
    pub(crate) tasks: Tasks,
    pub(crate) accounts: Accounts,
}

/// The events of a turn, as they are sent.
type Events = Pin<Box<dyn Stream<Item = Answer<v1::TurnEvent>> + Send>>;

#[tonic::async_trait]
impl ChatService for Chats {
    type StreamChatStream = Events;
    type FollowTurnStream = Events;

    async fn chat(&self, request: Request<v1::ChatRequest>) -> Answer<Response<v1::ChatResponse>> {
        let caller = request.caller()?;
        let (metadata, _, asked) = request.into_parts();
        caller.must_be(&asked.user_id)?;
        let user = caller.user_id();
        let message = new_message(asked, &metadata, &caller).or_status()?;
        let started = self.chat.start(user, message).await.or_status()?;
        let (ended, reply) = self.chat.wait(user, started.id).await.or_status()?;
        welcome::still_here(&self.accounts, &caller).await?;
        match &ended.failure {
            Some(failure) => Err(failed_turn(failure, &reply, user)),
            None => Ok(Response::new(turn::response(&reply, user))),
        }
    }

    async fn stream_chat(
        &self,
        request: Request<v1::StreamChatRequest>,
    ) -> Answer<Response<Events>> {
        let caller = request.caller()?;
        let (metadata, _, asked) = request.into_parts();
        caller.must_be(&asked.user_id)?;
        let user = caller.user_id();
        // The two requests are the same but for their names, which the linter wants to differ.
        let asked = v1::ChatRequest {
            user_id: asked.user_id,
            message: asked.message,
            conversation_id: asked.conversation_id,
            request_id: asked.request_id,
            time_zone: asked.time_zone,
            if_busy: asked.if_busy,
        };
        let message = new_message(asked, &metadata, &caller).or_status()?;
        let started = self.chat.start(user, message).await.or_status()?;
        self.events(caller, started.id, 0).await
    }

    async fn follow_turn(
        &self,
        request: Request<v1::FollowTurnRequest>,
    ) -> Answer<Response<Events>> {
        let caller = request.caller()?;
        let (metadata, _, asked) = request.into_parts();
        let id = TurnId::parse(&asked.turn_id).or_status()?;
        let after = after(asked.after, &metadata).or_status()?;
        self.events(caller, id, after).await
    }

    async fn get_turn(
        &self,
        request: Request<v1::GetTurnRequest>,
    ) -> Answer<Response<v1::GetTurnResponse>> {
        let caller = request.caller()?;
        let user = caller.user_id();
        let id = TurnId::parse(&request.get_ref().turn_id).or_status()?;
        let (found, reply) = self.chat.turn(user, id).await.or_status()?;
        Ok(Response::new(v1::GetTurnResponse {
            turn: Some(turn::turn(&found, &reply, user)),
        }))
    }

    async fn decide_approval(
        &self,
        request: Request<v1::DecideApprovalRequest>,
    ) -> Answer<Response<v1::DecideApprovalResponse>> {
        let caller = request.caller()?;
        let user = caller.user_id();
        let asked = request.get_ref();
        let id = ApprovalId::parse(&asked.approval_id).or_status()?;
        let decision = approval::decision(asked.decision).or_status()?;
        let decided = self.chat.decide(user, id, decision).await.or_status()?;
        Ok(Response::new(v1::DecideApprovalResponse {
            approval: Some(approval::approval(&decided, user)),
        }))
    }

    async fn cancel_turn(
        &self,
        request: Request<v1::CancelTurnRequest>,
    ) -> Answer<Response<v1::CancelTurnResponse>> {
        let caller = request.caller()?;
        let user = caller.user_id();
        let id = TurnId::parse(&request.get_ref().turn_id).or_status()?;
        let (ended, reply) = self.chat.cancel(user, id).await.or_status()?;
        Ok(Response::new(v1::CancelTurnResponse {
            turn: Some(turn::turn(&ended, &reply, user)),
        }))
    }

    async fn retry_turn(
        &self,
        request: Request<v1::RetryTurnRequest>,
    ) -> Answer<Response<v1::RetryTurnResponse>> {
        let caller = request.caller()?;
        let user = caller.user_id();
        let id = TurnId::parse(&request.get_ref().turn_id).or_status()?;
        let started = self.chat.retry(user, id).await.or_status()?;
        let (started, reply) = self.chat.turn(user, started.id).await.or_status()?;
        Ok(Response::new(v1::RetryTurnResponse {
            turn: Some(turn::turn(&started, &reply, user)),
        }))
    }

    async fn undo_turn(
        &self,
        request: Request<v1::UndoTurnRequest>,
    ) -> Answer<Response<v1::UndoTurnResponse>> {
        let caller = request.caller()?;
        let (by, id) = self.own_turn(&caller, &request.get_ref().turn_id).await?;
        let outcomes = self.tasks.undo_turn(&by, id).await.or_status()?;
        let outcomes = outcomes
            .into_iter()
            .map(|it| operation::outcome(it, v1::OutcomeKind::Undone, &by.user))
            .collect();
        Ok(Response::new(v1::UndoTurnResponse { outcomes }))
    }

    async fn redo_turn(
        &self,
        request: Request<v1::RedoTurnRequest>,
    ) -> Answer<Response<v1::RedoTurnResponse>> {
        let caller = request.caller()?;
        let (by, id) = self.own_turn(&caller, &request.get_ref().turn_id).await?;
        let outcomes = self.tasks.redo_turn(&by, id).await.or_status()?;
        let outcomes = outcomes
            .into_iter()
            .map(|it| operation::outcome(it, v1::OutcomeKind::Redone, &by.user))
            .collect();
        Ok(Response::new(v1::RedoTurnResponse { outcomes }))
    }
}

impl Chats {
    /// Whose hand undoes or redoes what a turn did, once the turn is known to be theirs.
    async fn own_turn(&self, caller: &Caller, turn: &str) -> Answer<(By, TurnId)> {
        let id = TurnId::parse(turn).or_status()?;
        self.chat.turn(caller.user_id(), id).await.or_status()?;
        let by = By {
            user: caller.user_id().clone(),
            origin: Origin::Hand,
            key: None,
        };
        Ok((by, id))
    }

    async fn events(&self, caller: Caller, id: TurnId, after: i32) -> Answer<Response<Events>> {
        let owner = caller.user_id().clone();
        let followed = self.chat.follow(&owner, id, after).await.or_status()?;
        let events = followed.map(move |item| match item {
            Ok(item) => Ok(turn::followed(item, id, &owner)),
            Err(error) => Err(status(error)),
        });
        let events = welcome::guarded(events, self.accounts.clone(), caller);
        Ok(Response::new(Box::pin(events)))
    }
}

fn new_message(
    asked: v1::ChatRequest,
    metadata: &MetadataMap,
    caller: &Caller,
) -> Result<NewMessage> {
    let conversation_id = match asked.conversation_id.as_str() {
        "" => None,
        id => Some(ConversationId::parse(id)?),
    };
    let time_zone = match asked.time_zone.as_str() {
        "" => caller.time_zone(),
        name => TimeZone::parse(name)?,
    };
    let if_busy = match v1::IfBusy::try_from(asked.if_busy) {
        Ok(v1::IfBusy::Unspecified | v1::IfBusy::Enqueue) => IfBusy::Enqueue,
        Ok(v1::IfBusy::Reject) => IfBusy::Reject,
        Err(_) => return Err(Error::invalid("if_busy", "must be enqueue or reject")),
    };
    Ok(NewMessage {
        message: asked.message,
        conversation_id,
        request_id: request_id(&asked.request_id, metadata)?,
        time_zone,
        if_busy,
    })
}

/// After which event a follower wants to go on: the field, or the header that browsers send when
/// they reconnect to a stream of events.
fn after(field: u32, metadata: &MetadataMap) -> Result<i32> {
    let after = match metadata.get("last-event-id") {
        Some(header) if field == 0 && !header.is_empty() => header
            .to_str()
            .ok()
            .and_then(|text| text.parse().ok())
            .ok_or_else(|| Error::invalid("last-event-id", "must be a number"))?,
        _ => field,
    };
    // No turn has that many events; what is beyond the last one is simply nothing.
    Ok(i32::try_from(after).unwrap_or(i32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_to_go_on() {
        for (field, header, expected) in [
            (0, None, Some(0)),
            (7, None, Some(7)),
            (0, Some("12"), Some(12)),
            (7, Some("12"), Some(7)),
            (0, Some(""), Some(0)),
            (u32::MAX, None, Some(i32::MAX)),
            (0, Some("x"), None),
            (0, Some("-1"), None),
        ] {
            let mut metadata = MetadataMap::new();
            if let Some(header) = header {
                metadata.insert("last-event-id", header.parse().unwrap());
            }
            assert_eq!(after(field, &metadata).ok(), expected, "{field} {header:?}");
        }
    }
}
