//! The same doors through TLS, and certificates that change under way.

use std::{sync::Arc, time::Duration};

use serde_json::json;
use taskchat_tests::{
    App, Binary, Door, call,
    door::Say,
    eventually, text,
    tls::{Certificates, shown},
    topology::Topology,
    wire::Http2,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    process::Command,
};

async fn secret() -> (App, Arc<Certificates>, taskchat_tests::FakeModel) {
    let certificates = Arc::new(Certificates::new());
    let model = taskchat_tests::FakeModel::start().await;
    let app = App::setup()
        .model(&model)
        .tls(&certificates)
        .set("TASKCHAT_TLS__RELOAD", "50ms")
        .start()
        .await;
    (app, certificates, model)
}

#[tokio::test]
async fn every_door_speaks_tls() {
    let (app, _, model) = secret().await;
    assert!(app.url("/").starts_with("https://"));
    for (at, door) in Door::ALL.into_iter().enumerate() {
        let ada = app.sign_up(&format!("ada{at}")).await;
        model.says([call("add_task", json!({ "title": "x" })), text("Added x.")]);
        let seen = ada
            .via(door)
            .stream(Say::new("Add x"))
            .await
            .expect("a stream");
        let reply = seen
            .last()
            .and_then(|last| last.reply.clone())
            .expect("an end");
        assert_eq!(reply.text, "Added x.", "{door:?}");
        let tasks = ada.via(door).tasks().await.expect("tasks");
        assert_eq!(tasks[0].title, "x", "{door:?}");
    }
    let ada = app.sign_up("eve").await;
    assert!(ada.tool("list_tasks", json!({})).await.success);
    // In a split the services behind the edge cannot know; there the public URL says it.
    if Topology::usual() == Topology::One {
        let path = "/.well-known/oauth-protected-resource";
        let metadata: serde_json::Value = app.get(path).await.ok();
        assert_eq!(metadata["resource"], app.url("/mcp"));
    }
    // In the clear there is nothing.
    let mut clear =
        taskchat_tests::wire::say(app.address, "GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
    let heard = taskchat_tests::wire::hear(&mut clear).await;
    assert!(!heard.starts_with(b"HTTP"), "{heard:?}");
}

#[tokio::test]
async fn the_protocol_is_agreed_on_in_the_handshake() {
    let (app, certificates, _) = secret().await;
    let port = app.address.port();
    for (offers, agreed) in [
        (&["h2", "http/1.1"][..], Some(&b"h2"[..])),
        (&["http/1.1"], Some(b"http/1.1")),
        (&[], None),
    ] {
        let stream = certificates.connect(port, offers).await;
        assert_eq!(stream.get_ref().1.alpn_protocol(), agreed);
    }
    let stream = certificates.connect(port, &["h2"]).await;
    assert_eq!(Http2::over(stream).await.health().await, 1);
    // Whoever offers nothing may still speak either.
    let stream = certificates.connect(port, &[]).await;
    assert_eq!(Http2::over(stream).await.health().await, 1);
    let mut stream = certificates.connect(port, &[]).await;
    let request = b"GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    stream.write_all(request).await.expect("sent");
    let heard = taskchat_tests::wire::hear_text(&mut stream).await;
    assert!(heard.starts_with("HTTP/1.1 200"), "{heard}");
}

#[tokio::test]
async fn who_agrees_on_http2_and_does_not_speak_it_is_hung_up_on() {
    let certificates = Arc::new(Certificates::new());
    let app = App::setup()
        .tls(&certificates)
        .set("TASKCHAT_SOCKETS__HEADER_TIMEOUT", "500ms")
        .start()
        .await;
    for said in [&b""[..], b"PRI * HT", b"GET / HTTP/1.1\r\nhost: a\r\n\r\n"] {
        let mut stream = certificates.connect(app.address.port(), &["h2"]).await;
        stream.write_all(said).await.expect("sent");
        let heard = taskchat_tests::wire::hear(&mut stream).await;
        assert!(heard.is_empty(), "{heard:?}");
    }
}

#[tokio::test]
async fn the_session_cookie_is_for_tls_only() {
    let (app, _, _) = secret().await;
    let body = json!({ "email": "ada@example.com", "password": taskchat_tests::app::PASSWORD });
    let sent = app
        .http
        .post(app.url("/api/auth/signup"))
        .header("x-taskchat-session", "cookie")
        .json(&body)
        .send()
        .await
        .expect("an answer");
    let cookie = sent.headers()["set-cookie"].to_str().expect("text");
    assert!(cookie.contains("; Secure"), "{cookie}");
}

#[tokio::test]
async fn a_new_certificate_is_taken_on_and_a_broken_one_is_not() {
    let (app, certificates, _) = secret().await;
    let port = app.address.port();
    let mut old = certificates.connect(port, &["http/1.1"]).await;
    let first = shown(&old);
    let now = async || shown(&certificates.connect(port, &[]).await);

    certificates.ruin();
    // Long enough for it to have looked.
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(now().await, first, "the old one stays");

    let second = certificates.renew();
    assert_ne!(first, second);
    eventually("the new certificate is shown", async || {
        now().await == second
    })
    .await;
    // The connection from before goes on.
    let request = b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n";
    old.write_all(request).await.expect("sent");
    let mut start = [0; 12];
    old.read_exact(&mut start).await.expect("an answer");
    assert_eq!(&start, b"HTTP/1.1 200");
}

#[tokio::test]
async fn what_is_wrong_with_the_files_is_said_at_the_start() {
    let certificates = Certificates::new();
    let other = Certificates::new();
    let (cert, key) = (certificates.file("cert.pem"), certificates.file("key.pem"));
    let rows = [
        (Some(cert.clone()), None, "TASKCHAT_TLS__KEY"),
        (None, Some(key.clone()), "TASKCHAT_TLS__CERT"),
        (
            Some("/no/such/file".to_owned()),
            Some(key.clone()),
            "TASKCHAT_TLS__CERT: /no/such/file cannot be read",
        ),
        (
            Some(cert.clone()),
            Some(other.file("key.pem")),
            "does not belong to the certificate of TASKCHAT_TLS__CERT",
        ),
        (Some(cert.clone()), Some(cert), "TASKCHAT_TLS__KEY"),
    ];
    for (cert, key, told) in rows {
        let data = tempfile::tempdir().expect("a folder");
        let mut command = Command::new(taskchat_tests::binary::program());
        command
            .arg("serve")
            .env_clear()
            .env("TASKCHAT_DATA_DIR", data.path())
            .env("TASKCHAT_LISTEN", "127.0.0.1:0");
        for (name, value) in [("TASKCHAT_TLS__CERT", cert), ("TASKCHAT_TLS__KEY", key)] {
            if let Some(value) = value {
                command.env(name, value);
            }
        }
        let output = command.output().await.expect("it runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success(), "{said}");
        assert!(said.contains(told), "{told:?} in {said}");
    }
}

#[tokio::test]
async fn a_broken_pair_is_logged() {
    let certificates = Certificates::new();
    let data = tempfile::tempdir().expect("a folder");
    let (cert, key) = (certificates.file("cert.pem"), certificates.file("key.pem"));
    let settings = [
        ("TASKCHAT_TLS__CERT", cert.as_str()),
        ("TASKCHAT_TLS__KEY", key.as_str()),
        ("TASKCHAT_TLS__RELOAD", "50ms"),
    ];
    let server = Binary::start_with(data.path(), None, &settings).await;
    certificates.ruin();
    eventually("the log tells", || async {
        server.log().contains("The old certificate stays in force")
    })
    .await;
    assert!(
        server.log().contains("TASKCHAT_TLS__CERT"),
        "{}",
        server.log()
    );
    server.terminate().await;
}
