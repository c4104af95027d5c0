//! Protected-resource metadata (RFC 9728): what `/mcp` is and how to authenticate to it.

use axum::{
    Json,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, Uri, header, uri::Authority};
use serde_json::json;

use super::Door;

/// Where the metadata is.
pub(super) const PATH: &str = "/.well-known/oauth-protected-resource";

/// Where RFC 9728, section 3.1, puts it for a resource with a path.
pub(super) const PATH_OF_MCP: &str = "/.well-known/oauth-protected-resource/mcp";

/// How the caller reaches this server, without a slash at the end: the public URL, or else the host
/// the request names. Nothing is granted by it; the caller only hears it back.
pub(super) fn base(public_url: Option<&str>, headers: &HeaderMap, uri: &Uri) -> String {
    if let Some(url) = public_url {
        return url.to_owned();
    }
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .and_then(|host| host.parse::<Authority>().ok())
        .or_else(|| uri.authority().cloned())
        // Between quotes in a header, so nothing but a host may pass.
        .filter(|host| {
            host.as_str()
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']'))
        });
    let host = host.as_ref().map_or("localhost", Authority::as_str);
    format!("http://{host}")
}

/// Answers with the metadata, to anybody and to pages of any origin: it holds no secret.
pub(super) async fn resource(State(door): State<Door>, request: Request) -> Response {
    let base = base(door.public_url.as_deref(), request.headers(), request.uri());
    let metadata = json!({
        "resource": format!("{base}/mcp"),
        "resource_name": "taskchat",
        "bearer_methods_supported": ["header"],
    });
    let open = [(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")];
    (open, Json(metadata)).into_response()
}
