//! Everybody sees their own and only their own: acceptance 11, 14, 75.

use serde_json::json;
use taskchat_tests::{App, user};

#[tokio::test]
async fn s011_the_owner_is_the_caller_whatever_the_body_says() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let bob = app.sign_up("bob").await;
    let body = json!({ "title": "x", "user_id": bob.id });
    let answer = ada.post("/api/{me}/tasks", body).await;
    // Output-only fields are ignored (AIP-203).
    let task = answer.ok();
    assert_eq!(task["user_id"], ada.id);
    assert_eq!(ada.task(&user::id(&task)).await, task);
    assert!(bob.titles().await.is_empty());
}

#[tokio::test]
async fn s014_lists_are_disjoint_and_whole() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let bob = app.sign_up("bob").await;
    let adas = ada.add_all(&["a1", "a2", "a3"]).await;
    let bobs = bob.add_all(&["b1", "b2"]).await;
    for (user, ids) in [(&ada, adas), (&bob, bobs)] {
        let tasks = user.tasks().await;
        let mut seen: Vec<String> = tasks.iter().map(user::id).collect();
        seen.reverse();
        assert_eq!(seen, ids);
        assert!(tasks.iter().all(|task| task["user_id"] == user.id));
    }
}

#[tokio::test]
async fn s075_conversation_lists_are_ones_own() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let bob = app.sign_up("bob").await;
    ada.chat("What do I have to do?").await.ok();
    ada.chat("Add a task called x").await.ok();
    bob.chat("What is left for me?").await.ok();
    for (user, count) in [(&ada, 2), (&bob, 1)] {
        let conversations = user.conversations().await;
        assert_eq!(conversations.len(), count);
        assert!(
            conversations.iter().all(|it| it["user_id"] == user.id),
            "{conversations:?}"
        );
    }
}
