//! How the product is spread over sockets: every door on one port, or services and an edge in front of
//! them, each on its own. Scenarios are the same for both.

use std::{net::SocketAddr, path::Path};

use taskchat_server::{Config, Lifecycle, compose, config};
use tokio::{net::TcpListener, task::JoinHandle};
use url::Url;

use crate::{PATIENCE, app::defaults, token::SECRET};

/// Chooses for every [`crate::App`] that does not choose itself: `split`, or anything else for one
/// port. See `e2e/split.rs`.
pub const VARIABLE: &str = "TASKCHAT_TEST_TOPOLOGY";

/// Where the parts are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topology {
    /// `taskchat serve`.
    One,
    /// `taskchat services`, and `taskchat edge` in front of it.
    Split,
}

impl Topology {
    /// What the variable says.
    pub fn usual() -> Self {
        match std::env::var(VARIABLE).as_deref() {
            Ok("split") => Self::Split,
            _ => Self::One,
        }
    }
}

/// A part that runs in this process.
pub struct Part {
    /// Where it listens.
    pub address: SocketAddr,
    life: Lifecycle,
    serving: JoinHandle<anyhow::Result<()>>,
}

/// What a part is.
pub enum Role {
    /// Everything.
    Serve,
    /// What is behind the edge.
    Services,
    /// The edge, and where the services are.
    Edge(Vec<Url>),
}

impl Part {
    /// Starts a part on a free port.
    pub async fn start(role: Role, data: &Path, env: &[(String, String)]) -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        Self::start_on(socket, role, data, env)
    }

    /// The same on a socket.
    pub fn start_on(
        socket: TcpListener,
        role: Role,
        data: &Path,
        env: &[(String, String)],
    ) -> Self {
        let settings = defaults(data.to_owned()).into_iter().chain(env.to_vec());
        let config: Config = config::load(None, settings).expect("valid settings");
        let address = socket.local_addr().expect("a bound socket");
        let life = Lifecycle::new(config.grace).with_notice(config.notice);
        let stop = life.clone();
        let serving = tokio::spawn(async move {
            match role {
                Role::Serve => compose::everything(&config, socket, &stop).await,
                Role::Services => compose::services(&config, socket, &stop).await,
                Role::Edge(upstream) => compose::edge(&config, &upstream, socket, &stop).await,
            }
        });
        Self {
            address,
            life,
            serving,
        }
    }

    /// Tells it to stop, and does not wait.
    pub fn leave(&self) {
        self.life.stop();
    }

    /// Stops it in an orderly way; fails when it does not end well.
    pub async fn stop(mut self) {
        self.life.stop();
        tokio::time::timeout(PATIENCE, &mut self.serving)
            .await
            .expect("the server drains in time")
            .expect("the server does not panic")
            .expect("the server ends without an error");
        self.life.finish().await;
    }

    /// Ends it at once, connections and all.
    pub async fn crash(mut self) {
        self.life.finish().await;
        // Whether it ended or was torn away is all the same.
        let _ = (&mut self.serving).await;
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Starts all parts, the outermost first in the answer.
pub(crate) async fn start(
    topology: Topology,
    data: &Path,
    env: &[(String, String)],
    services: &[(String, String)],
) -> Vec<Part> {
    if topology == Topology::One {
        return vec![Part::start(Role::Serve, data, env).await];
    }
    let mut env = env.to_vec();
    // The edge knows the key, so that it can refuse before it reads a body, as everything in one does.
    if !env.iter().any(|(name, _)| name.contains("AUTH")) {
        env.push(("TASKCHAT_AUTH__SECRET".to_owned(), SECRET.to_owned()));
    }
    // TLS is for the outside, unless a scenario says otherwise.
    let mut inner = env.clone();
    inner.retain(|(name, _)| !name.starts_with("TASKCHAT_TLS__"));
    let trusted = "TASKCHAT_SOCKETS__TRUSTED_PROXIES".to_owned();
    inner.push((trusted, "127.0.0.1".to_owned()));
    inner.extend_from_slice(services);
    let is_tls = inner.iter().any(|(name, _)| name == "TASKCHAT_TLS__CERT");
    let scheme = if is_tls { "https" } else { "http" };
    let services = Part::start(Role::Services, data, &inner).await;
    let upstream = format!("{scheme}://{}", services.address);
    let upstream = vec![upstream.parse().expect("an address")];
    vec![
        Part::start(Role::Edge(upstream), data, &env).await,
        services,
    ]
}
