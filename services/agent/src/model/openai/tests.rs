//! The adapter against a server on the loopback interface, fault by fault.

use std::{
    convert::Infallible,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::Request,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::post,
};
use futures::{StreamExt, stream};
use secrecy::SecretString;
use serde_json::{Value, json};
use taskchat_domain::{TimeZone, Usage};
use tokio::{net::TcpListener, time::timeout};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::OpenAi;
use crate::model::{
    CallFragment, Delta, FinishReason, Message, Model, ModelError, ModelErrorKind, ModelRequest,
    Retry,
};

/// What was asked: headers and body.
type Asked = Arc<Mutex<Vec<(HeaderMap, Value)>>>;

/// A server that answers every request in one way.
struct Server {
    base: String,
    asked: Asked,
    _stop: tokio_util::sync::DropGuard,
}

impl Server {
    async fn start(answer: impl Fn() -> Response + Clone + Send + Sync + 'static) -> Self {
        let asked = Asked::default();
        let seen = Arc::clone(&asked);
        let handler = async move |request: Request| {
            let (parts, body) = request.into_parts();
            let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
            let body = serde_json::from_slice(&body).unwrap();
            seen.lock().unwrap().push((parts.headers, body));
            answer()
        };
        let app = Router::new().route("/v1/chat/completions", post(handler));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/v1", listener.local_addr().unwrap());
        let stop = CancellationToken::new();
        let stopped = stop.clone().cancelled_owned();
        TaskTracker::new().spawn(async move {
            tokio::select! {
                () = stopped => {}
                _ = axum::serve(listener, app) => {}
            }
        });
        Self {
            base,
            asked,
            _stop: stop.drop_guard(),
        }
    }

    async fn ask(&self) -> Result<Vec<Delta>, ModelError> {
        ask(&self.base, None).await
    }
}

fn model(base: &str, key: Option<&str>) -> OpenAi {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let key = key.map(SecretString::from);
    OpenAi::new(http, base, key.as_ref(), "some-model".to_owned()).unwrap()
}

fn request() -> ModelRequest {
    ModelRequest {
        messages: vec![Message::User("a private matter".into())],
        tools: [].into(),
        time_zone: TimeZone::UTC,
    }
}

/// The deltas of an answer, or the first failure.
async fn ask(base: &str, key: Option<&str>) -> Result<Vec<Delta>, ModelError> {
    let all = async {
        let mut deltas = model(base, key).stream(&request()).await?;
        let mut heard = Vec::new();
        while let Some(delta) = deltas.next().await {
            heard.push(delta?);
        }
        Ok(heard)
    };
    timeout(Duration::from_secs(20), all).await.expect("an end")
}

/// An event stream of these lines of data.
fn events(data: &[Value]) -> Response {
    let mut body: String = data
        .iter()
        .map(|data| format!("data: {data}\n\n"))
        .collect();
    body.push_str("data: [DONE]\n\n");
    sse(Body::from(body))
}

fn sse(body: Body) -> Response {
    ([("content-type", "text/event-stream")], body).into_response()
}

fn content(text: &str) -> Value {
    json!({"choices": [{"index": 0, "delta": {"content": text}}]})
}

fn finish(reason: &str) -> Value {
    json!({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})
}

fn text(text: &str) -> Delta {
    Delta::Text(text.to_owned())
}

