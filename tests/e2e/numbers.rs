//! Criteria that are numbers: acceptance 112, 113. Generous here, exact in `tests/bench`.

use std::time::{Duration, Instant};

use serde_json::json;
use taskchat_tests::{App, call, text, user};

/// An unoptimised build on a busy machine; the criterion itself is in the assertion's name.
const SLACK: u32 = 5;

async fn p95<F: Future>(rounds: usize, mut act: impl FnMut() -> F) -> Duration {
    let mut times = Vec::new();
    for _ in 0..rounds {
        let begin = Instant::now();
        act().await;
        times.push(begin.elapsed());
    }
    times.sort();
    times[rounds * 95 / 100 - 1]
}

#[tokio::test]
async fn s112_task_operations_take_less_than_200_ms() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let id = user::id(&ada.add("x").await);
    let path = format!("/api/tasks/{id}");
    let limit = Duration::from_millis(200) * SLACK;
    assert!(p95(20, || ada.add("y")).await < limit);
    assert!(p95(20, || ada.tasks()).await < limit);
    assert!(p95(20, || ada.get(&path)).await < limit);
    assert!(p95(20, || ada.patch(&path, json!({ "priority": "high" }))).await < limit);
    // The token check alone.
    let bad = ada.with_token("a.b.c");
    assert!(p95(20, || bad.get("/api/users/me")).await < Duration::from_millis(50) * SLACK);
}

#[tokio::test]
async fn s113_tool_calls_take_less_than_500_ms() {
    let (app, model) = App::scripted().await;
    let ada = app.sign_up("ada").await;
    let limit = Duration::from_millis(500) * SLACK;
    assert!(p95(20, || ada.tool("list_tasks", json!({}))).await < limit);
    assert!(p95(20, || ada.tool("add_task", json!({ "title": "x" }))).await < limit);
    model.otherwise(|seen| match seen.has_results() {
        true => text("Added x."),
        false => call("add_task", json!({ "title": "x" })),
    });
    assert!(p95(20, || ada.chat("Add x")).await < Duration::from_secs(10));
}
