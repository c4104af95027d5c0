//! Watching a person's tasks at every door.

use prost::Message;
use reqwest::Method;
use taskchat_proto::v1::{self, task_service_client::TaskServiceClient, watch_tasks_response};

use super::{Door, Refusal, Through, grpc, grpc_web, member, rest};
use crate::{PATIENCE, sse};

/// Something a watcher saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sight {
    /// The number of the operation.
    pub seq: i32,
    /// `ready`, `operation` or `heartbeat`.
    pub kind: String,
    /// What an operation did, in one sentence.
    pub summary: String,
    /// The operation.
    pub operation_id: String,
}

/// An open watch.
pub struct Watching(Wire);

enum Wire {
    Grpc(Box<tonic::Streaming<v1::WatchTasksResponse>>),
    Web(grpc_web::Frames),
    Rest(Box<sse::Events>),
}

impl From<v1::WatchTasksResponse> for Sight {
    fn from(seen: v1::WatchTasksResponse) -> Self {
        use watch_tasks_response::Event;
        let sight = |kind: &str| Self {
            seq: seen.seq,
            kind: kind.to_owned(),
            summary: String::new(),
            operation_id: String::new(),
        };
        match seen.event.expect("something was seen") {
            Event::Ready(_) => sight("ready"),
            Event::Heartbeat(_) => sight("heartbeat"),
            Event::Operation(operation) => Self {
                summary: operation.receipt.expect("a receipt").summary,
                operation_id: operation.id,
                ..sight("operation")
            },
        }
    }
}

impl From<crate::Event> for Sight {
    fn from(event: crate::Event) -> Self {
        let operation = &event.data["operation"];
        let seq = event.data["seq"].as_i64().expect("a number");
        assert_eq!(i64::from(event.id.unwrap_or(0)), seq, "{event:?}");
        Self {
            seq: i32::try_from(seq).expect("a small number"),
            summary: member(&operation["receipt"], "summary"),
            operation_id: member(operation, "id"),
            kind: event.kind,
        }
    }
}

impl Through<'_> {
    /// Watches what is done to the person's tasks.
    pub async fn watch(&self, after: Option<i32>) -> Result<Watching, Refusal> {
        let request = v1::WatchTasksRequest { after };
        Ok(Watching(match self.door {
            Door::Rest => {
                let mut request = self.user.request(Method::GET, "/api/tasks:watch");
                if let Some(after) = after {
                    // As a browser resumes.
                    request = request.header("last-event-id", after.to_string());
                }
                let events = sse::Events::try_open(request).await;
                Wire::Rest(Box::new(events.map_err(|answer| rest::refusal(&answer))?))
            }
            Door::Grpc => {
                let mut client = TaskServiceClient::new(grpc::channel(self.user).await);
                let answer = client.watch_tasks(grpc::authorized(self.user, request));
                let opened = answer.await.map_err(|status| grpc::refusal(&status))?;
                Wire::Grpc(Box::new(opened.into_inner()))
            }
            Door::GrpcWeb | Door::GrpcWebText => {
                let framing = grpc_web::Framing::of(self.door);
                let method = "TaskService/WatchTasks";
                Wire::Web(grpc_web::Frames::open(self.user, framing, method, &request).await?)
            }
        }))
    }
}

impl Watching {
    /// The next thing that is seen; `None` at an orderly end.
    pub async fn next(&mut self) -> Result<Option<Sight>, Refusal> {
        let next = async {
            match &mut self.0 {
                Wire::Grpc(stream) => {
                    let message = stream.message().await;
                    let message = message.map_err(|status| grpc::refusal(&status))?;
                    Ok(message.map(Sight::from))
                }
                Wire::Web(frames) => {
                    let message = frames.next().await?;
                    let message = message.map(v1::WatchTasksResponse::decode);
                    Ok(message.map(|message| message.expect("a message of the contract").into()))
                }
                Wire::Rest(events) => match events.next().await {
                    Some(event) if event.kind == "error" => Err(Refusal {
                        code: member(&event.data, "code"),
                        detail: member(&event.data, "detail"),
                        fields: Vec::new(),
                        response_text: String::new(),
                    }),
                    event => Ok(event.map(Sight::from)),
                },
            }
        };
        let next = tokio::time::timeout(PATIENCE, next).await;
        next.expect("something is seen in time")
    }

    /// The next operation; heartbeats are passed over.
    #[track_caller]
    pub fn operation(&mut self) -> impl Future<Output = Sight> {
        let at = std::panic::Location::caller();
        async move {
            loop {
                match self.next().await {
                    Ok(Some(seen)) if seen.kind == "heartbeat" => {}
                    Ok(Some(seen)) if seen.kind == "operation" => return seen,
                    other => panic!("{at}: no operation but {other:?}"),
                }
            }
        }
    }

    /// How the stream ends, whatever comes before.
    pub async fn end(&mut self) -> Result<(), Refusal> {
        while self.next().await?.is_some() {}
        Ok(())
    }
}
