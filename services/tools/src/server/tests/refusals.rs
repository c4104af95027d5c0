//! What the tools do not do, and how they say so.

use serde_json::json;
use taskchat_domain::TaskId;

use crate::testing::House;

#[tokio::test]
async fn every_refusal_has_its_code_and_changes_nothing() {
    let house = House::new().await;
    let ann = house.hands_of("ann").await;
    let id = ann.add("milk").await;
    let unknown = TaskId::new();
    let long = "é".repeat(201);
    for (tool, args, code, field) in [
        ("add_task", json!({}), "MISSING_TITLE", None),
        ("add_task", json!(null), "MISSING_TITLE", None),
        ("add_task", json!({"title": null}), "MISSING_TITLE", None),
        ("add_task", json!({"title": " \n"}), "MISSING_TITLE", None),
        (
            "add_task",
            json!({"title": 7}),
            "VALIDATION_ERROR",
            Some("title"),
        ),
        (
            "add_task",
            json!({"title": long}),
            "VALIDATION_ERROR",
            Some("title"),
        ),
        (
            "add_task",
            json!({"title": "a\0b"}),
            "VALIDATION_ERROR",
            Some("title"),
        ),
        (
            "add_task",
            json!({"title": "x", "due": "soon"}),
            "VALIDATION_ERROR",
            Some("due"),
        ),
        (
            "add_task",
            json!({"title": "x", "priority": "mega-critical"}),
            "VALIDATION_ERROR",
            Some("priority"),
        ),
        (
            "add_task",
            json!({"title": "x", "tags": [1]}),
            "VALIDATION_ERROR",
            Some("tags"),
        ),
        (
            "add_task",
            json!({"title": "x", "recurrence": "often"}),
            "VALIDATION_ERROR",
            Some("recurrence"),
        ),
        (
            "add_task",
            json!({"title": "x", "owner": "bob"}),
            "VALIDATION_ERROR",
            Some("owner"),
        ),
        (
            "list_tasks",
            json!({"status": "done"}),
            "VALIDATION_ERROR",
            Some("status"),
        ),
        (
            "list_tasks",
            json!({"limit": 0}),
            "VALIDATION_ERROR",
            Some("limit"),
        ),
        ("get_task", json!({}), "MISSING_TASK_ID", None),
        ("get_task", json!({"task_id": ""}), "MISSING_TASK_ID", None),
        ("get_task", json!({"task_id": 3}), "INVALID_TASK_ID", None),
        (
            "get_task",
            json!({"task_id": "019a0000-0000-7000-8000-00"}),
            "INVALID_TASK_ID",
            None,
        ),
        (
            "get_task",
            json!({"task_id": unknown}),
            "TASK_NOT_FOUND",
            None,
        ),
        (
            "get_task",
            json!({"task": "fly to mars"}),
            "TASK_NOT_FOUND",
            None,
        ),
        (
            "get_task",
            json!({"task": "fly ".repeat(1001)}),
            "VALIDATION_ERROR",
            Some("task_id"),
        ),
        (
            "restore_task",
            json!({"task": long}),
            "VALIDATION_ERROR",
            Some("task_id"),
        ),
        (
            "list_tasks",
            json!({"query": "x".repeat(60_000)}),
            "VALIDATION_ERROR",
            Some("query"),
        ),
        (
            "search_messages",
            json!({"query": long}),
            "VALIDATION_ERROR",
            Some("query"),
        ),
        (
            "update_task",
            json!({"task_id": id}),
            "NO_FIELDS_TO_UPDATE",
            None,
        ),
        (
            "update_task",
            json!({"task_id": unknown}),
            "NO_FIELDS_TO_UPDATE",
            None,
        ),
        (
            "update_task",
            json!({"title": "x"}),
            "MISSING_TASK_ID",
            None,
        ),
        ("update_task", json!({}), "MISSING_TASK_ID", None),
        (
            "update_task",
            json!({"task_id": id, "title": ""}),
            "VALIDATION_ERROR",
            Some("title"),
        ),
        (
            "update_task",
            json!({"task_id": id, "status": "done"}),
            "VALIDATION_ERROR",
            Some("status"),
        ),
        (
            "update_task",
            json!({"task_id": unknown, "title": "x"}),
            "TASK_NOT_FOUND",
            None,
        ),
        (
            "complete_task",
            json!({"task_id": unknown}),
            "TASK_NOT_FOUND",
            None,
        ),
        (
            "reopen_task",
            json!({"task_id": unknown}),
            "TASK_NOT_FOUND",
            None,
        ),
        (
            "delete_task",
            json!({"task_id": unknown}),
            "TASK_NOT_FOUND",
            None,
        ),
        (
            "restore_task",
            json!({"task_id": unknown}),
            "TASK_NOT_FOUND",
            None,
        ),
        (
            "restore_task",
            json!({"task": "fly to mars"}),
            "TASK_NOT_FOUND",
            None,
        ),
        (
            "undo",
            json!({"operation_id": "latest"}),
            "VALIDATION_ERROR",
            Some("operation_id"),
        ),
        (
            "undo",
            json!({"operation_id": unknown}),
            "OPERATION_NOT_FOUND",
            None,
        ),
        (
            "search_messages",
            json!({}),
            "VALIDATION_ERROR",
            Some("query"),
        ),
        (
            "search_messages",
            json!({"query": "a\0b"}),
            "VALIDATION_ERROR",
            Some("query"),
        ),
    ] {
        let error = ann.refused(tool, args.clone()).await;
        assert_eq!(error["code"], code, "{tool} {args}: {error}");
        assert_eq!(error["field"].as_str(), field, "{tool} {args}: {error}");
        assert!(!error["message"].as_str().unwrap().is_empty());
    }
    assert_eq!(ann.titles(json!({})).await, ["milk"]);
    ann.done("delete_task", json!({"task_id": id})).await;
    let error = ann.refused("delete_task", json!({"task_id": id})).await;
    assert_eq!(error["code"], "TASK_NOT_FOUND");
    let nothing = house.hands_of("new").await.refused("undo", json!({})).await;
    assert_eq!(nothing["message"], "there is nothing to undo");
}

