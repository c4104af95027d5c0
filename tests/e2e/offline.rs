//! The built-in assistant, by language: the [L] checks of acceptance 52 to 67, 100, 102, 104, 115.
//! The table of sentences is in the agent's own tests; here each form goes all the way.

use serde_json::{Value, json};
use taskchat_tests::{App, User, user};

async fn ada() -> (App, User) {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    (app, ada)
}

struct Said {
    tools: Vec<String>,
    text: String,
    conversation: String,
    reply: Value,
}

async fn say(ada: &User, conversation: &str, message: &str) -> Said {
    let reply = ada.chat_in(conversation, message).await.ok();
    let calls = reply["tool_calls"].as_array().expect("tool calls");
    Said {
        tools: calls.iter().map(|call| user::text(call, "tool")).collect(),
        text: user::text(&reply, "response_text"),
        conversation: user::text(&reply, "conversation_id"),
        reply,
    }
}

/// Whether the text has these words, in any letter case.
#[track_caller]
fn mentions(said: &Said, words: &str) {
    assert!(
        said.text.to_lowercase().contains(&words.to_lowercase()),
        "{words:?} is not in {:?}",
        said.text
    );
}

/// Whether any call changed something.
fn changed(said: &Said) -> bool {
    said.reply["tool_calls"]
        .as_array()
        .expect("calls")
        .iter()
        .any(|call| call["receipt"].is_object())
}

#[tokio::test]
async fn s052_add_a_task() {
    let (_app, ada) = ada().await;
    let said = say(&ada, "", "Put water the plants on my list").await;
    assert_eq!(said.tools, ["add_task"]);
    let call = &said.reply["tool_calls"][0];
    assert_eq!(
        user::text(&call["arguments"], "title").to_lowercase(),
        "water the plants"
    );
    assert_eq!(call["result"]["success"], true);
    mentions(&said, "water the plants");
    assert_eq!(ada.titles().await, ["water the plants"]);
}

#[tokio::test]
async fn s053_add_a_task_with_a_date() {
    let (_app, ada) = ada().await;
    let said = say(&ada, "", "New: send the tax form by Friday").await;
    assert_eq!(said.tools, ["add_task"]);
    let task = &ada.tasks().await[0];
    assert!(user::text(task, "title").contains("tax form"), "{task}");
    let due: chrono::NaiveDate = user::text(task, "due_date").parse().expect("a date");
    assert_eq!(due.format("%A").to_string(), "Friday");
}

#[tokio::test]
async fn s055_list_tasks() {
    let (_app, ada) = ada().await;
    ada.add_all(&["buy stamps", "water the plants", "call mom"])
        .await;
    let said = say(&ada, "", "What do I have to do?").await;
    assert_eq!(said.tools, ["list_tasks"]);
    for title in ["buy stamps", "water the plants", "call mom"] {
        mentions(&said, title);
    }
}

#[tokio::test]
async fn s056_list_no_tasks() {
    let (_app, ada) = ada().await;
    let said = say(&ada, "", "Anything left for me?").await;
    assert_eq!(said.tools, ["list_tasks"]);
    let text = said.text.to_lowercase();
    assert!(
        ["no ", "nothing", "none"]
            .iter()
            .any(|word| text.contains(word)),
        "{}",
        said.text
    );
}

#[tokio::test]
async fn s057_list_finished_tasks() {
    let (_app, ada) = ada().await;
    let ids = ada.add_all(&["buy stamps", "water the plants"]).await;
    ada.patch(&format!("/api/tasks/{}/complete", ids[0]), json!({}))
        .await
        .ok();
    let said = say(&ada, "", "Which ones have I finished?").await;
    mentions(&said, "buy stamps");
    assert!(!said.text.contains("water the plants"), "{}", said.text);
}

#[tokio::test]
async fn s058_s060_complete_a_task_and_again() {
    let (_app, ada) = ada().await;
    let id = user::id(&ada.add("water the plants").await);
    let said = say(&ada, "", "Tick off water the plants").await;
    assert!(
        said.tools.iter().any(|tool| tool == "complete_task"),
        "{:?}",
        said.tools
    );
    let done = ada.task(&id).await;
    assert_eq!(done["status"], "completed");
    mentions(&said, "water the plants");
    let said = say(&ada, &said.conversation, "Tick off water the plants").await;
    assert!(!said.text.is_empty());
    assert_eq!(ada.task(&id).await["completed_at"], done["completed_at"]);
}

