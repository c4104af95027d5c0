//! Conversations and messages: acceptance 69, 70, 73, 74, 76, 105.

use serde_json::{Value, json};
use taskchat_tests::{App, call, text, user};

#[tokio::test]
async fn s069_a_first_message_opens_a_conversation() {
    let (app, model) = App::scripted().await;
    let ada = app.sign_up("ada").await;
    model.says([text("Hello, what can I do?")]);
    let reply = ada.chat("hi").await.ok();
    let conversation = user::text(&reply, "conversation_id");
    assert!(uuid::Uuid::parse_str(&conversation).is_ok());
    assert_eq!(reply["response_text"], "Hello, what can I do?");
    assert_eq!(reply["tool_calls"], json!([]));
    assert_eq!(reply["status"], "completed");
    assert_eq!(reply["notices"], json!([]));
    assert_eq!(
        reply["usage"],
        json!({ "input_tokens": 11, "output_tokens": 7 })
    );
    let listed = ada.conversations().await;
    assert_eq!((listed.len(), &listed[0]["id"]), (1, &json!(conversation)));
    model.assert_sound();
}

#[tokio::test]
async fn s070_a_second_message_goes_on() {
    let (app, model) = App::scripted().await;
    let ada = app.sign_up("ada").await;
    model.says([text("Hello."), text("Sure.")]);
    let conversation = user::text(&ada.chat("hi").await.ok(), "conversation_id");
    assert_eq!(ada.messages(&conversation).await.len(), 2);
    let reply = ada.chat_in(&conversation, "more").await.ok();
    assert_eq!(reply["conversation_id"], conversation);
    let messages = ada.messages(&conversation).await;
    assert_eq!(messages.len(), 4);
    assert_eq!(messages[2]["id"], reply["user_message_id"]);
    assert_eq!(messages[3]["id"], reply["message_id"]);
    let seen = model.last();
    assert_eq!(seen.user_texts(), ["hi", "more"]);
    assert_eq!(seen.texts("assistant"), ["Hello."]);
}

#[tokio::test]
async fn s073_conversations_by_latest_activity() {
    let (app, model) = App::scripted().await;
    let ada = app.sign_up("ada").await;
    model.otherwise(|_| text("Yes."));
    let mut ids = Vec::new();
    for message in ["first", "second", "third"] {
        ids.push(user::text(&ada.chat(message).await.ok(), "conversation_id"));
    }
    let order =
        async || -> Vec<String> { ada.conversations().await.iter().map(user::id).collect() };
    assert_eq!(
        order().await,
        [ids[2].clone(), ids[1].clone(), ids[0].clone()]
    );
    ada.chat_in(&ids[0], "again").await.ok();
    assert_eq!(
        order().await,
        [ids[0].clone(), ids[2].clone(), ids[1].clone()]
    );
    let page = ada.get("/api/conversations").await.ok();
    assert_eq!(page["count"], 3);
    for conversation in page["conversations"].as_array().expect("conversations") {
        for member in ["id", "title", "created_at", "updated_at"] {
            assert!(conversation[member].is_string(), "{conversation}");
        }
    }
    assert_eq!(page["conversations"][0]["title"], "first");
    let first = ada.get("/api/conversations?page_size=2").await.ok();
    let token = user::text(&first, "next_page_token");
    let rest = ada
        .get(&format!(
            "/api/conversations?page_size=2&page_token={token}"
        ))
        .await
        .ok();
    assert_eq!(
        (&rest["count"], &rest["conversations"][0]["id"]),
        (&json!(1), &json!(ids[1]))
    );
}

#[tokio::test]
async fn s074_no_conversations() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let page = ada.get("/api/conversations").await.ok();
    assert_eq!(
        (&page["conversations"], &page["count"]),
        (&json!([]), &json!(0))
    );
}

