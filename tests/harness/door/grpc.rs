//! gRPC, by the clients generated from the contract.

use std::sync::Arc;

use hyper_util::rt::TokioIo;
use taskchat_proto::v1::{
    self, chat_service_client::ChatServiceClient, task_service_client::TaskServiceClient,
};
use tonic::{Code, Request, Status, metadata::MetadataValue, transport::Channel};
use tonic_types::StatusExt;

use super::{Asked, Happening, Receipt, Refusal, Reply, Say, TaskSeen};
use crate::{PATIENCE, User};

/// A connection to the app that a user belongs to.
pub async fn channel(user: &User) -> Channel {
    let endpoint = Channel::from_shared(format!("http://{}", user.address))
        .expect("an address")
        .timeout(PATIENCE);
    let channel = match user.certificates.clone() {
        None => endpoint.connect().await,
        Some(certificates) => {
            let port = user.address.port();
            let secret = tower::service_fn(move |_: http::Uri| {
                let certificates = Arc::clone(&certificates);
                async move {
                    let stream = certificates.connect(port, &["h2"]).await;
                    Ok::<_, std::io::Error>(TokioIo::new(stream))
                }
            });
            endpoint.connect_with_connector(secret).await
        }
    };
    channel.expect("a connection")
}

pub(super) async fn chat(user: &User, say: Say) -> Result<Reply, Refusal> {
    let mut client = ChatServiceClient::new(channel(user).await);
    let request = authorized(user, chat_request(user, say));
    let reply = client
        .chat(request)
        .await
        .map_err(|status| refusal(&status))?;
    Ok(reply.into_inner().into())
}

pub(super) async fn stream(user: &User, say: Say) -> Result<Vec<Happening>, Refusal> {
    let mut client = ChatServiceClient::new(channel(user).await);
    let request = authorized(user, stream_request(user, say));
    let events = client
        .stream_chat(request)
        .await
        .map_err(|status| refusal(&status))?;
    collect(events.into_inner()).await
}

pub(super) async fn follow(user: &User, turn: &str, after: u32) -> Result<Vec<Happening>, Refusal> {
    let mut client = ChatServiceClient::new(channel(user).await);
    let turn_id = turn.to_owned();
    let request = authorized(user, v1::FollowTurnRequest { turn_id, after });
    let events = client
        .follow_turn(request)
        .await
        .map_err(|status| refusal(&status))?;
    collect(events.into_inner()).await
}

pub(super) async fn tasks(user: &User) -> Result<Vec<TaskSeen>, Refusal> {
    let mut client = TaskServiceClient::new(channel(user).await);
    let request = v1::ListTasksRequest {
        user_id: user.id.clone(),
        ..Default::default()
    };
    let page = client
        .list_tasks(authorized(user, request))
        .await
        .map_err(|status| refusal(&status))?;
    Ok(page
        .into_inner()
        .tasks
        .into_iter()
        .map(TaskSeen::from)
        .collect())
}

pub(super) async fn task(user: &User, id: &str) -> Result<TaskSeen, Refusal> {
    let mut client = TaskServiceClient::new(channel(user).await);
    let request = v1::GetTaskRequest {
        user_id: user.id.clone(),
        task_id: id.to_owned(),
    };
    let task = client
        .get_task(authorized(user, request))
        .await
        .map_err(|status| refusal(&status))?;
    Ok(task.into_inner().task.expect("a task").into())
}

pub(super) async fn add(user: &User, title: &str, request_id: &str) -> Result<TaskSeen, Refusal> {
    let mut client = TaskServiceClient::new(channel(user).await);
    let request = create_request(user, title, request_id);
    let task = client
        .create_task(authorized(user, request))
        .await
        .map_err(|status| refusal(&status))?;
    Ok(task.into_inner().task.expect("a task").into())
}

