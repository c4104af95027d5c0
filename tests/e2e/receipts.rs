//! The system says what happened, not the model: acceptance 111, and undo by saying so.

use serde_json::{Value, json};
use taskchat_tests::{App, Script, call, text, user};

fn notices(reply: &Value) -> Vec<String> {
    let notices = reply["notices"].as_array().expect("notices");
    notices
        .iter()
        .map(|notice| user::text(notice, "kind"))
        .collect()
}

#[tokio::test]
async fn s111_a_claim_after_a_failed_tool_is_not_left_alone() {
    let (app, model) = App::scripted().await;
    let ada = app.sign_up("ada").await;
    // It claims, is asked again, and claims again.
    model.says([
        call("complete_task", json!({ "task": "fly to Mars" })),
        text("Done! I've completed fly to Mars."),
        text("I have completed fly to Mars for you."),
    ]);
    let reply = ada.chat("Tick off fly to Mars").await.ok();
    assert_eq!(notices(&reply), ["unbacked_claim"]);
    assert_eq!(reply["tool_calls"][0]["is_error"], true);
    assert!(ada.tasks().await.is_empty());
    model.assert_sound();
    let stored = ada.messages(&user::text(&reply, "conversation_id")).await;
    assert_eq!(stored[1]["notices"], reply["notices"]);
}

#[tokio::test]
async fn a_claim_without_any_call_is_asked_again_once() {
    let (app, model) = App::scripted().await;
    let ada = app.sign_up("ada").await;
    model.says([
        text("I've added buy milk to your list."),
        call("add_task", json!({ "title": "buy milk" })),
        text("I've added buy milk to your list."),
    ]);
    let reply = ada.chat("Add buy milk").await.ok();
    assert_eq!(notices(&reply), Vec::<String>::new());
    assert_eq!(reply["tool_calls"][0]["receipt"]["kind"], "created");
    assert_eq!(ada.titles().await, ["buy milk"]);
    model.assert_sound();
}

#[tokio::test]
async fn a_claim_is_asked_about_once_in_a_turn_whatever_is_called_in_between() {
    let (app, model) = App::scripted().await;
    let ada = app.sign_up("ada").await;
    model.says([
        text("I've added buy milk to your list."),
        call("list_tasks", json!({})),
        text("I've added buy milk to your list."),
    ]);
    let reply = ada.chat("Add buy milk").await.ok();
    assert_eq!(notices(&reply), ["unbacked_claim"]);
    assert!(ada.tasks().await.is_empty());
    model.assert_sound();
    assert_eq!(model.requests().len(), 3);
}

