//! What the scripted model answers to one request.

use std::{collections::VecDeque, time::Duration};

use axum::{
    body::{Body, Bytes},
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::NAME;

/// One answer: a status, headers, and what the body does over time.
#[derive(Debug, Clone)]
pub struct Script {
    status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    frames: Vec<Frame>,
}

#[derive(Debug, Clone)]
enum Frame {
    /// These bytes, as they are.
    Raw(String),
    /// Nothing, for a while.
    Wait(Duration),
    /// Nothing, until the gate opens.
    Hold(Gate),
    /// Nothing, ever again.
    Stall,
    /// The connection breaks.
    Cut,
}

/// Holds answers back until the scenario opens it: no scenario has to sleep.
#[derive(Debug, Clone)]
pub struct Gate(watch::Sender<bool>);

impl Gate {
    /// A closed one.
    pub fn closed() -> Self {
        Self(watch::Sender::new(false))
    }

    /// Lets everything pass from now on.
    pub fn open(&self) {
        self.0.send_replace(true);
    }

    async fn passed(&self) {
        // The sender lives in `self`, so waiting cannot fail.
        let _ = self.0.subscribe().wait_for(|open| *open).await;
    }
}

/// Says a text, word by word.
pub fn text(words: &str) -> Script {
    Script::stream().deltas(words).finish("stop")
}

/// Asks for one tool.
pub fn call(tool: &str, arguments: Value) -> Script {
    calls([(tool, arguments)])
}

/// Asks for tools, all in one step.
pub fn calls<'a>(asked: impl IntoIterator<Item = (&'a str, Value)>) -> Script {
    asked
        .into_iter()
        .enumerate()
        .fold(Script::stream(), |script, (at, (tool, arguments))| {
            script.asks(at, tool, &arguments.to_string())
        })
        .finish("tool_calls")
}

impl Script {
    /// An empty event stream; say what comes with the methods below.
    pub fn stream() -> Self {
        let mut script = Self::status(200);
        script.headers = vec![(
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/event-stream"),
        )];
        script
    }

    /// A bare status with the body of an OpenAI error.
    pub fn refusal(status: u16) -> Self {
        let error = json!({ "error": {
            "message": "scripted refusal sk-secret-in-provider-text",
            "type": "scripted", "param": null, "code": null } });
        let mut script = Self::status(status).raw(&error.to_string());
        script.headers = vec![(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        )];
        script
    }

    /// A page where JSON was expected, as a proxy would send it.
    pub fn html(status: u16) -> Self {
        let mut script =
            Self::status(status).raw("<!doctype html><title>Bad gateway</title><h1>nginx</h1>");
        script.headers = vec![(header::CONTENT_TYPE, HeaderValue::from_static("text/html"))];
        script
    }

    fn status(status: u16) -> Self {
        Self {
            status: StatusCode::from_u16(status).expect("a status"),
            headers: Vec::new(),
            frames: Vec::new(),
        }
    }

