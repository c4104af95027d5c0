//! A thousand streamed turns at once: `cargo bench --bench turns`. Printed, never asserted.
//!
//! A model in this process streams 50 deltas over five seconds into each turn of the built program;
//! each delta carries the instant it was sent, and each client notes how late it arrived.
//! `TASKCHAT_BENCH_TURNS`, `TASKCHAT_BENCH_DELTAS` and `TASKCHAT_BENCH_PACE_MS` change the load;
//! `TASKCHAT_TEST_POSTGRES_URL` measures on PostgreSQL.

use std::{
    convert::Infallible,
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::header::CONTENT_TYPE,
    response::Response,
    routing::post,
};
use futures::{StreamExt, future::join_all};
use serde_json::json;
use taskchat_proto::v1::{
    StreamChatRequest, chat_service_client::ChatServiceClient, turn_event::Event,
};
use taskchat_tests::Binary;
use tokio::{net::TcpListener, sync::Barrier, time::sleep_until};
use tonic::{Request, transport::Channel};

/// Turns that one account has, and that share a connection.
const PER_USER: usize = 20;

#[derive(Debug, Clone, Copy)]
struct Load {
    turns: usize,
    deltas: u32,
    pace: Duration,
    /// Stamps count from here.
    epoch: Instant,
}

/// What became of one turn.
#[derive(Debug, Default)]
struct Seen {
    whole: bool,
    delays: Vec<Duration>,
}

fn main() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(run())
}

async fn run() -> anyhow::Result<()> {
    let load = Load {
        turns: setting("TASKCHAT_BENCH_TURNS", 1000) as usize,
        deltas: setting("TASKCHAT_BENCH_DELTAS", 50),
        pace: Duration::from_millis(setting("TASKCHAT_BENCH_PACE_MS", 100).into()),
        epoch: Instant::now(),
    };
    let model = serve_model(load).await?;
    let data = tempfile::tempdir()?;
    let mut settings = vec![
        ("TASKCHAT_MODEL__PROVIDER", "openai".to_owned()),
        ("OPENAI_BASE_URL", model),
        ("OPENAI_API_KEY", "sk-scripted".to_owned()),
        ("OPENAI_MODEL", "steady".to_owned()),
        ("TASKCHAT_LIMITS__CONCURRENT_TURNS", "0".to_owned()),
        ("TASKCHAT_LIMITS__REQUESTS_PER_MINUTE", "0".to_owned()),
        ("TASKCHAT_LIMITS__SIGN_INS_PER_MINUTE", "0".to_owned()),
        ("TASKCHAT_LIMITS__SIGN_UPS_PER_MINUTE", "0".to_owned()),
        ("TASKCHAT_TURNS__LEASE", "10s".to_owned()),
    ];
    if let Ok(url) = std::env::var("TASKCHAT_TEST_POSTGRES_URL") {
        settings.push(("TASKCHAT_STORE__URL", url));
    }
    let settings: Vec<_> = settings.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let server = Binary::start_with(data.path(), None, &settings).await;

    let mut users = Vec::new();
    for n in 0..load.turns.div_ceil(PER_USER) {
        users.push(server.sign_up(&format!("bench{n}")).await);
    }
    let (cpu_before, idle) = (cpu(server.pid()), memory(server.pid(), "VmRSS:"));
    let together = std::sync::Arc::new(Barrier::new(load.turns));
    let mut clients = Vec::new();
    for (n, user) in users.iter().enumerate() {
        let channel = Channel::from_shared(format!("http://{}", server.address))?.connect_lazy();
        for k in 0..PER_USER.min(load.turns - n * PER_USER) {
            let (channel, token) = (channel.clone(), user.access.clone());
            let together = together.clone();
            clients.push(tokio::spawn(async move {
                together.wait().await;
                stream(channel, &token, k, load).await
            }));
        }
    }
    let begun = Instant::now();
    let mut whole = 0;
    let mut delays = Vec::new();
    for seen in join_all(clients).await {
        let seen = seen??;
        whole += usize::from(seen.whole);
        delays.extend(seen.delays);
    }
    let took = begun.elapsed();
    let cpu = cpu(server.pid()) - cpu_before;
    delays.sort();
    let at = |share: f64| -> Duration {
        let last = delays.len().saturating_sub(1);
        delays
            .get((last as f64 * share) as usize)
            .copied()
            .unwrap_or_default()
    };
    let goal = load.pace * load.deltas;
    tell(
        "turns",
        &format!("{} of {} complete", whole, load.turns),
        "all",
    );
    tell(
        "wall clock",
        &format!("{took:.2?}"),
        &format!("{goal:.2?} + a little"),
    );
    tell(
        "delta delay",
        &format!(
            "p50 {:.1?}, p99 {:.1?}, worst {:.1?}",
            at(0.5),
            at(0.99),
            at(1.0)
        ),
        "p99 250 ms",
    );
    tell(
        "memory (RSS)",
        &format!("{idle} MB idle, {} MB peak", memory(server.pid(), "VmHWM:")),
        "250 MB",
    );
    let per_delta = cpu.as_secs_f64() * 1e6 / f64::max(1.0, delays.len() as f64);
    tell(
        "CPU of the server",
        &format!("{cpu:.2?}, {per_delta:.0} µs a delta"),
        "",
    );
    let log = server.log();
    for line in log
        .lines()
        .filter(|line| line.contains("\"WARN\"") || line.contains("\"ERROR\""))
        .take(5)
    {
        println!("logged: {line}");
    }
    server.kill().await;
    Ok(())
}

