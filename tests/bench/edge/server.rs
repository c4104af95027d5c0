//! The library twice, for `tests/bench/edge.mjs`: its gRPC service through the edge, and alone for
//! Envoy and as the yardstick. Leaves the descriptors in the file that it is given, prints both
//! addresses, and serves until it is killed.

use std::error::Error;

use axum::{Router, serve::ListenerExt as _};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let file = std::env::args_os()
        .nth(1)
        .ok_or("the file for the descriptors is missing")?;
    std::fs::write(file, library_example::v1::FILE_DESCRIPTOR_SET)?;
    let edge = bind().await?;
    let alone = bind().await?;
    let addresses = format!("{} {}\n", edge.local_addr()?, alone.local_addr()?);
    tokio::io::AsyncWriteExt::write_all(&mut tokio::io::stdout(), addresses.as_bytes()).await?;
    let (edge, alone) = tokio::join!(
        serve(edge, library_example::http()?),
        serve(alone, library_example::grpc()),
    );
    edge.and(alone)?;
    Ok(())
}

async fn bind() -> std::io::Result<TcpListener> {
    TcpListener::bind("127.0.0.1:0").await
}

async fn serve(listener: TcpListener, router: Router) -> std::io::Result<()> {
    // Without this the kernel would hold small answers back.
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    axum::serve(listener, router).await
}
