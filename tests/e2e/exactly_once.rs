//! A request id makes a retry safe, at every door.

use serde_json::json;
use taskchat_tests::{App, Door, Gate, call, door::Say, mcp, text, user};

fn request_id() -> String {
    uuid::Uuid::new_v4().to_string()
}

#[tokio::test]
async fn a_retried_message_acts_once() {
    let (app, model) = App::scripted().await;
    let ada = app.sign_up("ada").await;
    for door in Door::ALL {
        model.says([
            call("add_task", json!({ "title": "buy milk" })),
            text("Added."),
        ]);
        let say = Say {
            request_id: request_id(),
            ..Say::new("Add buy milk")
        };
        let through = ada.via(door);
        let first = through.chat(say.clone()).await.expect("an answer");
        let again = through.chat(say.clone()).await.expect("the same answer");
        assert_eq!(again, first, "{door:?}");
        // At another door as well.
        assert_eq!(
            ada.via(Door::Rest)
                .chat(say)
                .await
                .expect("the same answer"),
            first,
            "{door:?}"
        );
        assert_eq!(
            ada.messages(&first.conversation_id).await.len(),
            2,
            "{door:?}"
        );
    }
    assert_eq!(ada.titles().await.len(), Door::ALL.len());
    assert_eq!(ada.conversations().await.len(), Door::ALL.len());
    model.assert_sound();
}

#[tokio::test]
async fn the_header_is_a_request_id_too() {
    let (app, model) = App::scripted().await;
    let ada = app.sign_up("ada").await;
    model.says([text("Hello.")]);
    let careful = ada.with_header("idempotency-key", &request_id());
    let first = careful.chat("hi").await.ok();
    assert_eq!(careful.chat("hi").await.ok(), first);
    assert_eq!(ada.conversations().await.len(), 1);
}

#[tokio::test]
async fn a_retry_while_the_first_still_runs_joins_it() {
    let (app, model) = App::scripted().await;
    let ada = app.sign_up("ada").await;
    let gate = Gate::closed();
    model.says([
        call("add_task", json!({ "title": "x" })).behind(&gate),
        text("Added."),
    ]);
    let id = request_id();
    let answers = futures::future::join_all((0..5).map(|_| ada.chat_once(&id, "Add x")));
    let open = async {
        taskchat_tests::eventually("the model is asked", || async { model.asked() > 0 }).await;
        gate.open();
    };
    let (answers, ()) = futures::join!(answers, open);
    let first = answers[0].ok();
    for answer in &answers {
        assert_eq!(answer.ok(), first);
    }
    assert_eq!(ada.titles().await, ["x"]);
    model.assert_sound();
}

#[tokio::test]
async fn a_retried_stream_replays_the_same_turn() {
    let (app, model) = App::scripted().await;
    let ada = app.sign_up("ada").await;
    model.says([text("Hello there.")]);
    let body = json!({ "message": "hi", "request_id": request_id() });
    let first = ada.stream(body.clone()).await;
    assert_eq!(ada.stream(body).await, first);
    model.assert_sound();
}

#[tokio::test]
async fn one_id_for_two_messages_is_refused() {
    let (app, model) = App::scripted().await;
    let ada = app.sign_up("ada").await;
    model.says([text("Hello.")]);
    let id = request_id();
    ada.chat_once(&id, "hi").await.ok();
    ada.chat_once(&id, "something else").await.refused(409);
    ada.chat_once("not a uuid", "hi").await.names("request_id");
    assert_eq!(ada.conversations().await.len(), 1);
    // Ids are each person's own.
    let bob = app.sign_up("bob").await;
    model.says([text("Hello, Bob.")]);
    assert_eq!(
        bob.chat_once(&id, "hi").await.ok()["response_text"],
        "Hello, Bob."
    );
}

