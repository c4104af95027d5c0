//! What connections may take: slow, large, many, and given up. Whatever one client does, the others go
//! on being served.

use std::time::Duration;

use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};
use taskchat_tests::{
    App, User, eventually,
    wire::{self, Http2},
};
use tokio::io::AsyncWriteExt;

/// Fails unless this person is served, and promptly.
async fn is_served(user: &User) {
    for _ in 0..5 {
        let answer = tokio::time::timeout(Duration::from_secs(10), user.get("/api/users/me"));
        answer.await.expect("an answer in time").ok();
    }
}

/// The problem in an HTTP/1.1 answer with this status.
#[track_caller]
fn problem(answer: &str, status: u16) -> Value {
    assert!(
        answer.starts_with(&format!("HTTP/1.1 {status} ")),
        "{answer:?}"
    );
    let (head, body) = answer.split_once("\r\n\r\n").expect("a body");
    let head = head.to_lowercase();
    assert!(
        head.contains("content-type: application/problem+json"),
        "{head}"
    );
    assert!(head.contains("connection: close"), "{head}");
    let problem: Value = serde_json::from_str(body).expect("JSON");
    assert_eq!(problem["status"], status);
    problem
}

#[tokio::test]
async fn slow_heads_are_told_and_hold_nobody_up() {
    let app = App::setup()
        .set("TASKCHAT_SOCKETS__HEADER_TIMEOUT", "500ms")
        .start()
        .await;
    let ada = app.sign_up("ada").await;
    let mut slow = Vec::new();
    for _ in 0..200 {
        slow.push(wire::say(app.address, "GET /api/tasks HTTP/1.1\r\nhost: a\r\nx-a: ").await);
    }
    // Drops do not buy time.
    let mut dripping = wire::say(app.address, "GET / HT").await;
    while dripping.write_all(b"x").await.is_ok() {
        is_served(&ada).await;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    for mut stream in slow {
        let problem = problem(&wire::hear_text(&mut stream).await, 408);
        assert_eq!(problem["detail"], "the request took too long to arrive");
    }
    // Who says nothing at all is told nothing; nor who began HTTP/2 and stopped.
    let mut silent = wire::connect(app.address).await;
    assert!(wire::hear(&mut silent).await.is_empty());
    let mut half = wire::say(app.address, "PRI * HTTP/2").await;
    problem(&wire::hear_text(&mut half).await, 408);
    is_served(&ada).await;
}

#[tokio::test]
async fn a_later_head_on_a_connection_has_its_time_as_well() {
    let app = App::setup()
        .set("TASKCHAT_SOCKETS__HEADER_TIMEOUT", "500ms")
        .set("TASKCHAT_SOCKETS__IDLE_TIMEOUT", "3s")
        .start()
        .await;
    let whole = "GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n";
    let mut stream = wire::say(app.address, whole).await;
    // Longer than a head may take: between requests there is more time.
    tokio::time::sleep(Duration::from_millis(1000)).await;
    stream
        .write_all(whole.as_bytes())
        .await
        .expect("still open");
    stream
        .write_all(b"GET /healthz HTTP/1.1\r\n")
        .await
        .expect("sent");
    let heard = wire::hear_text(&mut stream).await;
    assert_eq!(heard.matches("HTTP/1.1 200 OK").count(), 2, "{heard}");
    let mut stream = wire::say(app.address, whole).await;
    let heard = wire::hear_text(&mut stream).await;
    assert_eq!(
        heard.matches("HTTP/1.1").count(),
        1,
        "silence ends without words: {heard}"
    );
}

#[tokio::test]
async fn slow_bodies_are_told_in_every_dialect() {
    let app = App::setup()
        .set("TASKCHAT_SOCKETS__BODY_TIMEOUT", "500ms")
        .start()
        .await;
    let ada = app.sign_up("ada").await;
    let head = "POST /api/auth/signin HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\nx-request-id: mine\r\ncontent-length: 100\r\n\r\n{";
    let mut slow = wire::say(app.address, head).await;
    is_served(&ada).await;
    let told = problem(&wire::hear_text(&mut slow).await, 408);
    assert_eq!(told["code"], "DEADLINE_EXCEEDED");
    assert_eq!(told["request_id"], "mine");

    let mut client = Http2::connect(app.address).await;
    for (kind, start) in [
        ("application/grpc", &[0u8, 0, 0, 0][..]),
        ("application/grpc", &[][..]),
        ("application/grpc-web+proto", &[0, 0, 0, 0, 9, 1][..]),
    ] {
        let request = Request::post("http://a/taskchat.v1.AuthService/SignIn")
            .header("content-type", kind)
            .body(())
            .expect("a request");
        let (answer, mut body) = client.requests.send_request(request, false).expect("sent");
        body.send_data(Bytes::from_static(start), false)
            .expect("sent");
        let told = tokio::time::timeout(Duration::from_secs(20), wire::read(answer)).await;
        let told = told.expect("in time").expect("an answer");
        assert_eq!(told.grpc_status(), Some("4"), "{kind}: {told:?}");
        assert_eq!(told.headers["content-type"], kind);
    }
    // The connection goes on.
    assert_eq!(client.health().await, 1);
    client
        .pings
        .ping(h2::Ping::opaque())
        .await
        .expect("an answer");
    is_served(&ada).await;
}

#[tokio::test]
async fn large_heads_are_refused_in_so_many_words() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let many: String = (0..150).map(|at| format!("x-{at}: 1\r\n")).collect();
    let rows = [
        (
            "/",
            format!("x-a: {}\r\n", "a".repeat(17 * 1024)),
            431,
            "the headers are larger than 16384 bytes",
        ),
        ("/", many, 431, "there are more than 100 headers"),
    ];
    for (path, headers, status, detail) in rows {
        let request = format!("GET {path} HTTP/1.1\r\nhost: a\r\n{headers}\r\n");
        let mut stream = wire::say(app.address, request).await;
        let told = problem(&wire::hear_text(&mut stream).await, status);
        assert_eq!(told["detail"], detail);
        assert_eq!(told["code"], "RESOURCE_EXHAUSTED");
        assert!(!told["request_id"].as_str().expect("an id").is_empty());
    }
    let long = format!("/api/tasks?query={}", "a".repeat(9000));
    let answer = ada.get(&long).await;
    assert_eq!(answer.status, 414, "{}", answer.text);
    answer.refused(414);

    // Beyond four times as much, the protocol refuses without our words, and never reads it all.
    let bomb = format!(
        "GET / HTTP/1.1\r\nhost: a\r\nx-a: {}\r\n\r\n",
        "a".repeat(4 << 20)
    );
    let mut stream = wire::connect(app.address).await;
    let _ = stream.write_all(bomb.as_bytes()).await;
    let heard = wire::hear(&mut stream).await;
    assert!(
        heard.is_empty() || heard.starts_with(b"HTTP/1.1 431 "),
        "{heard:?}"
    );
    is_served(&ada).await;
}

