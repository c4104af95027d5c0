//! Several messages at once: acceptance 108, and refusing while busy.

use serde_json::json;
use taskchat_tests::{App, Door, FakeModel, Gate, door::Say, eventually, home::Home, text, user};

#[tokio::test]
async fn s108_three_messages_into_one_conversation() {
    let (app, model) = App::scripted().await;
    let ada = app.sign_up("ada").await;
    model.otherwise(|seen| text(&format!("reply to {}", seen.latest_user_text())));
    let conversation = user::text(&ada.chat("zero").await.ok(), "conversation_id");
    let (one, two, three) = futures::join!(
        ada.chat_in(&conversation, "one"),
        ada.chat_in(&conversation, "two"),
        ada.chat_in(&conversation, "three"),
    );
    for (answer, message) in [(one, "one"), (two, "two"), (three, "three")] {
        assert_eq!(answer.ok()["response_text"], format!("reply to {message}"));
    }
    let messages = ada.messages(&conversation).await;
    assert_eq!(messages.len(), 8);
    for pair in messages.chunks(2) {
        assert_eq!(
            (&pair[0]["role"], &pair[1]["role"]),
            (&json!("user"), &json!("assistant"))
        );
        let asked = user::text(&pair[0], "content");
        assert_eq!(pair[1]["content"], format!("reply to {asked}"));
        assert_eq!(pair[0]["turn_id"], pair[1]["turn_id"]);
    }
}

#[tokio::test]
async fn queued_messages_are_answered_in_order() {
    let (app, model) = App::scripted().await;
    let ada = app.sign_up("ada").await;
    let gate = Gate::closed();
    model.says([text("first reply").behind(&gate)]);
    model.otherwise(|seen| text(&format!("reply to {}", seen.latest_user_text())));
    let mut first = ada.open_stream(json!({ "message": "first" })).await;
    let started = first.until("started").await;
    let conversation = user::text(&started[0].data["started"], "conversation_id");
    let say = |message: &str| json!({ "message": message, "conversation_id": conversation });
    // Each is stored before the next is sent: a queued turn answers at once with its first event,
    // or when its turn comes; either way the order of arrival is the order of answers.
    let second = tokio::spawn({
        let (ada, body) = (ada.clone(), say("second"));
        async move { ada.stream(body).await }
    });
    taskchat_tests::eventually("the second is stored", || async {
        ada.messages(&conversation)
            .await
            .iter()
            .any(|it| it["content"] == "second")
    })
    .await;
    let third = tokio::spawn({
        let (ada, body) = (ada.clone(), say("third"));
        async move { ada.stream(body).await }
    });
    taskchat_tests::eventually("the third is stored", || async {
        ada.messages(&conversation)
            .await
            .iter()
            .any(|it| it["content"] == "third")
    })
    .await;
    assert_eq!(
        model.asked(),
        1,
        "one turn of a conversation runs at a time"
    );
    gate.open();
    first.rest().await;
    second.await.expect("the second");
    third.await.expect("the third");
    let told: Vec<Vec<String>> = model
        .requests()
        .iter()
        .map(|seen| seen.user_texts())
        .collect();
    assert_eq!(
        told,
        [
            vec!["first"],
            vec!["first", "second"],
            vec!["first", "second", "third"]
        ]
    );
}

#[tokio::test]
async fn a_busy_conversation_can_refuse() {
    let (app, model) = App::scripted().await;
    let ada = app.sign_up("ada").await;
    let gate = Gate::closed();
    model.says([text("slow").behind(&gate)]);
    let mut first = ada.open_stream(json!({ "message": "first" })).await;
    let started = first.until("started").await;
    let conversation = user::text(&started[0].data["started"], "conversation_id");
    for door in Door::ALL {
        let say = Say {
            reject_if_busy: true,
            ..Say::into("me too", &conversation)
        };
        let refusal = ada.via(door).chat(say).await.expect_err("refused");
        assert_eq!(refusal.code, "FAILED_PRECONDITION", "{door:?}");
    }
    let body = json!({ "message": "me too", "conversation_id": conversation, "if_busy": "reject" });
    ada.post("/api/chat", body).await.refused(409);
    gate.open();
    first.rest().await;
    assert_eq!(ada.messages(&conversation).await.len(), 2);
}

#[tokio::test]
async fn other_conversations_are_not_kept_waiting() {
    let (app, model) = App::scripted().await;
    let ada = app.sign_up("ada").await;
    let gate = Gate::closed();
    model.says([text("slow").behind(&gate), text("quick")]);
    let mut first = ada.open_stream(json!({ "message": "first" })).await;
    first.until("started").await;
    taskchat_tests::eventually("the model is asked", || async { model.asked() > 0 }).await;
    assert_eq!(ada.chat("second").await.ok()["response_text"], "quick");
    gate.open();
    first.rest().await;
}

#[tokio::test]
async fn turns_of_one_user_are_limited() {
    let model = taskchat_tests::FakeModel::start().await;
    let app = App::setup()
        .model(&model)
        .set("TASKCHAT_LIMITS__CONCURRENT_TURNS", "2")
        .start()
        .await;
    let ada = app.sign_up("ada").await;
    let gate = Gate::closed();
    model.says([text("one").behind(&gate), text("two").behind(&gate)]);
    let mut one = ada.open_stream(json!({ "message": "one" })).await;
    one.until("started").await;
    let mut two = ada.open_stream(json!({ "message": "two" })).await;
    two.until("started").await;
    let answer = ada.chat("three").await;
    answer.refused(429);
    assert!(answer.header("retry-after").is_some());
    gate.open();
    one.rest().await;
    two.rest().await;
    model.says([text("four")]);
    ada.chat("four").await.ok();
}

#[tokio::test]
async fn messages_a_day_are_limited() {
    let app = App::setup()
        .set("TASKCHAT_LIMITS__MESSAGES_PER_DAY", "2")
        .start()
        .await;
    let ada = app.sign_up("ada").await;
    let bob = app.sign_up("bob").await;
    ada.chat("What do I have to do?").await.ok();
    ada.chat("What do I have to do?").await.ok();
    ada.chat("What do I have to do?").await.refused(429);
    bob.chat("What do I have to do?").await.ok();
    assert_eq!(ada.conversations().await.len(), 2);
}

#[tokio::test]
async fn limits_hold_for_messages_that_come_at_once() {
    const AT_ONCE: usize = 8;
    for home in Home::both().await {
        for limit in ["MESSAGES_PER_DAY", "CONCURRENT_TURNS"] {
            let model = FakeModel::start().await;
            let app = App::setup().on(&home).model(&model);
            let app = app.set(&format!("TASKCHAT_LIMITS__{limit}"), "2");
            let app = app.start().await;
            let ada = app.sign_up(&limit.to_lowercase()).await;
            let gate = Gate::closed();
            let held = gate.clone();
            model.otherwise(move |_| text("Hello.").behind(&held));
            let mut sent = tokio::task::JoinSet::new();
            for _ in 0..AT_ONCE {
                let ada = ada.clone();
                sent.spawn(async move { ada.chat("hi").await });
            }
            // None of those that were let in is answered before all others were refused.
            for _ in 2..AT_ONCE {
                let refused = sent.join_next().await.expect("one more");
                refused.expect("an answer").refused(429);
            }
            eventually("two are let in", || async { model.asked() == 2 }).await;
            gate.open();
            while let Some(answered) = sent.join_next().await {
                answered.expect("an answer").ok();
            }
            app.stop().await;
        }
        home.remove().await;
    }
}
