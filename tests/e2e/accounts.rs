//! Signing up, in and out: acceptance 1 to 4, and sessions.

use serde_json::json;
use taskchat_tests::{App, app::PASSWORD, token};

#[tokio::test]
async fn s001_sign_up() {
    let app = App::start().await;
    let body =
        json!({ "email": "ada@example.com", "password": PASSWORD, "confirm_password": PASSWORD });
    let answer = app.post("/api/auth/signup", &body).await;
    let session = answer.ok();

    let id = session["user"]["id"].as_str().expect("an id");
    assert!(uuid::Uuid::parse_str(id).is_ok(), "{session}");
    assert_eq!(session["user"]["email"], "ada@example.com");
    assert_eq!(session["token_type"], "bearer");
    assert_eq!(session["expires_in"], 900);
    assert!(
        !answer.text.contains(PASSWORD) && !answer.text.contains("argon2"),
        "{}",
        answer.text
    );

    let ada = app.sign_in("ada@example.com").await;
    let me = ada.get("/api/users/me").await.ok();
    assert_eq!(me["email"], "ada@example.com");
    assert_eq!(me["id"], id);
    assert_eq!(me["time_zone"], "UTC");
    let first = session["access_token"].as_str().expect("a token");
    assert_eq!(ada.with_token(first).get("/api/users/me").await.ok(), me);
}

#[tokio::test]
async fn s002_sign_up_with_bad_values_makes_no_account() {
    let app = App::start().await;
    for (field, body) in [
        (
            "email",
            json!({ "email": "not-an-address", "password": PASSWORD }),
        ),
        (
            "email",
            json!({ "email": "a@b@c.example", "password": PASSWORD }),
        ),
        ("email", json!({ "email": "  ", "password": PASSWORD })),
        (
            "email",
            json!({ "email": format!("{}@example.com", "x".repeat(260)), "password": PASSWORD }),
        ),
        ("email", json!({ "password": PASSWORD })),
        ("password", json!({ "email": "b@example.com" })),
        (
            "password",
            json!({ "email": "b@example.com", "password": "" }),
        ),
        (
            "password",
            json!({ "email": "b@example.com", "password": "short" }),
        ),
        (
            "password",
            json!({ "email": "b@example.com", "password": "password" }),
        ),
        (
            "password",
            json!({ "email": "b@example.com", "password": "12345678" }),
        ),
        (
            "password",
            json!({ "email": "b@example.com", "password": "b@example.com" }),
        ),
        (
            "password",
            json!({ "email": "b@example.com", "password": "x".repeat(300) }),
        ),
        (
            "confirm_password",
            json!({ "email": "b@example.com", "password": PASSWORD, "confirm_password": "another one" }),
        ),
        (
            "time_zone",
            json!({ "email": "b@example.com", "password": PASSWORD, "time_zone": "Mars/Olympus" }),
        ),
    ] {
        app.post("/api/auth/signup", &body).await.names(field);
        let credentials = json!({ "email": body["email"], "password": body["password"] });
        let answer = app.post("/api/auth/signin", &credentials).await;
        assert!(
            matches!(answer.status, 401 | 422),
            "{body}: {}",
            answer.text
        );
    }
    assert_eq!(app.database().await.count("users").await, 0);
}

#[tokio::test]
async fn s003_sign_in() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let body = json!({ "email": "ADA@example.com", "password": PASSWORD });
    let session = app.post("/api/auth/signin", &body).await.ok();
    let access = session["access_token"].as_str().expect("a token");

    let claims = token::read(access);
    assert_eq!(claims["sub"], ada.id);
    assert!(
        claims["exp"].as_i64() > Some(chrono::Utc::now().timestamp()),
        "{claims}"
    );
    assert_eq!(
        ada.with_token(access).get("/api/{me}/tasks").await.ok()["count"],
        0
    );
}

#[tokio::test]
async fn s004_wrong_credentials_are_all_the_same() {
    let app = App::start().await;
    app.sign_up("ada").await;
    let mut refusals = Vec::new();
    for (email, password) in [
        ("ada@example.com", "not the password"),
        ("nobody@example.com", PASSWORD),
    ] {
        let body = json!({ "email": email, "password": password });
        let answer = app.post("/api/auth/signin", &body).await;
        answer.refused(401);
        assert!(!answer.text.contains("token\":"), "{}", answer.text);
        refusals.push(answer.without_request_id());
    }
    assert_eq!(refusals[0], refusals[1]);
}

