//! A scripted OpenAI-compatible server on a loopback port.
//!
//! The real adapter, real HTTP and real streaming are under test; only what the model says is made
//! up. Every request is recorded and its transcript policed (see [`police`]): a broken history
//! fails the scenario when the model is dropped, whatever else the scenario looked at.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::post,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

pub mod police;
pub mod request;
pub mod script;

pub use request::Seen;
pub use script::{Gate, Script, call, calls, text};

/// The key that the adapter must present.
pub const KEY: &str = "sk-scripted-model-key";
/// The model's name that the adapter must ask for.
pub const NAME: &str = "scripted-1";

type Answerer = Box<dyn Fn(&Seen) -> Script + Send + Sync>;

/// A running scripted model. Cheap to clone; the last clone checks for violations.
#[derive(Clone)]
pub struct FakeModel {
    shared: Arc<Shared>,
    /// Where it listens.
    pub address: SocketAddr,
}

struct Shared {
    state: Mutex<Recorded>,
    task: tokio::task::AbortHandle,
}

#[derive(Default)]
struct Recorded {
    scripts: VecDeque<Script>,
    answerer: Option<Answerer>,
    seen: Vec<Seen>,
    violations: Vec<String>,
    /// Texts that must not be in any request: user ids, tokens.
    secrets: Vec<String>,
    /// When answers were hung up on before their end.
    hung_up: Vec<Instant>,
}

impl FakeModel {
    /// Starts it on a free port.
    pub async fn start() -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = socket.local_addr().expect("a bound socket");
        let shared = Arc::new_cyclic(|weak: &std::sync::Weak<Shared>| {
            let app = Router::new()
                .route("/v1/chat/completions", post(complete))
                .with_state(weak.clone());
            let task = tokio::spawn(async move { axum::serve(socket, app).await });
            Shared {
                state: Mutex::default(),
                task: task.abort_handle(),
            }
        });
        Self { shared, address }
    }

    /// What `OPENAI_BASE_URL` is set to.
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// The next answers, one a request, after those that are already lined up.
    pub fn says(&self, scripts: impl IntoIterator<Item = Script>) {
        self.shared.lock().scripts.extend(scripts);
    }

    /// What to answer when nothing is lined up. Without it an unexpected request is a violation.
    pub fn otherwise(&self, answer: impl Fn(&Seen) -> Script + Send + Sync + 'static) {
        self.shared.lock().answerer = Some(Box::new(answer));
    }

    /// A text that must never reach the model.
    pub fn must_not_see(&self, secret: impl Into<String>) {
        self.shared.lock().secrets.push(secret.into());
    }

    /// Every request so far, oldest first.
    pub fn requests(&self) -> Vec<Seen> {
        self.shared.lock().seen.clone()
    }

    /// How many requests there were so far.
    pub fn asked(&self) -> usize {
        self.shared.lock().seen.len()
    }

    /// When the other side hung up in the middle of an answer, each time.
    pub fn hung_up(&self) -> Vec<Instant> {
        self.shared.lock().hung_up.clone()
    }

    /// The latest request.
    #[track_caller]
    pub fn last(&self) -> Seen {
        self.requests()
            .pop()
            .expect("the model has not been asked anything")
    }

    /// Fails when a request broke the rules, or a script was never asked for.
    #[track_caller]
    pub fn assert_sound(&self) {
        let state = self.shared.lock();
        assert!(
            state.violations.is_empty(),
            "the model was sent broken requests:\n{}",
            state.violations.join("\n")
        );
        assert!(
            state.scripts.is_empty(),
            "{} scripted answers were never asked for",
            state.scripts.len()
        );
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Recorded> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records a request and decides on the answer.
    fn take(&self, headers: &HeaderMap, body: &Bytes) -> Result<Script, String> {
        let mut state = self.lock();
        let seen = match serde_json::from_slice::<Value>(body) {
            Ok(json) => Seen::new(json, headers),
            Err(error) => {
                let problem = format!("not JSON: {error}");
                state.violations.push(problem.clone());
                return Err(problem);
            }
        };
        let mut problems = police::violations(&seen);
        let raw = String::from_utf8_lossy(body);
        for secret in &state.secrets {
            if raw.contains(secret.as_str()) {
                problems.push(format!("{secret} reached the model"));
            }
        }
        let at = state.seen.len() + 1;
        state.violations.extend(
            problems
                .into_iter()
                .map(|problem| format!("request {at}: {problem}")),
        );
        let script = match state.scripts.pop_front() {
            Some(script) => Some(script),
            None => state.answerer.as_ref().map(|answer| answer(&seen)),
        };
        let about = format!("unexpected request {at}: {}", seen.last_text());
        state.seen.push(seen);
        script.ok_or_else(|| {
            state.violations.push(about.clone());
            about
        })
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.task.abort();
        let state = self.lock();
        if state.violations.is_empty() {
            return;
        }
        let all = state.violations.join("\n");
        drop(state);
        if std::thread::panicking() {
            // It may be why.
            eprintln!("the model was sent broken requests:\n{all}");
        } else {
            panic!("the model was sent broken requests:\n{all}");
        }
    }
}

async fn complete(
    State(shared): State<std::sync::Weak<Shared>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Some(script) = shared.upgrade().map(|shared| shared.take(&headers, &body)) else {
        return StatusCode::GONE.into_response();
    };
    match script {
        Ok(script) => script.sent(move || {
            if let Some(shared) = shared.upgrade() {
                shared.lock().hung_up.push(Instant::now());
            }
        }),
        Err(problem) => {
            let body = json!({ "error": { "message": problem, "type": "scripted", "code": null } });
            (StatusCode::NOT_IMPLEMENTED, Json(body)).into_response()
        }
    }
}
