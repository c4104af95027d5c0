//! Leave for pages of other origins to call.

use std::{
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::Router;
use futures::future::Either;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Request, Response,
    header::{self, ACCESS_CONTROL_REQUEST_METHOD},
};
use tower::{Layer, Service};
use tower_http::cors::{AllowOrigin, Cors, CorsLayer};

use crate::{Options, RuleError};

/// Puts the leave that [`router`](crate::router) gives also around what stands in front of it, so
/// that pages can read its refusals.
///
/// # Errors
/// An origin in the options that is none.
pub fn with_cors(doors: Router, options: &Options) -> Result<Router, RuleError> {
    Ok(match leave(options)? {
        Some(leave) => doors.layer(leave),
        None => doors,
    })
}

/// Leave for the origins of the options; `None` when there are none, so that browsers refuse all
/// others.
pub(crate) fn leave(options: &Options) -> Result<Option<Leave>, RuleError> {
    let origins = &options.config.cors_origins;
    if origins.is_empty() {
        return Ok(None);
    }
    let origins = origins
        .iter()
        .map(|origin| origin_of(origin))
        .collect::<Result<Vec<_>, _>>()?;
    let name = HeaderName::from_static;
    let usual = [
        header::AUTHORIZATION,
        header::CONTENT_TYPE,
        header::ACCEPT_LANGUAGE,
        header::IF_NONE_MATCH,
        name("grpc-timeout"),
        name("idempotency-key"),
        name("last-event-id"),
        name("traceparent"),
        name("tracestate"),
        name("x-grpc-web"),
        name("x-request-id"),
        name("x-timeout"),
        name("x-user-agent"),
    ];
    let own = options
        .forwarded_headers
        .iter()
        .chain(&options.cors_headers);
    let allowed: Vec<HeaderName> = usual.into_iter().chain(own.cloned()).collect();
    Ok(Some(Leave(
        CorsLayer::new()
            .allow_origin(AllowOrigin::list(origins))
            // For cookies that become metadata; whoever sets them protects them by SameSite.
            .allow_credentials(true)
            .allow_methods([
                Method::GET,
                Method::HEAD,
                Method::POST,
                Method::PUT,
                Method::PATCH,
                Method::DELETE,
            ])
            .allow_headers(allowed)
            .expose_headers([
                header::ETAG,
                header::RETRY_AFTER,
                header::WWW_AUTHENTICATE,
                name("grpc-message"),
                name("grpc-status"),
                name("grpc-status-details-bin"),
                name("x-request-id"),
            ])
            .max_age(Duration::from_secs(3600)),
    )))
}

/// An origin as browsers send it. Every origin, `*`, is none: cookies may not go to all of them.
fn origin_of(text: &str) -> Result<HeaderValue, RuleError> {
    let origin = HeaderValue::try_from(text.trim_end_matches('/'));
    let origin = origin.ok().filter(|origin| origin != "*");
    origin.ok_or_else(|| RuleError::Option(format!("{text:?} is not an origin")))
}

/// The layer.
#[derive(Debug, Clone)]
pub(crate) struct Leave(CorsLayer);

impl<S: Clone> Layer<S> for Leave {
    type Service = Leaving<S>;

    fn layer(&self, inner: S) -> Self::Service {
        Leaving {
            told: self.0.layer(inner.clone()),
            inner,
        }
    }
}

/// Its service. An OPTIONS that is no preflight goes on: what there is at a path is not for this
/// layer to say (Fetch, section 3.3.2).
#[derive(Debug, Clone)]
pub(crate) struct Leaving<S> {
    told: Cors<S>,
    inner: S,
}

/// Marks requests whose answers get the headers further out.
#[derive(Debug, Clone)]
struct Told;

impl<S, B, R> Service<Request<B>> for Leaving<S>
where
    S: Service<Request<B>, Response = Response<R>>,
    R: Default,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = Either<S::Future, <Cors<S> as Service<Request<B>>>::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        ready!(self.inner.poll_ready(cx))?;
        self.told.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let is_plain = *request.method() == Method::OPTIONS && !is_preflight(request.headers());
        if is_plain || request.extensions_mut().insert(Told).is_some() {
            return Either::Left(self.inner.call(request));
        }
        Either::Right(self.told.call(request))
    }
}

fn is_preflight(headers: &HeaderMap) -> bool {
    headers.contains_key(header::ORIGIN) && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}
