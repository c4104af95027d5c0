//! The service of `echo.proto`, which answers with what it was asked, and the edge in front of it
//! with the options it has by default.
//!
//! What it heard is kept as bytes, so that no codec stands between what a transcoder sent and what a
//! test sees.

use std::{
    path::Path,
    sync::{Arc, LazyLock, Mutex},
};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    response::Response,
};
use bytes::{BufMut, Bytes, BytesMut};
use futures::stream;
use http::{HeaderMap, HeaderValue, header::CONTENT_TYPE};
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor};
use taskchat_edge::{Options, here, router};
use tonic::{Code, Status};
use tower::ServiceExt;

/// The descriptors of `echo.proto` and of all it imports.
pub static DESCRIPTORS: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let includes = [here.to_owned(), here.join("../../proto")];
    let mut compiler = protox::Compiler::new(includes).expect("the folders are there");
    compiler.include_imports(true);
    for file in ["echo.proto", "google/rpc/error_details.proto"] {
        compiler
            .open_file(file)
            .unwrap_or_else(|error| panic!("{file}: {error}"));
    }
    compiler.encode_file_descriptor_set()
});

/// The descriptors of one file that is given as text.
#[must_use]
pub fn compile(source: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("test.proto"), source).expect("to write");
    let protos = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../proto");
    let includes = [folder.path().to_owned(), protos];
    let mut compiler = protox::Compiler::new(includes).expect("the folders are there");
    compiler.include_imports(true);
    compiler
        .open_file("test.proto")
        .unwrap_or_else(|error| panic!("{error}"));
    compiler.encode_file_descriptor_set()
}

/// Those of [`DESCRIPTORS`], to look things up in.
pub static POOL: LazyLock<DescriptorPool> =
    LazyLock::new(|| DescriptorPool::decode(DESCRIPTORS.as_slice()).expect("good descriptors"));

/// A message type of `echo.proto`.
#[must_use]
pub fn message(name: &str) -> MessageDescriptor {
    let found = POOL.get_message_by_name(&format!("echo.v1.{name}"));
    found.unwrap_or_else(|| panic!("no message {name} in echo.proto"))
}

/// What the service was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// `/echo.v1.Echo/Get`.
    pub rpc: String,
    /// The message.
    pub message: Bytes,
}

/// The service.
#[derive(Debug, Clone, Default)]
pub struct Echo {
    heard: Arc<Mutex<Option<Heard>>>,
    answer: Arc<Mutex<Option<Bytes>>>,
}

impl Echo {
    /// As a gRPC server.
    pub fn service(&self) -> Router {
        Router::new().fallback(answer).with_state(self.clone())
    }

    /// Behind the edge with its default options.
    pub fn edge(&self) -> Router {
        let options = Options::default();
        router(here(self.service()), &DESCRIPTORS, options).expect("good annotations")
    }

    /// The last call since this was last asked.
    #[must_use]
    pub fn heard(&self) -> Option<Heard> {
        self.heard.lock().expect("nobody panicked").take()
    }

    /// From now on the service answers with this and not with what it is asked.
    pub fn answer_with(&self, message: Bytes) {
        *self.answer.lock().expect("nobody panicked") = Some(message);
    }
}

/// An answer read to its end.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// `content-type` without parameters.
    pub content_type: String,
    /// All of it.
    pub body: Bytes,
    /// The connection ended before the answer did.
    pub is_cut: bool,
}

/// Reads an answer of whatever client.
pub async fn read<B>(response: http::Response<B>) -> Answer
where
    B: http_body::Body<Data = Bytes> + Unpin,
{
    let content_type = response.headers().get(CONTENT_TYPE);
    let content_type = content_type.and_then(|value| value.to_str().ok());
    let essence = content_type.and_then(|text| text.split(';').next());
    let mut answer = Answer {
        status: response.status().as_u16(),
        content_type: essence.unwrap_or_default().to_owned(),
        body: Bytes::new(),
        is_cut: false,
    };
    let mut body = response.into_body();
    let mut all = BytesMut::new();
    while let Some(frame) = body.frame().await {
        match frame.map(Frame::into_data) {
            Ok(Ok(data)) => all.put(data),
            Ok(Err(_)) => {}
            Err(_) => {
                answer.is_cut = true;
                break;
            }
        }
    }
    answer.body = all.freeze();
    answer
}

