//! Tokens that must not be believed: acceptance 6, 16, 71, 86, 88.

use jsonwebtoken::Algorithm;
use reqwest::Method;
use serde_json::{Value, json};
use taskchat_tests::{Answer, App, Door, User, door::Say, token};

/// One request to each kind of route.
const ROUTES: [(&str, &str); 12] = [
    ("GET", "/api/{me}/tasks"),
    ("GET", "/api/tasks"),
    ("POST", "/api/{me}/tasks"),
    ("GET", "/api/tasks/0193a000-0000-7000-8000-000000000000"),
    ("GET", "/api/users/me"),
    ("POST", "/api/{me}/chat"),
    ("POST", "/api/chat:stream"),
    ("GET", "/api/conversations"),
    (
        "GET",
        "/api/conversations/0193a000-0000-7000-8000-000000000000/messages",
    ),
    ("GET", "/api/turns/0193a000-0000-7000-8000-000000000000"),
    ("GET", "/api/operations"),
    ("POST", "/mcp"),
];

async fn send(user: &User, method: &str, path: &str) -> Answer {
    let method: Method = method.parse().expect("a method");
    let mut request = user.request(method.clone(), path);
    if method == Method::POST {
        request = request.json(&json!({ "message": "hi", "title": "x" }));
    }
    Answer::read(request.send().await.expect("an answer")).await
}

#[track_caller]
fn is_401(answer: &Answer, path: &str, detail: &str) {
    assert_eq!(answer.status, 401, "{path}: {}", answer.text);
    // MCP has its own dialect; its challenge says where to get a token.
    if path == "/mcp" {
        assert!(
            answer
                .header("www-authenticate")
                .is_some_and(|it| it.starts_with("Bearer"))
        );
    } else {
        answer.refused_with(401, detail);
    }
}

#[tokio::test]
async fn s006_every_protected_route_wants_a_good_token() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    ada.add("a secret plan").await;
    let before = app.database().await.counts().await;

    let mut expired = token::claims(&ada.id);
    expired["exp"] = json!(expired["iat"].as_i64().expect("a time") - 60);
    let bad = [
        ("garbage", "garbage".to_owned()),
        ("opaque", "k".repeat(64)),
        (
            "another key",
            token::signed(
                "another secret of at least 32 bytes",
                &token::claims(&ada.id),
            ),
        ),
        (
            "expired",
            token::signed("another secret of at least 32 bytes", &expired),
        ),
        (
            "altered",
            token::with_claims(&ada.access, |claims| claims["sub"] = json!("someone")),
        ),
        ("refresh", ada.refresh.clone()),
    ];
    for (method, path) in ROUTES {
        let answer = send(&ada.with_token(""), method, path).await;
        is_401(&answer, path, "Not authenticated");
        let basic = ada
            .with_token("")
            .with_header("authorization", "Basic YWRhOnB3");
        let answer = send(&basic, method, path).await;
        assert_eq!(answer.status, 401, "{path}: {}", answer.text);
        for (what, token) in &bad {
            let answer = send(&ada.with_token(token), method, path).await;
            is_401(&answer, path, "Invalid token or expired token.");
            assert!(
                !answer.text.contains("secret plan"),
                "{what}: {}",
                answer.text
            );
        }
    }
    assert_eq!(app.database().await.counts().await, before);
}

#[tokio::test]
async fn s016_tasks_without_a_token() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let nobody = ada.with_token("");
    nobody
        .get("/api/{me}/tasks")
        .await
        .refused_with(401, "Not authenticated");
}

#[tokio::test]
async fn s071_chat_without_a_token_stores_nothing() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    for access in ["", "bad"] {
        ada.with_token(access).chat("hi").await.refused(401);
    }
    let mut database = app.database().await;
    assert_eq!(database.count("conversations").await, 0);
    assert_eq!(database.count("entries").await, 0);
}

#[tokio::test]
async fn s086_a_token_altered_anywhere() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let claims = token::read(&ada.access);
    let mut forged: Vec<String> = (0..3)
        .map(|part| token::altered(&ada.access, part))
        .collect();
    forged.push(token::unsigned(&claims));
    let parts: Vec<&str> = ada.access.split('.').collect();
    forged.push(format!("{}.{}.", parts[0], parts[1]));
    forged.push(format!("{}.{}", parts[0], parts[1]));
    forged.push(format!("{}.{}.{}.x", parts[0], parts[1], parts[2]));
    forged.push("..".to_owned());
    forged.push(format!("{}.{}.%00", parts[0], parts[1]));
    for forged in forged {
        let answer = ada.with_token(&forged).get("/api/users/me").await;
        answer.refused_with(401, "Invalid token or expired token.");
    }
}

