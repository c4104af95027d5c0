//! An HTTP/1.1 client that sends what it is given, as it is given.

use std::net::SocketAddr;

use bytes::Bytes;
use http::{HeaderValue, Request, header::HOST};
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use taskchat_oracles::{Answer, read};
use tokio::net::TcpStream;

/// Sends a request on a connection of its own; `None` when there is no answer at all.
pub(crate) async fn send(to: SocketAddr, mut request: Request<Full<Bytes>>) -> Option<Answer> {
    request
        .headers_mut()
        .insert(HOST, HeaderValue::from_static("oracle"));
    let stream = TcpStream::connect(to).await.ok()?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.ok()?;
    let connection = tokio::spawn(connection);
    let answer = match sender.send_request(request).await {
        Ok(response) => Some(read(response).await),
        Err(_) => None,
    };
    connection.abort();
    answer
}

/// A plain GET.
pub(crate) async fn get(to: SocketAddr, path: &str) -> Option<Answer> {
    let request = Request::get(path).body(Full::default()).ok()?;
    send(to, request).await
}
