//! A socket and a router: accept until told to stop, then let requests finish.

use std::net::SocketAddr;

use anyhow::Context;
use axum::{
    Router,
    extract::{ConnectInfo, Request},
    middleware::{self, Next},
    response::Response,
    serve::ListenerExt,
};
use taskchat_auth::ClientAddress;
use tokio::net::TcpListener;
use tracing::info;

use crate::Lifecycle;

/// Serves HTTP/1.1 and HTTP/2 (with prior knowledge) on one socket until the process drains and
/// its requests have ended, or it aborts.
pub(crate) async fn serve(
    socket: TcpListener,
    doors: Router,
    life: &Lifecycle,
) -> anyhow::Result<()> {
    let address = socket.local_addr().context("the socket has no address")?;
    // Without it a gRPC answer of more than one write waits for a delayed ACK, about 40 ms.
    let socket = socket.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "cannot set TCP_NODELAY");
        }
    });
    let app = doors
        .layer(middleware::from_fn(client_address))
        .into_make_service_with_connect_info::<SocketAddr>();
    info!(server.address = %address, "listening on http://{address}");
    let (drain, abort) = (life.draining(), life.aborting());
    let served = axum::serve(socket, app).with_graceful_shutdown(drain.cancelled_owned());
    tokio::select! {
        ended = served => ended.context("cannot accept connections"),
        () = abort.cancelled() => Ok(()),
    }
}

/// Tells the services whom they talk to, for limits by address.
async fn client_address(
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    mut request: Request,
    next: Next,
) -> Response {
    request.extensions_mut().insert(ClientAddress(peer.ip()));
    next.run(request).await
}
