//! The edge from outside, before a service that answers whatever a test wants.

mod bodies;
mod codec;
mod doors;
mod errors;
mod http_proto;
mod json;
mod observe;
mod openapi;
mod origins;
mod page;
mod problems;
mod requests;
mod rules;
mod sockets;
mod streams;
mod taskchat;
mod wire;

use std::{
    path::Path,
    sync::{Arc, LazyLock, Mutex},
};

use axum::{Router, body::Body};
use futures::{
    future,
    stream::{self, BoxStream, StreamExt},
};
use http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode};
use http_body_util::BodyExt;
use prost_reflect::{
    DescriptorPool, DynamicMessage, MessageDescriptor, MethodDescriptor, ReflectMessage as _, Value,
};
use tonic::{Response, Status, Streaming};
use tower::{ServiceExt, service_fn};

use self::codec::DynamicCodec;
use crate::{Options, here, router};

/// The descriptors of `shapes.proto` and all it imports.
static SHAPES: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut compiler =
        protox::Compiler::new([here.join("src/tests"), here.join("../proto")]).unwrap();
    compiler.include_imports(true);
    compiler.open_file("shapes.proto").unwrap();
    compiler.encode_file_descriptor_set()
});

pub(crate) static POOL: LazyLock<DescriptorPool> =
    LazyLock::new(|| DescriptorPool::decode(SHAPES.as_slice()).unwrap());

fn message(name: &str) -> MessageDescriptor {
    POOL.get_message_by_name(&format!("shapes.v1.{name}"))
        .unwrap()
}

/// A message out of JSON, by another reader than ours.
fn parse(descriptor: &MessageDescriptor, json: &str) -> DynamicMessage {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    DynamicMessage::deserialize(descriptor.clone(), &mut deserializer).unwrap()
}

/// A message as JSON, by another writer than ours.
fn print(message: &DynamicMessage) -> serde_json::Value {
    serde_json::to_value(message).unwrap()
}

type Messages = BoxStream<'static, Result<DynamicMessage, Status>>;
type Handler = dyn Fn(&MethodDescriptor, tonic::Request<DynamicMessage>) -> Result<Response<Messages>, Status>
    + Send
    + Sync;

/// A gRPC server for any descriptors.
#[derive(Clone)]
struct AnyService {
    pool: DescriptorPool,
    handler: Arc<Handler>,
}

impl AnyService {
    fn router(self) -> Router {
        Router::new()
            .route("/healthz", axum::routing::get(async || "fine"))
            .route(
                "/{service}/{method}",
                axum::routing::post(move |request: Request<Body>| self.call(request)),
            )
    }

    async fn call(self, request: Request<Body>) -> http::Response<tonic::body::Body> {
        let path = request.uri().path().trim_start_matches('/').to_owned();
        let (service, name) = path.split_once('/').unwrap();
        let method = self
            .pool
            .get_service_by_name(service)
            .and_then(|service| service.methods().find(|method| method.name() == name));
        let Some(method) = method else {
            return Status::unimplemented(path).into_http();
        };
        let is_stream = method.is_server_streaming();
        let method_is_upload = method.is_client_streaming();
        let mut grpc = tonic::server::Grpc::new(DynamicCodec(method.input()));
        let handler = self.handler;
        let answer = move |request| handler(&method, request);
        let request = request.map(tonic::body::Body::new);
        if method_is_upload {
            let service = service_fn(move |request: tonic::Request<Streaming<DynamicMessage>>| {
                let answer = answer.clone();
                async move {
                    let (metadata, extensions, pieces) = request.into_parts();
                    let whole = whole(pieces).await?;
                    answer(tonic::Request::from_parts(metadata, extensions, whole))
                }
            });
            return grpc.streaming(service, request).await;
        }
        if is_stream {
            let service = service_fn(move |request| future::ready(answer(request)));
            return grpc.server_streaming(service, request).await;
        }
        let service = service_fn(move |request| {
            let answer = answer(request);
            async move {
                let (metadata, mut messages, extensions) = answer?.into_parts();
                match messages.next().await {
                    Some(message) => Ok(Response::from_parts(metadata, message?, extensions)),
                    // A service that never answers.
                    None => future::pending::<Result<_, Status>>().await,
                }
            }
        });
        grpc.unary(service, request).await
    }
}

