//! Restarts and power cuts, with the built program: acceptance 9, 10, 79; signals.

use serde_json::{Value, json};
use taskchat_tests::{Binary, FakeModel, Gate, Script, call, sse::text_of, text, user};

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

#[tokio::test]
async fn s009_a_restart_keeps_everything() {
    let data = folder();
    let server = Binary::start(data.path(), None).await;
    let ada = server.sign_up("ada").await;
    let task = ada.add("water the plants").await;
    let (status, log) = server.terminate().await;
    assert!(status.success(), "{log}");

    let server = Binary::start(data.path(), None).await;
    let again = server.sign_in("ada@example.com").await;
    assert_eq!(again.tasks().await, std::slice::from_ref(&task));
    // The signing key is kept as well: an old token is still good.
    assert_eq!(
        again.with_token(&ada.access).task(&user::id(&task)).await,
        task
    );
    server.terminate().await;
}

#[tokio::test]
async fn s010_what_was_acknowledged_survives_a_power_cut() {
    let data = folder();
    let mut server = Binary::start(data.path(), None).await;
    let mut ada = server.sign_up("ada").await;
    let mut kept = Vec::new();
    for round in 0..3 {
        for at in 0..5 {
            kept.push(ada.add(&format!("task {round}.{at}")).await);
        }
        server.kill().await;
        server = Binary::start(data.path(), None).await;
        ada = server.sign_in("ada@example.com").await;
        let mut tasks = ada.tasks().await;
        tasks.reverse();
        assert_eq!(tasks, kept);
    }
}

#[tokio::test]
async fn a_turn_that_was_cut_off_is_brought_to_an_end() {
    let data = folder();
    let model = FakeModel::start().await;
    let server = Binary::start(data.path(), Some(&model)).await;
    let ada = server.sign_up("ada").await;
    let gate = Gate::closed();
    model.says([
        call("add_task", json!({ "title": "buy milk" })),
        Script::stream()
            .delta("Added ")
            .hold(&gate)
            .delta("never")
            .finish("stop"),
    ]);
    let mut events = ada.open_stream(json!({ "message": "Add buy milk" })).await;
    let seen = events.until("text_delta").await;
    let turn = user::text(&seen[0].data, "turn_id");
    server.kill().await;
    drop(events);
    gate.open();

    model.otherwise(|_| text("Added buy milk."));
    let server = Binary::start(data.path(), Some(&model)).await;
    let ada = server.sign_in("ada@example.com").await;
    let path = format!("/api/turns/{turn}");
    let ended = async || -> Value { ada.get(&path).await.ok() };
    taskchat_tests::eventually("the turn ends", || async {
        !matches!(ended().await["state"].as_str(), Some("queued" | "running"))
    })
    .await;
    let after = ended().await;
    let state = user::text(&after, "state");
    assert!(
        matches!(state.as_str(), "completed" | "interrupted"),
        "{after}"
    );
    // The change was made once, and its receipt is still there.
    assert_eq!(ada.titles().await, ["buy milk"]);
    assert_eq!(
        after["response"]["tool_calls"][0]["receipt"]["kind"],
        "created"
    );
    // Its events have no gap and still add up to its text.
    let events = ada.follow(&turn, 0).await.rest().await;
    taskchat_tests::sse::assert_contiguous(&events, 1);
    assert_eq!(
        text_of(&events),
        user::text(&after["response"], "response_text")
    );
    // And the conversation goes on.
    let conversation = user::text(&after, "conversation_id");
    ada.chat_in(&conversation, "thanks").await.ok();
    server.terminate().await;
}

#[tokio::test]
async fn a_message_that_was_accepted_is_answered_after_a_power_cut() {
    let data = folder();
    let model = FakeModel::start().await;
    let server = Binary::start(data.path(), Some(&model)).await;
    let ada = server.sign_up("ada").await;
    model.says([Script::stream().stall()]);
    let mut events = ada.open_stream(json!({ "message": "Add buy milk" })).await;
    let seen = events.until("started").await;
    let turn = user::text(&seen[0].data, "turn_id");
    taskchat_tests::eventually("the model is asked", || async { model.asked() > 0 }).await;
    server.kill().await;

    model.says([
        call("add_task", json!({ "title": "buy milk" })),
        text("Added buy milk."),
    ]);
    let server = Binary::start(data.path(), Some(&model)).await;
    let ada = server.sign_in("ada@example.com").await;
    let events = ada.follow(&turn, 0).await.rest().await;
    let last = events.last().expect("an end");
    assert_eq!(
        last.data["completed"]["response_text"], "Added buy milk.",
        "{events:?}"
    );
    assert_eq!(ada.titles().await, ["buy milk"]);
    server.terminate().await;
}

#[tokio::test]
async fn a_polite_stop_lets_a_turn_finish() {
    let data = folder();
    let model = FakeModel::start().await;
    let server = Binary::start(data.path(), Some(&model)).await;
    let ada = server.sign_up("ada").await;
    let gate = Gate::closed();
    model.says([text("Good morning.").behind(&gate)]);
    let mut events = ada.open_stream(json!({ "message": "hi" })).await;
    let started = events.until("started").await;
    taskchat_tests::eventually("the model is asked", || async { model.asked() > 0 }).await;
    let stopping = tokio::spawn(server.terminate());
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    gate.open();
    let rest = events.rest().await;
    assert_eq!(text_of(&rest), "Good morning.");
    let (status, log) = stopping.await.expect("it stops");
    assert!(status.success(), "{log}");
    drop(started);
}

#[tokio::test]
async fn the_log_keeps_secrets_and_messages_to_itself() {
    let data = folder();
    let server = Binary::start(data.path(), None).await;
    let ada = server.sign_up("ada").await;
    ada.chat("Add a task called buy a very secret violin")
        .await
        .ok();
    ada.with_token("a.bad.token")
        .get("/api/users/me")
        .await
        .refused(401);
    ada.chat("").await.refused(422);
    let (_, log) = server.terminate().await;
    assert!(log.lines().count() >= 4, "one line a request: {log}");
    for secret in [
        "violin",
        taskchat_tests::app::PASSWORD,
        &ada.access,
        &ada.refresh,
        "argon2",
        "INSERT INTO",
    ] {
        assert!(!log.contains(secret), "{secret:?} is in the log: {log}");
    }
    assert!(!log.contains("\"level\":\"ERROR\""), "{log}");
    for line in log.lines() {
        assert!(
            serde_json::from_str::<Value>(line).is_ok(),
            "not JSON: {line}"
        );
    }
}
