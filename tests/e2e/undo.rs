//! Taking changes to tasks back by hand, and versions.

use serde_json::json;
use taskchat_tests::{App, user};

#[tokio::test]
async fn delete_gives_a_receipt_that_undoes_it() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let task = ada.add("water the plants").await;
    let path = format!("/api/{{me}}/tasks/{}", user::id(&task));
    let receipt = ada.delete(&path).await.ok()["receipt"].clone();
    assert_eq!(receipt["kind"], "deleted");
    assert_eq!(receipt["undoable"], true);
    ada.get(&path).await.refused_with(404, "Task not found");
    ada.delete(&path).await.refused_with(404, "Task not found");
    let undo = format!(
        "/api/operations/{}:undo",
        user::text(&receipt, "operation_id")
    );
    let undone = ada.post(&undo, json!({})).await.ok();
    assert_eq!(undone["receipt"]["kind"], "restored", "{undone}");
    let back = ada.get(&path).await.ok();
    for same in ["id", "title", "created_at", "status"] {
        assert_eq!(back[same], task[same]);
    }
    // Undoing what is undone changes nothing.
    let again = ada.post(&undo, json!({})).await.ok();
    assert_eq!(
        again["receipt"]["operation_id"],
        undone["receipt"]["operation_id"]
    );
    assert_eq!(ada.get(&path).await.ok(), back);
}

#[tokio::test]
async fn undo_refuses_to_overwrite_and_names_the_field() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let id = user::id(&ada.add("first").await);
    ada.patch(&format!("/api/tasks/{id}"), json!({ "title": "second" }))
        .await
        .ok();
    let trail = ada.get(&format!("/api/tasks/{id}/operations")).await.ok();
    let rename = user::id(&trail["operations"][0]);
    assert_eq!(
        trail["operations"][0]["receipt"]["kind"], "updated",
        "{trail}"
    );
    ada.patch(&format!("/api/tasks/{id}"), json!({ "title": "third" }))
        .await
        .ok();
    let problem = ada
        .post(&format!("/api/operations/{rename}:undo"), json!({}))
        .await
        .refused(409);
    assert!(
        problem["detail"]
            .as_str()
            .unwrap_or_default()
            .contains("title"),
        "{problem}"
    );
    assert_eq!(ada.task(&id).await["title"], "third");
    // Another field may have changed meanwhile.
    ada.patch(&format!("/api/tasks/{id}"), json!({ "title": "second" }))
        .await
        .ok();
    ada.patch(&format!("/api/tasks/{id}"), json!({ "priority": "high" }))
        .await
        .ok();
    ada.post(&format!("/api/operations/{rename}:undo"), json!({}))
        .await
        .ok();
    let task = ada.task(&id).await;
    assert_eq!(
        (&task["title"], &task["priority"]),
        (&json!("first"), &json!("high"))
    );
    ada.post(&format!("/api/operations/{rename}:redo"), json!({}))
        .await
        .ok();
    assert_eq!(ada.task(&id).await["title"], "second");
}

#[tokio::test]
async fn a_stale_version_is_refused() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let id = user::id(&ada.add("x").await);
    let path = format!("/api/tasks/{id}");
    ada.patch(&path, json!({ "title": "y", "version": 1 }))
        .await
        .ok();
    ada.patch(&path, json!({ "title": "z", "version": 1 }))
        .await
        .refused(409);
    ada.patch(&format!("{path}?version=1"), json!({ "title": "z" }))
        .await
        .refused(409);
    assert_eq!(ada.task(&id).await["title"], "y");
}
