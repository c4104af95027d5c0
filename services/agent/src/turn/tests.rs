//! Turns against a scripted model, real MCP over a pipe, and a journal in memory.

mod approvals;
mod faults;
mod stops;

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use serde_json::json;
use taskchat_domain::{
    ApprovalPolicy, Call, CallId, EntryBody, FailureKind, NoticeKind, SystemClock, TimeZone,
    TurnId, UserId,
};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::{
    Agent, Bench, Config, Ending, Journal, Limits, Model,
    model::{Delta, Message, ModelError, Offline, Retry},
    testing::{
        journal::MemoryJournal,
        model::{Scene, ScriptedModel, call, raw_call, say, text, used},
        server::FakeHands,
    },
};

/// A turn and everything around it.
struct Stage {
    model: Arc<ScriptedModel>,
    fallback: Option<Arc<dyn Model>>,
    hands: FakeHands,
    limits: Limits,
    policy: ApprovalPolicy,
    turn: TurnId,
    journal: MemoryJournal,
    cancel: CancellationToken,
}

impl Stage {
    fn new(scenes: Vec<Scene>) -> Self {
        Self::resumed(scenes, Vec::new())
    }

    /// A turn that stands after `bodies`.
    fn resumed(scenes: Vec<Scene>, bodies: Vec<EntryBody>) -> Self {
        let turn = TurnId::new();
        let mut stored = vec![EntryBody::User {
            text: "Add buy stamps".into(),
        }];
        stored.extend(bodies);
        let quick = Duration::from_millis(300);
        Self {
            model: Arc::new(ScriptedModel::new(scenes)),
            fallback: None,
            hands: FakeHands::with(&["water the plants"]),
            limits: Limits {
                first_token: quick,
                idle: quick,
                turn: Duration::from_secs(20),
                tool: quick,
                steps: 3,
                calls: 3,
                ..Config::default().limits()
            },
            policy: ApprovalPolicy::default(),
            turn,
            journal: MemoryJournal::after(turn, stored),
            cancel: CancellationToken::new(),
        }
    }

    async fn run(&self) -> Ending {
        let ending = self.run_unchecked().await;
        assert_eq!(self.journal.told(), self.journal.text(), "deltas and text");
        ending
    }

    fn agent(&self) -> Agent {
        Agent::new(
            Arc::clone(&self.model) as Arc<dyn Model>,
            self.fallback.clone(),
            Arc::new(self.hands.clone()),
            self.limits.clone(),
            Arc::new(SystemClock),
        )
    }

    fn bench(&self) -> Bench {
        Bench {
            user: UserId::generate(),
            turn_id: self.turn,
            time_zone: TimeZone::UTC,
            approval_policy: self.policy,
        }
    }

    async fn run_unchecked(&self) -> Ending {
        let (agent, bench) = (self.agent(), self.bench());
        let run = agent.run(&bench, &self.journal, &self.cancel);
        let ending = timeout(Duration::from_secs(30), run).await.expect("an end");
        // As whoever closes the turn does.
        if let Ending::Completed { last } | Ending::Cancelled { last } | Ending::Failed { last, .. } =
            &ending
            && !last.is_empty()
        {
            self.journal.append(last.clone()).await.unwrap();
        }
        ending
    }

    async fn completes(&self) {
        let ending = self.run().await;
        assert!(matches!(ending, Ending::Completed { .. }), "{ending:?}");
    }

    async fn fails(&self, kind: FailureKind) -> String {
        match self.run().await {
            Ending::Failed { failure, .. } => {
                assert_eq!(failure.kind, kind);
                failure.text
            }
            other => panic!("{other:?}"),
        }
    }
}

fn add(slot: usize) -> Delta {
    call(slot, "add_task", json!({"title": "buy stamps"}))
}

fn stored_call(n: usize, tool: &str) -> EntryBody {
    EntryBody::Call(Call {
        id: CallId::nth(n),
        tool: tool.to_owned(),
        arguments: json!({"title": "buy stamps"}),
    })
}

