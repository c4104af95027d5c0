//! The tools at /mcp: acceptance 33 to 51, 96 to 99.

use serde_json::{Value, json};
use taskchat_tests::{App, User, mcp, user};

const UNKNOWN: &str = "0193a000-0000-7000-8000-000000000000";

async fn two() -> (App, User, User) {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let bob = app.sign_up("bob").await;
    (app, ada, bob)
}

/// D9: without credentials there is no user, and nothing is said or done.
async fn needs_credentials(app: &App, user: &User, name: &str, arguments: Value) {
    let before = app.database().await.counts().await;
    let params = json!({ "name": name, "arguments": arguments });
    let answer = mcp::post(&user.with_token(""), "tools/call", params.clone()).await;
    assert_eq!(answer.status, 401, "{}", answer.text);
    let challenge = answer.header("www-authenticate").expect("a challenge");
    assert!(challenge.contains("resource_metadata"), "{challenge}");
    // Nor does an argument make one: it is not in the schema.
    let mut named = arguments;
    named["user_id"] = json!(user.id);
    let params = json!({ "name": name, "arguments": named });
    let answer = mcp::post(&user.with_token(""), "tools/call", params).await;
    assert_eq!(answer.status, 401, "{}", answer.text);
    assert_eq!(app.database().await.counts().await, before);
}

#[tokio::test]
async fn s033_add_task() {
    let (_app, ada, _) = two().await;
    let added = ada
        .tool("add_task", json!({ "title": "T", "description": "D" }))
        .await;
    let data = added.ok();
    assert_eq!(
        (&data["title"], &data["status"]),
        (&json!("T"), &json!("pending"))
    );
    assert_eq!(added.receipt["kind"], "created");
    let task = ada.task(&user::id(&data)).await;
    assert_eq!(
        (&task["title"], &task["description"]),
        (&json!("T"), &json!("D"))
    );
    assert_eq!(task["created_by"]["origin"], "mcp");
}

#[tokio::test]
async fn s034_add_task_without_credentials() {
    let (app, ada, _) = two().await;
    needs_credentials(&app, &ada, "add_task", json!({ "title": "x" })).await;
}

#[tokio::test]
async fn s035_add_task_without_a_title() {
    let (app, ada, _) = two().await;
    for arguments in [
        json!({}),
        json!({ "title": "" }),
        json!({ "title": "   " }),
        json!({ "title": null }),
        json!({ "description": "D" }),
    ] {
        ada.tool("add_task", arguments)
            .await
            .refused("MISSING_TITLE");
    }
    assert_eq!(app.database().await.count("tasks").await, 0);
}

#[tokio::test]
async fn s036_list_tasks() {
    let (_app, ada, _) = two().await;
    ada.add_all(&["one", "two", "three"]).await;
    let data = ada.tool("list_tasks", json!({})).await.ok();
    assert_eq!(data["count"], 3);
    let titles: Vec<_> = data["tasks"]
        .as_array()
        .expect("tasks")
        .iter()
        .map(|task| user::text(task, "title"))
        .collect();
    assert_eq!(titles, ["three", "two", "one"]);
}

#[tokio::test]
async fn list_tasks_by_when_they_were_completed() {
    let (_app, ada, _) = two().await;
    let done = ada.add_all(&["one", "two"]).await.remove(0);
    ada.tool("complete_task", json!({ "task_id": done }))
        .await
        .ok();
    for (range, count) in [
        (json!({ "completed_after": "an hour ago" }), 1),
        (json!({ "completed_before": "an hour ago" }), 0),
        (json!({ "completed_before": "in an hour" }), 1),
        (json!({ "completed_after": "tomorrow" }), 0),
    ] {
        let data = ada.tool("list_tasks", range.clone()).await.ok();
        assert_eq!(data["count"], count, "{range}");
    }
    let refused = ada
        .tool("list_tasks", json!({ "completed_after": "lately" }))
        .await;
    refused.refused("VALIDATION_ERROR");
}

#[tokio::test]
async fn s037_list_tasks_has_nothing_of_others() {
    let (_app, ada, bob) = two().await;
    ada.add("mine").await;
    bob.add("his").await;
    let data = ada.tool("list_tasks", json!({})).await.ok();
    assert_eq!(
        (&data["count"], &data["tasks"][0]["title"]),
        (&json!(1), &json!("mine"))
    );
}

