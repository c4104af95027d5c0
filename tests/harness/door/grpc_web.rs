//! gRPC-Web, framed by hand after the protocol's description
//! (<https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-WEB.md>).

use std::{collections::HashMap, pin::Pin};

use base64::{Engine, prelude::BASE64_STANDARD as BASE64};
use bytes::{Buf, Bytes, BytesMut};
use futures::{Stream, StreamExt};
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
pub(super) async fn call<T: Message + Default>(
    user: &User,
    framing: Framing,
    method: &str,
    request: &impl Message,
) -> Result<Vec<T>, Refusal> {
    let mut frames = Frames::open(user, framing, method, request).await?;
    let mut messages = Vec::new();
    while let Some(message) = frames.next().await? {
        messages.push(T::decode(message).expect("a message of the contract"));
    }
    Ok(messages)
}

/// An answer whose frames are read as they come.
pub(super) struct Frames {
    body: Pin<Box<dyn Stream<Item = reqwest::Result<Bytes>> + Send>>,
    framing: Framing,
    /// Headers of the answer that are the call's.
    head: HashMap<String, String>,
    /// Base64 that is not a group of four yet.
    text: Vec<u8>,
    unread: BytesMut,
}

impl Frames {
    /// Sends a request; fails when the answer is a refusal by headers alone.
    pub(super) async fn open(
        user: &User,
        framing: Framing,
        method: &str,
        request: &impl Message,
    ) -> Result<Self, Refusal> {
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
        let head = response.headers().iter();
        let head: HashMap<_, _> = head
            .filter(|(name, _)| name.as_str().starts_with("grpc-"))
            .map(|(name, value)| {
                let value = value.to_str().expect("ASCII");
                (name.as_str().to_owned(), value.to_owned())
            })
            .collect();
        if head.contains_key("grpc-status") {
            finished(&head)?;
        }
        Ok(Self {
            body: response.bytes_stream().boxed(),
            framing,
            head,
            text: Vec::new(),
            unread: BytesMut::new(),
        })
    }

    /// The next message; `None` after trailers that say that all is well.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, Refusal> {
        loop {
            if let Some((flags, content)) = self.frame() {
                if flags & 0x80 == 0 {
                    return Ok(Some(content));
                }
                let mut trailers = trailers(&content);
                for (name, value) in self.head.drain() {
                    trailers.entry(name).or_insert(value);
                }
                assert!(self.unread.is_empty(), "something after the trailers");
                finished(&trailers)?;
                return Ok(None);
            }
            let Some(piece) = self.body.next().await else {
                // A refusal without a message may be told by headers alone.
                finished(&self.head)?;
                return Ok(None);
            };
            let piece = piece.expect("an unbroken body");
            match self.framing {
                Framing::Binary => self.unread.extend_from_slice(&piece),
                Framing::Text => {
                    self.text.extend_from_slice(&piece);
                    // Each write of a server may be padded base64 of its own.
                    let whole = self.text.len() - self.text.len() % 4;
                    for group in self.text.drain(..whole).as_slice().chunks(4) {
                        self.unread.extend(BASE64.decode(group).expect("base64"));
                    }
                }
            }
        }
    }

    fn frame(&mut self) -> Option<(u8, Bytes)> {
        let mut head = self.unread.get(..5)?;
        let (flags, length) = (head.get_u8(), head.get_u32() as usize);
        if self.unread.len() < 5 + length {
            return None;
        }
        self.unread.advance(5);
        Some((flags, self.unread.split_to(length).freeze()))
    }
}

fn trailers(content: &[u8]) -> HashMap<String, String> {
    let text = std::str::from_utf8(content).expect("ASCII trailers");
    let lines = text.split("\r\n").filter(|line| !line.is_empty());
    lines
        .map(|line| {
            let (name, value) = line.split_once(':').expect("name: value");
            (name.trim().to_lowercase(), value.trim().to_owned())
        })
        .collect()
}

/// Fails unless the trailers say that all is well.
fn finished(trailers: &HashMap<String, String>) -> Result<(), Refusal> {
    let status = status(trailers);
    match status.code() {
        Code::Ok => Ok(()),
        _ => Err(grpc::refusal(&status)),
    }
}

fn status(trailers: &HashMap<String, String>) -> Status {
    let mut headers = http::HeaderMap::new();
    for (name, value) in trailers {
        let name = http::HeaderName::try_from(name.as_str()).expect("a name");
        headers.insert(name, value.parse().expect("a value"));
    }
    Status::from_header_map(&headers).expect("grpc-status in the trailers")
}
