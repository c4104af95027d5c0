//! The product as the built program, in a process of its own: for `kill -9` and signals.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    sync::{Arc, Mutex, PoisonError},
};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

use crate::{
    Answer, PATIENCE, User,
    app::{PASSWORD, client, defaults},
    fake_model::{FakeModel, KEY, NAME},
};

/// A running process.
pub struct Binary {
    /// Where it listens.
    pub address: SocketAddr,
    child: Child,
    http: reqwest::Client,
    log: Arc<Mutex<String>>,
}

/// Where the program was built: beside the test, by the same cargo invocation.
pub fn program() -> PathBuf {
    let test = std::env::current_exe().expect("the test's own path");
    let built = test
        .parent()
        .and_then(Path::parent)
        .expect("target/debug/deps/...")
        .join("taskchat");
    assert!(
        built.exists(),
        "{} is not built: cargo build --workspace",
        built.display()
    );
    built
}

impl Binary {
    /// Starts it on a data directory and waits until it listens.
    pub async fn start(data: &Path, model: Option<&FakeModel>) -> Self {
        Self::start_with(data, model, &[]).await
    }

    /// The same with further settings.
    pub async fn start_with(
        data: &Path,
        model: Option<&FakeModel>,
        settings: &[(&str, &str)],
    ) -> Self {
        let mut command = Command::new(program());
        command
            .arg("serve")
            .env_clear()
            .envs(defaults(data.to_owned()));
        command.env("TASKCHAT_LOG__FORMAT", "json");
        // Another process takes a killed one's turns over as soon as its lease is over.
        command.env("TASKCHAT_TURNS__LEASE", "1s");
        if let Some(model) = model {
            command
                .env("TASKCHAT_MODEL__PROVIDER", "openai")
                .env("OPENAI_BASE_URL", model.base_url())
                .env("OPENAI_API_KEY", KEY)
                .env("OPENAI_MODEL", NAME);
        }
        command.envs(settings.iter().copied());
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let mut child = command.kill_on_drop(true).spawn().expect("a process");
        let log = Arc::new(Mutex::new(String::new()));
        let mut lines = BufReader::new(child.stderr.take().expect("its standard error")).lines();
        let (found, listening) = tokio::sync::oneshot::channel();
        let all = Arc::clone(&log);
        tokio::spawn(async move {
            let mut found = Some(found);
            while let Ok(Some(line)) = lines.next_line().await {
                if let (Some(address), true) = (listening_on(&line), found.is_some()) {
                    let _ = found.take().map(|found| found.send(address));
                }
                let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
                all.push_str(&line);
                all.push('\n');
            }
        });
        let address = match tokio::time::timeout(PATIENCE, listening).await {
            Ok(Ok(address)) => address,
            _ => panic!("it does not listen: {}", log.lock().unwrap()),
        };
        Self {
            address,
            child,
            http: client(),
            log,
        }
    }

    /// Everything it has logged.
    pub fn log(&self) -> String {
        self.log
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The number the system knows it by.
    pub fn pid(&self) -> u32 {
        self.child.id().expect("a running process")
    }

    /// Ends it without warning, as a power cut does.
    pub async fn kill(mut self) {
        self.child.kill().await.expect("a dead process");
    }

    /// Asks it to stop and waits for its end.
    pub async fn terminate(mut self) -> (ExitStatus, String) {
        drop(self.http);
        let id = self.child.id().expect("a running process").to_string();
        let sent = Command::new("kill").args(["-TERM", &id]).status().await;
        assert!(sent.expect("kill").success());
        let status = tokio::time::timeout(PATIENCE, self.child.wait()).await;
        let log = self
            .log
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        (
            status.expect("it stops in time").expect("an exit status"),
            log,
        )
    }

    /// A new account, signed in.
    pub async fn sign_up(&self, name: &str) -> User {
        self.session("signup", &format!("{name}@example.com")).await
    }

    /// A session for an existing account.
    pub async fn sign_in(&self, email: &str) -> User {
        self.session("signin", email).await
    }

    async fn session(&self, act: &str, email: &str) -> User {
        let url = format!("http://{}/api/auth/{act}", self.address);
        let body = json!({ "email": email, "password": PASSWORD });
        let sent = self.http.post(url).json(&body).send().await;
        let session = Answer::read(sent.expect("an answer")).await.ok();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        User::known(
            (self.address, self.http.clone()),
            email,
            (
                &text(&session["user"]["id"]),
                &text(&session["access_token"]),
            ),
            &text(&session["refresh_token"]),
        )
    }
}

/// The address in the line that tells it.
fn listening_on(line: &str) -> Option<SocketAddr> {
    let line: Value = serde_json::from_str(line).ok()?;
    let address = line
        .pointer("/fields/server.address")
        .or_else(|| line.get("server.address"))?;
    address.as_str()?.parse().ok()
}
