//! A model that fails in every way a model can: acceptance 107 and the deadlines.

use std::time::Duration;

use serde_json::{Value, json};
use taskchat_tests::{App, FakeModel, Script, User, app::Setup, call, text, user};

async fn ada(settings: Setup) -> (App, FakeModel, User) {
    let model = FakeModel::start().await;
    let app = settings.model(&model).start().await;
    let ada = app.sign_up("ada").await;
    (app, model, ada)
}

/// A failed turn: plain words, the person's message kept, nothing of the provider's text.
async fn fails(ada: &User, status: u16, code: &str) -> Value {
    let answer = ada.chat("Add buy milk").await;
    let problem = answer.refused(status);
    assert_eq!(problem["code"], code, "{problem}");
    for secret in ["scripted refusal", "sk-", "nginx", "127.0.0.1"] {
        assert!(!answer.text.contains(secret), "{}", answer.text);
    }
    let words = user::text(&problem, "response_text");
    assert!(words.len() > 10 && !words.contains('{'), "{words}");
    let conversation = user::text(&problem, "conversation_id");
    let messages = ada.messages(&conversation).await;
    assert_eq!(messages[0]["content"], "Add buy milk");
    let turn = ada
        .get(&format!("/api/turns/{}", user::text(&problem, "turn_id")))
        .await
        .ok();
    assert_eq!(turn["state"], "failed", "{turn}");
    assert_eq!(turn["failure"]["response_text"], words);
    // Whoever reads the conversation again sees what the caller saw: what was said, and the failure.
    assert_eq!(messages[1]["failure"], turn["failure"]);
    assert_eq!(messages[1]["content"], turn["response"]["response_text"]);
    assert!(messages[0]["failure"].is_null(), "{}", messages[0]);
    assert!(ada.tasks().await.is_empty());
    problem
}

#[tokio::test]
async fn s107_a_model_that_never_answers() {
    let (_app, model, ada) =
        ada(App::setup().set("TASKCHAT_MODEL__FIRST_TOKEN_TIMEOUT", "300ms")).await;
    model.says([Script::stream().stall()]);
    fails(&ada, 504, "DEADLINE_EXCEEDED").await;
}

#[tokio::test]
async fn a_model_that_stops_in_the_middle() {
    let (_app, model, ada) = ada(App::setup().set("TASKCHAT_MODEL__IDLE_TIMEOUT", "300ms")).await;
    model.says([Script::stream().delta("I am about to ").stall()]);
    let problem = fails(&ada, 504, "DEADLINE_EXCEEDED").await;
    let conversation = user::text(&problem, "conversation_id");
    let said = &ada.messages(&conversation).await[1]["content"];
    assert_eq!(said, "I am about to ");
}

#[tokio::test]
async fn a_turn_that_takes_too_long() {
    let settings = App::setup().set("TASKCHAT_MODEL__TURN_TIMEOUT", "600ms");
    let (_app, model, ada) = ada(settings).await;
    let drop_by_drop = (0..100).fold(Script::stream(), |script, _| {
        script.delta("drip ").wait(Duration::from_millis(50))
    });
    model.says([drop_by_drop]);
    fails(&ada, 504, "DEADLINE_EXCEEDED").await;
}

