//! What a call gives: the message, a stream of them, raw bytes, or a problem.

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::schema::{Direction, Schemas};
use crate::{
    Options, problem,
    rule::{BodyRule, Rule, Verb},
    transcode::http_body,
};

/// The answer of a call that went well.
pub(super) fn success(rule: &Rule, schemas: &mut Schemas<'_>) -> Value {
    let output = rule.method.output();
    let is_stream = rule.method.is_server_streaming();
    let mut headers = json!({ "x-request-id": header("RequestId") });
    let content = if http_body::is_given(rule) {
        json!({ "*/*": {} })
    } else {
        let schema = match &rule.response_body {
            None => schemas.message(&output, Direction::Answer),
            Some(field) => schemas.field(field, Direction::Answer),
        };
        match is_stream {
            true => stream(schema),
            false => json!({ "application/json": { "schema": without_null(schema) } }),
        }
    };
    if is_cached(rule)
        && let Some(headers) = headers.as_object_mut()
    {
        headers.insert("etag".to_owned(), header("ETag"));
    }
    let description = if is_stream { "A stream." } else { "Done." };
    json!({ "description": description, "headers": headers, "content": content })
}

/// Two framings of the same messages. The schemas are of one event and of one line: OpenAPI 3.1 has no
/// other place for them, and 3.2 calls them items.
fn stream(item: Value) -> Value {
    let problem = json!({ "$ref": "#/components/schemas/Problem" });
    let events = "A server-sent event. `data` is a message as JSON, `event` names the member that is \
        set. A failure after the beginning is the last event, `error`, with a problem as data. \
        Comments keep the connection alive.";
    let lines = "A line, where the request accepts this type. A failure after the beginning is the \
        last line.";
    json!({
        "text/event-stream": { "schema": {
            "type": "object",
            "description": events,
            "required": ["event", "data"],
            "properties": {
                "id": { "type": "string", "description": "What `last-event-id` resumes after." },
                "event": { "type": "string" },
                "data": {
                    "type": "string",
                    "contentMediaType": "application/json",
                    "contentSchema": { "anyOf": [item, problem] },
                },
            },
        }},
        "application/x-ndjson": { "schema": {
            "description": lines,
            "anyOf": [item, {
                "type": "object",
                "required": ["error"],
                "properties": { "error": problem },
            }],
        }},
    })
}

/// An answer that stands for all of a call is not `null`: only a broken service sends none.
fn without_null(schema: Value) -> Value {
    let any = schema.get("anyOf").and_then(Value::as_array);
    let only = any.and_then(|any| any.first());
    only.cloned().unwrap_or(schema)
}

/// Whether the answer has a tag that can be asked for again.
pub(super) fn is_cached(rule: &Rule) -> bool {
    let is_get = matches!(&rule.verb, Verb::Only(method) if *method == http::Method::GET);
    is_get && !rule.method.is_server_streaming()
}

/// All answers of an operation, by status.
pub(super) fn all(rule: &Rule, success: Value, options: &Options) -> Map<String, Value> {
    let has_body = !matches!(rule.body, BodyRule::None);
    let refusals = problem::statuses(options).into_keys().filter(|status| {
        match *status {
            // Said of the path, not of an operation.
            StatusCode::METHOD_NOT_ALLOWED => false,
            StatusCode::PAYLOAD_TOO_LARGE | StatusCode::UNSUPPORTED_MEDIA_TYPE => has_body,
            _ => true,
        }
    });
    let refusals = refusals.map(|status| {
        let reference = format!("#/components/responses/{}", name(status));
        (status.as_str().to_owned(), json!({ "$ref": reference }))
    });
    let mut all: Map<String, Value> = refusals.collect();
    all.insert("200".to_owned(), success);
    if is_cached(rule) {
        let unchanged = json!({ "description": "The caller has this answer already." });
        all.insert("304".to_owned(), unchanged);
    }
    all
}

/// The problems, by the names of their statuses.
pub(super) fn refusals(options: &Options) -> Value {
    let refusals = problem::statuses(options)
        .into_iter()
        .map(|(status, codes)| {
            let mut headers = json!({ "x-request-id": header("RequestId") });
            let more = match status {
                StatusCode::UNAUTHORIZED => Some(("www-authenticate", "WWWAuthenticate")),
                StatusCode::TOO_MANY_REQUESTS => Some(("retry-after", "RetryAfter")),
                StatusCode::METHOD_NOT_ALLOWED => Some(("allow", "Allow")),
                _ => None,
            };
            if let (Some((header_name, component)), Some(headers)) = (more, headers.as_object_mut())
            {
                headers.insert(header_name.to_owned(), header(component));
            }
            let description = format!("{}: {}.", problem::title(status), codes.join(", "));
            let refusal = json!({
                "description": description,
                "headers": headers,
                "content": { "application/problem+json": {
                    "schema": { "$ref": "#/components/schemas/Problem" },
                }},
            });
            (name(status), refusal)
        });
    Value::Object(refusals.collect())
}

/// `NotFound`.
fn name(status: StatusCode) -> String {
    let title = problem::title(status);
    title.chars().filter(char::is_ascii_alphanumeric).collect()
}

fn header(component: &str) -> Value {
    json!({ "$ref": format!("#/components/headers/{component}") })
}

/// The headers of answers.
pub(super) fn headers() -> Value {
    let header =
        |description: &str, schema: Value| json!({ "description": description, "schema": schema });
    let text = || json!({ "type": "string" });
    json!({
        "RequestId": header("The request's `x-request-id`, or a new one.", text()),
        "ETag": header("Changes with the answer; for `if-none-match`.", text()),
        "RetryAfter": header("Seconds to wait before another try.", json!({ "type": "integer", "minimum": 0 })),
        "WWWAuthenticate": header("How to authenticate (RFC 9110, section 11.6.1).", text()),
        "Allow": header("The methods that the path answers.", text()),
    })
}

/// The schema of all refusals.
pub(super) fn problem() -> Value {
    json!({
        "type": "object",
        "description": "A problem (RFC 9457). Details of the error that have fields of their own add \
            them as members.",
        "required": ["type", "title", "status", "detail", "code", "request_id"],
        "properties": {
            "type": { "type": "string", "format": "uri-reference", "examples": ["about:blank"] },
            "title": { "type": "string", "description": "The name of the status." },
            "status": { "type": "integer", "minimum": 400, "maximum": 599 },
            "detail": { "type": "string", "description": "What is wrong, in words." },
            "code": {
                "type": "string",
                "description": "The gRPC code.",
                "enum": problem::code_names(),
            },
            "request_id": { "type": "string", "description": "The answer's `x-request-id`." },
            "errors": {
                "type": "array",
                "description": "The fields that are wrong.",
                "items": {
                    "type": "object",
                    "required": ["field", "message"],
                    "properties": {
                        "field": { "type": "string", "description": "The path of the field." },
                        "message": { "type": "string", "description": "What is wrong with it." },
                    },
                },
            },
            "details": {
                "type": "array",
                "description": "The typed details of the error, for programs.",
                "items": {
                    "type": "object",
                    "required": ["@type"],
                    "properties": { "@type": { "type": "string" } },
                    "additionalProperties": true,
                },
            },
        },
        "additionalProperties": true,
    })
}
