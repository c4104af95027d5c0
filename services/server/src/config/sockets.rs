//! The settings of the sockets: what one connection may take, TLS, and the way to services elsewhere.

use std::{path::PathBuf, time::Duration};

use serde::{Deserialize, Serialize};
use url::Url;

use super::network::Network;

/// What connections and requests may take, in number, bytes and time. 0 switches a number off, `0s`
/// a time.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sockets {
    /// Connections at once.
    pub connections: usize,
    /// Requests under way at once on one HTTP/2 connection.
    pub streams: u32,
    /// How long a TLS handshake and the head of a request may take, each.
    #[serde(with = "humantime_serde")]
    pub header_timeout: Duration,
    /// How long a request body may take, and in a gRPC stream each message.
    #[serde(with = "humantime_serde")]
    pub body_timeout: Duration,
    /// How long a client may take nothing of what it is sent.
    #[serde(with = "humantime_serde")]
    pub write_timeout: Duration,
    /// How long a connection is kept on which nothing is under way.
    #[serde(with = "humantime_serde")]
    pub idle_timeout: Duration,
    /// How often an HTTP/2 connection is asked whether it lives.
    #[serde(with = "humantime_serde")]
    pub ping_interval: Duration,
    /// How long it has to answer.
    #[serde(with = "humantime_serde")]
    pub ping_timeout: Duration,
    /// Headers of a request.
    pub header_count: usize,
    /// Their names and values in bytes, and 32 for each, as HTTP/2 counts.
    pub header_size: usize,
    /// Path and query of a request in bytes.
    pub uri_length: usize,
    /// Requests that one HTTP/2 connection may begin and reset in a minute.
    pub resets: u32,
    /// Proxies, such as our own edges, whose word about the client's address is taken: addresses or
    /// networks such as `10.0.0.0/8`.
    pub trusted_proxies: Vec<Network>,
}

impl Default for Sockets {
    fn default() -> Self {
        Self {
            connections: 10_000,
            streams: 128,
            header_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(60),
            write_timeout: Duration::from_secs(60),
            idle_timeout: Duration::from_secs(120),
            ping_interval: Duration::from_secs(20),
            ping_timeout: Duration::from_secs(20),
            header_count: 100,
            header_size: 16 * 1024,
            uri_length: 8 * 1024,
            resets: 1000,
            trusted_proxies: Vec::new(),
        }
    }
}

/// TLS on the listening socket; off unless both files are named.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Tls {
    /// A PEM file with the certificate, and those that link it to its root.
    pub cert: Option<PathBuf>,
    /// A PEM file with the certificate's private key.
    pub key: Option<PathBuf>,
    /// How often the files are looked at for change.
    #[serde(with = "humantime_serde")]
    pub reload: Duration,
}

impl Tls {
    /// Whether the socket speaks TLS.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.cert.is_some() || self.key.is_some()
    }
}

impl Default for Tls {
    fn default() -> Self {
        Self {
            cert: None,
            key: None,
            reload: Duration::from_secs(10),
        }
    }
}

/// An edge of its own, and its way to the services.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Edge {
    /// Where the services are, several for balancing; `--upstream` comes before it.
    pub upstream: Vec<Url>,
    /// A PEM file with authorities that are trusted for `https` upstreams, beside the system's.
    pub ca: Option<PathBuf>,
    /// How long a connection to the services may take to come about.
    #[serde(with = "humantime_serde")]
    pub connect_timeout: Duration,
    /// How often the names of upstreams are looked up again.
    #[serde(with = "humantime_serde")]
    pub resolve: Duration,
}

impl Default for Edge {
    fn default() -> Self {
        Self {
            upstream: Vec::new(),
            ca: None,
            connect_timeout: Duration::from_secs(3),
            resolve: Duration::from_secs(10),
        }
    }
}
