//! One address of the services: its connections, and when it is worth another try.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures::{
    FutureExt,
    future::{BoxFuture, Shared},
};
use http::{Uri, uri::Scheme};
use hyper::rt::Executor as _;
use hyper_util::rt::TokioExecutor;
use rustls::pki_types::ServerName;
use tokio::time::Instant;
use tokio_rustls::TlsConnector;

use super::{
    Reach,
    line::{Line, Place},
};

/// How long a dead address is left alone, doubled each time up to the second.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// What is the same for all addresses of one name.
#[derive(Debug)]
pub(super) struct Origin {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) uri: Uri,
    pub(super) tls: Option<(Connector, ServerName<'static>)>,
}

/// tokio-rustls's connector, which cannot be printed.
#[derive(Clone)]
pub(super) struct Connector(pub(super) TlsConnector);

impl std::fmt::Debug for Connector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connector").finish_non_exhaustive()
    }
}

/// An attempt to connect, which several requests may wait for. `false` when it failed.
pub(super) type Attempt = Shared<BoxFuture<'static, bool>>;

/// An address of an origin.
pub(super) struct Member {
    pub(super) origin: Arc<Origin>,
    pub(super) address: SocketAddr,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    lines: Vec<Line>,
    attempt: Option<Attempt>,
    failures: u32,
    /// Not worth a try before.
    until: Option<Instant>,
}

impl std::fmt::Debug for Member {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Member")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl Member {
    pub(super) fn new(origin: Arc<Origin>, address: SocketAddr) -> Arc<Self> {
        Arc::new(Self {
            origin,
            address,
            state: Mutex::default(),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.lines.retain(Line::is_open);
        state
    }

    /// The requests under way, if it can take one more.
    pub(super) fn load(&self) -> Option<usize> {
        let state = self.state();
        let has_room = state.lines.iter().any(Line::has_room);
        has_room.then(|| state.lines.iter().map(Line::load).sum())
    }

    /// A place on the fullest connection that has one, so that the others may become idle.
    pub(super) fn place(&self) -> Option<Place> {
        let state = self.state();
        let lines = state.lines.iter().filter(|line| line.has_room());
        lines.max_by_key(|line| line.load()).map(Line::reserve)
    }

    /// True when it answered the last time it was asked.
    pub(super) fn is_up(&self) -> bool {
        !self.state().lines.is_empty()
    }

    /// True when it has no connection and has been left alone for long enough.
    pub(super) fn is_due(&self) -> bool {
        let state = self.state();
        state.lines.is_empty()
            && state.attempt.is_none()
            && state.until.is_none_or(|until| Instant::now() >= until)
    }

    /// Connects once more; joins an attempt that is under way.
    pub(super) fn connect(self: &Arc<Self>, reach: &Reach) -> Attempt {
        let mut state = self.state();
        if let Some(attempt) = &state.attempt {
            return attempt.clone();
        }
        let (member, reach) = (Arc::clone(self), reach.clone());
        let attempt = async move { member.try_once(&reach).await }
            .boxed()
            .shared();
        state.attempt = Some(attempt.clone());
        drop(state);
        // Goes on when the request that wanted it goes away.
        TokioExecutor::new().execute(attempt.clone().map(drop));
        attempt
    }

    async fn try_once(&self, reach: &Reach) -> bool {
        let tls = self.origin.tls.clone();
        let tls = tls.map(|(Connector(connector), name)| (connector, name));
        let opened = match Line::open(self.address, tls, reach).await {
            Ok(line) => match line
                .is_serving(&self.origin.uri, reach.connect_timeout)
                .await
            {
                true => Ok(line),
                false => Err("it is there and does not serve".into()),
            },
            Err(error) => Err(error),
        };
        let mut state = self.state();
        state.attempt = None;
        match opened {
            Ok(line) => {
                if state.failures > 0 {
                    tracing::info!(server.address = %self.address, "The services are back");
                }
                state.lines.push(line);
                state.failures = 0;
                state.until = None;
                true
            }
            Err(error) => {
                if state.failures == 0 {
                    tracing::warn!(server.address = %self.address, %error, "Cannot reach the services");
                }
                let pause = FIRST_PAUSE.saturating_mul(1 << state.failures.min(10));
                state.until = Some(Instant::now() + pause.min(LONGEST_PAUSE));
                state.failures = state.failures.saturating_add(1);
                false
            }
        }
    }
}

impl Origin {
    /// Reads an address such as `https://services:8443`.
    pub(super) fn new(uri: Uri, connector: impl Fn() -> Option<TlsConnector>) -> Option<Self> {
        let is_tls = uri.scheme() == Some(&Scheme::HTTPS);
        let host = uri
            .host()?
            .trim_start_matches('[')
            .trim_end_matches(']')
            .to_owned();
        let port = uri.port_u16().unwrap_or(if is_tls { 443 } else { 80 });
        let tls = match is_tls {
            true => Some((
                Connector(connector()?),
                ServerName::try_from(host.clone()).ok()?,
            )),
            false => None,
        };
        Some(Self {
            host,
            port,
            uri,
            tls,
        })
    }
}
