//! Protected-resource metadata (RFC 9728): what `/mcp` is and how to authenticate to it.

use axum::{
    Json,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, Uri, header, uri::Authority};
use serde_json::{Value, json};
use url::Url;

use super::{Door, HttpConfig};

/// Where the metadata is.
pub(super) const PATH: &str = "/.well-known/oauth-protected-resource";

/// Where RFC 9728, section 3.1, puts it for a resource with a path.
pub(super) const PATH_OF_MCP: &str = "/.well-known/oauth-protected-resource/mcp";

/// What the metadata says, for as much of it as is the same for everybody.
#[derive(Debug)]
pub(super) struct Resource {
    /// Without a slash at the end.
    public_url: Option<String>,
    scheme: &'static str,
    authorization_server: Option<String>,
}

impl Resource {
    pub(super) fn new(config: &HttpConfig) -> Self {
        let public_url = config.public_url.as_ref();
        let is_address = |issuer: &&String| {
            Url::parse(issuer).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
        };
        Self {
            public_url: public_url.map(|url| url.as_str().trim_end_matches('/').to_owned()),
            scheme: if config.is_tls { "https" } else { "http" },
            // As it is written: issuers are compared letter by letter (RFC 8414, section 3.3).
            authorization_server: config.issuer.as_ref().filter(is_address).cloned(),
        }
    }

    /// How the caller reaches this server, without a slash at the end: the public URL, or else the
    /// host the request names. Nothing is granted by it; the caller only hears it back.
    pub(super) fn base(&self, headers: &HeaderMap, uri: &Uri) -> String {
        if let Some(url) = &self.public_url {
            return url.clone();
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
        format!("{}://{host}", self.scheme)
    }

    fn metadata(&self, base: &str) -> Value {
        let mut metadata = json!({
            "resource": format!("{base}/mcp"),
            "resource_name": "taskchat",
            "bearer_methods_supported": ["header"],
        });
        if let (Some(server), Value::Object(members)) = (&self.authorization_server, &mut metadata)
        {
            members.insert("authorization_servers".to_owned(), json!([server]));
        }
        metadata
    }
}

/// Answers with the metadata, to anybody and to pages of any origin: it holds no secret.
pub(super) async fn answer(State(door): State<Door>, request: Request) -> Response {
    let base = door.resource.base(request.headers(), request.uri());
    let open = [(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")];
    (open, Json(door.resource.metadata(&base))).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_where_this_is_and_where_tokens_are_from() {
        let id = "https://id.example";
        for (public_url, is_tls, issuer, base, servers) in [
            (None, false, None, "http://here:8080", json!(null)),
            (None, true, Some("ours"), "https://here:8080", json!(null)),
            (
                None,
                true,
                Some("urn:ours"),
                "https://here:8080",
                json!(null),
            ),
            // As it is written, without a slash.
            (None, true, Some(id), "https://here:8080", json!([id])),
            (
                Some("https://a.example/"),
                false,
                Some(id),
                "https://a.example",
                json!([id]),
            ),
            (
                Some("http://a.example"),
                true,
                None,
                "http://a.example",
                json!(null),
            ),
        ] {
            let public_url: Option<&str> = public_url;
            let resource = Resource::new(&HttpConfig {
                public_url: public_url.map(|url| url.parse().unwrap()),
                is_tls,
                issuer: issuer.map(str::to_owned),
                ..HttpConfig::default()
            });
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, "here:8080".parse().unwrap());
            assert_eq!(resource.base(&headers, &Uri::from_static("/mcp")), base);
            let metadata = resource.metadata(base);
            assert_eq!(metadata["resource"], format!("{base}/mcp"));
            assert_eq!(metadata["authorization_servers"], servers, "{issuer:?}");
        }
    }
}
