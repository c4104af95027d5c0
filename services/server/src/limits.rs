//! What one user may ask for in a minute and at once, through all doors. Kept in this process: a
//! limit, not a fact.

use std::{
    collections::HashMap,
    num::NonZeroU32,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use axum::{
    Router,
    extract::{Request, State},
    middleware::{self, Next},
    response::Response,
};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock as _};
use http::StatusCode;
use taskchat_auth::Identity;
use taskchat_domain::UserId;
use tonic::Code;

use crate::{Lifecycle, config::Limits, refusal::Refusal};

/// How often users who have been quiet are forgotten.
const FORGET_EVERY: Duration = Duration::from_secs(60);

/// Both limits; each may be off.
struct PerUser {
    rate: Option<DefaultKeyedRateLimiter<UserId>>,
    at_once: Option<NonZeroU32>,
    under_way: Mutex<HashMap<UserId, u32>>,
}

/// Puts the limits in front of the doors; those that are 0 are off.
pub(crate) fn limited(doors: Router, limits: &Limits, life: &Lifecycle) -> Router {
    let rate = NonZeroU32::new(limits.requests_per_minute).map(Quota::per_minute);
    let limiter = Arc::new(PerUser {
        rate: rate.map(RateLimiter::keyed),
        at_once: NonZeroU32::new(limits.concurrent_requests),
        under_way: Mutex::default(),
    });
    if limiter.rate.is_some() {
        let forgetful = Arc::clone(&limiter);
        life.every(FORGET_EVERY, move || {
            if let Some(rate) = &forgetful.rate {
                rate.retain_recent();
            }
        });
    }
    doors.layer(middleware::from_fn_with_state(limiter, check))
}

async fn check(State(limiter): State<Arc<PerUser>>, request: Request, next: Next) -> Response {
    let Some(Identity::Caller(caller)) = request.extensions().get::<Identity>() else {
        return next.run(request).await;
    };
    let place = limiter
        .rate(caller.user_id())
        .and_then(|()| limiter.place(caller.user_id()));
    match place {
        Err(refusal) => refusal.answer(request.headers()),
        Ok(place) => {
            let places = request.extensions().get::<Weak<Places>>();
            // Without an owner nobody waits for the answer any more.
            if let (Some(place), Some(places)) = (place, places.and_then(Weak::upgrade)) {
                places.keep(place);
            }
            next.run(request).await
        }
    }
}

/// The places that a request has taken. Whoever accepts requests owns them until the answer is on its
/// way, and leaves them in the extensions of the request as a [`Weak`].
#[derive(Default)]
pub(crate) struct Places(Mutex<Vec<Place>>);

impl Places {
    fn keep(&self, place: Place) {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        places.push(place);
    }
}

impl PerUser {
    fn rate(&self, user: &UserId) -> Result<(), Refusal> {
        let Some(rate) = &self.rate else {
            return Ok(());
        };
        rate.check_key(user).map_err(|until| {
            let wait = until.wait_time_from(governor::clock::DefaultClock::default().now());
            refusal("too many requests").again_after(wait)
        })
    }

    fn place(self: &Arc<Self>, user: &UserId) -> Result<Option<Place>, Refusal> {
        let Some(most) = self.at_once else {
            return Ok(None);
        };
        let mut under_way = self
            .under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let number = under_way.entry(user.clone()).or_default();
        if *number >= most.get() {
            return Err(refusal("too many requests at once").again_after(Duration::from_secs(1)));
        }
        *number += 1;
        Ok(Some(Place {
            limiter: Arc::clone(self),
            user: user.clone(),
        }))
    }
}

fn refusal(detail: &'static str) -> Refusal {
    Refusal::new(
        StatusCode::TOO_MANY_REQUESTS,
        Code::ResourceExhausted,
        detail,
    )
}

/// One of a user's requests under way.
struct Place {
    limiter: Arc<PerUser>,
    user: UserId,
}

impl Drop for Place {
    fn drop(&mut self) {
        let under_way = &self.limiter.under_way;
        let mut under_way = under_way.lock().unwrap_or_else(PoisonError::into_inner);
        match under_way.get_mut(&self.user) {
            Some(number @ 2..) => *number -= 1,
            _ => drop(under_way.remove(&self.user)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_given_back() {
        let limiter = Arc::new(PerUser {
            rate: None,
            at_once: NonZeroU32::new(2),
            under_way: Mutex::default(),
        });
        let [ada, bob] = ["ada", "bob"].map(|id| UserId::parse(id).unwrap());
        let one = limiter.place(&ada).unwrap();
        let two = limiter.place(&ada).unwrap();
        assert!(limiter.place(&ada).is_err());
        let other = limiter.place(&bob).unwrap();
        drop(one);
        let again = limiter.place(&ada).unwrap();
        assert!(limiter.place(&ada).is_err());
        drop((two, again, other));
        assert!(limiter.under_way.lock().unwrap().is_empty());
    }
}
