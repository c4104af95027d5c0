//! OpenAPI 3.1 of all that is served, from the same descriptors, rules and options that serve it.
//!
//! Built once, when the edge starts, and the same for the same input: an RPC with an annotation is
//! described without a line here. What a value looks like is in [`schema`], what a call takes in
//! [`operation`], what it gives in [`answers`], and where the words come from in [`comments`].

mod answers;
mod comments;
mod operation;
mod paths;
mod schema;

use axum::body::Body;
use bytes::Bytes;
use http::{
    HeaderMap, HeaderName, HeaderValue, Response, StatusCode,
    header::{CACHE_CONTROL, CONTENT_TYPE, ETAG},
};
use prost_reflect::{DescriptorPool, ServiceDescriptor};
use serde_json::{Map, Value, json};

use crate::{Options, etag, rule::Rules};
use comments::Comments;
use schema::Schemas;

/// Switches the description of the API on, and says what descriptors cannot.
#[derive(Debug, Clone)]
pub struct OpenApi {
    /// Where it is served, such as `/openapi.json`.
    pub path: String,
    /// The name of the API.
    pub title: String,
    /// The version of the API; not that of OpenAPI.
    pub version: String,
    /// What the API is for, in Markdown.
    pub description: String,
    /// Headers that mean something to the services.
    pub headers: Vec<RequestHeader>,
    /// What text in a path has to look like, by the name of the field that it sets: a `format` of
    /// JSON Schema such as `uuid`.
    pub path_formats: Vec<(String, String)>,
}

/// A request header that stands beside a field of the request.
#[derive(Debug, Clone)]
pub struct RequestHeader {
    /// Its name.
    pub name: HeaderName,
    /// The calls whose request has a field of this name take it.
    pub field: String,
    /// What it does.
    pub description: String,
    /// The JSON Schema of its value.
    pub schema: Value,
}

/// The name of the security scheme.
const BEARER: &str = "bearer";

/// The finished description.
#[derive(Debug)]
pub(crate) struct Document {
    path: String,
    json: Bytes,
    tag: Option<HeaderValue>,
}

impl Document {
    /// Describes all rules.
    pub(crate) fn new(
        about: &OpenApi,
        pool: &DescriptorPool,
        rules: &Rules,
        options: &Options,
    ) -> Self {
        let json = describe(about, pool, rules, options).to_string();
        let tag = etag::of(json.as_bytes());
        Self {
            path: about.path.clone(),
            json: json.into(),
            tag,
        }
    }

    /// True for the path of the description.
    pub(crate) fn is_at(&self, path: &str) -> bool {
        self.path == path
    }

    /// Answers GET and HEAD.
    pub(crate) fn answer(&self, request: &HeaderMap) -> Response<Body> {
        let mut response = Response::new(Body::empty());
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        if let Some(tag) = &self.tag {
            headers.insert(ETAG, tag.clone());
        }
        if self
            .tag
            .as_ref()
            .is_some_and(|tag| etag::is_known(request, tag))
        {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            return response;
        }
        let json = HeaderValue::from_static("application/json");
        headers.insert(CONTENT_TYPE, json);
        *response.body_mut() = Body::from(self.json.clone());
        response
    }
}

/// The whole description.
fn describe(about: &OpenApi, pool: &DescriptorPool, rules: &Rules, options: &Options) -> Value {
    let comments = Comments::read(pool);
    let mut schemas = Schemas::new(&options.json, &comments);
    // Answers first: a message that also occurs in requests has another schema there, and the plain
    // name is for the one that callers read.
    let answers: Vec<Value> = rules
        .iter()
        .map(|rule| answers::success(rule, &mut schemas))
        .collect();
    let mut operations = operation::Operations {
        options,
        about,
        comments: &comments,
        schemas: &mut schemas,
    };
    let mut paths = paths::Paths::default();
    for (rule, success) in rules.iter().zip(answers) {
        let place = paths.place(rule);
        let operation = operations.describe(rule, place.parameters(), success, place.count());
        place.put(rule, operation);
    }
    let has_tokens = options.public_option.is_some();
    let mut components = Map::new();
    components.insert("responses".to_owned(), answers::refusals(options));
    components.insert("headers".to_owned(), answers::headers());
    if has_tokens {
        components.insert(
            "securitySchemes".to_owned(),
            json!({ BEARER: {
                "type": "http",
                "scheme": "bearer",
                "description": "An access token in the header `authorization: Bearer <token>`.",
            }}),
        );
    }
    let mut all = schemas.finish();
    all.insert("Problem".to_owned(), answers::problem());
    components.insert("schemas".to_owned(), Value::Object(all));
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": about.title,
            "version": about.version,
            "description": about.description,
        },
        "servers": [{ "url": "/" }],
        "tags": tags(pool, rules, &comments),
        "paths": paths.finish(),
        "components": components,
    })
}

/// The services that have rules, with what they say about themselves.
fn tags(pool: &DescriptorPool, rules: &Rules, comments: &Comments) -> Vec<Value> {
    let services = pool.services().filter(|service| {
        let mut rules = rules.iter();
        rules.any(|rule| rule.method.parent_service() == service)
    });
    services
        .map(|service| {
            let mut tag = json!({ "name": tag(&service) });
            let description = comments.of(&service.parent_file(), service.path());
            if let (Some(text), Some(tag)) = (description, tag.as_object_mut()) {
                tag.insert("description".to_owned(), text.into());
            }
            tag
        })
        .collect()
}

/// A service's name, with its package where another service has the same one.
fn tag(service: &ServiceDescriptor) -> String {
    let pool = service.parent_pool();
    let mut namesakes = pool
        .services()
        .filter(|other| other.name() == service.name());
    match namesakes.nth(1) {
        None => service.name().to_owned(),
        Some(_) => service.full_name().to_owned(),
    }
}

#[cfg(test)]
mod tests;
