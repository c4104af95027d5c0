//! The seam between edge and services: the same calls in this process or over HTTP/2.

mod line;
mod member;
mod remote;
#[cfg(test)]
mod tests;
mod tls;
mod unsized_body;

use std::{
    convert::Infallible,
    net::IpAddr,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use axum::{BoxError, Router, body::Body};
use futures::{FutureExt, future::BoxFuture};
use http::{Extensions, Request, Response, Uri};
use rustls::ClientConfig;
use tower::Service;

use remote::Remote;
pub use tls::{RootsError, trusting};

/// Where the services are.
#[derive(Debug, Clone)]
pub struct Upstream(Inner);

#[derive(Debug, Clone)]
enum Inner {
    Here(Router),
    There(Arc<Remote>),
}

/// How services in other processes are reached.
#[derive(Debug, Clone)]
pub struct Reach {
    /// How long a connection may take to come about, TLS included.
    pub connect_timeout: Duration,
    /// How often names are looked up again. Addresses are never.
    pub resolve: Duration,
    /// How often a connection is asked whether it lives, and how long it has to answer.
    pub ping: Duration,
    /// Whom to believe when an address is `https`; the system's authorities when absent. See
    /// [`trusting`].
    pub tls: Option<Arc<ClientConfig>>,
    /// Where the extensions of a request have its client's address. The services are told it in
    /// `x-forwarded-for`, in place of what the client says itself; without it that goes on as it came.
    pub client: Option<fn(&Extensions) -> Option<IpAddr>>,
}

impl Default for Reach {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(3),
            resolve: Duration::from_secs(10),
            ping: Duration::from_secs(10),
            tls: None,
            client: None,
        }
    }
}

/// Services in this process. The request's extensions travel along.
#[must_use]
pub fn here(services: Router) -> Upstream {
    Upstream(Inner::Here(services))
}

/// Services in other processes, with the usual [`Reach`]. See [`there_by`].
#[must_use]
pub fn there(addresses: impl IntoIterator<Item = Uri>) -> Upstream {
    there_by(addresses, Reach::default())
}

/// Services in other processes, as `http://host:port` or `https://host:port`. Requests are balanced
/// over all addresses of all names. Connections are made when first needed and again when lost; an
/// address that does not answer is left out until it does.
///
/// A request that has left this process is never sent again: it may have had its effect. Where there
/// is nobody to send it to, the answer is UNAVAILABLE. Must be called inside a Tokio runtime.
#[must_use]
pub fn there_by(addresses: impl IntoIterator<Item = Uri>, reach: Reach) -> Upstream {
    Upstream(Inner::There(Arc::new(Remote::new(addresses, reach))))
}

impl Upstream {
    fn send(
        &mut self,
        request: Request<Body>,
    ) -> BoxFuture<'static, Result<Response<Body>, BoxError>> {
        match &mut self.0 {
            Inner::Here(router) => {
                let answer = Service::call(router, request);
                answer
                    .map(|answer| answer.map_err(|never: Infallible| match never {}))
                    .boxed()
            }
            Inner::There(remote) => {
                let remote = Arc::clone(remote);
                async move { remote.send(request).await.map_err(Into::into) }.boxed()
            }
        }
    }
}

/// What passes through unread.
impl Service<Request<Body>> for Upstream {
    type Response = Response<Body>;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        self.send(request)
    }
}

/// What tonic's client sends.
impl Service<Request<tonic::body::Body>> for Upstream {
    type Response = Response<Body>;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<tonic::body::Body>) -> Self::Future {
        self.send(request.map(Body::new))
    }
}
