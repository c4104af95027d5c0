//! Requests of one user in a minute, through all doors. Kept in this process: a limit, not a fact.

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock as _};
use http::{HeaderValue, StatusCode, header};
use taskchat_auth::Identity;
use taskchat_domain::UserId;
use tonic::Status;

use crate::Lifecycle;

type Limiter = DefaultKeyedRateLimiter<UserId>;

/// How often users who have been quiet are forgotten.
const FORGET_EVERY: Duration = Duration::from_secs(60);

/// Puts the limit in front of the services; 0 leaves them as they are.
pub(crate) fn limited(services: Router, per_minute: u32, life: &Lifecycle) -> Router {
    let Some(per_minute) = NonZeroU32::new(per_minute) else {
        return services;
    };
    let limiter: Arc<Limiter> = Arc::new(RateLimiter::keyed(Quota::per_minute(per_minute)));
    let (forgetful, stop) = (Arc::clone(&limiter), life.draining());
    life.tracker().spawn(async move {
        while tokio::time::timeout(FORGET_EVERY, stop.cancelled())
            .await
            .is_err()
        {
            forgetful.retain_recent();
        }
    });
    services.layer(middleware::from_fn_with_state(limiter, check))
}

async fn check(State(limiter): State<Arc<Limiter>>, request: Request, next: Next) -> Response {
    let Some(Identity::Caller(caller)) = request.extensions().get::<Identity>() else {
        return next.run(request).await;
    };
    match limiter.check_key(caller.user_id()) {
        Ok(()) => next.run(request).await,
        Err(until) => {
            let wait = until.wait_time_from(governor::clock::DefaultClock::default().now());
            refusal(&request, wait.as_secs().max(1))
        }
    }
}

/// The refusal in the dialect of the door.
fn refusal(request: &Request, seconds: u64) -> Response {
    const DETAIL: &str = "too many requests";
    let is_grpc = request
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/grpc"));
    let mut response = if is_grpc {
        Status::resource_exhausted(DETAIL)
            .into_http::<axum::body::Body>()
            .into_response()
    } else {
        let body = serde_json::json!({
            "type": "about:blank",
            "title": "Too Many Requests",
            "status": 429,
            "detail": DETAIL,
        });
        (
            StatusCode::TOO_MANY_REQUESTS,
            [(header::CONTENT_TYPE, "application/problem+json")],
            body.to_string(),
        )
            .into_response()
    };
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}
