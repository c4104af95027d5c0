//! Two processes on one database: whoever runs a turn, any of them can show and stop it.

use std::time::{Duration, Instant};

use serde_json::json;
use taskchat_tests::{
    App, FakeModel, Gate, Script, User, eventually, home::Home, sse::text_of, text, user,
};

/// Nobody looks for anything by itself within a test: what is seen elsewhere was told.
const NEVER: (&str, &str) = ("TASKCHAT_TURNS__POLL", "1h");

/// Well below the period in which leases are renewed, at which a runner would hear of it anyway.
const QUICKLY: Duration = Duration::from_millis(1500);

struct Replicas {
    model: FakeModel,
    a: App,
    b: App,
    /// The same person at each.
    at_a: User,
    at_b: User,
}

impl Replicas {
    async fn on(home: &Home, settings: &[(&str, &str)]) -> Self {
        let model = FakeModel::start().await;
        let start = async || {
            let setup = App::setup().on(home).model(&model);
            let set = settings
                .iter()
                .fold(setup, |setup, (name, value)| setup.set(name, *value));
            let app = set.start().await;
            // One after the other: two that bring one SQLite file up to date at once fail.
            assert_eq!(app.get("/readyz").await.status, 200);
            app
        };
        let (a, b) = (start().await, start().await);
        let at_a = a.sign_up("ada").await;
        let at_b = b.again(&at_a);
        // On SQLite, whoever starts takes every turn over from the dead, once, and would take one of
        // the living as well. It has done so at the latest when it has looked at a first message.
        let nowhere = uuid::Uuid::new_v4().to_string();
        for at in [&at_a, &at_b] {
            assert_eq!(at.chat_in(&nowhere, "hi").await.status, 404);
        }
        Self {
            model,
            a,
            b,
            at_a,
            at_b,
        }
    }

    async fn stop(self) {
        self.a.stop().await;
        self.b.stop().await;
        self.model.assert_sound();
    }
}

/// A turn at one process whose words are said one by one, each once the one before it was seen at
/// the other.
async fn is_told_word_by_word(it: &Replicas) {
    let gates: Vec<Gate> = (0..12).map(|_| Gate::closed()).collect();
    let script = gates
        .iter()
        .enumerate()
        .fold(Script::stream(), |script, (at, gate)| {
            script.hold(gate).delta(&format!("{at} "))
        });
    it.model.says([script.finish("stop")]);
    let mut here = it.at_a.open_stream(json!({ "message": "Count" })).await;
    let started = here.until("started").await;
    let turn = user::text(&started[0].data, "turn_id");
    let mut there = it.at_b.follow(&turn, 0).await;
    let mut seen = there.until("started").await;
    for gate in &gates {
        gate.open();
        seen.extend(there.until("text_delta").await);
    }
    seen.extend(there.rest().await);
    let mut all = started;
    all.extend(here.rest().await);
    assert_eq!(seen, all, "the same at both");
    assert_eq!(text_of(&seen), "0 1 2 3 4 5 6 7 8 9 10 11 ");
}

#[tokio::test]
async fn a_turn_is_followed_live_at_a_process_that_does_not_run_it() {
    let Some(home) = Home::postgres().await else {
        return;
    };
    let it = Replicas::on(&home, &[NEVER]).await;
    is_told_word_by_word(&it).await;
    it.stop().await;
    home.remove().await;
}

#[tokio::test]
async fn a_process_that_lost_its_ears_gets_new_ones() {
    let Some(home) = Home::postgres().await else {
        return;
    };
    let it = Replicas::on(&home, &[NEVER]).await;
    is_told_word_by_word(&it).await;
    // Those of other scenarios as well; they must stand it, too.
    home.run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
         WHERE query LIKE 'LISTEN %' AND pid <> pg_backend_pid()",
    )
    .await;
    is_told_word_by_word(&it).await;
    it.stop().await;
    home.remove().await;
}

