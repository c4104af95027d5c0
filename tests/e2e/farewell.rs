//! Taking one's data along, and leaving for good, at every door.

use serde_json::json;
use taskchat_tests::{App, Door, Gate, Script, app::PASSWORD, call, eventually, text, user};

#[tokio::test]
async fn everything_is_exported_as_one_document() {
    let (app, model) = App::scripted().await;
    let (ada, bob) = (app.sign_up("ada").await, app.sign_up("bob").await);
    bob.add("his secret").await;
    for at in 0..120 {
        // More than a page, and more than a piece.
        let body = json!({ "title": format!("task {at}"), "description": "é".repeat(900) });
        ada.post("/api/tasks", body).await.ok();
    }
    model.says([
        call("add_task", json!({ "title": "by chat" })),
        text("Added \"by chat\"."),
    ]);
    let reply = ada.chat("Add by chat").await.ok();
    let mut seen = Vec::new();
    for door in Door::ALL {
        let document = ada.via(door).export().await.expect("a document");
        assert_eq!(document["user"]["id"], ada.id, "{door:?}");
        assert_eq!(document["user"]["email"], ada.email);
        let members = |name: &str| document[name].as_array().expect("a list").clone();
        assert_eq!(members("sessions").len(), 1);
        assert_eq!(members("tasks").len(), 121);
        assert_eq!(members("operations").len(), 121);
        let conversations = members("conversations");
        assert_eq!(conversations.len(), 1);
        assert_eq!(conversations[0]["id"], reply["conversation_id"]);
        let messages = conversations[0]["messages"].as_array().expect("messages");
        let said: Vec<_> = messages.iter().map(|it| &it["content"]).collect();
        assert_eq!(said, ["Added \"by chat\".", "Add by chat"]);
        assert_eq!(messages[0]["tool_calls"][0]["tool"], "add_task");
        assert!(!document.to_string().contains("his secret"));
        seen.push(document);

        let nobody = ada.with_token("");
        let refused = nobody.via(door).export().await.unwrap_err();
        assert_eq!(refused.code, "UNAUTHENTICATED", "{door:?}");
    }
    assert!(seen.windows(2).all(|two| two[0] == two[1]));
    let empty = app.sign_up("eve").await;
    let document = empty.via(Door::Rest).export().await.expect("a document");
    assert_eq!(document["conversations"], json!([]));
}

#[tokio::test]
async fn nothing_is_left_that_names_whoever_left() {
    let (app, model) = App::scripted().await;
    let bob = app.sign_up("bob").await;
    bob.add("stays").await;
    for (at, door) in Door::ALL.into_iter().enumerate() {
        let ada = app.sign_up(&format!("ada{at}")).await;
        let phone = app.sign_in(&ada.email).await;
        ada.add("soon gone").await;
        model.says([
            call("add_task", json!({ "title": "soon gone too" })),
            text(&format!("Dear {}: done.", ada.email)),
        ]);
        let chat = format!("I am {}", ada.email);
        let reply = ada.chat(&chat).await.ok();
        let id = user::text(&reply, "conversation_id");
        let path = format!("/api/conversations/{id}");
        ada.patch(&path, json!({ "title": ada.email })).await.ok();
        // And something is under way.
        let gate = Gate::closed();
        model.says([Script::stream()
            .delta("Thinking")
            .hold(&gate)
            .delta(" on")
            .finish("stop")]);
        let mut events = phone.open_stream(json!({ "message": "Think" })).await;
        events.until("text_delta").await;
        let mut watch = phone.via(door).watch(None).await.expect("a stream");
        watch.next().await.expect("ready");

        ada.via(door).delete_account().await.expect("gone");
        for other in Door::ALL {
            for left in [&ada, &phone] {
                let refused = left.via(other).tasks().await.unwrap_err();
                assert_eq!(refused.code, "UNAUTHENTICATED", "{door:?} {other:?}");
            }
        }
        let body = json!({ "refresh_token": phone.refresh });
        app.post("/api/auth/refresh", &body).await.refused(401);
        let body = json!({ "email": ada.email, "password": PASSWORD });
        app.post("/api/auth/signin", &body).await.refused(401);
        gate.open();
        events.rest().await;

        eventually("nothing names her", async || {
            let mut database = app.database().await;
            let left = database.places_of(&[&ada.id, &ada.email]).await;
            left.is_empty()
        })
        .await;
        // The address is free again, and nothing of before is there.
        let again = app.sign_up(&format!("ada{at}")).await;
        assert_ne!(again.id, ada.id);
        assert_eq!(again.titles().await, [""; 0]);
        assert_eq!(again.conversations().await.len(), 0);
        let (found, _) = again.via(door).search("dear", 0, "").await.expect("none");
        assert_eq!(found, []);
    }
    assert_eq!(bob.titles().await, ["stays"]);
}
