//! Clients that ask and do not read: they keep nothing that others need, and not for long.

use std::{sync::Arc, time::Duration};

use http::Request;
use serde_json::json;
use taskchat_tests::{
    App, Binary, PATIENCE, eventually,
    tls::Certificates,
    wire::{self, Http2},
};
use tokio::io::AsyncWriteExt;

/// Asks for something large so often that no buffers on the way hold all of it.
fn asking_for_much() -> String {
    format!("GET {LARGE} HTTP/1.1\r\nhost: a\r\n\r\n").repeat(TIMES)
}

/// A file of more than a megabyte, which is handed over in one piece.
const LARGE: &str = "/docs/swagger-ui-bundle.js";
const TIMES: usize = 32;

/// Waits until the one connection that a process may have is free again.
async fn is_free(address: std::net::SocketAddr) {
    eventually("the connection is over", || async {
        let mut stream = wire::connect(address).await;
        let request = b"GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
        // Turned away, it may be closed before all is written.
        let _ = stream.write_all(request).await;
        wire::hear(&mut stream).await.starts_with(b"HTTP/1.1 200")
    })
    .await;
}

/// Processor time that a process has used.
fn used(pid: u32) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).expect("a process");
    let (_, fields) = stat.rsplit_once(") ").expect("a name in brackets");
    let ticks = fields.split(' ').skip(11).take(2);
    let ticks: u64 = ticks.map(|it| it.parse::<u64>().expect("a number")).sum();
    Duration::from_millis(ticks * 10)
}

#[tokio::test]
async fn who_does_not_read_is_hung_up_on_and_costs_nothing_till_then() {
    let data = tempfile::tempdir().expect("a folder");
    let settings = [
        ("TASKCHAT_SOCKETS__CONNECTIONS", "1"),
        ("TASKCHAT_SOCKETS__IDLE_TIMEOUT", "200ms"),
        ("TASKCHAT_SOCKETS__WRITE_TIMEOUT", "5s"),
    ];
    let server = Binary::start_with(data.path(), None, &settings).await;
    let before = used(server.pid());
    let mut stuck = wire::say(server.address, asking_for_much()).await;
    is_free(server.address).await;
    let spent = used(server.pid()) - before;
    assert!(spent < Duration::from_secs(2), "{spent:?} for waiting");
    assert!(
        server
            .log()
            .contains("Hung up on a client that does not read"),
        "{}",
        server.log()
    );
    // What was under way when it was dropped is all that comes.
    let heard = wire::hear(&mut stuck).await;
    let answers = heard.windows(12).filter(|it| it == b"HTTP/1.1 200");
    let answers = answers.count();
    assert!((1..TIMES).contains(&answers), "{answers} answers");
    let (status, log) = server.terminate().await;
    assert!(status.success(), "{log}");
}

#[tokio::test]
async fn who_does_not_read_through_tls_is_hung_up_on_as_well() {
    let certificates = Arc::new(Certificates::new());
    let app = App::setup()
        .tls(&certificates)
        .set("TASKCHAT_SOCKETS__CONNECTIONS", "1")
        .set("TASKCHAT_SOCKETS__WRITE_TIMEOUT", "1s")
        .start()
        .await;
    let port = app.address.port();
    let mut stuck = certificates.connect(port, &["http/1.1"]).await;
    let asked = stuck.write_all(asking_for_much().as_bytes()).await;
    asked.expect("sent");
    eventually("the connection is over", || async {
        let sent = app.http.get(app.url("/healthz")).send().await;
        sent.is_ok_and(|answer| answer.status() == 200)
    })
    .await;
}

/// An answer over HTTP/2 that is not read on, its connection alive and answering pings.
async fn unread(app: &App, path: &str, token: &str) -> (Http2, http::Response<h2::RecvStream>) {
    let mut client = Http2::connect(app.address).await;
    let request = Request::get(format!("http://a{path}"))
        .header("authorization", format!("Bearer {token}"))
        .body(())
        .expect("a request");
    let (answer, _) = client.requests.send_request(request, true).expect("sent");
    let answer = answer.await.expect("an answer");
    assert_eq!(answer.status(), 200);
    (client, answer)
}

#[tokio::test]
async fn what_flow_control_holds_up_is_not_kept_for_ever() {
    let app = App::setup()
        .set("TASKCHAT_SOCKETS__WRITE_TIMEOUT", "500ms")
        .set("TASKCHAT_SOCKETS__PING_INTERVAL", "100ms")
        .start()
        .await;
    let (client, _unread) = unread(&app, LARGE, "").await;
    let ended = tokio::time::timeout(PATIENCE, client.ended).await;
    assert!(ended.is_ok(), "the connection goes on");
}

#[tokio::test]
async fn an_answer_that_is_not_read_keeps_its_place() {
    let app = App::setup()
        .set("TASKCHAT_LIMITS__CONCURRENT_REQUESTS", "1")
        .start()
        .await;
    let ada = app.sign_up("ada").await;
    // More than is handed over, and than the client has room for.
    for at in 0..50 {
        let task = json!({ "title": format!("{at}"), "description": "\u{1f980}".repeat(1000) });
        ada.post("/api/tasks", task).await.ok();
    }
    let (client, answer) = unread(&app, "/api/tasks", &ada.access).await;
    let refused = ada.get("/api/users/me").await.refused(429);
    assert_eq!(refused["detail"], "too many requests at once");
    drop((client, answer));
    eventually("the place is free again", || async {
        ada.get("/api/users/me").await.status == 200
    })
    .await;
}

#[tokio::test]
async fn who_does_not_heed_a_goaway_is_hung_up_on() {
    let app = App::setup()
        .set("TASKCHAT_SOCKETS__IDLE_TIMEOUT", "300ms")
        .set("TASKCHAT_SOCKETS__PING_INTERVAL", "0s")
        .start()
        .await;
    let mut deaf = wire::say(app.address, wire::GREETING).await;
    let heard = wire::frames(&wire::hear(&mut deaf).await);
    let goaway = 7;
    assert!(heard.iter().any(|(kind, _)| *kind == goaway), "{heard:?}");
}
