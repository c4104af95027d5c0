//! What those who run the server ask it: alive, ready, how busy.

use std::{
    convert::Infallible,
    sync::OnceLock,
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header::CONTENT_TYPE};
use http_body::Frame;
use http_body_util::StreamBody;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use taskchat_store::Store;
use tokio_util::sync::CancellationToken;

use crate::Lifecycle;

/// How often the samples of histograms are put together.
const UPKEEP_EVERY: Duration = Duration::from_secs(5);

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
pub(crate) fn metered(doors: Router, life: &Lifecycle) -> Router {
    let handle = recorded();
    // Samples are kept one by one until then, whether anybody asks for them or not.
    let upkeep = handle.clone();
    life.every(UPKEEP_EVERY, move || upkeep.run_upkeep());
    let page = Router::new()
        .route("/metrics", get(render))
        .with_state(handle);
    page.merge(doors.layer(middleware::from_fn(count)))
}

/// What this process has counted, through all compositions in it.
fn recorded() -> PrometheusHandle {
    static RECORDED: OnceLock<PrometheusHandle> = OnceLock::new();
    let install = || {
        let recorder = PrometheusBuilder::new().build_recorder();
        let handle = recorder.handle();
        // Somebody else's recorder, if there is one, goes on; our page then stays empty.
        let _ = metrics::set_global_recorder(recorder);
        handle
    };
    RECORDED.get_or_init(install).clone()
}

async fn render(State(handle): State<PrometheusHandle>) -> String {
    handle.render()
}

async fn count(request: Request, next: Next) -> Response {
    let method = known(request.method());
    let begun = Instant::now();
    let response = next.run(request).await;
    let status = response.status().as_u16().to_string();
    let labels = [
        ("http_request_method", method.to_owned()),
        ("http_response_status_code", status),
    ];
    metrics::histogram!("http_server_request_duration_seconds", &labels)
        .record(begun.elapsed().as_secs_f64());
    response
}

/// The method of a request by the rule of OpenTelemetry: what callers make up is one word for all,
/// or each would be a series of its own.
fn known(method: &Method) -> &'static str {
    const KNOWN: [&str; 9] = [
        "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE",
    ];
    let known = KNOWN.into_iter().find(|it| *it == method.as_str());
    known.unwrap_or("_OTHER")
}
