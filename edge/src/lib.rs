//! The HTTP door: `google.api.http` annotations served as JSON, SSE and gRPC-Web in front of any gRPC
//! services, in this process or another.
//!
//! ```text
//!                   ┌─ application/grpc-web* ─ unframe ─┐
//! request ─ layers ─┼─ application/grpc* ───────────────┼─ Upstream
//!                   ├─ a rule fits ─ transcode, sse ────┤
//!                   ├─ a pass-through prefix ───────────┘
//!                   └─ the page
//! ```
//!
//! Everything is read from descriptors when [`router`] is called: adding an RPC with an annotation
//! adds its route and takes no code here. Who the caller is, is found out by a layer around this
//! router; what they may do is the services' business ([`Guard`] only answers early).
//!
//! ```no_run
//! use taskchat_edge::{Options, RuleError, here, router};
//!
//! # fn serve(services: axum::Router, descriptor_set: &[u8]) -> Result<axum::Router, RuleError> {
//! // `services` is what `tonic::service::Routes::into_axum_router` gives.
//! router(here(services), descriptor_set, Options::default())
//! # }
//! ```
//!
//! `README.md` beside this file has every mapping rule with an example. To add a choice that another
//! project may want to make otherwise, add a field to [`Options`] with `google.rpc`'s default.

mod assets;
mod dispatch;
mod etag;
mod guard;
pub mod json;
mod metadata;
mod observe;
mod openapi;
mod options;
mod problem;
mod rule;
mod sse;
#[cfg(feature = "taskchat")]
pub mod taskchat;
#[cfg(test)]
mod tests;
mod transcode;
mod upstream;
mod web;

use std::{convert::Infallible, sync::Arc};

use axum::{Router, body::Body, middleware};
use http::{HeaderValue, Request, header::X_CONTENT_TYPE_OPTIONS};
use prost_reflect::DescriptorPool;
use tower::{ServiceBuilder, service_fn};
use tower_http::{
    compression::{CompressionLayer, DefaultPredicate, Predicate, predicate::NotForContentType},
    set_header::SetResponseHeaderLayer,
};

pub use assets::{File, Files, Page};
pub use guard::{Guard, Incoming};
pub use json::JsonStyle;
pub use openapi::{OpenApi, RequestHeader};
pub use options::{Config, Options};
pub use problem::{NotAProblem, Problems};
pub use rule::{RuleError, TemplateError};
pub use upstream::{Reach, RootsError, Upstream, here, there, there_by, trusting};
pub use web::cors::with_cors;

/// What every request is answered with.
struct Edge {
    plans: json::Plans,
    rules: rule::Rules,
    openapi: Option<openapi::Document>,
    options: Options,
    upstream: Upstream,
}

/// The edge of the services that a descriptor set describes.
///
/// The set must be lossless: encoded by a compiler, not by generated code, which drops annotations.
///
/// # Errors
/// Anything wrong with the descriptors, an annotation or an option, naming the RPC.
pub fn router(
    upstream: Upstream,
    descriptor_set: &[u8],
    options: Options,
) -> Result<Router, RuleError> {
    let mut pool = DescriptorPool::decode(descriptor_set)?;
    add_error_details(&mut pool);
    let rules = rule::Rules::read(&pool, options.public_option.as_deref())?;
    if let Some(field) = &options.resume_field {
        rules.check_resume_field(field)?;
    }
    let plans = json::Plans::new(&pool, &options.json);
    let openapi = options.openapi.as_ref();
    let openapi = openapi.map(|about| openapi::Document::new(about, &pool, &rules, &options));
    let leave = web::cors::leave(&options)?;
    let edge = Arc::new(Edge {
        plans,
        rules,
        openapi,
        options,
        upstream,
    });
    let doors = service_fn(move |request: Request<Body>| {
        let answer = dispatch::dispatch(Arc::clone(&edge), request);
        async move { Ok::<_, Infallible>(answer.await) }
    });

    let stack = ServiceBuilder::new()
        // Outermost: id, span and log line belong to refusals too, and a bug is still an answer.
        .layer(middleware::from_fn(observe::observe))
        // On every answer, whoever makes it.
        .layer(SetResponseHeaderLayer::overriding(
            X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ))
        // Outside gRPC-Web, which refuses preflights; absent unless origins are configured.
        .option_layer(leave)
        // Innermost, so that it sees content types as they are sent.
        .layer(CompressionLayer::new().compress_when(compressible()));
    // Body limits and deadlines are the transcoder's: streams and gRPC have others.
    Ok(Router::new().fallback_service(doors).layer(stack))
}

/// Not gRPC, which compresses by itself, and not streams, which would be held back.
fn compressible() -> impl Predicate {
    DefaultPredicate::new().and(NotForContentType::const_new("application/x-ndjson"))
}

/// Lets the standard error details be rendered also where the services' own set has none.
fn add_error_details(pool: &mut DescriptorPool) {
    use prost::Message as _;
    if pool.get_message_by_name("google.rpc.BadRequest").is_some() {
        return;
    }
    let set = prost_types::FileDescriptorSet::decode(tonic_types::pb::FILE_DESCRIPTOR_SET);
    let files = set.map(|set| set.file).unwrap_or_default();
    let missing: Vec<_> = files
        .into_iter()
        .filter(|file| pool.get_file_by_name(file.name()).is_none())
        .collect();
    if let Err(error) = pool.add_file_descriptor_protos(missing) {
        tracing::warn!(%error, "Error details of google.rpc will be left out of answers");
    }
}
