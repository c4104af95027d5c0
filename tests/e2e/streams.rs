//! Streams of events: what they say, resuming them, leaving them.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use taskchat_tests::{
    App, Event, FakeModel, Gate, Script, call,
    sse::{self, assert_contiguous, text_of},
    text, user,
};

fn kinds(events: &[Event]) -> Vec<&str> {
    events.iter().map(|event| event.kind.as_str()).collect()
}

#[tokio::test]
async fn a_stream_tells_the_whole_story() {
    let (app, model) = App::scripted().await;
    let ada = app.sign_up("ada").await;
    model.says([
        call("add_task", json!({ "title": "buy milk" })),
        text("Added buy milk."),
    ]);
    let events = ada.stream(json!({ "message": "Add buy milk" })).await;
    assert_contiguous(&events, 1);
    let seen = kinds(&events);
    assert_eq!(seen[..3], ["started", "tool_called", "tool_returned"]);
    assert_eq!(seen.last(), Some(&"completed"));
    assert!(events[1].data["tool_called"]["result"].is_null());
    let returned = &events[2].data["tool_returned"];
    assert_eq!(returned["receipt"]["kind"], "created");
    let turn = user::text(&events[0].data, "turn_id");
    assert!(events.iter().all(|event| event.data["turn_id"] == turn));

    // Folding the events gives what GetTurn says; the deltas, joined, are the text.
    let done = &events.last().expect("an end").data["completed"];
    assert_eq!(text_of(&events), "Added buy milk.");
    assert_eq!(done["response_text"], "Added buy milk.");
    assert_eq!(&done["tool_calls"][0], returned);
    let stored = ada.get(&format!("/api/turns/{turn}")).await.ok();
    assert_eq!(&stored["response"], done);
    assert_eq!(stored["state"], "completed");
    assert_eq!(stored["last_seq"].as_u64(), Some(events.len() as u64));
}

#[tokio::test]
async fn deltas_arrive_while_the_model_is_still_talking() {
    let (app, model) = App::scripted().await;
    let ada = app.sign_up("ada").await;
    let gate = Gate::closed();
    model.says([Script::stream()
        .delta("Hello, ")
        .hold(&gate)
        .delta("world.")
        .finish("stop")]);
    let mut events = ada.open_stream(json!({ "message": "hi" })).await;
    let first = events.until("text_delta").await;
    assert_eq!(text_of(&first), "Hello, ");
    gate.open();
    let rest = events.rest().await;
    assert_eq!(text_of(&rest), "world.");
}

#[tokio::test]
async fn an_answer_is_not_read_on_after_the_session_has_ended() {
    let model = FakeModel::start().await;
    // Nothing but the end itself wakes the readers.
    let app = App::setup().set("TASKCHAT_ACCOUNTS__LOOK_EVERY", "20ms");
    let app = app.model(&model).start().await;
    let ada = app.sign_up("ada").await;
    let (phone, gate) = (app.sign_in(&ada.email).await, Gate::closed());
    model.says([Script::stream()
        .delta("For you ")
        .hold(&gate)
        .delta("only.")
        .finish("stop")]);
    let mut sent = phone.open_stream(json!({ "message": "hi" })).await;
    let seen = sent.until("text_delta").await;
    let turn = user::text(&seen[0].data, "turn_id");
    let mut followed = phone.follow(&turn, 0).await;
    followed.until("text_delta").await;
    let open = ada.get("/api/users/me/sessions").await.ok();
    let phones = user::text(&open["sessions"][0], "id");
    ada.delete(&format!("/api/users/me/sessions/{phones}"))
        .await
        .ok();
    for events in [sent, followed].iter_mut() {
        let rest = events.rest().await;
        assert_eq!(text_of(&rest), "");
        let last = rest.last().expect("a refusal");
        assert_eq!(
            (last.kind.as_str(), &last.data["code"]),
            ("error", &json!("UNAUTHENTICATED"))
        );
    }
    // The turn itself is ada's, and goes on.
    gate.open();
    let rest = ada.follow(&turn, 0).await.rest().await;
    assert_eq!(text_of(&rest), "For you only.");
}

#[tokio::test]
async fn a_turn_is_replayed_from_any_event() {
    let (app, model) = App::scripted().await;
    let ada = app.sign_up("ada").await;
    model.says([
        call("add_task", json!({ "title": "x" })),
        text("one two three four five"),
    ]);
    let events = ada.stream(json!({ "message": "hi" })).await;
    let turn = user::text(&events[0].data, "turn_id");
    for after in 0..=events.len() {
        let number = u32::try_from(after).expect("few events");
        let replayed = ada.follow(&turn, number).await.rest().await;
        assert_eq!(replayed, events[after..], "after {after}");
        // As a browser does it.
        let request = ada
            .request(Method::GET, &format!("/api/turns/{turn}/events"))
            .header("last-event-id", after.to_string());
        assert_eq!(
            sse::Events::open(request).await.rest().await,
            events[after..]
        );
    }
    ada.get(&format!("/api/turns/{turn}/events?after=-1"))
        .await
        .refused(422);
    ada.get(&format!("/api/turns/{turn}/events?after=many"))
        .await
        .refused(422);
}