#[tokio::test]
async fn s076_messages_oldest_first() {
    let (app, model) = App::scripted().await;
    let ada = app.sign_up("ada").await;
    model.says([
        text("One."),
        call("add_task", json!({ "title": "buy milk" })),
        text("Added buy milk."),
    ]);
    let conversation = user::text(&ada.chat("first").await.ok(), "conversation_id");
    ada.chat_in(&conversation, "add buy milk").await.ok();
    let messages = ada.messages(&conversation).await;
    let said: Vec<(&Value, &Value)> = messages
        .iter()
        .map(|it| (&it["role"], &it["content"]))
        .collect();
    assert_eq!(
        said,
        [
            (&json!("user"), &json!("first")),
            (&json!("assistant"), &json!("One.")),
            (&json!("user"), &json!("add buy milk")),
            (&json!("assistant"), &json!("Added buy milk.")),
        ]
    );
    assert!(
        messages
            .iter()
            .all(|it| it["created_at"].is_string() && it["status"] == "completed")
    );
    assert_eq!(messages[0]["tool_calls"], json!([]));
    assert_eq!(messages[3]["tool_calls"][0]["tool"], "add_task");
    assert_eq!(messages[3]["tool_calls"][0]["receipt"]["kind"], "created");
}

#[tokio::test]
async fn s105_a_message_that_is_none() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    for body in [
        json!({}),
        json!({ "message": null }),
        json!({ "message": "" }),
        json!({ "message": "  \n\t " }),
    ] {
        for path in [
            "/api/{me}/chat",
            "/api/chat",
            "/api/{me}/chat:stream",
            "/api/chat/",
        ] {
            let problem = ada
                .post(path, body.clone())
                .await
                .refused_with(422, "message field is required");
            assert_eq!(problem["errors"][0]["field"], "message", "{problem}");
        }
    }
    let mut database = app.database().await;
    assert_eq!(
        (
            database.count("conversations").await,
            database.count("entries").await
        ),
        (0, 0)
    );
}

#[tokio::test]
async fn a_conversation_is_renamed_and_keeps_its_name() {
    let (app, model) = App::scripted().await;
    let ada = app.sign_up("ada").await;
    model.otherwise(|_| text("Yes."));
    let long = "word ".repeat(60);
    let conversation = user::text(&ada.chat(&long).await.ok(), "conversation_id");
    let path = format!("/api/conversations/{conversation}");
    let title = ada.get(&path).await.ok()["title"]
        .as_str()
        .expect("a title")
        .chars()
        .count();
    assert!((90..=100).contains(&title), "{title}");
    let renamed = ada
        .patch(&path, json!({ "title": "  Plants  " }))
        .await
        .ok();
    assert_eq!(renamed["title"], "Plants");
    ada.chat_in(&conversation, "something else").await.ok();
    assert_eq!(ada.get(&path).await.ok()["title"], "Plants");
    ada.patch(&path, json!({ "title": " " })).await.refused(422);
    ada.patch(&path, json!({ "title": "x".repeat(101) }))
        .await
        .refused(422);
    assert_eq!(ada.get(&path).await.ok()["title"], "Plants");
}

#[tokio::test]
async fn a_deleted_conversation_is_gone_and_its_tasks_stay() {
    let (app, model) = App::scripted().await;
    let ada = app.sign_up("ada").await;
    model.says([
        call("add_task", json!({ "title": "buy milk" })),
        text("Added."),
    ]);
    let reply = ada.chat("add buy milk").await.ok();
    let conversation = user::text(&reply, "conversation_id");
    let path = format!("/api/conversations/{conversation}");
    assert_eq!(
        ada.delete(&path).await.ok()["conversation_id"],
        conversation
    );
    for path in [path.clone(), format!("{path}/messages")] {
        ada.get(&path)
            .await
            .refused_with(404, "Conversation not found");
    }
    ada.delete(&path)
        .await
        .refused_with(404, "Conversation not found");
    ada.chat_in(&conversation, "hi")
        .await
        .refused_with(404, "Conversation not found");
    ada.get(&format!("/api/turns/{}", user::text(&reply, "turn_id")))
        .await
        .refused(404);
    assert!(ada.conversations().await.is_empty());
    assert_eq!(ada.titles().await, ["buy milk"]);
}