/// Asks a router without a connection.
pub async fn ask(router: &Router, request: Request) -> Answer {
    let Ok(response) = router.clone().oneshot(request).await;
    read(response).await
}

async fn answer(State(echo): State<Echo>, request: Request) -> Response {
    let rpc = request.uri().path().to_owned();
    let body = request
        .into_body()
        .collect()
        .await
        .map(|body| body.to_bytes());
    let Ok(body) = body else {
        return failure(Status::cancelled("the call was cut"));
    };
    // One frame: a flag, a length of four bytes, the message.
    let message = body.slice(body.len().min(5)..);
    *echo.heard.lock().expect("nobody panicked") = Some(Heard {
        rpc: rpc.clone(),
        message: message.clone(),
    });
    match rpc.as_str() {
        "/echo.v1.Echo/Fail" => fail(&message),
        "/echo.v1.Echo/Watch" => watch(message),
        _ => {
            let other = echo.answer.lock().expect("nobody panicked").clone();
            match other.map_or_else(|| understood(&rpc, message), Ok) {
                Ok(message) => frames(vec![message], &Status::ok("")),
                Err(status) => failure(status),
            }
        }
    }
}

/// The message as a service answers with it: of a field that was sent twice, the last.
fn understood(rpc: &str, message: Bytes) -> Result<Bytes, Status> {
    let mut names = rpc.trim_start_matches('/').split('/');
    let service = names.next().and_then(|name| POOL.get_service_by_name(name));
    let mut methods = service.iter().flat_map(|service| service.methods());
    let method = names
        .next()
        .and_then(|name| methods.find(|method| method.name() == name))
        .ok_or_else(|| Status::unimplemented("no such method"))?;
    let message = DynamicMessage::decode(method.input(), message)
        .map_err(|error| Status::internal(error.to_string()))?;
    Ok(message.encode_to_vec().into())
}

/// A `FailRequest` is a `google.rpc.Status` by another name.
fn fail(message: &Bytes) -> Response {
    match tonic_types::Status::decode(message.clone()) {
        Ok(status) => {
            let code = Code::from(status.code);
            failure(Status::with_details(code, status.message, message.clone()))
        }
        Err(error) => failure(Status::invalid_argument(error.to_string())),
    }
}

fn failure(status: Status) -> Response {
    status.into_http::<Body>()
}

fn watch(message: Bytes) -> Response {
    let request = DynamicMessage::decode(self::message("WatchRequest"), message);
    let request = request.expect("a WatchRequest");
    let number = |name: &str| {
        let value = request.get_field_by_name(name);
        value.and_then(|value| value.as_u32().or(value.as_i32().map(i32::unsigned_abs)))
    };
    let text = request.get_field_by_name("message");
    let text = text.and_then(|value| value.as_str().map(str::to_owned));
    let events = (1..=number("count").unwrap_or_default())
        .map(event)
        .collect();
    let code = Code::from(number("code").unwrap_or_default().cast_signed());
    frames(events, &Status::new(code, text.unwrap_or_default()))
}

fn event(seq: u32) -> Bytes {
    let mut event = DynamicMessage::new(message("Event"));
    event.set_field_by_name("seq", prost_reflect::Value::U32(seq));
    let text = format!("event {seq}\nof some");
    event.set_field_by_name("text", prost_reflect::Value::String(text));
    event.encode_to_vec().into()
}

/// Messages, and how it ended.
fn frames(messages: Vec<Bytes>, end: &Status) -> Response {
    let mut trailers = HeaderMap::new();
    if end.add_header(&mut trailers).is_err() {
        return failure(Status::internal("no such status"));
    }
    let data = messages.into_iter().map(|message| {
        let mut frame = BytesMut::with_capacity(message.len() + 5);
        frame.put_u8(0);
        frame.put_u32(u32::try_from(message.len()).expect("a message of our own"));
        frame.put(message);
        Ok::<_, std::convert::Infallible>(Frame::data(frame.freeze()))
    });
    let last = std::iter::once(Ok(Frame::trailers(trailers)));
    let body = StreamBody::new(stream::iter(data.chain(last).collect::<Vec<_>>()));
    let mut response = Response::new(Body::new(body));
    let grpc = HeaderValue::from_static("application/grpc");
    response.headers_mut().insert(CONTENT_TYPE, grpc);
    response
}