/// The pieces of an upload put together: the first message, with the bytes of all.
async fn whole(mut pieces: Streaming<DynamicMessage>) -> Result<DynamicMessage, Status> {
    fn data(message: &mut DynamicMessage) -> &mut Value {
        if !message.descriptor().full_name().starts_with("google.") {
            let file = message.get_field_by_name_mut("file").unwrap();
            return data(file.as_message_mut().unwrap());
        }
        message.get_field_by_name_mut("data").unwrap()
    }
    let mut whole = None;
    while let Some(mut piece) = pieces.message().await? {
        match &mut whole {
            None => whole = Some(piece),
            Some(whole) => {
                let (so_far, more) = (data(whole), data(&mut piece));
                let joined = [
                    &so_far.as_bytes().unwrap()[..],
                    &more.as_bytes().unwrap()[..],
                ];
                *so_far = Value::Bytes(joined.concat().into());
            }
        }
    }
    whole.ok_or_else(|| Status::invalid_argument("nothing was sent"))
}

/// What the service saw of a call.
#[derive(Clone)]
struct Seen {
    message: DynamicMessage,
    metadata: HeaderMap,
}

/// An edge with its service.
#[derive(Clone)]
struct Setup {
    edge: Router,
    seen: Arc<Mutex<Vec<Seen>>>,
}

/// An answer, read to its end.
#[derive(Debug)]
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {:?}", self.text()))
    }

    fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// Status, detail and the fields that are wrong, for tables.
    fn refusal(&self) -> String {
        let json = self.json();
        let errors = json["errors"].as_array().into_iter().flatten();
        let fields: Vec<&str> = errors
            .map(|error| error["field"].as_str().unwrap())
            .collect();
        format!(
            "{} {} [{}]",
            self.status.as_u16(),
            json["detail"].as_str().unwrap(),
            fields.join(" ")
        )
    }
}

impl Setup {
    fn new(
        options: Options,
        handler: impl Fn(
            &MethodDescriptor,
            tonic::Request<DynamicMessage>,
        ) -> Result<Response<Messages>, Status>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let service = AnyService {
            pool: POOL.clone(),
            handler: {
                let seen = Arc::clone(&seen);
                Arc::new(move |method, request| {
                    seen.lock().unwrap().push(Seen {
                        message: request.get_ref().clone(),
                        metadata: request.metadata().clone().into_headers(),
                    });
                    handler(method, request)
                })
            },
        };
        let edge = router(here(service.router()), &SHAPES, options).unwrap();
        Self { edge, seen }
    }

    /// A service that answers with these messages of the method's type, in JSON.
    fn answering(options: Options, json: &'static [&'static str]) -> Self {
        Self::new(options, move |method, _| {
            let messages = json.iter().map(|json| Ok(parse(&method.output(), json)));
            Ok(Response::new(
                stream::iter(messages.collect::<Vec<_>>()).boxed(),
            ))
        })
    }

    /// A service that repeats what it was sent, where the types agree.
    fn echo(options: Options) -> Self {
        Self::new(options, |method, request| {
            let message = match method.input() == method.output() {
                true => request.into_inner(),
                false => DynamicMessage::new(method.output()),
            };
            Ok(Response::new(stream::iter([Ok(message)]).boxed()))
        })
    }

    fn failing(options: Options, status: impl Fn() -> Status + Send + Sync + 'static) -> Self {
        Self::new(options, move |_, _| Err(status()))
    }

    async fn open(&self, request: Request<Body>) -> http::Response<Body> {
        self.edge.clone().oneshot(request).await.unwrap()
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let (head, body) = self.open(request).await.into_parts();
        Answer {
            status: head.status,
            headers: head.headers,
            body: body.collect().await.unwrap().to_bytes().to_vec(),
        }
    }

    /// `GET /v1/items` or `POST /v1/x {"a":1}`, with these headers.
    async fn ask(&self, line: &str, headers: &[(&str, &str)]) -> Answer {
        self.send(request(line, headers)).await
    }

    fn last(&self) -> Seen {
        self.seen
            .lock()
            .unwrap()
            .last()
            .cloned()
            .expect("the service saw a call")
    }

    fn calls(&self) -> usize {
        self.seen.lock().unwrap().len()
    }
}

/// A request from its line; a body is JSON unless the headers say otherwise.
fn request(line: &str, headers: &[(&str, &str)]) -> Request<Body> {
    let mut parts = line.splitn(3, ' ');
    let mut request = Request::new(Body::empty());
    *request.method_mut() = parts.next().unwrap().parse().unwrap();
    *request.uri_mut() = parts.next().unwrap().parse().unwrap();
    if let Some(body) = parts.next() {
        *request.body_mut() = Body::from(body.to_owned());
        let json = HeaderValue::from_static("application/json");
        request.headers_mut().insert("content-type", json);
    }
    for (name, value) in headers {
        let name: HeaderName = name.parse().unwrap();
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    request
}

/// taskchat's way of writing, without its guard and its page.
pub(crate) fn like_taskchat() -> Options {
    Options {
        guard: None,
        page: None,
        public_option: None,
        ..crate::taskchat::options(crate::Config::default())
    }
}
