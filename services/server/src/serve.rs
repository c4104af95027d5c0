//! A socket and a router: accept until told to stop, then let requests finish.
//!
//! ```text
//! accept ─ (TLS) ─ connection ─ HTTP/1.1 or HTTP/2 ─ intake ─ doors
//! ```
//!
//! While the process drains, new connections are still accepted, so that probes hear why; anything
//! else on them is sent elsewhere.

mod activity;
mod address;
mod connection;
mod intake;
mod outflow;
mod slow_body;
mod stream;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use anyhow::Context;
use axum::Router;
use http::StatusCode;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
};
use tokio_util::task::TaskTracker;
use tonic::Code;
use tracing::info;

use crate::{Config, Lifecycle, refusal::Refusal, tls::Tls};
use connection::{Server, hang_up};
use intake::{Caller, Intake};
use outflow::{Outflow, Outgoing};

/// How long to wait after an accept that failed: for want of file descriptors, as a rule.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves HTTP/1.1 and HTTP/2 on one socket until the process drains and its requests have ended, or
/// it aborts.
pub(crate) async fn serve(
    socket: TcpListener,
    doors: Router,
    config: &Config,
    life: &Lifecycle,
) -> anyhow::Result<()> {
    let address = socket.local_addr().context("the socket has no address")?;
    let tls = Tls::load(&config.tls)?;
    if let Some(tls) = &tls {
        tls.watch(config.tls.reload, life);
    }
    let intake = Intake {
        doors,
        limits: config.sockets.clone(),
        leaving: life.leaving(),
    };
    let (drain, abort) = (life.draining(), life.aborting());
    let server = Server::new(intake, life.tracker(), (drain.clone(), abort.clone()));
    let scheme = if tls.is_some() { "https" } else { "http" };
    info!(server.address = %address, "listening on {scheme}://{address}");

    let room = match config.sockets.connections {
        0 => Semaphore::MAX_PERMITS,
        most => most,
    };
    let room = Arc::new(Semaphore::new(room.min(Semaphore::MAX_PERMITS)));
    let connections = TaskTracker::new();
    let drained = async {
        drain.cancelled().await;
        connections.close();
        connections.wait().await;
    };
    tokio::pin!(drained);
    loop {
        let accepted = tokio::select! {
            accepted = socket.accept() => accepted,
            () = &mut drained => return Ok(()),
            () = abort.cancelled() => return Ok(()),
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "Cannot accept a connection");
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        let Ok(permit) = Arc::clone(&room).try_acquire_owned() else {
            life.tracker().spawn(turn_away(stream, tls.is_some()));
            continue;
        };
        let is_late = drain.is_cancelled();
        let serving = connection(server.clone(), stream, peer, tls.clone(), is_late, permit);
        match is_late {
            true => life.tracker().spawn(serving),
            false => connections.spawn(serving),
        };
    }
}

/// One connection, which keeps its place until it is over.
async fn connection(
    server: Server,
    stream: TcpStream,
    peer: SocketAddr,
    tls: Option<Tls>,
    is_late: bool,
    _place: OwnedSemaphorePermit,
) {
    // Without it a gRPC answer of more than one write waits for a delayed ACK, about 40 ms.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "cannot set TCP_NODELAY");
    }
    let outflow = Outflow::new();
    let stream = Outgoing::new(stream, Arc::clone(&outflow));
    let caller = Caller {
        peer: peer.ip(),
        is_late,
    };
    let Some(tls) = tls else {
        return server.connection(stream, outflow, caller, None).await;
    };
    let patience = server.intake.limits.header_timeout;
    let shaken = tokio::select! {
        shaken = tls.handshake(stream, patience) => shaken,
        () = server.abort.cancelled() => return,
    };
    match shaken {
        Ok((stream, is_http2)) => server.connection(stream, outflow, caller, is_http2).await,
        Err(error) => tracing::debug!(%error, client.address = %peer, "A TLS handshake failed"),
    }
}

/// Says that there is no place, where that can be said without work.
async fn turn_away(stream: TcpStream, is_tls: bool) {
    metrics::counter!("http_server_connections_refused_total").increment(1);
    if is_tls {
        return;
    }
    let refusal = Refusal::new(
        StatusCode::SERVICE_UNAVAILABLE,
        Code::Unavailable,
        "there are too many connections",
    );
    hang_up(stream, &refusal.again_after(Duration::from_secs(1))).await;
}
