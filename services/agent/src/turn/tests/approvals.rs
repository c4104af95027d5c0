//! Turns that ask the person before they act.

use taskchat_domain::{Approval, ApprovalReason, ApprovalState, Clock};

use super::*;

fn seven() -> Scene {
    say((0..7).map(add).collect())
}

async fn waits(stage: &Stage) -> Approval {
    let ending = stage.run().await;
    assert!(matches!(ending, Ending::Waiting), "{ending:?}");
    match stage.journal.bodies().pop() {
        Some(EntryBody::ApprovalRequested(asked)) => asked,
        other => panic!("{other:?}"),
    }
}

/// The same turn once the person has answered.
fn answered(before: &Stage, state: ApprovalState, scenes: Vec<Scene>) -> Stage {
    let mut bodies = before.journal.bodies();
    let Some(EntryBody::ApprovalRequested(asked)) = bodies.last().cloned() else {
        panic!();
    };
    bodies.push(EntryBody::ApprovalDecided(
        asked.closed(state, SystemClock.now()),
    ));
    let mut stage = Stage::resumed(scenes, bodies);
    stage.limits.calls = 32;
    stage
}

#[tokio::test]
async fn many_changes_wait_as_a_whole_and_run_once_allowed() {
    let mut stage = Stage::new(vec![seven()]);
    stage.limits.calls = 32;
    let asked = waits(&stage).await;
    assert_eq!((asked.calls.len(), asked.reason), (7, ApprovalReason::Bulk));
    assert_eq!(stage.journal.script(), "ccccccca");
    assert!(stage.hands.acted().is_empty());
    // Nobody has answered: whoever takes the turn up again waits as well, and asks nothing more.
    let ending = stage.run().await;
    assert!(matches!(ending, Ending::Waiting), "{ending:?}");
    assert_eq!(stage.journal.script(), "ccccccca");

    let done = vec![say(vec![text("Added them.")])];
    let allowed = answered(&stage, ApprovalState::Approved, done);
    allowed.completes().await;
    assert_eq!(allowed.journal.script(), "cccccccadrrrrrrrt");
    assert_eq!(allowed.hands.acted().len(), 7);
}

#[tokio::test]
async fn what_is_not_allowed_is_not_done_and_the_model_goes_on() {
    for (state, code) in [
        (ApprovalState::Denied, "DENIED"),
        (ApprovalState::Expired, "EXPIRED"),
    ] {
        let mut stage = Stage::new(vec![seven()]);
        stage.limits.calls = 32;
        waits(&stage).await;
        let refused = answered(&stage, state, vec![say(vec![text("Nothing was added.")])]);
        refused.completes().await;
        assert_eq!(refused.journal.script(), "cccccccadeeeeeeet");
        assert_eq!(refused.journal.codes(), [code; 7]);
        assert!(refused.hands.acted().is_empty());
    }
}

#[tokio::test]
async fn a_waiting_turn_that_is_stopped_leaves_no_call_open() {
    let mut stage = Stage::new(vec![seven()]);
    stage.limits.calls = 32;
    waits(&stage).await;
    stage.cancel.cancel();
    let ending = stage.run().await;
    assert!(matches!(ending, Ending::Cancelled { .. }), "{ending:?}");
    assert_eq!(stage.journal.codes(), ["CANCELLED"; 7]);
}

#[tokio::test]
async fn whoever_wants_to_be_asked_is_asked_and_nobody_else() {
    let done = || say(vec![text("Done.")]);
    for (policy, calls, expected) in [
        (ApprovalPolicy::Never, seven(), "cccccccrrrrrrrt"),
        (ApprovalPolicy::ByRisk, say(vec![add(0)]), "crt"),
        (ApprovalPolicy::Always, say(vec![add(0)]), "ca"),
    ] {
        let mut stage = Stage::new(vec![calls, done()]);
        stage.limits.calls = 32;
        stage.policy = policy;
        stage.run().await;
        assert_eq!(stage.journal.script(), expected, "{policy:?}");
    }
}
