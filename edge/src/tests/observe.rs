//! What a request leaves behind: one line, one span, and nothing that is nobody's business.

use std::{
    cell::RefCell,
    io::{self, Write},
    sync::LazyLock,
};

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::{
    propagation::TraceContextPropagator,
    trace::{InMemorySpanExporter, SdkTracerProvider},
};
use tonic::Status;
use tracing_subscriber::{filter::LevelFilter, fmt, layer::SubscriberExt};

use super::{Setup, like_taskchat};

thread_local! {
    /// What was logged on this thread: each test has one of its own.
    static LOG: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

struct Log;

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOG.with_borrow_mut(|log| log.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// One subscriber for all tests of the process: scoped ones race for the callsites. The spans of all
/// tests come together here.
static SPANS: LazyLock<InMemorySpanExporter> = LazyLock::new(|| {
    opentelemetry::global::set_text_map_propagator(TraceContextPropagator::new());
    let spans = InMemorySpanExporter::default();
    let provider = SdkTracerProvider::builder()
        .with_simple_exporter(spans.clone())
        .build();
    let lines = fmt::layer().json().flatten_event(true).with_writer(|| Log);
    let subscriber = tracing_subscriber::registry()
        .with(LevelFilter::INFO)
        .with(lines)
        .with(tracing_opentelemetry::layer().with_tracer(provider.tracer("edge")));
    tracing::subscriber::set_global_default(subscriber).unwrap();
    spans
});

/// Begins with an empty log, also where tests share a thread.
fn listen() {
    LazyLock::force(&SPANS);
    LOG.take();
}

fn lines() -> Vec<serde_json::Value> {
    let text = LOG.with_borrow(|log| String::from_utf8(log.clone()).unwrap());
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[tokio::test]
async fn a_request_is_one_line_without_secrets() {
    listen();

    let setup = Setup::echo(like_taskchat());
    let headers = [
        ("x-request-id", "r1"),
        ("authorization", "Bearer hush"),
        ("cookie", "taskchat_refresh=hush"),
    ];
    setup
        .ask(
            r#"POST /v1/items/5:archive?x=hush {"reason":"hush"}"#,
            &headers,
        )
        .await;
    setup
        .ask(r#"POST /v1/items/5:archive {"reason":"hush"}"#, &headers)
        .await;

    let lines = lines();
    assert_eq!(lines.len(), 2, "{lines:?}");
    for (line, status) in lines.iter().zip([422, 200]) {
        assert!(!line.to_string().contains("hush"), "{line}");
        assert_eq!(line["level"], "INFO");
        assert_eq!(line["message"], "Answered a request");
        assert_eq!(line["http.request.method"], "POST");
        assert_eq!(line["url.path"], "/v1/items/5:archive");
        assert_eq!(line["http.route"], "/v1/items/{id}:archive");
        assert_eq!(line["http.response.status_code"], status);
        assert_eq!(line["request.id"], "r1");
        assert_eq!(line["is_whole"], true);
        assert!(line["duration_ms"].as_f64().unwrap() > 0.0);
    }
}

#[tokio::test]
async fn a_failed_upstream_is_told_to_us_and_not_to_the_caller() {
    listen();

    let setup = Setup::failing(like_taskchat(), || Status::internal("SELECT hush"));
    let answer = setup.ask("GET /v1/items/5", &[]).await;
    assert!(!answer.text().contains("hush"));

    let uri = "http://127.0.0.1:9".parse().unwrap();
    let edge = crate::router(crate::there([uri]), &super::SHAPES, like_taskchat()).unwrap();
    let answer = Setup { edge, ..setup }.ask("GET /v1/items/5", &[]).await;
    assert!(!answer.text().contains("127.0.0.1"), "{}", answer.text());
    assert_eq!(
        (answer.status.as_u16(), answer.header("retry-after")),
        (503, "1")
    );
    let mut lines = lines().into_iter();
    assert!(lines.any(|line| line["message"] == "Cannot reach the services"));
}

#[tokio::test]
async fn a_trace_goes_on_behind_the_edge() {
    listen();
    let setup = Setup::echo(like_taskchat());
    let trace = "0af7651916cd43dd8448eb211c80319c";
    let parent = format!("00-{trace}-b7ad6b7169203331-01");
    setup
        .ask("GET /v1/items/5", &[("traceparent", &parent)])
        .await;

    let spans = SPANS.get_finished_spans().unwrap();
    let span = spans
        .iter()
        .find(|span| span.span_context.trace_id().to_string() == trace)
        .unwrap();
    assert_eq!(span.name, "GET /v1/items/{id}");
    assert_eq!(span.parent_span_id.to_string(), "b7ad6b7169203331");
    let passed_on = setup.last().metadata["traceparent"]
        .to_str()
        .unwrap()
        .to_owned();
    let expected = format!("00-{trace}-{}-01", span.span_context.span_id());
    assert_eq!(passed_on, expected);
}
