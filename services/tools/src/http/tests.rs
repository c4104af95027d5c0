//! The MCP door over a real socket, with rmcp's client and with plain requests.

use std::net::SocketAddr;

use axum::Router;
use http::StatusCode;
use rmcp::{
    ServiceExt,
    model::{CallToolRequestParams, ProtocolVersion},
    service::{ClientLifecycleMode, ClientServiceExt},
    transport::{
        StreamableHttpClientTransport, streamable_http_client::StreamableHttpClientTransportConfig,
    },
};
use secrecy::SecretString;
use serde_json::{Value, json};
use taskchat_auth::{AuthLayer, Identity, Keys};
use tokio::net::TcpListener;

use super::{HttpConfig, http};
use crate::testing::House;

/// The door of a house on a port of its own.
struct Door {
    house: House,
    keys: Keys,
    at: SocketAddr,
    client: reqwest::Client,
}

async fn listen(house: &House, router: Router) -> SocketAddr {
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = socket.local_addr().unwrap();
    house
        .tracker
        .spawn(async move { axum::serve(socket, router).await });
    at
}

#[expect(clippy::disallowed_methods, reason = "tests share nothing")]
fn plain_client() -> reqwest::Client {
    reqwest::Client::new()
}

impl Door {
    async fn open(config: HttpConfig) -> Self {
        let house = House::new().await;
        let auth = taskchat_auth::Config {
            secret: Some(SecretString::from("a secret of more than thirty-two bytes")),
            ..taskchat_auth::Config::default()
        };
        let client = plain_client();
        let (clock, tracker) = (house.clock.clone(), house.tracker.clone());
        let keys = Keys::new(&auth, None, client.clone(), clock, tracker).unwrap();
        let router = http(house.tools.clone(), config, &house.tracker)
            .layer(AuthLayer::new(keys.verifier()));
        let at = listen(&house, router).await;
        Self {
            house,
            keys,
            at,
            client,
        }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.at)
    }

    async fn token(&self, name: &str) -> String {
        let user = self.house.user(name).await;
        self.keys.issuer().issue(&user, None, None, None).unwrap().0
    }

    fn transport(&self, token: &str) -> StreamableHttpClientTransport<reqwest::Client> {
        let config =
            StreamableHttpClientTransportConfig::with_uri(self.url("/mcp")).auth_header(token);
        StreamableHttpClientTransport::with_client(self.client.clone(), config)
    }

    /// A request as MCP wants it.
    fn post(&self, token: &str, body: &Value) -> reqwest::RequestBuilder {
        self.client
            .post(self.url("/mcp"))
            .bearer_auth(token)
            .header("accept", "application/json, text/event-stream")
            .json(body)
    }
}

fn add(title: &str) -> Value {
    json!({
        "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": {
            "name": "add_task",
            "arguments": {"title": title},
            "_meta": {"taskchat/idempotency-key": title},
        },
    })
}

#[tokio::test]
async fn rmcps_client_works_in_both_lifecycles_and_keeps_people_apart() {
    let door = Door::open(HttpConfig::default()).await;
    let (ann, bob) = (door.token("ann").await, door.token("bob").await);

    let legacy = ().serve(door.transport(&ann)).await.unwrap();
    assert_eq!(legacy.list_all_tools().await.unwrap().len(), 10);
    let mut call = CallToolRequestParams::new("add_task");
    call.arguments = json!({"title": "milk", "due": "tomorrow"})
        .as_object()
        .cloned();
    let added = legacy
        .call_tool(call)
        .await
        .unwrap()
        .structured_content
        .unwrap();
    assert_eq!(added["data"]["due_date"], "2026-11-26");

    let modern = ClientLifecycleMode::Discover {
        preferred_versions: vec![ProtocolVersion::V_2026_07_28],
    };
    for (token, count) in [(ann, 1), (bob, 0)] {
        let client = ().serve_with_lifecycle(door.transport(&token), modern.clone()).await.unwrap();
        let listed = client
            .call_tool(CallToolRequestParams::new("list_tasks"))
            .await
            .unwrap();
        assert_eq!(listed.structured_content.unwrap()["data"]["count"], count);
    }
}

