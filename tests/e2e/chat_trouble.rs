//! Messages in trouble that is nobody's fault but the circumstances': acceptance 107 on load.

use std::time::{Duration, Instant};

use serde_json::json;
use taskchat_tests::{App, Gate, text};

#[tokio::test]
async fn s107_fifty_slow_models_keep_nobody_else_waiting() {
    let (app, model) = App::scripted().await;
    let ada = app.sign_up("ada").await;
    ada.add("water the plants").await;
    let gate = Gate::closed();
    let held = gate.clone();
    model.otherwise(move |_| text("At last.").behind(&held));
    let chats: Vec<_> = (0..50)
        .map(|at| {
            let ada = ada.clone();
            tokio::spawn(async move { ada.chat(&format!("message {at}")).await })
        })
        .collect();
    taskchat_tests::eventually("all fifty are thinking", || async { model.asked() == 50 }).await;

    // No connection, lock or transaction is held: everything else is as quick as ever.
    let mut slowest = Duration::ZERO;
    for _ in 0..20 {
        for path in ["/readyz", "/api/{me}/tasks"] {
            let begin = Instant::now();
            let answer = ada.get(path).await;
            slowest = slowest.max(begin.elapsed());
            assert_eq!(answer.status, 200, "{}", answer.text);
        }
        ada.post("/api/{me}/tasks", json!({ "title": "meanwhile" }))
            .await
            .ok();
    }
    // Fifty held connections would make this the timeout of a pool; the exact figure is the bench's.
    assert!(slowest < Duration::from_secs(2), "{slowest:?}");
    gate.open();
    for chat in chats {
        assert_eq!(
            chat.await.expect("an answer").ok()["response_text"],
            "At last."
        );
    }
    assert_eq!(
        ada.get("/api/conversations?page_size=200").await.ok()["count"],
        50
    );
}
