//! A request as the model saw it, and short ways to look at it.

use axum::http::HeaderMap;
use serde_json::Value;

/// One recorded request.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The whole body.
    pub body: Value,
    /// The `authorization` header.
    pub authorization: Option<String>,
    /// The W3C trace header.
    pub traceparent: Option<String>,
}

impl Seen {
    pub(crate) fn new(body: Value, headers: &HeaderMap) -> Self {
        let header = |name| {
            headers
                .get(name)
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned)
        };
        Self {
            body,
            authorization: header("authorization"),
            traceparent: header("traceparent"),
        }
    }

    /// All messages, the system prompt first.
    pub fn messages(&self) -> &[Value] {
        self.body["messages"].as_array().map_or(&[], Vec::as_slice)
    }

    /// The system prompt.
    pub fn system(&self) -> String {
        self.messages().first().map(content).unwrap_or_default()
    }

    /// The texts said by one role, in order.
    pub fn texts(&self, role: &str) -> Vec<String> {
        self.messages()
            .iter()
            .filter(|message| message["role"] == role)
            .map(content)
            .filter(|text| !text.is_empty())
            .collect()
    }

    /// What people said, in order.
    pub fn user_texts(&self) -> Vec<String> {
        self.texts("user")
    }

    /// The text of the last message.
    pub fn last_text(&self) -> String {
        self.messages().last().map(content).unwrap_or_default()
    }

    /// The latest message of the person.
    pub fn latest_user_text(&self) -> String {
        self.user_texts().pop().unwrap_or_default()
    }

    /// True when the last message is a tool's answer: the model is to go on, not to begin.
    pub fn has_results(&self) -> bool {
        self.messages()
            .last()
            .is_some_and(|message| message["role"] == "tool")
    }

    /// The answers of tools since the latest message of the person, parsed.
    pub fn results(&self) -> Vec<Value> {
        let messages = self.messages();
        let begin = messages
            .iter()
            .rposition(|message| message["role"] == "user")
            .unwrap_or(0);
        messages[begin..]
            .iter()
            .filter(|message| message["role"] == "tool")
            .map(|message| {
                let text = content(message);
                serde_json::from_str(&text).unwrap_or(Value::String(text))
            })
            .collect()
    }

    /// The names of the tools on offer.
    pub fn tools(&self) -> Vec<String> {
        self.body["tools"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|tool| tool["function"]["name"].as_str().map(str::to_owned))
            .collect()
    }
}

/// The text of a message, be it a string or a list of parts.
pub(crate) fn content(message: &Value) -> String {
    match &message["content"] {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts
            .iter()
            .filter_map(|part| part["text"].as_str())
            .collect(),
        _ => String::new(),
    }
}
