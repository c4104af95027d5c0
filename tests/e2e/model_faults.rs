//! Every fault of a model in `tests/data/model_faults.json` has the outcome that stands beside it:
//! the person's message is kept, nothing is done that was not asked for, and trying again works.

use std::time::Duration;

use serde_json::{Value, json};
use taskchat_tests::{App, FakeModel, Script, User, call, text, user};

/// What a model sends, as the table describes it.
fn script(answer: &Value) -> Script {
    let number = |value: &Value| value.as_u64().and_then(|it| u16::try_from(it).ok());
    if let Some(status) = number(&answer["html"]) {
        return Script::html(status);
    }
    if let Some(status) = number(&answer["status"]) {
        let headers = answer["headers"].as_object().into_iter().flatten();
        return headers.fold(Script::refusal(status), |script, (name, value)| {
            let value = value.as_str().expect("a header").to_owned();
            script.header(name.clone().leak(), value.leak())
        });
    }
    let steps = answer["body"].as_array().expect("a body");
    steps.iter().fold(Script::stream(), step)
}

fn step(script: Script, step: &Value) -> Script {
    let times = usize::try_from(step["times"].as_u64().unwrap_or(1)).expect("a number");
    let said = |name: &str| step[name].as_str();
    match step.as_str() {
        Some("stall") => return script.stall(),
        Some("cut") => return script.cut(),
        _ => {}
    }
    if let Some(milliseconds) = step["wait"].as_u64() {
        return script.wait(Duration::from_millis(milliseconds));
    }
    if let Some(piece) = said("delta") {
        let fold = usize::try_from(step["fold"].as_u64().unwrap_or(1)).expect("a number");
        let piece = piece.repeat(fold);
        return (0..times).fold(script, |script, _| script.delta(&piece));
    }
    if let Some(tool) = said("call") {
        let arguments = said("arguments").expect("arguments");
        return (0..times).fold(script, |script, at| script.asks(at, tool, arguments));
    }
    if let Some(reason) = said("finish") {
        return script.finish(reason);
    }
    if let Some(raw) = said("raw") {
        return script.raw(raw);
    }
    match (&step["chunk"], &step["event"]) {
        (Value::Null, event @ Value::Object(_)) => script.event(event),
        (chunk @ Value::Object(_), _) => script.chunk(chunk.clone(), Value::Null),
        _ => panic!("an unknown step: {step}"),
    }
}

fn codes(reply: &Value) -> Vec<Value> {
    let calls = reply["tool_calls"].as_array().into_iter().flatten();
    calls
        .map(|call| call["result"]["error"]["code"].clone())
        .filter(|code| !code.is_null())
        .collect()
}

/// The turn that such a message was given up with can be tried again, and then acts once.
async fn is_tried_again(ada: &User, model: &FakeModel, turn: &str, fault: &str) {
    model.says([
        call("add_task", json!({ "title": "buy milk" })),
        text("There you are."),
    ]);
    let retry = format!("/api/turns/{turn}:retry");
    let again = user::id(&ada.post(&retry, json!({})).await.ok());
    ada.follow(&again, 0).await.rest().await;
    let again = ada.get(&format!("/api/turns/{again}")).await.ok();
    assert_eq!(again["state"], "completed", "{fault}: {again}");
    assert_eq!(ada.titles().await, ["buy milk"], "{fault}");
}

#[tokio::test]
async fn every_fault_of_a_model_has_its_outcome() {
    let table = include_str!("../data/model_faults.json");
    let table: Vec<Value> = serde_json::from_str(table).expect("a table");
    assert!(table.len() >= 25);
    let model = FakeModel::start().await;
    let setup = || {
        App::setup()
            .model(&model)
            .set("TASKCHAT_MODEL__FIRST_TOKEN_TIMEOUT", "1500ms")
            .set("TASKCHAT_MODEL__IDLE_TIMEOUT", "1500ms")
            .set("TASKCHAT_MODEL__MAX_STEPS", "4")
    };
    let app = setup().start().await;
    // A port that nobody listens on.
    let dead = setup().set("OPENAI_BASE_URL", "http://127.0.0.1:9/v1");
    let dead = dead.start().await;
    for (at, row) in table.iter().enumerate() {
        let fault = user::text(row, "fault");
        let is_dead = row["dead"] == true;
        let ada = match is_dead {
            true => dead.sign_up("ada").await,
            false => app.sign_up(&format!("ada{at}")).await,
        };
        let answers = row["answers"].as_array().into_iter().flatten();
        model.says(answers.map(script));
        let always = row["always"].clone();
        if always.is_object() {
            model.otherwise(move |_| script(&always));
        }
        let answer = ada.chat("Add buy milk").await;
        if let Some(text) = row["says"].as_str() {
            let reply = answer.ok();
            assert_eq!(reply["response_text"], text, "{fault}");
            let expected = row["codes"].as_array().cloned().unwrap_or_default();
            assert_eq!(codes(&reply), expected, "{fault}: {reply}");
            assert!(ada.tasks().await.is_empty(), "{fault}");
        } else {
            let status = row["fails"][0].as_u64().expect("an outcome");
            assert_eq!(u64::from(answer.status), status, "{fault}: {}", answer.text);
            let problem = answer.refused(answer.status);
            assert_eq!(problem["code"], row["fails"][1], "{fault}: {problem}");
            let conversation = user::text(&problem, "conversation_id");
            let messages = ada.messages(&conversation).await;
            assert_eq!(messages[0]["content"], "Add buy milk", "{fault}");
            if let Some(said) = row["said"].as_str() {
                assert_eq!(messages[1]["content"], said, "{fault}");
            }
            let words = user::text(&problem, "response_text");
            assert_eq!(messages[1]["failure"]["response_text"], words, "{fault}");
            assert!(ada.tasks().await.is_empty(), "{fault}");
            if !is_dead {
                let turn = user::text(&problem, "turn_id");
                is_tried_again(&ada, &model, &turn, &fault).await;
            }
        }
        model.assert_sound();
    }
}