#[tokio::test]
async fn s088_twenty_calls_with_one_expired_token() {
    let app = App::setup()
        .set("TASKCHAT_AUTH__SECRET", token::SECRET)
        .start()
        .await;
    let ada = app.sign_up("ada").await;
    let mut claims = token::read(&ada.access);
    claims["exp"] = json!(chrono::Utc::now().timestamp() - 120);
    let late = ada.with_token(&token::signed(token::SECRET, &claims));
    let calls = (0..20).map(|_| late.get("/api/{me}/tasks"));
    for answer in futures::future::join_all(calls).await {
        answer.refused(401);
    }
}

#[tokio::test]
async fn a_shared_secret_takes_its_own_algorithm_only() {
    let app = App::setup()
        .set("TASKCHAT_AUTH__SECRET", token::SECRET)
        .start()
        .await;
    let ada = app.sign_up("ada").await;
    let claims = token::claims("outside0000000000000000000000user");
    let outsider = |access: String| {
        let mut user = ada.with_token(&access);
        user.id = claims["sub"].as_str().expect("a subject").to_owned();
        user
    };
    // First sight creates the user; the subject is opaque text.
    let good = outsider(token::signed(token::SECRET, &claims));
    assert_eq!(good.add("from outside").await["user_id"], claims["sub"]);
    assert_eq!(good.get("/api/users/me").await.ok()["id"], claims["sub"]);
    assert_eq!(ada.titles().await, Vec::<String>::new());

    for access in [
        token::signed_as(Algorithm::HS512, token::SECRET, &claims),
        token::signed_as(Algorithm::HS384, token::SECRET, &claims),
        token::unsigned(&claims),
        token::signed(token::SECRET, &without(&claims, "exp")),
        token::signed(token::SECRET, &without(&claims, "sub")),
        token::signed(
            token::SECRET,
            &with(&claims, "nbf", json!(chrono::Utc::now().timestamp() + 600)),
        ),
        token::signed(token::SECRET, &with(&claims, "sub", json!(""))),
        token::signed(token::SECRET, &with(&claims, "sub", json!(42))),
    ] {
        outsider(access).get("/api/users/me").await.refused(401);
    }
}

#[tokio::test]
async fn issuer_and_audience_are_checked_where_they_are_set() {
    let app = App::setup()
        .set("TASKCHAT_AUTH__SECRET", token::SECRET)
        .set("TASKCHAT_AUTH__ISSUER", "https://id.example.com")
        .set("TASKCHAT_AUTH__AUDIENCE", "taskchat")
        .start()
        .await;
    let ada = app.sign_up("ada").await;
    ada.get("/api/users/me").await.ok();
    let claims = with(
        &token::claims("sam"),
        "iss",
        json!("https://id.example.com"),
    );
    let good = with(&claims, "aud", json!(["other", "taskchat"]));
    ada.with_token(&token::signed(token::SECRET, &good))
        .get("/api/users/me")
        .await
        .ok();
    for bad in [
        token::claims("sam"),
        with(&good, "iss", json!("https://evil.example.com")),
        with(&good, "aud", json!("other")),
        without(&good, "aud"),
    ] {
        let token = token::signed(token::SECRET, &bad);
        ada.with_token(&token)
            .get("/api/users/me")
            .await
            .refused(401);
    }
}

#[tokio::test]
async fn every_door_refuses_in_the_same_words() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    for door in Door::ALL {
        for (access, detail) in [
            ("", "Not authenticated"),
            ("garbage", "Invalid token or expired token."),
        ] {
            let stranger = ada.with_token(access);
            let refusal = stranger
                .via(door)
                .chat(Say::new("hi"))
                .await
                .expect_err("refused");
            assert_eq!(
                (refusal.code.as_str(), refusal.detail.as_str()),
                ("UNAUTHENTICATED", detail),
                "{door:?}"
            );
            let refusal = stranger
                .via(door)
                .stream(Say::new("hi"))
                .await
                .expect_err("refused");
            assert_eq!(refusal.code, "UNAUTHENTICATED", "{door:?}");
            let refusal = stranger.via(door).tasks().await.expect_err("refused");
            assert_eq!(refusal.code, "UNAUTHENTICATED", "{door:?}");
        }
    }
}

fn with(claims: &Value, name: &str, value: Value) -> Value {
    let mut claims = claims.clone();
    claims[name] = value;
    claims
}

fn without(claims: &Value, name: &str) -> Value {
    let mut claims = claims.clone();
    claims.as_object_mut().expect("claims").remove(name);
    claims
}
