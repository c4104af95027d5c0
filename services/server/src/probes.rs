//! What those who run the server ask it: alive, ready, how busy.

use std::time::Instant;

use axum::{
    Router,
    extract::{Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use http::StatusCode;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use taskchat_store::Store;

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
