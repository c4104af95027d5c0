//! Connections of one's own, below any client: for those who send slowly, too much, or nonsense.

use std::net::SocketAddr;

use bytes::{Bytes, BytesMut};
use h2::client::SendRequest;
use http::{HeaderMap, Request, StatusCode};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
};

use crate::PATIENCE;

/// What HTTP/2 begins with: the preface and an empty SETTINGS frame.
pub const GREETING: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

/// An empty gRPC message in its frame.
pub const EMPTY_MESSAGE: &[u8] = &[0, 0, 0, 0, 0];

/// A connection.
pub async fn connect(address: SocketAddr) -> TcpStream {
    TcpStream::connect(address).await.expect("a connection")
}

/// A connection that has sent this.
pub async fn say(address: SocketAddr, bytes: impl AsRef<[u8]>) -> TcpStream {
    let mut stream = connect(address).await;
    stream.write_all(bytes.as_ref()).await.expect("sent");
    stream
}

/// All that comes until the other side closes.
pub async fn hear(stream: &mut (impl AsyncRead + Unpin)) -> Vec<u8> {
    let mut heard = Vec::new();
    let reading = stream.read_to_end(&mut heard);
    let read = tokio::time::timeout(PATIENCE, reading).await;
    // A reset is an end as well.
    let _ = read.expect("it closes the connection");
    heard
}

/// The same as text, for HTTP/1.1.
pub async fn hear_text(stream: &mut (impl AsyncRead + Unpin)) -> String {
    String::from_utf8(hear(stream).await).expect("text")
}

/// A frame of HTTP/2.
pub fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("short").to_be_bytes();
    let mut frame = length[1..].to_vec();
    frame.extend([kind, flags]);
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

/// The kinds of whole frames in what was heard, with their payloads.
pub fn frames(mut heard: &[u8]) -> Vec<(u8, Vec<u8>)> {
    let mut frames = Vec::new();
    while heard.len() >= 9 {
        let length = u32::from_be_bytes([0, heard[0], heard[1], heard[2]]) as usize;
        let Some(payload) = heard.get(9..9 + length) else {
            break;
        };
        frames.push((heard[3], payload.to_vec()));
        heard = &heard[9 + length..];
    }
    frames
}

/// A whole answer over HTTP/2.
#[derive(Debug)]
pub struct Whole {
    /// Its status.
    pub status: StatusCode,
    /// Its headers, and its trailers after them.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

impl Whole {
    /// The gRPC code in headers or trailers.
    pub fn grpc_status(&self) -> Option<&str> {
        self.headers.get("grpc-status")?.to_str().ok()
    }
}

/// A client of HTTP/2 that does what it is told.
pub struct Http2 {
    /// Sends requests.
    pub requests: SendRequest<Bytes>,
    /// Pings.
    pub pings: h2::PingPong,
    /// How the connection ended.
    pub ended: tokio::task::JoinHandle<Result<(), h2::Error>>,
}

impl Http2 {
    /// Connects without TLS.
    pub async fn connect(address: SocketAddr) -> Self {
        Self::over(connect(address).await).await
    }

    /// Over a connection.
    pub async fn over<IO>(io: IO) -> Self
    where
        IO: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (requests, mut connection) = h2::client::handshake(io).await.expect("a greeting");
        let pings = connection.ping_pong().expect("pings");
        let ended = tokio::spawn(connection);
        Self {
            requests,
            pings,
            ended,
        }
    }

    /// Sends a request with a whole body and reads the answer to its end.
    pub async fn ask(&self, request: Request<Bytes>) -> Result<Whole, h2::Error> {
        let asking = async {
            let mut requests = self.requests.clone().ready().await?;
            let (parts, body) = request.into_parts();
            let request = Request::from_parts(parts, ());
            let (answer, mut sending) = requests.send_request(request, body.is_empty())?;
            if !body.is_empty() {
                sending.send_data(body, true)?;
            }
            read(answer).await
        };
        let asked = tokio::time::timeout(PATIENCE, asking).await;
        asked.expect("an answer in time")
    }

    /// Asks `grpc.health.v1` how the process does: SERVING is 1, NOT_SERVING is 2.
    pub async fn health(&self) -> u8 {
        let request = grpc("/grpc.health.v1.Health/Check", EMPTY_MESSAGE);
        let answer = self.ask(request).await.expect("an answer");
        assert_eq!(answer.grpc_status(), Some("0"), "{answer:?}");
        assert_eq!(answer.body[..6], [0, 0, 0, 0, 2, 8], "{answer:?}");
        answer.body[6]
    }
}

/// Reads an answer to its end.
pub async fn read(answer: h2::client::ResponseFuture) -> Result<Whole, h2::Error> {
    let (head, mut body) = answer.await?.into_parts();
    let mut content = BytesMut::new();
    while let Some(piece) = body.data().await {
        let piece = piece?;
        body.flow_control().release_capacity(piece.len())?;
        content.extend_from_slice(&piece);
    }
    let mut headers = head.headers;
    headers.extend(body.trailers().await?.unwrap_or_default());
    Ok(Whole {
        status: head.status,
        headers,
        body: content.freeze(),
    })
}

/// A gRPC request.
pub fn grpc(path: &str, body: &'static [u8]) -> Request<Bytes> {
    Request::post(format!("http://localhost{path}"))
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .body(Bytes::from_static(body))
        .expect("a request")
}