#[tokio::test]
async fn s038_list_tasks_when_there_are_none() {
    let (_app, ada, _) = two().await;
    let data = ada.tool("list_tasks", json!({})).await.ok();
    assert_eq!((&data["count"], &data["tasks"]), (&json!(0), &json!([])));
}

#[tokio::test]
async fn s039_list_tasks_without_credentials() {
    let (app, ada, _) = two().await;
    needs_credentials(&app, &ada, "list_tasks", json!({})).await;
}

#[tokio::test]
async fn s040_update_task() {
    let (_app, ada, _) = two().await;
    let id = user::id(&ada.add("old").await);
    let arguments = json!({ "task_id": id, "title": "new" });
    assert_eq!(
        ada.tool("update_task", arguments).await.ok()["title"],
        "new"
    );
    assert_eq!(ada.task(&id).await["title"], "new");
}

#[tokio::test]
async fn s041_s042_update_task_of_somebody_else_or_nobody() {
    let (_app, ada, bob) = two().await;
    let task = ada.add("mine").await;
    let foreign = json!({ "task_id": task["id"], "title": "his" });
    let foreign = bob
        .tool("update_task", foreign)
        .await
        .refused("TASK_NOT_FOUND");
    let unknown = json!({ "task_id": UNKNOWN, "title": "his" });
    assert_eq!(
        bob.tool("update_task", unknown)
            .await
            .refused("TASK_NOT_FOUND"),
        foreign
    );
    assert_eq!(ada.task(&user::id(&task)).await, task);
}

#[tokio::test]
async fn s043_update_task_without_credentials() {
    let (app, ada, _) = two().await;
    let id = user::id(&ada.add("x").await);
    needs_credentials(
        &app,
        &ada,
        "update_task",
        json!({ "task_id": id, "title": "y" }),
    )
    .await;
}

#[tokio::test]
async fn s044_s045_complete_task_twice() {
    let (_app, ada, _) = two().await;
    let id = user::id(&ada.add("x").await);
    let arguments = json!({ "task_id": id });
    let done = ada.tool("complete_task", arguments.clone()).await;
    assert_eq!(done.ok()["status"], "completed");
    assert_eq!(done.receipt["kind"], "completed");
    let completed_at = ada.task(&id).await["completed_at"].clone();
    assert!(completed_at.is_string());
    let again = ada.tool("complete_task", arguments).await;
    assert_eq!(again.ok()["status"], "completed");
    assert!(
        again.receipt.is_null(),
        "nothing changed, so nothing is receipted: {again:?}"
    );
    assert_eq!(ada.task(&id).await["completed_at"], completed_at);
    assert_eq!(
        ada.tool("reopen_task", json!({ "task_id": id })).await.ok()["status"],
        "pending"
    );
}

#[tokio::test]
async fn s046_complete_task_of_somebody_else() {
    let (_app, ada, bob) = two().await;
    let id = user::id(&ada.add("x").await);
    bob.tool("complete_task", json!({ "task_id": id }))
        .await
        .refused("TASK_NOT_FOUND");
    assert_eq!(ada.task(&id).await["status"], "pending");
}

#[tokio::test]
async fn s047_complete_task_without_credentials() {
    let (app, ada, _) = two().await;
    let id = user::id(&ada.add("x").await);
    needs_credentials(&app, &ada, "complete_task", json!({ "task_id": id })).await;
}

#[tokio::test]
async fn s048_delete_task() {
    let (_app, ada, _) = two().await;
    let id = user::id(&ada.add("x").await);
    let deleted = ada.tool("delete_task", json!({ "task_id": id })).await;
    assert_eq!(deleted.ok(), json!({ "task_id": id, "deleted": true }));
    assert_eq!(deleted.receipt["kind"], "deleted");
    ada.get(&format!("/api/{{me}}/tasks/{id}"))
        .await
        .refused_with(404, "Task not found");
    ada.tool("restore_task", json!({ "task_id": id }))
        .await
        .ok();
    assert_eq!(ada.task(&id).await["title"], "x");
}

#[tokio::test]
async fn s049_delete_task_of_somebody_else() {
    let (_app, ada, bob) = two().await;
    let id = user::id(&ada.add("x").await);
    bob.tool("delete_task", json!({ "task_id": id }))
        .await
        .refused("TASK_NOT_FOUND");
    ada.task(&id).await;
}

#[tokio::test]
async fn s050_delete_task_that_is_not_there() {
    let (_app, ada, _) = two().await;
    let id = user::id(&ada.add("x").await);
    ada.tool("delete_task", json!({ "task_id": UNKNOWN }))
        .await
        .refused("TASK_NOT_FOUND");
    ada.tool("delete_task", json!({ "task_id": id })).await.ok();
    ada.tool("delete_task", json!({ "task_id": id }))
        .await
        .refused("TASK_NOT_FOUND");
}

