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
use tokio::time::{Instant, sleep, timeout, timeout_at};
use tonic::{Status, Streaming};

use crate::{
    Edge, metadata, observe,
    problem::{Problem, Refusal},
    rule::Rule,
    transcode::{Call, client, codec::WireCodec, http_body, write},
};

/// How long a failure may take to show itself before the answer begins. After that it can only be
/// told inside the stream.
const GRACE: Duration = Duration::from_millis(500);

type Messages = Streaming<Bytes>;
type Next = Result<Option<Bytes>, Status>;

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
        broken,
        ..
    } = call;
    let opening = async {
        let mut client = client(&edge.upstream).await?;
        client
            .streaming(request, rule.rpc_path.clone(), WireCodec)
            .await
    };
    let (metadata, mut messages, _) = broken.or(within(deadline, opening)).await??.into_parts();
    let is_raw = http_body::is_given(rule);
    let first = match is_raw {
        // The content type is known only with the first message.
        true => Some(within(deadline, messages.message()).await?),
        false => match timeout(GRACE, within(deadline, messages.message())).await {
            Ok(first) => Some(first?),
            Err(_) => None,
        },
    };

    let (content_type, body) = match is_raw {
        true => {
            let head = first.iter().flatten().next();
            let head = head.and_then(|message| http_body::taken(rule, message));
            let content_type = head.map(|(content_type, _)| content_type);
            let octets = HeaderValue::from_static("application/octet-stream");
            let body = Body::from_stream(bytes(Arc::clone(rule), first, messages, deadline));
            (content_type.unwrap_or(octets), body)
        }
        false => {
            let framing = framing(headers);
            let tail = Tail {
                edge: Arc::clone(edge),
                rule: Arc::clone(rule),
                framing,
                request_id: observe::request_id(headers).to_owned(),
                deadline,
            };
            let body = Body::from_stream(tail.frames(first, messages));
            (framing.content_type(), body)
        }
    };
    let mut response = Response::new(body);
    response.headers_mut().insert(CONTENT_TYPE, content_type);
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

/// The result of some work, unless the caller has stopped waiting.
async fn within<T>(
    deadline: Option<Instant>,
    work: impl Future<Output = Result<T, Status>>,
) -> Result<T, Status> {
    let Some(deadline) = deadline else {
        return work.await;
    };
    // By the clock first: work that is always ready would never let a timer go off.
    if Instant::now() < deadline
        && let Ok(done) = timeout_at(deadline, work).await
    {
        return done;
    }
    Err(Status::deadline_exceeded(""))
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
    rule: Arc<Rule>,
    first: Option<Option<Bytes>>,
    mut messages: Messages,
    deadline: Option<Instant>,
) -> impl Stream<Item = Result<Bytes, Status>> + Send {
    async_stream::try_stream! {
        let mut next = first.flatten();
        while let Some(message) = next {
            match http_body::taken(&rule, &message) {
                Some((_, data)) => yield data,
                None => Err(Status::internal("a piece that cannot be decoded"))?,
            }
            next = within(deadline, messages.message()).await?;
        }
    }
}

/// What is left of a call once its answer has begun.
struct Tail {
    edge: Arc<Edge>,
    rule: Arc<Rule>,
    framing: Framing,
    request_id: String,
    deadline: Option<Instant>,
}

impl Tail {
    fn frames(
        self,
        first: Option<Option<Bytes>>,
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
        tokio::select! {
            biased;
            next = within(self.deadline, messages.message()) => Some(next),
            // Lines have no comments; readers of lines meet the service's own heartbeats.
            () = sleep(silence), if self.framing == Framing::Events => None,
        }
    }

    fn message(&self, message: &Bytes) -> Result<Bytes, Status> {
        let json = write(&self.edge, &self.rule, message)?;
        let mut frame = Vec::with_capacity(json.len() + 64);
        if self.framing == Framing::Lines {
            frame.extend_from_slice(&json);
            frame.push(b'\n');
            return Ok(frame.into());
        }
        let output = self.rule.method.output();
        let id = self.edge.options.event_id_field.as_deref();
        let id = id.and_then(|name| output.get_field_by_name(name));
        let plan = self.edge.plans.by_name(output.full_name());
        let glance = plan.map(|plan| plan.glance(message, id.map(|field| field.number())));
        let glance = glance.and_then(Result::ok);
        let id = glance.as_ref().and_then(|glance| glance.id.as_deref());
        // A line break would end the field, NUL would void it.
        if let Some(id) = id.filter(|id| !id.contains(['\n', '\r', '\0'])) {
            frame.extend_from_slice(format!("id: {id}\n").as_bytes());
        }
        let event = glance.and_then(|glance| glance.choice);
        let event = event.unwrap_or("message");
        frame.extend_from_slice(format!("event: {event}\ndata: ").as_bytes());
        frame.extend_from_slice(&json);
        frame.extend_from_slice(b"\n\n");
        Ok(frame.into())
    }

    fn error(&self, status: Status) -> Bytes {
        let problem = Problem::new(
            Refusal::Status(status),
            &self.edge.options,
            &self.edge.plans,
        );
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