    /// One more header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.push((
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        ));
        self
    }

    /// A text in one chunk a word.
    #[must_use]
    pub fn deltas(self, words: &str) -> Self {
        words.split_inclusive(' ').fold(self, Self::delta)
    }

    /// One chunk of text.
    #[must_use]
    pub fn delta(self, text: &str) -> Self {
        self.chunk(json!({ "content": text }), Value::Null)
    }

    /// One tool call, its arguments in fragments of a few bytes.
    #[must_use]
    pub fn asks(self, index: usize, tool: &str, arguments: &str) -> Self {
        let opening = json!({ "tool_calls": [{ "index": index, "id": format!("model_{index}"),
            "type": "function", "function": { "name": tool, "arguments": "" } }] });
        let mut script = self.chunk(opening, Value::Null);
        let characters: Vec<char> = arguments.chars().collect();
        for piece in characters.chunks(7) {
            let piece: String = piece.iter().collect();
            let more =
                json!({ "tool_calls": [{ "index": index, "function": { "arguments": piece } }] });
            script = script.chunk(more, Value::Null);
        }
        script
    }

    /// One chunk with this delta and finish reason.
    #[must_use]
    pub fn chunk(self, delta: Value, finish: Value) -> Self {
        self.event(&json!({
            "id": "chatcmpl-scripted", "object": "chat.completion.chunk", "created": 1, "model": NAME,
            "vendor_extension": { "unknown": true },
            "choices": [{ "index": 0, "delta": delta, "finish_reason": finish, "logprobs": null }],
        }))
    }

    /// The orderly end: a finish reason, the usage, `[DONE]`.
    #[must_use]
    pub fn finish(self, reason: &str) -> Self {
        self.chunk(json!({}), json!(reason))
            .event(&json!({
                "id": "chatcmpl-scripted", "object": "chat.completion.chunk", "created": 1, "model": NAME,
                "choices": [],
                "usage": { "prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18 },
            }))
            .raw("data: [DONE]\n\n")
    }

    /// One event with this JSON.
    #[must_use]
    pub fn event(self, json: &Value) -> Self {
        self.raw(&format!("data: {json}\n\n"))
    }

    /// These bytes, as they are.
    #[must_use]
    pub fn raw(mut self, bytes: &str) -> Self {
        self.frames.push(Frame::Raw(bytes.to_owned()));
        self
    }

    /// Nothing for a while, then what follows.
    #[must_use]
    pub fn wait(mut self, time: Duration) -> Self {
        self.frames.push(Frame::Wait(time));
        self
    }

    /// Nothing until the gate opens, then what follows.
    #[must_use]
    pub fn hold(mut self, gate: &Gate) -> Self {
        self.frames.push(Frame::Hold(gate.clone()));
        self
    }

    /// Never says anything again and never ends.
    #[must_use]
    pub fn stall(mut self) -> Self {
        self.frames.push(Frame::Stall);
        self
    }

    /// Breaks the connection.
    #[must_use]
    pub fn cut(mut self) -> Self {
        self.frames.push(Frame::Cut);
        self
    }

    /// The same answer, its body held back until the gate opens.
    #[must_use]
    pub fn behind(mut self, gate: &Gate) -> Self {
        self.frames.insert(0, Frame::Hold(gate.clone()));
        self
    }

    /// The same answer, its body beginning later.
    #[must_use]
    pub fn after(mut self, time: Duration) -> Self {
        self.frames.insert(0, Frame::Wait(time));
        self
    }
}

impl Script {
    /// The answer as it is sent; `on_hang_up` is called when nobody hears it to its end.
    pub(super) fn sent(self, on_hang_up: impl FnOnce() + Send + 'static) -> Response {
        let mut frames = VecDeque::from(self.frames);
        let mut line = Line(Some(on_hang_up));
        let body = async_stream::stream! {
            while let Some(frame) = frames.pop_front() {
                // Whoever has been sent everything may go.
                if frames.is_empty() && matches!(frame, Frame::Raw(_) | Frame::Cut) {
                    line.end();
                }
                match frame {
                    Frame::Raw(text) => yield Ok::<_, std::io::Error>(Bytes::from(text)),
                    Frame::Wait(time) => tokio::time::sleep(time).await,
                    Frame::Hold(gate) => gate.passed().await,
                    Frame::Stall => std::future::pending::<()>().await,
                    Frame::Cut => {
                        yield Err(std::io::Error::other("cut by the script"));
                        return;
                    }
                }
            }
        };
        let mut response = Body::from_stream(body).into_response();
        *response.status_mut() = self.status;
        response.headers_mut().remove(header::CONTENT_TYPE);
        for (name, value) in self.headers {
            response.headers_mut().insert(name, value);
        }
        response
    }
}

/// Somebody listens for as long as this lives.
struct Line<F: FnOnce()>(Option<F>);

impl<F: FnOnce()> Line<F> {
    /// Nobody needs to listen any more.
    fn end(&mut self) {
        self.0 = None;
    }
}

impl<F: FnOnce()> Drop for Line<F> {
    fn drop(&mut self) {
        if let Some(hang_up) = self.0.take() {
            hang_up();
        }
    }
}