#[tokio::test]
async fn s051_delete_task_without_credentials() {
    let (app, ada, _) = two().await;
    let id = user::id(&ada.add("x").await);
    needs_credentials(&app, &ada, "delete_task", json!({ "task_id": id })).await;
}

#[tokio::test]
async fn s096_a_database_that_fails_inside_a_tool() {
    let (app, ada, _) = two().await;
    let id = user::id(&ada.add("x").await);
    let mut database = app.database().await;
    // After the task is written, the ledger fails: neither may stay.
    database.refuses_inserts("operations").await;
    for (name, arguments) in [
        ("add_task", json!({ "title": "y" })),
        ("complete_task", json!({ "task_id": id })),
        ("update_task", json!({ "task_id": id, "title": "z" })),
        ("delete_task", json!({ "task_id": id })),
    ] {
        ada.tool(name, arguments).await.refused("DB_ERROR");
    }
    database.heals().await;
    assert_eq!(ada.titles().await, ["x"]);
    let task = ada.task(&id).await;
    assert_eq!(
        (&task["status"], &task["version"]),
        (&json!("pending"), &json!(1))
    );
}

#[tokio::test]
async fn s097_a_title_that_is_too_long() {
    let (app, ada, _) = two().await;
    ada.tool("add_task", json!({ "title": "x".repeat(201) }))
        .await
        .refused("VALIDATION_ERROR");
    for arguments in [
        json!({ "title": "x", "priority": "mega" }),
        json!({ "title": "x", "status": "done" }),
        json!({ "title": "x", "due": "when pigs fly" }),
        json!({ "title": "x", "description": "d".repeat(1001) }),
        json!({ "title": 5 }),
        json!({ "title": ["x"] }),
        json!({ "title": "x", "tags": "home" }),
    ] {
        ada.tool("add_task", arguments)
            .await
            .refused("VALIDATION_ERROR");
    }
    assert_eq!(app.database().await.count("tasks").await, 0);
}

#[tokio::test]
async fn more_words_than_a_title_has_are_refused_before_they_are_looked_for() {
    let (_app, ada, _) = two().await;
    ada.add("x").await;
    let many = "word ".repeat(1001);
    for (name, arguments, field) in [
        ("complete_task", json!({ "task_id": many }), "task_id"),
        ("restore_task", json!({ "task_id": many }), "task_id"),
        (
            "list_tasks",
            json!({ "query": "x".repeat(60_000) }),
            "query",
        ),
        ("search_messages", json!({ "query": many }), "query"),
    ] {
        let envelope = ada.tool(name, arguments).await;
        envelope.refused("VALIDATION_ERROR");
        assert_eq!(envelope.error["field"], field, "{name}");
    }
    // As long as a title may be is fine, also in words of one letter.
    let longest = json!({ "task_id": "w ".repeat(100) });
    ada.tool("complete_task", longest)
        .await
        .refused("TASK_NOT_FOUND");
}

#[tokio::test]
async fn s098_update_task_with_nothing_to_update() {
    let (_app, ada, _) = two().await;
    let id = user::id(&ada.add("x").await);
    ada.tool("update_task", json!({ "task_id": id }))
        .await
        .refused("NO_FIELDS_TO_UPDATE");
    ada.tool("update_task", json!({ "title": "y" }))
        .await
        .refused("MISSING_TASK_ID");
    ada.tool("complete_task", json!({}))
        .await
        .refused("MISSING_TASK_ID");
    ada.tool("complete_task", json!({ "task_id": 5 }))
        .await
        .refused("INVALID_TASK_ID");
}

#[tokio::test]
async fn s099_delete_and_update_at_once() {
    let (_app, ada, _) = two().await;
    for _ in 0..10 {
        let id = user::id(&ada.add("x").await);
        let delete = ada.tool("delete_task", json!({ "task_id": id }));
        let update = ada.tool("update_task", json!({ "task_id": id, "title": "y" }));
        let (deleted, updated) = futures::join!(delete, update);
        deleted.ok();
        if !updated.success {
            updated.refused("TASK_NOT_FOUND");
        }
        ada.get(&format!("/api/{{me}}/tasks/{id}"))
            .await
            .refused(404);
        assert!(ada.tasks().await.is_empty());
    }
}
