//! Whole turns: taken back, done again, and tried again.

use serde_json::{Value, json};
use taskchat_tests::{App, FakeModel, Script, call, text, user};

/// What became of each operation, in the order it was tried.
fn kinds(answer: &Value) -> Vec<String> {
    let outcomes = answer["outcomes"].as_array().expect("outcomes");
    outcomes
        .iter()
        .map(|outcome| user::text(outcome, "kind"))
        .collect()
}

#[tokio::test]
async fn a_turn_is_undone_and_redone_operation_by_operation() {
    let app = App::start().await;
    let (ada, eve) = (app.sign_up("ada").await, app.sign_up("eve").await);
    let reply = ada.chat("Add milk and add bread").await.ok();
    let turn = format!("/api/turns/{}", user::text(&reply, "turn_id"));
    let (undo, redo) = (format!("{turn}:undo"), format!("{turn}:redo"));

    let undone = ada.post(&undo, json!({})).await.ok();
    assert_eq!(kinds(&undone), ["undone", "undone"], "{undone}");
    assert!(ada.tasks().await.is_empty());
    let again = ada.post(&undo, json!({})).await.ok();
    assert_eq!(kinds(&again), ["unchanged", "unchanged"]);

    let redone = ada.post(&redo, json!({})).await.ok();
    assert_eq!(kinds(&redone), ["redone", "redone"], "{redone}");
    assert_eq!(ada.tasks().await.len(), 2);

    // What has changed since is named and left alone; the rest is taken back.
    let milk = ada
        .tasks()
        .await
        .into_iter()
        .find(|task| task["title"] == "milk");
    let path = format!("/api/tasks/{}", user::id(&milk.expect("milk")));
    ada.patch(&path, json!({ "title": "oat milk" })).await.ok();
    let partly = ada.post(&undo, json!({})).await.ok();
    assert_eq!(kinds(&partly), ["undone", "conflict"], "{partly}");
    assert_eq!(partly["outcomes"][1]["field"], "title");
    assert_eq!(ada.titles().await, ["oat milk"]);

    for path in [&undo, &redo] {
        eve.post(path, json!({}))
            .await
            .refused_with(404, "Turn not found");
    }
}

#[tokio::test]
async fn a_failed_turn_is_tried_again_once() {
    let model = FakeModel::start().await;
    let app = App::setup().model(&model).start().await;
    let ada = app.sign_up("ada").await;
    model.says([Script::refusal(401)]);
    let failed = ada.chat("Add buy milk").await.refused(503);
    let retry = format!("/api/turns/{}:retry", user::text(&failed, "turn_id"));

    model.says([
        call("add_task", json!({ "title": "buy milk" })),
        text("There you are."),
    ]);
    let first = ada.post(&retry, json!({})).await.ok();
    let second = ada.post(&retry, json!({})).await.ok();
    assert_eq!(
        first["id"], second["id"],
        "one new turn, however often it is asked for"
    );
    assert_ne!(first["id"], failed["turn_id"]);
    ada.follow(&user::text(&first, "id"), 0).await.rest().await;
    assert_eq!(ada.titles().await, ["buy milk"]);

    let answered = format!("/api/turns/{}:retry", user::text(&first, "id"));
    let refused = ada.post(&answered, json!({})).await.refused(409);
    assert_eq!(refused["code"], "FAILED_PRECONDITION", "{refused}");
}