#[tokio::test]
async fn s059_s065_what_is_not_there() {
    let (_app, ada) = ada().await;
    let task = ada.add("water the plants").await;
    for message in ["Tick off fly to Mars", "Throw away fly to Mars"] {
        let said = say(&ada, "", message).await;
        assert!(!changed(&said), "{}", said.reply);
        mentions(&said, "fly to Mars");
        let text = said.text.to_lowercase();
        assert!(
            ["find", "no task", "not "]
                .iter()
                .any(|it| text.contains(it)),
            "{}",
            said.text
        );
    }
    assert_eq!(ada.tasks().await, [task]);
}

#[tokio::test]
async fn s061_rename_a_task() {
    let (_app, ada) = ada().await;
    let id = user::id(&ada.add("water the plants").await);
    let said = say(
        &ada,
        "",
        "Call water the plants water the balcony from now on",
    )
    .await;
    assert_eq!(
        ada.task(&id).await["title"],
        "water the balcony",
        "{}",
        said.reply
    );
    assert!(said.tools.iter().any(|tool| tool == "update_task"));
}

#[tokio::test]
async fn s062_s063_change_the_priority() {
    let (_app, ada) = ada().await;
    let said = say(&ada, "", "Add a task called water the plants").await;
    let id = user::id(&ada.tasks().await[0]);
    let said = say(&ada, &said.conversation, "Make it high priority").await;
    assert!(
        said.tools.iter().any(|tool| tool == "update_task"),
        "{}",
        said.reply
    );
    let before = ada.task(&id).await;
    assert_eq!(before["priority"], "high");
    let said = say(&ada, &said.conversation, "Make it mega-critical priority").await;
    assert_eq!(ada.task(&id).await, before);
    for choice in ["low", "medium", "high", "urgent"] {
        mentions(&said, choice);
    }
}

#[tokio::test]
async fn s064_delete_a_task() {
    let (_app, ada) = ada().await;
    let id = user::id(&ada.add("water the plants").await);
    let said = say(&ada, "", "Throw away water the plants").await;
    ada.get(&format!("/api/tasks/{id}")).await.refused(404);
    mentions(&said, "water the plants");
}

#[tokio::test]
async fn s066_number_one_of_the_earlier_list() {
    let (_app, ada) = ada().await;
    ada.add_all(&["buy stamps", "water the plants", "call mom"])
        .await;
    let said = say(&ada, "", "List everything").await;
    let listed = said.reply["tool_calls"][0]["result"]["data"]["tasks"].clone();
    let first = user::id(&listed[0]);
    let said = say(&ada, &said.conversation, "Tick off number one").await;
    assert!(
        said.tools.iter().any(|tool| tool == "complete_task"),
        "{}",
        said.reply
    );
    assert_eq!(ada.task(&first).await["status"], "completed");
}

#[tokio::test]
async fn s067_s102_which_one() {
    let (_app, ada) = ada().await;
    ada.add_all(&["buy stamps", "water the plants"]).await;
    for message in ["Tick that off", "Sort it out"] {
        let said = say(&ada, "", message).await;
        assert!(!changed(&said), "{}", said.reply);
        mentions(&said, "?");
    }
    assert!(
        ada.tasks()
            .await
            .iter()
            .all(|task| task["status"] == "pending")
    );
}

#[tokio::test]
async fn s100_the_weather_is_somebody_elses_business() {
    let (_app, ada) = ada().await;
    let said = say(&ada, "", "Will it rain tomorrow?").await;
    assert_eq!(said.tools, Vec::<String>::new());
    for ability in ["add", "list", "done"] {
        mentions(&said, ability);
    }
}

