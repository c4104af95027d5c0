//! What can be set about the assistant. Where the values come from is not decided here.

use std::{sync::Arc, time::Duration};

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, Serializer};

use crate::{
    Model,
    model::{Offline, OpenAi},
};

/// Which model answers, and how long it and its tools may take.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Which model answers.
    pub provider: Provider,
    /// The key that is sent to the provider as a bearer token. Servers of one's own often need
    /// none.
    #[serde(serialize_with = "redacted")]
    pub api_key: Option<SecretString>,
    /// Where the provider's API begins, with its version: "https://api.openai.com/v1".
    pub base_url: Option<String>,
    /// The model, as the provider calls it.
    pub name: String,
    /// How long the provider's server may take to be reached. The HTTP client passed to
    /// [`Config::model`] is to be built with it.
    #[serde(with = "humantime_serde")]
    pub connect_timeout: Duration,
    /// How long until the first piece of an answer.
    #[serde(with = "humantime_serde")]
    pub first_token_timeout: Duration,
    /// How long between two pieces of an answer.
    #[serde(with = "humantime_serde")]
    pub idle_timeout: Duration,
    /// How long a turn may take altogether.
    #[serde(with = "humantime_serde")]
    pub turn_timeout: Duration,
    /// How long one tool call may take.
    #[serde(with = "humantime_serde")]
    pub tool_timeout: Duration,
    /// How often a model may be asked in one turn.
    pub max_steps: u32,
    /// How many tools a model may call at once; the rest are refused.
    pub max_calls: u32,
    /// How many earlier messages a model is shown, with the calls and results of each.
    pub history_messages: u32,
    /// Whether the built-in assistant answers when the model fails before it has said anything.
    pub fallback: bool,
}

/// Which model answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    /// [`Provider::Openai`] when a key or a base URL is set, else [`Provider::Offline`].
    #[default]
    Auto,
    /// Any server that speaks OpenAI's chat completions.
    Openai,
    /// The built-in assistant.
    Offline,
}

/// What bounds a turn.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Until the first piece of an answer.
    pub first_token: Duration,
    /// Between two pieces of an answer.
    pub idle: Duration,
    /// The whole turn.
    pub turn: Duration,
    /// One tool call.
    pub tool: Duration,
    /// Times the model is asked.
    pub steps: usize,
    /// Calls in one step.
    pub calls: usize,
    /// Earlier messages a model is shown.
    pub history: usize,
}

/// The settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The base URL is none.
    #[error("base_url must be an http or https address")]
    BaseUrl,
    /// The key cannot be sent.
    #[error("api_key must be printable ASCII")]
    ApiKey,
}

/// The models of a configuration: the one that answers, and the one that stands in for it.
pub type Models = (Arc<dyn Model>, Option<Arc<dyn Model>>);

impl Default for Config {
    fn default() -> Self {
        Self {
            provider: Provider::Auto,
            api_key: None,
            base_url: None,
            name: "gpt-5-mini".to_owned(),
            connect_timeout: Duration::from_secs(5),
            first_token_timeout: Duration::from_secs(30),
            idle_timeout: Duration::from_secs(20),
            turn_timeout: Duration::from_secs(120),
            tool_timeout: Duration::from_secs(15),
            max_steps: 8,
            max_calls: 32,
            history_messages: 50,
            fallback: false,
        }
    }
}

impl Config {
    const OPENAI: &'static str = "https://api.openai.com/v1";

    /// The model that answers, and the one that stands in for it when it fails.
    ///
    /// # Errors
    /// [`ConfigError`] when an address or a key cannot be used.
    pub fn model(&self, http: reqwest::Client) -> Result<Models, ConfigError> {
        if self.resolved() == Provider::Offline {
            return Ok((Arc::new(Offline), None));
        }
        let base_url = self.base_url().unwrap_or(Self::OPENAI);
        let model = OpenAi::new(http, base_url, self.api_key(), self.name.clone())?;
        let fallback = self.fallback.then(|| Arc::new(Offline) as Arc<dyn Model>);
        Ok((Arc::new(model), fallback))
    }

    /// What bounds a turn.
    #[must_use]
    pub fn limits(&self) -> Limits {
        let count = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
        Limits {
            first_token: self.first_token_timeout,
            idle: self.idle_timeout,
            turn: self.turn_timeout,
            tool: self.tool_timeout,
            steps: count(self.max_steps),
            calls: count(self.max_calls),
            history: count(self.history_messages),
        }
    }

    /// Which model answers, once [`Provider::Auto`] is decided.
    #[must_use]
    pub fn resolved(&self) -> Provider {
        let configured = self.api_key().is_some() || self.base_url().is_some();
        match self.provider {
            Provider::Auto if configured => Provider::Openai,
            Provider::Auto => Provider::Offline,
            chosen => chosen,
        }
    }

    /// An empty variable in the environment is one that is not set.
    fn api_key(&self) -> Option<&SecretString> {
        self.api_key
            .as_ref()
            .filter(|key| !key.expose_secret().trim().is_empty())
    }

    fn base_url(&self) -> Option<&str> {
        self.base_url
            .as_deref()
            .map(str::trim)
            .filter(|url| !url.is_empty())
    }
}

fn redacted<S: Serializer>(secret: &Option<SecretString>, to: S) -> Result<S::Ok, S::Error> {
    secret.as_ref().map(|_| "[REDACTED]").serialize(to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn auto_is_openai_once_there_is_a_key_or_an_address() {
        let config = |key: &str, url: &str| Config {
            api_key: Some(key.into()),
            base_url: Some(url.to_owned()),
            ..Config::default()
        };
        for (key, url, expected) in [
            ("", "", Provider::Offline),
            (" ", " ", Provider::Offline),
            ("sk-1", "", Provider::Openai),
            ("", "http://localhost:11434/v1", Provider::Openai),
        ] {
            assert_eq!(config(key, url).resolved(), expected, "{key:?} {url:?}");
        }
        assert_eq!(Config::default().resolved(), Provider::Offline);
    }

    #[test]
    fn an_address_that_is_none_is_refused() {
        let http = reqwest::Client::builder().build().unwrap();
        for url in ["nonsense", "ftp://example.org/v1", "/v1"] {
            let config = Config {
                base_url: Some(url.to_owned()),
                ..Config::default()
            };
            assert!(config.model(http.clone()).is_err(), "{url}");
        }
    }

    #[test]
    fn the_key_is_never_shown() {
        let config = Config {
            api_key: Some("sk-very-secret".into()),
            ..Config::default()
        };
        let shown = serde_json::to_string(&config).unwrap() + &format!("{config:?}");
        assert!(!shown.contains("sk-very-secret"), "{shown}");
    }
}
