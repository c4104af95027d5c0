//! The other ways in: gRPC, gRPC-Web, what passes through; and what all answers share.

use axum::body::Body;
use base64::{Engine, engine::general_purpose::STANDARD};
use futures::{StreamExt as _, stream};
use http::Request;
use prost::Message;
use prost_reflect::DynamicMessage;
use tokio::task::JoinSet;
use tonic::Status;

use super::codec::DynamicCodec;
use super::{POOL, SHAPES, Setup, like_taskchat, message, parse, print, request};
use crate::{here, router, there};

const GET_ITEM: &str = "/shapes.v1.Shapes/GetItem";

fn frame(flag: u8, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&[flag], &length[..], payload].concat()
}

/// The frames of a gRPC-Web answer: flag and payload.
fn frames(mut body: &[u8]) -> Vec<(u8, Vec<u8>)> {
    let mut frames = Vec::new();
    while let [flag, a, b, c, d, rest @ ..] = body {
        let length = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
        let (payload, rest) = rest.split_at(length);
        frames.push((*flag, payload.to_vec()));
        body = rest;
    }
    frames
}

fn post(path: &str, content_type: &str, body: Vec<u8>) -> Request<Body> {
    let mut request = request(&format!("POST {path}"), &[("content-type", content_type)]);
    *request.body_mut() = Body::from(body);
    request
}

