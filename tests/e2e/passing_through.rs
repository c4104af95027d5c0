//! What passes through an edge of its own: whole, at once, and no longer than its caller stays.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use http::Request;
use serde_json::json;
use taskchat_tests::{
    App, FakeModel, Gate, call, eventually,
    sse::text_of,
    text,
    topology::{Part, Role},
    wire::{self, EMPTY_MESSAGE, Http2},
};
use tokio::net::TcpListener;

#[tokio::test]
async fn a_call_is_cancelled_over_there_when_its_caller_goes() {
    // Services that only count: who is being answered, and who was left.
    let (begun, left) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    struct Left(Arc<AtomicUsize>);
    impl Drop for Left {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
    let counting = {
        let (begun, left) = (Arc::clone(&begun), Arc::clone(&left));
        // The edge asks how they do before it sends anything.
        let health = axum::routing::post(async || ());
        let counting = axum::Router::new().route("/grpc.health.v1.Health/Check", health);
        counting.fallback(async move || {
            begun.fetch_add(1, Ordering::SeqCst);
            let _left = Left(left);
            std::future::pending::<()>().await;
        })
    };
    let socket = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = socket.local_addr().expect("bound");
    let serving = tokio::spawn(async move { axum::serve(socket, counting).await });
    let data = tempfile::tempdir().expect("a folder");
    let upstream = vec![format!("http://{address}").parse().expect("an address")];
    let edge = Part::start(Role::Edge(upstream), data.path(), &[]).await;

    let mut slowest = Duration::ZERO;
    for (at, kind) in [
        "application/grpc",
        "application/grpc-web+proto",
        "application/json",
    ]
    .into_iter()
    .enumerate()
    {
        let mut client = Http2::connect(edge.address).await;
        let path = match kind {
            "application/json" => "/api/tasks",
            _ => "/taskchat.v1.TaskService/ListTasks",
        };
        let request = if kind == "application/json" {
            Request::get(format!("http://a{path}"))
        } else {
            Request::post(format!("http://a{path}"))
        };
        let request = request
            .header("content-type", kind)
            .body(())
            .expect("a request");
        let is_grpc = kind != "application/json";
        let (answer, mut body) = client
            .requests
            .send_request(request, !is_grpc)
            .expect("sent");
        if is_grpc {
            body.send_data(EMPTY_MESSAGE.into(), true).expect("sent");
        }
        eventually("it is begun", || async {
            begun.load(Ordering::SeqCst) > at
        })
        .await;
        let gone = std::time::Instant::now();
        drop((answer, body));
        while left.load(Ordering::SeqCst) <= at {
            tokio::time::sleep(Duration::from_millis(1)).await;
            assert!(
                gone.elapsed() < Duration::from_secs(20),
                "{kind}: never cancelled"
            );
        }
        slowest = slowest.max(gone.elapsed());
    }
    // 100 ms is the promise; a busy machine may need a second try to show it.
    assert!(slowest < Duration::from_millis(100), "{slowest:?}");
    serving.abort();
}

#[tokio::test]
async fn native_grpc_passes_through_untouched() {
    let model = FakeModel::start().await;
    let app = App::setup().split().model(&model).start().await;
    let ada = app.sign_up("ada").await;
    let gate = Gate::closed();
    model.says([
        call("add_task", json!({ "title": "x" })),
        text("Added x.").behind(&gate),
    ]);
    // The stream begins before it is over.
    let client = Http2::connect(app.address).await;
    let message = [10, 0, 18, 5, b'A', b'd', b'd', b' ', b'x'];
    let mut frame = vec![0, 0, 0, 0, u8::try_from(message.len()).expect("short")];
    frame.extend(message);
    let request = Request::post("http://a/taskchat.v1.ChatService/StreamChat")
        .header("content-type", "application/grpc")
        .header("authorization", format!("Bearer {}", ada.access))
        .header("x-trace-bin", "AQID")
        .body(())
        .expect("a request");
    let mut requests = client.requests.clone();
    let (answer, mut body) = requests.send_request(request, false).expect("sent");
    body.send_data(frame.into(), true).expect("sent");
    let answer = answer.await.expect("an answer");
    assert_eq!(answer.headers()["content-type"], "application/grpc");
    let mut events = answer.into_body();
    let first = events.data().await.expect("an event").expect("whole");
    assert!(!first.is_empty());
    gate.open();
    while let Some(piece) = events.data().await {
        let piece = piece.expect("whole");
        events
            .flow_control()
            .release_capacity(piece.len())
            .expect("room");
    }
    let trailers = events.trailers().await.expect("an end").expect("trailers");
    assert_eq!(trailers["grpc-status"], "0");
    // A deadline goes along, and is kept over there.
    model.says([text("too late").behind(&Gate::closed())]);
    let mut request = wire::grpc(
        "/taskchat.v1.ChatService/Chat",
        &[0, 0, 0, 0, 6, 18, 4, b'w', b'a', b'i', b't'],
    );
    let headers = request.headers_mut();
    headers.insert("grpc-timeout", "300m".parse().expect("a value"));
    headers.insert(
        "authorization",
        format!("Bearer {}", ada.access).parse().expect("a value"),
    );
    let told = client.ask(request).await.expect("an answer");
    assert_eq!(told.grpc_status(), Some("4"), "{told:?}");
    // Refusals bring their typed details.
    let mut request = wire::grpc("/taskchat.v1.ChatService/Chat", EMPTY_MESSAGE);
    let bearer = format!("Bearer {}", ada.access).parse().expect("a value");
    request.headers_mut().insert("authorization", bearer);
    let told = client.ask(request).await.expect("an answer");
    assert_eq!(told.grpc_status(), Some("3"));
    assert!(
        told.headers.contains_key("grpc-status-details-bin"),
        "{told:?}"
    );
}

#[tokio::test]
async fn a_stream_whose_services_die_ends_with_a_status_and_goes_on_elsewhere() {
    let model = FakeModel::start().await;
    let mut app = App::setup().split().model(&model).start().await;
    let ada = app.sign_up("ada").await;
    model.says([text("never").behind(&Gate::closed())]);
    let mut events = ada.open_stream(json!({ "message": "hi" })).await;
    events.until("started").await;
    app.parts.pop().expect("services").crash().await;
    let rest = events.rest().await;
    let last = rest.last().expect("a last event");
    assert_eq!(last.kind, "error", "{rest:?}");
    assert_eq!(last.data["code"], "UNAVAILABLE", "{rest:?}");
    assert_eq!(text_of(&rest), "");
    ada.get("/api/users/me").await.refused(503);
}
