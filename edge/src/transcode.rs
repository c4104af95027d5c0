//! One call: JSON in, message to the upstream, message back, JSON out. Server streams go on in
//! [`crate::sse`].

pub(crate) mod codec;
pub(crate) mod http_body;
pub(crate) mod request;
mod upload;

use std::{sync::Arc, time::Duration};

use axum::body::Body;
use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Method, Response, StatusCode,
    header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, ETAG},
    request::Parts as Head,
};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tokio::time::Instant;
use tonic::{Status, client::Grpc};

use crate::{
    Edge, Incoming, Upstream, etag, metadata,
    problem::Refusal,
    rule::{BodyRule, Match, Rule},
    sse,
};
use codec::WireCodec;
use upload::{Broken, Sending};

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Answers may be large; the service is ours and limits them by pages.
const LARGEST_ANSWER: usize = 64 * 1024 * 1024;

/// Carries out a request that fits a rule.
///
/// The order of the checks is part of the contract: token, path against token, body syntax, fields,
/// existence. So the guard comes first, and before the body is read.
pub(crate) async fn transcode(
    edge: &Arc<Edge>,
    matched: &Match<'_, '_>,
    mut parts: Head,
    body: Body,
) -> Result<Response<Body>, Refusal> {
    let rule = matched.rule;
    let captures: Vec<_> = matched.captures().collect();
    let path = captures
        .iter()
        .filter_map(|(binding, text)| Some((binding.name.as_str(), text.as_deref()?)));
    let path: Vec<(&str, &str)> = path.collect();
    if let Some(guard) = &edge.options.guard {
        guard.check(&Incoming {
            method: &rule.method,
            is_public: rule.is_public,
            extensions: &parts.extensions,
            path: &path,
        })?;
    }

    let timeout = metadata::timeout(&parts.headers)?;
    let is_stream = rule.method.is_server_streaming();
    let is_upload = rule.method.is_client_streaming();
    let (content, pieces) = match is_upload {
        true => (Bytes::new(), body),
        false => (
            read_body(edge, rule, &parts.headers, body).await?,
            Body::empty(),
        ),
    };
    let last_event_id = parts.headers.get("last-event-id").filter(|_| is_stream);
    let is_raw = http_body::is_wanted(rule);
    let mut message = request::build(
        rule,
        &request::Parts {
            method: &parts.method,
            captures: &captures,
            query: parts.uri.query(),
            body: if is_raw { &[] } else { &content },
            last_event_id: last_event_id.and_then(|id| id.to_str().ok()),
        },
        &edge.options,
    )?;
    if is_raw {
        http_body::fill(&mut message, rule, &parts.headers, content);
    }

    let mut metadata = metadata::inbound(&parts.headers, &edge.options.forwarded_headers);
    if let Some(timeout) = timeout {
        metadata::pass_timeout(timeout, &mut metadata);
    }
    let (sending, broken) = match is_upload {
        true => Sending::pieces(message, rule, pieces),
        false => Sending::one(message),
    };
    let extensions = std::mem::take(&mut parts.extensions);
    let call = Call {
        edge,
        rule,
        request: tonic::Request::from_parts(metadata, extensions, sending),
        broken,
        timeout,
    };
    match is_stream {
        // Kept apart, because moving a large future costs those that are none.
        true => Box::pin(sse::stream(call, &parts.headers)).await,
        false => call.unary(&parts).await,
    }
}

/// A call that is ready to be made.
pub(crate) struct Call<'c> {
    /// What it is made with.
    pub(crate) edge: &'c Arc<Edge>,
    /// What it is.
    pub(crate) rule: &'c Arc<Rule>,
    /// What is sent.
    pub(crate) request: tonic::Request<Sending>,
    /// Whether that breaks off.
    pub(crate) broken: Broken,
    /// How long the caller will wait.
    pub(crate) timeout: Option<Duration>,
}

