//! gRPC-Web, framed by hand after the protocol's description
//! (<https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-WEB.md>).

use std::collections::HashMap;

use base64::{Engine, prelude::BASE64_STANDARD as BASE64};
use bytes::{Buf, Bytes};
use prost::Message;
use reqwest::Method;
use taskchat_proto::v1;
use tonic::{Code, Status};

use super::{Asked, Door, Happening, Receipt, Refusal, Reply, Say, TaskSeen, grpc};
use crate::User;

/// How frames are written.
#[derive(Debug, Clone, Copy)]
pub(super) enum Framing {
    Binary,
    Text,
}

impl Framing {
    /// That of a door of gRPC-Web.
    pub(super) fn of(door: Door) -> Self {
        match door {
            Door::GrpcWebText => Self::Text,
            _ => Self::Binary,
        }
    }
}

pub(super) async fn chat(user: &User, framing: Framing, say: Say) -> Result<Reply, Refusal> {
    let request = grpc::chat_request(user, say);
    let reply: v1::ChatResponse = unary(user, framing, "ChatService/Chat", &request).await?;
    Ok(reply.into())
}

pub(super) async fn stream(
    user: &User,
    framing: Framing,
    say: Say,
) -> Result<Vec<Happening>, Refusal> {
    let request = grpc::stream_request(user, say);
    let events: Vec<v1::TurnEvent> =
        call(user, framing, "ChatService/StreamChat", &request).await?;
    Ok(events.into_iter().map(Happening::from).collect())
}

pub(super) async fn follow(
    user: &User,
    framing: Framing,
    turn: &str,
    after: u32,
) -> Result<Vec<Happening>, Refusal> {
    let turn_id = turn.to_owned();
    let request = v1::FollowTurnRequest { turn_id, after };
    let events: Vec<v1::TurnEvent> =
        call(user, framing, "ChatService/FollowTurn", &request).await?;
    Ok(events.into_iter().map(Happening::from).collect())
}

pub(super) async fn tasks(user: &User, framing: Framing) -> Result<Vec<TaskSeen>, Refusal> {
    let request = v1::ListTasksRequest {
        user_id: user.id.clone(),
        ..Default::default()
    };
    let page: v1::ListTasksResponse =
        unary(user, framing, "TaskService/ListTasks", &request).await?;
    Ok(page.tasks.into_iter().map(TaskSeen::from).collect())
}

pub(super) async fn task(user: &User, framing: Framing, id: &str) -> Result<TaskSeen, Refusal> {
    let request = v1::GetTaskRequest {
        user_id: user.id.clone(),
        task_id: id.to_owned(),
    };
    let got: v1::GetTaskResponse = unary(user, framing, "TaskService/GetTask", &request).await?;
    Ok(got.task.expect("a task").into())
}

pub(super) async fn add(
    user: &User,
    framing: Framing,
    title: &str,
    request_id: &str,
) -> Result<TaskSeen, Refusal> {
    let request = grpc::create_request(user, title, request_id);
    let made: v1::CreateTaskResponse =
        unary(user, framing, "TaskService/CreateTask", &request).await?;
    Ok(made.task.expect("a task").into())
}

pub(super) async fn undo(
    user: &User,
    framing: Framing,
    operation: &str,
) -> Result<Receipt, Refusal> {
    let request = v1::UndoOperationRequest {
        operation_id: operation.to_owned(),
    };
    let undone: v1::UndoOperationResponse =
        unary(user, framing, "TaskService/UndoOperation", &request).await?;
    Ok(undone.receipt.expect("a receipt").into())
}

pub(super) async fn decide(
    user: &User,
    framing: Framing,
    approval: &str,
    decision: &str,
) -> Result<Asked, Refusal> {
    let request = grpc::decision_request(approval, decision);
    let decided: v1::DecideApprovalResponse =
        unary(user, framing, "ChatService/DecideApproval", &request).await?;
    Ok(decided.approval.expect("an approval").into())
}

pub(super) async fn unary<T: Message + Default>(
    user: &User,
    framing: Framing,
    method: &str,
    request: &impl Message,
) -> Result<T, Refusal> {
    let mut messages = call(user, framing, method, request).await?;
    assert_eq!(messages.len(), 1, "one message for {method}");
    Ok(messages.remove(0))
}

/// One call, read to its end: its messages, or the status in its trailers.
async fn call<T: Message + Default>(
    user: &User,
    framing: Framing,
    method: &str,
    request: &impl Message,
) -> Result<Vec<T>, Refusal> {
    let message = request.encode_to_vec();
    let length = u32::try_from(message.len()).expect("a short message");
    let mut frame = vec![0];
    frame.extend(length.to_be_bytes());
    frame.extend(message);
    let (kind, body) = match framing {
        Framing::Binary => ("application/grpc-web+proto", frame),
        Framing::Text => (
            "application/grpc-web-text+proto",
            BASE64.encode(frame).into_bytes(),
        ),
    };
    let response = user
        .request(Method::POST, &format!("/taskchat.v1.{method}"))
        .header("content-type", kind)
        .header("accept", kind)
        .header("x-grpc-web", "1")
        .body(body)
        .send()
        .await
        .expect("an answer");
    assert_eq!(
        response.status(),
        200,
        "gRPC-Web answers 200 and tells by trailers"
    );
    let head = response.headers().clone();
    let body = response.bytes().await.expect("a body");
    let body = match framing {
        Framing::Binary => body,
        Framing::Text => unbase64(&body),
    };
    let (messages, mut trailers) = unframe(body);
    // A refusal without a message may be told by headers alone.
    for (name, value) in &head {
        if name.as_str().starts_with("grpc-") {
            let value = value.to_str().expect("ASCII").to_owned();
            trailers.entry(name.as_str().to_owned()).or_insert(value);
        }
    }
    let status = status(&trailers);
    if status.code() != Code::Ok {
        return Err(grpc::refusal(&status));
    }
    let decode = |message: Bytes| T::decode(message).expect("a message of the contract");
    Ok(messages.into_iter().map(decode).collect())
}

/// Each write of a server may be padded base64 of its own.
fn unbase64(text: &[u8]) -> Bytes {
    let mut bytes = Vec::new();
    for group in text.chunks(4) {
        bytes.extend(BASE64.decode(group).expect("base64"));
    }
    bytes.into()
}

fn unframe(mut body: Bytes) -> (Vec<Bytes>, HashMap<String, String>) {
    let mut messages = Vec::new();
    let mut trailers = HashMap::new();
    while body.has_remaining() {
        let flags = body.get_u8();
        let length = body.get_u32() as usize;
        let content = body.split_to(length);
        if flags & 0x80 == 0 {
            assert!(trailers.is_empty(), "a message after the trailers");
            messages.push(content);
            continue;
        }
        let text = String::from_utf8(content.to_vec()).expect("ASCII trailers");
        for line in text.split("\r\n").filter(|line| !line.is_empty()) {
            let (name, value) = line.split_once(':').expect("name: value");
            trailers.insert(name.trim().to_lowercase(), value.trim().to_owned());
        }
    }
    (messages, trailers)
}

fn status(trailers: &HashMap<String, String>) -> Status {
    let mut headers = http::HeaderMap::new();
    for (name, value) in trailers {
        let name = http::HeaderName::try_from(name.as_str()).expect("a name");
        headers.insert(name, value.parse().expect("a value"));
    }
    Status::from_header_map(&headers).expect("grpc-status in the trailers")
}
