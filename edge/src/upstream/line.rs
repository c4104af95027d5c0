//! One HTTP/2 connection to one address, and the requests on it.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::{BoxError, body::Body};
use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Request, Response, Uri,
    header::{CONTENT_TYPE, TE},
};
use http_body::{Frame, SizeHint};
use hyper::{
    body::Incoming,
    client::conn::http2::{self, SendRequest},
    rt::Executor as _,
};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use rustls::pki_types::ServerName;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;

use super::Reach;
use crate::web;

/// More than this is never put on one connection, whatever the other side allows.
const MOST: usize = 1000;

/// The largest headers and trailers that services may answer with: 64 KiB, as the status of a failed
/// call travels in them.
const HEADERS: u32 = 64 * 1024;

/// Where services tell how they do.
const HEALTH: &str = "/grpc.health.v1.Health/Check";
/// `HealthCheckResponse { status: NOT_SERVING }` in its frame.
const NOT_SERVING: &[u8] = &[0, 0, 0, 0, 2, 8, 2];

/// A connection that takes requests. Clones share it.
#[derive(Debug, Clone)]
pub(super) struct Line {
    sender: SendRequest<Body>,
    under_way: Arc<AtomicUsize>,
    most: Most,
}

/// Asks a connection how many requests its other side takes at once.
#[derive(Clone)]
struct Most(Arc<dyn Fn() -> usize + Send + Sync>);

impl std::fmt::Debug for Most {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", (self.0)())
    }
}

/// What comes of a request: an answer, a failure, or the request itself, which was never sent.
pub(super) enum Sent {
    Answer(Response<Body>),
    Failed(hyper::Error),
    Unsent(Request<Body>),
}

impl Line {
    /// Connects.
    pub(super) async fn open(
        address: SocketAddr,
        tls: Option<(TlsConnector, ServerName<'static>)>,
        reach: &Reach,
    ) -> Result<Self, BoxError> {
        let opening = async {
            let stream = TcpStream::connect(address).await?;
            // Without it a message of more than one write waits for a delayed ACK.
            stream.set_nodelay(true)?;
            match tls {
                None => Self::greet(stream, reach).await,
                Some((connector, name)) => {
                    let stream = connector.connect(name, stream).await?;
                    Self::greet(stream, reach).await
                }
            }
        };
        tokio::time::timeout(reach.connect_timeout, opening)
            .await
            .unwrap_or_else(|_| Err(io::Error::from(io::ErrorKind::TimedOut).into()))
    }

    async fn greet<IO>(io: IO, reach: &Reach) -> Result<Self, BoxError>
    where
        IO: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (sender, connection) = http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .keep_alive_interval(reach.ping)
            .keep_alive_timeout(reach.ping)
            .keep_alive_while_idle(true)
            .adaptive_window(true)
            .max_header_list_size(HEADERS)
            .handshake(TokioIo::new(io))
            .await?;
        // Shared, because the other side may change its mind at any time.
        let connection = Arc::new(Mutex::new(Some(connection)));
        let asked = Arc::clone(&connection);
        let most = Most(Arc::new(move || {
            let connection = asked.lock().unwrap_or_else(PoisonError::into_inner);
            let most = connection.as_ref().map(|it| it.current_max_send_streams());
            most.unwrap_or(0).min(MOST)
        }));
        // It ends with its last request and the last clone of its line.
        TokioExecutor::new().execute(async move {
            let ended = std::future::poll_fn(|cx| {
                let mut connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
                let Some(running) = connection.as_mut() else {
                    return Poll::Ready(Ok(()));
                };
                let polled = Pin::new(running).poll(cx);
                if polled.is_ready() {
                    // Its lines see only by this that it is over.
                    *connection = None;
                }
                polled
            });
            if let Err(error) = ended.await {
                tracing::debug!(%error, "A connection to the services broke");
            }
        });
        Ok(Self {
            sender,
            under_way: Arc::default(),
            most,
        })
    }

    /// Whether the other side wants requests, by `grpc.health.v1`. One that is leaving still answers
    /// that; services that know nothing of it are taken to serve.
    pub(super) async fn is_serving(&self, origin: &Uri, patience: Duration) -> bool {
        let asking = async {
            let mut request = Request::post(HEALTH)
                .header(CONTENT_TYPE, "application/grpc")
                .header(TE, "trailers")
                .body(Body::from(&[0; 5][..]))
                .ok()?;
            super::remote::direct(&mut request, origin);
            match self.reserve().send(request).await {
                Sent::Answer(answer) => axum::body::to_bytes(answer.into_body(), 1024).await.ok(),
                Sent::Failed(_) | Sent::Unsent(_) => None,
            }
        };
        let answer = tokio::time::timeout(patience, asking).await;
        matches!(answer, Ok(Some(message)) if *message != *NOT_SERVING)
    }

    /// Whether it still takes requests at all.
    pub(super) fn is_open(&self) -> bool {
        !self.sender.is_closed()
    }

    /// Requests under way.
    pub(super) fn load(&self) -> usize {
        self.under_way.load(Ordering::Relaxed)
    }

    /// Whether one more request would be begun at once.
    pub(super) fn has_room(&self) -> bool {
        self.load() < (self.most.0)()
    }

    /// Takes a place, before anybody else looks.
    pub(super) fn reserve(&self) -> Place {
        self.under_way.fetch_add(1, Ordering::Relaxed);
        Place { line: self.clone() }
    }
}

/// A request's place on a line; kept until its answer is through.
#[derive(Debug)]
pub(super) struct Place {
    line: Line,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.line.under_way.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Place {
    /// Sends a request. Dropping the future, or the answer's body, cancels it over there.
    pub(super) async fn send(mut self, request: Request<Body>) -> Sent {
        match self.line.sender.try_send_request(request).await {
            Ok(response) => {
                let is_grpc = web::dialect(response.headers().get(CONTENT_TYPE)).is_some();
                Sent::Answer(response.map(|body| {
                    Body::new(Carried {
                        body: Some(body),
                        is_grpc,
                        _place: self,
                    })
                }))
            }
            Err(mut error) => match error.take_message() {
                Some(request) => Sent::Unsent(request),
                None => Sent::Failed(error.into_error()),
            },
        }
    }
}

/// An answer from over there. When its connection breaks, a gRPC answer ends with a status, as every
/// gRPC answer must.
struct Carried {
    body: Option<Incoming>,
    is_grpc: bool,
    _place: Place,
}

impl http_body::Body for Carried {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let this = &mut *self;
        let Some(body) = &mut this.body else {
            return Poll::Ready(None);
        };
        match Pin::new(body).poll_frame(cx) {
            Poll::Ready(Some(Err(error))) if this.is_grpc => {
                tracing::warn!(%error, "The services went away in the middle of an answer");
                this.body = None;
                Poll::Ready(Some(Ok(Frame::trailers(broken_off()))))
            }
            polled => polled,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(Incoming::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        match &self.body {
            Some(body) => body.size_hint(),
            None => SizeHint::with_exact(0),
        }
    }
}

/// The trailers of an answer that breaks off.
fn broken_off() -> HeaderMap {
    let status = super::remote::unavailable();
    let mut trailers = HeaderMap::new();
    if status.add_header(&mut trailers).is_err() {
        trailers.insert("grpc-status", HeaderValue::from_static("14"));
    }
    trailers
}
