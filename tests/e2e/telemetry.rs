//! One trace per request, from the caller to the model and the database; and what is counted.

use std::collections::HashMap;

use serde_json::json;
use taskchat_tests::{
    Answer, App, Binary, FakeModel, call, collector::Collector, eventually, text,
};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

#[tokio::test]
async fn a_trace_goes_from_the_caller_to_the_model_and_the_database() {
    let collector = Collector::start().await;
    let endpoint = format!("http://{}", collector.address);
    let data = tempfile::tempdir().expect("a folder");
    let model = FakeModel::start().await;
    let settings = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()),
        ("OTEL_BSP_SCHEDULE_DELAY", "100"),
    ];
    let server = Binary::start_with(data.path(), Some(&model), &settings).await;
    let ada = server.sign_up("ada").await;
    model.says([
        call("add_task", json!({ "title": "a very secret violin" })),
        text("Added the violin."),
    ]);
    let parent = format!("00-{TRACE}-00f067aa0ba902b7-01");
    let traced = ada.with_header("traceparent", &parent);
    traced.chat("Add a very secret violin").await.ok();

    // Out to the model.
    for seen in model.requests() {
        let sent = seen.traceparent.expect("the model is told the trace");
        assert!(sent.contains(TRACE), "{sent}");
    }
    // And into the collector.
    eventually("the spans arrive", || async {
        let spans = collector.trace(TRACE);
        spans.iter().any(|span| span.parent == "00f067aa0ba902b7")
    })
    .await;
    let (status, log) = server.terminate().await;
    assert!(status.success(), "{log}");
    let spans = collector.trace(TRACE);
    let names: Vec<&str> = spans.iter().map(|span| span.name.as_str()).collect();
    for wanted in ["POST", "invoke_agent", "chat", "execute_tool add_task"] {
        assert!(
            names.iter().any(|name| name.starts_with(wanted)),
            "no {wanted} in {names:?}"
        );
    }
    let has_sql = spans
        .iter()
        .any(|span| span.text.contains("db.") || span.name.contains("sql"));
    assert!(has_sql, "no database in {names:?}");

    // One tree: whoever has a parent here, has it in this trace.
    let known: HashMap<&str, &str> = spans
        .iter()
        .map(|span| (span.id.as_str(), span.name.as_str()))
        .collect();
    for span in &spans {
        let is_rooted =
            span.parent == "00f067aa0ba902b7" || known.contains_key(span.parent.as_str());
        assert!(is_rooted, "{} hangs in the air: {names:?}", span.name);
    }
    // Spans leave the building; what people say does not.
    for span in collector.spans() {
        for secret in [
            "violin",
            &ada.access,
            taskchat_tests::app::PASSWORD,
            "ada@example.com",
        ] {
            assert!(
                !span.text.contains(secret),
                "{secret:?} is in {}",
                span.text
            );
        }
    }
}

#[tokio::test]
async fn each_request_is_one_line_with_its_id() {
    let data = tempfile::tempdir().expect("a folder");
    let server = Binary::start(data.path(), None).await;
    let ada = server.sign_up("ada").await;
    let mine = "0193a000-0000-7000-8000-00000000beef";
    ada.with_header("x-request-id", mine)
        .get("/api/{me}/tasks")
        .await
        .ok();
    let (_, log) = server.terminate().await;
    let lines: Vec<&str> = log.lines().filter(|line| line.contains(mine)).collect();
    assert_eq!(lines.len(), 1, "{log}");
    assert!(lines[0].contains("200"), "{}", lines[0]);
}

#[tokio::test]
async fn a_collector_that_is_not_there_does_no_harm() {
    let data = tempfile::tempdir().expect("a folder");
    let settings = [("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")];
    let server = Binary::start_with(data.path(), None, &settings).await;
    let ada = server.sign_up("ada").await;
    ada.chat("Add a task called x").await.ok();
    let (status, _) = server.terminate().await;
    assert!(status.success());
}

#[tokio::test]
async fn every_part_counts_and_methods_that_callers_make_up_are_counted_as_one() {
    let app = App::setup().split().start().await;
    for part in &app.parts {
        let url = |path: &str| format!("http://{}{path}", part.address);
        for method in ["GET", "MADEUP1", "MADEUP2"] {
            let method = method.parse().expect("a token");
            let sent = app.http.request(method, url("/api/tasks")).send().await;
            sent.expect("an answer");
        }
        let page = app.http.get(url("/metrics")).send().await;
        let page = Answer::read(page.expect("an answer")).await;
        assert_eq!(page.status, 200, "{}", page.text);
        let counts = |method: &str| {
            let label = format!("http_request_method=\"{method}\"");
            page.text.lines().any(|line| {
                line.starts_with("http_server_request_duration_seconds") && line.contains(&label)
            })
        };
        assert!(counts("GET") && counts("_OTHER"), "{}", page.text);
        assert!(!page.text.contains("MADEUP"), "{}", page.text);
    }
}
