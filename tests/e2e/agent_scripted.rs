//! The assistant with a scripted model: acceptance 52 to 65, 67, 100 to 102, 104.

use serde_json::{Value, json};
use taskchat_tests::{App, FakeModel, Script, User, call, calls, text, user};

/// Ada, and a model that plays these scripts.
async fn ada() -> (App, FakeModel, User) {
    let (app, model) = App::scripted().await;
    let ada = app.sign_up("ada").await;
    (app, model, ada)
}

fn tools(reply: &Value) -> Vec<String> {
    let calls = reply["tool_calls"].as_array().expect("tool calls");
    calls.iter().map(|call| user::text(call, "tool")).collect()
}

#[tokio::test]
async fn s052_add_task_by_chat() {
    let (_app, model, ada) = ada().await;
    model.says([
        call("add_task", json!({ "title": "water the plants" })),
        text("I added water the plants."),
    ]);
    let reply = ada.chat("Put water the plants on my list").await.ok();
    assert_eq!(tools(&reply), ["add_task"]);
    let made = &reply["tool_calls"][0];
    assert_eq!(made["arguments"], json!({ "title": "water the plants" }));
    assert_eq!(
        (&made["is_error"], &made["result"]["success"]),
        (&json!(false), &json!(true))
    );
    assert_eq!(made["receipt"]["summary"], "Added “water the plants”.");
    assert_eq!(reply["response_text"], "I added water the plants.");
    let tasks = ada.tasks().await;
    assert_eq!(
        (tasks.len(), &tasks[0]["title"]),
        (1, &json!("water the plants"))
    );
    assert_eq!(
        tasks[0]["created_by"],
        json!({ "origin": "turn", "turn_id": reply["turn_id"] })
    );
    model.assert_sound();
}

#[tokio::test]
async fn s053_a_date_in_words_is_resolved_by_the_system() {
    let (_app, model, ada) = ada().await;
    model.says([
        call(
            "add_task",
            json!({ "title": "send the tax form", "due": "friday" }),
        ),
        text("Added send the tax form for Friday."),
    ]);
    ada.chat("New: send the tax form by Friday").await.ok();
    let due = ada.tasks().await[0]["due_date"]
        .as_str()
        .expect("a date")
        .to_owned();
    let date: chrono::NaiveDate = due.parse().expect("a date");
    assert_eq!(date.format("%A").to_string(), "Friday");
    let ahead = (date - chrono::Utc::now().date_naive()).num_days();
    assert!((0..=7).contains(&ahead), "{due}");
}

#[tokio::test]
async fn s054_a_tool_that_fails() {
    let (_app, model, ada) = ada().await;
    model.says([
        call("add_task", json!({ "title": "  " })),
        text("I could not add it: it needs a title."),
    ]);
    let reply = ada.chat("Add nothing").await.ok();
    let failed = &reply["tool_calls"][0];
    assert_eq!(
        (&failed["is_error"], &failed["receipt"]),
        (&json!(true), &Value::Null)
    );
    assert_eq!(failed["result"]["error"]["code"], "MISSING_TITLE");
    let said = user::text(&reply, "response_text");
    assert!(!said.contains("MISSING_TITLE"), "{said}");
    assert!(ada.tasks().await.is_empty());
    // The model was told.
    assert_eq!(model.last().results()[0]["success"], false);
}

#[tokio::test]
async fn s055_s056_s057_lists_come_from_the_tool() {
    let (_app, model, ada) = ada().await;
    model.says([call("list_tasks", json!({})), text("Nothing is left.")]);
    ada.chat("Anything left for me?").await.ok();
    assert_eq!(model.last().results()[0]["data"]["count"], 0);

    let ids = ada.add_all(&["one", "two", "three"]).await;
    ada.patch(&format!("/api/tasks/{}/complete", ids[0]), json!({}))
        .await
        .ok();
    model.says([call("list_tasks", json!({})), text("one, two, three")]);
    let reply = ada.chat("What do I have to do?").await.ok();
    assert_eq!(tools(&reply), ["list_tasks"]);
    assert_eq!(reply["tool_calls"][0]["result"]["data"]["count"], 3);

    model.says([
        call("list_tasks", json!({ "status": "completed" })),
        text("Finished: one"),
    ]);
    ada.chat("Which ones have I finished?").await.ok();
    let seen = model.last().results()[0]["data"].clone();
    assert_eq!(
        (&seen["count"], &seen["tasks"][0]["title"]),
        (&json!(1), &json!("one"))
    );
}