#[tokio::test]
async fn a_claim_before_a_call_that_fails_is_not_left_alone() {
    let (app, model) = App::scripted().await;
    let ada = app.sign_up("ada").await;
    let claiming = |arguments: &str| {
        Script::stream()
            .delta("I've added buy milk.")
            .asks(0, "add_task", arguments)
            .finish("tool_calls")
    };
    model.says([claiming(r#"{"title":" "}"#), text("Anything else?")]);
    let reply = ada.chat("Add buy milk").await.ok();
    assert_eq!(notices(&reply), ["unbacked_claim"]);
    model.says([claiming(r#"{"title":"buy milk"}"#), text("Anything else?")]);
    let reply = ada.chat("Add buy milk").await.ok();
    assert_eq!(notices(&reply), Vec::<String>::new());
    assert_eq!(ada.titles().await, ["buy milk"]);
    model.assert_sound();
}

#[tokio::test]
async fn an_honest_answer_is_left_alone() {
    let (app, model) = App::scripted().await;
    let ada = app.sign_up("ada").await;
    model.says([
        call("complete_task", json!({ "task": "fly to Mars" })),
        text("I could not find a task called fly to Mars, so nothing was completed."),
    ]);
    let reply = ada.chat("Tick off fly to Mars").await.ok();
    assert_eq!(notices(&reply), Vec::<String>::new());
    model.assert_sound();
}

#[tokio::test]
async fn every_change_can_be_taken_back_by_its_receipt() {
    let (app, model) = App::scripted().await;
    let ada = app.sign_up("ada").await;
    let id = user::id(&ada.add("water the plants").await);
    let before = ada.task(&id).await;
    for (tool, arguments) in [
        (
            "update_task",
            json!({ "task_id": id, "title": "x", "priority": "urgent", "due": "2027-05-01" }),
        ),
        ("complete_task", json!({ "task_id": id })),
        ("delete_task", json!({ "task_id": id })),
    ] {
        model.says([call(tool, arguments), text("All right.")]);
        let reply = ada.chat("do it").await.ok();
        let receipt = reply["tool_calls"][0]["receipt"].clone();
        assert_eq!(receipt["undoable"], true, "{receipt}");
        let undo = format!(
            "/api/operations/{}:undo",
            user::text(&receipt, "operation_id")
        );
        ada.post(&undo, json!({})).await.ok();
        let after = ada.task(&id).await;
        for same in [
            "title",
            "status",
            "priority",
            "due_date",
            "completed_at",
            "description",
            "tags",
        ] {
            assert_eq!(after[same], before[same], "{tool}: {same}");
        }
        // Read again, the answer says that it was undone.
        let turn = ada
            .get(&format!("/api/turns/{}", user::text(&reply, "turn_id")))
            .await
            .ok();
        let stored = &turn["response"]["tool_calls"][0]["receipt"];
        assert_eq!(stored["operation_id"], receipt["operation_id"]);
    }
    model.says([
        call("add_task", json!({ "title": "new" })),
        text("All right."),
    ]);
    let reply = ada.chat("add new").await.ok();
    let operation = user::text(&reply["tool_calls"][0]["receipt"], "operation_id");
    ada.post(&format!("/api/operations/{operation}:undo"), json!({}))
        .await
        .ok();
    assert_eq!(ada.titles().await, ["water the plants"]);
}

#[tokio::test]
async fn undo_by_saying_so_takes_back_the_latest() {
    let (app, model) = App::scripted().await;
    let ada = app.sign_up("ada").await;
    ada.add_all(&["one", "two"]).await;
    model.says([call("undo", json!({})), text("I took back adding two.")]);
    let reply = ada.chat("undo that").await.ok();
    assert_eq!(reply["tool_calls"][0]["receipt"]["kind"], "deleted");
    assert_eq!(ada.titles().await, ["one"]);
    model.says([call("undo", json!({})), text("I took back adding one.")]);
    ada.chat("and the one before").await.ok();
    assert!(ada.titles().await.is_empty());
}

#[tokio::test]
async fn the_audit_trail_says_by_whose_hand() {
    let (app, model) = App::scripted().await;
    let ada = app.sign_up("ada").await;
    let id = user::id(&ada.add("x").await);
    ada.tool("update_task", json!({ "task_id": id, "title": "y" }))
        .await
        .ok();
    model.says([
        call("complete_task", json!({ "task_id": id })),
        text("Completed."),
    ]);
    let reply = ada.chat("done with y").await.ok();
    let trail = ada.get(&format!("/api/tasks/{id}/operations")).await.ok();
    let seen: Vec<(&Value, &Value)> = trail["operations"]
        .as_array()
        .expect("operations")
        .iter()
        .map(|operation| (&operation["origin"], &operation["receipt"]["summary"]))
        .collect();
    assert_eq!(
        seen,
        [
            (&json!("turn"), &json!("Completed “y”.")),
            (&json!("mcp"), &json!("Renamed “x” to “y”.")),
            (&json!("hand"), &json!("Added “x”.")),
        ]
    );
    assert_eq!(trail["operations"][0]["turn_id"], reply["turn_id"]);
    assert_eq!(trail["count"], 3);
}
