//! The seam between edge and services: the same calls in this process or over HTTP/2.

use std::{
    convert::Infallible,
    task::{Context, Poll},
};

use axum::{Router, body::Body};
use futures::{FutureExt, future::BoxFuture};
use http::{Request, Response, Uri, Version};
use tonic::transport::{Channel, Endpoint};
use tower::Service;

/// Any cause of a failed call.
type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Where the services are.
#[derive(Debug, Clone)]
pub struct Upstream(Inner);

#[derive(Debug, Clone)]
enum Inner {
    Here(Router),
    There(Channel),
}

/// Services in this process. The request's extensions travel along.
#[must_use]
pub fn here(services: Router) -> Upstream {
    Upstream(Inner::Here(services))
}

/// Services in other processes, balanced over. Connections are made when first needed and again when
/// lost. Must be called inside a Tokio runtime.
#[must_use]
pub fn there(addresses: impl IntoIterator<Item = Uri>) -> Upstream {
    let endpoints = addresses.into_iter().map(|address| {
        Endpoint::from(address)
            .tcp_nodelay(true)
            .connect_timeout(std::time::Duration::from_secs(3))
            .http2_keep_alive_interval(std::time::Duration::from_secs(20))
            .keep_alive_while_idle(true)
    });
    Upstream(Inner::There(Channel::balance_list(endpoints)))
}

impl Upstream {
    fn send(
        &mut self,
        mut request: Request<Body>,
    ) -> BoxFuture<'static, Result<Response<Body>, BoxError>> {
        match &mut self.0 {
            Inner::Here(router) => {
                let answer = Service::call(router, request);
                answer
                    .map(|answer| answer.map_err(|never: Infallible| match never {}))
                    .boxed()
            }
            Inner::There(channel) => {
                *request.version_mut() = Version::HTTP_2;
                let answer = Service::call(channel, request.map(tonic::body::Body::new));
                async move { Ok(answer.await?.map(Body::new)) }.boxed()
            }
        }
    }

    fn ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        match &mut self.0 {
            Inner::Here(_) => Poll::Ready(Ok(())),
            Inner::There(channel) => Service::poll_ready(channel, cx).map_err(Into::into),
        }
    }
}

/// What passes through unread.
impl Service<Request<Body>> for Upstream {
    type Response = Response<Body>;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.ready(cx)
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

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.ready(cx)
    }

    fn call(&mut self, request: Request<tonic::body::Body>) -> Self::Future {
        self.send(request.map(Body::new))
    }
}
