//! Any server that speaks OpenAI's chat completions.
//!
//! Requests are made of async-openai's types. Answers are read with types of our own, since
//! servers that call themselves compatible differ in details that are not worth a failure. The
//! stream is read as it is polled, so a slow reader slows the server down, and dropping it closes
//! the connection.

mod chunk;
mod request;
mod status;
mod stream;
#[cfg(test)]
mod tests;

use async_trait::async_trait;
use opentelemetry::global;
use opentelemetry_http::HeaderInjector;
use reqwest::{
    Client, Url,
    header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue},
};
use secrecy::{ExposeSecret, SecretString};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

use super::{Deltas, Model, ModelError, ModelRequest, Retry};
use crate::ConfigError;

/// A model behind an HTTP address.
#[derive(Debug, Clone)]
pub struct OpenAi {
    http: Client,
    url: Url,
    /// Sent along; marked as sensitive, so it is not shown.
    authorization: Option<HeaderValue>,
    name: String,
}

impl OpenAi {
    /// The model `name` of the API that begins at `base_url`.
    ///
    /// # Errors
    /// [`ConfigError`] when the address or the key cannot be used.
    pub fn new(
        http: Client,
        base_url: &str,
        key: Option<&SecretString>,
        name: String,
    ) -> Result<Self, ConfigError> {
        let base = base_url.trim_end_matches('/');
        let base = base.strip_suffix("/chat/completions").unwrap_or(base);
        let url = Url::parse(&format!("{base}/chat/completions"))
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
            .ok_or(ConfigError::BaseUrl)?;
        let authorization = key
            .map(|key| HeaderValue::try_from(format!("Bearer {}", key.expose_secret().trim())))
            .transpose()
            .map_err(|_| ConfigError::ApiKey)?
            .map(|mut header| {
                header.set_sensitive(true);
                header
            });
        Ok(Self {
            http,
            url,
            authorization,
            name,
        })
    }

    fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let context = Span::current().context();
        global::get_text_map_propagator(|propagator| {
            propagator.inject_context(&context, &mut HeaderInjector(&mut headers));
        });
        headers.insert(ACCEPT, HeaderValue::from_static("text/event-stream"));
        if let Some(authorization) = &self.authorization {
            headers.insert(AUTHORIZATION, authorization.clone());
        }
        headers
    }
}

#[async_trait]
impl Model for OpenAi {
    fn name(&self) -> &str {
        &self.name
    }

    fn provider(&self) -> &'static str {
        "openai"
    }

    async fn stream(&self, request: &ModelRequest) -> Result<Deltas, ModelError> {
        let body = request::body(&self.name, request);
        let response = self
            .http
            .post(self.url.clone())
            .headers(self.headers())
            .json(&body)
            .send()
            .await
            .map_err(|cause| {
                ModelError::unavailable("the model cannot be reached", Retry::After(None))
                    .because(cause.without_url())
            })?;
        if !response.status().is_success() {
            return Err(status::refused(response).await);
        }
        stream::deltas(response).await
    }
}
