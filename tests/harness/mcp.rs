//! The MCP door as other assistants see it: raw JSON-RPC, and the SDK's own client.

use reqwest::Method;
use rmcp::{
    RoleClient, ServiceExt,
    service::RunningService,
    transport::{
        StreamableHttpClientTransport, streamable_http_client::StreamableHttpClientTransportConfig,
    },
};
use serde_json::{Value, json};

use crate::{Answer, User};

/// What a tool answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Envelope {
    /// Whether it did what was asked.
    pub success: bool,
    /// What it found or made.
    pub data: Value,
    /// The system's word on the change.
    pub receipt: Value,
    /// `{code, message}` when it did not.
    pub error: Value,
}

impl Envelope {
    /// The data of a success.
    #[track_caller]
    pub fn ok(&self) -> Value {
        assert!(self.success, "{self:?}");
        assert!(self.error.is_null(), "{self:?}");
        self.data.clone()
    }

    /// The message of a refusal with this code.
    #[track_caller]
    pub fn refused(&self, code: &str) -> String {
        assert!(!self.success, "{self:?}");
        assert_eq!(self.error["code"], code, "{self:?}");
        assert!(self.data.is_null() && self.receipt.is_null(), "{self:?}");
        let message = self.error["message"].as_str().unwrap_or_default();
        assert!(!message.is_empty(), "{self:?}");
        for inside in ["sql", "SQL", "constraint", "trigger", "panicked", ".rs"] {
            assert!(!message.contains(inside), "{self:?}");
        }
        message.to_owned()
    }

    /// Reads the result of `tools/call`, and fails unless its parts agree with each other.
    #[track_caller]
    pub fn read(result: &Value) -> Self {
        let structured = &result["structuredContent"];
        let text = result["content"][0]["text"].as_str().unwrap_or_default();
        let same: Value = serde_json::from_str(text)
            .unwrap_or_else(|error| panic!("the text is not JSON ({error}): {result}"));
        assert_eq!(&same, structured, "the text is not the structured content");
        let success = structured["success"].as_bool().expect("success is a bool");
        let is_error = result["isError"].as_bool().unwrap_or(false);
        assert_eq!(is_error, !success, "{result}");
        Self {
            success,
            data: structured["data"].clone(),
            receipt: structured["receipt"].clone(),
            error: structured["error"].clone(),
        }
    }
}

/// One JSON-RPC request to `/mcp`, whatever the answer.
pub async fn post(user: &User, method: &str, params: Value) -> Answer {
    let version = params["protocolVersion"]
        .as_str()
        .unwrap_or("2025-06-18")
        .to_owned();
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
    let request = user
        .request(Method::POST, "/mcp")
        .header("accept", "application/json, text/event-stream")
        .header("mcp-protocol-version", version)
        .json(&body);
    Answer::read(request.send().await.expect("an answer")).await
}

/// The result of a JSON-RPC request that succeeds.
pub async fn result(user: &User, method: &str, params: Value) -> Value {
    let answer = post(user, method, params).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let is_stream = answer
        .header("content-type")
        .is_some_and(|kind| kind.starts_with("text/event-stream"));
    let message: Value = if is_stream {
        let data = answer
            .text
            .lines()
            .filter_map(|line| line.strip_prefix("data:"));
        let last = data.map(str::trim).rfind(|line| !line.is_empty());
        serde_json::from_str(last.expect("a message")).expect("JSON")
    } else {
        answer.json()
    };
    assert!(message["error"].is_null(), "{message}");
    message["result"].clone()
}

/// Calls a tool.
pub async fn call(user: &User, name: &str, arguments: Value) -> Envelope {
    let params = json!({ "name": name, "arguments": arguments });
    Envelope::read(&result(user, "tools/call", params).await)
}

/// Calls a tool with a key that makes a retry safe.
pub async fn call_once(user: &User, key: &str, name: &str, arguments: Value) -> Envelope {
    let params = json!({
        "name": name, "arguments": arguments, "_meta": { "taskchat/idempotency-key": key },
    });
    Envelope::read(&result(user, "tools/call", params).await)
}

/// The SDK's own client, signed in as a user.
pub async fn sdk_client(user: &User) -> RunningService<RoleClient, ()> {
    let config = StreamableHttpClientTransportConfig::with_uri(user.url("/mcp"))
        .auth_header(user.access.clone());
    let transport = StreamableHttpClientTransport::from_config(config);
    ().serve(transport).await.expect("an MCP session")
}
