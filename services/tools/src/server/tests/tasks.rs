//! What the tools do.

use serde_json::{Value, json};
use taskchat_domain::{Receipt, ReceiptKind};

use crate::testing::House;

fn kind(receipt: &Option<Receipt>) -> Option<ReceiptKind> {
    receipt.as_ref().map(|receipt| receipt.kind)
}

#[tokio::test]
async fn a_task_that_is_moved_to_another_day_keeps_its_time() {
    let house = House::new().await;
    let ann = house.hands_of("ann").await;
    let dentist = json!({"title": "dentist", "due": "2026-10-20T15:00:00+02:00"});
    ann.done("add_task", dentist).await;
    for (said, due) in [
        // After the clocks went back, three o'clock is another instant.
        ("dec 4", "2026-12-04T14:00:00Z"),
        ("on december 7th", "2026-12-07T14:00:00Z"),
        ("dec 8 at 9", "2026-12-08T08:00:00Z"),
        ("2026-12-09", "2026-12-09"),
        ("dec 10", "2026-12-10"),
        ("dec 11 5pm", "2026-12-11T16:00:00Z"),
        ("all day dec 12", "2026-12-12"),
    ] {
        let moved = json!({"task_id": "dentist", "due": said});
        let (task, _) = ann.done("update_task", moved).await;
        assert_eq!(task["due_date"], due, "{said}");
    }
}

#[tokio::test]
async fn a_task_lives_through_every_tool() {
    let house = House::new().await;
    let ann = house.hands_of("ann").await;

    let (task, receipt) = ann
        .done(
            "add_task",
            json!({
                "title": " water the plants ", "description": "all of them", "priority": "High",
                "due": "next friday 5pm", "tags": ["home"], "recurrence": "FREQ=WEEKLY",
            }),
        )
        .await;
    assert_eq!(task["title"], "water the plants");
    assert_eq!(task["description"], "all of them");
    assert_eq!(task["status"], "pending");
    assert_eq!(task["priority"], "high");
    assert_eq!(task["due_date"], "2026-12-04T16:00:00Z");
    assert_eq!(task["due"], "Fri 4 Dec 2026, 17:00");
    assert_eq!(task["tags"], json!(["home"]));
    assert_eq!(task["recurrence"], "FREQ=WEEKLY");
    assert_eq!(task["created_by"], json!({"origin": "mcp"}));
    assert_eq!(kind(&receipt), Some(ReceiptKind::Created));
    let id = task["id"].clone();

    let (found, receipt) = ann.done("get_task", json!({"task_id": id})).await;
    assert_eq!((found, receipt), (task, None));

    let change = json!({"task_id": id, "title": "water the balcony", "recurrence": "", "due": ""});
    let (task, receipt) = ann.done("update_task", change).await;
    assert_eq!(task["title"], "water the balcony");
    assert_eq!(task["description"], "all of them");
    assert!(task["due_date"].is_null() && task["due"].is_null() && task["recurrence"].is_null());
    assert_eq!(kind(&receipt), Some(ReceiptKind::Updated));

    let (task, receipt) = ann.done("complete_task", json!({"task_id": id})).await;
    assert_eq!(task["status"], "completed");
    assert_eq!(kind(&receipt), Some(ReceiptKind::Completed));
    let completed_at = task["completed_at"].clone();
    house.clock.advance(chrono::Duration::hours(1));
    let (task, receipt) = ann.done("complete_task", json!({"task_id": id})).await;
    assert_eq!(task["completed_at"], completed_at);
    assert_eq!(receipt, None);

    let (task, receipt) = ann.done("reopen_task", json!({"task_id": id})).await;
    assert_eq!(task["status"], "pending");
    assert!(task["completed_at"].is_null());
    assert_eq!(kind(&receipt), Some(ReceiptKind::Reopened));

    let (data, receipt) = ann.done("delete_task", json!({"task_id": id})).await;
    assert_eq!(data, json!({"task_id": id, "deleted": true}));
    assert_eq!(kind(&receipt), Some(ReceiptKind::Deleted));
    assert_eq!(ann.titles(json!({})).await, [""; 0]);

    let (task, receipt) = ann.done("restore_task", json!({"task_id": id})).await;
    assert_eq!(task["title"], "water the balcony");
    assert_eq!(kind(&receipt), Some(ReceiptKind::Restored));
    let operation_id = receipt.unwrap().operation_id;

    let (_, receipt) = ann
        .done("undo", json!({"operation_id": operation_id}))
        .await;
    assert!(receipt.unwrap().summary.starts_with("Undone"));
    assert_eq!(ann.titles(json!({})).await, [""; 0]);

    let (data, receipt) = ann.done("search_messages", json!({"query": "milk"})).await;
    assert_eq!(data["count"], 1);
    assert_eq!(
        data["messages"][0]["text"],
        "ann wants milk, at most 10 times"
    );
    assert_eq!(receipt, None);
}

