//! The next step of a turn: a function of what is stored, and of nothing else.
//!
//! Any prefix of a turn's entries leads on to the same turn, so it does not matter which process
//! stored them or why it stopped. Calls that were never answered are made again under the same id;
//! the ledger sees to it that they take effect once.

use std::collections::HashSet;

use taskchat_domain::{ApprovalState, Call, CallId, Entry, EntryBody, TurnId};

use crate::Limits;

/// What is to be done next.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// The model has to say how to go on.
    AskModel,
    /// The model waits for the results of these calls, in this order.
    CallTools(Vec<OpenCall>),
    /// The person has been asked about some of these calls and has not answered.
    Wait(Vec<OpenCall>),
    /// The model has answered.
    Finish,
    /// There will be no answer.
    GiveUp(GiveUp),
}

/// A call without a result.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenCall {
    /// The call.
    pub call: Call,
    /// True when it is one more than may be made in a step, and so is refused.
    pub surplus: bool,
    /// What came of asking the person about it; `None` when nobody was asked.
    pub word: Option<ApprovalState>,
}

/// Why there will be no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GiveUp {
    /// The model was asked as often as allowed and still calls tools.
    TooManySteps,
}

/// Decides on the next step of `turn`. Entries of other turns are passed over.
#[must_use]
pub fn next(history: &[Entry], turn: TurnId, limits: &Limits) -> Step {
    let open = open_calls(history, turn, limits);
    if open
        .iter()
        .any(|open| open.word == Some(ApprovalState::Pending))
    {
        return Step::Wait(open);
    }
    if !open.is_empty() {
        return Step::CallTools(open);
    }
    let mut steps = 0;
    let mut answered = false;
    let mut in_calls = false;
    for body in bodies(history, turn) {
        match body {
            EntryBody::User { .. }
            | EntryBody::ApprovalRequested(_)
            | EntryBody::ApprovalDecided(_)
            | EntryBody::Notice(_) => {}
            // A text is the answer unless calls follow it.
            EntryBody::Model { .. } => {
                answered = true;
                in_calls = false;
            }
            EntryBody::Call(_) => {
                if !in_calls {
                    steps += 1;
                }
                in_calls = true;
                answered = false;
            }
            EntryBody::Result(_) => in_calls = false,
        }
    }
    if answered {
        Step::Finish
    } else if steps >= limits.steps {
        Step::GiveUp(GiveUp::TooManySteps)
    } else {
        Step::AskModel
    }
}

/// The calls of `turn` without a result, in order.
fn open_calls(history: &[Entry], turn: TurnId, limits: &Limits) -> Vec<OpenCall> {
    let answered: HashSet<&CallId> = bodies(history, turn)
        .filter_map(|body| match body {
            EntryBody::Result(result) => Some(&result.call_id),
            _ => None,
        })
        .collect();
    let mut open = Vec::new();
    let mut of_step = 0;
    for body in bodies(history, turn) {
        let EntryBody::Call(call) = body else {
            of_step = 0;
            continue;
        };
        of_step += 1;
        if !answered.contains(&call.id) {
            open.push(OpenCall {
                call: call.clone(),
                surplus: of_step > limits.calls,
                word: word(history, turn, call),
            });
        }
    }
    open
}

/// What came of asking about exactly this call, arguments and all.
fn word(history: &[Entry], turn: TurnId, call: &Call) -> Option<ApprovalState> {
    let asked = bodies(history, turn).filter_map(|body| match body {
        EntryBody::ApprovalRequested(asked) | EntryBody::ApprovalDecided(asked) => Some(asked),
        _ => None,
    });
    asked
        .filter(|asked| asked.calls.contains(call))
        .last()
        .map(|asked| asked.state)
}