#[tokio::test]
async fn an_answer_is_streamed_with_its_figures() {
    let server = Server::start(|| {
        sse(Body::from(format!(
            ": keep-alive\n\ndata: {}\n\n: keep-alive\n\ndata: {}\r\n\r\ndata:{}\n\ndata: {}\n\ndata: [DONE]\n\n",
            json!({"choices": [{"delta": {"role": "assistant", "content": null}}]}),
            content("Grüße"),
            finish("stop"),
            json!({"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 2}}),
        )))
    })
    .await;
    for base in [server.base.clone(), format!("{}/", server.base)] {
        let heard = ask(&base, Some("sk-key")).await.unwrap();
        assert_eq!(
            heard,
            [
                text("Grüße"),
                Delta::Finish(FinishReason::Done),
                Delta::Usage(Usage {
                    input_tokens: 7,
                    output_tokens: 2
                }),
            ]
        );
    }
    let asked = server.asked.lock().unwrap();
    let (headers, body) = &asked[0];
    assert_eq!(headers["authorization"], "Bearer sk-key");
    assert_eq!(body["stream"], true);
    assert_eq!(body["stream_options"]["include_usage"], true);
    assert_eq!(body["model"], "some-model");
    assert_eq!(body.get("tools"), None);
}

#[tokio::test]
async fn without_a_key_none_is_sent() {
    let server = Server::start(|| events(&[content("Hi"), finish("stop")])).await;
    server.ask().await.unwrap();
    let asked = server.asked.lock().unwrap();
    assert_eq!(asked[0].0.get("authorization"), None);
}

#[tokio::test]
async fn calls_come_in_fragments() {
    let piece = |value: Value| json!({"choices": [{"delta": {"tool_calls": [value]}}]});
    let server = Server::start(move || {
        events(&[
            piece(
                json!({"index": 0, "id": "x", "function": {"name": "add_task", "arguments": ""}}),
            ),
            piece(json!({"index": 0, "function": {"arguments": "{\"title\": \"a"}})),
            piece(json!({"index": 0, "function": {"arguments": " b\""}})),
            finish("tool_calls"),
        ])
    })
    .await;
    let fragment = |tool: &str, arguments: &str| {
        Delta::Call(CallFragment {
            slot: 0,
            tool: tool.to_owned(),
            arguments: arguments.to_owned(),
        })
    };
    assert_eq!(
        server.ask().await.unwrap(),
        [
            fragment("add_task", ""),
            fragment("", "{\"title\": \"a"),
            fragment("", " b\""),
            Delta::Finish(FinishReason::Done),
        ]
    );
}

#[tokio::test]
async fn refusals_keep_their_status_and_no_body() {
    let html = "<html>sk-secret</html>";
    let quota = r#"{"error": {"message": "sk-secret", "code": "insufficient_quota"}}"#;
    let key = r#"{"error": {"message": "sk-secret", "code": "invalid_api_key"}}"#;
    let retry = |seconds: Option<u64>| Retry::After(seconds.map(Duration::from_secs));
    for (status, header, body, expected) in [
        (401, None, key, Retry::No),
        (404, None, html, Retry::No),
        (400, None, "", Retry::No),
        (429, None, "", retry(None)),
        (429, Some("2"), "{}", retry(Some(2))),
        (429, None, quota, Retry::No),
        (500, None, "oops", retry(None)),
        (502, None, html, retry(None)),
        (503, Some("1"), html, retry(Some(1))),
    ] {
        let server = Server::start(move || {
            let mut response = (StatusCode::from_u16(status).unwrap(), body).into_response();
            if let Some(seconds) = header {
                let value = seconds.parse().unwrap();
                response.headers_mut().insert("retry-after", value);
            }
            response
        })
        .await;
        let error = server.ask().await.unwrap_err();
        assert_eq!(error.kind, ModelErrorKind::Unavailable, "{status}");
        assert_eq!(error.retry, expected, "{status}");
        let shown = format!("{error} {error:?}");
        assert!(shown.contains(&status.to_string()), "{shown}");
        assert!(!shown.contains("sk-secret"), "{shown}");
    }
}

#[tokio::test]
async fn nobody_there_is_unavailable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://me:sesame@{}/v1", listener.local_addr().unwrap());
    drop(listener);
    let error = ask(&base, None).await.unwrap_err();
    assert_eq!(error.kind, ModelErrorKind::Unavailable);
    assert_eq!(error.retry, Retry::After(None));
    assert!(!format!("{error:?}").contains("sesame"), "{error:?}");
}

#[tokio::test]
async fn what_is_no_answer_is_misbehaviour() {
    let web_page = || ([("content-type", "text/html")], "<html>Log in</html>").into_response();
    let no_json = || sse(Body::from("data: {\"choices\": [\n\n"));
    let not_utf8 = || sse(Body::from(&b"data: \xff\xfe\n\n"[..]));
    let endless_event = || {
        let piece = Bytes::from("x".repeat(64 * 1024));
        let pieces = stream::repeat(Ok::<_, Infallible>(piece));
        sse(Body::from_stream(
            stream::iter([Ok("data: ".into())]).chain(pieces),
        ))
    };
    let broken = || {
        let begun = stream::iter([Ok(Bytes::from("data: {\"choi"))]);
        let gone = stream::once(async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            Err(std::io::Error::other("gone"))
        });
        sse(Body::from_stream(begun.chain(gone)))
    };
    let answers: [fn() -> Response; 5] = [web_page, no_json, not_utf8, endless_event, broken];
    for answer in answers {
        let server = Server::start(answer).await;
        let error = server.ask().await.unwrap_err();
        assert_eq!(error.kind, ModelErrorKind::Misbehaved, "{error}");
        assert!(!error.to_string().contains("Log in"), "{error}");
    }
}