#[tokio::test]
async fn lists_are_narrowed_by_every_argument() {
    let house = House::new().await;
    let ann = house.hands_of("ann").await;
    assert_eq!(ann.titles(json!({})).await, [""; 0]);
    for task in [
        json!({"title": "one", "due": "today", "priority": "urgent"}),
        json!({"title": "two", "due": "tomorrow", "status": "in_progress"}),
        // Half past midnight in Berlin, in UTC the day before.
        json!({"title": "three", "due": "2026-11-25T23:30:00Z", "tags": ["home"]}),
        json!({"title": "four", "status": "completed"}),
    ] {
        ann.done("add_task", task).await;
        house.clock.advance(chrono::Duration::seconds(1));
    }
    for (args, titles) in [
        (json!({}), &["one", "two", "three", "four"][..]),
        (
            json!({"status": "all", "query": " "}),
            &["one", "two", "three", "four"],
        ),
        (json!({"status": "open"}), &["one", "two", "three"]),
        (json!({"status": "in progress"}), &["two"]),
        (json!({"status": "completed"}), &["four"]),
        (json!({"priority": "urgent"}), &["one"]),
        (json!({"due_before": "tomorrow"}), &["one"]),
        (json!({"due_after": "tomorrow"}), &["two", "three"]),
        (
            json!({"due_after": "today", "due_before": "friday"}),
            &["one", "two", "three"],
        ),
        (json!({"due_before": "today"}), &[]),
        (json!({"query": "HOME"}), &["three"]),
        (json!({"limit": 2}), &["three", "four"]),
        (json!({"limit": 1, "due_after": "today"}), &["three"]),
    ] {
        assert_eq!(ann.titles(args.clone()).await, titles, "{args}");
    }
    let more = async |args: Value| ann.done("list_tasks", args).await.0["more"] == true;
    assert!(more(json!({"limit": 3})).await);
    assert!(!more(json!({"limit": 4})).await);
    assert!(more(json!({"limit": 1, "due_before": "friday"})).await);
    assert!(!more(json!({"limit": 1, "due_before": "tomorrow"})).await);
}