/// One turn, from the message to its last event.
async fn stream(channel: Channel, token: &str, number: usize, load: Load) -> anyhow::Result<Seen> {
    let mut request = Request::new(StreamChatRequest {
        message: format!("question {number}"),
        ..StreamChatRequest::default()
    });
    let bearer = format!("Bearer {token}").parse()?;
    request.metadata_mut().insert("authorization", bearer);
    let mut events = ChatServiceClient::new(channel)
        .stream_chat(request)
        .await?
        .into_inner();
    let mut seen = Seen::default();
    while let Some(event) = events.message().await? {
        match event.event {
            Some(Event::TextDelta(delta)) => {
                let now = load.epoch.elapsed();
                let stamps = delta.text.split_whitespace();
                let sent = stamps.filter_map(|stamp| stamp.parse().ok());
                seen.delays
                    .extend(sent.map(|sent| now.saturating_sub(Duration::from_micros(sent))));
            }
            Some(Event::Completed(_)) => seen.whole = seen.delays.len() == load.deltas as usize,
            _ => {}
        }
    }
    Ok(seen)
}

/// A model that says the time, again and again.
async fn serve_model(load: Load) -> anyhow::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/v1", listener.local_addr()?);
    let routes = Router::new()
        .route("/v1/chat/completions", post(answer))
        .with_state(load);
    tokio::spawn(async move { axum::serve(listener, routes).await });
    Ok(url)
}

async fn answer(State(load): State<Load>, _request: Bytes) -> Response {
    let begun = Instant::now();
    let deltas = futures::stream::iter(0..=load.deltas).then(move |n| async move {
        sleep_until((begun + load.pace * n).into()).await;
        let (delta, finish) = if n < load.deltas {
            let stamp = format!("{} ", load.epoch.elapsed().as_micros());
            (json!({ "content": stamp }), None)
        } else {
            (json!({}), Some("stop"))
        };
        let chunk = json!({
            "id": "bench", "object": "chat.completion.chunk", "created": 1, "model": "steady",
            "choices": [{ "index": 0, "delta": delta, "finish_reason": finish }],
        });
        let done = if finish.is_some() {
            "data: [DONE]\n\n"
        } else {
            ""
        };
        Ok::<_, Infallible>(format!("data: {chunk}\n\n{done}"))
    });
    let mut response = Response::new(Body::from_stream(deltas));
    let kind = http::HeaderValue::from_static("text/event-stream");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}

fn setting(name: &str, default: u32) -> u32 {
    std::env::var(name)
        .ok()
        .and_then(|value| value.parse().ok())
        .unwrap_or(default)
}

/// User and system time of a process (proc(5), fields 14 and 15; a tick is 10 ms on Linux).
fn cpu(pid: u32) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let after_name = stat.rsplit(") ").next().unwrap_or_default();
    let ticks: u64 = after_name
        .split(' ')
        .skip(11)
        .take(2)
        .filter_map(|ticks| ticks.parse::<u64>().ok())
        .sum();
    Duration::from_millis(ticks * 10)
}

/// Megabytes in one line of a process's status.
fn memory(pid: u32, line: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    status
        .lines()
        .find_map(|found| found.strip_prefix(line))
        .and_then(|rest| rest.trim().trim_end_matches(" kB").parse::<u64>().ok())
        .unwrap_or_default()
        / 1024
}

fn tell(what: &str, seen: &str, goal: &str) {
    println!("{what:<24} {seen:<60} {goal}");
}
