//! Approvals outlive the process that asked.

use serde_json::json;
use taskchat_tests::{
    Binary, FakeModel, eventually,
    home::Home,
    sse::{assert_contiguous, text_of},
    text, user,
};

use super::{adds, asked, decide, ended, on};

#[tokio::test]
async fn an_approval_survives_a_restart_on_either_database() {
    for home in Home::both().await {
        let (app, model) = on(&home).await;
        let ada = app.sign_up("ada").await;
        model.says([adds(7)]);
        let reply = ada.chat("Add seven").await.ok();
        let asked = asked(&reply);
        let app = app.restart().await;
        let ada = app.again(&ada);
        let turn = user::text(&reply, "turn_id");
        let waiting = ada.get(&format!("/api/turns/{turn}")).await.ok();
        assert_eq!(waiting["response"]["approvals"], json!([asked]));
        model.says([text("Added seven.")]);
        decide(&ada, &asked, "approve").await.ok();
        let done = ended(&ada, &turn).await;
        assert_eq!(done["state"], "completed", "{}", home.name());
        assert_eq!(ada.titles().await.len(), 7);
        app.stop().await;
        home.remove().await;
    }
}

#[tokio::test]
async fn an_approval_survives_restarts_and_power_cuts() {
    let data = tempfile::tempdir().expect("a folder");
    let model = FakeModel::start().await;
    let server = Binary::start(data.path(), Some(&model)).await;
    let ada = server.sign_up("ada").await;
    model.says([adds(7)]);
    let reply = ada.chat("Add seven").await.ok();
    let asked = asked(&reply);
    let turn = user::text(&reply, "turn_id");
    server.kill().await;

    let server = Binary::start(data.path(), Some(&model)).await;
    let ada = server.sign_in("ada@example.com").await;
    let path = format!("/api/turns/{turn}");
    let waiting = ada.get(&path).await.ok();
    assert_eq!(waiting["state"], "waiting_for_approval");
    assert_eq!(waiting["response"]["approvals"], json!([asked]));
    assert!(ada.titles().await.is_empty());
    let (status, log) = server.terminate().await;
    assert!(status.success(), "{log}");

    let server = Binary::start(data.path(), Some(&model)).await;
    let ada = server.sign_in("ada@example.com").await;
    model.otherwise(|_| text("Added seven."));
    decide(&ada, &asked, "approve").await.ok();
    // Cut off right after the word: what was approved is made, and made once.
    server.kill().await;
    let server = Binary::start(data.path(), Some(&model)).await;
    let ada = server.sign_in("ada@example.com").await;
    eventually("the turn ends", || async {
        ada.get(&path).await.ok()["state"] == "completed"
    })
    .await;
    assert_eq!(ada.titles().await.len(), 7);
    let events = ada.follow(&turn, 0).await.rest().await;
    assert_contiguous(&events, 1);
    let turn = ada.get(&path).await.ok();
    assert_eq!(
        text_of(&events),
        user::text(&turn["response"], "response_text")
    );
    let calls = turn["response"]["tool_calls"].as_array().expect("calls");
    assert!(calls.iter().all(|it| it["receipt"]["kind"] == "created"));
    server.terminate().await;
}
