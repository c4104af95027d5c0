//! Server streams over HTTP: server-sent events, newline-delimited JSON, or raw bytes.
//!
//! Nothing is read ahead: a message is asked for when the connection takes one more, and dropping the
//! answer drops the call. Replaying what was missed is the service's; here `Last-Event-ID` only
//! becomes a field (see [`crate::transcode::request`]).

use std::{sync::Arc, time::Duration};

use axum::body::Body;
use bytes::Bytes;
use futures::Stream;
use http::{
    HeaderMap, HeaderName, HeaderValue, Response,
    header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE},
};
use prost_reflect::{DynamicMessage, FieldDescriptor, ReflectMessage as _, Value};
use tokio::time::{Instant, sleep, sleep_until, timeout, timeout_at};
use tonic::{Status, Streaming};

use crate::{
    Edge, metadata, observe,
    problem::{Problem, Refusal},
    transcode::{Call, client, codec::DynamicCodec, http_body, write},
};

/// How long a failure may take to show itself before the answer begins. After that it can only be
/// told inside the stream.
const GRACE: Duration = Duration::from_millis(500);

type Messages = Streaming<DynamicMessage>;
type Next = Result<Option<DynamicMessage>, Status>;

/// How messages are told apart on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Framing {
    /// `text/event-stream` (WHATWG HTML, section 9.2).
    Events,
    /// One JSON value a line.
    Lines,
}

/// Opens a server stream and answers with it, or with the failure that came instead.
pub(crate) async fn stream(call: Call<'_>, headers: &HeaderMap) -> Result<Response<Body>, Refusal> {
    let deadline = call.timeout.map(|timeout| Instant::now() + timeout);
    let Call {
        edge,
        rule,
        request,
        ..
    } = call;
    let opening = async {
        let mut client = client(&edge.upstream).await?;
        let codec = DynamicCodec(rule.method.output());
        client
            .server_streaming(request, rule.rpc_path.clone(), codec)
            .await
    };
    let (metadata, mut messages, _) = within(deadline, opening).await?.into_parts();
    let is_raw = http_body::is_http_body(&rule.method.output());
    let first = match is_raw {
        // The content type is known only with the first message.
        true => Some(within(deadline, messages.message()).await?),
        false => match timeout(GRACE, messages.message()).await {
            Ok(first) => Some(first?),
            Err(_) => None,
        },
    };

    let mut response = match (is_raw, &first) {
        (true, Some(Some(message))) if http_body::raw(message).is_some() => {
            let content_type = http_body::raw(message).map(|(content_type, _)| content_type);
            let mut response = Response::new(Body::from_stream(bytes(first, messages)));
            if let Some(content_type) = content_type {
                response.headers_mut().insert(CONTENT_TYPE, content_type);
            }
            response
        }
        _ => {
            let framing = framing(headers);
            let tail = Tail {
                edge: Arc::clone(edge),
                response_body: rule.response_body.clone(),
                framing,
                request_id: observe::request_id(headers).to_owned(),
                deadline,
            };
            let mut response = Response::new(Body::from_stream(tail.frames(first, messages)));
            response
                .headers_mut()
                .insert(CONTENT_TYPE, framing.content_type());
            response
        }
    };
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    // nginx would collect the stream otherwise.
    headers.insert(
        HeaderName::from_static("x-accel-buffering"),
        HeaderValue::from_static("no"),
    );
    metadata::outbound(metadata, headers);
    Ok(response)
}

async fn within<T>(
    deadline: Option<Instant>,
    work: impl Future<Output = Result<T, Status>>,
) -> Result<T, Status> {
    match deadline {
        None => work.await,
        Some(deadline) => timeout_at(deadline, work)
            .await
            .unwrap_or_else(|_| Err(Status::deadline_exceeded(""))),
    }
}

fn framing(headers: &HeaderMap) -> Framing {
    let accepted = headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let mut types = accepted.flat_map(|value| value.split(','));
    match types.any(|range| {
        let essence = range.split(';').next().unwrap_or_default();
        essence.trim().eq_ignore_ascii_case("application/x-ndjson")
    }) {
        true => Framing::Lines,
        false => Framing::Events,
    }
}

