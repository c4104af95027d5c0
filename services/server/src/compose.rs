//! The only place where things are built and joined.

use std::{sync::Arc, time::Duration};

use anyhow::{Context, bail, ensure};
use axum::{Router, extract::Request, middleware};
use futures::FutureExt;
use http::Uri;
use taskchat_accounts::Accounts;
use taskchat_agent::Agent;
use taskchat_auth::{Admission, AuthLayer, ClientAddress, Identity, Keys, LOCAL_ISSUER};
use taskchat_chat::Chat;
use taskchat_domain::{Clock, SystemClock, UserId};
use taskchat_edge::{Reach, Upstream, here, taskchat::options, there_by, trusting, with_cors};
use taskchat_rpc::{Health, RpcConfig};
use taskchat_store::Store;
use taskchat_tasks::Tasks;
use taskchat_tools::{AskPerson, HttpConfig, SearchMessages, Tools};
use tokio::net::TcpListener;
use tokio_util::task::TaskTracker;
use url::Url;

use crate::{Config, Lifecycle, hands::InProcess, limits, probes, serve::serve};

/// Every door on one port, until the process drains.
///
/// # Errors
/// Settings or a database that cannot be used.
pub async fn everything(
    config: &Config,
    socket: TcpListener,
    life: &Lifecycle,
) -> anyhow::Result<()> {
    let parts = Parts::build(config, life).await?;
    let verifier = parts.keys.verifier();
    let services = parts.services(config, life)?;
    let edge = edge_router(config, here(services))?;
    let doors = probes::metered(edge.layer(AuthLayer::new(verifier)), life);
    serve(socket, doors, config, life).await
}

/// The gRPC services and /mcp alone.
///
/// # Errors
/// Settings or a database that cannot be used.
pub async fn services(
    config: &Config,
    socket: TcpListener,
    life: &Lifecycle,
) -> anyhow::Result<()> {
    let parts = Parts::build(config, life).await?;
    let doors = probes::metered(parts.services(config, life)?, life);
    serve(socket, doors, config, life).await
}

/// The edge alone, in front of services elsewhere. It verifies tokens and counts requests to refuse
/// early where it has a key (a shared secret or a JWKS); the services do both again.
///
/// # Errors
/// Settings that cannot be used.
pub async fn edge(
    config: &Config,
    upstreams: &[Url],
    socket: TcpListener,
    life: &Lifecycle,
) -> anyhow::Result<()> {
    let upstreams = match upstreams {
        [] => &config.edge.upstream,
        flags => flags,
    };
    if upstreams.is_empty() {
        bail!("an edge needs services: --upstream or TASKCHAT_EDGE__UPSTREAM");
    }
    let addresses = upstreams
        .iter()
        .map(address)
        .collect::<Result<Vec<_>, _>>()?;
    let edge = edge_router(config, there_by(addresses, reach(config)?))?;
    let edge = if config.auth.secret.is_some() || config.auth.jwks_url.is_some() {
        let (http, clock) = (http_client(config)?, clock());
        let keys = Keys::new(&config.auth, None, http, clock, life.tracker())?;
        let edge = limits::limited(edge, &config.limits, life);
        let edge = with_cors(edge, &options(config.http.clone()))?;
        let edge = match config.auth.secret {
            Some(_) => edge,
            // What the provider's keys do not fit, the services' own key may.
            None => edge.layer(middleware::map_request(leave_to_services)),
        };
        edge.layer(AuthLayer::new(keys.verifier()))
    } else {
        edge
    };
    let doors = probes::alive().merge(probes::metered(probes::leaving(edge, life), life));
    serve(socket, doors, config, life).await
}

/// An upstream as the edge takes it: a scheme, a host and a port, and no path.
fn address(url: &Url) -> anyhow::Result<Uri> {
    let is_address = matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.path() == "/"
        && url.query().is_none();
    ensure!(
        is_address,
        "the upstream {url} is not an address such as http://127.0.0.1:8081"
    );
    Ok(url.as_str().parse()?)
}

