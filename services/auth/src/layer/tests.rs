//! The layer over a service that answers with the identity it was given.

use std::{
    convert::Infallible,
    sync::atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;
use taskchat_domain::{TimeZone, UserId};
use tower::{ServiceBuilder, ServiceExt, service_fn};

use super::*;
use crate::{
    Caller, Config, Issuer, Refusal,
    testing::{StandingClock, keys},
};

/// Knows everybody but Mallory, and counts how often it was asked.
#[derive(Default)]
struct Book(AtomicUsize);

#[async_trait]
impl Admission for Book {
    async fn admit(&self, caller: Caller) -> Result<Caller, Refusal> {
        self.0.fetch_add(1, Ordering::SeqCst);
        match caller.user_id().as_str() {
            "mallory" => Err(Refusal::Rejected),
            "down" => Err(Refusal::Unavailable),
            _ => Ok(caller.in_time_zone(TimeZone::parse("Europe/Berlin").unwrap())),
        }
    }
}

async fn ask(layers: &[AuthLayer], headers: &[&str]) -> Identity {
    let answer = service_fn(|request: Request<()>| async move {
        Ok::<_, Infallible>(Identity::of(request.extensions()).clone())
    });
    let mut request = Request::builder();
    for value in headers {
        request = request.header(AUTHORIZATION, *value);
    }
    let request = request.body(()).unwrap();
    let outcome = match layers {
        [] => answer.oneshot(request).await,
        [one] => one.layer(answer).oneshot(request).await,
        [outer, inner] => {
            let stack = ServiceBuilder::new()
                .layer(outer.clone())
                .layer(inner.clone());
            stack.service(answer).oneshot(request).await
        }
        _ => unreachable!("two at most"),
    };
    outcome.unwrap()
}

fn token(issuer: &Issuer, user: &str) -> String {
    let user = UserId::parse(user).unwrap();
    issuer.issue(&user, None, None, None).unwrap().0
}

#[tokio::test]
async fn headers_and_what_they_make() {
    let keys = keys(&Config::default(), &StandingClock::new());
    let layer = AuthLayer::new(keys.verifier());
    let good = token(&keys.issuer(), "ann");
    for (headers, expected) in [
        (vec![], None),
        (vec![String::new()], Some(false)),
        (vec!["Bearer".to_owned()], Some(false)),
        (vec!["Bearer ".to_owned()], Some(false)),
        (vec!["Bearer opaque".to_owned()], Some(false)),
        (vec![good.clone()], Some(false)),
        (vec![format!("Basic {good}")], Some(false)),
        (vec![format!("Token {good}")], Some(false)),
        (vec![format!("Bearer {good} x")], Some(false)),
        (
            vec![format!("Bearer {good}"), format!("Bearer {good}")],
            Some(false),
        ),
        (vec![format!("Bearer {good}")], Some(true)),
        (vec![format!("bearer {good}")], Some(true)),
        (vec![format!("BEARER  {good}")], Some(true)),
    ] {
        let values: Vec<&str> = headers.iter().map(String::as_str).collect();
        let identity = ask(std::slice::from_ref(&layer), &values).await;
        match expected {
            None => assert_eq!(identity, Identity::Anonymous),
            Some(false) => assert_eq!(identity, Identity::Rejected, "{headers:?}"),
            Some(true) => assert_eq!(identity.caller().unwrap().user_id().as_str(), "ann"),
        }
    }
    assert_eq!(ask(&[], &[]).await, Identity::Anonymous);
}

#[tokio::test]
async fn admission_has_the_last_word() {
    let keys = keys(&Config::default(), &StandingClock::new());
    let layer = AuthLayer::new(keys.verifier()).admitting(Arc::new(Book::default()));
    let bearer = |user: &str| format!("Bearer {}", token(&keys.issuer(), user));
    let layers = [layer];
    let ann = ask(&layers, &[&bearer("ann")]).await;
    assert_eq!(
        ann.caller().unwrap().time_zone().to_string(),
        "Europe/Berlin"
    );
    assert_eq!(
        ask(&layers, &[&bearer("mallory")]).await,
        Identity::Rejected
    );
    assert_eq!(
        ask(&layers, &[&bearer("down")]).await,
        Identity::Unavailable
    );
    assert_eq!(ask(&layers, &[]).await, Identity::Anonymous);
}

#[tokio::test]
async fn a_second_layer_repeats_nothing_and_makes_up_for_what_is_missing() {
    let keys = keys(&Config::default(), &StandingClock::new());
    let bearer = format!("Bearer {}", token(&keys.issuer(), "ann"));
    let book = Arc::new(Book::default());
    let plain = AuthLayer::new(keys.verifier());
    let admitting = plain.clone().admitting(Arc::clone(&book) as _);

    let both = [admitting.clone(), admitting.clone()];
    assert!(ask(&both, &[&bearer]).await.caller().is_some());
    assert_eq!(book.0.load(Ordering::SeqCst), 1);

    let mixed = [plain, admitting];
    let ann = ask(&mixed, &[&bearer]).await;
    assert_eq!(
        ann.caller().unwrap().time_zone().to_string(),
        "Europe/Berlin"
    );
    assert_eq!(book.0.load(Ordering::SeqCst), 2);
}
