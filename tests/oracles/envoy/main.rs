//! Envoy's gRPC-JSON transcoder and our edge, the same requests, the same service behind both.
//!
//! Where they differ, `differences.toml` says so and `edge/README.md` tells why. A difference that is
//! not listed fails, and so does a listed one that is gone or has changed.

mod cases;
mod client;
mod outcome;
mod process;

use std::{collections::BTreeMap, net::SocketAddr};

use axum::Router;
use taskchat_edge::{Options, here, router};
use taskchat_oracles::{DESCRIPTORS, Echo};
use tokio::net::TcpListener;

use cases::{Difference, differences, requests, told};
use process::Envoy;

/// The least that is to be compared.
const LEAST: usize = 150;

async fn serve(router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

#[tokio::test]
async fn we_differ_from_envoy_only_where_we_say_so() {
    let echo = Echo::default();
    let ours = serve(echo.edge()).await;
    let mut envoy = Envoy::start(serve(echo.service()).await, &DESCRIPTORS).await;

    let cases = requests();
    assert!(cases.len() >= LEAST, "only {} requests", cases.len());
    let mut found = BTreeMap::new();
    for case in &cases {
        let theirs = match case.wants_events() {
            true => envoy.events,
            false => envoy.lines,
        };
        let answer = client::send(theirs, case.request()).await;
        if answer.is_none() && envoy.has_ended() {
            println!("Envoy has crashed at {}", case.id);
            envoy = Envoy::start(serve(echo.service()).await, &DESCRIPTORS).await;
        }
        let theirs = outcome::outcome(answer, echo.heard().as_ref());
        let answer = client::send(ours, case.request()).await;
        let ours = outcome::outcome(answer, echo.heard().as_ref());
        println!(
            "{}: {}\n  envoy {theirs}\n  here  {ours}",
            case.id, case.line
        );
        if theirs != ours {
            found.insert(case.id.clone(), format!("{theirs} => {ours}"));
        }
    }

    let listed: BTreeMap<String, String> = differences()
        .into_values()
        .flat_map(|difference| difference.requests)
        .collect();
    let total: usize = differences()
        .values()
        .map(|difference| difference.requests.len())
        .sum();
    assert_eq!(listed.len(), total, "a request is listed twice");
    let mut wrong = Vec::new();
    for (id, outcome) in &found {
        match listed.get(id) {
            Some(expected) if expected == outcome => {}
            Some(expected) => wrong.push(format!("{id}: listed {expected}\n   is now {outcome}")),
            None => wrong.push(format!("{id} is not listed:\n{id} = '''{outcome}'''")),
        }
    }
    for id in listed.keys().filter(|id| !found.contains_key(*id)) {
        wrong.push(format!("{id} is listed and is no difference"));
    }
    println!("{} requests, {} differ", cases.len(), found.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Listed without requests, because it is the same for all of them.
#[tokio::test]
async fn refusals_have_other_forms() {
    let echo = Echo::default();
    let ours = serve(echo.edge()).await;
    let envoy = Envoy::start(serve(echo.service()).await, &DESCRIPTORS).await;
    let path = "/v1/fail/5?message=gone";
    let theirs = client::get(envoy.lines, path).await.expect("an answer");
    assert_eq!(theirs.content_type, "application/json");
    assert_eq!(theirs.body, r#"{"code":5,"message":"gone"}"#);
    let theirs = client::get(envoy.lines, "/v1/query?unknown=1").await;
    assert_eq!(theirs.expect("an answer").content_type, "text/plain");
    for path in [path, "/v1/query?unknown=1"] {
        let ours = client::get(ours, path).await.expect("an answer");
        assert_eq!(ours.content_type, "application/problem+json");
    }
}

/// Listed without requests, because Envoy answers none then.
#[tokio::test]
async fn envoy_refuses_to_start_with_a_response_body() {
    let source = |rule: &str| {
        let rule = format!("option (google.api.http) = {{ get: \"/v1/x\" {rule} }};");
        taskchat_oracles::compile(&format!(
            "syntax = \"proto3\"; package echo.v1; import \"google/api/annotations.proto\";
            message M {{ M m = 1; }} service Echo {{ rpc X(M) returns (M) {{ {rule} }} }}"
        ))
    };
    assert_eq!(process::objection(&source("")).await, None);
    let descriptors = source("response_body: \"m\"");
    let said = process::objection(&descriptors).await;
    assert!(said.is_some_and(|said| said.contains("response_body") || said.contains("HttpBody")));
    let services = here(Echo::default().service());
    assert!(router(services, &descriptors, Options::default()).is_ok());
}

#[test]
fn the_readme_tells_the_same_differences() {
    let rows = differences().into_iter().map(|(id, difference)| {
        let Difference { envoy, here, .. } = difference;
        format!("| `{id}` | {envoy} | {here} |")
    });
    assert_eq!(told(), rows.collect::<Vec<_>>());
}
