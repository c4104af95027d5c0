//! What those who run the server ask it: alive, ready, how busy.

use std::{convert::Infallible, time::Instant};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header::CONTENT_TYPE};
use http_body::Frame;
use http_body_util::StreamBody;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use taskchat_store::Store;
use tokio_util::sync::CancellationToken;

use crate::Lifecycle;

/// `GET /healthz`: the process answers.
pub(crate) fn alive() -> Router {
    Router::new().route("/healthz", get(async || "ok\n"))
}

/// `GET /readyz`: the database answers and is up to date.
pub(crate) fn ready(store: Store) -> Router {
    Router::new()
        .route("/readyz", get(readiness))
        .with_state(store)
}

async fn readiness(State(store): State<Store>) -> Response {
    match store.ready().await {
        Ok(()) => "ready\n".into_response(),
        Err(cause) => {
            tracing::warn!(error = %cause, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "not ready\n").into_response()
        }
    }
}

/// `grpc.health.v1` of an edge that leaves: its services may well stay.
pub(crate) fn leaving(doors: Router, life: &Lifecycle) -> Router {
    doors.layer(middleware::from_fn_with_state(life.leaving(), health))
}

async fn health(
    State(leaving): State<CancellationToken>,
    request: Request,
    next: Next,
) -> Response {
    if !leaving.is_cancelled() || request.uri().path() != "/grpc.health.v1.Health/Check" {
        return next.run(request).await;
    }
    // A frame with `HealthCheckResponse { status: NOT_SERVING }`, and the trailers.
    let message = Bytes::from_static(&[0, 0, 0, 0, 2, 0x08, 0x02]);
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", HeaderValue::from_static("0"));
    let frames = [Frame::data(message), Frame::trailers(trailers)];
    let body = StreamBody::new(futures::stream::iter(frames.map(Ok::<_, Infallible>)));
    let content_type = HeaderValue::from_static("application/grpc");
    ([(CONTENT_TYPE, content_type)], Body::new(body)).into_response()
}

/// `GET /metrics` in the text format of Prometheus, and the counting of requests it reports.
pub(crate) fn metered(doors: Router) -> Router {
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    // A second composition in one process (tests) goes on counting with the first one's recorder;
    // its own page then stays empty.
    let _ = metrics::set_global_recorder(recorder);
    let page = Router::new()
        .route("/metrics", get(render))
        .with_state(handle);
    page.merge(doors.layer(middleware::from_fn(count)))
}

async fn render(State(handle): State<PrometheusHandle>) -> String {
    handle.run_upkeep();
    handle.render()
}

async fn count(request: Request, next: Next) -> Response {
    let method = request.method().as_str().to_owned();
    let begun = Instant::now();
    let response = next.run(request).await;
    let status = response.status().as_u16().to_string();
    let labels = [
        ("http_request_method", method),
        ("http_response_status_code", status),
    ];
    metrics::histogram!("http_server_request_duration_seconds", &labels)
        .record(begun.elapsed().as_secs_f64());
    response
}