#[tokio::test]
async fn grpc_web_is_unframed_and_framed_again() {
    let setup = Setup::answering(like_taskchat(), &[r#"{"text":"hello"}"#]);
    let sent = frame(
        0,
        &parse(&message("ItemRequest"), r#"{"id":"5"}"#).encode_to_vec(),
    );
    for content_type in [
        "application/grpc-web+proto",
        "application/grpc-web; charset=utf-8",
    ] {
        let answer = setup.send(post(GET_ITEM, content_type, sent.clone())).await;
        assert_eq!(answer.status, 200);
        assert_eq!(print(&setup.last().message)["id"], "5");
        let frames = frames(&answer.body);
        let received =
            DynamicMessage::decode(message("ItemResponse"), frames[0].1.as_slice()).unwrap();
        assert_eq!(print(&received)["text"], "hello");
        assert_eq!(
            (frames[1].0, frames[1].1.as_slice()),
            (0x80, &b"grpc-status:0\r\n"[..])
        );
    }

    let text = STANDARD.encode(&sent).into_bytes();
    let answer = setup
        .send(post(GET_ITEM, "application/grpc-web-text", text))
        .await;
    assert!(
        answer
            .header("content-type")
            .starts_with("application/grpc-web-text")
    );
    let pieces = answer.text().replace('=', "");
    assert!(
        pieces.starts_with(
            STANDARD
                .encode(frame(0, b"\x12\x05hello"))
                .trim_end_matches('=')
        ),
        "{pieces}"
    );
}

#[tokio::test]
async fn grpc_web_tells_failures() {
    let setup = Setup::failing(like_taskchat(), || Status::not_found("Task not found"));
    let answer = setup
        .send(post(GET_ITEM, "application/grpc-web+proto", frame(0, b"")))
        .await;
    assert_eq!(answer.status, 200);
    let told = (answer.header("grpc-status"), answer.header("grpc-message"));
    assert_eq!(told, ("5", "Task%20not%20found"));
    for path in ["/no.Such/Method", "/shapes.v1.Shapes/NoSuch", "/a/b/c"] {
        let answer = setup
            .send(post(path, "application/grpc-web+proto", frame(0, b"")))
            .await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("grpc-status")),
            (200, "12"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn grpc_passes_through() {
    let setup = Setup::answering(like_taskchat(), &[r#"{"seq":1}"#, r#"{"seq":2}"#]);
    let method = POOL.get_service_by_name("shapes.v1.Shapes").unwrap();
    let watch = method
        .methods()
        .find(|method| method.name() == "Watch")
        .unwrap();
    let mut client = tonic::client::Grpc::new(here(setup.edge.clone()));
    client.ready().await.unwrap();
    let sent = tonic::Request::new(parse(&watch.input(), r#"{"after":3}"#));
    let path = "/shapes.v1.Shapes/Watch".parse().unwrap();
    let answer = client
        .server_streaming(sent, path, DynamicCodec(watch.output()))
        .await
        .unwrap();
    let mut messages = answer.into_inner();
    assert_eq!(print(&messages.message().await.unwrap().unwrap())["seq"], 1);
    assert_eq!(print(&messages.message().await.unwrap().unwrap())["seq"], 2);
    assert!(messages.message().await.unwrap().is_none());
    assert_eq!(print(&setup.last().message)["after"], 3);

    let answer = setup
        .send(post("/no.Such/Method", "application/grpc", frame(0, b"")))
        .await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("grpc-status")),
        (200, "12")
    );
}

#[tokio::test]
async fn the_services_can_be_elsewhere() {
    let setup = Setup::answering(like_taskchat(), &[r#"{"item":{"id":"7"}}"#]);
    // An edge passes gRPC on, so an edge can be the upstream of another.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut servers = JoinSet::new();
    let services = setup.edge.clone();
    servers.spawn(async move { axum::serve(listener, services).await });

    let uri = format!("http://{address}").parse().unwrap();
    let edge = router(there([uri]), &SHAPES, like_taskchat()).unwrap();
    let far = Setup { edge, ..setup };
    let answer = far.ask("GET /v1/items/7", &[("x-request-id", "r1")]).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["id"]),
        (200, &"7".into())
    );
    assert_eq!(far.last().metadata["x-request-id"], "r1");
    assert_eq!(far.ask("GET /healthz", &[]).await.text(), "fine");
    let answer = far
        .send(post(GET_ITEM, "application/grpc-web+proto", frame(0, b"")))
        .await;
    assert_eq!(frames(&answer.body).len(), 2);

    servers.shutdown().await;
    let nowhere = "http://127.0.0.1:9".parse().unwrap();
    let edge = router(there([nowhere]), &SHAPES, like_taskchat()).unwrap();
    let nowhere = Setup { edge, ..far };
    let answer = nowhere.ask("GET /v1/items/7", &[]).await;
    assert_eq!(
        answer.refusal(),
        "503 the service is not available right now []"
    );
    assert_eq!(nowhere.ask("GET /healthz", &[]).await.status, 503);
    let answer = nowhere
        .send(post(GET_ITEM, "application/grpc-web+proto", frame(0, b"")))
        .await;
    assert_eq!(answer.header("grpc-status"), "14");
}

#[tokio::test]
async fn some_paths_pass_through() {
    let setup = Setup::echo(like_taskchat());
    let answer = setup.ask("GET /healthz", &[]).await;
    assert_eq!((answer.status.as_u16(), answer.text()), (200, "fine"));
    assert_ne!(setup.ask("GET /healthzz", &[]).await.text(), "fine");
}

#[tokio::test]
async fn every_answer_has_an_id_and_is_not_sniffed() {
    let setup = Setup::echo(like_taskchat());
    for line in [
        "GET /v1/items/5",
        "GET /v1/nothing",
        "GET /healthz",
        "GET /",
    ] {
        let made = setup.ask(line, &[]).await;
        assert_eq!(made.header("x-request-id").len(), 36, "{line}");
        assert_eq!(made.header("x-content-type-options"), "nosniff", "{line}");
        let kept = setup.ask(line, &[("x-request-id", "abc-1")]).await;
        assert_eq!(kept.header("x-request-id"), "abc-1");
        let insane = setup.ask(line, &[("x-request-id", "a b\"<")]).await;
        assert_eq!(insane.header("x-request-id").len(), 36);
    }
}

#[tokio::test]
async fn get_answers_have_tags() {
    let setup = Setup::answering(like_taskchat(), &[r#"{"item":{"id":"7"}}"#]);
    let first = setup.ask("GET /v1/items/7", &[]).await;
    let tag = first.header("etag");
    assert!(tag.starts_with("W/\""), "{tag}");
    assert_eq!(first.header("cache-control"), "private, no-cache");
    let strong = tag.trim_start_matches("W/");
    for known in [tag, "*", strong, &format!("\"x\", {tag}")] {
        let second = setup
            .ask("GET /v1/items/7", &[("if-none-match", known)])
            .await;
        assert_eq!(
            (second.status.as_u16(), second.text(), second.header("etag")),
            (304, "", tag)
        );
    }
    assert_eq!(
        setup
            .ask("GET /v1/items/7", &[("if-none-match", "\"x\"")])
            .await
            .status,
        200
    );
    let archived = setup.ask("POST /v1/items/7:archive {}", &[]).await;
    assert_eq!(
        (archived.header("etag"), archived.header("cache-control")),
        ("", "no-store")
    );
}

#[tokio::test]
async fn tags_of_services_are_weak_where_we_print() {
    let setup = Setup::new(like_taskchat(), |method, _| {
        let message = DynamicMessage::new(method.output());
        let mut response = tonic::Response::new(stream::iter([Ok(message)]).boxed());
        let tag = "\"7\"".parse().unwrap();
        response.metadata_mut().insert("etag", tag);
        Ok(response)
    });
    let first = setup.ask("GET /v1/items/7", &[]).await;
    assert_eq!(first.header("etag"), "W/\"7\"");
    let known = [("if-none-match", "W/\"7\"")];
    let second = setup.ask("GET /v1/items/7", &known).await;
    assert_eq!(
        (second.status.as_u16(), second.header("etag")),
        (304, "W/\"7\"")
    );
}

#[tokio::test]
async fn head_and_options_are_answered() {
    let setup = Setup::answering(like_taskchat(), &[r#"{"item":{"id":"7"}}"#]);
    let get = setup.ask("GET /v1/items/7", &[]).await;
    let head = setup.ask("HEAD /v1/items/7", &[]).await;
    assert_eq!((head.status.as_u16(), head.text()), (200, ""));
    assert_eq!(head.header("content-length"), get.body.len().to_string());
    assert_eq!(head.header("etag"), get.header("etag"));
    assert_eq!(setup.ask("HEAD /v1/nothing", &[]).await.status, 404);

    let options = setup.ask("OPTIONS /v1/items/7", &[]).await;
    assert_eq!(options.status, 204);
    assert_eq!(
        options.header("allow"),
        "GET, HEAD, OPTIONS, PATCH, PURGE, PUT"
    );
    let wrong = setup.ask("DELETE /v1/items/7", &[]).await;
    assert_eq!(
        (wrong.status.as_u16(), wrong.header("allow")),
        (405, options.header("allow"))
    );
}

#[tokio::test]
async fn answers_are_compressed_where_that_is_wanted() {
    let setup = Setup::answering(
        like_taskchat(),
        &[r#"{"item":{"id":"7","title":"a rather long title of a thing"}}"#],
    );
    for encoding in ["gzip", "br", "zstd"] {
        let answer = setup
            .ask("GET /v1/items/7", &[("accept-encoding", encoding)])
            .await;
        assert_eq!(answer.header("content-encoding"), encoding);
        assert!(
            answer.header("etag").starts_with("W/"),
            "a compressed answer is another representation"
        );
    }
    assert_eq!(
        setup
            .ask("GET /v1/items/7", &[])
            .await
            .header("content-encoding"),
        ""
    );
}
