//! Is what a model says it did also in the receipts? A function of the entries, like the next step.
//!
//! An answer that claims a change without a receipt is asked again once, with the facts; what still
//! claims is labelled. The answer itself stays: followers have seen it.

use taskchat_domain::{Entry, EntryBody, Notice, NoticeKind, Receipt, TurnId};

use crate::{claims, next::bodies};

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

/// Looks at the latest answer of `turn`. Its last entry is that answer, or a notice.
pub(super) fn verdict(history: &[Entry], turn: TurnId) -> Verdict {
    let mut receipts: Vec<&Receipt> = Vec::new();
    let mut answers: Vec<&str> = Vec::new();
    for body in bodies(history, turn) {
        match body {
            EntryBody::Model { text } => answers.push(text),
            // A text before calls is no answer.
            EntryBody::Call(_) => answers.clear(),
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
    let claim = answers
        .last()
        .and_then(|answer| claims::unbacked(answer, &receipts));
    match claim {
        None => Verdict::Stands,
        Some(claim) if answers.len() == 1 => Verdict::AskAgain(facts(&claim.sentence, &receipts)),
        Some(_) => Verdict::Label(label(receipts.is_empty())),
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
    use taskchat_domain::{Call, CallId, CallResult, Clock, EntryId, SystemClock};

    use super::*;

    const CLAIM: &str = "I've added buy milk to your list.";

    fn said(text: &str) -> EntryBody {
        EntryBody::Model {
            text: text.to_owned(),
        }
    }

    fn refused() -> [EntryBody; 2] {
        let id = CallId::nth(1);
        let call = Call {
            id: id.clone(),
            tool: "add_task".to_owned(),
            arguments: json!({}),
        };
        let result = CallResult {
            call_id: id,
            content: json!({}),
            is_error: true,
            receipt: None,
        };
        [EntryBody::Call(call), EntryBody::Result(result)]
    }

    fn judged(entries: impl IntoIterator<Item = EntryBody>) -> Verdict {
        let turn = TurnId::new();
        let entries: Vec<_> = (1..)
            .zip(entries)
            .map(|(seq, body)| Entry {
                id: EntryId::new(),
                turn_id: turn,
                seq,
                body,
                created_at: SystemClock.now(),
            })
            .collect();
        verdict(&entries, turn)
    }

    #[test]
    fn a_claim_is_asked_again_once_and_then_labelled_once() {
        assert_eq!(judged([said("Nothing to do.")]), Verdict::Stands);
        let Verdict::AskAgain(facts) = judged([said(CLAIM)]) else {
            panic!("not asked again");
        };
        assert!(
            facts.contains(CLAIM) && facts.contains("Nothing was changed"),
            "{facts}"
        );
        let honest = judged([said(CLAIM), said("It was not added.")]);
        assert_eq!(honest, Verdict::Stands);
        let Verdict::Label(notice) = judged([said(CLAIM), said(CLAIM)]) else {
            panic!("not labelled");
        };
        let labelled = judged([said(CLAIM), said(CLAIM), EntryBody::Notice(notice)]);
        assert_eq!(labelled, Verdict::Stands);
    }

    #[test]
    fn a_failed_call_backs_nothing() {
        let [call, result] = refused();
        let verdict = judged([said("I will add it."), call, result, said(CLAIM)]);
        assert!(matches!(verdict, Verdict::AskAgain(_)), "{verdict:?}");
    }
}
