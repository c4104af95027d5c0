//! Services in other processes: which of them gets a request, and what when none does.
//!
//! tonic's own balancer is not used. It hands requests to an address before it is known to be
//! reachable, and prefers the one with the fewest of them, which is the one that fails fastest.

use std::{
    net::{IpAddr, SocketAddr},
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::body::Body;
use futures::{FutureExt as _, future};
use http::{
    HeaderName, HeaderValue, Request, Response, Uri, Version,
    header::{CONTENT_LENGTH, CONTENT_TYPE, FORWARDED, HOST},
    uri::{Authority, PathAndQuery, Scheme},
};
use http_body::Body as _;
use hyper::rt::Executor as _;
use hyper_util::rt::TokioExecutor;
use tokio::{net::lookup_host, sync::Mutex, time::Instant};
use tokio_rustls::TlsConnector;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};

use super::{
    Reach,
    line::{Place, Sent},
    member::{Member, Origin},
    tls::trusting,
    unsized_body::Unsized,
};
use crate::web;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// So many connections one address may get when all of them are full.
const MOST_LINES: usize = 64;

/// All addresses of all names.
#[derive(Debug)]
pub(super) struct Remote {
    origins: Vec<Arc<Origin>>,
    reach: Reach,
    members: RwLock<Vec<Arc<Member>>>,
    /// When names were looked up last; locked while they are.
    looked_up: Mutex<Option<Instant>>,
    turn: AtomicUsize,
}

impl Remote {
    pub(super) fn new(addresses: impl IntoIterator<Item = Uri>, reach: Reach) -> Self {
        let mut connector = None;
        let mut origins = Vec::new();
        for uri in addresses {
            if uri.scheme() == Some(&Scheme::HTTPS) && connector.is_none() {
                connector = reach
                    .tls
                    .clone()
                    .or_else(|| trusting(None).ok())
                    .map(TlsConnector::from);
            }
            match Origin::new(uri.clone(), || connector.clone()) {
                Some(origin) => origins.push(Arc::new(origin)),
                None => tracing::error!(%uri, "No address of services: left out"),
            }
        }
        Self {
            origins,
            reach,
            members: RwLock::default(),
            looked_up: Mutex::default(),
            turn: AtomicUsize::default(),
        }
    }

    /// Sends a request to one of them, and to another only if it did not leave this process.
    pub(super) async fn send(
        self: Arc<Self>,
        request: Request<Body>,
    ) -> Result<Response<Body>, Status> {
        let client = self.reach.client.and_then(|of| of(request.extensions()));
        let mut request = outgoing(request, client);
        // Each turn meets a connection that was open and is closed now; there are not many.
        for _ in 0..8 {
            let (member, place) = self.place().await.ok_or_else(unavailable)?;
            direct(&mut request, &member.origin.uri);
            match place.send(request).await {
                Sent::Answer(response) => return Ok(response),
                Sent::Failed(error) => return Err(failed(error)),
                Sent::Unsent(back) => request = back,
            }
        }
        Err(unavailable())
    }

    /// A place with the least busy of those that answer.
    async fn place(self: &Arc<Self>) -> Option<(Arc<Member>, Place)> {
        let mut members = self.members().await;
        if !members.is_empty() {
            // Each request begins with another, so that equals take turns.
            let turn = self.turn.fetch_add(1, Ordering::Relaxed) % members.len();
            members.rotate_left(turn);
        }
        for member in members.iter().filter(|member| member.is_due()) {
            drop(member.connect(&self.reach));
        }
        for _ in 0..MOST_LINES {
            if let Some(found) = least_busy(&members) {
                return Some(found);
            }
            // Those that answer and are full get another connection; else everybody is tried.
            let full: Vec<_> = members.iter().filter(|it| it.is_up()).collect();
            let asked = match full.is_empty() {
                true => members.iter().collect(),
                false => full,
            };
            let attempts = asked.into_iter().map(|it| it.connect(&self.reach));
            let attempts = attempts.map(|it| it.map(|is_up| is_up.then_some(()).ok_or(())));
            // One is enough. Others that wait for it may be quicker to take its places.
            let attempts: Vec<_> = attempts.collect();
            if attempts.is_empty() || future::select_ok(attempts).await.is_err() {
                return None;
            }
        }
        None
    }

    /// The addresses, looked up anew from time to time: the first time before the request goes on,
    /// later beside it.
    async fn members(self: &Arc<Self>) -> Vec<Arc<Member>> {
        let known = || {
            let members = self.members.read().unwrap_or_else(PoisonError::into_inner);
            members.clone()
        };
        let members = known();
        if members.is_empty() && !self.origins.is_empty() {
            self.look_up(Duration::from_millis(100)).await;
            return known();
        }
        let is_over = match self.looked_up.try_lock() {
            Ok(at) => at.is_none_or(|at| at.elapsed() >= self.reach.resolve),
            // Somebody is at it.
            Err(_) => false,
        };
        if is_over {
            let this = Arc::clone(self);
            TokioExecutor::new().execute(async move { this.look_up(this.reach.resolve).await });
        }
        members
    }