#[tokio::test]
async fn a_step_is_stored_before_it_acts_and_texts_are_kept_apart() {
    let stage = Stage::new(vec![
        say(vec![text(" \nLet me"), text(" see."), add(0), used()]),
        say(vec![call(0, "list_tasks", json!({}))]),
        say(vec![text("\n"), text("Done."), used()]),
    ]);
    stage.completes().await;
    assert_eq!(stage.journal.script(), "tcrcrt");
    assert_eq!(stage.journal.text(), "Let me see.\n\nDone.");
    assert_eq!(stage.journal.usage().input_tokens, 20);
    assert_eq!(stage.hands.acted(), ["add_task", "list_tasks"]);
    assert_eq!(*stage.hands.ids.lock().unwrap(), ["call_1", "call_2"]);
    let EntryBody::Result(result) = &stage.journal.bodies()[2] else {
        panic!();
    };
    assert!(result.receipt.is_some());
    // The second request shows the first call with its result.
    let requests = stage.model.requests();
    assert!(matches!(
        requests[1].messages.as_slice(),
        [
            Message::System(_),
            Message::User(_),
            Message::Assistant { .. },
            Message::Tool { .. }
        ]
    ));
    assert_eq!(requests[0].tools.len(), 13);
}

#[tokio::test]
async fn an_answer_is_stored_along_with_the_end_and_anything_else_before() {
    let stage = Stage::new(vec![
        say(vec![add(0), call(1, "list_tasks", json!({}))]),
        say(vec![text("Done.")]),
    ]);
    let (agent, bench) = (stage.agent(), stage.bench());
    let ending = agent.run(&bench, &stage.journal, &stage.cancel).await;
    let Ending::Completed { last } = ending else {
        panic!("{ending:?}");
    };
    let [EntryBody::Model { text }] = last.as_slice() else {
        panic!("{last:?}");
    };
    assert_eq!(text, "Done.");
    assert_eq!(stage.journal.script(), "ccrr");
}

#[tokio::test]
async fn calls_of_one_step_run_in_order_each_with_its_own_result() {
    let stage = Stage::new(vec![
        say(vec![
            add(0),
            call(1, "complete_task", json!({"task_id": "fly to Mars"})),
            call(2, "complete_task", json!({"task_id": "water the plants"})),
        ]),
        say(vec![text("Partly done.")]),
    ]);
    stage.completes().await;
    assert_eq!(stage.journal.script(), "cccrert");
    assert_eq!(stage.journal.codes(), ["TASK_NOT_FOUND"]);
}

#[tokio::test]
async fn what_cannot_be_called_is_answered_without_calling_it() {
    let stage = Stage::new(vec![
        say(vec![
            raw_call(0, "add_task", "{\"title\": "),
            call(1, "make_coffee", json!({})),
            raw_call(2, "list_tasks", ""),
            add(3),
            add(4),
        ]),
        say(vec![text("I see.")]),
    ]);
    stage.completes().await;
    assert_eq!(stage.journal.script(), "ccccceereet");
    assert_eq!(
        stage.journal.codes(),
        [
            "VALIDATION_ERROR",
            "UNKNOWN_TOOL",
            "TOO_MANY_CALLS",
            "TOO_MANY_CALLS"
        ]
    );
    assert_eq!(stage.hands.acted(), ["list_tasks"]);
    let EntryBody::Call(first) = &stage.journal.bodies()[0] else {
        panic!();
    };
    assert_eq!(first.arguments, json!({"_raw": "{\"title\": "}));
}

#[tokio::test]
async fn a_tool_that_hangs_is_answered_for() {
    let stage = Stage::new(vec![
        say(vec![call(0, "hang", json!({}))]),
        say(vec![text("It did not answer.")]),
    ]);
    stage.completes().await;
    assert_eq!(stage.journal.codes(), ["TIMED_OUT"]);
}