impl Call<'_> {
    async fn unary(self, parts: &Head) -> Result<Response<Body>, Refusal> {
        let most = self.edge.options.config.unary_timeout;
        let deadline = Instant::now() + self.timeout.map_or(most, |timeout| timeout.min(most));
        let calling = async {
            let mut client = client(&self.edge.upstream).await?;
            client
                .client_streaming(self.request, self.rule.rpc_path.clone(), WireCodec)
                .await
        };
        let calling = tokio::time::timeout_at(deadline, calling);
        let answer = self.broken.or(calling).await?;
        let answer = answer.unwrap_or_else(|_| Err(Status::deadline_exceeded("")))?;
        let (metadata, message, _) = answer.into_parts();

        let (content_type, body) = match http_body::taken(self.rule, &message) {
            Some(raw) => raw,
            None => (JSON, write(self.edge, self.rule, &message)?.into()),
        };
        let mut response = Response::new(body);
        response.headers_mut().insert(CONTENT_TYPE, content_type);
        metadata::outbound(metadata, response.headers_mut());
        match parts.method {
            Method::GET | Method::HEAD => revalidate(&mut response, &parts.headers),
            _ => {
                // Tokens, for one (RFC 6749, section 5.1).
                let never = HeaderValue::from_static("no-store");
                response.headers_mut().entry(CACHE_CONTROL).or_insert(never);
            }
        }
        Ok(response.map(Body::from))
    }
}

/// A client for one call.
pub(crate) async fn client(upstream: &Upstream) -> Result<Grpc<Upstream>, Status> {
    let mut client = Grpc::new(upstream.clone()).max_decoding_message_size(LARGEST_ANSWER);
    client.ready().await.map_err(Status::from_error)?;
    Ok(client)
}

/// An answer as JSON: the whole message, or the field that stands for it.
pub(crate) fn write(edge: &Edge, rule: &Rule, message: &[u8]) -> Result<Vec<u8>, Status> {
    let output = rule.method.output();
    let Some(plan) = edge.plans.by_name(output.full_name()) else {
        return Err(Status::internal("an answer of unknown type"));
    };
    let written = match &rule.response_body {
        Some(field) => edge.plans.write_field(plan, field.number(), message),
        None => edge.plans.write(plan, message),
    };
    written.map_err(|error| Status::internal(error.to_string()))
}

/// Lets a caller who has this answer already keep it (RFC 9110, section 13.1.2).
fn revalidate(response: &mut Response<Bytes>, request: &HeaderMap) {
    // What one caller may see is not for a shared cache, and is asked for again each time.
    let private = HeaderValue::from_static("private, no-cache");
    response
        .headers_mut()
        .entry(CACHE_CONTROL)
        .or_insert(private);
    let tag = match response.headers().get(ETAG) {
        // The service's own is about its message; what is printed from that differs by edge.
        Some(own) => etag::weakened(own),
        None => etag::of(response.body()),
    };
    let Some(tag) = tag else {
        return;
    };
    let is_known = etag::is_known(request, &tag);
    response.headers_mut().insert(ETAG, tag);
    if is_known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        response.headers_mut().remove(CONTENT_TYPE);
        response.headers_mut().remove(CONTENT_LENGTH);
        *response.body_mut() = Bytes::new();
    }
}

/// Reads the body, if the rule has one, up to the limit.
async fn read_body(
    edge: &Edge,
    rule: &Rule,
    headers: &HeaderMap,
    body: Body,
) -> Result<Bytes, Refusal> {
    if matches!(rule.body, BodyRule::None) {
        return Ok(Bytes::new());
    }
    let limit = edge.options.config.body_limit;
    let declared = headers
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok());
    if declared
        .and_then(|text| text.parse().ok())
        .is_some_and(|length: usize| length > limit)
    {
        return Err(Refusal::TooLarge(limit));
    }
    let content = match Limited::new(body, limit).collect().await {
        Ok(content) => content.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => return Err(Refusal::TooLarge(limit)),
        Err(_) => return Err(Refusal::Cut),
    };
    match content.trim_ascii().is_empty() || is_json(headers) || http_body::is_wanted(rule) {
        true => Ok(content),
        false => Err(Refusal::NotJson),
    }
}

/// `application/json` or a type of that syntax (`+json`), in UTF-8 if it says.
fn is_json(headers: &HeaderMap) -> bool {
    let Some(Ok(text)) = headers.get(CONTENT_TYPE).map(HeaderValue::to_str) else {
        return false;
    };
    let mut parts = text.split(';').map(|part| part.trim().to_ascii_lowercase());
    let is_json = parts.next().is_some_and(|essence| {
        essence == "application/json"
            || essence.starts_with("application/") && essence.ends_with("+json")
    });
    let mut charsets = parts.filter_map(|part| part.strip_prefix("charset=").map(str::to_owned));
    is_json && charsets.all(|charset| charset.trim_matches('"') == "utf-8")
}
