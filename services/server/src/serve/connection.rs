//! One connection, from its first byte to its last.

use std::{convert::Infallible, io, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{Request, StatusCode};
use hyper::{
    body::Incoming,
    rt::Executor,
    server::conn::{http1, http2},
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tonic::Code;

use super::{
    activity::{Activity, Expired, Peer, UnderWay},
    intake::{Caller, Intake},
    outflow::Outflow,
    stream::{Opening, Watched, opening},
};
use crate::refusal::Refusal;

/// How much larger heads are read than they may be: those in between are refused in so many words,
/// larger ones by the protocol alone.
const SLACK: usize = 4;
/// The smallest buffer that hyper takes.
const SMALLEST_BUFFER: usize = 8192;
/// Streams that were reset before they were looked at, and those that we reset, until HTTP/2 hangs
/// up (CVE-2023-44487, CVE-2025-8671).
const PENDING_RESETS: usize = 20;
const ERROR_RESETS: usize = 1024;
/// How long those on whose connection nothing is under way have to take their leave.
const FAREWELL: Duration = Duration::from_secs(1);

/// What connections are served with and by.
#[derive(Clone)]
pub(super) struct Server {
    pub(super) intake: Arc<Intake>,
    pub(super) http1: http1::Builder,
    pub(super) http2: http2::Builder<Tracked>,
    pub(super) drain: CancellationToken,
    pub(super) abort: CancellationToken,
}

impl Server {
    pub(super) fn new(
        intake: Intake,
        tracker: TaskTracker,
        (drain, abort): (CancellationToken, CancellationToken),
    ) -> Self {
        let limits = &intake.limits;
        let some = |number: usize| (number > 0).then_some(number);
        let head = some(limits.header_size).map(|size| (size + limits.uri_length) * SLACK);
        let mut http1 = http1::Builder::new();
        // The times of heads are kept in `activity`, apart from those of silence.
        http1.timer(TokioTimer::new()).header_read_timeout(None);
        http1.max_headers(some(limits.header_count).map_or(4096, |count| count * SLACK));
        http1.max_buf_size(head.map_or(1 << 20, |size| size.max(SMALLEST_BUFFER)));
        let mut http2 = http2::Builder::new(Tracked(tracker));
        let interval = (!limits.ping_interval.is_zero()).then_some(limits.ping_interval);
        http2
            .timer(TokioTimer::new())
            .keep_alive_interval(interval)
            .keep_alive_timeout(limits.ping_timeout)
            .max_concurrent_streams((limits.streams > 0).then_some(limits.streams))
            .max_header_list_size(
                head.and_then(|size| u32::try_from(size).ok())
                    .unwrap_or(1 << 20),
            )
            .max_pending_accept_reset_streams(PENDING_RESETS)
            .max_local_error_reset_streams(ERROR_RESETS);
        Self {
            intake: Arc::new(intake),
            http1,
            http2,
            drain,
            abort,
        }
    }

    /// Serves a connection to its end; `is_http2` when TLS has settled that.
    pub(super) async fn connection<IO>(
        self,
        mut io: IO,
        outflow: Arc<Outflow>,
        caller: Caller,
        is_http2: Option<bool>,
    ) where
        IO: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let patience = self.intake.limits.header_timeout;
        let opening = match is_http2 {
            Some(false) => Opening::Http1(Bytes::new()),
            // Agreed upon or not, HTTP/2 begins with a preface, and hyper waits for it for ever.
            Some(true) | None => tokio::select! {
                opening = opening(&mut io, patience) => opening,
                // Nothing is under way that could be finished.
                () = self.drain.cancelled(), if !caller.is_late => return,
                () = self.abort.cancelled() => return,
            },
        };
        match opening {
            Opening::Http2(read) => self.http2(io, outflow, read, caller).await,
            // Nothing that was agreed upon.
            _ if is_http2 == Some(true) => {}
            Opening::Http1(read) => self.http1(io, outflow, read, caller).await,
            Opening::TooSlow => hang_up(io, &too_slow()).await,
            Opening::Nothing => {}
        }
    }

    async fn http1<IO>(self, io: IO, outflow: Arc<Outflow>, read: Bytes, caller: Caller)
    where
        IO: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        // One request at a time: it can be given up only with its connection.
        let activity = Activity::new(outflow, Peer::Client { resets: 0 });
        let io = Watched::new(io, read, Some(Arc::clone(&activity)));
        let service = service_fn(|request| self.service(caller, activity.request(), request));
        let mut connection = self.http1.serve_connection(TokioIo::new(io), service);
        let mut draining = caller.is_late;
        let quiet = async {
            self.drain.cancelled().await;
            activity.quiet(FAREWELL).await;
        };
        tokio::pin!(quiet);
        let limits = &self.intake.limits;
        loop {
            tokio::select! {
                biased;
                ended = &mut connection => return told(ended),
                expired = activity.expired(limits) => match expired {
                    Expired::Stalled => return stalled(caller),
                    Expired::Idle => {
                        Pin::new(&mut connection).graceful_shutdown();
                        // Not back into the loop: this would be ready again, and nothing else heard.
                        if let Ok(ended) = tokio::time::timeout(FAREWELL, &mut connection).await {
                            told(ended);
                        }
                        return;
                    }
                    Expired::Head => {
                        let parts = connection.into_parts();
                        if !parts.read_buf.is_empty() {
                            hang_up(parts.io.into_inner().into_inner(), &too_slow()).await;
                        }
                        return;
                    }
                },
                () = self.drain.cancelled(), if !draining => {
                    draining = true;
                    Pin::new(&mut connection).graceful_shutdown();
                }
                () = &mut quiet, if !caller.is_late => return,
                () = self.abort.cancelled() => return,
            }
        }
    }

    async fn http2<IO>(self, io: IO, outflow: Arc<Outflow>, read: Bytes, caller: Caller)
    where
        IO: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let limits = &self.intake.limits;
        let is_proxy = limits
            .trusted_proxies
            .iter()
            .any(|network| network.contains(caller.peer.to_canonical()));
        let peer = match is_proxy {
            true => Peer::Proxy,
            false => Peer::Client {
                resets: limits.resets,
            },
        };
        let activity = Activity::new(outflow, peer);
        activity.idle();
        let io = Watched::new(io, read, None);
        let serving = {
            let (server, activity) = (self.clone(), Arc::clone(&activity));
            service_fn(move |request| {
                let (server, under_way) = (server.clone(), activity.request());
                async move { server.service(caller, under_way, request).await }
            })
        };
        let mut connection = self.http2.serve_connection(TokioIo::new(io), serving);
        let mut draining = caller.is_late;
        let quiet = async {
            self.drain.cancelled().await;
            activity.quiet(FAREWELL).await;
        };
        tokio::pin!(quiet);
        let mut is_leaving = false;
        loop {
            tokio::select! {
                biased;
                ended = &mut connection => return told(ended),
                () = activity.abused() => {
                    tracing::warn!(client.address = %caller.peer, "Hung up on a client that resets its requests");
                    return;
                }
                expired = activity.expired(limits) => match expired {
                    Expired::Stalled => return stalled(caller),
                    // It has had its GOAWAY, and as much time again.
                    Expired::Head | Expired::Idle if is_leaving => return,
                    Expired::Head | Expired::Idle => {
                        is_leaving = true;
                        activity.idle();
                        Pin::new(&mut connection).graceful_shutdown();
                    }
                },
                () = self.drain.cancelled(), if !draining => {
                    draining = true;
                    Pin::new(&mut connection).graceful_shutdown();
                }
                () = &mut quiet, if !caller.is_late => return,
                () = self.abort.cancelled() => return,
            }
        }
    }

    async fn service(
        &self,
        caller: Caller,
        under_way: UnderWay,
        request: Request<Incoming>,
    ) -> Result<http::Response<super::intake::Answer>, Infallible> {
        Ok(self.intake.answer(caller, under_way, request).await)
    }
}

