//! Other assistants, which act with a person's own token: whoever wants to be asked before every
//! change is asked about theirs as well, and decides where they decide everything else.

use serde_json::{Value, json};
use taskchat_tests::{App, Door, Envelope, User, home::Home, mcp, user};

async fn always(ada: &User) {
    let policy = json!({ "approval_policy": "always" });
    ada.patch("/api/users/me", policy).await.ok();
}

/// The same call once more, under the key that the refusal named.
async fn again(ada: &User, asked: &Envelope, tool: &str, arguments: Value) -> Envelope {
    let key = user::text(&asked.error, "idempotency_key");
    mcp::call_once(ada, &key, tool, arguments).await
}

#[tokio::test]
async fn a_change_by_another_assistant_waits_for_the_person_at_every_door() {
    for home in Home::both().await {
        let app = App::setup().on(&home).start().await;
        for door in Door::ALL {
            let ada = app.sign_up(&format!("ada-{door:?}")).await;
            always(&ada).await;
            let milk = json!({ "title": "buy milk" });
            let asked = ada.tool("add_task", milk.clone()).await;
            asked.refused("APPROVAL_REQUIRED");
            assert!(ada.titles().await.is_empty());
            // Trying again before the answer asks nobody anew.
            let waiting = again(&ada, &asked, "add_task", milk.clone()).await;
            assert_eq!(waiting.error, asked.error, "{door:?}");
            // Reading needs nobody's word.
            ada.tool("list_tasks", json!({})).await.ok();

            let conversations = ada.conversations().await;
            assert_eq!(conversations.len(), 1, "{conversations:?}");
            let messages = ada.messages(&user::id(&conversations[0])).await;
            let shown = &messages[1]["approvals"][0];
            assert_eq!(shown["id"], asked.error["approval_id"]);
            assert_eq!(shown["reason"], "always");
            assert_eq!(shown["calls"][0]["tool"], "add_task");
            assert_eq!(shown["calls"][0]["arguments"], milk);

            let id = user::text(&asked.error, "approval_id");
            let decided = ada.via(door).decide(&id, "approve").await;
            assert_eq!(decided.expect("decided").state, "approved");
            let turn = user::text(&messages[1], "turn_id");
            let events = ada.via(door).follow(&turn, 0).await.expect("events");
            assert_eq!(events.last().expect("an end").kind, "completed");

            // The approval is for the very arguments that were asked about.
            let other = again(&ada, &asked, "add_task", json!({ "title": "buy gold" })).await;
            other.refused("ALREADY_EXISTS");
            let other = again(&ada, &asked, "delete_task", milk.clone()).await;
            assert!(!other.success, "{other:?}");
            let done = again(&ada, &asked, "add_task", milk.clone()).await;
            assert_eq!(done.ok()["title"], "buy milk");
            let once = again(&ada, &asked, "add_task", milk).await;
            assert_eq!(once.receipt, done.receipt, "done once: {door:?}");
            assert_eq!(ada.titles().await, ["buy milk"]);
        }
        app.stop().await;
        home.remove().await;
    }
}

#[tokio::test]
async fn what_the_person_does_not_allow_is_not_done() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let milk = ada.add("milk").await;
    always(&ada).await;
    let this = json!({ "task_id": user::id(&milk) });
    let asked = ada.tool("delete_task", this.clone()).await;
    asked.refused("APPROVAL_REQUIRED");
    let conversation = user::id(&ada.conversations().await[0]);
    // A plain word in chat decides here as well.
    let answer = ada.chat_in(&conversation, "no").await.ok();
    assert_eq!(answer["response_text"], "Denied. Nothing was changed.");
    let denied = again(&ada, &asked, "delete_task", this.clone()).await;
    denied.refused("DENIED");
    assert_eq!(ada.titles().await, ["milk"]);
    // Another try without the key is another question.
    let anew = ada.tool("delete_task", this.clone()).await;
    anew.refused("APPROVAL_REQUIRED");
    assert_ne!(anew.error["approval_id"], asked.error["approval_id"]);
    // Nobody is asked who does not want to be.
    for policy in ["by_risk", "never"] {
        let policy = json!({ "approval_policy": policy });
        ada.patch("/api/users/me", policy).await.ok();
        ada.tool("reopen_task", this.clone()).await.ok();
    }
    ada.tool("delete_task", this).await.ok();
    assert!(ada.titles().await.is_empty());
}

#[tokio::test]
async fn nobody_answers_for_somebody_else() {
    let app = App::setup()
        .set("TASKCHAT_TURNS__APPROVAL_TTL", "1ms")
        .start()
        .await;
    let (ada, eve) = (app.sign_up("ada").await, app.sign_up("eve").await);
    always(&ada).await;
    let milk = json!({ "title": "buy milk" });
    let asked = ada.tool("add_task", milk.clone()).await;
    let id = user::text(&asked.error, "approval_id");
    let path = format!("/api/approvals/{id}:decide");
    eve.post(&path, json!({ "decision": "approve" }))
        .await
        .refused_with(404, "Approval not found");
    let late = ada.post(&path, json!({ "decision": "approve" })).await;
    late.refused_with(409, "this approval has expired");
    let expired = again(&ada, &asked, "add_task", milk).await;
    expired.refused("EXPIRED");
    assert!(ada.titles().await.is_empty());
}
