//! The right tool for everyday phrasings: acceptance 110. A fixed set, held apart from the table
//! that the offline assistant was written against.

use serde_json::{Value, json};
use taskchat_tests::{App, user};

/// Said to somebody who has "water the plants" and "buy stamps" on the list.
const PHRASINGS: [(&str, &str); 60] = [
    ("add_task", "Add a task called pay the rent"),
    ("add_task", "add pay the rent"),
    ("add_task", "Please add pay the rent to my list"),
    ("add_task", "I need to pay the rent"),
    ("add_task", "Remind me to pay the rent tomorrow"),
    ("add_task", "Put pay the rent on my list"),
    ("add_task", "Create a task: pay the rent"),
    ("add_task", "New task: pay the rent by Friday"),
    ("add_task", "Can you add a task to pay the rent?"),
    ("add_task", "don't let me forget to pay the rent"),
    ("add_task", "I have to pay the rent next Monday"),
    ("add_task", "Make a note to pay the rent"),
    ("add_task", "could you put \"pay the rent\" on the list"),
    ("add_task", "Add 'pay the rent' with high priority"),
    ("list_tasks", "What do I have to do?"),
    ("list_tasks", "Show my tasks"),
    ("list_tasks", "list everything"),
    ("list_tasks", "What's on my list?"),
    ("list_tasks", "What is still open?"),
    ("list_tasks", "Which tasks are done?"),
    ("list_tasks", "anything left for me today?"),
    ("list_tasks", "show me all my urgent tasks"),
    ("list_tasks", "What is due this week?"),
    ("list_tasks", "Do I have anything pending?"),
    ("list_tasks", "give me my todo list"),
    ("list_tasks", "what have I finished so far?"),
    ("complete_task", "Tick off water the plants"),
    ("complete_task", "Complete water the plants"),
    ("complete_task", "Mark water the plants as done"),
    (
        "complete_task",
        "I watered the plants, mark water the plants as completed",
    ),
    ("complete_task", "water the plants is done"),
    ("complete_task", "I'm done with water the plants"),
    ("complete_task", "Finish water the plants"),
    ("complete_task", "I finished water the plants"),
    ("complete_task", "check off \"water the plants\""),
    (
        "complete_task",
        "Please mark the task water the plants complete",
    ),
    ("complete_task", "cross water the plants off my list"),
    ("complete_task", "set water the plants to done"),
    (
        "update_task",
        "Rename water the plants to water the balcony",
    ),
    (
        "update_task",
        "Call water the plants water the balcony from now on",
    ),
    (
        "update_task",
        "Change water the plants to water the balcony",
    ),
    ("update_task", "Make water the plants urgent"),
    (
        "update_task",
        "Set the priority of water the plants to high",
    ),
    ("update_task", "water the plants is high priority"),
    ("update_task", "Move water the plants to Friday"),
    (
        "update_task",
        "change the due date of water the plants to tomorrow",
    ),
    (
        "update_task",
        "lower the priority of water the plants to low",
    ),
    ("update_task", "water the plants is due next Monday"),
    ("update_task", "mark water the plants as urgent"),
    (
        "update_task",
        "Please rename \"water the plants\" to \"water the balcony\"",
    ),
    ("delete_task", "Delete water the plants"),
    ("delete_task", "Throw away water the plants"),
    ("delete_task", "Remove water the plants from my list"),
    ("delete_task", "get rid of water the plants"),
    ("delete_task", "Please delete the task water the plants"),
    ("delete_task", "Take water the plants off my list"),
    ("delete_task", "drop water the plants"),
    ("delete_task", "I don't need water the plants anymore"),
    ("delete_task", "erase \"water the plants\""),
    ("delete_task", "can you remove water the plants?"),
];

/// What a reply changed, or `list_tasks` when it only looked.
fn done(reply: &Value) -> String {
    let calls = reply["tool_calls"].as_array().expect("tool calls");
    let acted = calls.iter().find(|call| call["receipt"].is_object());
    match acted.or(calls.first()) {
        Some(call) => user::text(call, "tool"),
        None => String::new(),
    }
}

#[tokio::test]
async fn s110_the_right_tool_for_everyday_phrasings() {
    let app = App::start().await;
    let mut wrong = Vec::new();
    for (at, (wanted, phrasing)) in PHRASINGS.into_iter().enumerate() {
        let ada = app.sign_up(&format!("ada{at}")).await;
        ada.add_all(&["water the plants", "buy stamps"]).await;
        let reply = ada
            .post("/api/chat", json!({ "message": phrasing }))
            .await
            .ok();
        let seen = done(&reply);
        if seen != wanted {
            wrong.push(format!(
                "{phrasing:?}: {seen:?} instead of {wanted}: {}",
                reply["response_text"]
            ));
        }
    }
    let right = PHRASINGS.len() - wrong.len();
    assert!(
        right * 100 >= PHRASINGS.len() * 95,
        "{right} of {} right:\n{}",
        PHRASINGS.len(),
        wrong.join("\n")
    );
}
