//! Server streams as events, as lines and as bytes.

use std::{
    sync::Arc,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use futures::{StreamExt, stream};
use http_body_util::BodyExt;
use prost_reflect::{DynamicMessage, MethodDescriptor};
use tonic::{Response, Status};

use super::{Setup, like_taskchat, message, parse, print, request};

const EVENTS: &[&str] = &[
    r#"{"seq":1,"made":{"id":"a"}}"#,
    r#"{"stillHere":{}}"#,
    r#"{"seq":2}"#,
];

#[tokio::test]
async fn events_have_id_kind_and_data() {
    let setup = Setup::answering(like_taskchat(), EVENTS);
    let answer = setup
        .ask("GET /v1/items:watch", &[("accept-encoding", "gzip")])
        .await;
    assert_eq!(answer.status, 200);
    for (name, value) in [
        ("content-type", "text/event-stream"),
        ("cache-control", "no-cache"),
        ("x-accel-buffering", "no"),
        ("content-encoding", ""),
    ] {
        assert_eq!(answer.header(name), value, "{name}");
    }
    assert_eq!(
        answer.text(),
        "id: 1\nevent: made\ndata: {\"seq\":1,\"made\":{\"id\":\"a\",\"title\":\"\",\"color\":\"unspecified\",\
         \"tags\":[],\"note\":null,\"maker\":null,\"made_at\":null}}\n\n\
         event: still_here\ndata: {\"seq\":0,\"still_here\":{}}\n\n\
         id: 2\nevent: message\ndata: {\"seq\":2}\n\n"
    );
}

#[tokio::test]
async fn lines_are_json_each() {
    let setup = Setup::answering(like_taskchat(), EVENTS);
    let accept = [
        ("accept", "text/html, application/x-ndjson;q=0.9"),
        ("accept-encoding", "gzip"),
    ];
    let answer = setup.ask("POST /v1/items:watch {}", &accept).await;
    assert_eq!(answer.header("content-type"), "application/x-ndjson");
    assert_eq!(answer.header("content-encoding"), "");
    let lines: Vec<&str> = answer.text().lines().collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[1], r#"{"seq":0,"still_here":{}}"#);
}

#[tokio::test]
async fn the_last_event_id_is_where_to_go_on() {
    let setup = Setup::answering(like_taskchat(), EVENTS);
    let rows = [
        ("GET /v1/items:watch?after=2", "", 2),
        ("GET /v1/items:watch", "7", 7),
        ("GET /v1/items:watch?after=2", "7", 7),
    ];
    for (line, id, expected) in rows {
        let headers = [("last-event-id", id)];
        let headers = if id.is_empty() {
            &headers[..0]
        } else {
            &headers[..]
        };
        setup.ask(line, headers).await;
        assert_eq!(
            print(&setup.last().message)["after"],
            expected,
            "{line} {id}"
        );
    }
    let answer = setup
        .ask("GET /v1/items:watch", &[("last-event-id", "x")])
        .await;
    assert_eq!(
        answer.refusal(),
        "422 last-event-id must be a whole number [last-event-id]"
    );
}

#[tokio::test]
async fn an_early_failure_is_a_status() {
    let setup = Setup::failing(like_taskchat(), || Status::not_found("Turn not found"));
    let answer = setup.ask("GET /v1/items:watch", &[]).await;
    assert_eq!(answer.refusal(), "404 Turn not found []");
    // Also when the stream was opened first.
    let setup = Setup::new(like_taskchat(), |_, _| {
        Ok(Response::new(
            stream::iter([Err(Status::not_found("Turn not found"))]).boxed(),
        ))
    });
    let answer = setup.ask("GET /v1/items:watch", &[]).await;
    assert_eq!(answer.refusal(), "404 Turn not found []");
}

#[tokio::test]
async fn a_late_failure_is_the_last_event() {
    let setup = Setup::new(like_taskchat(), |_, _| {
        let first = parse(&message("Event"), r#"{"seq":1}"#);
        Ok(Response::new(
            stream::iter([Ok(first), Err(Status::unavailable("gone"))]).boxed(),
        ))
    });
    let answer = setup
        .ask("GET /v1/items:watch", &[("x-request-id", "r1")])
        .await;
    assert_eq!(answer.status, 200);
    let problem = r#"{"type":"about:blank","title":"Service Unavailable","status":503,"detail":"gone","code":"UNAVAILABLE","request_id":"r1"}"#;
    let expected =
        format!("id: 1\nevent: message\ndata: {{\"seq\":1}}\n\nevent: error\ndata: {problem}\n\n");
    assert_eq!(answer.text(), expected);

    let headers = [("x-request-id", "r1"), ("accept", "application/x-ndjson")];
    let answer = setup.ask("GET /v1/items:watch", &headers).await;
    assert_eq!(
        answer.text(),
        format!("{{\"seq\":1}}\n{{\"error\":{problem}}}\n")
    );
}

#[tokio::test]
async fn silence_is_broken_by_comments_until_the_deadline() {
    let mut options = like_taskchat();
    options.config.keep_alive = Duration::from_millis(50);
    let setup = Setup::new(options, |_, _| Ok(Response::new(stream::pending().boxed())));
    let answer = setup
        .ask("GET /v1/items:watch", &[("grpc-timeout", "900m")])
        .await;
    assert_eq!(answer.status, 200);
    let rest = answer.text().trim_start_matches(": keep-alive\n\n");
    assert!(answer.text().len() - rest.len() >= 2 * ": keep-alive\n\n".len());
    assert!(rest.starts_with("event: error\ndata: "), "{rest}");
    assert!(rest.contains("DEADLINE_EXCEEDED"), "{rest}");
}

#[tokio::test]
async fn a_deadline_before_the_first_message_is_a_status() {
    let setup = Setup::new(like_taskchat(), |_, _| {
        Ok(Response::new(stream::pending().boxed()))
    });
    let wait = [("x-timeout", "100ms")];
    let answer = setup.ask("GET /v1/items:watch", &wait).await;
    assert_eq!(answer.status, 504);
    assert_eq!(answer.json()["code"], "DEADLINE_EXCEEDED");
}

#[tokio::test]
async fn no_stream_outlasts_its_deadline() {
    let quiet = |method: &MethodDescriptor| {
        let first = DynamicMessage::new(method.output());
        stream::iter([Ok(first)]).chain(stream::pending()).boxed()
    };
    let busy = |method: &MethodDescriptor| {
        let output = method.output();
        stream::repeat_with(move || Ok(DynamicMessage::new(output.clone()))).boxed()
    };
    let services = [
        Setup::new(like_taskchat(), move |method, _| {
            Ok(Response::new(quiet(method)))
        }),
        Setup::new(like_taskchat(), move |method, _| {
            Ok(Response::new(busy(method)))
        }),
    ];
    for setup in services {
        for path in ["/v1/downloads/n", "/v1/items:watch"] {
            let request = request(&format!("GET {path}"), &[("x-timeout", "400ms")]);
            let response = setup.open(request).await;
            let is_refused = response.status() == 504;
            let mut frames = response.into_body().into_data_stream();
            let mut last = None;
            while let Some(frame) = frames.next().await {
                last = Some(frame);
            }
            // Before the first byte a status, then the last event, or a broken transfer.
            let is_told = match last.unwrap() {
                Ok(frame) => String::from_utf8_lossy(&frame).contains("DEADLINE_EXCEEDED"),
                Err(_) => path == "/v1/downloads/n",
            };
            assert!(is_refused || is_told, "{path}");
        }
    }
}

/// Counts the messages it gave, and whether it was dropped.
struct Counted {
    given: Arc<AtomicUsize>,
    dropped: Arc<AtomicUsize>,
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.dropped.fetch_add(1, Ordering::SeqCst);
    }
}

#[tokio::test]
async fn nothing_is_read_ahead_and_leaving_ends_the_call() {
    let given = Arc::new(AtomicUsize::new(0));
    let dropped = Arc::new(AtomicUsize::new(0));
    let setup = Setup::new(like_taskchat(), {
        let (given, dropped) = (Arc::clone(&given), Arc::clone(&dropped));
        move |method, _| {
            let counted = Counted {
                given: Arc::clone(&given),
                dropped: Arc::clone(&dropped),
            };
            let output = method.output();
            let messages = stream::repeat_with(move || {
                counted.given.fetch_add(1, Ordering::SeqCst);
                // Larger than the buffer in which tonic collects small messages.
                let title = "x".repeat(64 * 1024);
                let mut event = DynamicMessage::new(output.clone());
                let made = event
                    .get_field_by_name_mut("made")
                    .unwrap()
                    .as_message_mut()
                    .unwrap();
                made.set_field_by_name("title", prost_reflect::Value::String(title));
                Ok(event)
            });
            Ok(Response::new(messages.boxed()))
        }
    });
    let response = setup.open(request("GET /v1/items:watch", &[])).await;
    let mut body = response.into_body();
    for _ in 0..3 {
        assert!(body.frame().await.unwrap().unwrap().is_data());
    }
    let ahead = given.load(Ordering::SeqCst);
    assert!(
        ahead <= 6,
        "{ahead} messages were made for 3 that were read"
    );
    assert_eq!(dropped.load(Ordering::SeqCst), 0);
    drop(body);
    tokio::time::sleep(Duration::ZERO).await;
    assert_eq!(
        dropped.load(Ordering::SeqCst),
        1,
        "the service still streams to nobody"
    );
}

#[tokio::test]
async fn raw_streams_are_bytes() {
    let pieces: &[&str] = &[
        r#"{"contentType":"text/csv","data":"YSxi"}"#,
        r#"{"data":"Cg=="}"#,
    ];
    let setup = Setup::answering(like_taskchat(), pieces);
    let answer = setup.ask("GET /v1/downloads/n", &[]).await;
    assert_eq!(
        (answer.header("content-type"), answer.text()),
        ("text/csv", "a,b\n")
    );
}

#[tokio::test]
async fn head_of_a_stream_is_its_head() {
    let setup = Setup::new(like_taskchat(), |_, _| {
        Ok(Response::new(stream::pending().boxed()))
    });
    let answer = setup.ask("HEAD /v1/items:watch", &[]).await;
    assert_eq!((answer.status.as_u16(), answer.text()), (200, ""));
    assert_eq!(answer.header("content-type"), "text/event-stream");
}