    /// Looks all names up, unless that was done within `fresh`. A name that cannot be looked up keeps
    /// the addresses it had.
    async fn look_up(&self, fresh: Duration) {
        let mut at = self.looked_up.lock().await;
        if at.is_some_and(|at| at.elapsed() < fresh) {
            return;
        }
        let found = future::join_all(self.origins.iter().map(addresses)).await;
        let mut members = self.members.write().unwrap_or_else(PoisonError::into_inner);
        *members = renewed(&members, &self.origins, found);
        *at = Some(Instant::now());
    }
}

/// The addresses of an origin; `None` when its name cannot be looked up.
async fn addresses(origin: &Arc<Origin>) -> Option<Vec<SocketAddr>> {
    if let Ok(address) = origin.host.parse::<IpAddr>() {
        return Some(vec![SocketAddr::new(address, origin.port)]);
    }
    match lookup_host((origin.host.as_str(), origin.port)).await {
        Ok(addresses) => Some(addresses.collect()),
        Err(error) => {
            tracing::warn!(server.name = origin.host, %error, "Cannot look up the services");
            None
        }
    }
}

/// The members for what was found; those that are known already stay as they are.
pub(super) fn renewed(
    known: &[Arc<Member>],
    origins: &[Arc<Origin>],
    found: Vec<Option<Vec<SocketAddr>>>,
) -> Vec<Arc<Member>> {
    let mut members: Vec<Arc<Member>> = Vec::new();
    for (origin, found) in origins.iter().zip(found) {
        let of_origin = known.iter().filter(|it| Arc::ptr_eq(&it.origin, origin));
        let Some(found) = found else {
            members.extend(of_origin.cloned());
            continue;
        };
        for address in found {
            // Two names for one address are one member.
            if members.iter().any(|member| member.address == address) {
                continue;
            }
            let mut same = of_origin.clone().filter(|member| member.address == address);
            let member = same.next().cloned();
            members.push(member.unwrap_or_else(|| Member::new(Arc::clone(origin), address)));
        }
    }
    members
}

fn least_busy(members: &[Arc<Member>]) -> Option<(Arc<Member>, Place)> {
    let mut ready: Vec<_> = members
        .iter()
        .filter_map(|member| Some((member.load()?, member)))
        .collect();
    // Stable, so that the turn decides among equals.
    ready.sort_by_key(|(load, _)| *load);
    ready
        .into_iter()
        .find_map(|(_, member)| Some((Arc::clone(member), member.place()?)))
}

/// A request as HTTP/2 sends it on, with the client's address as we know it: what the client itself
/// says about that does not get past us.
pub(super) fn outgoing(mut request: Request<Body>, client: Option<IpAddr>) -> Request<Body> {
    *request.version_mut() = Version::HTTP_2;
    let headers = request.headers_mut();
    if let Some(address) = client {
        headers.remove(FORWARDED);
        if let Ok(address) = HeaderValue::try_from(address.to_string()) {
            headers.insert(X_FORWARDED_FOR, address);
        }
    }
    let is_grpc = web::dialect(headers.get(CONTENT_TYPE)).is_some();
    if is_grpc {
        headers.remove(CONTENT_LENGTH);
    }
    // What the client asked for, where there is one; `/mcp` looks at it.
    let host = headers.remove(HOST);
    let authority = request.uri().authority().cloned().or_else(|| {
        let host = host?;
        Authority::try_from(host.as_bytes()).ok()
    });
    if let Some(authority) = authority {
        request.extensions_mut().insert(AskedFor(authority));
    }
    match is_grpc && request.body().size_hint().exact().is_some() {
        true => request.map(|body| Body::new(Unsized(body))),
        false => request,
    }
}

/// The authority of the client's request.
#[derive(Clone)]
struct AskedFor(Authority);

/// Gives a request the scheme and authority that HTTP/2 needs.
pub(super) fn direct(request: &mut Request<Body>, origin: &Uri) {
    let asked = request.extensions().get::<AskedFor>().cloned();
    let authority = asked.map(|AskedFor(authority)| authority);
    let mut parts = http::uri::Parts::default();
    parts.scheme = origin.scheme().cloned();
    parts.authority = authority.or_else(|| origin.authority().cloned());
    let path = request.uri().path_and_query().cloned();
    parts.path_and_query = path.or_else(|| Some(PathAndQuery::from_static("/")));
    if let Ok(uri) = Uri::from_parts(parts) {
        *request.uri_mut() = uri;
    }
}

/// The answer when there is nobody to ask.
pub(super) fn unavailable() -> Status {
    let details = ErrorDetails::with_retry_info(Some(Duration::from_secs(1)));
    Status::with_error_details(
        Code::Unavailable,
        "the service is not available right now",
        details,
    )
}

/// What became of a request that was sent and not answered, nobody knows.
fn failed(error: hyper::Error) -> Status {
    tracing::warn!(%error, "The services went away in the middle of a request");
    unavailable()
}