#[tokio::test]
async fn large_heads_are_refused_over_http2() {
    let app = App::start().await;
    let client = Http2::connect(app.address).await;
    let with = |size: usize, kind: &str| {
        Request::post("http://a/taskchat.v1.TaskService/ListTasks")
            .header("content-type", kind)
            .header("x-a", "a".repeat(size))
            .body(Bytes::new())
            .expect("a request")
    };
    let told = client
        .ask(with(20_000, "application/json"))
        .await
        .expect("an answer");
    assert_eq!(told.status, 431);
    assert_eq!(told.headers["content-type"], "application/problem+json");
    let told = client
        .ask(with(20_000, "application/grpc"))
        .await
        .expect("an answer");
    assert_eq!(
        (told.status.as_u16(), told.grpc_status()),
        (200, Some("8")),
        "{told:?}"
    );
    let message = told.headers["grpc-message"].to_str().expect("text");
    assert!(message.contains("16384"), "a hint: {message}");
    // The hard limit is the protocol's: no words, and the connection goes on.
    match client.ask(with(300_000, "application/grpc")).await {
        Ok(told) => assert_eq!(told.status, 431),
        Err(error) => assert!(
            error.is_remote() || error.is_io() || error.is_library(),
            "{error}"
        ),
    }
    let other = Http2::connect(app.address).await;
    assert_eq!(other.health().await, 1);
}

#[tokio::test]
async fn connections_beyond_the_limit_are_sent_away() {
    let app = App::setup()
        .set("TASKCHAT_SOCKETS__CONNECTIONS", "8")
        .start()
        .await;
    let ada = app.sign_up("ada").await;
    let mut held = Vec::new();
    let away = loop {
        let stream = wire::connect(app.address).await;
        stream.writable().await.expect("open");
        let mut byte = [0];
        let first = tokio::time::timeout(Duration::from_millis(200), stream.peek(&mut byte)).await;
        match first {
            Err(_) => held.push(stream),
            Ok(_) => break stream,
        }
        assert!(held.len() <= 8);
    };
    // One of the eight is ada's, kept alive by her client, and she goes on.
    is_served(&ada).await;
    let mut away = away;
    let told = problem(&wire::hear_text(&mut away).await, 503);
    assert_eq!(told["detail"], "there are too many connections");
    drop(held);
    eventually("there is room again", || async {
        let request = "GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
        let mut stream = wire::say(app.address, request).await;
        wire::hear(&mut stream).await.starts_with(b"HTTP/1.1 200")
    })
    .await;
}