#[tokio::test]
async fn s058_s060_complete_by_chat_and_again() {
    let (_app, model, ada) = ada().await;
    let id = user::id(&ada.add("water the plants").await);
    model.says([
        call("complete_task", json!({ "task": "water the plants" })),
        text("Completed water the plants."),
        call("complete_task", json!({ "task_id": id })),
        text("It was already done."),
    ]);
    let reply = ada.chat("Tick off water the plants").await.ok();
    assert_eq!(reply["tool_calls"][0]["receipt"]["task"]["id"], id);
    let done = ada.task(&id).await;
    assert_eq!(done["status"], "completed");
    ada.chat("Tick off water the plants").await.ok();
    assert_eq!(ada.task(&id).await, done);
}

#[tokio::test]
async fn s059_s065_what_is_not_there_is_not_changed() {
    let (_app, model, ada) = ada().await;
    let task = ada.add("water the plants").await;
    for tool in ["complete_task", "delete_task"] {
        model.says([
            call(tool, json!({ "task": "fly to Mars" })),
            text("I cannot find fly to Mars."),
        ]);
        let reply = ada.chat("… fly to Mars").await.ok();
        assert_eq!(
            reply["tool_calls"][0]["result"]["error"]["code"],
            "TASK_NOT_FOUND"
        );
    }
    assert_eq!(ada.tasks().await, [task]);
}

#[tokio::test]
async fn s061_s062_s063_s064_change_and_delete() {
    let (_app, model, ada) = ada().await;
    let id = user::id(&ada.add("water the plants").await);
    model.says([
        call(
            "update_task",
            json!({ "task": "water the plants", "title": "water the balcony" }),
        ),
        text("Renamed."),
        call("update_task", json!({ "task_id": id, "priority": "high" })),
        text("It is high priority now."),
        call(
            "update_task",
            json!({ "task_id": id, "priority": "mega-critical" }),
        ),
        text("There are low, medium, high and urgent. Which one?"),
        call("delete_task", json!({ "task_id": id })),
        text("Deleted water the balcony."),
    ]);
    ada.chat("Call water the plants water the balcony from now on")
        .await
        .ok();
    assert_eq!(ada.task(&id).await["title"], "water the balcony");
    ada.chat("Make it high priority").await.ok();
    let before = ada.task(&id).await;
    assert_eq!(before["priority"], "high");
    let reply = ada.chat("Make it mega-critical priority").await.ok();
    let error = &reply["tool_calls"][0]["result"]["error"];
    assert_eq!(error["code"], "VALIDATION_ERROR");
    for choice in ["low", "medium", "high", "urgent"] {
        assert!(user::text(error, "message").contains(choice), "{error}");
    }
    assert_eq!(ada.task(&id).await, before);
    ada.chat("Throw it away").await.ok();
    ada.get(&format!("/api/tasks/{id}")).await.refused(404);
}

#[tokio::test]
async fn s067_s100_s102_no_call_is_a_fine_answer() {
    let (_app, model, ada) = ada().await;
    let task = ada.add("water the plants").await;
    for (message, answer) in [
        ("Tick that off", "Which one do you mean?"),
        (
            "Will it rain tomorrow?",
            "I only look after your tasks: I can add, list and complete them.",
        ),
        ("Sort it out", "What shall I do?"),
    ] {
        model.says([text(answer)]);
        let reply = ada.chat(message).await.ok();
        assert_eq!(
            (&reply["response_text"], tools(&reply)),
            (&json!(answer), vec![])
        );
    }
    assert_eq!(ada.tasks().await, [task]);
}

#[tokio::test]
async fn s104_two_calls_in_one_step_keep_their_own_results() {
    let (_app, model, ada) = ada().await;
    let id = user::id(&ada.add("water the plants").await);
    model.says([
        calls([
            ("add_task", json!({ "title": "buy stamps" })),
            ("complete_task", json!({ "task_id": id })),
            ("complete_task", json!({ "task": "fly to Mars" })),
        ]),
        text("Added buy stamps, completed water the plants, did not find the third."),
    ]);
    let reply = ada
        .chat("Add buy stamps, tick off water the plants and fly to Mars")
        .await
        .ok();
    assert_eq!(
        tools(&reply),
        ["add_task", "complete_task", "complete_task"]
    );
    let calls = &reply["tool_calls"];
    assert_eq!(calls[0]["receipt"]["task"]["title"], "buy stamps");
    assert_eq!(calls[1]["receipt"]["task"]["title"], "water the plants");
    assert_eq!(
        (&calls[2]["is_error"], &calls[2]["receipt"]),
        (&json!(true), &Value::Null)
    );
    let told: Vec<Value> = model
        .last()
        .results()
        .iter()
        .map(|it| it["success"].clone())
        .collect();
    assert_eq!(told, [true, true, false]);
    let ids: Vec<String> = calls
        .as_array()
        .expect("calls")
        .iter()
        .map(user::id)
        .collect();
    assert_eq!(ids, ["call_1", "call_2", "call_3"]);
}

