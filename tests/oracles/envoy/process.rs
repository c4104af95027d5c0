//! Envoy with its transcoder in front of a gRPC service, as strict as it can be told to be.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::{Child, Command};

/// The longest that it may take to listen.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running Envoy; ends with the test.
pub(crate) struct Envoy {
    /// Where streams are newline-delimited JSON.
    pub(crate) lines: SocketAddr,
    /// Where they are server-sent events.
    pub(crate) events: SocketAddr,
    process: Child,
    _folder: TempDir,
}

impl Envoy {
    /// Starts it and waits until it listens.
    pub(crate) async fn start(upstream: SocketAddr, descriptors: &[u8]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let config = write(&folder, upstream, descriptors);
        let admin = folder.path().join("admin");
        let log = folder.path().join("log");
        let mut process = command(&config)
            .args(["--concurrency", "1", "--disable-hot-restart"])
            .args([Path::new("--log-path"), &log])
            .args([Path::new("--admin-address-path"), &admin])
            .kill_on_drop(true)
            .spawn()
            .expect("to start Envoy");
        let until = Instant::now() + PATIENCE;
        let listeners = loop {
            if let Some(listeners) = listeners(&admin).await {
                break listeners;
            }
            let ended = process.try_wait().expect("to look after Envoy");
            assert!(
                ended.is_none() && Instant::now() < until,
                "Envoy does not listen ({ended:?}): {}",
                std::fs::read_to_string(&log).unwrap_or_default()
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        };
        let address = |name: &str| {
            let statuses = listeners["listener_statuses"].as_array();
            let mut statuses = statuses.into_iter().flatten();
            let found = statuses.find(|status| status["name"] == name);
            let socket = &found.expect("a listener")["local_address"]["socket_address"];
            let port = u16::try_from(socket["port_value"].as_u64().expect("a port"));
            SocketAddr::from(([127, 0, 0, 1], port.expect("a port")))
        };
        Self {
            lines: address("lines"),
            events: address("events"),
            process,
            _folder: folder,
        }
    }

    /// Whether it is gone.
    pub(crate) fn has_ended(&mut self) -> bool {
        let ended = self.process.try_wait().expect("to look after Envoy");
        ended.is_some()
    }
}

/// What Envoy says against a descriptor set when it starts; nothing when it takes it.
pub(crate) async fn objection(descriptors: &[u8]) -> Option<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let nowhere = SocketAddr::from(([127, 0, 0, 1], 1));
    let config = write(&folder, nowhere, descriptors);
    let mut check = command(&config);
    check.args(["--mode", "validate"]).stderr(Stdio::piped());
    let output = check.output().await.expect("to run Envoy");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (!output.status.success()).then_some(said)
}

fn command(config: &Path) -> Command {
    let binary = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../.venv/bin/envoy");
    assert!(
        binary.is_file(),
        "Envoy is not installed: run tests/setup/oracles.sh (make test does)"
    );
    let mut command = Command::new(binary);
    command
        .args(["--log-level", "warn"])
        .args([Path::new("--config-path"), config])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

fn write(folder: &TempDir, upstream: SocketAddr, descriptors: &[u8]) -> PathBuf {
    let path = folder.path().join("envoy.json");
    let config = configuration(upstream, descriptors).to_string();
    std::fs::write(&path, config).expect("to write Envoy's configuration");
    path
}

/// The state of the listeners, when the admin port answers and all have an address.
async fn listeners(admin: &Path) -> Option<Value> {
    let address: SocketAddr = std::fs::read_to_string(admin).ok()?.trim().parse().ok()?;
    let answer = crate::client::get(address, "/listeners?format=json").await?;
    let listeners: Value = serde_json::from_slice(&answer.body).ok()?;
    let count = listeners["listener_statuses"].as_array()?.len();
    (count == 2).then_some(listeners)
}

fn configuration(upstream: SocketAddr, descriptors: &[u8]) -> Value {
    let any = |name: &str| format!("type.googleapis.com/envoy.extensions.{name}");
    let socket =
        |port: u16| json!({"socket_address": {"address": "127.0.0.1", "port_value": port}});
    let listener = |name: &str, print: Value| {
        json!({
            "name": name,
            "address": socket(0),
            "filter_chains": [{"filters": [{
                "name": "http",
                "typed_config": {
                    "@type": any("filters.network.http_connection_manager.v3.HttpConnectionManager"),
                    "stat_prefix": name,
                    "http_filters": [
                        {"name": "transcoder", "typed_config": {
                            "@type": any("filters.http.grpc_json_transcoder.v3.GrpcJsonTranscoder"),
                            "proto_descriptor_bin": STANDARD.encode(descriptors),
                            "services": ["echo.v1.Echo"],
                            "print_options": print,
                            "convert_grpc_status": true,
                            "query_param_unescape_plus": true,
                            // What http.proto asks for; Envoy keeps all reserved characters by default.
                            "url_unescape_spec": "ALL_CHARACTERS_EXCEPT_SLASH",
                            "request_validation_options": {
                                "reject_unknown_method": true,
                                "reject_unknown_query_parameters": true,
                                "reject_binding_body_field_collisions": true,
                            },
                        }},
                        {"name": "router", "typed_config": {
                            "@type": any("filters.http.router.v3.Router"),
                        }},
                    ],
                    "route_config": {"virtual_hosts": [{
                        "name": "all",
                        "domains": ["*"],
                        "routes": [{
                            "match": {"prefix": "/"},
                            "route": {"cluster": "echo", "timeout": "20s"},
                        }],
                    }]},
                },
            }]}],
        })
    };
    json!({
        "admin": {"address": socket(0)},
        "static_resources": {
            "listeners": [
                listener("lines", json!({"stream_newline_delimited": true})),
                listener("events", json!({"stream_sse_style_delimited": true})),
            ],
            "clusters": [{
                "name": "echo",
                "type": "STATIC",
                "load_assignment": {"cluster_name": "echo", "endpoints": [{"lb_endpoints": [
                    {"endpoint": {"address": socket(upstream.port())}},
                ]}]},
                "typed_extension_protocol_options": {
                    "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
                        "@type": any("upstreams.http.v3.HttpProtocolOptions"),
                        "explicit_http_config": {"http2_protocol_options": {}},
                    },
                },
            }],
        },
    })
}