#[tokio::test]
async fn s005_every_route_knows_its_user() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let task = ada.add("water the plants").await;
    assert_eq!(task["user_id"], ada.id);
    for path in [
        "/api/{me}/tasks",
        "/api/tasks",
        "/api/{me}/tasks/",
        "/api/tasks/",
        "/api/conversations",
        "/api/operations",
        "/api/users/me",
    ] {
        ada.get(path).await.ok();
    }
    for path in ["/api/{me}/tasks", "/api/tasks"] {
        let page = ada.get(path).await.ok();
        assert_eq!(page["tasks"][0]["user_id"], ada.id, "{page}");
    }
    let reply = ada.chat("What do I have to do?").await.ok();
    let conversation = reply["conversation_id"].as_str().expect("an id");
    let seen = ada
        .get(&format!("/api/conversations/{conversation}"))
        .await
        .ok();
    assert_eq!(seen["user_id"], ada.id);
}

#[tokio::test]
async fn refresh_rotates_and_a_spent_token_revokes_the_family() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let first = json!({ "refresh_token": ada.refresh });
    let second = app.post("/api/auth/refresh", &first).await.ok();
    assert_ne!(second["refresh_token"], ada.refresh);
    let renewed = ada.with_token(second["access_token"].as_str().expect("a token"));
    renewed.get("/api/users/me").await.ok();

    // Reloaded in the very moment: the page never saw the answer, and asks again.
    let third = app.post("/api/auth/refresh", &first).await.ok();
    let latest = json!({ "refresh_token": third["refresh_token"] });
    let fourth = app.post("/api/auth/refresh", &latest).await.ok();

    // A thief, or the owner after the thief: nobody can tell, so both are out.
    app.post("/api/auth/refresh", &first).await.refused(401);
    let latest = json!({ "refresh_token": fourth["refresh_token"] });
    app.post("/api/auth/refresh", &latest).await.refused(401);
    renewed.get("/api/users/me").await.refused(401);
    ada.get("/api/users/me").await.refused(401);

    app.sign_in("ada@example.com")
        .await
        .get("/api/users/me")
        .await
        .ok();
}

#[tokio::test]
async fn sign_out_ends_one_session_and_no_other() {
    let app = App::start().await;
    let phone = app.sign_up("ada").await;
    let laptop = app.sign_in("ada@example.com").await;
    let body = json!({ "refresh_token": phone.refresh });
    app.post("/api/auth/signout", &body).await.ok();
    phone
        .get("/api/users/me")
        .await
        .refused_with(401, "Invalid token or expired token.");
    app.post("/api/auth/refresh", &body).await.refused(401);
    laptop.get("/api/users/me").await.ok();
    // Not an error: the session is gone either way.
    app.post("/api/auth/signout", &body).await.ok();
    app.post(
        "/api/auth/signout",
        &json!({ "refresh_token": "never given" }),
    )
    .await
    .ok();
}

#[tokio::test]
async fn a_browser_keeps_its_refresh_token_in_a_cookie() {
    let app = App::start().await;
    let sign_up = json!({ "email": "ada@example.com", "password": PASSWORD });
    let send = |path: &str, cookie: Option<String>, body: serde_json::Value| {
        let mut request = app.http.post(app.url(path)).json(&body);
        if let Some(cookie) = cookie {
            request = request.header("cookie", cookie);
        }
        request
    };
    let sent = send("/api/auth/signup", None, sign_up)
        .header("x-taskchat-session", "cookie")
        .send()
        .await;
    let answer = taskchat_tests::Answer::read(sent.expect("an answer")).await;
    assert_eq!(answer.ok()["refresh_token"], "");
    let set = answer.header("set-cookie").expect("a cookie").to_owned();
    for attribute in [
        "taskchat_refresh=",
        "HttpOnly",
        "SameSite=Strict",
        "Path=/",
        "Max-Age=",
    ] {
        assert!(set.contains(attribute), "{set}");
    }
    let cookie = set.split(';').next().expect("name=value").to_owned();

    // Another site can make a browser send the cookie, but not the header.
    let sent = send("/api/auth/refresh", Some(cookie.clone()), json!({}))
        .send()
        .await;
    let forged = taskchat_tests::Answer::read(sent.expect("an answer")).await;
    assert!(matches!(forged.status, 401 | 422), "{}", forged.text);

    let sent = send("/api/auth/refresh", Some(cookie.clone()), json!({}))
        .header("x-taskchat-session", "cookie")
        .send()
        .await;
    let renewed = taskchat_tests::Answer::read(sent.expect("an answer")).await;
    renewed.ok();
    let next = renewed.header("set-cookie").expect("the next cookie");
    assert!(!next.starts_with(&cookie), "{next}");
}