#[tokio::test]
async fn an_unknown_tool_and_unreadable_arguments_are_the_models_to_mend() {
    let (_app, model, ada) = ada().await;
    model.says([
        call("drop_database", json!({})),
        Script::stream()
            .asks(0, "add_task", "{\"title\": \"x")
            .finish("tool_calls"),
        call("add_task", json!({ "title": "x" })),
        text("Added x."),
    ]);
    let reply = ada.chat("Add x").await.ok();
    assert_eq!(tools(&reply), ["drop_database", "add_task", "add_task"]);
    let errors: Vec<&Value> = reply["tool_calls"]
        .as_array()
        .expect("calls")
        .iter()
        .map(|it| &it["is_error"])
        .collect();
    assert_eq!(errors, [true, true, false]);
    assert_eq!(ada.titles().await, ["x"]);
}

#[tokio::test]
async fn text_before_a_call_is_kept() {
    let (_app, model, ada) = ada().await;
    let first = Script::stream()
        .delta("Let me do that. ")
        .asks(0, "add_task", r#"{"title":"x"}"#)
        .finish("tool_calls");
    model.says([first, text("Added x.")]);
    let reply = ada.chat("Add x").await.ok();
    assert_eq!(reply["response_text"], "Let me do that. \n\nAdded x.");
    let step = model.last().messages()[2].clone();
    assert_eq!(
        (&step["role"], &step["content"]),
        (&json!("assistant"), &json!("Let me do that."))
    );
}

#[tokio::test]
async fn s101_what_was_done_before_a_failure_is_told() {
    let (_app, model, ada) = ada().await;
    model.says([
        call("add_task", json!({ "title": "buy milk" })),
        Script::refusal(400),
    ]);
    let answer = ada.chat("Add buy milk").await;
    assert!((500..600).contains(&answer.status), "{}", answer.text);
    let problem = answer.refused(answer.status);
    assert_eq!(
        problem["tool_calls"][0]["receipt"]["kind"], "created",
        "{problem}"
    );
    let said = user::text(&problem, "response_text");
    assert!(!said.is_empty() && !said.contains("400"), "{said}");
    assert_eq!(ada.titles().await, ["buy milk"]);
    let messages = ada.messages(&user::text(&problem, "conversation_id")).await;
    assert_eq!(messages[0]["content"], "Add buy milk");
    assert_eq!(
        (
            &messages[1]["status"],
            &messages[1]["tool_calls"][0]["tool"]
        ),
        (&json!("failed"), &json!("add_task"))
    );
}

#[tokio::test]
async fn a_turn_that_reads_a_lot_can_still_be_read() {
    let (_app, model, ada) = ada().await;
    for at in 0..50 {
        let body = json!({ "title": format!("task {at}"), "description": "é".repeat(1000) });
        ada.post("/api/tasks", body).await.ok();
    }
    // About 5 MiB, if all of it were kept.
    let reading = || {
        let many = (0..16).map(|_| ("list_tasks", json!({})));
        let add = ("add_task", json!({ "title": "one more" }));
        calls(many.chain([add]))
    };
    for end in [text("That is a lot."), Script::refusal(400)] {
        model.says([reading(), reading(), end]);
        let events = ada.stream(json!({ "message": "Read it all" })).await;
        let turn = user::text(&events[0].data, "turn_id");
        let last = events.last().expect("an end");
        assert!(matches!(last.kind.as_str(), "completed" | "failed"));
        assert_eq!(&ada.follow(&turn, 0).await.rest().await, &events);

        let told = &last.data[last.kind.as_str()]["tool_calls"];
        let stored = ada.get(&format!("/api/turns/{turn}")).await.ok();
        assert_eq!(&stored["response"]["tool_calls"], told);
        let conversation = user::text(&stored, "conversation_id");
        assert_eq!(&ada.messages(&conversation).await[1]["tool_calls"], told);
        let told = told.as_array().expect("calls");
        assert_eq!(told[0]["result"]["data"]["count"], 50);
        assert_eq!(told[31]["result"]["error"]["code"], "RESULT_TOO_LARGE");
        // What was done is told all the same.
        for added in [16, 33] {
            assert_eq!(told[added]["receipt"]["kind"], "created");
            assert_eq!(told[added]["is_error"], false);
        }
    }
    model.assert_sound();
}
