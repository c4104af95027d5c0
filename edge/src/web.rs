//! What browsers need: gRPC-Web in place of gRPC, and leave to call from other origins.

pub(crate) mod cors;
mod joined;

use axum::{BoxError, body::Body};
use futures::{FutureExt, future::BoxFuture};
use http::{
    HeaderValue, Request, Response,
    header::{ACCEPT, CONTENT_TYPE},
};
use tonic::Status;
use tonic_web::GrpcWebLayer;
use tower::{Layer, Service, ServiceExt};

use crate::Upstream;
use joined::Joined;

/// Which dialect of gRPC a request speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// As it is.
    Native,
    /// gRPC-Web, binary or text.
    Web,
}

/// The dialect that a content type names; `None` when it is not gRPC at all.
pub(crate) fn dialect(content_type: Option<&HeaderValue>) -> Option<Dialect> {
    let content_type = content_type?.as_bytes();
    let starts_with = |prefix: &str| {
        let start = content_type.get(..prefix.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(prefix.as_bytes()))
    };
    if starts_with("application/grpc-web") {
        Some(Dialect::Web)
    } else if starts_with("application/grpc") {
        Some(Dialect::Native)
    } else {
        None
    }
}

/// Passes a gRPC call on, untouched.
pub(crate) async fn native(upstream: &Upstream, request: Request<Body>) -> Response<Body> {
    match Grpc(upstream.clone())
        .oneshot(request.map(tonic::body::Body::new))
        .await
    {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// Turns gRPC-Web into gRPC and the answer back, trailers in the body.
pub(crate) async fn unframed(upstream: &Upstream, mut request: Request<Body>) -> Response<Body> {
    // tonic-web compares content types as they stand; parameters would hide them.
    let essence = request
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let essence = essence
        .and_then(|value| value.split(';').next())
        .unwrap_or_default();
    if let Ok(essence) = HeaderValue::try_from(essence.trim().to_ascii_lowercase()) {
        // Who writes text can read it; tonic-web would answer in binary unless told.
        if dialect(request.headers().get(ACCEPT)).is_none() {
            request.headers_mut().insert(ACCEPT, essence.clone());
        }
        request.headers_mut().insert(CONTENT_TYPE, essence);
    }
    let web = GrpcWebLayer::new().layer(Grpc(upstream.clone()));
    match web.oneshot(request).await {
        Ok(response) => response.map(|body| Body::new(Joined::new(Body::new(body)))),
        Err(never) => match never {},
    }
}

/// The upstream as gRPC sees it: every failure is a status.
#[derive(Clone)]
struct Grpc(Upstream);

impl Service<Request<tonic::body::Body>> for Grpc {
    type Response = Response<Body>;
    type Error = std::convert::Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Self::Error>>;

    fn poll_ready(
        &mut self,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Result<(), Self::Error>> {
        // The future waits: a refusal here could not be told as a status.
        std::task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<tonic::body::Body>) -> Self::Future {
        let upstream = self.0.clone();
        async move {
            let answer: Result<Response<Body>, BoxError> = upstream.oneshot(request).await;
            let response = answer.unwrap_or_else(|error| {
                tracing::warn!(%error, "The upstream did not answer");
                let status = Status::from_error(error);
                let told = match status.code() {
                    tonic::Code::Unavailable => {
                        Status::unavailable("the service is not available right now")
                    }
                    code => Status::new(code, "something went wrong on our side"),
                };
                told.into_http()
            });
            // A router that knows no such path answers in plain HTTP.
            let is_grpc = dialect(response.headers().get(CONTENT_TYPE)).is_some();
            Ok(match response.status() {
                http::StatusCode::NOT_FOUND if !is_grpc => {
                    Status::unimplemented("no such service").into_http()
                }
                _ => response,
            })
        }
        .boxed()
    }
}
