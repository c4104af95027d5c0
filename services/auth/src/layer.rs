//! The one layer that every door stands behind. It never answers by itself.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use http::{HeaderMap, Request, header::AUTHORIZATION};
use tower::{Layer, Service};

use crate::{Admission, Identity, Verifier};

/// Puts an [`Identity`] into the extensions of every request, over any body.
///
/// Where an identity is there already, the edge in this process has verified it: extensions cannot
/// come over a wire. Then only the admission is made up for, if it is missing.
#[derive(Clone)]
pub struct AuthLayer(Arc<Door>);

struct Door {
    verifier: Verifier,
    admission: Option<Arc<dyn Admission>>,
}

impl fmt::Debug for AuthLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthLayer")
            .field("admitting", &self.0.admission.is_some())
            .finish_non_exhaustive()
    }
}

impl AuthLayer {
    /// A layer that verifies tokens.
    #[must_use]
    pub fn new(verifier: Verifier) -> Self {
        Self(Arc::new(Door {
            verifier,
            admission: None,
        }))
    }

    /// The same layer, asking the database as well.
    #[must_use]
    pub fn admitting(self, admission: Arc<dyn Admission>) -> Self {
        Self(Arc::new(Door {
            verifier: self.0.verifier.clone(),
            admission: Some(admission),
        }))
    }
}

impl<S> Layer<S> for AuthLayer {
    type Service = AuthService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        AuthService {
            inner,
            door: Arc::clone(&self.0),
        }
    }
}

/// What [`AuthLayer`] makes of a service.
#[derive(Clone)]
pub struct AuthService<S> {
    inner: S,
    door: Arc<Door>,
}

impl<S: fmt::Debug> fmt::Debug for AuthService<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AuthService").field(&self.inner).finish()
    }
}

impl<S, B> Service<Request<B>> for AuthService<S>
where
    S: Service<Request<B>> + Clone + Send + 'static,
    S::Future: Send,
    B: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        // The service that was polled ready is the one to call; the clone takes its place.
        let next = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, next);
        let door = Arc::clone(&self.door);
        Box::pin(async move {
            let known = request.extensions_mut().remove::<Identity>();
            let identity = match known {
                Some(identity) => identity,
                None => door.verify(request.headers()).await,
            };
            let identity = door.admit(identity).await;
            request.extensions_mut().insert(identity);
            inner.call(request).await
        })
    }
}

impl Door {
    async fn verify(&self, headers: &HeaderMap) -> Identity {
        match bearer(headers) {
            Bearer::None => Identity::Anonymous,
            Bearer::Bad => Identity::Rejected,
            Bearer::Token(token) => self.verifier.verify(token).await.into(),
        }
    }

    async fn admit(&self, identity: Identity) -> Identity {
        match (identity, &self.admission) {
            (Identity::Caller(caller), Some(admission)) if !caller.is_admitted => {
                let verdict = admission.admit(caller).await;
                verdict
                    .map(|mut caller| {
                        caller.is_admitted = true;
                        caller
                    })
                    .into()
            }
            (identity, _) => identity,
        }
    }
}

/// What the `authorization` header holds.
enum Bearer<'a> {
    None,
    /// Not a bearer token, or more than one header.
    Bad,
    Token(&'a str),
}

/// Reads the header (RFC 6750, section 2.1); the scheme is compared without case (RFC 9110,
/// section 11.1).
fn bearer(headers: &HeaderMap) -> Bearer<'_> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let value = match (values.next(), values.next()) {
        (None, _) => return Bearer::None,
        (Some(value), None) => value,
        (Some(_), Some(_)) => return Bearer::Bad,
    };
    let Some((scheme, token)) = value.to_str().ok().and_then(|text| text.split_once(' ')) else {
        return Bearer::Bad;
    };
    let token = token.trim();
    if scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() {
        Bearer::Token(token)
    } else {
        Bearer::Bad
    }
}

#[cfg(test)]
mod tests;