#[tokio::test]
async fn words_name_a_task_and_never_by_a_guess() {
    let house = House::new().await;
    let ann = house.hands_of("ann").await;
    let plants = ann.add("water the plants").await;
    ann.add("call mum").await;
    ann.add("call the bank").await;

    let (task, _) = ann.done("get_task", json!({"task": "Plants"})).await;
    assert_eq!(task["id"], plants);
    let (task, _) = ann
        .done("complete_task", json!({"task_id": "“water the plants”"}))
        .await;
    assert_eq!(task["id"], plants);

    let error = ann.refused("delete_task", json!({"task_id": "call"})).await;
    assert_eq!(error["code"], "AMBIGUOUS_TASK");
    let choices = error["choices"].as_array().unwrap();
    let mut titles: Vec<_> = choices
        .iter()
        .map(|choice| choice["title"].as_str().unwrap())
        .collect();
    titles.sort_unstable();
    assert_eq!(titles, ["call mum", "call the bank"]);
    assert_eq!(choices[0]["status"], "pending");
    let chosen = &choices[0]["task_id"];
    ann.done("delete_task", json!({"task_id": chosen})).await;

    // A completed namesake is not meant while an open one is there, except for reopening.
    let again = ann.add("water the plants").await;
    let (task, _) = ann
        .done("complete_task", json!({"task": "water the plants"}))
        .await;
    assert_eq!(task["id"], again);
    let error = ann
        .refused("reopen_task", json!({"task": "water the plants"}))
        .await;
    assert_eq!(error["code"], "AMBIGUOUS_TASK");
    ann.done("reopen_task", json!({"task_id": again})).await;
    let (task, _) = ann
        .done("reopen_task", json!({"task": "water the plants"}))
        .await;
    assert_eq!(task["id"], plants);

    // Deleted tasks are found by words for restoring, and only those that are deleted.
    let (task, _) = ann.done("restore_task", json!({"task": "call"})).await;
    assert_eq!(&task["id"], chosen);
    let error = ann.refused("restore_task", json!({"task": "call"})).await;
    assert_eq!(error["code"], "TASK_NOT_FOUND");
}

#[tokio::test]
async fn a_piece_of_a_word_is_asked_about_or_nothing_at_all() {
    let house = House::new().await;
    let ann = house.hands_of("ann").await;
    let card = ann.add("Buy greeting card").await;
    ann.add("Descale the steam iron").await;
    let all = ann.titles(json!({})).await;
    for tool in ["complete_task", "delete_task", "reopen_task", "update_task"] {
        let args = |words: &str| match tool {
            "update_task" => json!({"task_id": words, "priority": "low"}),
            _ => json!({"task_id": words}),
        };
        let error = ann.refused(tool, args("tea")).await;
        assert_eq!(error["code"], "TASK_NOT_FOUND", "{tool}");
        let error = ann.refused(tool, args("car")).await;
        assert_eq!(error["code"], "AMBIGUOUS_TASK", "{tool}");
        let choice = json!([
            {"task_id": card, "title": "Buy greeting card", "status": "pending"}
        ]);
        assert_eq!(error["choices"], choice, "{tool}");
        let message = error["message"].as_str().unwrap();
        assert!(message.starts_with("no task has these words"), "{message}");
    }
    assert_eq!(ann.titles(json!({"status": "open"})).await, all);

    ann.done("delete_task", json!({"task_id": card})).await;
    let error = ann.refused("restore_task", json!({"task": "ard"})).await;
    assert_eq!(error["code"], "TASK_NOT_FOUND");
    let error = ann.refused("restore_task", json!({"task": "car"})).await;
    assert_eq!(error["choices"][0]["task_id"], card);
    ann.done("restore_task", json!({"task": "the card"})).await;
}

#[tokio::test]
async fn an_undo_that_would_overwrite_names_the_field() {
    let house = House::new().await;
    let ann = house.hands_of("ann").await;
    let id = ann.add("milk").await;
    let (_, first) = ann
        .done("update_task", json!({"task_id": id, "title": "bread"}))
        .await;
    ann.done("update_task", json!({"task_id": id, "title": "butter"}))
        .await;
    let operation_id = first.unwrap().operation_id;
    let error = ann
        .refused("undo", json!({"operation_id": operation_id}))
        .await;
    assert_eq!(
        (&error["code"], &error["field"]),
        (&json!("CONFLICT"), &json!("title"))
    );
    assert_eq!(ann.titles(json!({})).await, ["butter"]);
    // The latest can be taken back, and then the first.
    ann.done("undo", json!({})).await;
    ann.done("undo", json!({"operation_id": operation_id}))
        .await;
    assert_eq!(ann.titles(json!({})).await, ["milk"]);
}
