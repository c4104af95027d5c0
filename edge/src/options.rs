//! What a project that uses this edge may choose. The defaults are those of `google.rpc` and
//! ProtoJSON; what taskchat chooses is in [`crate::taskchat`].

use std::{collections::HashMap, fmt, sync::Arc, time::Duration};

use http::{HeaderName, HeaderValue, Method, StatusCode};

use crate::{Guard, JsonStyle, OpenApi, Page};

/// The part of the choices that belongs into a configuration file.
#[derive(Debug, Clone, serde::Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Origins that may call from other pages, such as `https://app.example.com`. None by default:
    /// the page's own origin needs no permission.
    pub cors_origins: Vec<String>,
    /// Largest JSON body in bytes.
    pub body_limit: usize,
    /// Longest time a unary call may take, whatever `grpc-timeout` asks for.
    #[serde(with = "humantime_serde")]
    pub unary_timeout: Duration,
    /// How often a silent stream shows that it is alive.
    #[serde(with = "humantime_serde")]
    pub keep_alive: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            cors_origins: Vec::new(),
            body_limit: 1024 * 1024,
            unary_timeout: Duration::from_secs(300),
            keep_alive: Duration::from_secs(15),
        }
    }
}

/// All choices.
#[derive(Clone)]
pub struct Options {
    /// The choices that a configuration file makes.
    pub config: Config,
    /// How JSON is written and how strictly it is read.
    pub json: JsonStyle,
    /// The status of INVALID_ARGUMENT: 400 by default. Text that is no JSON is always 400.
    pub invalid_argument: StatusCode,
    /// The status of FAILED_PRECONDITION: 400 by default.
    pub failed_precondition: StatusCode,
    /// Statuses for errors whose `google.rpc.ErrorInfo` gives one of these reasons, instead of the
    /// one of their code.
    pub reasons: HashMap<String, StatusCode>,
    /// Full name of a boolean method option; methods that carry it are public. See [`Guard`].
    pub public_option: Option<String>,
    /// Refuses calls before their body is read.
    pub guard: Option<Arc<dyn Guard>>,
    /// Request field of server streams that `Last-Event-ID` sets.
    pub resume_field: Option<String>,
    /// Field of streamed messages that becomes the `id:` of their event.
    pub event_id_field: Option<String>,
    /// Field mask of the request that is filled with the members of the body, when the body is one
    /// field and the caller gave no mask; and the methods for which this is done.
    pub update_mask: Option<(String, Vec<Method>)>,
    /// Query parameters that are no fields and are ignored.
    pub ignored_parameters: Vec<String>,
    /// Request headers that become metadata, besides the usual ones (see `metadata.rs`).
    pub forwarded_headers: Vec<HeaderName>,
    /// Headers that pages of other origins may send, besides the usual ones and those that become
    /// metadata.
    pub cors_headers: Vec<HeaderName>,
    /// Paths that go to the upstream as they are, each with all below it.
    pub pass_through: Vec<String>,
    /// Describes the API as OpenAPI 3.1. Off by default.
    pub openapi: Option<OpenApi>,
    /// The page that answers where nothing else does.
    pub page: Option<Page>,
    /// The `WWW-Authenticate` of a 401 that brings none.
    pub challenge: HeaderValue,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            config: Config::default(),
            json: JsonStyle::default(),
            invalid_argument: StatusCode::BAD_REQUEST,
            failed_precondition: StatusCode::BAD_REQUEST,
            reasons: HashMap::new(),
            public_option: None,
            guard: None,
            resume_field: None,
            event_id_field: None,
            update_mask: Some(("update_mask".to_owned(), vec![Method::PATCH])),
            ignored_parameters: Vec::new(),
            forwarded_headers: Vec::new(),
            cors_headers: Vec::new(),
            pass_through: Vec::new(),
            openapi: None,
            page: None,
            challenge: HeaderValue::from_static("Bearer"),
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("config", &self.config)
            .field("json", &self.json)
            .field("pass_through", &self.pass_through)
            .finish_non_exhaustive()
    }
}
