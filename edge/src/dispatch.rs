//! Which way a request goes: to gRPC, through a rule, past us, or to the page.

use std::sync::Arc;

use axum::body::Body;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use tonic::Status;
use tower::ServiceExt;

use crate::{
    Edge, Upstream, observe,
    problem::{Problem, Refusal},
    rule::Lookup,
    transcode::transcode,
    web::{self, Dialect},
};

/// Answers a request.
pub(crate) async fn dispatch(edge: Arc<Edge>, request: Request<Body>) -> Response<Body> {
    // By content type first: gRPC has its own paths, and its own way to say that there is nothing.
    match web::dialect(request.headers().get(header::CONTENT_TYPE)) {
        Some(Dialect::Native) => return Box::pin(web::native(&edge.upstream, request)).await,
        Some(Dialect::Web) => return Box::pin(web::unframed(&edge.upstream, request)).await,
        None => {}
    }

    let (parts, body) = request.into_parts();
    let method = parts.method.clone();
    let uri = parts.uri.clone();
    let request_id = observe::request_id(&parts.headers).to_owned();
    let is_known_to_others = |methods: Vec<Method>| match method {
        Method::OPTIONS => Ok(options(&methods)),
        _ => Err(Refusal::OtherMethods(methods)),
    };
    let openapi = edge.openapi.as_ref();
    if let Some(openapi) = openapi.filter(|document| document.is_at(uri.path())) {
        let answer = match method {
            Method::GET | Method::HEAD => Ok(openapi.answer(&parts.headers)),
            _ => is_known_to_others(vec![Method::GET, Method::HEAD, Method::OPTIONS]),
        };
        return head(&method, edge.answer(answer, &request_id));
    }
    let answer = match edge.rules.find(&method, uri.path()) {
        Lookup::Match(matched) => {
            let route = observe::Route(matched.rule.route.clone());
            let answer = Box::pin(transcode(&edge, &matched, parts, body)).await;
            return with_route(head(&method, edge.answer(answer, &request_id)), route);
        }
        Lookup::OtherMethods(methods) => is_known_to_others(methods),
        _ if passes(&edge.options.pass_through, uri.path()) => {
            Box::pin(pass(&edge.upstream, Request::from_parts(parts, body))).await
        }
        Lookup::UnknownPath => Err(Refusal::NotFound),
        Lookup::NotOurs => match &edge.options.page {
            Some(page) if matches!(method, Method::GET | Method::HEAD) => {
                Ok(page.answer(uri.path(), &parts.headers))
            }
            Some(page) if page.has(uri.path()) => {
                is_known_to_others(vec![Method::GET, Method::HEAD, Method::OPTIONS])
            }
            _ => Err(Refusal::NotFound),
        },
    };
    head(&method, edge.answer(answer, &request_id))
}

impl Edge {
    fn answer(&self, answer: Result<Response<Body>, Refusal>, request_id: &str) -> Response<Body> {
        answer.unwrap_or_else(|refusal| {
            Problem::new(refusal, &self.options, &self.plans).into_response(request_id)
        })
    }
}

/// HEAD is GET without the body (RFC 9110, section 9.3.2). Dropping the body ends a stream.
fn head(method: &Method, response: Response<Body>) -> Response<Body> {
    if *method != Method::HEAD {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    if let Some(length) = http_body::Body::size_hint(&body).exact()
        && !parts.headers.contains_key(header::CONTENT_LENGTH)
        && parts.status != StatusCode::NOT_MODIFIED
    {
        parts
            .headers
            .insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    Response::from_parts(parts, Body::empty())
}

fn options(methods: &[Method]) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let methods: Vec<&str> = methods.iter().map(Method::as_str).collect();
    if let Ok(methods) = HeaderValue::try_from(methods.join(", ")) {
        response.headers_mut().insert(header::ALLOW, methods);
    }
    response
}

fn with_route(mut response: Response<Body>, route: observe::Route) -> Response<Body> {
    response.extensions_mut().insert(route);
    response
}

/// True for the prefixes and for all paths below them.
fn passes(prefixes: &[String], path: &str) -> bool {
    prefixes.iter().any(|prefix| {
        let rest = path.strip_prefix(prefix.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

async fn pass(upstream: &Upstream, request: Request<Body>) -> Result<Response<Body>, Refusal> {
    let answer = upstream.clone().oneshot(request).await;
    answer.map_err(|error| Refusal::Status(Status::from_error(error)))
}