#[tokio::test]
async fn a_turn_is_stopped_from_a_process_that_does_not_run_it() {
    for home in Home::both().await {
        let it = Replicas::on(&home, &[]).await;
        it.model
            .says([Script::stream().delta("Once upon a time").stall()]);
        let mut events = it.at_a.open_stream(json!({ "message": "A story" })).await;
        let mut seen = events.until("text_delta").await;
        let turn = user::text(&seen[0].data, "turn_id");
        assert!(it.model.hung_up().is_empty());
        let asked = Instant::now();
        let stopped = it
            .at_b
            .post(&format!("/api/turns/{turn}:cancel"), json!({}))
            .await
            .ok();
        assert_eq!(stopped["state"], "cancelled", "{}", home.name());
        assert_eq!(stopped["response"]["response_text"], "Once upon a time");
        eventually("the model's line is closed", || async {
            !it.model.hung_up().is_empty()
        })
        .await;
        let after = it.model.hung_up()[0] - asked;
        assert!(after < QUICKLY, "{}: after {after:?}", home.name());
        seen.extend(events.rest().await);
        assert_eq!(text_of(&seen), "Once upon a time");
        it.stop().await;
        home.remove().await;
    }
}

#[tokio::test]
async fn deleting_a_conversation_stops_its_turn_wherever_it_runs() {
    for home in Home::both().await {
        let it = Replicas::on(&home, &[]).await;
        it.model.says([Script::stream().delta("Once").stall()]);
        let mut events = it.at_a.open_stream(json!({ "message": "A story" })).await;
        let seen = events.until("text_delta").await;
        let conversation = user::text(&seen[0].data["started"], "conversation_id");
        let path = format!("/api/conversations/{conversation}");
        it.at_b.delete(&path).await.ok();
        let rest = events.rest().await;
        let last = rest.last().expect("an end");
        assert_eq!(last.data["completed"]["status"], "cancelled");
        it.stop().await;
        home.remove().await;
    }
}

#[tokio::test]
async fn what_a_leaving_process_leaves_in_the_queue_another_runs() {
    let Some(home) = Home::postgres().await else {
        return;
    };
    let it = Replicas::on(&home, &[("TASKCHAT_GRACE", "100ms"), NEVER]).await;
    it.model
        .says([Script::stream().delta("Once").stall(), text("Second.")]);
    let mut first = it.at_a.open_stream(json!({ "message": "First" })).await;
    let seen = first.until("text_delta").await;
    let conversation = user::text(&seen[0].data["started"], "conversation_id");
    // Sent to the other, and it has to wait there.
    let body = json!({ "message": "Second", "conversation_id": conversation });
    let second = it.at_b.post("/api/chat", body);
    let leave = async {
        eventually("the second is stored", || async {
            let messages = it.at_b.messages(&conversation).await;
            messages.iter().any(|it| it["content"] == "Second")
        })
        .await;
        it.a.stop().await;
    };
    let (answer, ()) = tokio::join!(second, leave);
    assert_eq!(answer.ok()["response_text"], "Second.");
    let turn = user::text(&seen[0].data, "turn_id");
    let interrupted = it.at_b.get(&format!("/api/turns/{turn}")).await.ok();
    assert_eq!(interrupted["state"], "interrupted");
    assert_eq!(interrupted["response"]["response_text"], "Once");
    it.b.stop().await;
    home.remove().await;
}

#[tokio::test]
async fn a_stop_that_is_told_late_stops_nothing_that_nobody_wants_to_stop() {
    let Some(home) = Home::postgres().await else {
        return;
    };
    let it = Replicas::on(&home, &[NEVER]).await;
    let gate = Gate::closed();
    it.model.says([Script::stream()
        .delta("Once ")
        .hold(&gate)
        .delta("upon a time")
        .finish("stop")]);
    let mut story = it.at_a.open_stream(json!({ "message": "A story" })).await;
    let seen = story.until("text_delta").await;
    let turn = user::text(&seen[0].data, "turn_id");
    let conversation = user::text(&seen[0].data["started"], "conversation_id");
    // As another process would have told it before the conversation was restored.
    let who = uuid::Uuid::new_v4().simple();
    let late = format!("SELECT pg_notify('taskchat', '{who} s{turn} a{conversation}')");
    home.run(late).await;
    // What is told after it is heard.
    let more = Gate::closed();
    let hello = Script::stream().delta("Hel").hold(&more).delta("lo.");
    it.model.says([hello.finish("stop")]);
    let mut there = it.at_b.open_stream(json!({ "message": "hi" })).await;
    let begun = there.until("text_delta").await;
    let other = user::text(&begun[0].data, "turn_id");
    let mut here = it.at_a.follow(&other, 0).await;
    here.until("text_delta").await;
    more.open();
    assert_eq!(text_of(&here.rest().await), "lo.");
    gate.open();
    let rest = story.rest().await;
    assert_eq!(text_of(&rest), "upon a time");
    assert_eq!(
        rest.last().expect("an end").data["completed"]["status"],
        "completed"
    );
    it.stop().await;
    home.remove().await;
}