#[tokio::test]
async fn a_model_that_is_not_there() {
    let model = FakeModel::start().await;
    let app = App::setup()
        .model(&model)
        // A port that nobody listens on.
        .set("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
        .start()
        .await;
    let ada = app.sign_up("ada").await;
    fails(&ada, 503, "UNAVAILABLE").await;
}

#[tokio::test]
async fn a_model_that_refuses() {
    for (status, http, code) in [
        (401, 503, "UNAVAILABLE"),
        (403, 503, "UNAVAILABLE"),
        (404, 503, "UNAVAILABLE"),
        (429, 503, "UNAVAILABLE"),
        (500, 503, "UNAVAILABLE"),
        (503, 503, "UNAVAILABLE"),
    ] {
        let (_app, model, ada) = ada(App::setup()).await;
        model.otherwise(move |_| Script::refusal(status));
        fails(&ada, http, code).await;
    }
}

#[tokio::test]
async fn a_model_that_talks_nonsense() {
    let error = json!({ "error": { "message": "scripted refusal", "type": "server_error" } });
    let scripts = [
        ("a page", Script::html(200)),
        ("half a word", Script::stream().delta("I am about").cut()),
        (
            "an end without a reason",
            Script::stream().delta("I am about").raw("data: [DONE]\n\n"),
        ),
        (
            "an end without anything",
            Script::stream().delta("I am about"),
        ),
        ("nothing", Script::stream()),
        (
            "an error in the middle",
            Script::stream().delta("I am ").event(&error),
        ),
        (
            "garbage",
            Script::stream().raw("data: {not json\n\n").finish("stop"),
        ),
        (
            "cut by length",
            Script::stream().delta("I am about").finish("length"),
        ),
        ("an empty answer", Script::stream().finish("stop")),
        (
            "a call without a name",
            Script::stream().asks(0, "", "{}").finish("tool_calls"),
        ),
    ];
    for (what, script) in scripts {
        let (_app, model, ada) = ada(App::setup()).await;
        model.otherwise(move |_| script.clone());
        let answer = ada.chat("Add buy milk").await;
        assert!(
            matches!(answer.status, 502 | 503),
            "{what}: {} {}",
            answer.status,
            answer.text
        );
        let problem = answer.refused(answer.status);
        assert!(!user::text(&problem, "response_text").is_empty(), "{what}");
        assert!(ada.tasks().await.is_empty(), "{what}");
    }
}

#[tokio::test]
async fn vendors_extras_do_no_harm() {
    let (_app, model, ada) = ada(App::setup()).await;
    let odd = Script::stream()
        .raw(": a comment\n\nevent: ping\ndata: {}\n\n")
        .chunk(
            json!({ "role": "assistant", "content": null, "reasoning_content": "hm" }),
            Value::Null,
        )
        .chunk(json!({ "content": "" }), Value::Null)
        .delta("Hel")
        .delta("lo.")
        .chunk(json!({}), json!("stop"))
        .raw("data:[DONE]\r\n\r\n");
    model.says([odd]);
    assert_eq!(ada.chat("hi").await.ok()["response_text"], "Hello.");
}

#[tokio::test]
async fn a_model_that_calls_for_ever() {
    let (_app, model, ada) = ada(App::setup().set("TASKCHAT_MODEL__MAX_STEPS", "4")).await;
    model.otherwise(|_| call("list_tasks", json!({})));
    let answer = ada.chat("list").await;
    assert!(matches!(answer.status, 500..=504), "{}", answer.text);
    let problem = answer.refused(answer.status);
    assert!(!user::text(&problem, "response_text").is_empty());
    assert!(model.asked() <= 5, "{}", model.asked());
}

#[tokio::test]
async fn the_offline_assistant_steps_in_and_says_so() {
    let model = FakeModel::start().await;
    let app = App::setup()
        .model(&model)
        .set("TASKCHAT_MODEL__FALLBACK", "true")
        .start()
        .await;
    let ada = app.sign_up("ada").await;
    model.otherwise(|_| Script::refusal(503));
    let reply = ada.chat("Add a task called buy milk").await.ok();
    assert_eq!(
        reply["notices"][0]["kind"], "answered_without_ai",
        "{reply}"
    );
    assert_eq!(reply["tool_calls"][0]["receipt"]["kind"], "created");
    assert_eq!(ada.titles().await, ["buy milk"]);
}

#[tokio::test]
async fn a_failed_turn_does_not_block_the_next() {
    let (_app, model, ada) = ada(App::setup()).await;
    model.says([Script::refusal(400)]);
    let problem = ada.chat("one").await.json();
    let conversation = user::text(&problem, "conversation_id");
    model.says([text("Here again.")]);
    let reply = ada.chat_in(&conversation, "two").await.ok();
    assert_eq!(reply["response_text"], "Here again.");
    // What came to nothing is not told: a model would act on it once more.
    assert_eq!(model.last().user_texts(), ["two"]);
    assert_eq!(ada.messages(&conversation).await.len(), 4);
}
