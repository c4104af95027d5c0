//! Is what a model says it did also in the receipts? A function of the entries, like the next step.
//!
//! An answer that claims a change without a receipt is asked again with the facts, once in a turn;
//! what still claims is labelled. So is a claim that stood before calls which did not do it. The
//! texts themselves stay: followers have seen them.

use taskchat_domain::{Entry, EntryBody, Notice, NoticeKind, Receipt, Timestamp, TurnId};

use crate::claims;

/// What is to be done about the answer of a turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It claims nothing that did not happen, or is labelled already.
    Stands,
    /// The model is to be told these facts and to answer once more.
    AskAgain(String),
    /// It is to be labelled.
    Label(Notice),
}

/// A text of the model.
struct Said<'a> {
    text: &'a str,
    at: Timestamp,
    /// True when calls followed it in the same step; without, it was meant as the answer.
    before_calls: bool,
}

/// Looks at the texts of `turn`. Its last entry is its answer, or a notice.
pub(super) fn verdict(history: &[Entry], turn: TurnId) -> Verdict {
    let mut receipts: Vec<&Receipt> = Vec::new();
    let mut texts: Vec<Said<'_>> = Vec::new();
    for entry in history.iter().filter(|entry| entry.turn_id == turn) {
        match &entry.body {
            EntryBody::Model { text } => texts.push(Said {
                text,
                at: entry.created_at,
                before_calls: false,
            }),
            EntryBody::Call(_) => {
                // A step is stored at one time, and what came of a second question is later.
                if let Some(said) = texts.last_mut() {
                    said.before_calls |= said.at == entry.created_at;
                }
            }
            EntryBody::Result(result) => receipts.extend(&result.receipt),
            EntryBody::Notice(notice) if notice.kind == NoticeKind::UnbackedClaim => {
                return Verdict::Stands;
            }
            EntryBody::User { .. }
            | EntryBody::ApprovalRequested(_)
            | EntryBody::ApprovalDecided(_)
            | EntryBody::Notice(_) => {}
        }
    }
    let Some((answer, earlier)) = texts.split_last() else {
        return Verdict::Stands;
    };
    // An answer that the turn went on after was asked about.
    let (before_calls, asked): (Vec<_>, Vec<_>) = earlier.iter().partition(|it| it.before_calls);
    if let Some(claim) = claims::unbacked(answer.text, &receipts) {
        return if asked.is_empty() {
            Verdict::AskAgain(facts(&claim.sentence, &receipts))
        } else {
            Verdict::Label(label(receipts.is_empty()))
        };
    }
    // Only now: the calls that followed may have done what the text says.
    let is_false = |said: &Said<'_>| claims::unbacked(said.text, &receipts).is_some();
    if before_calls.into_iter().any(is_false) {
        Verdict::Label(label(receipts.is_empty()))
    } else {
        Verdict::Stands
    }
}

/// What the model is told. From us, and it says so: the person did not write it.
fn facts(sentence: &str, receipts: &[&Receipt]) -> String {
    let done = match receipts {
        [] => "Nothing was changed in this turn.".to_owned(),
        some => {
            let done: Vec<_> = some.iter().map(|it| it.summary.as_str()).collect();
            format!("All that was changed in this turn: {}", done.join(" "))
        }
    };
    format!(
        "[Note from the system, not from the person] You wrote: \"{sentence}\" No tool call of this \
         turn did that. {done} If the change is wanted, make it now with a tool. Otherwise say \
         plainly that it was not made. Do not mention this note."
    )
}

