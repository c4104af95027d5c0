//! The same engine behind every door.

use rmcp::model::CallToolRequestParams;
use serde_json::json;
use taskchat_tests::{App, Door, call, door::Say, mcp, text};

#[tokio::test]
async fn a_sentence_becomes_a_task() {
    let (app, model) = App::scripted().await;
    for (at, door) in Door::ALL.into_iter().enumerate() {
        let ada = app.sign_up(&format!("ada{at}")).await;
        model.says([
            call(
                "add_task",
                json!({ "title": "Buy groceries", "priority": "high" }),
            ),
            text("I added Buy groceries."),
        ]);
        let reply = ada
            .via(door)
            .chat(Say::new("Add a task called Buy groceries"))
            .await
            .expect("an answer");
        assert_eq!(reply.text, "I added Buy groceries.");
        assert_eq!(reply.status, "completed");
        let [made] = &reply.calls[..] else {
            panic!("one call in {reply:?}")
        };
        assert_eq!(made.tool, "add_task");
        assert_eq!(
            made.arguments,
            json!({ "title": "Buy groceries", "priority": "high" })
        );
        assert_eq!(made.result["success"], true);
        let receipt = made.receipt.as_ref().expect("a receipt");
        assert_eq!(
            (receipt.kind.as_str(), receipt.title.as_str()),
            ("created", "Buy groceries")
        );
        assert!(receipt.undoable);

        // Everybody sees the same task.
        let seen = ada.via(door).tasks().await.expect("tasks");
        assert_eq!(
            (
                seen.len(),
                seen[0].title.as_str(),
                seen[0].priority.as_str()
            ),
            (1, "Buy groceries", "high")
        );
        assert_eq!(seen[0].user_id, ada.id);
        for other in Door::ALL {
            assert_eq!(
                ada.via(other).tasks().await.expect("tasks"),
                seen,
                "{door:?} {other:?}"
            );
            assert_eq!(
                ada.via(other).task(&seen[0].id).await.expect("a task"),
                seen[0]
            );
        }
        let client = mcp::sdk_client(&ada).await;
        let listed = client
            .call_tool(CallToolRequestParams::new("list_tasks"))
            .await
            .expect("a result");
        let listed = listed.structured_content.expect("structured content");
        assert_eq!(listed["data"]["tasks"][0]["title"], "Buy groceries");
        client.cancel().await.expect("an end");

        // And takes it back.
        let undone = ada
            .via(door)
            .undo(&receipt.operation_id)
            .await
            .expect("undone");
        assert_eq!(undone.kind, "deleted");
        assert!(ada.via(door).tasks().await.expect("tasks").is_empty());
    }
    model.assert_sound();
}

#[tokio::test]
async fn streams_are_the_same_at_every_door() {
    let (app, model) = App::scripted().await;
    let ada = app.sign_up("ada").await;
    for door in Door::ALL {
        model.says([
            call("add_task", json!({ "title": "x" })),
            text("Added x for you."),
        ]);
        let live = ada
            .via(door)
            .stream(Say::new("Add x"))
            .await
            .expect("a stream");
        let reply = live
            .last()
            .and_then(|last| last.reply.clone())
            .expect("an end");
        assert_eq!(reply.text, "Added x for you.", "{door:?}");
        let joined: String = live.iter().map(|it| it.text.as_str()).collect();
        assert_eq!(joined, reply.text, "{door:?}");
        let numbers: Vec<u32> = live
            .iter()
            .map(|it| it.seq)
            .filter(|seq| *seq > 0)
            .collect();
        assert_eq!(
            numbers,
            (1..=u32::try_from(numbers.len()).expect("few")).collect::<Vec<_>>(),
            "{door:?}"
        );
        // Whoever comes later, by whatever door, is told the same.
        for other in Door::ALL {
            let replayed = ada
                .via(other)
                .follow(&reply.turn_id, 0)
                .await
                .expect("a replay");
            let stored: Vec<_> = live.iter().filter(|it| it.seq > 0).cloned().collect();
            assert_eq!(replayed, stored, "{door:?} {other:?}");
            let rest = ada
                .via(other)
                .follow(&reply.turn_id, 2)
                .await
                .expect("a replay");
            assert_eq!(rest, stored[2..], "{door:?} {other:?}");
        }
    }
}

#[tokio::test]
async fn refusals_are_the_same_at_every_door() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let mut seen = Vec::new();
    for door in Door::ALL {
        let through = ada.via(door);
        let blank = through.chat(Say::new("  ")).await.expect_err("refused");
        assert_eq!(
            (blank.code.as_str(), blank.detail.as_str()),
            ("INVALID_ARGUMENT", "message field is required")
        );
        assert_eq!(blank.fields, ["message"], "{door:?}");
        let long = through
            .chat(Say::new(&"x".repeat(32 * 1024 + 1)))
            .await
            .expect_err("refused");
        let bad_id = through
            .chat(Say::into("hi", "nonsense"))
            .await
            .expect_err("refused");
        let title = through.add("", "").await.expect_err("refused");
        let unknown = through
            .task("0193a000-0000-7000-8000-000000000000")
            .await
            .expect_err("refused");
        seen.push([blank, long, bad_id, title, unknown]);
    }
    for (door, refusals) in Door::ALL.iter().zip(&seen) {
        assert_eq!(refusals, &seen[0], "{door:?}");
    }
    assert_eq!(seen[0][1].fields, ["message"]);
    assert_eq!(seen[0][2].fields, ["conversation_id"]);
    assert_eq!(seen[0][4].detail, "Task not found");
}

#[tokio::test]
async fn failed_turns_are_told_with_their_words_at_every_door() {
    let (app, model) = App::scripted().await;
    let ada = app.sign_up("ada").await;
    for door in Door::ALL {
        model.says([taskchat_tests::Script::refusal(401)]);
        let refusal = ada
            .via(door)
            .chat(Say::new("hi"))
            .await
            .expect_err("failed");
        assert_eq!(refusal.code, "UNAVAILABLE", "{door:?}");
        assert!(!refusal.response_text.is_empty(), "{door:?}: {refusal:?}");
        assert!(
            !refusal.detail.contains("scripted"),
            "{door:?}: {refusal:?}"
        );
    }
}
