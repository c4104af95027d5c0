//! The narrow moments of a crash, one scenario each; chance would rarely find them.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use taskchat_tests::{
    FakeModel, Gate, Script, call, eventually,
    home::Home,
    text,
    victim::{Doors, Victim},
};

use super::{
    dice::Dice,
    follow::Follower,
    person::{Asked, Person},
    settings,
};

/// Somebody, a server on a SQLite file, and a model.
pub(super) struct Scene {
    home: Home,
    pub(super) model: FakeModel,
    doors: Doors,
    pub(super) server: Victim,
    ada: Person,
}

impl Scene {
    async fn new() -> Self {
        Self::with(&[]).await
    }

    pub(super) async fn with(more: &[(&str, &str)]) -> Self {
        let (home, model, doors) = (Home::sqlite(), FakeModel::start().await, Doors::default());
        let mut settings = settings(&home, Some(&model));
        settings.extend(
            more.iter()
                .map(|(name, value)| (name.to_string(), value.to_string())),
        );
        Self {
            server: Victim::start(settings, &doors).await,
            ada: Person::new("ada", &doors),
            home,
            model,
            doors,
        }
    }

    /// Sends a message and hears `enough` events of its turn: the turn's id.
    pub(super) async fn say(
        &self,
        message: &str,
        conversation: Option<&str>,
        enough: usize,
    ) -> String {
        let mut body = json!({
            "message": message,
            "request_id": uuid::Uuid::new_v4().to_string(),
        });
        if let Some(conversation) = conversation {
            body["conversation_id"] = json!(conversation);
        }
        let asked = Asked::post("/api/ada/chat:stream".to_owned(), body);
        let mut lines = self
            .ada
            .stream(&asked)
            .await
            .expect("alive")
            .expect("a stream");
        let mut turn = String::new();
        for _ in 0..enough {
            let event = lines.next().await.expect("unbroken").expect("an event");
            turn = event["turn_id"].as_str().expect("a turn").to_owned();
        }
        turn
    }

    /// The turn once it has ended. Its events have no gap and add up to its text.
    pub(super) async fn ended(&self, turn: &str) -> Value {
        let mut follower = Follower::new(&self.ada);
        follower.turn = Some(turn.to_owned());
        let nothing = Asked::get(String::new());
        let followed = follower
            .follow(&nothing, usize::MAX, &mut Dice::new(1))
            .await;
        followed.expect("a stream");
        let ended = self
            .ada
            .get(&Asked::get(format!("/api/turns/{turn}")))
            .await;
        let streamed: String = follower
            .events
            .iter()
            .filter_map(|event| event["text_delta"]["text"].as_str())
            .collect();
        assert_eq!(ended["response"]["response_text"], streamed, "{ended}");
        ended
    }
}

#[tokio::test]
async fn turns_of_a_dead_process_on_sqlite_need_not_wait_for_its_lease() {
    // With the default lease of ten seconds.
    let mut it = Scene::new().await;
    it.model.says([
        call("add_task", json!({ "title": "buy milk" })),
        Script::stream().stall(),
    ]);
    let first = it.say("Add buy milk", None, 3).await;
    let conversation = it.ada.get(&Asked::get(format!("/api/turns/{first}"))).await;
    let conversation = conversation["conversation_id"].as_str().expect("an id");
    // It waits in the queue: no event yet.
    it.say("And then?", Some(conversation), 0).await;
    eventually("the model is asked", || async { it.model.asked() == 2 }).await;
    it.server.kill().await;

    it.model.otherwise(|_| text("That is all."));
    let begin = Instant::now();
    it.server.rise().await;
    let ended = it.ended(&first).await;
    eventually("the queue is empty", || async {
        it.home.unfinished_turns().await == 0
    })
    .await;
    assert!(
        begin.elapsed() < Duration::from_secs(8),
        "{:?}",
        begin.elapsed()
    );
    assert_eq!(ended["state"], "completed");
    assert_eq!(
        ended["response"]["tool_calls"][0]["receipt"]["kind"],
        "created"
    );
    let book = it.home.book().await;
    let states: Vec<&str> = book.turns.iter().map(|turn| turn.state.as_str()).collect();
    assert_eq!(states, ["completed", "completed"]);
    assert_eq!(book.tasks.len(), 1);
}

#[tokio::test]
async fn a_cancel_just_before_a_kill_is_not_forgotten() {
    let mut it = Scene::new().await;
    it.model
        .says([Script::stream().delta("Once upon a time").stall()]);
    let turn = it.say("Tell me a story", None, 2).await;
    it.server.kill().await;
    it.home
        .run("UPDATE turns SET cancel_requested = TRUE")
        .await;
    it.server.rise().await;
    let ended = it.ended(&turn).await;
    assert_eq!(ended["state"], "cancelled");
    assert_eq!(ended["response"]["response_text"], "Once upon a time");
}