#[tokio::test]
async fn every_version_shakes_hands_and_none_makes_a_session() {
    let door = Door::open(HttpConfig::default()).await;
    let token = door.token("ann").await;
    for version in ["2025-06-18", "2025-11-25"] {
        let body = json!({
            "jsonrpc": "2.0", "id": 1, "method": "initialize",
            "params": {
                "protocolVersion": version, "capabilities": {},
                "clientInfo": {"name": "test", "version": "1"},
            },
        });
        let answer = door.post(&token, &body).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        assert!(!answer.headers().contains_key("mcp-session-id"));
        assert_eq!(answer.headers()["content-type"], "application/json");
        let answer: Value = answer.json().await.unwrap();
        assert_eq!(answer["result"]["protocolVersion"], version);
        assert_eq!(answer["result"]["serverInfo"]["name"], "taskchat");

        let ready = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
        let accepted = door.post(&token, &ready).send().await.unwrap();
        assert_eq!(accepted.status(), StatusCode::ACCEPTED);
    }
    let discover = json!({
        "jsonrpc": "2.0", "id": 1, "method": "server/discover",
        "params": {"_meta": {
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": {},
        }},
    });
    let answer = door
        .post(&token, &discover)
        .header("mcp-protocol-version", "2026-07-28")
        .header("mcp-method", "server/discover")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let answer: Value = answer.json().await.unwrap();
    let versions = answer["result"]["supportedVersions"].as_array().unwrap();
    assert!(versions.contains(&json!("2026-07-28")), "{answer}");
}

#[tokio::test]
async fn nobody_gets_in_without_a_good_token() {
    let door = Door::open(HttpConfig::default()).await;
    let expired = door.token("ann").await;
    door.house.clock.advance(chrono::Duration::hours(2));
    for (header, detail, is_invalid) in [
        (None, "Not authenticated", false),
        (
            Some("Basic YTpi".to_owned()),
            "Invalid token or expired token.",
            true,
        ),
        (
            Some("Bearer opaque".to_owned()),
            "Invalid token or expired token.",
            true,
        ),
        (
            Some(format!("Bearer {expired}")),
            "Invalid token or expired token.",
            true,
        ),
    ] {
        for method in [http::Method::POST, http::Method::GET, http::Method::DELETE] {
            let mut request = door
                .client
                .request(method, door.url("/mcp"))
                .json(&add("x"));
            if let Some(header) = &header {
                request = request.header("authorization", header);
            }
            let answer = request.send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{header:?}");
            let challenge = answer.headers()["www-authenticate"]
                .to_str()
                .unwrap()
                .to_owned();
            let metadata = door.url("/.well-known/oauth-protected-resource/mcp");
            assert!(challenge.starts_with("Bearer "), "{challenge}");
            assert!(challenge.contains(&format!("resource_metadata=\"{metadata}\"")));
            assert_eq!(challenge.contains("error=\"invalid_token\""), is_invalid);
            assert_eq!(answer.headers()["content-type"], "application/problem+json");
            let body: Value = answer.json().await.unwrap();
            let expected = json!({
                "type": "about:blank", "title": "Unauthorized", "status": 401, "detail": detail,
            });
            assert_eq!(body, expected);
        }
    }
    let token = door.token("ann").await;
    let ann = door.house.hands_of("ann").await;
    assert_eq!(ann.titles(json!({})).await, [""; 0]);
    door.post(&token, &add("x")).send().await.unwrap();
    assert_eq!(ann.titles(json!({})).await, ["x"]);
}

#[tokio::test]
async fn unsure_who_is_calling_it_says_so_and_without_a_layer_it_stays_shut() {
    let house = House::new().await;
    let door = || http(house.tools.clone(), HttpConfig::default(), &house.tracker);
    let unsure = listen(&house, door().layer(axum::Extension(Identity::Unavailable))).await;
    let shut = listen(&house, door()).await;
    for (at, status) in [
        (unsure, StatusCode::SERVICE_UNAVAILABLE),
        (shut, StatusCode::UNAUTHORIZED),
    ] {
        let request = plain_client()
            .post(format!("http://{at}/mcp"))
            .json(&add("x"));
        assert_eq!(request.send().await.unwrap().status(), status);
    }
}

#[tokio::test]
async fn a_retry_with_the_same_key_acts_once() {
    let door = Door::open(HttpConfig::default()).await;
    let token = door.token("ann").await;
    let answer = async || {
        let answer = door.post(&token, &add("milk")).send().await.unwrap();
        answer.json::<Value>().await.unwrap()
    };
    let (first, again) = (answer().await, answer().await);
    assert_eq!(first["result"]["structuredContent"]["success"], true);
    assert_eq!(first, again);
    let ann = door.house.hands_of("ann").await;
    assert_eq!(ann.titles(json!({})).await, ["milk"]);
}

