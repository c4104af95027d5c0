//! What the targets share: the edge in front of an echo, asked without a connection.
//!
//! To add a target: a file in `targets`, a `[[bin]]` in the manifest, its name in `run.sh`, and a
//! folder in `corpus`.

pub mod reference;

use axum::{Router, body::Body, extract::Request};
use http::{HeaderValue, Method, Uri, header::CONTENT_TYPE};
use prost_reflect::DynamicMessage;
use taskchat_oracles::{Answer, Echo, Heard, ask};
use tokio::runtime::{Builder, Runtime};

/// The edge, the service behind it, and what runs both.
pub struct Door {
    echo: Echo,
    edge: Router,
    runtime: Runtime,
}

impl Default for Door {
    fn default() -> Self {
        let echo = Echo::default();
        let edge = echo.edge();
        let runtime = Builder::new_current_thread().enable_time().build();
        let runtime = runtime.expect("a runtime");
        Self {
            echo,
            edge,
            runtime,
        }
    }
}

impl Door {
    /// Asks with a body of JSON, or without one; what is answered, and what the service heard.
    pub fn ask(&self, method: &Method, target: &Uri, body: &[u8]) -> (Answer, Option<Heard>) {
        let mut request = Request::new(Body::from(body.to_vec()));
        *request.method_mut() = method.clone();
        *request.uri_mut() = target.clone();
        if !body.is_empty() {
            let json = HeaderValue::from_static("application/json");
            request.headers_mut().insert(CONTENT_TYPE, json);
        }
        let answer = self.runtime.block_on(ask(&self.edge, request));
        (answer, self.echo.heard())
    }

    /// The answer to a JSON body when it is taken, as the edge prints it.
    ///
    /// # Panics
    /// When it is neither taken nor refused properly.
    pub fn echo(&self, body: &[u8]) -> Option<Answer> {
        let (answer, heard) = self.ask(&Method::POST, &Uri::from_static("/v1/body"), body);
        match (answer.status, heard) {
            (200, Some(_)) => Some(answer),
            (400 | 413, None) => None,
            (status, heard) => panic!("{status} after {heard:?}: {:?}", answer.body),
        }
    }

    /// What is printed is read, and printed the same.
    ///
    /// # Panics
    /// When it is not.
    pub fn assert_stable(&self, printed: &Answer) {
        let again = self.echo(&printed.body);
        let again = again.unwrap_or_else(|| panic!("refused what it printed: {:?}", printed.body));
        assert_eq!(
            again.body, printed.body,
            "printed otherwise the second time"
        );
    }
}

/// The message that the service heard.
///
/// # Panics
/// When it is none.
#[must_use]
pub fn call(heard: &Heard) -> DynamicMessage {
    let call = taskchat_oracles::message("Call");
    DynamicMessage::decode(call, heard.message.clone()).expect("a Call")
}

/// The text of a field, down a path such as `sub.id`.
#[must_use]
pub fn text(message: &DynamicMessage, path: &str) -> Option<String> {
    let (first, rest) = path.split_once('.').unwrap_or((path, ""));
    let value = message.get_field_by_name(first)?;
    match rest {
        "" => value.as_str().map(str::to_owned),
        rest => text(value.as_message()?, rest),
    }
}