#[tokio::test]
async fn a_cancelled_call_that_had_taken_effect_keeps_its_receipt() {
    let mut it = Scene::new().await;
    // The tool acts, and its answer is never stored.
    it.home
        .run(
            "CREATE TRIGGER no_results BEFORE INSERT ON entries WHEN NEW.kind = 'result' \
             BEGIN SELECT RAISE(ABORT, 'refused by trigger'); END",
        )
        .await;
    it.model
        .says([call("add_task", json!({ "title": "buy milk" }))]);
    let turn = it.say("Add buy milk", None, 2).await;
    eventually("the tool has acted", || async {
        it.home.book().await.operations.len() == 1
    })
    .await;
    it.server.kill().await;
    it.home.run("DROP TRIGGER no_results").await;
    it.home
        .run("UPDATE turns SET cancel_requested = TRUE")
        .await;
    it.server.rise().await;
    let ended = it.ended(&turn).await;
    assert_eq!(ended["state"], "cancelled");
    let call = &ended["response"]["tool_calls"][0];
    assert_eq!(call["receipt"]["kind"], "created", "{ended}");
    assert_eq!(call["result"]["data"]["title"], "buy milk", "{ended}");
}

#[tokio::test]
async fn half_a_text_is_never_taken_for_the_answer() {
    let mut it = Scene::new().await;
    it.model
        .says([Script::stream().delta("Once upon a time").stall()]);
    let turn = it.say("Tell me a story", None, 2).await;
    it.server.kill().await;
    // The process that takes the turn up dies in its turn before it has closed it.
    it.home
        .run(
            "CREATE TRIGGER no_end BEFORE UPDATE OF state ON turns WHEN NEW.state = 'interrupted' \
             BEGIN SELECT RAISE(ABORT, 'refused by trigger'); END",
        )
        .await;
    it.server.rise().await;
    eventually("it was taken up", || async {
        it.server.log().contains("turn broken off")
    })
    .await;
    it.server.kill().await;
    it.home.run("DROP TRIGGER no_end").await;
    it.server.rise().await;
    let ended = it.ended(&turn).await;
    assert_eq!(ended["state"], "interrupted");
    assert_eq!(ended["response"]["response_text"], "Once upon a time");
}

#[tokio::test]
async fn the_half_text_of_a_failed_turn_is_stored_with_its_end_or_not_at_all() {
    let mut it = Scene::new().await;
    it.home
        .run(
            "CREATE TRIGGER no_end BEFORE UPDATE OF state ON turns WHEN NEW.state = 'failed' \
             BEGIN SELECT RAISE(ABORT, 'refused by trigger'); END",
        )
        .await;
    let gate = Gate::closed();
    it.model
        .says([Script::stream().delta("Once upon a time").hold(&gate).cut()]);
    let turn = it.say("Tell me a story", None, 2).await;
    gate.open();
    eventually("it could not be closed", || async {
        it.server.log().contains("turn broken off")
    })
    .await;
    it.server.kill().await;
    let book = it.home.book().await;
    let kinds: Vec<&str> = book.entries.iter().map(|it| it.kind.as_str()).collect();
    assert_eq!(kinds, ["user"], "nothing that looks like an answer");
    it.home.run("DROP TRIGGER no_end").await;
    it.server.rise().await;
    let ended = it.ended(&turn).await;
    assert_eq!(ended["state"], "interrupted");
    assert_eq!(ended["response"]["response_text"], "Once upon a time");
}

#[tokio::test]
async fn a_second_process_on_one_file_takes_the_turns_and_the_first_writes_nothing_more() {
    let it = Scene::new().await;
    let gate = Gate::closed();
    it.model.says([Script::stream()
        .delta("One ")
        .hold(&gate)
        .delta("two")
        .finish("stop")]);
    let turn = it.say("Count", None, 2).await;
    let mut second = Victim::start(settings(&it.home, Some(&it.model)), &it.doors).await;
    let ended = it.ended(&turn).await;
    gate.open();
    assert_eq!(ended["state"], "interrupted");
    assert_eq!(ended["response"]["response_text"], "One ");
    eventually("the first has noticed", || async {
        it.server.log().contains("turn lost to another process")
    })
    .await;
    assert_eq!(it.ended(&turn).await, ended);
    second.kill().await;
}