#[tokio::test]
async fn s104_two_requests_in_one_sentence() {
    let (_app, ada) = ada().await;
    let id = user::id(&ada.add("water the plants").await);
    let said = say(&ada, "", "Add buy stamps and tick off water the plants").await;
    let calls = said.reply["tool_calls"].as_array().expect("calls");
    for (tool, kind, title) in [
        ("add_task", "created", "buy stamps"),
        ("complete_task", "completed", "water the plants"),
    ] {
        let call = calls
            .iter()
            .find(|call| call["tool"] == tool)
            .unwrap_or_else(|| panic!("{tool}"));
        assert_eq!(
            (&call["receipt"]["kind"], &call["receipt"]["task"]["title"]),
            (&json!(kind), &json!(title))
        );
        mentions(&said, title);
    }
    assert_eq!(ada.task(&id).await["status"], "completed");
    // Half a success is told as half.
    let said = say(&ada, "", "Add buy bread and tick off fly to Mars").await;
    assert!(changed(&said), "{}", said.reply);
    mentions(&said, "buy bread");
    mentions(&said, "fly to Mars");
}

#[tokio::test]
async fn a_pasted_list_is_added_and_not_carried_out() {
    let (_app, ada) = ada().await;
    let before = ada.add_all(&["quarterly report", "gym membership"]).await;
    let list = "I need to:\n- buy milk\n- finish the report\n- cancel the gym membership";
    let said = say(&ada, "", list).await;
    assert_eq!(said.tools, ["add_task", "add_task", "add_task"]);
    for id in before {
        assert_eq!(ada.task(&id).await["status"], "pending");
    }
    let mut titles = ada.titles().await;
    titles.sort();
    assert_eq!(
        titles,
        [
            "buy milk",
            "cancel the gym membership",
            "finish the report",
            "gym membership",
            "quarterly report"
        ]
    );
    // The same lines without a word on what they are: a question, and what it was asked for.
    let said = say(&ada, "", "finish the slides\ncancel the party").await;
    assert!(!changed(&said), "{}", said.reply);
    let said = say(&ada, &said.conversation, "Yes please").await;
    assert_eq!(said.tools, ["add_task", "add_task"], "{}", said.reply);
}

#[tokio::test]
async fn no_to_a_question_changes_nothing() {
    let (_app, ada) = ada().await;
    let said = say(&ada, "", "Add buy stamps").await;
    ada.add_all(&["cancel the paper", "read the paper"]).await;
    let before = ada.tasks().await;
    for no in ["Cancel that", "cancel", "go back", "none of them"] {
        let said = say(&ada, &said.conversation, "Delete the paper").await;
        mentions(&said, "which");
        let said = say(&ada, &said.conversation, no).await;
        assert!(!changed(&said), "{no}: {}", said.reply);
    }
    assert_eq!(ada.tasks().await, before);
}

#[tokio::test]
async fn number_one_is_of_the_list_that_was_shown() {
    let (_app, ada) = ada().await;
    ada.add_all(&["buy stamps", "go to the gym", "call mom"])
        .await;
    let said = say(&ada, "", "List everything").await;
    let listed = said.reply["tool_calls"][0]["result"]["data"]["tasks"].clone();
    let c = said.conversation;
    say(&ada, &c, "Call go to the gym go to the pool from now on").await;
    let said = say(&ada, &c, "Delete number one").await;
    assert!(changed(&said), "{}", said.reply);
    ada.get(&format!("/api/tasks/{}", user::id(&listed[0])))
        .await
        .refused(404);
}

#[tokio::test]
async fn s115_a_tasks_whole_life_by_chat_alone() {
    let (_app, ada) = ada().await;
    let said = say(&ada, "", "Add a task called Buy groceries").await;
    let c = said.conversation;
    mentions(&say(&ada, &c, "Show my tasks").await, "Buy groceries");
    say(&ada, &c, "Complete Buy groceries").await;
    assert_eq!(ada.tasks().await[0]["status"], "completed");
    say(&ada, &c, "Delete Buy groceries").await;
    assert!(ada.tasks().await.is_empty());
    say(&ada, &c, "Undo that").await;
    assert_eq!(ada.titles().await, ["Buy groceries"]);
    assert_eq!(ada.messages(&c).await.len(), 10);
}