#[tokio::test]
async fn a_broken_database_is_told_in_general_words() {
    let house = House::unfinished().await;
    let ann = taskchat_domain::UserId::parse("ann").unwrap();
    let hands = house.hands(ann, taskchat_domain::Origin::Mcp).await;
    let id = TaskId::new();
    for (tool, args) in [
        ("add_task", json!({"title": "x"})),
        ("list_tasks", json!({})),
        ("get_task", json!({"task_id": id})),
        ("update_task", json!({"task_id": id, "title": "x"})),
        ("complete_task", json!({"task": "x"})),
        ("reopen_task", json!({"task_id": id})),
        ("delete_task", json!({"task_id": id})),
        ("restore_task", json!({"task": "x"})),
        ("undo", json!({})),
        ("search_messages", json!({"query": "x"})),
    ] {
        let error = hands.refused(tool, args).await;
        let expected = json!({
            "code": "DB_ERROR",
            "message": "something went wrong on our side",
        });
        assert_eq!(error, expected, "{tool}");
    }
}

#[tokio::test]
async fn a_delete_and_an_update_at_once_leave_no_ghost() {
    let house = House::new().await;
    let (one, two) = (house.hands_of("ann").await, house.hands_of("ann").await);
    for round in 0..10 {
        let id = one.add("milk").await;
        let change = json!({"task_id": id, "title": format!("bread {round}")});
        let (deleted, updated) = tokio::join!(
            one.call("delete_task", json!({"task_id": id})),
            two.call("update_task", change),
        );
        assert_eq!(deleted["success"], true, "{deleted}");
        if updated["success"] == false {
            assert_eq!(updated["error"]["code"], "TASK_NOT_FOUND");
        }
        assert_eq!(one.titles(json!({})).await, [""; 0]);
    }
}

#[tokio::test]
async fn people_never_meet() {
    let house = House::new().await;
    let (ann, bob) = (house.hands_of("ann").await, house.hands_of("bob").await);
    let id = ann.add("a secret").await;
    let (_, receipt) = ann
        .done("update_task", json!({"task_id": id, "priority": "low"}))
        .await;
    let operation_id = receipt.unwrap().operation_id;

    assert_eq!(bob.titles(json!({})).await, [""; 0]);
    assert_eq!(bob.titles(json!({"user_id": "ann"})).await, [""; 0]);
    let unknown = json!({"code": "TASK_NOT_FOUND", "message": "Task not found"});
    for tool in [
        "get_task",
        "complete_task",
        "reopen_task",
        "delete_task",
        "restore_task",
    ] {
        for name in [json!(id), json!("a secret"), json!(TaskId::new())] {
            let args = json!({"task_id": name, "user_id": "ann"});
            assert_eq!(bob.refused(tool, args).await, unknown, "{tool}");
        }
    }
    let change = json!({"task_id": id, "title": "mine"});
    assert_eq!(bob.refused("update_task", change).await, unknown);
    let undo = bob
        .refused("undo", json!({"operation_id": operation_id}))
        .await;
    assert_eq!(undo["code"], "OPERATION_NOT_FOUND");
    ann.done("delete_task", json!({"task_id": id})).await;
    assert_eq!(
        bob.refused("restore_task", json!({"task": "a secret"}))
            .await,
        unknown
    );

    // A user id in the arguments does nothing at all.
    bob.done("add_task", json!({"title": "bob's", "user_id": "ann"}))
        .await;
    assert_eq!(bob.titles(json!({})).await, ["bob's"]);
    assert_eq!(ann.titles(json!({})).await, [""; 0]);
}
