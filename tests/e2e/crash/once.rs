//! One message, sent again and again through a crash.

use std::{sync::Arc, time::Duration};

use serde_json::json;
use taskchat_tests::{
    FakeModel, Script, call,
    home::Home,
    victim::{Doors, Victim},
};

use super::{
    person::{Asked, Person},
    settings,
};

/// When to kill.
#[derive(Debug, Clone, Copy)]
enum Moment {
    /// So long after the first was sent.
    After(Duration),
    /// Once the model has been asked so often: before the tool acts, and after.
    Asked(usize),
}

#[tokio::test]
async fn one_message_sent_fifty_times_through_a_kill_and_once_more_acts_once() {
    for home in Home::both().await {
        let mut people = 0;
        for moment in [
            Moment::After(Duration::from_millis(3)),
            Moment::After(Duration::from_millis(25)),
            Moment::Asked(1),
            Moment::Asked(2),
        ] {
            people += 1;
            send_fifty_times(&home, &format!("person-{people}"), moment).await;
        }
        let book = home.book().await;
        let messages = book.entries.iter().filter(|entry| entry.kind == "user");
        assert_eq!(messages.count(), people, "{}", home.name());
        assert_eq!(book.conversations.len(), people, "{}", home.name());
        assert_eq!(book.turns.len(), people, "{}", home.name());
        assert_eq!(book.tasks.len(), people, "{}", home.name());
        assert_eq!(book.operations.len(), people, "{}", home.name());
        home.remove().await;
    }
}

async fn send_fifty_times(home: &Home, who: &str, moment: Moment) {
    let model = FakeModel::start().await;
    model.otherwise(|seen| match seen.has_results() {
        false => call("add_task", json!({ "title": "buy milk" })).after(Duration::from_millis(20)),
        true => ["Added ", "buy ", "milk."]
            .into_iter()
            .fold(Script::stream(), |script, word| {
                script.wait(Duration::from_millis(20)).delta(word)
            })
            .finish("stop"),
    });
    let doors = Doors::default();
    let mut server = Victim::start(settings(home, Some(&model)), &doors).await;
    let person = Arc::new(Person::new(who, &doors));
    let body = json!({
        "message": "Add buy milk",
        "request_id": uuid::Uuid::new_v4().to_string(),
    });
    let message = Asked::post(format!("/api/{who}/chat"), body);
    let sends: Vec<_> = (0..50)
        .map(|_| {
            let (person, message) = (Arc::clone(&person), message.clone());
            tokio::spawn(async move { person.get(&message).await })
        })
        .collect();
    match moment {
        Moment::After(time) => tokio::time::sleep(time).await,
        Moment::Asked(times) => {
            taskchat_tests::eventually("the model is asked", || async {
                model.requests().len() >= times
            })
            .await;
        }
    }
    server.kill().await;
    server.rise().await;
    let mut answers = Vec::new();
    for send in sends {
        answers.push(send.await.expect("an answer"));
    }
    answers.push(person.get(&message).await);
    for answer in &answers {
        assert_eq!(answer, &answers[0], "{moment:?} on {}", home.name());
    }
    let calls = answers[0]["tool_calls"].as_array().expect("calls");
    assert_eq!(calls.len(), 1, "{}", answers[0]);
    assert_eq!(calls[0]["receipt"]["kind"], "created", "{}", answers[0]);
    server.kill().await;
}
