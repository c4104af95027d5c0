//! Approvals: asked once, decided once, made once, whatever happens in between.

mod restarts;

use serde_json::{Value, json};
use taskchat_tests::{
    App, Door, FakeModel, Script, User, calls,
    door::{Refusal, Say},
    home::Home,
    sse::assert_contiguous,
    text, user,
};

pub(crate) async fn ada() -> (App, FakeModel, User) {
    let (app, model) = App::scripted().await;
    let ada = app.sign_up("ada").await;
    (app, model, ada)
}

/// With a scripted model, on this database.
async fn on(home: &Home) -> (App, FakeModel) {
    let model = FakeModel::start().await;
    (App::setup().on(home).model(&model).start().await, model)
}

/// A step that adds so many tasks.
pub(crate) fn adds(count: usize) -> Script {
    calls((1..=count).map(|n| ("add_task", json!({ "title": format!("task {n}") }))))
}

/// The one approval that a reply waits for.
#[track_caller]
pub(crate) fn asked(reply: &Value) -> Value {
    assert_eq!(reply["status"], "waiting_for_approval", "{reply}");
    let approvals = reply["approvals"].as_array().expect("a list of approvals");
    assert_eq!(approvals.len(), 1, "{reply}");
    let asked = approvals[0].clone();
    assert_eq!(asked["state"], "pending");
    assert_eq!(
        (&asked["turn_id"], &asked["conversation_id"]),
        (&reply["turn_id"], &reply["conversation_id"])
    );
    asked
}

pub(crate) async fn decide(user: &User, asked: &Value, decision: &str) -> taskchat_tests::Answer {
    let path = format!("/api/approvals/{}:decide", user::id(asked));
    user.post(&path, json!({ "decision": decision })).await
}

/// The turn once it has ended.
pub(crate) async fn ended(user: &User, turn: &str) -> Value {
    user.follow(turn, 0).await.rest().await;
    user.get(&format!("/api/turns/{turn}")).await.ok()
}

#[tokio::test]
async fn many_changes_are_asked_about_once_and_made_once_at_every_door() {
    for home in Home::both().await {
        for door in Door::ALL {
            are_asked_about_once_and_made_once(&home, door).await;
        }
        home.remove().await;
    }
}

async fn are_asked_about_once_and_made_once(home: &Home, door: Door) {
    let (app, model) = on(home).await;
    let ada = app.sign_up(&format!("ada-{door:?}")).await;
    model.says([adds(7), text("Added all seven.")]);
    let reply = ada.via(door).chat(Say::new("Add these seven")).await;
    let reply = reply.expect("a reply");
    assert_eq!(reply.status, "waiting_for_approval", "{door:?}");
    let [asked] = reply.approvals.as_slice() else {
        panic!("{door:?}: {reply:?}");
    };
    assert_eq!(
        (asked.state.as_str(), asked.reason.as_str()),
        ("pending", "bulk")
    );
    assert_eq!(asked.calls.len(), 7);
    assert_eq!(asked.calls[6].arguments, json!({ "title": "task 7" }));
    assert!(ada.titles().await.is_empty());

    let decided = ada.via(door).decide(&asked.id, "approve").await;
    assert_eq!(decided.expect("decided").state, "approved", "{door:?}");
    let happened = ada.via(door).follow(&reply.turn_id, 0).await;
    let happened = happened.expect("events");
    let kinds: Vec<&str> = happened
        .iter()
        .map(|it| it.kind.as_str())
        .filter(|kind| !kind.starts_with("tool_"))
        .collect();
    let expected = [
        "started",
        "approval_requested",
        "approval_decided",
        "text_delta",
        "completed",
    ];
    assert_eq!(kinds, expected, "{}, {door:?}: {happened:?}", home.name());
    let whole = happened.last().and_then(|it| it.reply.clone());
    let whole = whole.expect("the whole answer");
    assert_eq!(whole.text, "Added all seven.");
    assert!(whole.approvals.is_empty());
    let receipts = whole.calls.iter().filter(|it| it.receipt.is_some());
    assert_eq!(receipts.count(), 7, "{door:?}");
    assert_eq!(ada.titles().await.len(), 7);
    // The same word again changes nothing; another one is too late.
    let again = ada.via(door).decide(&asked.id, "approve").await;
    assert_eq!(again.expect("decided").state, "approved");
    let late = ada.via(door).decide(&asked.id, "deny").await;
    let late: Refusal = late.expect_err("it is decided");
    assert_eq!(
        (late.code.as_str(), late.detail.as_str()),
        ("FAILED_PRECONDITION", "this approval was approved already"),
        "{door:?}"
    );
    assert_eq!(ada.titles().await.len(), 7);
    // The next door's is on the same database: this one must not run a turn of that.
    app.stop().await;
    model.assert_sound();
}

