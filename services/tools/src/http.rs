//! The tools over Streamable HTTP at `/mcp`, for other people's assistants.
//!
//! Stateless: a server is made for every request, for the caller of that request, so that any
//! replica can answer and no session can outlive or change its owner. Verifying tokens is not done
//! here: an [`AuthLayer`](taskchat_auth::AuthLayer) must stand in front, and without one nobody is
//! let in.

mod metadata;
mod problem;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    response::Response,
    routing::{any, get},
};
use http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{ACCEPT, CONTENT_TYPE},
};
use rmcp::transport::streamable_http_server::{
    StreamableHttpServerConfig, StreamableHttpService, session::never::NeverSessionManager,
};
use taskchat_auth::{Caller, Identity};
use taskchat_domain::Origin;
use tokio_util::task::TaskTracker;
use url::Url;

use self::problem::Refused;
use crate::{Bench, ToolServer, Tools};

/// The largest request body, in bytes.
const MAX_BODY: usize = 1024 * 1024;

/// Always let in: only this machine can answer to these names.
const LOOPBACK_HOSTS: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// Pages of this machine; whatever they send still needs a token.
const LOOPBACK_ORIGINS: [&str; 6] = [
    "http://localhost:*",
    "http://127.0.0.1:*",
    "http://[::1]:*",
    "https://localhost:*",
    "https://127.0.0.1:*",
    "https://[::1]:*",
];

/// Who may talk to `/mcp`.
#[derive(Debug, Clone, Default)]
pub struct HttpConfig {
    /// Host names answered to, beside the loopback ones and the public URL's: `example.com` or
    /// `example.com:8443`.
    pub allowed_hosts: Vec<String>,
    /// Origins of pages let in, beside those of this machine and the public URL's.
    pub allowed_origins: Vec<String>,
    /// How the outside reaches this server. When absent, each request's own host is believed.
    pub public_url: Option<Url>,
    /// Whether connections here are under TLS; not asked where there is a public URL.
    pub is_tls: bool,
    /// The `iss` of tokens let in. Where it is an address, clients are told to get their token there.
    pub issuer: Option<String>,
}

#[derive(Debug, Clone)]
struct Door {
    tools: Tools,
    rules: StreamableHttpServerConfig,
    resource: Arc<metadata::Resource>,
    tracker: TaskTracker,
}

/// The routes of the MCP door: `/mcp` and the metadata that its refusals point to (RFC 9728).
/// Requests under way are tracked, so that a shutdown can wait for them.
pub fn http(tools: Tools, config: HttpConfig, tracker: &TaskTracker) -> Router {
    let door = Door {
        tools,
        rules: rules(&config),
        resource: Arc::new(metadata::Resource::new(&config)),
        tracker: tracker.clone(),
    };
    Router::new()
        .route("/mcp", any(mcp))
        .route("/mcp/", any(mcp))
        .route(metadata::PATH, get(metadata::answer))
        .route(metadata::PATH_OF_MCP, get(metadata::answer))
        .with_state(door)
}

fn rules(config: &HttpConfig) -> StreamableHttpServerConfig {
    let public = config.public_url.as_ref();
    let hosts = LOOPBACK_HOSTS
        .into_iter()
        .chain(config.allowed_hosts.iter().map(String::as_str))
        .chain(public.and_then(Url::host_str))
        .map(|host| host.trim_matches(['[', ']']).to_owned());
    let origins = LOOPBACK_ORIGINS
        .into_iter()
        .map(str::to_owned)
        .chain(
            config
                .allowed_origins
                .iter()
                .map(|origin| with_port(origin)),
        )
        .chain(public.map(|url| with_port(&url.origin().ascii_serialization())));
    StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_max_request_body_bytes(MAX_BODY)
        .with_allowed_hosts(hosts)
        .with_allowed_origins(origins)
        .enforce_origin_validation()
}

/// An origin with its port written out: the SDK reads one without as "any port".
fn with_port(origin: &str) -> String {
    match Url::parse(origin) {
        Ok(url) => match (url.host_str(), url.port_or_known_default()) {
            (Some(host), Some(port)) => format!("{}://{host}:{port}", url.scheme()),
            _ => origin.to_owned(),
        },
        // "https://example.com:*" and "null" are for the SDK to read.
        Err(_) => origin.to_owned(),
    }
}

async fn mcp(State(door): State<Door>, mut request: Request) -> Response {
    let refused = match Identity::of(request.extensions()) {
        Identity::Caller(caller) => {
            let bench = bench(caller);
            accept_json(request.headers_mut());
            return door.tracker.track_future(door.answer(bench, request)).await;
        }
        Identity::Anonymous => Refused::Anonymous,
        Identity::Rejected => Refused::Token,
        Identity::Unavailable => Refused::Unavailable,
    };
    let base = door.resource.base(request.headers(), request.uri());
    problem::refusal(refused, &base)
}

fn bench(caller: &Caller) -> Bench {
    Bench {
        user: caller.user_id().clone(),
        origin: Origin::Mcp,
        time_zone: caller.time_zone(),
    }
}

impl Door {
    async fn answer(&self, bench: Bench, request: Request) -> Response {
        let is_json = is_json(request.headers());
        let server = ToolServer::new(self.tools.clone(), bench);
        let service = StreamableHttpService::new(
            move || Ok(server.clone()),
            Arc::new(NeverSessionManager::default()),
            self.rules.clone(),
        );
        let mut response = service.handle(request).await.map(Body::new);
        // The SDK calls JSON it cannot read an unsupported media type.
        if is_json && response.status() == StatusCode::UNSUPPORTED_MEDIA_TYPE {
            *response.status_mut() = StatusCode::BAD_REQUEST;
            return problem::worded(response, "the body is not a JSON-RPC message");
        }
        problem::in_json(response).await
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
}

/// MCP wants clients to accept event streams as well; since all answers here are JSON, whoever
/// accepts JSON is let in.
fn accept_json(headers: &mut HeaderMap) {
    let accepts = headers.get_all(ACCEPT);
    let has_json = accepts.iter().any(|value| {
        value.to_str().is_ok_and(|value| {
            ["application/json", "application/*", "*/*"]
                .iter()
                .any(|kind| value.to_ascii_lowercase().contains(kind))
        })
    });
    if has_json || accepts.iter().next().is_none() {
        headers.insert(
            ACCEPT,
            HeaderValue::from_static("application/json, text/event-stream"),
        );
    }
}
