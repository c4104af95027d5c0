//! Input that makes no sense: acceptance 95, and the list of the contract's section on JSON.
//! Each is a clear error, writes no row, and is never a 500.

use reqwest::Method;
use serde_json::{Value, json};
use taskchat_tests::{Answer, App, user};

#[tokio::test]
async fn s095_bodies_that_are_no_json() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let before = app.database().await.counts().await;
    for body in [
        "{",
        "",
        "{\"title\":}",
        "[1,2",
        "nonsense",
        "{\"title\":\"x\"} trailing",
        "\u{feff}{}x",
        "{\"title\":\"\\ud800\"}",
    ] {
        for path in ["/api/{me}/tasks", "/api/{me}/chat", "/api/{me}/chat:stream"] {
            let answer = ada.post_raw(path, "application/json", body).await;
            assert!(
                matches!(answer.status, 400 | 422),
                "{path} {body:?}: {} {}",
                answer.status,
                answer.text
            );
            answer.refused(answer.status);
        }
    }
    ada.post_raw("/api/{me}/tasks", "application/json", "{")
        .await
        .refused(400);
    ada.post_raw(
        "/api/{me}/tasks",
        "application/json",
        vec![b'"', 0xff, 0xfe, b'"'],
    )
    .await
    .refused(400);
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/xml",
        "multipart/form-data",
    ] {
        ada.post_raw("/api/{me}/tasks", kind, r#"{"title":"x"}"#)
            .await
            .refused(415);
    }
    let huge = format!(r#"{{"message":"{}"}}"#, "x".repeat(2 << 20));
    ada.post_raw("/api/{me}/chat", "application/json", huge)
        .await
        .refused(413);
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let answer = ada
        .post_raw("/api/{me}/tasks", "application/json", deep)
        .await;
    assert!((400..500).contains(&answer.status), "{}", answer.text);
    // Of another shape than an object.
    for body in ["[]", "\"x\"", "5", "true"] {
        let answer = ada
            .post_raw("/api/{me}/chat", "application/json", body)
            .await;
        assert!(
            matches!(answer.status, 400 | 422),
            "{body}: {}",
            answer.text
        );
        answer.refused(answer.status);
    }
    assert_eq!(app.database().await.counts().await, before);
}

#[tokio::test]
async fn messages_out_of_bounds() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    for message in [
        json!("a\u{0}b"),
        json!("x".repeat(32 * 1024 + 1)),
        json!("ü".repeat(16 * 1024 + 1)),
        json!(5),
        json!(true),
        json!({}),
        json!(["hi"]),
    ] {
        let problem = ada
            .post("/api/{me}/chat", json!({ "message": message }))
            .await
            .refused(422);
        assert!(
            user::text(&problem, "detail").contains("message"),
            "{problem}"
        );
    }
    for (field, body) in [
        (
            "conversation_id",
            json!({ "message": "hi", "conversation_id": "nonsense" }),
        ),
        (
            "conversation_id",
            json!({ "message": "hi", "conversation_id": 5 }),
        ),
        (
            "request_id",
            json!({ "message": "hi", "request_id": "nonsense" }),
        ),
        (
            "time_zone",
            json!({ "message": "hi", "time_zone": "Nowhere" }),
        ),
        ("if_busy", json!({ "message": "hi", "if_busy": "wait" })),
        ("mesage", json!({ "mesage": "hi" })),
        ("extra", json!({ "message": "hi", "extra": 1 })),
        ("user_id", json!({ "message": "hi", "user_id": "another" })),
    ] {
        let problem = ada.post("/api/{me}/chat", body.clone()).await.refused(422);
        assert!(problem.to_string().contains(field), "{body}: {problem}");
    }
    assert_eq!(app.database().await.count("entries").await, 0);
    // The limit itself is fine.
    let long = "x ".repeat(16 * 1024 - 1);
    ada.chat(&long).await.ok();
}

