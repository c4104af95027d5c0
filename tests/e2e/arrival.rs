//! One order per conversation, however many write to it at once.

use serde_json::{Value, json};
use taskchat_tests::{App, Door, FakeModel, User, door::Say, home::Home, sse, text, user};

const CLIENTS: usize = 8;
const MESSAGES: usize = 5;

#[tokio::test]
async fn forty_messages_of_eight_clients_are_answered_in_the_order_of_their_arrival() {
    for home in Home::both().await {
        let model = FakeModel::start().await;
        model.otherwise(|seen| text(&format!("reply to {}", seen.latest_user_text())));
        let mut setup = App::setup();
        for (name, value) in home.settings() {
            setup = setup.set(&name, value);
        }
        let app = setup.model(&model).start().await;
        let ada = app.sign_up("ada").await;
        let first = ada.chat("message 0.0").await.ok();
        let conversation = user::text(&first, "conversation_id");

        let clients = (0..CLIENTS).map(|client| {
            let (ada, conversation) = (ada.clone(), conversation.clone());
            tokio::spawn(async move { send_all(&ada, &conversation, client + 1).await })
        });
        for client in futures::future::join_all(clients).await {
            client.expect("every message is answered");
        }

        // Whole pairs, each answer with its question.
        let messages = ada.messages(&conversation).await;
        assert_eq!(
            messages.len(),
            2 * (1 + CLIENTS * MESSAGES),
            "{}",
            home.name()
        );
        let mut order = Vec::new();
        for pair in messages.chunks(2) {
            let asked = user::text(&pair[0], "content");
            assert_eq!(
                (&pair[0]["role"], &pair[1]["role"]),
                (&json!("user"), &json!("assistant")),
            );
            assert_eq!(pair[1]["content"], format!("reply to {asked}"));
            assert_eq!(pair[0]["turn_id"], pair[1]["turn_id"]);
            order.push(asked);
        }
        // In the order of arrival: that of the clocks, that in which each client sent, and that in
        // which the model was asked, one at a time.
        let times: Vec<String> = messages
            .iter()
            .step_by(2)
            .map(|message| user::text(message, "created_at"))
            .collect();
        assert!(times.is_sorted(), "{}: {times:?}", home.name());
        for client in 1..=CLIENTS {
            let mine: Vec<&String> = order
                .iter()
                .filter(|message| message.starts_with(&format!("message {client}.")))
                .collect();
            assert_eq!(mine.len(), MESSAGES);
            assert!(mine.is_sorted(), "{}: {mine:?}", home.name());
        }
        let asked: Vec<String> = model
            .requests()
            .iter()
            .map(|seen| seen.latest_user_text())
            .collect();
        assert_eq!(asked, order, "{}", home.name());
        app.stop().await;
        home.remove().await;
    }
}

/// Sends each message as soon as the one before is accepted, and hears all answers.
async fn send_all(ada: &User, conversation: &str, client: usize) {
    let mut streams: Vec<sse::Events> = Vec::new();
    for n in 0..MESSAGES {
        let message = format!("message {client}.{n}");
        let body = json!({ "message": message, "conversation_id": conversation });
        streams.push(ada.open_stream(body).await);
    }
    for (n, stream) in streams.iter_mut().enumerate() {
        let events = stream.rest().await;
        sse::assert_contiguous(&events, 1);
        assert_eq!(
            sse::text_of(&events),
            format!("reply to message {client}.{n}")
        );
    }
}

#[tokio::test]
async fn the_same_holds_when_all_are_sent_at_once_through_every_door() {
    let (app, model) = App::scripted().await;
    let ada = app.sign_up("ada").await;
    model.otherwise(|seen| text(&format!("reply to {}", seen.latest_user_text())));
    let first = ada.chat("message 0").await.ok();
    let conversation = user::text(&first, "conversation_id");
    let sends = (1..=40).map(|n| {
        let (ada, conversation) = (ada.clone(), conversation.clone());
        async move {
            let door = Door::ALL[n % Door::ALL.len()];
            let message = format!("message {n}");
            let say = Say::into(&message, &conversation);
            let reply = ada.via(door).chat(say).await.expect("an answer");
            assert_eq!(reply.text, format!("reply to {message}"), "{door:?}");
        }
    });
    futures::future::join_all(sends).await;
    let messages: Vec<Value> = ada.messages(&conversation).await;
    assert_eq!(messages.len(), 82);
    for pair in messages.chunks(2) {
        let asked = user::text(&pair[0], "content");
        assert_eq!(pair[0]["role"], "user");
        assert_eq!(pair[1]["content"], format!("reply to {asked}"));
    }
    model.assert_sound();
}
