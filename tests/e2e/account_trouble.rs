//! Accounts when something is off: acceptance 85, 87, 89, 93.

use serde_json::json;
use taskchat_tests::{App, app::PASSWORD, token};

#[tokio::test]
async fn s085_an_expired_token_is_renewed() {
    let app = App::setup()
        .set("TASKCHAT_AUTH__SECRET", token::SECRET)
        .start()
        .await;
    let ada = app.sign_up("ada").await;
    let mut claims = token::read(&ada.access);
    claims["exp"] = json!(claims["iat"].as_i64().expect("a time") - 120);
    let late = ada.with_token(&token::signed(token::SECRET, &claims));
    late.get("/api/users/me")
        .await
        .refused_with(401, "Invalid token or expired token.");
    let body = json!({ "refresh_token": ada.refresh });
    let renewed = app.post("/api/auth/refresh", &body).await.ok();
    let access = renewed["access_token"].as_str().expect("a token");
    ada.with_token(access).get("/api/users/me").await.ok();
}

#[tokio::test]
async fn s087_a_deactivated_account_stops_at_once() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let bob = app.sign_up("bob").await;
    ada.add("water the plants").await;
    app.database()
        .await
        .run("UPDATE users SET deactivated_at = '2026-01-01 00:00:00+00:00' WHERE email = 'ada@example.com'")
        .await;
    for path in [
        "/api/{me}/tasks",
        "/api/users/me",
        "/api/conversations",
        "/api/operations",
    ] {
        ada.get(path)
            .await
            .refused_with(401, "Invalid token or expired token.");
    }
    ada.chat("hi").await.refused(401);
    assert_eq!(ada.post("/mcp", json!({})).await.status, 401);
    app.post(
        "/api/auth/refresh",
        &json!({ "refresh_token": ada.refresh }),
    )
    .await
    .refused(401);
    let credentials = json!({ "email": ada.email, "password": PASSWORD });
    app.post("/api/auth/signin", &credentials)
        .await
        .refused(401);
    bob.get("/api/users/me").await.ok();
}

#[tokio::test]
async fn s089_one_account_for_one_address() {
    let app = App::start().await;
    app.sign_up("ada").await;
    for email in ["ada@example.com", "ADA@EXAMPLE.COM", "Ada@Example.com"] {
        let body = json!({ "email": email, "password": PASSWORD });
        app.post("/api/auth/signup", &body).await.refused(409);
    }
    // All at once.
    let emails = ["bob@example.com", "BOB@example.com", "bob@EXAMPLE.com"];
    let race = (0..6).map(|at| {
        let body = json!({ "email": emails[at % 3], "password": PASSWORD });
        let app = &app;
        async move { app.post("/api/auth/signup", &body).await }
    });
    let answers = futures::future::join_all(race).await;
    let made = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(made, 1);
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        answer.refused(409);
    }
    assert_eq!(app.database().await.count("users").await, 2);
}

#[tokio::test]
async fn s093_a_token_for_a_user_who_is_gone() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    app.database().await.run("DELETE FROM users").await;
    let answer = ada
        .post(
            "/mcp",
            json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": { "name": "add_task", "arguments": { "title": "ghost" } } }),
        )
        .await;
    assert_eq!(answer.status, 401, "{}", answer.text);
    ada.get("/api/users/me")
        .await
        .refused_with(401, "Invalid token or expired token.");
    assert_eq!(app.database().await.count("tasks").await, 0);
}

#[tokio::test]
async fn a_short_secret_is_refused_at_start() {
    let settings = [("TASKCHAT_AUTH__SECRET".to_owned(), "short".to_owned())];
    let config = taskchat_server::config::load(None, settings).expect("readable");
    let socket = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let folder = tempfile::tempdir().expect("a folder");
    let config = taskchat_server::Config {
        data_dir: folder.path().to_owned(),
        ..config
    };
    let life = taskchat_server::Lifecycle::new(std::time::Duration::from_secs(1));
    let error = taskchat_server::compose::everything(&config, socket, &life)
        .await
        .expect_err("refused");
    let told = format!("{error:#}");
    assert!(
        told.contains("32 bytes") && !told.contains("short\""),
        "{told}"
    );
}

#[tokio::test]
async fn sign_ins_from_one_address_are_limited() {
    let app = App::setup()
        .set("TASKCHAT_LIMITS__SIGN_INS_PER_MINUTE", "5")
        .start()
        .await;
    let body = json!({ "email": "nobody@example.com", "password": "whatever it is" });
    let mut statuses = Vec::new();
    for _ in 0..8 {
        let answer = app.post("/api/auth/signin", &body).await;
        if answer.status == 429 {
            answer.refused(429);
            assert!(answer.header("retry-after").is_some());
        }
        statuses.push(answer.status);
    }
    assert!(statuses.starts_with(&[401; 5]), "{statuses:?}");
    assert_eq!(statuses.last(), Some(&429), "{statuses:?}");
}

#[tokio::test]
async fn requests_of_one_user_are_limited_and_of_others_not() {
    let app = App::setup()
        .set("TASKCHAT_LIMITS__REQUESTS_PER_MINUTE", "30")
        .start()
        .await;
    let ada = app.sign_up("ada").await;
    let bob = app.sign_up("bob").await;
    let mut refused = None;
    for _ in 0..60 {
        let answer = ada.get("/api/users/me").await;
        if answer.status != 200 {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.expect("a limit");
    refused.refused(429);
    assert!(refused.header("retry-after").is_some());
    bob.get("/api/users/me").await.ok();
}