/// The answer to a head that does not come.
fn too_slow() -> Refusal {
    Refusal::new(
        StatusCode::REQUEST_TIMEOUT,
        Code::DeadlineExceeded,
        "the request took too long to arrive",
    )
}

/// A last word on a connection on which no request was complete.
pub(super) async fn hang_up<IO: AsyncWrite + Unpin>(mut io: IO, refusal: &Refusal) {
    const PATIENCE: Duration = Duration::from_secs(1);
    let saying = async {
        io.write_all(&refusal.raw()).await?;
        io.shutdown().await
    };
    if let Ok(Err(error)) = tokio::time::timeout(PATIENCE, saying).await {
        tracing::debug!(%error, "A client went before it was told why");
    }
}

/// What is told about a client that was hung up on because it takes nothing.
fn stalled(caller: Caller) {
    tracing::info!(client.address = %caller.peer, "Hung up on a client that does not read");
}

/// How a connection ended is the client's business as often as ours.
fn told(ended: Result<(), hyper::Error>) {
    if let Err(error) = ended {
        let cause = std::error::Error::source(&error).and_then(|it| it.downcast_ref::<io::Error>());
        tracing::debug!(%error, ?cause, "A connection broke");
    }
}

/// Runs the streams of HTTP/2 connections where the end of the process waits for them.
#[derive(Debug, Clone)]
pub(super) struct Tracked(TaskTracker);