/// What the entries of `turn` say, in order.
pub(crate) fn bodies(history: &[Entry], turn: TurnId) -> impl Iterator<Item = &EntryBody> {
    history
        .iter()
        .filter(move |entry| entry.turn_id == turn)
        .map(|entry| &entry.body)
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use taskchat_domain::{
        Approval, ApprovalId, ApprovalReason, CallResult, Clock, ConversationId, EntryId, Notice,
        NoticeKind, SystemClock,
    };

    use super::*;
    use crate::Config;

    /// One letter an entry: u(ser), t(ext), n(otice), c(all), r(esult of the oldest open call),
    /// a(sked about all calls), y(es), d(enied), e(xpired).
    fn entries(script: &str, turn: TurnId) -> Vec<Entry> {
        let (mut calls, mut results) = (0, 0);
        script
            .chars()
            .enumerate()
            .map(|(at, letter)| {
                let body = match letter {
                    'u' => EntryBody::User { text: "x".into() },
                    't' => EntryBody::Model { text: "x".into() },
                    'n' => EntryBody::Notice(Notice {
                        kind: NoticeKind::AnsweredWithoutAi,
                        text: "x".into(),
                    }),
                    'c' => {
                        calls += 1;
                        EntryBody::Call(call(calls))
                    }
                    'a' => EntryBody::ApprovalRequested(asked(calls, ApprovalState::Pending)),
                    'y' => EntryBody::ApprovalDecided(asked(calls, ApprovalState::Approved)),
                    'd' => EntryBody::ApprovalDecided(asked(calls, ApprovalState::Denied)),
                    'e' => EntryBody::ApprovalDecided(asked(calls, ApprovalState::Expired)),
                    'r' => {
                        results += 1;
                        EntryBody::Result(CallResult {
                            call_id: CallId::nth(results),
                            content: json!({}),
                            is_error: false,
                            receipt: None,
                        })
                    }
                    other => panic!("{other}"),
                };
                Entry {
                    id: EntryId::new(),
                    turn_id: turn,
                    seq: i32::try_from(at).unwrap() + 1,
                    body,
                    created_at: SystemClock.now(),
                }
            })
            .collect()
    }

    fn call(n: usize) -> Call {
        Call {
            id: CallId::nth(n),
            tool: "list_tasks".into(),
            arguments: json!({}),
        }
    }

    fn asked(calls: usize, state: ApprovalState) -> Approval {
        Approval {
            id: ApprovalId::new(),
            conversation_id: ConversationId::new(),
            turn_id: TurnId::new(),
            calls: (1..=calls).map(call).collect(),
            reason: ApprovalReason::Bulk,
            state,
            created_at: SystemClock.now(),
            expires_at: SystemClock.now(),
            decided_at: None,
        }
    }

    fn limits() -> Limits {
        Limits {
            steps: 3,
            calls: 2,
            ..Config::default().limits()
        }
    }

    fn open(calls: &[(usize, bool)]) -> Step {
        Step::CallTools(
            calls
                .iter()
                .map(|(n, surplus)| OpenCall {
                    call: call(*n),
                    surplus: *surplus,
                    word: None,
                })
                .collect(),
        )
    }

    #[test]
    fn every_prefix_has_one_next_step() {
        let give_up = Step::GiveUp(GiveUp::TooManySteps);
        for (script, expected) in [
            ("", Step::AskModel),
            ("u", Step::AskModel),
            ("un", Step::AskModel),
            ("ut", Step::Finish),
            ("utn", Step::Finish),
            ("uc", open(&[(1, false)])),
            ("utc", open(&[(1, false)])),
            ("ucc", open(&[(1, false), (2, false)])),
            ("uccr", open(&[(2, false)])),
            ("uccc", open(&[(1, false), (2, false), (3, true)])),
            ("ucccrr", open(&[(3, true)])),
            ("ucr", Step::AskModel),
            ("utcr", Step::AskModel),
            ("uccrr", Step::AskModel),
            ("ucrt", Step::Finish),
            ("unct", open(&[(1, false)])),
            ("ucrcr", Step::AskModel),
            ("ucrtcr", Step::AskModel),
            ("ucrcrc", open(&[(3, false)])),
            ("ucrcrcr", give_up.clone()),
            ("ucrtcrtccrr", give_up),
            ("ucrcrcrt", Step::Finish),
        ] {
            let turn = TurnId::new();
            let step = next(&entries(script, turn), turn, &limits());
            assert_eq!(step, expected, "{script}");
        }
    }

    #[test]
    fn the_persons_word_is_waited_for_and_then_kept() {
        use ApprovalState::{Approved, Denied, Expired, Pending};
        for (script, waits, open) in [
            ("ucca", true, vec![(1, Pending), (2, Pending)]),
            ("uccay", false, vec![(1, Approved), (2, Approved)]),
            ("uccad", false, vec![(1, Denied), (2, Denied)]),
            ("uccae", false, vec![(1, Expired), (2, Expired)]),
            ("uccayr", false, vec![(2, Approved)]),
            ("uccadrrca", true, vec![(3, Pending)]),
        ] {
            let turn = TurnId::new();
            let open = open
                .into_iter()
                .map(|(n, word)| OpenCall {
                    call: call(n),
                    surplus: false,
                    word: Some(word),
                })
                .collect();
            let expected = if waits {
                Step::Wait(open)
            } else {
                Step::CallTools(open)
            };
            let step = next(&entries(script, turn), turn, &limits());
            assert_eq!(step, expected, "{script}");
        }
        let turn = TurnId::new();
        for (script, expected) in [("uccayrr", Step::AskModel), ("uccadrrt", Step::Finish)] {
            let step = next(&entries(script, turn), turn, &limits());
            assert_eq!(step, expected, "{script}");
        }
    }

    #[test]
    fn a_word_is_for_the_very_arguments_that_were_asked_about() {
        let turn = TurnId::new();
        let mut history = entries("ucay", turn);
        for entry in &mut history {
            if let EntryBody::ApprovalDecided(asked) | EntryBody::ApprovalRequested(asked) =
                &mut entry.body
            {
                asked.calls[0].arguments = json!({ "task": "another" });
            }
        }
        let step = next(&history, turn, &limits());
        assert_eq!(step, open(&[(1, false)]));
    }

    #[test]
    fn other_turns_do_not_matter() {
        let (earlier, turn) = (TurnId::new(), TurnId::new());
        let mut history = entries("ucct", earlier);
        history.extend(entries("u", turn));
        assert_eq!(next(&history, turn, &limits()), Step::AskModel);
    }
}
