//! One id, one span and one log line for every request, and an answer even to a bug.
//!
//! **Invariant:** headers, queries and bodies never reach span or log.

use std::{
    panic::AssertUnwindSafe,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{body::Body, extract::Request, middleware::Next};
use bytes::Bytes;
use futures::FutureExt;
use http::{HeaderMap, HeaderName, HeaderValue, Response};
use http_body::{Body as _, Frame, SizeHint};
use opentelemetry::{global, trace::TraceContextExt as _};
use opentelemetry_http::{HeaderExtractor, HeaderInjector};
use tokio::time::Instant;
use tracing::{Instrument, Span, field::Empty};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use crate::problem::{Problem, Trouble};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What dispatch leaves in the answer's extensions for the log: the template that fitted.
#[derive(Debug, Clone)]
pub(crate) struct Route(pub(crate) Arc<str>);

/// The id of a request; [`observe`] sees to it that there is one.
pub(crate) fn request_id(headers: &HeaderMap) -> &str {
    let id = headers.get(REQUEST_ID).and_then(|id| id.to_str().ok());
    id.unwrap_or_default()
}

/// The outermost layer.
pub(crate) async fn observe(mut request: Request, next: Next) -> Response<Body> {
    let id = sane_id(request.headers()).unwrap_or_else(new_id);
    request.headers_mut().insert(REQUEST_ID, id.clone());
    let id_text = id.to_str().unwrap_or_default().to_owned();

    let span = tracing::info_span!(
        "request",
        otel.kind = "server",
        http.request.method = request.method().as_str(),
        url.path = request.uri().path(),
        http.route = Empty,
        http.response.status_code = Empty,
        request.id = id_text,
    );
    let parent = global::get_text_map_propagator(|propagator| {
        propagator.extract(&HeaderExtractor(request.headers()))
    });
    // Fails only when nobody collects spans, and then there is nothing to be the child of.
    let _ = span.set_parent(parent);
    // Whoever comes next, in this process or not, continues from our span.
    let context = span.context();
    global::get_text_map_propagator(|propagator| {
        propagator.inject_context(&context, &mut HeaderInjector(request.headers_mut()));
    });

    let mut line = Line {
        span: span.clone(),
        started: Instant::now(),
        id: id_text.clone(),
        method: request.method().to_string(),
        path: request.uri().path().to_owned(),
        route: None,
        status: 0,
        grpc_status: None,
        trouble: None,
        is_whole: false,
    };
    let answer = AssertUnwindSafe(next.run(request))
        .catch_unwind()
        .instrument(span)
        .await;
    let mut response = answer.unwrap_or_else(|_| {
        tracing::error!(
            request.id = id_text,
            "A request ran into a bug; its panic message is above"
        );
        Problem::internal().into_response(&id_text)
    });
    line.head(&mut response);
    response.headers_mut().insert(REQUEST_ID, id);
    response.map(|body| Body::new(Observed { body, line }))
}

/// An id that came along, when it is fit for logs and headers.
fn sane_id(headers: &HeaderMap) -> Option<HeaderValue> {
    let id = headers.get(REQUEST_ID)?;
    let bytes = id.as_bytes();
    let is_sane = (1..=128).contains(&bytes.len())
        && bytes
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || b"-_.:/+=@".contains(b));
    is_sane.then(|| id.clone())
}

fn new_id() -> HeaderValue {
    let id = uuid::Uuid::new_v4().to_string();
    HeaderValue::try_from(id).unwrap_or_else(|_| HeaderValue::from_static("none"))
}

/// The log line of a request, written when its answer is through or given up.
struct Line {
    span: Span,
    started: Instant,
    id: String,
    method: String,
    path: String,
    route: Option<Route>,
    status: i64,
    grpc_status: Option<String>,
    trouble: Option<Trouble>,
    is_whole: bool,
}

impl Line {
    fn head(&mut self, response: &mut Response<Body>) {
        self.status = response.status().as_u16().into();
        self.route = response.extensions_mut().remove();
        self.trouble = response.extensions_mut().remove();
        self.is_whole = response.body().is_end_stream();
        self.trailers(response.headers());
        self.span.record("http.response.status_code", self.status);
        // The span is exported under the name it began with, unless told directly.
        let context = self.span.context();
        match &self.route {
            Some(Route(route)) => {
                self.span.record("http.route", route.as_ref());
                context
                    .span()
                    .update_name(format!("{} {route}", self.method));
            }
            None => context.span().update_name(self.method.clone()),
        }
        if response.status().is_server_error() {
            self.span
                .set_status(opentelemetry::trace::Status::error(""));
        }
    }

    fn trailers(&mut self, headers: &HeaderMap) {
        let status = headers
            .get("grpc-status")
            .and_then(|status| status.to_str().ok());
        if let Some(status) = status {
            self.grpc_status = Some(status.to_owned());
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let _entered = self.span.enter();
        tracing::info!(
            http.request.method = self.method,
            url.path = self.path,
            http.route = self.route.as_ref().map(|Route(route)| route.as_ref()),
            http.response.status_code = self.status,
            rpc.grpc.status_code = self.grpc_status,
            duration_ms = self.started.elapsed().as_secs_f64() * 1000.0,
            error = self
                .trouble
                .as_ref()
                .map(|Trouble(trouble)| trouble.as_str()),
            is_whole = self.is_whole,
            // Also in the span, which not every format prints.
            request.id = self.id,
            "Answered a request"
        );
    }
}

/// A body that writes the log line when it is dropped.
struct Observed {
    body: Body,
    line: Line,
}

impl http_body::Body for Observed {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = &mut *self;
        let polled = {
            let _entered = this.line.span.enter();
            Pin::new(&mut this.body).poll_frame(cx)
        };
        match &polled {
            Poll::Ready(None) => this.line.is_whole = true,
            Poll::Ready(Some(Ok(frame))) => {
                if let Some(trailers) = frame.trailers_ref() {
                    this.line.trailers(trailers);
                }
                this.line.is_whole = this.body.is_end_stream();
            }
            Poll::Ready(Some(Err(_))) | Poll::Pending => {}
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