#[tokio::test]
async fn what_is_denied_is_not_done_and_the_assistant_is_told() {
    let (_app, model, ada) = ada().await;
    model.says([adds(6), text("Then I added nothing.")]);
    let reply = ada.chat("Add six").await.ok();
    let asked = asked(&reply);
    // Whoever opens the conversation elsewhere is asked as well.
    let conversation = user::text(&reply, "conversation_id");
    let listed = async || ada.messages(&conversation).await[1]["approvals"].clone();
    assert_eq!(listed().await, json!([asked]));
    let denied = decide(&ada, &asked, "deny").await.ok();
    // And sees later what came of it.
    assert_eq!(listed().await, json!([denied]));
    assert_eq!(denied["state"], "denied");
    assert!(denied["decided_at"].is_string());
    let turn = ended(&ada, &user::text(&reply, "turn_id")).await;
    assert_eq!(turn["state"], "completed");
    assert_eq!(turn["response"]["response_text"], "Then I added nothing.");
    let told = model.last().results();
    assert_eq!(told.len(), 6);
    assert!(
        told.iter().all(|it| it["error"]["code"] == "DENIED"),
        "{told:?}"
    );
    assert!(ada.titles().await.is_empty());
    model.assert_sound();
}

#[tokio::test]
async fn after_a_no_smaller_portions_are_asked_about_as_well() {
    let (_app, model, ada) = ada().await;
    model.says([adds(6), adds(1), text("Fine.")]);
    let reply = ada.chat("Add six").await.ok();
    let turn = user::text(&reply, "turn_id");
    decide(&ada, &asked(&reply), "deny").await.ok();
    let events = ada.follow(&turn, 0).await.until("approval_decided").await;
    let after = events.last().and_then(|event| event.id).expect("a number");
    let events = ada
        .follow(&turn, after)
        .await
        .until("approval_requested")
        .await;
    let again = events.last().expect("an event").data["approval_requested"].clone();
    assert_eq!(again["reason"], "always");
    decide(&ada, &again, "deny").await.ok();
    assert_eq!(ended(&ada, &turn).await["state"], "completed");
    assert!(ada.titles().await.is_empty());
}

#[tokio::test]
async fn one_of_twenty_decisions_at_once_counts() {
    for home in Home::both().await {
        one_of_twenty_counts(&home).await;
        home.remove().await;
    }
}

async fn one_of_twenty_counts(home: &Home) {
    let (app, model) = on(home).await;
    let ada = app.sign_up("ada").await;
    model.says([adds(7)]);
    model.otherwise(|_| text("So be it."));
    let reply = ada.chat("Add seven").await.ok();
    let asked = asked(&reply);
    let deciding = (0..20).map(|n| {
        let (ada, asked) = (ada.clone(), asked.clone());
        let decision = if n % 2 == 0 { "approve" } else { "deny" };
        async move { (decision, decide(&ada, &asked, decision).await) }
    });
    let answers = futures::future::join_all(deciding).await;
    let mut won = Vec::new();
    for (decision, answer) in &answers {
        if answer.status == 200 {
            won.push(*decision);
        } else {
            assert_eq!(answer.refused(409)["code"], "FAILED_PRECONDITION");
        }
    }
    assert_eq!(won.len(), 10, "{answers:?}");
    won.dedup();
    let turn = ended(&ada, &user::text(&reply, "turn_id")).await;
    assert_eq!(turn["state"], "completed");
    let done = if won == ["approve"] { 7 } else { 0 };
    assert_eq!((won.len(), ada.titles().await.len()), (1, done));
    let events = ada
        .follow(&user::text(&reply, "turn_id"), 0)
        .await
        .rest()
        .await;
    assert_contiguous(&events, 1);
    let decided = events.iter().filter(|it| it.kind == "approval_decided");
    assert_eq!(decided.count(), 1);
    app.stop().await;
}

#[tokio::test]
async fn an_approval_that_nobody_answers_expires() {
    let model = FakeModel::start().await;
    let app = App::setup()
        .model(&model)
        .set("TASKCHAT_TURNS__APPROVAL_TTL", "1ms")
        .start()
        .await;
    let ada = app.sign_up("ada").await;
    model.says([adds(6), text("Nobody said yes, so I added nothing.")]);
    let reply = ada.chat("Add six").await.ok();
    let asked = asked(&reply);
    let late = decide(&ada, &asked, "approve").await;
    late.refused_with(409, "this approval has expired");
    let turn = ended(&ada, &user::text(&reply, "turn_id")).await;
    assert_eq!(turn["state"], "completed");
    assert_eq!(turn["response"]["approvals"], json!([]));
    let told = model.last().results();
    assert!(
        told.iter().all(|it| it["error"]["code"] == "EXPIRED"),
        "{told:?}"
    );
    assert!(ada.titles().await.is_empty());

    // Also without anybody's doing.
    model.says([adds(6), text("Again nobody.")]);
    let reply = ada.chat("Add six").await.ok();
    let turn = ended(&ada, &user::text(&reply, "turn_id")).await;
    assert_eq!(turn["response"]["response_text"], "Again nobody.");
}

