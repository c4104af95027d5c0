//! Somebody who does not take a dead server for an answer.

use std::{
    pin::Pin,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use futures::{Stream, StreamExt};
use reqwest::Method;
use serde_json::Value;
use taskchat_tests::{PATIENCE, token, victim::Doors};

/// How long to wait before another attempt.
const PAUSE: Duration = Duration::from_millis(5);

/// A person known by a token of an outside provider: nobody has to sign in again after a crash.
#[derive(Clone)]
pub struct Person {
    pub id: String,
    token: String,
    http: reqwest::Client,
    doors: Doors,
    choice: Arc<AtomicUsize>,
    pulse: Arc<Pulse>,
}

/// What people notice of the server, all together.
#[derive(Debug, Default)]
pub struct Pulse {
    /// Answers and events so far.
    heard: AtomicUsize,
    /// Since when nobody is killed any more; patience begins to run then.
    calm: OnceLock<Instant>,
}

impl Pulse {
    pub fn heard(&self) -> usize {
        self.heard.load(Ordering::Relaxed)
    }

    pub fn calm_down(&self) {
        self.calm.get_or_init(Instant::now);
    }

    /// True when something that began then should have ended by now.
    fn is_overdue(&self, begin: Instant) -> bool {
        let calm = self.calm.get();
        calm.is_some_and(|calm| calm.max(&begin).elapsed() > PATIENCE)
    }
}

/// What is asked of the server. The body is null when there is none.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: Method,
    pub path: String,
    pub body: Value,
    pub key: Option<String>,
}

/// A whole answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    pub status: u16,
    pub body: Value,
}

/// There was no answer, or not all of it: the server is dead or has just died.
#[derive(Debug)]
pub struct Broken;

impl Person {
    /// Somebody who knows no kills but the scenario's own.
    pub fn new(id: &str, doors: &Doors) -> Self {
        let pulse = Arc::<Pulse>::default();
        pulse.calm_down();
        Self::among(id, doors, &pulse)
    }

    /// One of many, in a time of kills.
    pub fn among(id: &str, doors: &Doors, pulse: &Arc<Pulse>) -> Self {
        Self {
            id: id.to_owned(),
            token: token::signed(token::SECRET, &token::claims(id)),
            http: reqwest::Client::builder()
                .timeout(PATIENCE)
                .build()
                .expect("an HTTP client"),
            doors: doors.clone(),
            choice: Arc::default(),
            pulse: Arc::clone(pulse),
        }
    }

    /// Fails when something that began then takes too long.
    pub fn be_patient(&self, begin: Instant, with: impl FnOnce() -> String) {
        assert!(!self.pulse.is_overdue(begin), "no end of {}", with());
    }

    /// Asks once.
    pub async fn once(&self, asked: &Asked) -> Result<Said, Broken> {
        let response = self.send(asked, "application/json").await?;
        let status = response.status().as_u16();
        let text = response.text().await.map_err(|_| Broken)?;
        self.pulse.heard.fetch_add(1, Ordering::Relaxed);
        let body = serde_json::from_str(&text)
            .unwrap_or_else(|error| panic!("not JSON ({error}): {status} {text}"));
        Ok(Said { status, body })
    }

    /// Asks until there is an answer; that nothing is done twice is for the server to see to.
    pub async fn ask(&self, asked: &Asked) -> Said {
        let begin = Instant::now();
        loop {
            match self.once(asked).await {
                Ok(said) if said.status != 503 => return said,
                Ok(_) | Err(Broken) => {}
            }
            self.be_patient(begin, || format!("{asked:?}"));
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Asks until there is an answer, and that is a success.
    pub async fn get(&self, asked: &Asked) -> Value {
        let said = self.ask(asked).await;
        assert_eq!(said.status, 200, "{asked:?}: {}", said.body);
        said.body
    }

    /// Asks once for a stream of JSON lines; the inner error is a refusal.
    pub async fn stream(&self, asked: &Asked) -> Result<Result<Lines, Said>, Broken> {
        let response = self.send(asked, "application/x-ndjson").await?;
        let status = response.status().as_u16();
        if status == 200 {
            return Ok(Ok(Lines {
                bytes: response.bytes_stream().boxed(),
                unread: Vec::new(),
                pulse: Arc::clone(&self.pulse),
            }));
        }
        let body = response.json().await.map_err(|_| Broken)?;
        Ok(Err(Said { status, body }))
    }

    async fn send(&self, asked: &Asked, accept: &str) -> Result<reqwest::Response, Broken> {
        let choice = self.choice.fetch_add(1, Ordering::Relaxed);
        let Some(door) = self.doors.any(choice) else {
            tokio::time::sleep(PAUSE).await;
            return Err(Broken);
        };
        let mut request = self
            .http
            .request(asked.method.clone(), format!("http://{door}{}", asked.path))
            .bearer_auth(&self.token)
            .header("accept", accept);
        if let Some(key) = &asked.key {
            request = request.header("idempotency-key", key);
        }
        if !asked.body.is_null() {
            request = request.json(&asked.body);
        }
        request.send().await.map_err(|_| Broken)
    }
}

/// An open stream of JSON lines.
pub struct Lines {
    bytes: Pin<Box<dyn Stream<Item = reqwest::Result<bytes::Bytes>> + Send>>,
    unread: Vec<u8>,
    pulse: Arc<Pulse>,
}

impl Lines {
    /// The next one; `None` at the orderly end.
    pub async fn next(&mut self) -> Result<Option<Value>, Broken> {
        loop {
            if let Some(end) = self.unread.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.unread.drain(..=end).collect();
                if line.iter().all(u8::is_ascii_whitespace) {
                    continue;
                }
                self.pulse.heard.fetch_add(1, Ordering::Relaxed);
                return Ok(Some(serde_json::from_slice(&line).expect("a line of JSON")));
            }
            match self.bytes.next().await {
                Some(Ok(bytes)) => self.unread.extend(bytes),
                Some(Err(_)) => return Err(Broken),
                None => return Ok(None),
            }
        }
    }
}

impl Asked {
    pub fn get(path: String) -> Self {
        Self {
            method: Method::GET,
            path,
            body: Value::Null,
            key: None,
        }
    }

    pub fn post(path: String, body: Value) -> Self {
        Self {
            method: Method::POST,
            body,
            ..Self::get(path)
        }
    }

    /// A change of a task: under a key, so that it can be repeated.
    pub fn change(method: Method, path: String, body: Value, key: String) -> Self {
        Self {
            method,
            path,
            body,
            key: Some(key),
        }
    }
}