fn label(nothing_changed: bool) -> Notice {
    let text = if nothing_changed {
        "The assistant says that it changed something. Nothing was changed."
    } else {
        "The assistant says that it changed more than it did. The receipts show what was changed."
    };
    Notice {
        kind: NoticeKind::UnbackedClaim,
        text: text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use taskchat_domain::{Call, CallId, CallResult, EntryId, OperationId, TaskId};

    use super::*;

    const CLAIM: &str = "I've added buy milk to your list.";

    fn said(text: &str) -> EntryBody {
        EntryBody::Model {
            text: text.to_owned(),
        }
    }

    /// A call and what came of it.
    fn called(n: usize, receipt: Option<Receipt>) -> [EntryBody; 2] {
        let id = CallId::nth(n);
        let call = Call {
            id: id.clone(),
            tool: "add_task".to_owned(),
            arguments: json!({}),
        };
        let result = CallResult {
            call_id: id,
            content: json!({}),
            is_error: receipt.is_none(),
            receipt,
        };
        [EntryBody::Call(call), EntryBody::Result(result)]
    }

    fn added_milk() -> Receipt {
        serde_json::from_value(json!({
            "operation_id": OperationId::new(),
            "kind": "created",
            "summary": "Added “buy milk”.",
            "task": {
                "id": TaskId::new(), "title": "buy milk", "description": "", "status": "pending",
                "priority": "medium", "due_date": null, "completed_at": null, "tags": [],
                "recurrence": null, "created_at": "2026-11-23T08:00:00Z",
                "updated_at": "2026-11-23T08:00:00Z", "version": 1,
                "created_by": {"origin": "hand"},
            },
            "changes": [],
            "undoable": true,
            "undone_by": null,
        }))
        .unwrap()
    }

    /// The verdict on a turn of these steps and results, each stored a second after the one before.
    fn judged<const N: usize>(stored: [&[EntryBody]; N]) -> Verdict {
        let turn = TurnId::new();
        let mut entries = Vec::new();
        for (second, bodies) in stored.into_iter().enumerate() {
            entries.extend(bodies.iter().map(|body| Entry {
                id: EntryId::new(),
                turn_id: turn,
                seq: 1,
                body: body.clone(),
                created_at: format!("2026-11-23T08:00:{second:02}Z").parse().unwrap(),
            }));
        }
        verdict(&entries, turn)
    }

    fn is_label(verdict: &Verdict) -> bool {
        matches!(verdict, Verdict::Label(_))
    }

    #[test]
    fn a_claim_is_asked_again_once_and_then_labelled_once() {
        assert_eq!(judged([&[said("Nothing to do.")]]), Verdict::Stands);
        let Verdict::AskAgain(facts) = judged([&[said(CLAIM)]]) else {
            panic!("not asked again");
        };
        assert!(
            facts.contains(CLAIM) && facts.contains("Nothing was changed"),
            "{facts}"
        );
        let honest = judged([&[said(CLAIM)], &[said("It was not added.")]]);
        assert_eq!(honest, Verdict::Stands);
        let Verdict::Label(notice) = judged([&[said(CLAIM)], &[said(CLAIM)]]) else {
            panic!("not labelled");
        };
        let labelled = judged([&[said(CLAIM)], &[said(CLAIM)], &[EntryBody::Notice(notice)]]);
        assert_eq!(labelled, Verdict::Stands);
    }

    #[test]
    fn calls_in_between_earn_no_further_question() {
        let [call, result] = called(1, None);
        let verdict = judged([&[said(CLAIM)], &[call], &[result], &[said(CLAIM)]]);
        assert!(is_label(&verdict), "{verdict:?}");
        let [call, result] = called(1, Some(added_milk()));
        let verdict = judged([&[said(CLAIM)], &[call], &[result], &[said(CLAIM)]]);
        assert_eq!(verdict, Verdict::Stands);
    }

    #[test]
    fn a_failed_call_backs_nothing() {
        let [call, result] = called(1, None);
        let verdict = judged([&[said("I will add it."), call], &[result], &[said(CLAIM)]]);
        assert!(matches!(verdict, Verdict::AskAgain(_)), "{verdict:?}");
    }

    #[test]
    fn what_is_said_before_calls_is_judged_by_what_came_of_them() {
        for (text, receipt, labelled) in [
            (CLAIM, None, true),
            (CLAIM, Some(added_milk()), false),
            ("I'll add buy milk now.", None, false),
            ("Let me add that to your list.", None, false),
            ("Adding buy milk.", None, false),
            ("Sure! Let me see what is there first.", None, false),
        ] {
            let [call, result] = called(1, receipt);
            let end = [said("Anything else?")];
            let verdict = judged([&[said(text), call], &[result], &end]);
            assert_eq!(is_label(&verdict), labelled, "{text}: {verdict:?}");
        }
    }
}
