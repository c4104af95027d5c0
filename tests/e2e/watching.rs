//! Watching tasks: every change from any door, once and in order, at every door.

use reqwest::Method;
use serde_json::json;
use taskchat_tests::{App, Door, call, door::Sight, sse, text, user};

fn ready(seq: i32) -> Sight {
    Sight {
        seq,
        kind: "ready".to_owned(),
        summary: String::new(),
        operation_id: String::new(),
    }
}

#[tokio::test]
async fn every_hand_is_seen_at_every_door() {
    let (app, model) = App::scripted().await;
    let ada = app.sign_up("ada").await;
    let bob = app.sign_up("bob").await;
    let mut watches = Vec::new();
    for door in Door::ALL {
        let mut watch = ada.via(door).watch(None).await.expect("a stream");
        assert_eq!(watch.next().await, Ok(Some(ready(0))), "{door:?}");
        watches.push(watch);
    }
    let mut bobs = bob.via(Door::Rest).watch(None).await.expect("a stream");
    assert_eq!(bobs.next().await, Ok(Some(ready(0))));

    // By hand at each door, by the assistant, by another assistant, undone and done again.
    for door in Door::ALL {
        let title = format!("at {door:?}");
        ada.via(door).add(&title, "").await.expect("a task");
    }
    model.says([
        call("add_task", json!({ "title": "by chat" })),
        text("Added by chat."),
    ]);
    ada.chat("Add by chat").await.ok();
    let added = ada.tool("add_task", json!({ "title": "by mcp" })).await;
    let operation = user::text(&added.receipt, "operation_id");
    ada.via(Door::Grpc).undo(&operation).await.expect("undone");
    let redo = format!("/api/operations/{operation}:redo");
    ada.post(&redo, json!({})).await.ok();
    // And by somebody else, which nobody sees but himself.
    bob.add("his own").await;

    let expected = [
        "Added “at Grpc”.",
        "Added “at Rest”.",
        "Added “at GrpcWeb”.",
        "Added “at GrpcWebText”.",
        "Added “by chat”.",
        "Added “by mcp”.",
        "Undone: “by mcp” is removed.",
        "Undone: “by mcp” is back.",
    ];
    let mut told = Vec::new();
    for (door, watch) in Door::ALL.into_iter().zip(&mut watches) {
        let mut seen = Vec::new();
        for _ in expected {
            seen.push(watch.operation().await);
        }
        let numbers: Vec<i32> = seen.iter().map(|sight| sight.seq).collect();
        assert_eq!(numbers, [1, 2, 3, 4, 5, 6, 7, 8], "{door:?}");
        let summaries: Vec<&str> = seen.iter().map(|sight| sight.summary.as_str()).collect();
        assert_eq!(summaries, expected, "{door:?}");
        told.push(seen);
    }
    assert!(told.windows(2).all(|pair| pair[0] == pair[1]));
    assert_eq!(bobs.operation().await.summary, "Added “his own”.");

    // Whoever comes back is told what was missed, and nothing twice.
    for door in Door::ALL {
        let mut again = ada.via(door).watch(Some(5)).await.expect("a stream");
        for sight in &told[0][5..] {
            assert_eq!(&again.operation().await, sight, "{door:?}");
        }
        let mut new = ada.via(door).watch(None).await.expect("a stream");
        assert_eq!(new.next().await, Ok(Some(ready(8))), "{door:?}");
        // A number that was never given: the reader has to begin anew.
        let mut lost = ada.via(door).watch(Some(999)).await.expect("a stream");
        assert_eq!(lost.next().await, Ok(Some(ready(8))), "{door:?}");
    }
    model.assert_sound();
}

#[tokio::test]
async fn all_that_an_operation_touched_is_told() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let body = json!({ "title": "water", "due_date": "2030-01-01", "recurrence": "FREQ=DAILY" });
    let task = ada.post("/api/tasks", body).await.ok();
    let open = ada.request(Method::GET, "/api/tasks:watch?after=1");
    let mut events = sse::Events::open(open).await;
    let path = format!("/api/tasks/{}/complete", user::id(&task));
    ada.patch(&path, json!({})).await.ok();
    let done = events.next().await.expect("an operation");
    assert_eq!((done.id, done.kind.as_str()), (Some(2), "operation"));
    let done = &done.data["operation"];
    assert_eq!(done["receipt"]["task"]["status"], "completed");
    assert_eq!(done["origin"], "hand");
    let next = &done["other_tasks"][0];
    assert_eq!(
        (&next["title"], &next["due_date"]),
        (&json!("water"), &json!("2030-01-02"))
    );

    let undo = format!("/api/operations/{}:undo", user::id(done));
    ada.post(&undo, json!({})).await.ok();
    let undone = events.next().await.expect("an operation");
    let undone = &undone.data["operation"];
    assert_eq!(undone["undoes"], done["id"]);
    assert_eq!(undone["removed_task_ids"], json!([next["id"]]));
    assert_eq!(undone["other_tasks"], json!([]));

    // As lines, for programs.
    let lines = ada
        .request(Method::GET, "/api/tasks:watch?after=2")
        .header("accept", "application/x-ndjson");
    let mut lines = lines.send().await.expect("an answer");
    let line = lines.chunk().await.expect("a line").expect("a line");
    let line: serde_json::Value = serde_json::from_slice(&line).expect("JSON");
    assert_eq!(line["operation"], *undone);
}

#[tokio::test]
async fn a_watch_ends_with_its_session_and_with_the_process() {
    let app = App::setup()
        .set("TASKCHAT_TURNS__HEARTBEAT", "20ms")
        .start()
        .await;
    let ada = app.sign_up("ada").await;
    for door in Door::ALL {
        let phone = app.sign_in(&ada.email).await;
        let mut watch = phone.via(door).watch(None).await.expect("a stream");
        assert_eq!(watch.next().await.map(|seen| seen.is_some()), Ok(true));
        let open = ada.via(door).sessions().await.expect("sessions");
        ada.via(door).revoke(&open[0].id).await.expect("an end");
        ada.add("not for the phone").await;
        let refused = loop {
            match watch.next().await {
                Ok(Some(seen)) => assert_eq!(seen.kind, "heartbeat", "{door:?}"),
                other => break other.expect_err("a refusal"),
            }
        };
        assert_eq!(refused.code, "UNAUTHENTICATED", "{door:?}");
        assert_eq!(refused.detail, "Invalid token or expired token.");
    }
    let mut watches = Vec::new();
    for door in Door::ALL {
        let mut watch = ada.via(door).watch(Some(0)).await.expect("a stream");
        assert_eq!(watch.operation().await.seq, 1);
        watches.push(watch);
    }
    // Fails unless it drains in time.
    app.stop().await;
    for mut watch in watches {
        assert_eq!(watch.end().await, Ok(()));
    }
}

#[tokio::test]
async fn bad_watches_are_refused() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    for door in Door::ALL {
        let nobody = ada.with_token("");
        let refused = nobody.via(door).watch(None).await.err();
        let refused = match refused {
            Some(refused) => refused,
            None => panic!("{door:?} lets anybody watch"),
        };
        assert_eq!(refused.code, "UNAUTHENTICATED", "{door:?}");
    }
    for query in ["after=-1", "after=x", "after=2147483648"] {
        let path = format!("/api/tasks:watch?{query}");
        ada.get(&path).await.names("after");
    }
}