#[tokio::test]
async fn one_user_has_so_many_requests_at_once() {
    let (model, gate) = (
        taskchat_tests::FakeModel::start().await,
        taskchat_tests::Gate::closed(),
    );
    let app = App::setup()
        .model(&model)
        .set("TASKCHAT_LIMITS__CONCURRENT_REQUESTS", "2")
        .start()
        .await;
    let (ada, bob) = (app.sign_up("ada").await, app.sign_up("bob").await);
    let mut open = Vec::new();
    for _ in 0..2 {
        model.says([taskchat_tests::text("done").behind(&gate)]);
        let mut events = ada.open_stream(json!({ "message": "hi" })).await;
        events.until("started").await;
        open.push(events);
    }
    let refused = ada.get("/api/users/me").await;
    assert_eq!(
        refused.header("retry-after"),
        Some("1"),
        "{:?}",
        refused.headers
    );
    let told = refused.refused(429);
    assert_eq!(told["detail"], "too many requests at once");
    let status = ada
        .via(taskchat_tests::Door::Grpc)
        .tasks()
        .await
        .expect_err("refused");
    assert_eq!(status.code, "RESOURCE_EXHAUSTED");
    is_served(&bob).await;
    drop(open.pop());
    eventually("a place is free again", || async {
        ada.get("/api/users/me").await.status == 200
    })
    .await;
    gate.open();
}

#[tokio::test]
async fn connections_are_asked_whether_they_live_and_answer_that_themselves() {
    let app = App::setup()
        .set("TASKCHAT_SOCKETS__STREAMS", "3")
        .set("TASKCHAT_SOCKETS__PING_INTERVAL", "100ms")
        .set("TASKCHAT_SOCKETS__PING_TIMEOUT", "300ms")
        .start()
        .await;
    // This one never answers.
    let mut dead = wire::say(app.address, wire::GREETING).await;
    let heard = wire::hear(&mut dead).await;
    let frames = wire::frames(&heard);
    let (settings, ping) = (4, 6);
    let streams = frames
        .iter()
        .find(|(kind, _)| *kind == settings)
        .expect("settings");
    let most = streams
        .1
        .chunks(6)
        .find(|it| it[..2] == [0, 3])
        .expect("a number of streams");
    assert_eq!(most[2..], [0, 0, 0, 3]);
    assert!(frames.iter().any(|(kind, _)| *kind == ping), "{frames:?}");
    // This one does, and lives.
    let mut client = Http2::connect(app.address).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    client
        .pings
        .ping(h2::Ping::opaque())
        .await
        .expect("an answer");
    assert_eq!(client.health().await, 1);
}

#[tokio::test]
async fn thousands_of_resets_end_a_connection_and_hold_nobody_up() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let mut attack = wire::say(app.address, wire::GREETING).await;
    let (headers, reset) = (1, 3);
    // `GET /readyz` in HPACK; END_STREAM and END_HEADERS.
    let head = [&[0x82, 0x86, 0x44, 7][..], b"/readyz", &[0x41, 1], b"a"].concat();
    let mut flood = Vec::new();
    for at in 0..5000 {
        let stream = 2 * at + 1;
        flood.extend(wire::frame(headers, 5, stream, &head));
        flood.extend(wire::frame(reset, 0, stream, &8u32.to_be_bytes()));
    }
    let _ = attack.write_all(&flood).await;
    is_served(&ada).await;
    let heard = wire::frames(&wire::hear(&mut attack).await);
    // GOAWAY with ENHANCE_YOUR_CALM, unless the reset of the connection overtook it.
    if let Some((_, payload)) = heard.iter().find(|(kind, _)| *kind == 7) {
        assert_eq!(payload[4..8], 11u32.to_be_bytes(), "{payload:?}");
    }
    is_served(&ada).await;
}

#[tokio::test]
async fn requests_that_are_begun_and_given_up_are_counted() {
    let app = App::setup()
        .set("TASKCHAT_SOCKETS__RESETS", "50")
        .start()
        .await;
    let ada = app.sign_up("ada").await;
    let mut client = Http2::connect(app.address).await;
    let mut given_up = 0;
    while !client.ended.is_finished() && given_up < 500 {
        let request = Request::post("http://a/api/auth/signin")
            .header("content-type", "application/json")
            .body(())
            .expect("a request");
        let Ok((_answer, mut body)) = client.requests.send_request(request, false) else {
            break;
        };
        // Once it has answered a ping, it has the request.
        if client.pings.ping(h2::Ping::opaque()).await.is_err() {
            break;
        }
        body.send_reset(h2::Reason::CANCEL);
        given_up += 1;
    }
    assert!(
        (50..200).contains(&given_up),
        "{given_up} requests were given up"
    );
    is_served(&ada).await;
}