impl<F> Executor<F> for Tracked
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    fn execute(&self, future: F) {
        self.0.spawn(future);
    }
}

#[cfg(test)]
mod tests {
    use super::{super::outflow::Outgoing, *};
    use crate::config::Sockets;
    use axum::Router;
    use tokio::io::AsyncReadExt as _;

    /// A client's end of a connection that has little room, with these doors at the other.
    fn connected(doors: Router, limits: Sockets) -> tokio::io::DuplexStream {
        let intake = Intake {
            doors,
            limits,
            leaving: CancellationToken::new(),
        };
        let (tracker, never) = (TaskTracker::new(), CancellationToken::new());
        let server = Server::new(intake, tracker.clone(), (never.clone(), never));
        let (client, io) = tokio::io::duplex(1024);
        let outflow = Outflow::new();
        let io = Outgoing::new(io, Arc::clone(&outflow));
        let caller = Caller {
            peer: [127, 0, 0, 1].into(),
            is_late: false,
        };
        tracker.spawn(server.connection(io, outflow, caller, None));
        client
    }

    #[tokio::test]
    async fn an_answer_is_whole_though_the_next_request_was_begun_before_its_end() {
        const LARGE: usize = 1 << 20;
        const BRIEF: Duration = Duration::from_millis(100);
        let limits = Sockets {
            header_timeout: BRIEF,
            idle_timeout: BRIEF,
            ..Sockets::default()
        };
        let doors = Router::new().fallback(async || vec![b'.'; LARGE]);
        let mut client = connected(doors, limits);
        let whole = b"GET / HTTP/1.1\r\nhost: a\r\n\r\n";
        client.write_all(whole).await.unwrap();
        let mut heard = vec![0; 12];
        client.read_exact(&mut heard).await.unwrap();
        client.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
        // So long that the times of a head and of silence are over.
        tokio::time::sleep(BRIEF * 3).await;
        client.read_to_end(&mut heard).await.unwrap();
        let head = heard.windows(4).position(|it| it == b"\r\n\r\n").unwrap();
        let body = &heard[head + 4..];
        assert!(body.len() >= LARGE, "{} bytes", body.len());
        assert!(body[..LARGE].iter().all(|it| *it == b'.'));
    }
}
