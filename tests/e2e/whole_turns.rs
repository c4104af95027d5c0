//! Whole turns: taken back, done again, and tried again, at every door.

use serde_json::json;
use taskchat_tests::{
    App, Door, FakeModel, Script, call,
    door::{Outcome, Say},
    text, user,
};

#[tokio::test]
async fn a_turn_is_undone_and_redone_operation_by_operation_at_every_door() {
    let app = App::start().await;
    let eve = app.sign_up("eve").await;
    for door in Door::ALL {
        let ada = app.sign_up(&format!("ada-{door:?}")).await;
        let at = ada.via(door);
        let reply = at.chat(Say::new("Add milk and add bread")).await;
        let turn = reply.expect("a reply").turn_id;

        let both = |kind: &str| vec![Outcome::is(kind); 2];
        assert_eq!(at.undo_turn(&turn).await, Ok(both("undone")), "{door:?}");
        assert!(ada.tasks().await.is_empty());
        assert_eq!(at.undo_turn(&turn).await, Ok(both("unchanged")), "{door:?}");
        assert_eq!(at.redo_turn(&turn).await, Ok(both("redone")), "{door:?}");
        assert_eq!(ada.tasks().await.len(), 2);

        // What has changed since is named and left alone; the rest is taken back.
        let tasks = ada.tasks().await;
        let milk = tasks.iter().find(|task| task["title"] == "milk");
        let path = format!("/api/tasks/{}", user::id(milk.expect("milk")));
        ada.patch(&path, json!({ "title": "oat milk" })).await.ok();
        let conflict = Outcome {
            kind: "conflict".to_owned(),
            field: "title".to_owned(),
        };
        let partly = vec![Outcome::is("undone"), conflict];
        assert_eq!(at.undo_turn(&turn).await, Ok(partly), "{door:?}");
        assert_eq!(ada.titles().await, ["oat milk"]);

        let foreign = eve.via(door);
        let refusals = [
            foreign.undo_turn(&turn).await.expect_err("not eve's"),
            foreign.redo_turn(&turn).await.expect_err("not eve's"),
            foreign.retry_turn(&turn).await.expect_err("not eve's"),
        ];
        for refused in refusals {
            let said = (refused.code.as_str(), refused.detail.as_str());
            assert_eq!(said, ("NOT_FOUND", "Turn not found"), "{door:?}");
        }
    }
}

#[tokio::test]
async fn a_failed_turn_is_tried_again_once_at_every_door() {
    let model = FakeModel::start().await;
    let app = App::setup().model(&model).start().await;
    for door in Door::ALL {
        let ada = app.sign_up(&format!("ada-{door:?}")).await;
        let at = ada.via(door);
        model.says([Script::refusal(401)]);
        let failed = ada.chat("Add buy milk").await.refused(503);
        let failed = user::text(&failed, "turn_id");

        model.says([
            call("add_task", json!({ "title": "buy milk" })),
            text("There you are."),
        ]);
        let first = at.retry_turn(&failed).await.expect("a new turn");
        let second = at.retry_turn(&failed).await.expect("the same");
        assert_eq!(first, second, "one new turn, however often: {door:?}");
        assert_ne!(first, failed);
        at.follow(&first, 0).await.expect("its events");
        assert_eq!(ada.titles().await, ["buy milk"]);

        let refused = at.retry_turn(&first).await.expect_err("it was answered");
        assert_eq!(refused.code, "FAILED_PRECONDITION", "{door:?}");
    }
}