/// Raw pieces. A failure breaks the transfer off: there is no other way left to show it.
fn bytes(
    first: Option<Option<DynamicMessage>>,
    mut messages: Messages,
) -> impl Stream<Item = Result<Bytes, Status>> + Send {
    async_stream::try_stream! {
        let mut next = first.flatten();
        while let Some(message) = next {
            if let Some((_, data)) = http_body::raw(&message) {
                yield data;
            }
            next = messages.message().await?;
        }
    }
}

/// What is left of a call once its answer has begun.
struct Tail {
    edge: Arc<Edge>,
    response_body: Option<FieldDescriptor>,
    framing: Framing,
    request_id: String,
    deadline: Option<Instant>,
}

impl Tail {
    fn frames(
        self,
        first: Option<Option<DynamicMessage>>,
        mut messages: Messages,
    ) -> impl Stream<Item = Result<Bytes, Status>> + Send {
        async_stream::stream! {
            let mut waiting = first.map(Ok);
            loop {
                let next = match waiting.take() {
                    Some(next) => next,
                    None => match self.next(&mut messages).await {
                        Some(next) => next,
                        None => {
                            yield Ok(Bytes::from_static(b": keep-alive\n\n"));
                            continue;
                        }
                    },
                };
                let frame = match next {
                    Ok(Some(message)) => self.message(&message),
                    Ok(None) => break,
                    Err(status) => Err(status),
                };
                match frame {
                    Ok(frame) => yield Ok(frame),
                    Err(status) => {
                        yield Ok(self.error(status));
                        break;
                    }
                }
            }
        }
    }

    /// The next message; `None` when it is time to show that the stream is alive.
    async fn next(&self, messages: &mut Messages) -> Option<Next> {
        let silence = self.edge.options.config.keep_alive;
        let deadline = async {
            match self.deadline {
                Some(deadline) => sleep_until(deadline).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            message = messages.message() => Some(message),
            () = deadline => Some(Err(Status::deadline_exceeded(""))),
            // Lines have no comments; readers of lines meet the service's own heartbeats.
            () = sleep(silence), if self.framing == Framing::Events => None,
        }
    }

    fn message(&self, message: &DynamicMessage) -> Result<Bytes, Status> {
        let style = &self.edge.options.json;
        let json = write(style, self.response_body.as_ref(), message)?;
        let mut frame = Vec::with_capacity(json.len() + 64);
        match self.framing {
            Framing::Events => {
                if let Some(id) = self.event_id(message) {
                    frame.extend_from_slice(format!("id: {id}\n").as_bytes());
                }
                let event = choice(message);
                let event = event
                    .as_ref()
                    .map_or("message", |field| style.field_name(field));
                frame.extend_from_slice(format!("event: {event}\ndata: ").as_bytes());
                frame.extend_from_slice(&json);
                frame.extend_from_slice(b"\n\n");
            }
            Framing::Lines => {
                frame.extend_from_slice(&json);
                frame.push(b'\n');
            }
        }
        Ok(frame.into())
    }

    fn event_id(&self, message: &DynamicMessage) -> Option<String> {
        let name = self.edge.options.event_id_field.as_deref()?;
        let field = message.descriptor().get_field_by_name(name)?;
        if !message.has_field(&field) {
            return None;
        }
        match message.get_field(&field).as_ref() {
            Value::U32(id) => Some(id.to_string()),
            Value::U64(id) => Some(id.to_string()),
            Value::I32(id) => Some(id.to_string()),
            Value::I64(id) => Some(id.to_string()),
            // A line break would end the field, NUL would void it.
            Value::String(id) if !id.contains(['\n', '\r', '\0']) => Some(id.clone()),
            _ => None,
        }
    }

    fn error(&self, status: Status) -> Bytes {
        let problem = Problem::new(Refusal::Status(status), &self.edge.options, &self.edge.pool);
        let json = problem.json(&self.request_id);
        let (before, after): (&[u8], &[u8]) = match self.framing {
            Framing::Events => (b"event: error\ndata: ", b"\n\n"),
            Framing::Lines => (b"{\"error\":", b"}\n"),
        };
        [before, &json, after].concat().into()
    }
}

impl Framing {
    fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Events => "text/event-stream",
            Self::Lines => "application/x-ndjson",
        })
    }
}

/// The member of the message's first `oneof` that is set: what sort of event it is.
fn choice(message: &DynamicMessage) -> Option<FieldDescriptor> {
    let descriptor = message.descriptor();
    let oneof = descriptor.oneofs().find(|oneof| !oneof.is_synthetic())?;
    oneof.fields().find(|field| message.has_field(field))
}
