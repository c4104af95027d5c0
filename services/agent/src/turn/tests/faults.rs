//! Faults of the model, and what a turn makes of them.

use std::time::Duration;

use taskchat_domain::FailureKind;

use super::{Stage, add};
use crate::{
    Ending,
    model::{Delta, FinishReason, ModelError, Retry},
    testing::model::{Scene, say, text},
};

#[tokio::test]
async fn a_flood_of_calls_is_no_answer() {
    let flood = || say((0..10_000).map(add).collect());
    let stage = Stage::new(vec![flood(), flood()]);
    stage.fails(FailureKind::ModelMisbehaved).await;
    assert_eq!(stage.journal.script(), "");
    assert!(stage.hands.acted().is_empty());
}

#[tokio::test]
async fn a_model_that_never_stops_calling_is_given_up() {
    let scenes = (0..3).map(|_| say(vec![add(0)])).collect();
    let stage = Stage::new(scenes);
    let words = stage.fails(FailureKind::TooManySteps).await;
    assert_eq!(stage.journal.script(), "crcrcr");
    assert!(words.contains("already done"), "{words}");
}

#[tokio::test]
async fn answers_that_are_none_are_asked_for_once_more() {
    let nothing = || say(vec![text(" \n ")]);
    let cut = || Scene::Say(vec![]);
    let lost_call = || Scene::Say(vec![add(0)]);
    let length = || Scene::Say(vec![Delta::Finish(FinishReason::Length)]);
    for bad in [nothing, cut, lost_call, length] {
        let stage = Stage::new(vec![bad(), say(vec![text("Hello.")])]);
        stage.completes().await;
        assert_eq!(stage.journal.text(), "Hello.");

        let stage = Stage::new(vec![bad(), bad()]);
        let words = stage.fails(FailureKind::ModelMisbehaved).await;
        assert!(words.contains("Your message is kept"), "{words}");
        assert_eq!(stage.journal.script(), "");
    }
}

#[tokio::test]
async fn what_was_said_is_kept_and_not_asked_for_again() {
    for cut in [
        Scene::Say(vec![text("Half an")]),
        Scene::Fail(vec![text("Half an")], ModelError::misbehaved("x")),
        Scene::Fail(
            vec![text("Half an"), add(0)],
            ModelError::unavailable("x", Retry::After(None)),
        ),
        Scene::Say(vec![text("Half an"), Delta::Finish(FinishReason::Length)]),
    ] {
        let stage = Stage::new(vec![cut]);
        let ending = stage.run().await;
        assert!(matches!(ending, Ending::Failed { .. }), "{ending:?}");
        assert_eq!(stage.journal.script(), "t");
        assert_eq!(stage.journal.text(), "Half an");
        assert!(stage.hands.acted().is_empty());
    }
}

#[tokio::test]
async fn an_unknown_reason_to_finish_is_one() {
    let reason = FinishReason::Other("eos_token".into());
    let stage = Stage::new(vec![Scene::Say(vec![text("Hi."), Delta::Finish(reason)])]);
    stage.completes().await;
}

#[tokio::test]
async fn a_busy_model_is_asked_again_but_not_for_ever() {
    let wait = Some(Duration::from_millis(10));
    let busy = || Scene::Refuse(ModelError::unavailable("busy", Retry::After(wait)));
    let stage = Stage::new(vec![busy(), busy(), say(vec![text("Hi.")])]);
    stage.completes().await;

    let stage = Stage::new(vec![busy(), busy(), busy()]);
    let words = stage.fails(FailureKind::ModelUnavailable).await;
    assert!(words.contains("could not be reached"), "{words}");
    assert_eq!(stage.model.requests().len(), 3);

    let long = Some(Duration::from_secs(60));
    let stage = Stage::new(vec![Scene::Refuse(ModelError::unavailable(
        "busy",
        Retry::After(long),
    ))]);
    stage.fails(FailureKind::ModelUnavailable).await;

    let stage = Stage::new(vec![Scene::Refuse(ModelError::unavailable(
        "no",
        Retry::No,
    ))]);
    stage.fails(FailureKind::ModelUnavailable).await;
}

#[tokio::test]
async fn a_silent_model_is_not_waited_for() {
    let stage = Stage::new(vec![Scene::Stall(vec![])]);
    stage.fails(FailureKind::TimedOut).await;
    assert_eq!(stage.journal.script(), "");

    let stage = Stage::new(vec![Scene::Stall(vec![text("Well")])]);
    stage.fails(FailureKind::TimedOut).await;
    assert_eq!(stage.journal.text(), "Well");

    // A complete answer whose connection stays open is complete.
    let mut stage = Stage::new(vec![Scene::Stall(vec![
        text("Hi."),
        Delta::Finish(FinishReason::Done),
    ])]);
    stage.completes().await;

    stage = Stage::new(vec![Scene::Stall(vec![text("Well")])]);
    stage.limits.turn = Duration::from_millis(100);
    stage.fails(FailureKind::TimedOut).await;
}

#[tokio::test]
async fn text_without_end_is_cut_off() {
    let piece = "x".repeat(64 * 1024);
    let stage = Stage::new(vec![say((0..5).map(|_| text(&piece)).collect())]);
    stage.fails(FailureKind::ModelMisbehaved).await;
    assert_eq!(stage.journal.text().len(), 4 * 64 * 1024);
}