pub(super) async fn undo(user: &User, operation: &str) -> Result<Receipt, Refusal> {
    let mut client = TaskServiceClient::new(channel(user).await);
    let request = v1::UndoOperationRequest {
        operation_id: operation.to_owned(),
    };
    let undone = client
        .undo_operation(authorized(user, request))
        .await
        .map_err(|status| refusal(&status))?;
    Ok(undone.into_inner().receipt.expect("a receipt").into())
}

pub(super) async fn decide(user: &User, approval: &str, decision: &str) -> Result<Asked, Refusal> {
    let mut client = ChatServiceClient::new(channel(user).await);
    let request = decision_request(approval, decision);
    let decided = client
        .decide_approval(authorized(user, request))
        .await
        .map_err(|status| refusal(&status))?;
    Ok(decided.into_inner().approval.expect("an approval").into())
}

pub(super) fn decision_request(approval: &str, decision: &str) -> v1::DecideApprovalRequest {
    let decision = format!("DECISION_{}", decision.to_uppercase());
    v1::DecideApprovalRequest {
        approval_id: approval.to_owned(),
        decision: v1::Decision::from_str_name(&decision)
            .unwrap_or_default()
            .into(),
    }
}

pub(super) fn authorized<T>(user: &User, message: T) -> Request<T> {
    let mut request = Request::new(message);
    if !user.access.is_empty() {
        let bearer = MetadataValue::try_from(format!("Bearer {}", user.access)).expect("a token");
        request.metadata_mut().insert("authorization", bearer);
    }
    request
}

fn owner(user: &User, say: &Say) -> String {
    if say.user_id.is_empty() {
        user.id.clone()
    } else {
        say.user_id.clone()
    }
}

fn if_busy(say: &Say) -> i32 {
    match say.reject_if_busy {
        true => v1::IfBusy::Reject.into(),
        false => v1::IfBusy::Unspecified.into(),
    }
}

pub(super) fn chat_request(user: &User, say: Say) -> v1::ChatRequest {
    v1::ChatRequest {
        user_id: owner(user, &say),
        if_busy: if_busy(&say),
        message: say.message,
        conversation_id: say.conversation_id,
        request_id: say.request_id,
        time_zone: String::new(),
    }
}

pub(super) fn stream_request(user: &User, say: Say) -> v1::StreamChatRequest {
    v1::StreamChatRequest {
        user_id: owner(user, &say),
        if_busy: if_busy(&say),
        message: say.message,
        conversation_id: say.conversation_id,
        request_id: say.request_id,
        time_zone: String::new(),
    }
}

pub(super) fn create_request(user: &User, title: &str, request_id: &str) -> v1::CreateTaskRequest {
    v1::CreateTaskRequest {
        user_id: user.id.clone(),
        task: Some(v1::Task {
            title: title.to_owned(),
            ..Default::default()
        }),
        request_id: request_id.to_owned(),
    }
}

async fn collect(mut events: tonic::Streaming<v1::TurnEvent>) -> Result<Vec<Happening>, Refusal> {
    let mut all = Vec::new();
    while let Some(event) = events.message().await.map_err(|status| refusal(&status))? {
        all.push(event.into());
    }
    Ok(all)
}

/// A status in the words all doors share.
pub(super) fn refusal(status: &Status) -> Refusal {
    let violations = status
        .get_details_bad_request()
        .map(|bad| bad.field_violations);
    Refusal {
        code: name(status.code()).to_owned(),
        detail: status.message().to_owned(),
        fields: violations
            .into_iter()
            .flatten()
            .map(|violation| violation.field)
            .collect(),
        response_text: failure(status.details()).unwrap_or_default().response_text,
    }
}

/// The `TurnFailure` among the details of a status.
fn failure(details: &[u8]) -> Option<v1::TurnFailure> {
    let status: tonic_types::pb::Status = prost::Message::decode(details).ok()?;
    let any = status
        .details
        .into_iter()
        .find(|any| any.type_url.ends_with("/taskchat.v1.TurnFailure"))?;
    prost::Message::decode(any.value.as_slice()).ok()
}

fn name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}