#[tokio::test]
async fn leaving_a_stream_stops_nothing() {
    let (app, model) = App::scripted().await;
    let ada = app.sign_up("ada").await;
    let gate = Gate::closed();
    model.says([
        Script::stream()
            .delta("Hold on. ")
            .hold(&gate)
            .asks(0, "add_task", r#"{"title":"x"}"#)
            .finish("tool_calls"),
        text("Added x."),
    ]);
    let mut events = ada.open_stream(json!({ "message": "hi" })).await;
    let seen = events.until("text_delta").await;
    let turn = user::text(&seen[0].data, "turn_id");
    drop(events);
    gate.open();
    // Two followers from different places see the same rest.
    let last = seen.last().and_then(|event| event.id).expect("a number");
    let (mut one, mut two) = futures::join!(ada.follow(&turn, last), ada.follow(&turn, 0));
    let (one, two) = futures::join!(one.rest(), two.rest());
    assert_contiguous(&one, last + 1);
    assert_contiguous(&two, 1);
    assert_eq!(two[last as usize..], one[..]);
    assert_eq!(text_of(&two), "Hold on. \n\nAdded x.");
    assert_eq!(ada.titles().await, ["x"]);
}

#[tokio::test]
async fn a_failure_is_the_last_event() {
    let (app, model) = App::scripted().await;
    let ada = app.sign_up("ada").await;
    model.says([
        call("add_task", json!({ "title": "x" })),
        Script::refusal(400),
    ]);
    let events = ada.stream(json!({ "message": "hi" })).await;
    assert_contiguous(&events, 1);
    let last = events.last().expect("an end");
    assert_eq!(last.kind, "failed");
    let failure = &last.data["failed"];
    assert_eq!(
        failure["tool_calls"][0]["receipt"]["kind"], "created",
        "{failure}"
    );
    assert!(!user::text(failure, "response_text").is_empty());
    assert_eq!(failure["turn_id"], last.data["turn_id"]);
}

#[tokio::test]
async fn a_refusal_before_the_first_byte_is_a_plain_answer() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    ada.post("/api/{me}/chat:stream", json!({ "message": "" }))
        .await
        .refused_with(422, "message field is required");
    let unknown = "/api/turns/0193a000-0000-7000-8000-000000000000/events";
    ada.get(unknown).await.refused_with(404, "Turn not found");
    ada.get("/api/turns/nonsense/events").await.names("turn_id");
}

#[tokio::test]
async fn lines_of_json_where_they_are_asked_for() {
    let (app, model) = App::scripted().await;
    let ada = app.sign_up("ada").await;
    model.says([text("Hello.")]);
    let sent = ada
        .request(Method::POST, "/api/chat:stream")
        .header("accept", "application/x-ndjson")
        .json(&json!({ "message": "hi" }))
        .send()
        .await;
    let answer = taskchat_tests::Answer::read(sent.expect("an answer")).await;
    assert!(
        answer
            .header("content-type")
            .is_some_and(|kind| kind.starts_with("application/x-ndjson"))
    );
    let lines: Vec<Value> = answer
        .text
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert!(
        lines.iter().any(|line| line["started"].is_object()),
        "{lines:?}"
    );
    assert_eq!(
        lines.last().expect("lines")["completed"]["response_text"],
        "Hello."
    );
}

#[tokio::test]
async fn a_quiet_stream_stays_alive() {
    let model = taskchat_tests::FakeModel::start().await;
    let app = App::setup()
        .model(&model)
        .set("TASKCHAT_TURNS__HEARTBEAT", "50ms")
        .start()
        .await;
    let ada = app.sign_up("ada").await;
    let gate = Gate::closed();
    model.says([text("Hello.").behind(&gate)]);
    let sent = ada
        .request(Method::POST, "/api/chat:stream")
        .json(&json!({ "message": "hi" }))
        .send()
        .await;
    let mut response = sent.expect("a stream");
    // Something arrives again and again although nothing happens.
    for _ in 0..3 {
        let piece = tokio::time::timeout(Duration::from_secs(5), response.chunk()).await;
        assert!(piece.expect("in time").expect("unbroken").is_some());
    }
    gate.open();
    let mut rest = String::new();
    while let Some(piece) = response.chunk().await.expect("unbroken") {
        rest.push_str(&String::from_utf8_lossy(&piece));
    }
    assert!(
        rest.contains("event: completed") || rest.contains("event:completed"),
        "{rest}"
    );
}

#[tokio::test]
async fn long_texts_in_every_script_arrive_whole() {
    let (app, model) = App::scripted().await;
    let ada = app.sign_up("ada").await;
    let long: String = "žluťoučký 🐎 kůň 漢字 — ".repeat(400);
    model.says([text(&long)]);
    let events = ada.stream(json!({ "message": "hi" })).await;
    assert_contiguous(&events, 1);
    assert_eq!(text_of(&events), long);
    let words = long.split_inclusive(' ').count();
    assert!(
        events.len() < words,
        "deltas are coalesced: {} events",
        events.len()
    );
}