/// The way to the services, as the settings have it.
fn reach(config: &Config) -> anyhow::Result<Reach> {
    let edge = &config.edge;
    let authorities = edge.ca.as_ref().map(|path| {
        std::fs::read(path).with_context(|| format!("TASKCHAT_EDGE__CA: {}", path.display()))
    });
    let tls = match authorities.transpose()? {
        Some(pem) => Some(trusting(Some(&pem)).context("TASKCHAT_EDGE__CA")?),
        None => None,
    };
    Ok(Reach {
        connect_timeout: edge.connect_timeout,
        resolve: edge.resolve,
        tls,
        client: Some(|of| of.get().map(|ClientAddress(address)| *address)),
        ..Reach::default()
    })
}

/// A verdict that this process cannot be sure of is none.
async fn leave_to_services(mut request: Request) -> Request {
    if let Some(Identity::Rejected) = request.extensions().get::<Identity>() {
        request.extensions_mut().remove::<Identity>();
    }
    request
}

/// Brings the database up to date.
///
/// # Errors
/// A database that cannot be used.
pub async fn migrate(config: &Config) -> anyhow::Result<()> {
    open_store(config).await.map(drop)
}

/// An access token for a user.
///
/// # Errors
/// A user id that is none, or a database that cannot be used.
pub async fn token(config: &Config, user: &str, ttl: Option<Duration>) -> anyhow::Result<String> {
    let user = UserId::parse(user)?;
    let store = open_store(config).await?;
    let keys = keys(config, &store, TaskTracker::new()).await?;
    // A token for somebody who does not exist would be refused.
    store
        .accounts()
        .ensure_external(&user, LOCAL_ISSUER, None, clock().now())
        .await?;
    let (token, _) = keys.issuer().issue(&user, None, None, ttl)?;
    Ok(token)
}

/// MCP on standard input and output, for the owner of `token`.
///
/// # Errors
/// A token that is not good, or a database that cannot be used.
pub async fn mcp(config: &Config, token: &str, life: &Lifecycle) -> anyhow::Result<()> {
    let parts = Parts::build(config, life).await?;
    let caller = parts
        .keys
        .verifier()
        .verify(token)
        .await
        .context("the token is not good")?;
    let caller = parts
        .accounts
        .admit(caller)
        .await
        .context("the token is not good")?;
    let bench = taskchat_tools::Bench {
        user: caller.user_id().clone(),
        origin: taskchat_domain::Origin::Mcp,
        time_zone: caller.time_zone(),
    };
    taskchat_tools::stdio(parts.tools, bench, life.draining()).await?;
    Ok(())
}

/// Everything below the doors.
struct Parts {
    store: Store,
    keys: Keys,
    accounts: Accounts,
    tasks: Tasks,
    tools: Tools,
    chat: Chat,
}

impl Parts {
    async fn build(config: &Config, life: &Lifecycle) -> anyhow::Result<Self> {
        let clock = clock();
        let store = open_store(config).await?;
        let keys = keys(config, &store, life.tracker()).await?;
        let accounts = Accounts::new(
            store.clone(),
            keys.issuer(),
            Arc::clone(&clock),
            config.accounts.clone(),
        )?;
        let tasks =
            Tasks::new(store.clone(), Arc::clone(&clock)).with_heartbeat(config.turns.heartbeat);
        let tools = Tools::new(tasks.clone(), search(&store), Arc::clone(&clock));
        let (model, fallback) = config.model.model(http_client(config)?)?;
        let hands = Arc::new(InProcess {
            tools: tools.clone(),
            tracker: life.tracker(),
        });
        let agent = Agent::new(
            model,
            fallback,
            hands,
            config.model.limits(),
            Arc::clone(&clock),
        );
        let chat = Chat::new(
            store.clone(),
            agent,
            clock,
            life.tracker(),
            life.aborting(),
            config.chat(),
        );
        let tools = tools.asking(ask_person(&chat));
        Ok(Self {
            store,
            keys,
            accounts,
            tasks,
            tools,
            chat,
        })
    }

