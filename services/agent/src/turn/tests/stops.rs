//! Turns that are stopped or given up, and what goes along with their end.

use tokio::time::sleep;

use super::*;

#[tokio::test]
async fn cancelling_closes_the_request_and_keeps_the_text() {
    let stage = Stage::new(vec![Scene::Stall(vec![text("Well, ")])]);
    let cancel = stage.cancel.clone();
    let (ending, ()) = tokio::join!(stage.run(), async {
        sleep(Duration::from_millis(50)).await;
        cancel.cancel();
    });
    assert!(matches!(ending, Ending::Cancelled { .. }), "{ending:?}");
    assert_eq!(stage.journal.text(), "Well, ");
}

#[tokio::test]
async fn cancelling_answers_every_open_call() {
    let mut stage = Stage::new(vec![say(vec![add(0), call(1, "hang", json!({})), add(2)])]);
    stage.limits.tool = Duration::from_secs(10);
    let cancel = stage.cancel.clone();
    let (ending, ()) = tokio::join!(stage.run(), async {
        sleep(Duration::from_millis(100)).await;
        cancel.cancel();
    });
    assert!(matches!(ending, Ending::Cancelled { .. }), "{ending:?}");
    assert_eq!(stage.journal.script(), "cccree");
    assert_eq!(stage.journal.codes(), ["CANCELLED", "CANCELLED"]);
    assert_eq!(stage.hands.acted(), ["add_task"]);
}

#[tokio::test]
async fn a_turn_that_was_cancelled_before_it_ran_does_nothing() {
    let stage = Stage::resumed(vec![], vec![stored_call(1, "add_task")]);
    stage.cancel.cancel();
    assert!(matches!(stage.run().await, Ending::Cancelled { .. }));
    assert_eq!(stage.journal.codes(), ["CANCELLED"]);
    assert!(stage.hands.acted().is_empty());
}

#[tokio::test]
async fn the_last_words_of_a_stopped_turn_are_not_stored_before_its_end() {
    let half = || vec![text("Half an")];
    let fails = Scene::Fail(half(), ModelError::misbehaved("x"));
    for scene in [Scene::Stall(half()), fails] {
        let mut stage = Stage::new(vec![scene]);
        // Nothing can be stored: whatever the agent appended by itself would break the turn.
        stage.journal = stage.journal.failing_after(0);
        let agent = stage.agent();
        let bench = stage.bench();
        let (cancel, run) = (stage.cancel.clone(), stage.cancel.clone());
        let (ending, ()) = tokio::join!(agent.run(&bench, &stage.journal, &run), async {
            sleep(Duration::from_millis(50)).await;
            cancel.cancel();
        });
        let (Ending::Cancelled { last } | Ending::Failed { last, .. }) = ending else {
            panic!("{ending:?}");
        };
        let text = "Half an".to_owned();
        assert_eq!(last, [EntryBody::Model { text }]);
    }
}

#[tokio::test]
async fn a_turn_that_is_given_up_leaves_no_call_open() {
    let stage = Stage::resumed(vec![], vec![stored_call(1, "add_task")]);
    let ending = stage
        .agent()
        .give_up(&stage.bench(), &stage.journal, FailureKind::Internal)
        .await;
    let Ending::Failed { last, .. } = ending else {
        panic!("{ending:?}");
    };
    assert!(
        matches!(last.as_slice(), [EntryBody::Result(result)] if result.is_error),
        "{last:?}"
    );
}