#[tokio::test]
async fn a_run_that_lost_its_turn_without_noticing_writes_nothing_more() {
    let it = Scene::with(&[("TASKCHAT_TURNS__LEASE", "300ms")]).await;
    let (first, second) = (Gate::closed(), Gate::closed());
    it.model.says([
        text("one").behind(&first),
        Script::stream().delta("two").hold(&second).finish("stop"),
    ]);
    let turn = it.say("Count", None, 1).await;
    eventually("the model is asked", || async { it.model.asked() == 1 }).await;
    // Its lease is not renewed, and it does not hear of it; so the same process takes the turn up
    // again, beside the run that still waits for its answer.
    it.home
        .run(
            "CREATE TRIGGER no_renewal BEFORE UPDATE OF lease_until ON turns \
             WHEN NEW.lease_owner IS OLD.lease_owner AND NEW.lease_until IS NOT NULL \
             BEGIN SELECT RAISE(ABORT, 'refused by trigger'); END",
        )
        .await;
    eventually("the model is asked again", || async {
        it.model.asked() == 2
    })
    .await;
    it.home.run("DROP TRIGGER no_renewal").await;
    first.open();
    eventually("the first has noticed", || async {
        it.server.log().contains("turn lost to another process")
    })
    .await;
    second.open();
    let ended = it.ended(&turn).await;
    assert_eq!(ended["state"], "completed");
    assert_eq!(ended["response"]["response_text"], "two");
}

#[tokio::test]
async fn text_that_could_not_be_written_leaves_no_hole() {
    let it = Scene::with(&[("TASKCHAT_TURNS__LEASE", "300ms")]).await;
    let (two, three) = (Gate::closed(), Gate::closed());
    it.model.says([Script::stream()
        .delta("one ")
        .hold(&two)
        .delta("two ")
        .hold(&three)
        .delta("three")
        .finish("stop")]);
    let turn = it.say("Count", None, 2).await;
    it.home
        .run(
            "CREATE TRIGGER no_events BEFORE INSERT ON turn_events \
             BEGIN SELECT RAISE(ABORT, 'refused by trigger'); END",
        )
        .await;
    two.open();
    eventually("a write has failed", || async {
        it.server.log().contains("cannot write text")
    })
    .await;
    it.home.run("DROP TRIGGER no_events").await;
    three.open();
    let ended = it.ended(&turn).await;
    assert_eq!(ended["state"], "interrupted");
    assert_eq!(ended["response"]["response_text"], "one ");
}

#[tokio::test]
async fn what_was_used_before_a_crash_still_counts() {
    let mut it = Scene::new().await;
    it.model.says([
        call("add_task", json!({ "title": "buy milk" })),
        Script::stream().stall(),
    ]);
    let turn = it.say("Add buy milk", None, 3).await;
    eventually("the model is asked again", || async {
        it.model.asked() == 2
    })
    .await;
    it.server.kill().await;
    it.model.says([text("I added buy milk.")]);
    it.server.rise().await;
    let ended = it.ended(&turn).await;
    assert_eq!(ended["state"], "completed");
    // 11 and 7 for each of the two answers that were heard to their end.
    let usage = &ended["response"]["usage"];
    assert_eq!(
        (&usage["input_tokens"], &usage["output_tokens"]),
        (&json!(22), &json!(14)),
        "{ended}"
    );
}

#[tokio::test]
async fn a_turn_that_ends_one_process_after_the_other_is_given_up() {
    const MOST_TAKE_UPS: usize = 5;
    let mut it = Scene::with(&[("TASKCHAT_TURNS__TAKE_UPS", "5")]).await;
    it.model.otherwise(|_| Script::stream().stall());
    let turn = it.say("Crash", None, 1).await;
    for lives in 1..=MOST_TAKE_UPS {
        eventually("the model is asked", || async { it.model.asked() == lives }).await;
        it.server.kill().await;
        it.server.rise().await;
    }
    eventually("the model is asked once more", || async {
        it.model.asked() == MOST_TAKE_UPS + 1
    })
    .await;
    it.server.kill().await;
    it.server.rise().await;
    let ended = it.ended(&turn).await;
    assert_eq!(ended["state"], "failed", "{ended}");
    assert_eq!(ended["failure"]["code"], "INTERNAL");
    let words = ended["failure"]["response_text"].as_str();
    assert!(
        words.is_some_and(|words| words.contains("again and again")),
        "{ended}"
    );
    assert_eq!(it.model.asked(), MOST_TAKE_UPS + 1, "nobody asked again");
    // The conversation goes on.
    it.model.otherwise(|_| text("Here I am."));
    let conversation = ended["conversation_id"].as_str().expect("an id");
    let next = it.say("Still there?", Some(conversation), 1).await;
    assert_eq!(it.ended(&next).await["state"], "completed");
}