#[tokio::test]
async fn a_field_given_twice_is_refused() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    for body in [
        r#"{"title":"a","title":"b"}"#,
        r#"{"title":"a","due_date":"2027-01-01","dueDate":"2027-01-02"}"#,
    ] {
        let answer = ada
            .post_raw("/api/{me}/tasks", "application/json", body)
            .await;
        assert!(
            matches!(answer.status, 400 | 422),
            "{body}: {} {}",
            answer.status,
            answer.text
        );
        answer.refused(answer.status);
    }
    let answer = ada.get("/api/tasks?page_size=1&page_size=2").await;
    answer.refused(422);
    assert!(ada.tasks().await.is_empty());
}

#[tokio::test]
async fn query_parameters_that_nobody_knows() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    for (field, query) in [
        ("colour", "colour=red"),
        ("page_size", "page_size=1.5"),
        ("page_size", "page_size=99999999999"),
        ("status", "status="),
        ("user_id", "user_id=somebody"),
    ] {
        let problem = ada
            .get(&format!("/api/{{me}}/tasks?{query}"))
            .await
            .refused(422);
        assert!(problem.to_string().contains(field), "{query}: {problem}");
    }
    let page = ada.get("/api/tasks?page_size=5000").await.ok();
    assert_eq!(page["count"], 0);
}

#[tokio::test]
async fn paths_and_methods_that_do_not_exist() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    for path in [
        "/api",
        "/api/",
        "/api/nothing/at/all",
        "/api/tasks/a/b/c",
        "/api//tasks/x/y",
    ] {
        ada.get(path).await.refused(404);
    }
    for (method, path) in [
        (Method::DELETE, "/api/tasks"),
        (Method::PUT, "/api/conversations"),
        (Method::POST, "/api/users/me"),
        (Method::GET, "/api/auth/signin"),
        (Method::GET, "/api/chat"),
    ] {
        let sent = ada.request(method.clone(), path).send().await;
        let answer = Answer::read(sent.expect("an answer")).await;
        answer.refused(405);
        let allowed = answer
            .header("allow")
            .unwrap_or_else(|| panic!("no Allow for {method} {path}"));
        assert!(!allowed.is_empty());
    }
}

#[tokio::test]
async fn strange_paths_do_no_harm() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    for path in [
        "/api/tasks/%2e%2e%2fusers%2fme",
        "/api/tasks/..%2f..",
        "/api/tasks/%ff%fe",
        "/api/%00/tasks",
        "/api/tasks/%E2%80%AE",
        "/assets/..%2f..%2fCargo.toml",
        "/..%2f..%2fetc%2fpasswd",
        "/api/tasks/%",
    ] {
        let answer = ada.get(path).await;
        assert!(
            answer.status < 500,
            "{path}: {} {}",
            answer.status,
            answer.text
        );
        assert!(
            !answer.text.contains("root:") && !answer.text.contains("[workspace]"),
            "{path}"
        );
    }
    // One segment stays one segment.
    let answer = ada.get("/api/tasks/a%2Fcomplete").await;
    answer.names("task_id");
}

#[tokio::test]
async fn headers_that_make_no_sense() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    for (name, value) in [
        ("idempotency-key", "not a uuid"),
        ("grpc-timeout", "soon"),
        ("last-event-id", "first"),
        ("traceparent", "00-zzzz-zz-zz"),
        ("accept", "application/unknown"),
        ("content-encoding", "nonsense"),
    ] {
        let answer = ada
            .with_header(name, value)
            .post("/api/{me}/tasks", json!({ "title": "x" }))
            .await;
        assert!(
            answer.status < 500,
            "{name}: {} {}",
            answer.status,
            answer.text
        );
        if name == "grpc-timeout" {
            assert_eq!(answer.status, 400, "{}", answer.text);
        }
    }
}

#[tokio::test]
async fn a_path_without_its_final_slash_and_with_it() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let task = ada
        .post("/api/{me}/tasks/", json!({ "title": "x" }))
        .await
        .ok();
    let id = user::id(&task);
    for path in [
        "/api/{me}/tasks",
        "/api/{me}/tasks/",
        "/api/tasks",
        "/api/tasks/",
    ] {
        assert_eq!(ada.get(path).await.ok()["count"], 1);
    }
    ada.patch(&format!("/api/{{me}}/tasks/{id}/complete/"), json!({}))
        .await
        .ok();
    let mixed: Value = ada.get(&format!("/api/{{me}}/tasks/{id}/")).await.ok();
    assert_eq!(mixed["status"], "completed");
}