    /// gRPC, /mcp and the probes, each caller admitted and limited.
    fn services(self, config: &Config, life: &Lifecycle) -> anyhow::Result<Router> {
        self.chat.resume(life.draining());
        let (watched, drain) = (self.tasks.clone(), life.draining());
        life.tracker().spawn(async move {
            drain.cancelled().await;
            watched.close();
        });
        let health = Health::default();
        let (leaving, told) = (life.leaving(), health.clone());
        life.tracker().spawn(async move {
            leaving.cancelled().await;
            told.leave().await;
        });
        let grpc = taskchat_rpc::routes(
            self.accounts.clone(),
            self.tasks,
            self.chat,
            RpcConfig {
                sign_ins_per_minute: config.limits.sign_ins_per_minute,
                sign_ups_per_minute: config.limits.sign_ups_per_minute,
                secure_cookie: config.auth.secure_cookie || config.tls.is_on(),
                health,
            },
        )?
        .into_axum_router()
        .reset_fallback();
        let mcp = taskchat_tools::http(self.tools, mcp_config(config), &life.tracker());
        let services = limits::limited(grpc.merge(mcp), &config.limits, life);
        let auth = AuthLayer::new(self.keys.verifier()).admitting(Arc::new(self.accounts));
        Ok(services
            .layer(auth)
            .merge(probes::alive())
            .merge(probes::ready(self.store)))
    }
}

/// How the tools have the person asked what another assistant may do.
fn ask_person(chat: &Chat) -> AskPerson {
    let chat = chat.clone();
    Arc::new(move |user, call, key| {
        let chat = chat.clone();
        async move { chat.ask_about(&user, call, &key).await }.boxed()
    })
}

fn clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}

async fn open_store(config: &Config) -> anyhow::Result<Store> {
    let store = config
        .store
        .open(&config.data_dir)
        .await
        .context("cannot open the database")?;
    store
        .migrate()
        .await
        .context("cannot bring the database up to date")?;
    Ok(store)
}

/// The configured keys, or the one that was generated at the first start.
async fn keys(config: &Config, store: &Store, tracker: TaskTracker) -> anyhow::Result<Keys> {
    let stored = store
        .accounts()
        .signing_key(taskchat_auth::generate_key, clock().now())
        .await?;
    Ok(Keys::new(
        &config.auth,
        Some(stored),
        http_client(config)?,
        clock(),
        tracker,
    )?)
}

/// One client for the model and the identity provider.
fn http_client(config: &Config) -> anyhow::Result<reqwest::Client> {
    reqwest::Client::builder()
        .connect_timeout(config.model.connect_timeout)
        .user_agent(concat!("taskchat/", env!("CARGO_PKG_VERSION")))
        .build()
        .context("cannot make an HTTP client")
}

fn search(store: &Store) -> SearchMessages {
    let store = store.clone();
    Arc::new(move |user, query, limit| {
        let store = store.clone();
        async move { store.as_user(&user).search_messages(&query, limit).await }.boxed()
    })
}

fn mcp_config(config: &Config) -> HttpConfig {
    let mut allowed_hosts = config.mcp.allowed_hosts.clone();
    let public = config.public_url.as_ref();
    allowed_hosts.extend(public.and_then(|url| url.host_str()).map(str::to_owned));
    HttpConfig {
        allowed_hosts,
        allowed_origins: config.http.cors_origins.clone(),
        public_url: config.public_url.clone(),
        is_tls: config.tls.is_on(),
        issuer: config.auth.issuer.clone(),
    }
}

fn edge_router(config: &Config, upstream: Upstream) -> anyhow::Result<Router> {
    let options = options(config.http.clone());
    taskchat_edge::router(upstream, taskchat_proto::FILE_DESCRIPTOR_SET, options)
        .context("the contract's HTTP rules contradict each other")
}
