//! The settings of every crate in one struct, and where they come from.
//!
//! Flags > environment > file > defaults. The environment is an argument, so that tests never set
//! a process variable.

mod network;
mod sockets;

use std::{
    collections::HashMap,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    time::Duration,
};

use serde::{Deserialize, Serialize};
use url::Url;

pub use network::{Network, NotANetwork};
pub use sockets::{Edge, Sockets, Tls};

/// Everything that can be set. Each section belongs to the crate it configures.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Where the database file lives.
    pub data_dir: PathBuf,
    /// How the outside reaches this server, when it is not by the address it listens on.
    pub public_url: Option<Url>,
    /// How long running turns and requests may go on once the process is told to stop.
    #[serde(with = "humantime_serde")]
    pub grace: Duration,
    /// How long requests are still served after that, while the probes say already that the process
    /// is leaving: time for those who send it requests to notice.
    #[serde(with = "humantime_serde")]
    pub notice: Duration,
    /// What connections may take.
    pub sockets: Sockets,
    /// TLS on the listening socket.
    pub tls: Tls,
    /// The way from an edge to services elsewhere.
    pub edge: Edge,
    /// The database.
    pub store: taskchat_store::Config,
    /// Tokens.
    pub auth: taskchat_auth::Config,
    /// Passwords, and who may stay.
    pub accounts: taskchat_accounts::Config,
    /// The assistant's model.
    pub model: taskchat_agent::Config,
    /// What one user or address may do.
    pub limits: Limits,
    /// How turns are run.
    pub turns: Turns,
    /// The MCP door.
    pub mcp: Mcp,
    /// The HTTP door.
    pub http: taskchat_edge::Config,
    /// What is logged and how.
    pub log: Log,
    /// Traces.
    pub telemetry: Telemetry,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            data_dir: "data".into(),
            public_url: None,
            grace: Duration::from_secs(20),
            notice: Duration::ZERO,
            sockets: Sockets::default(),
            tls: Tls::default(),
            edge: Edge::default(),
            store: taskchat_store::Config::default(),
            auth: taskchat_auth::Config::default(),
            accounts: taskchat_accounts::Config::default(),
            model: taskchat_agent::Config::default(),
            limits: Limits::default(),
            turns: Turns::default(),
            mcp: Mcp::default(),
            http: taskchat_edge::Config::default(),
            log: Log::default(),
            telemetry: Telemetry::default(),
        }
    }
}

/// What one user or address may do; 0 switches a limit off.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Requests of one user in a minute, through all doors.
    pub requests_per_minute: u32,
    /// Requests of one user that may be under way at once, streams among them.
    pub concurrent_requests: u32,
    /// Conversations of one user in which turns may be under way at once.
    pub concurrent_turns: u32,
    /// Sign-ins from one address in a minute.
    pub sign_ins_per_minute: u32,
    /// Attempts to sign up from one address in a minute; 0 means any number.
    pub sign_ups_per_minute: u32,
    /// Messages of one user in 24 hours.
    pub messages_per_day: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            requests_per_minute: 1200,
            concurrent_requests: 100,
            concurrent_turns: 20,
            sign_ins_per_minute: 60,
            sign_ups_per_minute: 60,
            messages_per_day: 0,
        }
    }
}

/// How turns are run.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Turns {
    /// How long a process may be silent before others take over its turns.
    #[serde(with = "humantime_serde")]
    pub lease: Duration,
    /// How often a turn that gets no further is taken up from processes that have died before it is
    /// given up.
    pub take_ups: u16,
    /// How long a person has time to approve what the assistant is about to do.
    #[serde(with = "humantime_serde")]
    pub approval_ttl: Duration,
    /// How often a follower hears that its connection is alive.
    #[serde(with = "humantime_serde")]
    pub heartbeat: Duration,
    /// How often a follower looks for what other processes have done while they cannot tell it.
    #[serde(with = "humantime_serde")]
    pub poll: Duration,
}

impl Default for Turns {
    fn default() -> Self {
        Self {
            lease: Duration::from_secs(10),
            take_ups: 5,
            approval_ttl: Duration::from_secs(15 * 60),
            heartbeat: Duration::from_secs(15),
            poll: Duration::from_millis(250),
        }
    }
}

/// The MCP door.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mcp {
    /// Host names, beside the loopback ones and the public URL's, that /mcp answers to.
    pub allowed_hosts: Vec<String>,
}

/// What is logged and how.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// The shape of the lines on standard error.
    pub format: LogFormat,
    /// What is logged, in the syntax of RUST_LOG, which also sets it.
    pub filter: Option<String>,
}

/// The shape of log lines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    #[default]
    Pretty,
    /// One JSON object a line.
    Json,
}

/// Traces; set by the standard variables of OpenTelemetry.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Telemetry {
    /// Where spans are sent by OTLP over gRPC; nowhere when absent. OTEL_EXPORTER_OTLP_ENDPOINT.
    pub otlp_endpoint: Option<String>,
    /// OTEL_SERVICE_NAME; "taskchat" when absent.
    pub service_name: Option<String>,
}

/// What is wrong with the settings.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A value that cannot be read, or a key that does not exist.
    #[error("settings: {0}")]
    Invalid(#[from] config::ConfigError),
}

/// Names that other programs and the original product use, and ours.
const ALIASES: [(&str, &str); 8] = [
    ("DATABASE_URL", "store.url"),
    ("BETTER_AUTH_SECRET", "auth.secret"),
    ("OPENAI_API_KEY", "model.api_key"),
    ("OPENAI_BASE_URL", "model.base_url"),
    ("OPENAI_MODEL", "model.name"),
    ("RUST_LOG", "log.filter"),
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "telemetry.otlp_endpoint"),
    ("OTEL_SERVICE_NAME", "telemetry.service_name"),
];

