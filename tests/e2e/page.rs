//! What the edge serves beside the contract: page, probes, descriptions, headers.

use reqwest::Method;
use serde_json::json;
use taskchat_tests::{Answer, App, Binary};

#[tokio::test]
async fn the_page_comes_with_strict_headers() {
    let app = App::start().await;
    for path in ["/", "/conversations/some-id", "/sign-in"] {
        let answer = app.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        assert!(
            answer
                .header("content-type")
                .is_some_and(|it| it.starts_with("text/html")),
            "{path}"
        );
        let policy = answer.header("content-security-policy").expect("a policy");
        for rule in [
            "default-src 'none'",
            "script-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
        ] {
            assert!(policy.contains(rule), "{policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    }
    // An asset that does not exist is not the page.
    assert_eq!(app.get("/assets/no-such-file.js").await.status, 404);
}

#[tokio::test]
async fn assets_are_cached_for_ever_and_the_page_is_not() {
    let app = App::start().await;
    let page = app.get("/").await;
    assert!(
        page.header("cache-control")
            .is_some_and(|it| it.contains("no-cache") || it.contains("no-store"))
    );
    let start = page.text.find("/assets/").expect("a script");
    let end = page.text[start..].find('"').expect("a quote") + start;
    let asset = app.get(&page.text[start..end]).await;
    assert_eq!(asset.status, 200);
    assert!(
        asset
            .header("cache-control")
            .is_some_and(|it| it.contains("immutable")),
        "{:?}",
        asset.headers
    );
}

#[tokio::test]
async fn probes() {
    let app = App::start().await;
    assert_eq!(app.get("/healthz").await.status, 200);
    assert_eq!(app.get("/readyz").await.status, 200);
}

#[tokio::test]
async fn metrics_count_requests_and_name_nobody() {
    // One recorder a process: the program has its own.
    let data = tempfile::tempdir().expect("a folder");
    let server = Binary::start(data.path(), None).await;
    let ada = server.sign_up("ada").await;
    ada.get("/api/users/me").await.ok();
    let metrics = ada.with_token("").get("/metrics").await;
    assert_eq!(metrics.status, 200);
    assert!(
        metrics
            .text
            .contains("http_server_request_duration_seconds"),
        "{}",
        metrics.text
    );
    assert!(!metrics.text.contains(&ada.id), "{}", metrics.text);
    server.terminate().await;
}

#[tokio::test]
async fn every_answer_carries_its_request_id() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    for path in ["/api/users/me", "/api/nothing", "/healthz", "/"] {
        let answer = ada.get(path).await;
        assert!(
            answer
                .header("x-request-id")
                .is_some_and(|it| !it.is_empty()),
            "{path}"
        );
    }
    let mine = "0193a000-0000-7000-8000-00000000abcd";
    let answer = ada
        .with_header("x-request-id", mine)
        .get("/api/users/me")
        .await;
    assert_eq!(answer.header("x-request-id"), Some(mine));
}

#[tokio::test]
async fn other_origins_are_closed_out_unless_let_in() {
    let preflight = async |app: &App, origin: &str| -> Answer {
        let sent = app
            .http
            .request(
                Method::OPTIONS,
                app.url("/taskchat.v1.TaskService/ListTasks"),
            )
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header(
                "access-control-request-headers",
                "authorization,content-type,x-grpc-web",
            )
            .send()
            .await;
        Answer::read(sent.expect("an answer")).await
    };
    let app = App::start().await;
    let answer = preflight(&app, "https://evil.example.com").await;
    assert!(
        answer.header("access-control-allow-origin").is_none(),
        "{:?}",
        answer.headers
    );
    let app = App::setup()
        .set("TASKCHAT_HTTP__CORS_ORIGINS", "https://good.example.com")
        .start()
        .await;
    let answer = preflight(&app, "https://good.example.com").await;
    assert_eq!(
        answer.header("access-control-allow-origin"),
        Some("https://good.example.com")
    );
    let answer = preflight(&app, "https://evil.example.com").await;
    assert!(
        answer.header("access-control-allow-origin").is_none(),
        "{:?}",
        answer.headers
    );
    let sent = app
        .http
        .post(app.url("/api/auth/signin"))
        .header("origin", "https://good.example.com")
        .json(&json!({ "email": "a@example.com", "password": "wrong password" }))
        .send()
        .await;
    let answer = Answer::read(sent.expect("an answer")).await;
    let exposed = answer
        .header("access-control-expose-headers")
        .unwrap_or_default()
        .to_lowercase();
    for header in ["grpc-status", "grpc-message", "grpc-status-details-bin"] {
        assert!(exposed.contains(header), "{exposed}");
    }
}
