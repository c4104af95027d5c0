//! Rows that somebody else has locked for a while: a deletion under way, a frozen process.
//! PostgreSQL only; on SQLite there is one who writes, and the others wait.

use std::time::Duration;

use serde_json::json;
use taskchat_tests::{
    App, Door, Event, FakeModel, Gate, Script, User, eventually,
    home::Home,
    sse::{Events, text_of},
    text, user,
};

/// Two people in the middle of an answer.
struct Two {
    app: App,
    ada: Listener,
    bob: Listener,
}

struct Listener {
    user: User,
    turn: String,
    events: Events,
    more: Gate,
    end: Gate,
}

impl Two {
    async fn on(home: &Home) -> Self {
        let model = FakeModel::start().await;
        let app = App::setup().on(home).model(&model);
        let app = app.set("TASKCHAT_TURNS__LEASE", "3s").start().await;
        let (ada, bob) = (app.sign_up("ada").await, app.sign_up("bob").await);
        Self {
            ada: Listener::begin(&model, ada).await,
            bob: Listener::begin(&model, bob).await,
            app,
        }
    }
}

impl Listener {
    async fn begin(model: &FakeModel, user: User) -> Self {
        let (more, end) = (Gate::closed(), Gate::closed());
        model.says([Script::stream()
            .delta("one ")
            .hold(&more)
            .delta("two ")
            .hold(&end)
            .delta("three")
            .finish("stop")]);
        let mut events = user.open_stream(json!({ "message": "Count" })).await;
        let seen = events.until("text_delta").await;
        Self {
            turn: user::text(&seen[0].data, "turn_id"),
            user,
            events,
            more,
            end,
        }
    }

    /// The rest of the answer is as if nothing had happened.
    async fn is_answered(&mut self) {
        self.more.open();
        self.end.open();
        let rest: Vec<Event> = self.events.rest().await;
        assert_eq!(text_of(&rest), "two three", "{rest:?}");
        assert_eq!(rest.last().expect("an end").kind, "completed", "{rest:?}");
    }
}

#[tokio::test]
async fn a_turn_that_somebody_has_locked_keeps_no_other_from_its_end() {
    let Some(home) = Home::postgres().await else {
        return;
    };
    let mut it = Two::on(&home).await;
    let lock = format!(
        "SELECT 1 FROM turns WHERE id = '{}' FOR UPDATE",
        it.ada.turn
    );
    let held = home.hold(lock).await;
    it.ada.more.open();
    // Meanwhile ada's lease cannot be renewed, which keeps nobody else's from it.
    tokio::time::sleep(Duration::from_secs(4)).await;
    it.bob.is_answered().await;
    drop(held);
    it.ada.end.open();
    let rest = it.ada.events.rest().await;
    assert!(
        matches!(
            rest.last().expect("an end").kind.as_str(),
            "completed" | "interrupted"
        ),
        "{rest:?}"
    );
    it.app.stop().await;
    home.remove().await;
}

#[tokio::test]
async fn a_turn_whose_text_has_to_wait_keeps_its_lease() {
    let Some(home) = Home::postgres().await else {
        return;
    };
    let mut it = Two::on(&home).await;
    // Somebody is about to delete ada's account, and thinks better of it.
    let lock = format!(
        "SELECT 1 FROM users WHERE id = '{}' FOR UPDATE",
        it.ada.user.id
    );
    let held = home.hold(lock).await;
    it.ada.more.open();
    it.bob.is_answered().await;
    // For longer than a lease, as the lease itself shows.
    let renewed = async || {
        home.number("SELECT CAST(EXTRACT(EPOCH FROM MAX(lease_until)) * 1000 AS BIGINT) FROM turns")
            .await
    };
    let before = renewed().await;
    eventually("the lease is renewed again and again", || async {
        renewed().await > before + 4000
    })
    .await;
    drop(held);
    it.ada.is_answered().await;
    it.app.stop().await;
    home.remove().await;
}

#[tokio::test]
async fn a_message_that_meets_the_deletion_of_its_conversation_is_stopped() {
    let Some(home) = Home::postgres().await else {
        return;
    };
    let model = FakeModel::start().await;
    let app = App::setup().on(&home).model(&model).start().await;
    let ada = app.sign_up("ada").await;
    model.says([text("Hello.")]);
    let id = user::text(&ada.chat("hi").await.ok(), "conversation_id");
    let never = Gate::closed();
    model.otherwise(move |_| text("And a happy end.").behind(&never));

    // Both have begun and wait for the conversation, the message before the deletion.
    let lock = format!("SELECT 1 FROM conversations WHERE id = '{id}' FOR UPDATE");
    let lock = home.hold(lock).await;
    let sending = tokio::spawn({
        let (ada, id) = (ada.clone(), id.clone());
        async move { ada.chat_in(&id, "And then?").await }
    });
    eventually("the message waits", || async {
        lock.keeps_waiting().await == 1
    })
    .await;
    let path = format!("/api/conversations/{id}");
    let deleting = tokio::spawn({
        let (ada, path) = (ada.clone(), path.clone());
        async move { ada.delete(&path).await }
    });
    eventually("the deletion waits", || async {
        lock.keeps_waiting().await == 2
    })
    .await;
    drop(lock);
    deleting.await.expect("an answer").ok();
    // The model holds its answer back for good: only the stop ends the turn.
    sending.await.expect("an answer");
    ada.via(Door::Rest).restore(&id).await.expect("it is back");
    let messages = ada.messages(&id).await;
    assert_eq!(messages[2]["content"], "And then?");
    let turn = format!("/api/turns/{}", user::text(&messages[2], "turn_id"));
    eventually("it is over", || async {
        ada.get(&turn).await.ok()["state"] != "running"
    })
    .await;
    assert_eq!(ada.get(&turn).await.ok()["state"], "cancelled");
    app.stop().await;
    home.remove().await;
}