/// What the environment says with commas.
const LISTS: [&str; 4] = [
    "edge.upstream",
    "http.cors_origins",
    "mcp.allowed_hosts",
    "sockets.trusted_proxies",
];

/// Belongs to `taskchat mcp`, which reads it as a flag.
const NOT_A_SETTING: &str = "TASKCHAT_TOKEN";

/// Reads the settings.
///
/// # Errors
/// A file that cannot be read, a value of the wrong type, an unknown key: each named.
pub fn load(
    file: Option<&Path>,
    env: impl IntoIterator<Item = (String, String)>,
) -> Result<Config, ConfigError> {
    let env: HashMap<String, String> = env
        .into_iter()
        .filter(|(name, value)| name != NOT_A_SETTING && !value.is_empty())
        .collect();
    let mut sources = config::Config::builder();
    if let Some(file) = file {
        sources = sources.add_source(config::File::from(file).format(config::FileFormat::Toml));
    }
    for (name, key) in ALIASES {
        if let Some(value) = env.get(name) {
            sources = sources.set_override(key, value.clone())?;
        }
    }
    // Overrides win over sources, so an alias must yield where our own name is set as well.
    let ours = config::Environment::with_prefix("TASKCHAT")
        .prefix_separator("_")
        .separator("__")
        .source(Some(env));
    for (key, value) in config::Source::collect(&ours)? {
        let value = if LISTS.contains(&key.as_str()) {
            split(value)?
        } else {
            value
        };
        sources = sources.set_override(key, value)?;
    }
    Ok(sources.build()?.try_deserialize()?)
}

fn split(value: config::Value) -> Result<config::Value, config::ConfigError> {
    let parts: Vec<String> = value
        .into_string()?
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect();
    Ok(parts.into())
}

impl Config {
    /// The settings as TOML, secrets hidden.
    ///
    /// # Errors
    /// None for settings that were read by [`load`].
    pub fn to_toml(&self) -> anyhow::Result<String> {
        Ok(toml::to_string_pretty(self)?)
    }

    /// What chat needs to know.
    #[must_use]
    pub fn chat(&self) -> taskchat_chat::Config {
        taskchat_chat::Config {
            concurrent_turns: self.limits.concurrent_turns,
            messages_per_day: self.limits.messages_per_day,
            lease: self.turns.lease,
            take_ups: self.turns.take_ups.into(),
            approval_ttl: self.turns.approval_ttl,
            heartbeat: self.turns.heartbeat,
            poll: self.turns.poll,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn defaults_need_nothing() {
        let config = load(None, []).unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
        assert_eq!(config.limits.requests_per_minute, 1200);
    }

    #[test]
    fn the_environment_sets_nested_values() {
        let config = load(
            None,
            env(&[
                ("TASKCHAT_LISTEN", "127.0.0.1:0"),
                ("TASKCHAT_DATA_DIR", "/somewhere"),
                ("TASKCHAT_LIMITS__CONCURRENT_TURNS", "3"),
                ("TASKCHAT_MODEL__IDLE_TIMEOUT", "250ms"),
                ("TASKCHAT_MCP__ALLOWED_HOSTS", "a.example, b.example"),
                ("TASKCHAT_LOG__FORMAT", "json"),
                ("TASKCHAT_SOCKETS__TRUSTED_PROXIES", "10.0.0.0/8,::1"),
                ("TASKCHAT_EDGE__UPSTREAM", "http://a:1,https://b:2"),
                ("TASKCHAT_AUTH__SECRET", "01234567890123456789012345678901"),
                ("OPENAI_MODEL", "from-alias"),
                ("DATABASE_URL", "sqlite://alias.db"),
                ("TASKCHAT_STORE__URL", "sqlite://own.db"),
                ("TASKCHAT_TOKEN", "not a setting"),
                ("UNRELATED", "x"),
            ]),
        )
        .unwrap();
        assert_eq!(config.listen.port(), 0);
        assert_eq!(config.data_dir, Path::new("/somewhere"));
        assert_eq!(config.limits.concurrent_turns, 3);
        assert_eq!(config.mcp.allowed_hosts, ["a.example", "b.example"]);
        assert_eq!(config.log.format, LogFormat::Json);
        let proxies = config.sockets.trusted_proxies.iter();
        let proxies: Vec<String> = proxies.map(ToString::to_string).collect();
        assert_eq!(proxies, ["10.0.0.0/8", "::1/128"]);
        assert_eq!(config.edge.upstream.len(), 2);
        assert_eq!(config.store.url.as_deref(), Some("sqlite://own.db"));
        assert_eq!(config.model.name, "from-alias");
        let shown = config.to_toml().unwrap();
        assert!(
            !shown.contains("01234567890123456789012345678901"),
            "{shown}"
        );
    }

    #[test]
    fn unknown_keys_are_named() {
        for name in [
            "TASKCHAT_LISTNE",
            "TASKCHAT_LIMITS__NONSENSE",
            "TASKCHAT_SOCKETS__NONSENSE",
            "TASKCHAT_TLS__CERTT",
        ] {
            let error = load(None, env(&[(name, "1")])).unwrap_err().to_string();
            let key = name.rsplit('_').next().unwrap().to_lowercase();
            assert!(error.contains(&key), "{error}");
        }
    }

    #[test]
    fn wrong_values_are_named() {
        let error = load(None, env(&[("TASKCHAT_LIMITS__CONCURRENT_TURNS", "many")]))
            .unwrap_err()
            .to_string();
        assert!(error.contains("concurrent_turns"), "{error}");
    }
}
