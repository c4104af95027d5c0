//! A database that fails: acceptance 90, 92, 106.
//!
//! SQLite cannot be stopped, so a trigger refuses the writes, with text that must not leak.

use std::time::Duration;

use serde_json::json;
use taskchat_tests::{App, FakeModel, eventually, home::Home, text, user};

#[tokio::test]
async fn s090_a_database_that_recovers() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let mut database = app.database().await;
    database.run("ALTER TABLE tasks RENAME TO tasks_gone").await;
    for answer in [
        ada.get("/api/{me}/tasks").await,
        ada.post("/api/{me}/tasks", json!({ "title": "x" })).await,
    ] {
        assert!(matches!(answer.status, 500 | 503), "{}", answer.text);
        let problem = answer.refused(answer.status);
        assert!(
            !answer.text.contains("tasks_gone") && !answer.text.contains("no such table"),
            "{problem}"
        );
    }
    database.run("ALTER TABLE tasks_gone RENAME TO tasks").await;
    ada.add("x").await;
    assert_eq!(ada.titles().await, ["x"]);
}

#[tokio::test]
async fn s092_a_database_that_refuses_writes_still_reads() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let id = user::id(&ada.add("x").await);
    let mut database = app.database().await;
    database.refuses_inserts("tasks").await;
    database.refuses_updates("tasks").await;
    for answer in [
        ada.post("/api/{me}/tasks", json!({ "title": "y" })).await,
        ada.put(&format!("/api/{{me}}/tasks/{id}"), json!({ "title": "y" }))
            .await,
        ada.patch(&format!("/api/{{me}}/tasks/{id}/complete"), json!({}))
            .await,
        ada.delete(&format!("/api/{{me}}/tasks/{id}")).await,
    ] {
        assert!(matches!(answer.status, 500 | 503), "{}", answer.text);
        answer.refused(answer.status);
    }
    assert_eq!(ada.titles().await, ["x"]);
    ada.get("/api/users/me").await.ok();
    assert_eq!(app.get("/readyz").await.status, 200);
    database.heals().await;
    ada.add("y").await;
}

#[tokio::test]
async fn s106_a_message_that_cannot_be_stored_is_not_half_stored() {
    let (app, model) = App::scripted().await;
    let ada = app.sign_up("ada").await;
    let mut database = app.database().await;
    for table in ["turns", "entries", "turn_events"] {
        database.refuses_inserts(table).await;
        let answer = ada.chat("Add buy milk").await;
        assert!(
            matches!(answer.status, 500 | 503),
            "{table}: {}",
            answer.text
        );
        answer.refused(answer.status);
        database.heals().await;
        assert!(ada.conversations().await.is_empty(), "{table}");
        for count in ["conversations", "turns", "entries", "turn_events"] {
            assert_eq!(database.count(count).await, 0, "{table}: {count}");
        }
    }
    assert!(
        model.asked() == 0,
        "the model is asked only about what is stored"
    );
}

#[tokio::test]
async fn a_turn_waits_for_a_database_that_comes_back() {
    let model = FakeModel::start().await;
    let app = App::setup()
        .model(&model)
        .set("TASKCHAT_TURNS__LEASE", "500ms")
        .start()
        .await;
    let ada = app.sign_up("ada").await;
    let mut database = app.database().await;
    model.otherwise(|_| text("Hello."));
    database.refuses_updates("turns").await;
    let waiting = tokio::spawn({
        let ada = ada.clone();
        async move { ada.chat("hi").await }
    });
    eventually("the message is stored", || async {
        !ada.conversations().await.is_empty()
    })
    .await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    database.heals().await;
    let answer = waiting.await.expect("an answer");
    // Nothing was lost: the turn is carried on, or it said that it could not be.
    if answer.status == 200 {
        assert_eq!(answer.ok()["response_text"], "Hello.");
    } else {
        answer.refused(503);
    }
    assert_eq!(ada.conversations().await.len(), 1);
}

#[tokio::test]
async fn trouble_that_lasts_is_not_held_against_a_turn() {
    // Where a disk that is full for some tables only can be played.
    let Some(home) = Home::postgres().await else {
        return;
    };
    let model = FakeModel::start().await;
    let app = App::setup()
        .on(&home)
        .model(&model)
        .set("TASKCHAT_TURNS__LEASE", "300ms")
        .set("TASKCHAT_TURNS__TAKE_UPS", "1")
        .start()
        .await;
    let ada = app.sign_up("ada").await;
    model.otherwise(|_| text("Hello."));
    home.run(
        "CREATE SEQUENCE attempts; \
         CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
         PERFORM nextval('attempts'); RAISE EXCEPTION 'no room' USING ERRCODE = 'disk_full'; \
         END $$; \
         CREATE TRIGGER no_room BEFORE INSERT ON turn_events \
         FOR EACH ROW WHEN (NEW.seq > 1) EXECUTE FUNCTION no_room()",
    )
    .await;
    let waiting = tokio::spawn({
        let ada = ada.clone();
        async move { ada.chat("hi").await }
    });
    eventually("it was tried again and again", || async {
        let tried = "SELECT last_value - CASE WHEN is_called THEN 0 ELSE 1 END FROM attempts";
        home.number(tried).await >= 4
    })
    .await;
    home.run("DROP TRIGGER no_room ON turn_events").await;
    let answer = waiting.await.expect("an answer").ok();
    assert_eq!(answer["response_text"], "Hello.");
    app.stop().await;
    home.remove().await;
}

#[tokio::test]
async fn sign_up_is_all_or_nothing() {
    let app = App::start().await;
    let mut database = app.database().await;
    database.refuses_inserts("session_tokens").await;
    let body = json!({ "email": "ada@example.com", "password": taskchat_tests::app::PASSWORD });
    let answer = app.post("/api/auth/signup", &body).await;
    assert!(matches!(answer.status, 500 | 503), "{}", answer.text);
    database.heals().await;
    app.sign_up("ada").await;
}