#[tokio::test]
async fn a_stream_that_is_cut_off_has_no_finish() {
    let server = Server::start(|| {
        let piece = format!("data: {}\n\n", content("Half an"));
        sse(Body::from(piece))
    })
    .await;
    assert_eq!(server.ask().await.unwrap(), [text("Half an")]);
}

#[tokio::test]
async fn an_error_in_the_middle_of_a_stream_is_one() {
    let server = Server::start(|| {
        events(&[
            content("Well"),
            json!({"error": {"type": "overloaded_error"}}),
        ])
    })
    .await;
    let error = server.ask().await.unwrap_err();
    assert_eq!(error.kind, ModelErrorKind::Unavailable);
}

#[tokio::test]
async fn peculiarities_are_borne() {
    let server = Server::start(|| {
        events(&[
            json!({"choices": [{"delta": {"reasoning_content": "hm"}}], "x_vendor": {"a": 1}}),
            content("Hi"),
            finish("eos_token"),
        ])
    })
    .await;
    let reason = FinishReason::Other("eos_token".into());
    assert_eq!(
        server.ask().await.unwrap(),
        [Delta::Thinking, text("Hi"), Delta::Finish(reason)]
    );

    let whole = Server::start(|| {
        axum::Json(json!({
            "choices": [{"message": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 1, "completion_tokens": 1},
        }))
        .into_response()
    })
    .await;
    let heard = whole.ask().await.unwrap();
    assert_eq!(heard[..2], [text("Hi"), Delta::Finish(FinishReason::Done)]);
}

/// A guard that tells when the server's side of a stream is dropped.
struct Dropped(CancellationToken);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

#[tokio::test]
async fn dropping_the_stream_closes_the_connection() {
    let closed = CancellationToken::new();
    let seen = closed.clone();
    let server = Server::start(move || {
        let guard = Dropped(seen.clone());
        let first = format!("data: {}\n\n", content("Hi"));
        let silence = stream::pending::<Result<Bytes, Infallible>>();
        let body = stream::iter([Ok(Bytes::from(first))])
            .chain(silence)
            .map(move |piece| {
                let _held = &guard;
                piece
            });
        sse(Body::from_stream(body))
    })
    .await;
    let mut deltas = model(&server.base, None).stream(&request()).await.unwrap();
    assert_eq!(deltas.next().await.unwrap().unwrap(), text("Hi"));
    let begun = Instant::now();
    drop(deltas);
    timeout(Duration::from_secs(5), closed.cancelled())
        .await
        .expect("the connection is closed");
    assert!(begun.elapsed() < Duration::from_secs(1));
}

#[tokio::test]
async fn a_slow_reader_slows_the_server_down() {
    let sent = Arc::new(Mutex::new(0_usize));
    let count = Arc::clone(&sent);
    let server = Server::start(move || {
        let count = Arc::clone(&count);
        let piece = Bytes::from(format!("data: {}\n\n", content(&"x".repeat(8000))));
        sse(Body::from_stream(stream::repeat_with(move || {
            *count.lock().unwrap() += 1;
            Ok::<_, Infallible>(piece.clone())
        })))
    })
    .await;
    let mut deltas = model(&server.base, None).stream(&request()).await.unwrap();
    deltas.next().await.unwrap().unwrap();
    tokio::time::sleep(Duration::from_millis(500)).await;
    let sent = *sent.lock().unwrap();
    // What fits into the buffers of two sockets, and not all there is.
    assert!(sent < 5000, "{sent}");
}
