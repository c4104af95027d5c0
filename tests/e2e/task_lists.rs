//! Lists of tasks: acceptance 15, 94; filters, order, pages.

use serde_json::json;
use taskchat_tests::{App, user};

#[tokio::test]
async fn s015_all_tasks_in_a_page() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    ada.add_all(&["one", "two", "three"]).await;
    let page = ada.get("/api/{me}/tasks").await.ok();
    assert_eq!(page["count"], 3);
    assert_eq!(page["next_page_token"], "");
    assert_eq!(ada.titles().await, ["three", "two", "one"]);
}

#[tokio::test]
async fn s094_unknown_and_malformed_ids() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let unknown = "/api/{me}/tasks/0193a000-0000-7000-8000-000000000000";
    ada.get(unknown).await.refused_with(404, "Task not found");
    for malformed in [
        "nonsense",
        "1",
        "%00",
        "0193a000",
        "'; DROP TABLE tasks; --",
    ] {
        let answer = ada.get(&format!("/api/{{me}}/tasks/{malformed}")).await;
        answer.names("task_id");
    }
}

#[tokio::test]
async fn filters_order_and_pages() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    for (title, priority, due) in [
        ("alpha", "low", "2027-01-01"),
        ("beta", "high", "2027-01-03"),
        ("gamma", "urgent", "2027-01-02"),
        ("delta", "medium", "2027-01-04"),
    ] {
        let body = json!({ "title": title, "priority": priority, "due_date": due });
        ada.post("/api/tasks", body).await.ok();
    }
    let titles = async |query: &str| -> Vec<String> {
        let page = ada.get(&format!("/api/{{me}}/tasks?{query}")).await.ok();
        let tasks = page["tasks"].as_array().expect("tasks").clone();
        tasks.iter().map(|task| user::text(task, "title")).collect()
    };
    assert_eq!(
        titles("priority=high&priority=urgent&order_by=title").await,
        ["beta", "gamma"]
    );
    assert_eq!(titles("status=completed").await, Vec::<String>::new());
    assert_eq!(
        titles("due_before=2027-01-03&order_by=due_date").await,
        ["alpha", "gamma"]
    );
    assert_eq!(
        titles("due_after=2027-01-03&order_by=due_date%20desc").await,
        ["delta", "beta"]
    );
    let alpha = user::id(&ada.get("/api/tasks?query=alpha").await.ok()["tasks"][0]);
    ada.patch(&format!("/api/tasks/{alpha}/complete"), json!({}))
        .await
        .ok();
    assert_eq!(titles("completed_after=2026-01-01").await, ["alpha"]);
    assert_eq!(
        titles("completed_before=2026-01-01T00:00:00Z").await,
        Vec::<String>::new()
    );
    assert_eq!(titles("query=LPH").await, ["alpha"]);
    let longest = format!("query={}", "%20".repeat(500) + &"x".repeat(200));
    assert_eq!(titles(&longest).await, Vec::<String>::new());
    assert_eq!(titles("query=%25").await, Vec::<String>::new());
    assert_eq!(
        titles("order_by=priority%20desc").await,
        ["gamma", "beta", "delta", "alpha"]
    );

    // A page token survives what is added in between.
    let first = ada.get("/api/tasks?page_size=2&order_by=title").await.ok();
    ada.add("aaa").await;
    let token = user::text(&first, "next_page_token");
    let rest = ada
        .get(&format!(
            "/api/tasks?page_size=2&order_by=title&page_token={token}"
        ))
        .await
        .ok();
    assert_eq!(rest["tasks"][0]["title"], "delta");
    assert_eq!(rest["tasks"][1]["title"], "gamma");
    assert_eq!(rest["next_page_token"], "");
    for (field, query) in [
        ("page_size", "page_size=-1"),
        ("page_size", "page_size=many"),
        ("page_token", "page_token=zzz"),
        ("order_by", "order_by=colour"),
        ("status", "status=done"),
        ("due_before", "due_before=soon"),
        ("completed_after", "completed_after=lately"),
        ("query", "query=%00"),
        ("query", &format!("query={}", "x".repeat(201))),
    ] {
        ada.get(&format!("/api/tasks?{query}")).await.names(field);
    }
}
