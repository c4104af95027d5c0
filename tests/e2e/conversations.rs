//! Deleting conversations and taking that back, at every door.

use taskchat_tests::{App, Door, Gate, Script, call, text, user};

#[tokio::test]
async fn a_deleted_conversation_comes_back_as_it_was() {
    let (app, model) = App::scripted().await;
    let ada = app.sign_up("ada").await;
    for door in Door::ALL {
        model.says([
            call("add_task", serde_json::json!({ "title": "buy a violin" })),
            text("Added buy a violin."),
        ]);
        let reply = ada.chat("Add buy a violin").await.ok();
        let id = user::text(&reply, "conversation_id");
        let turn = user::text(&reply, "turn_id");
        let path = format!("/api/conversations/{id}");
        let before = (ada.get(&path).await.ok(), ada.messages(&id).await);
        ada.delete(&path).await.ok();
        ada.get(&path).await.refused(404);
        ada.get(&format!("/api/turns/{turn}")).await.refused(404);

        let title = ada.via(door).restore(&id).await.expect("it is back");
        assert_eq!(title, "Add buy a violin", "{door:?}");
        let after = (ada.get(&path).await.ok(), ada.messages(&id).await);
        assert_eq!(after, before, "{door:?}");
        ada.get(&format!("/api/turns/{turn}")).await.ok();
        assert_eq!(ada.conversations().await[0]["id"], id.as_str());
        // It is there already.
        ada.via(door).restore(&id).await.expect("nothing to do");

        // And it goes on as if nothing had happened.
        model.says([text("You're welcome.")]);
        ada.chat_in(&id, "Thanks").await.ok();
        assert_eq!(ada.messages(&id).await.len(), 4);
    }
    model.assert_sound();
}

#[tokio::test]
async fn only_its_owner_gets_a_conversation_back() {
    let app = App::start().await;
    let (ada, bob) = (app.sign_up("ada").await, app.sign_up("bob").await);
    let reply = ada.chat("Add a task called buy a violin").await.ok();
    let id = user::text(&reply, "conversation_id");
    let path = format!("/api/conversations/{id}");
    ada.delete(&path).await.ok();
    for door in Door::ALL {
        for unknown in [id.as_str(), "0193a000-0000-7000-8000-000000000000"] {
            let refused = bob.via(door).restore(unknown).await.unwrap_err();
            assert_eq!(refused.code, "NOT_FOUND", "{door:?}");
            assert_eq!(refused.detail, "Conversation not found");
        }
        let refused = ada.via(door).restore("not-an-id").await.unwrap_err();
        assert_eq!(refused.fields, ["conversation_id"]);
        let nobody = bob.with_token("");
        let refused = nobody.via(door).restore(&id).await.unwrap_err();
        assert_eq!(refused.code, "UNAUTHENTICATED");
        ada.get(&path).await.refused(404);
    }
}

#[tokio::test]
async fn what_a_deletion_stopped_stays_stopped() {
    let (app, model) = App::scripted().await;
    let ada = app.sign_up("ada").await;
    let never = Gate::closed();
    model.says([Script::stream()
        .delta("Thinking about it")
        .hold(&never)
        .delta(" still")
        .finish("stop")]);
    let mut events = ada
        .open_stream(serde_json::json!({ "message": "Think" }))
        .await;
    let seen = events.until("text_delta").await;
    let turn = user::text(&seen[0].data, "turn_id");
    let id = user::id(&ada.conversations().await[0]);
    ada.delete(&format!("/api/conversations/{id}")).await.ok();
    events.rest().await;
    ada.via(Door::Rest).restore(&id).await.expect("it is back");
    let turn = ada.get(&format!("/api/turns/{turn}")).await.ok();
    assert_eq!(turn["state"], "cancelled", "{turn}");
    assert_eq!(ada.messages(&id).await.len(), 2);
}