#[tokio::test]
async fn hosts_and_origins_are_checked() {
    let config = HttpConfig {
        allowed_hosts: vec!["tasks.internal".to_owned()],
        allowed_origins: vec!["https://app.example.com".to_owned()],
        public_url: Some("https://tasks.example.com/".parse().unwrap()),
        ..HttpConfig::default()
    };
    let door = Door::open(config).await;
    let token = door.token("ann").await;
    for (name, value, status) in [
        ("host", "localhost:1234", StatusCode::OK),
        ("host", "tasks.internal", StatusCode::OK),
        ("host", "tasks.example.com", StatusCode::OK),
        ("host", "evil.example.com", StatusCode::FORBIDDEN),
        ("origin", "https://app.example.com", StatusCode::OK),
        ("origin", "https://tasks.example.com", StatusCode::OK),
        ("origin", "http://localhost:6274", StatusCode::OK),
        (
            "origin",
            "https://app.example.com:8443",
            StatusCode::FORBIDDEN,
        ),
        ("origin", "http://app.example.com", StatusCode::FORBIDDEN),
        ("origin", "https://evil.example.com", StatusCode::FORBIDDEN),
        ("origin", "null", StatusCode::FORBIDDEN),
    ] {
        let answer = door
            .post(&token, &add("x"))
            .header(name, value)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), status, "{name}: {value}");
        if status != StatusCode::OK {
            let problem: Value = answer.json().await.unwrap();
            assert_eq!(problem["status"], 403);
        }
    }
    for path in ["", "/mcp"] {
        let path = format!("/.well-known/oauth-protected-resource{path}");
        let metadata: Value = door
            .client
            .get(door.url(&path))
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        assert_eq!(metadata["resource"], "https://tasks.example.com/mcp");
        assert_eq!(metadata["bearer_methods_supported"], json!(["header"]));
    }
}

#[tokio::test]
async fn what_is_no_mcp_is_a_problem() {
    let door = Door::open(HttpConfig::default()).await;
    let token = door.token("ann").await;
    let post = || door.client.post(door.url("/mcp")).bearer_auth(&token);
    let json_post = || post().header("content-type", "application/json");
    let huge = add(&"x".repeat(1024 * 1024));
    for (request, status) in [
        (json_post().body("{"), StatusCode::BAD_REQUEST),
        (json_post().body("[]"), StatusCode::BAD_REQUEST),
        (json_post().body("\0"), StatusCode::BAD_REQUEST),
        (
            json_post().body(huge.to_string()),
            StatusCode::PAYLOAD_TOO_LARGE,
        ),
        (post().body("{}"), StatusCode::UNSUPPORTED_MEDIA_TYPE),
        (
            json_post()
                .header("accept", "text/html")
                .body(add("x").to_string()),
            StatusCode::NOT_ACCEPTABLE,
        ),
        (
            door.client.get(door.url("/mcp")).bearer_auth(&token),
            StatusCode::METHOD_NOT_ALLOWED,
        ),
        (
            door.client.delete(door.url("/mcp")).bearer_auth(&token),
            StatusCode::METHOD_NOT_ALLOWED,
        ),
    ] {
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), status);
        if status == StatusCode::METHOD_NOT_ALLOWED {
            assert_eq!(answer.headers()["allow"], "POST");
        }
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
        let problem: Value = answer.json().await.unwrap();
        assert_eq!(problem["status"], status.as_u16());
        assert!(!problem["detail"].as_str().unwrap().is_empty());
    }
    // Whoever accepts JSON is let in, and whoever says nothing, at either spelling of the path.
    for (path, accept) in [
        ("/mcp", None),
        ("/mcp", Some("application/json")),
        ("/mcp/", Some("*/*")),
    ] {
        let mut request = door
            .client
            .post(door.url(path))
            .bearer_auth(&token)
            .json(&add("milk"));
        if let Some(accept) = accept {
            request = request.header("accept", accept);
        }
        assert_eq!(request.send().await.unwrap().status(), StatusCode::OK);
    }
    // Arguments that are no object cannot be a call.
    let mut wrong = add("x");
    wrong["params"]["arguments"] = json!("title: x");
    let answer: Value = door
        .post(&token, &wrong)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(answer["error"]["code"], -32602, "{answer}");
}
