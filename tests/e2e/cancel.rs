//! Stopping a turn, from any device.

use std::time::{Duration, Instant};

use serde_json::json;
use taskchat_tests::{App, Door, Gate, Script, call, eventually, sse::text_of, text, user};

#[tokio::test]
async fn a_running_turn_is_stopped_and_what_it_did_stays() {
    let (app, model) = App::scripted().await;
    let ada = app.sign_up("ada").await;
    let gate = Gate::closed();
    model.says([
        call("add_task", json!({ "title": "x" })),
        Script::stream()
            .delta("Added x and now ")
            .hold(&gate)
            .delta("never said")
            .finish("stop"),
    ]);
    let mut events = ada.open_stream(json!({ "message": "go" })).await;
    let mut seen = events.until("text_delta").await;
    let turn = user::text(&seen[0].data, "turn_id");
    let laptop = app.sign_in("ada@example.com").await;
    let asked = Instant::now();
    let stopped = laptop
        .post(&format!("/api/turns/{turn}:cancel"), json!({}))
        .await
        .ok();
    assert_eq!(stopped["id"], turn);
    // The request to the model is closed at once: a tenth of a second, and more on a busy machine.
    eventually("the model's line is closed", || async {
        !model.hung_up().is_empty()
    })
    .await;
    let after = model.hung_up()[0] - asked;
    assert!(after < Duration::from_secs(1), "after {after:?}");
    seen.extend(events.rest().await);
    let last = seen.last().expect("an end");
    assert_eq!(last.kind, "completed");
    assert_eq!(last.data["completed"]["status"], "cancelled");
    assert_eq!(last.data["completed"]["response_text"], "Added x and now ");
    assert_eq!(text_of(&seen), "Added x and now ");
    assert_eq!(ada.titles().await, ["x"]);
    let turn = ada.get(&format!("/api/turns/{turn}")).await.ok();
    assert_eq!(turn["state"], "cancelled");
    assert_eq!(
        turn["response"]["tool_calls"][0]["receipt"]["kind"],
        "created"
    );
    gate.open();

    // The conversation goes on, and its history is sound.
    model.says([text("Yes?")]);
    ada.chat_in(&user::text(&turn, "conversation_id"), "still there?")
        .await
        .ok();
    model.assert_sound();
}

#[tokio::test]
async fn a_turn_is_stopped_at_every_door() {
    for door in Door::ALL {
        let (app, model) = App::scripted().await;
        let ada = app.sign_up("ada").await;
        model.says([Script::stream().delta("Once").stall()]);
        let mut events = ada.open_stream(json!({ "message": "A story" })).await;
        let seen = events.until("text_delta").await;
        let turn = user::text(&seen[0].data, "turn_id");
        let stopped = ada.via(door).cancel_turn(&turn).await;
        assert_eq!(stopped.as_deref(), Ok("cancelled"), "{door:?}");
        let last = events.rest().await.pop().expect("an end");
        assert_eq!(last.data["completed"]["response_text"], "Once", "{door:?}");
        eventually("the model's line is closed", || async {
            model.hung_up().len() == 1
        })
        .await;
    }
}

#[tokio::test]
async fn a_queued_turn_is_stopped_without_ever_running() {
    let (app, model) = App::scripted().await;
    let ada = app.sign_up("ada").await;
    let gate = Gate::closed();
    model.says([text("first reply").behind(&gate)]);
    let mut first = ada.open_stream(json!({ "message": "first" })).await;
    let started = first.until("started").await;
    let conversation = user::text(&started[0].data["started"], "conversation_id");
    let body = json!({ "message": "second", "conversation_id": conversation });
    let waiting = tokio::spawn({
        let ada = ada.clone();
        async move { ada.post("/api/chat", body).await }
    });
    let queued = async || -> Option<String> {
        let messages = ada.messages(&conversation).await;
        let second = messages.iter().find(|it| it["content"] == "second")?;
        Some(user::text(second, "turn_id"))
    };
    eventually("the second is stored", || async {
        queued().await.is_some()
    })
    .await;
    let turn = queued().await.expect("stored");
    let stopped = ada
        .post(&format!("/api/turns/{turn}:cancel"), json!({}))
        .await
        .ok();
    assert_eq!(stopped["state"], "cancelled", "{stopped}");
    let answer = waiting.await.expect("an answer").ok();
    assert_eq!(answer["status"], "cancelled");
    gate.open();
    first.rest().await;
    assert_eq!(model.asked(), 1);
}

#[tokio::test]
async fn a_finished_turn_cannot_be_stopped() {
    let (app, model) = App::scripted().await;
    let ada = app.sign_up("ada").await;
    model.says([text("Hello.")]);
    let reply = ada.chat("hi").await.ok();
    let path = format!("/api/turns/{}", user::text(&reply, "turn_id"));
    let before = ada.get(&path).await.ok();
    let after = ada.post(&format!("{path}:cancel"), json!({})).await.ok();
    assert_eq!(after, before);
    assert_eq!(after["state"], "completed");
    let unknown = "/api/turns/0193a000-0000-7000-8000-000000000000:cancel";
    ada.post(unknown, json!({}))
        .await
        .refused_with(404, "Turn not found");
}

#[tokio::test]
async fn deleting_a_conversation_stops_its_turn() {
    let (app, model) = App::scripted().await;
    let ada = app.sign_up("ada").await;
    let gate = Gate::closed();
    model.says([Script::stream()
        .delta("Well ")
        .hold(&gate)
        .asks(0, "add_task", r#"{"title":"x"}"#)
        .finish("tool_calls")]);
    model.otherwise(|_| text("Too late."));
    let mut events = ada.open_stream(json!({ "message": "go" })).await;
    let seen = events.until("text_delta").await;
    let conversation = user::text(&seen[0].data["started"], "conversation_id");
    ada.delete(&format!("/api/conversations/{conversation}"))
        .await
        .ok();
    let rest = events.rest().await;
    assert!(
        rest.iter()
            .any(|event| event.data["completed"]["status"] == "cancelled"),
        "{rest:?}"
    );
    gate.open();
    assert!(ada.titles().await.is_empty());
}
