//! The built program, killed without warning and started again on the same database.

use std::{
    net::SocketAddr,
    process::Stdio,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    sync::oneshot,
};

use crate::{PATIENCE, binary::program};

/// Where the living processes of a scenario listen.
#[derive(Debug, Clone, Default)]
pub struct Doors(Arc<Mutex<Vec<SocketAddr>>>);

/// A process that does not live long.
pub struct Victim {
    settings: Vec<(String, String)>,
    doors: Doors,
    life: Option<Life>,
    log: Arc<Mutex<String>>,
}

struct Life {
    address: SocketAddr,
    child: Child,
}

impl Doors {
    /// One of them; `None` while everybody is dead.
    pub fn any(&self, choice: usize) -> Option<SocketAddr> {
        let doors = lock(&self.0);
        doors.get(choice % doors.len().max(1)).copied()
    }
}

impl Victim {
    /// Starts it with these settings, listening at one of `doors`.
    pub async fn start(settings: Vec<(String, String)>, doors: &Doors) -> Self {
        let mut victim = Self {
            settings,
            doors: doors.clone(),
            life: None,
            log: Arc::default(),
        };
        victim.rise().await;
        victim
    }

    /// Ends it as a power cut does: nothing of it runs on return.
    pub async fn kill(&mut self) {
        let mut life = self.life.take().expect("a living process");
        life.child.kill().await.expect("a dead process");
        lock(&self.doors.0).retain(|door| *door != life.address);
    }

    /// Starts it again, on a port of its own choice, and waits until it listens.
    pub async fn rise(&mut self) {
        assert!(self.life.is_none(), "it is alive");
        let mut child = Command::new(program())
            .arg("serve")
            .env_clear()
            .envs(self.settings.iter().cloned())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("a process");
        let mut lines = BufReader::new(child.stderr.take().expect("its standard error")).lines();
        let (found, listening) = oneshot::channel();
        let log = Arc::clone(&self.log);
        tokio::spawn(async move {
            let mut found = Some(found);
            while let Ok(Some(line)) = lines.next_line().await {
                if let Some(address) = listening_on(&line) {
                    let _ = found.take().map(|found| found.send(address));
                }
                let mut log = lock(&log);
                log.push_str(&line);
                log.push('\n');
            }
        });
        let address = match tokio::time::timeout(PATIENCE, listening).await {
            Ok(Ok(address)) => address,
            _ => panic!("it does not listen: {}", self.log()),
        };
        lock(&self.doors.0).push(address);
        self.life = Some(Life { address, child });
    }

    /// Everything it has logged, in all its lives.
    pub fn log(&self) -> String {
        lock(&self.log).clone()
    }
}

/// The address in the line that tells it.
fn listening_on(line: &str) -> Option<SocketAddr> {
    let (_, rest) = line.split_once("listening on http://")?;
    let address: String = rest
        .chars()
        .take_while(|letter| letter.is_ascii_digit() || ".:[]".contains(*letter))
        .collect();
    address.parse().ok()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