#[tokio::test]
async fn tools_that_break_off_are_called_again_under_the_same_id() {
    let stage = Stage::new(vec![
        say(vec![call(
            0,
            "add_and_break_off",
            json!({"title": "buy stamps"}),
        )]),
        say(vec![text("Added.")]),
    ]);
    stage.completes().await;
    assert_eq!(stage.journal.script(), "crt");
    assert_eq!(stage.hands.acted(), ["add_task"]);
    assert_eq!(*stage.hands.ids.lock().unwrap(), ["call_1", "call_1"]);
}

#[tokio::test]
async fn tools_that_stay_away_end_the_turn_with_no_call_open() {
    let stage = Stage::new(vec![say(vec![
        add(0),
        call(1, "break_off", json!({})),
        add(2),
    ])]);
    let words = stage.fails(FailureKind::ToolsUnavailable).await;
    assert_eq!(stage.journal.script(), "cccree");
    assert_eq!(
        stage.journal.codes(),
        ["TOOLS_UNAVAILABLE", "TOOLS_UNAVAILABLE"]
    );
    assert!(words.contains("already done"), "{words}");

    let mut stage = Stage::new(vec![]);
    stage.hands.closed = true;
    stage.fails(FailureKind::ToolsUnavailable).await;
}

#[tokio::test]
async fn a_turn_taken_up_again_goes_on_where_it_stood() {
    // The process died after the first of two calls had its effect, before its result was stored.
    let first = Stage::new(vec![say(vec![add(0), add(1)])]);
    let journal = MemoryJournal::after(
        first.turn,
        vec![EntryBody::User {
            text: "Add buy stamps".into(),
        }],
    );
    let first = Stage {
        journal: journal.failing_after(1),
        ..first
    };
    assert!(matches!(first.run().await, Ending::Broken(_)));
    assert_eq!(first.hands.acted(), ["add_task"]);

    let mut second = Stage::resumed(vec![say(vec![text("Both added.")])], first.journal.bodies());
    second.hands = first.hands.clone();
    second.completes().await;
    assert_eq!(second.journal.script(), "ccrrt");
    assert_eq!(second.hands.acted(), ["add_task", "add_task"]);
    assert_eq!(
        *second.hands.ids.lock().unwrap(),
        ["call_1", "call_1", "call_2"]
    );
}

#[tokio::test]
async fn an_answered_turn_is_finished_without_asking() {
    let answered = EntryBody::Model {
        text: "Hello.".into(),
    };
    let stage = Stage::resumed(vec![], vec![answered]);
    assert!(matches!(
        stage.run_unchecked().await,
        Ending::Completed { .. }
    ));
    assert!(stage.model.requests().is_empty());
    assert_eq!(stage.hands.opened.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn the_built_in_assistant_stands_in_and_says_so() {
    let refuse = || Scene::Refuse(ModelError::unavailable("no", Retry::No));
    let mut stage = Stage::new(vec![refuse()]);
    stage.fallback = Some(Arc::new(Offline));
    stage.completes().await;
    assert_eq!(stage.journal.script(), "ncrt");
    let EntryBody::Notice(notice) = &stage.journal.bodies()[0] else {
        panic!();
    };
    assert_eq!(notice.kind, NoticeKind::AnsweredWithoutAi);
    assert!(stage.journal.text().contains("buy stamps"));

    // Not once the model has said or done something.
    for begun in [
        say(vec![add(0)]),
        Scene::Fail(vec![text("Well")], ModelError::misbehaved("x")),
    ] {
        let mut stage = Stage::new(vec![begun, refuse()]);
        stage.fallback = Some(Arc::new(Offline));
        let ending = stage.run().await;
        assert!(matches!(ending, Ending::Failed { .. }), "{ending:?}");
        assert!(!stage.journal.script().contains('n'));
    }
}

#[tokio::test]
async fn a_journal_that_fails_ends_the_turn_at_once() {
    let mut stage = Stage::new(vec![say(vec![add(0)])]);
    stage.journal = stage.journal.failing_after(0);
    assert!(matches!(stage.run_unchecked().await, Ending::Broken(_)));
    assert!(stage.hands.acted().is_empty());
}