#[tokio::test]
async fn a_stream_stays_open_until_the_decision_and_can_be_left() {
    let (_app, model, ada) = ada().await;
    model.says([adds(6), text("Added six.")]);
    let mut events = ada.open_stream(json!({ "message": "Add six" })).await;
    let mut seen = events.until("approval_requested").await;
    let last = seen.last().expect("an event").clone();
    let asked = last.data["approval_requested"].clone();
    assert_eq!(asked["calls"].as_array().map(Vec::len), Some(6));
    let turn = user::text(&asked, "turn_id");
    let mut late = ada.follow(&turn, last.id.expect("a number")).await;
    decide(&ada, &asked, "approve").await.ok();
    let rest = events.rest().await;
    assert_eq!(late.rest().await, rest);
    seen.extend(rest);
    assert_contiguous(&seen, 1);
    assert_eq!(seen.last().expect("an end").kind, "completed");
    assert_eq!(ada.follow(&turn, 0).await.rest().await, seen);
}

#[tokio::test]
async fn a_waiting_turn_that_is_stopped_takes_its_approval_along() {
    let (_app, model, ada) = ada().await;
    model.says([adds(6)]);
    let reply = ada.chat("Add six").await.ok();
    let asked = asked(&reply);
    let turn = user::text(&reply, "turn_id");
    let stopped = ada
        .post(&format!("/api/turns/{turn}:cancel"), json!({}))
        .await
        .ok();
    assert_eq!(stopped["state"], "cancelled");
    assert_eq!(stopped["response"]["approvals"], json!([]));
    let results = stopped["response"]["tool_calls"].as_array().expect("calls");
    assert!(
        results
            .iter()
            .all(|it| it["result"]["error"]["code"] == "CANCELLED")
    );
    decide(&ada, &asked, "approve")
        .await
        .refused_with(409, "this approval was denied already");
    let events = ada.follow(&turn, 0).await.rest().await;
    assert_contiguous(&events, 1);
    // The conversation goes on at once.
    model.says([text("Yes?")]);
    let conversation = user::text(&reply, "conversation_id");
    let next = ada.chat_in(&conversation, "never mind").await.ok();
    assert_eq!(next["response_text"], "Yes?");
    assert!(ada.titles().await.is_empty());
    model.assert_sound();
}

#[tokio::test]
async fn an_approval_goes_with_its_conversation() {
    let (app, model, ada) = ada().await;
    model.says([adds(6)]);
    let reply = ada.chat("Add six").await.ok();
    let asked = asked(&reply);
    let conversation = user::text(&reply, "conversation_id");
    ada.delete(&format!("/api/conversations/{conversation}"))
        .await
        .ok();
    decide(&ada, &asked, "approve")
        .await
        .refused_with(404, "Approval not found");
    let bob = app.sign_up("bob").await;
    decide(&bob, &asked, "approve")
        .await
        .refused_with(404, "Approval not found");
    assert!(ada.titles().await.is_empty());
}

#[tokio::test]
async fn an_approval_is_nobody_elses() {
    let (app, model, ada) = ada().await;
    model.says([adds(6)]);
    let reply = ada.chat("Add six").await.ok();
    let asked = asked(&reply);
    let bob = app.sign_up("bob").await;
    let foreign = decide(&bob, &asked, "approve").await;
    foreign.refused_with(404, "Approval not found");
    let unknown = json!({ "id": "0193a000-0000-7000-8000-000000000000" });
    let unknown = decide(&bob, &unknown, "approve").await;
    assert_eq!(foreign.without_request_id(), unknown.without_request_id());
    let conversation = user::text(&reply, "conversation_id");
    bob.chat_in(&conversation, "yes").await.refused(404);
    decide(&ada, &json!({ "id": "x" }), "deny")
        .await
        .names("approval_id");
    decide(&ada, &asked, "perhaps").await.refused(422);
    let path = format!("/api/approvals/{}:decide", user::id(&asked));
    ada.post(&path, json!({})).await.names("decision");
    assert!(ada.titles().await.is_empty());
}
