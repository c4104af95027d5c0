//! How a process goes: it says so, lets finish what runs, takes nothing new, and ends.

use std::time::Duration;

use serde_json::json;
use taskchat_tests::{
    Answer, App, FakeModel, Gate, eventually,
    sse::text_of,
    text,
    wire::{self, EMPTY_MESSAGE, Http2},
};

/// A request on a connection of its own.
async fn get(app: &App, path: &str) -> Answer {
    let client = reqwest::Client::new();
    let sent = client.get(app.url(path)).send().await;
    Answer::read(sent.expect("an answer")).await
}

/// Somebody's turn that waits for its model, and what opens the model's mouth.
async fn busy(app: &App, model: &FakeModel) -> (taskchat_tests::sse::Events, Gate) {
    let gate = Gate::closed();
    model.says([text("Good morning.").behind(&gate)]);
    let ada = app.sign_up("ada").await;
    let mut events = ada.open_stream(json!({ "message": "hi" })).await;
    events.until("started").await;
    (events, gate)
}

#[tokio::test]
async fn what_runs_finishes_and_probes_tell_why_nothing_begins() {
    let (app, model) = App::scripted().await;
    let (mut events, gate) = busy(&app, &model).await;
    let old = Http2::connect(app.address).await;
    assert_eq!(old.health().await, 1);
    let watching = wire::grpc("/grpc.health.v1.Health/Watch", EMPTY_MESSAGE);
    let mut watcher = old.requests.clone();
    let (parts, body) = watching.into_parts();
    let (watching, mut sending) = watcher
        .send_request(http::Request::from_parts(parts, ()), false)
        .expect("sent");
    sending.send_data(body, true).expect("sent");
    let mut watching = watching.await.expect("an answer").into_body();
    let first = watching.data().await.expect("a message").expect("whole");
    assert_eq!(first[6], 1, "SERVING");

    for part in &app.parts {
        part.leave();
    }
    // Told to those who watch, and to those who ask on new connections.
    let last = watching.data().await.expect("a message").expect("whole");
    assert_eq!(last[6], 2, "NOT_SERVING");
    assert_eq!(get(&app, "/readyz").await.status, 503);
    assert_eq!(get(&app, "/healthz").await.status, 200);
    assert_eq!(Http2::connect(app.address).await.health().await, 2);
    // Everything else is sent elsewhere.
    let away = get(&app, "/api/tasks").await;
    assert_eq!(away.header("retry-after"), Some("1"));
    assert_eq!(away.header("connection"), Some("close"));
    assert_eq!(away.refused(503)["detail"], "the server is stopping");
    let call = wire::grpc("/taskchat.v1.TaskService/ListTasks", EMPTY_MESSAGE);
    let away = Http2::connect(app.address).await.ask(call).await;
    assert_eq!(away.expect("an answer").grpc_status(), Some("14"));
    // The old connection has its GOAWAY and takes nothing new.
    drop((watching, sending));
    let ended = tokio::time::timeout(Duration::from_secs(20), old.ended).await;
    assert!(ended.is_ok(), "the connection goes on");

    gate.open();
    assert_eq!(text_of(&events.rest().await), "Good morning.");
    let address = app.address;
    app.stop().await;
    let gone = tokio::net::TcpStream::connect(address).await;
    assert!(gone.is_err(), "still listening");
}

#[tokio::test]
async fn for_the_time_of_a_notice_everything_goes_on() {
    let app = App::setup().set("TASKCHAT_NOTICE", "60s").start().await;
    let ada = app.sign_up("ada").await;
    let health = Http2::connect(app.address).await;
    for part in &app.parts {
        part.leave();
    }
    assert_eq!(get(&app, "/readyz").await.status, 503);
    eventually("health tells", || async { health.health().await == 2 }).await;
    ada.add("water the plants").await;
    assert_eq!(get(&app, "/api/tasks").await.status, 401, "served as ever");
}

#[tokio::test]
async fn silent_connections_do_not_hold_the_end_up() {
    let app = App::start().await;
    let mut held = Vec::new();
    for opening in [
        &b""[..],
        b"GET / HT",
        wire::GREETING,
        b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n",
    ] {
        held.push(wire::say(app.address, opening).await);
    }
    let ada = app.sign_up("ada").await;
    ada.get("/api/users/me").await.ok();
    let begun = std::time::Instant::now();
    app.stop().await;
    // Less than the time that is given to what runs.
    assert!(
        begun.elapsed() < Duration::from_secs(4),
        "{:?}",
        begun.elapsed()
    );
}