#[tokio::test]
async fn a_task_is_added_once() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    for door in Door::ALL {
        let id = request_id();
        let first = ada.via(door).add("buy milk", &id).await.expect("a task");
        let again = ada
            .via(door)
            .add("buy milk", &id)
            .await
            .expect("the same task");
        assert_eq!(again, first, "{door:?}");
        let refusal = ada
            .via(door)
            .add("buy bread", &id)
            .await
            .expect_err("refused");
        assert_eq!(refusal.code, "ALREADY_EXISTS", "{door:?}");
    }
    assert_eq!(ada.tasks().await.len(), Door::ALL.len());

    // All at once.
    let id = request_id();
    let careful = ada.with_header("idempotency-key", &id);
    let answers = futures::future::join_all((0..8).map(|_| careful.add("race"))).await;
    assert!(answers.iter().all(|task| task["id"] == answers[0]["id"]));
    assert_eq!(
        ada.titles()
            .await
            .iter()
            .filter(|title| *title == "race")
            .count(),
        1
    );
}

#[tokio::test]
async fn one_id_for_two_updates_is_refused_also_when_one_only_clears_more() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let body = json!({ "title": "x", "due_date": "2027-03-01" });
    let id = user::id(&ada.post("/api/tasks", body).await.ok());
    let path = format!("/api/tasks/{id}");
    let careful = ada.with_header("idempotency-key", &request_id());
    let first = careful.patch(&path, json!({ "title": "y" })).await.ok();
    let clearing = json!({ "title": "y", "due_date": "" });
    careful.patch(&path, clearing).await.refused(409);
    assert_eq!(ada.task(&id).await, first);
    let again = careful.patch(&path, json!({ "title": "y" })).await;
    assert_eq!(again.ok(), first);
}

#[tokio::test]
async fn an_undo_that_came_too_late_stays_so() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let id = user::id(&ada.add("x").await);
    let receipt = ada.delete(&format!("/api/tasks/{id}")).await.ok()["receipt"].clone();
    let operation = user::text(&receipt, "operation_id");
    let undo = format!("/api/operations/{operation}:undo");
    ada.post(&undo, json!({})).await.ok();
    let careful = ada.with_header("idempotency-key", &request_id());
    let late = careful.post(&undo, json!({})).await.ok();
    let redo = format!("/api/operations/{operation}:redo");
    ada.post(&redo, json!({})).await.ok();
    let again = careful.post(&undo, json!({})).await.ok();
    assert_eq!(
        again["receipt"]["operation_id"],
        late["receipt"]["operation_id"]
    );
    assert!(ada.tasks().await.is_empty(), "the redo holds");
}

#[tokio::test]
async fn a_deleted_task_is_deleted_once() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let id = user::id(&ada.add("x").await);
    let careful = ada.with_header("idempotency-key", &request_id());
    let first = careful.delete(&format!("/api/tasks/{id}")).await.ok();
    assert_eq!(
        careful.delete(&format!("/api/tasks/{id}")).await.ok(),
        first
    );
}

#[tokio::test]
async fn a_tool_call_with_a_key_acts_once() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let arguments = json!({ "title": "buy milk" });
    let first = mcp::call_once(&ada, "key-1", "add_task", arguments.clone()).await;
    let again = mcp::call_once(&ada, "key-1", "add_task", arguments.clone()).await;
    assert_eq!(again, first);
    mcp::call_once(&ada, "key-2", "add_task", arguments)
        .await
        .ok();
    assert_eq!(ada.titles().await, ["buy milk", "buy milk"]);
    let other = json!({ "title": "another" });
    assert!(
        !mcp::call_once(&ada, "key-1", "add_task", other)
            .await
            .success
    );
}

#[tokio::test]
async fn repeated_calls_of_a_model_are_two_calls() {
    let (app, model) = App::scripted().await;
    let ada = app.sign_up("ada").await;
    // Models reuse their ids; ours tell the calls apart.
    model.says([
        call("add_task", json!({ "title": "egg" })),
        call("add_task", json!({ "title": "egg" })),
        text("Added two eggs."),
    ]);
    ada.chat("Add egg twice").await.ok();
    assert_eq!(ada.titles().await, ["egg", "egg"]);
}
