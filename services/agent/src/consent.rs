//! Which calls of a step must wait until a person approves them, and why.
//!
//! Pure policy: reads are free, one reversible change runs, deleting one named task runs; deletion
//! for good, bulk, and what a tainted turn would delete or change in bulk asks first. How approvals
//! are stored and decided is not here.
//!
//! **Invariant:** calls are judged together with the others of their step, so a model gains nothing
//! by asking for many things at once, nor by asking for them one by one.

use taskchat_domain::{ApprovalPolicy, ApprovalReason, Call};

/// More changes than this in one turn are bulk.
pub const MOST_CHANGES: usize = 5;

/// More changes than this in one tainted turn are bulk.
pub const MOST_TAINTED_CHANGES: usize = 1;

/// What a tool can do to tasks, by its annotations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// It changes nothing.
    Reads,
    /// It changes something, and the change can be undone.
    Changes,
    /// It takes something away, and it can be brought back.
    Deletes,
    /// It takes something away for good.
    DeletesForGood,
}

impl Effect {
    /// Reads a tool's annotations. What is left out is what MCP says it defaults to: a tool changes
    /// things and is destructive until it says otherwise.
    #[must_use]
    pub fn annotated(
        read_only: Option<bool>,
        destructive: Option<bool>,
        permanent: Option<bool>,
    ) -> Self {
        if permanent == Some(true) {
            Self::DeletesForGood
        } else if read_only == Some(true) {
            Self::Reads
        } else if destructive == Some(false) {
            Self::Changes
        } else {
            Self::Deletes
        }
    }
}

/// Whether the turn has read stored text that looks like instructions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Trust {
    /// It has not.
    #[default]
    Clean,
    /// It has.
    Tainted,
}

/// What a step of a turn is about to do.
#[derive(Debug, Clone, Copy)]
pub struct Step<'a> {
    /// When the person wants to be asked.
    pub policy: ApprovalPolicy,
    /// The calls without a result and without an approval, in order.
    pub calls: &'a [Call],
    /// How many changes the turn has made already: its receipts.
    pub changes_made: usize,
    /// What the turn has read.
    pub trust: Trust,
}

/// A call that must wait.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wait<'a> {
    /// Which.
    pub call: &'a Call,
    /// Why.
    pub reason: ApprovalReason,
}

/// The calls of a step that must wait, in their order; all others may run.
#[must_use]
pub fn decide<'a>(step: &Step<'a>, effect: impl Fn(&Call) -> Effect) -> Vec<Wait<'a>> {
    let changing: Vec<_> = step
        .calls
        .iter()
        .map(|call| (call, effect(call)))
        .filter(|(_, effect)| *effect != Effect::Reads)
        .collect();
    let changes = step.changes_made.saturating_add(changing.len());
    changing
        .into_iter()
        .filter_map(|(call, effect)| {
            let reason = reason(step, effect, changes)?;
            Some(Wait { call, reason })
        })
        .collect()
}

/// Why a call of that effect must wait, in a turn that comes to that many changes.
fn reason(step: &Step<'_>, effect: Effect, changes: usize) -> Option<ApprovalReason> {
    if step.policy == ApprovalPolicy::Never {
        return None;
    }
    let tainted = step.trust == Trust::Tainted;
    let deletes = effect >= Effect::Deletes;
    // The weightiest first.
    [
        (effect == Effect::DeletesForGood, ApprovalReason::Permanent),
        (tainted && deletes, ApprovalReason::TaintedDelete),
        (
            tainted && changes > MOST_TAINTED_CHANGES,
            ApprovalReason::TaintedBulk,
        ),
        (changes > MOST_CHANGES, ApprovalReason::Bulk),
        (
            step.policy == ApprovalPolicy::Always,
            ApprovalReason::Always,
        ),
    ]
    .into_iter()
    .find_map(|(holds, reason)| holds.then_some(reason))
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use taskchat_domain::CallId;

    use super::*;

    /// `r`eads, `c`hanges, `d`eletes, deletes for `g`ood: one call a letter.
    fn calls(letters: &str) -> Vec<Call> {
        let numbered = letters.chars().enumerate();
        numbered
            .map(|(at, letter)| Call {
                id: CallId::nth(at + 1),
                tool: letter.to_string(),
                arguments: json!({}),
            })
            .collect()
    }

    fn effect(call: &Call) -> Effect {
        match call.tool.as_str() {
            "r" => Effect::Reads,
            "c" => Effect::Changes,
            "d" => Effect::Deletes,
            _ => Effect::DeletesForGood,
        }
    }

    /// One letter a call: `.` runs, else why it waits.
    fn decided(policy: ApprovalPolicy, letters: &str, changes_made: usize, trust: Trust) -> String {
        let calls = calls(letters);
        let step = Step {
            policy,
            calls: &calls,
            changes_made,
            trust,
        };
        let waits = decide(&step, effect);
        let letter = |call: &Call| {
            let wait = waits.iter().find(|wait| wait.call.id == call.id);
            wait.map_or('.', |wait| match wait.reason {
                ApprovalReason::Always => 'A',
                ApprovalReason::Bulk => 'B',
                ApprovalReason::TaintedBulk => 'T',
                ApprovalReason::TaintedDelete => 'D',
                ApprovalReason::Permanent => 'P',
            })
        };
        calls.iter().map(letter).collect()
    }

    #[test]
    fn risk_decides() {
        use Trust::{Clean, Tainted};
        for (letters, made, trust, expected) in [
            ("", 0, Clean, ""),
            ("r", 0, Clean, "."),
            ("rrrrrrrrrr", 9, Tainted, ".........."),
            ("c", 0, Clean, "."),
            ("d", 0, Clean, "."),
            ("g", 0, Clean, "P"),
            ("cdc", 0, Clean, "..."),
            // Five changes are no bulk, six are, in one step or in several.
            ("ccccc", 0, Clean, "....."),
            ("cccccc", 0, Clean, "BBBBBB"),
            ("ccrdccc", 0, Clean, "BB.BBBB"),
            ("ccc", 2, Clean, "..."),
            ("ccc", 3, Clean, "BBB"),
            ("d", 4, Clean, "."),
            ("d", 5, Clean, "B"),
            ("r", 100, Clean, "."),
            ("gccccc", 0, Clean, "PBBBBB"),
            ("cg", 0, Clean, ".P"),
            // In a tainted turn nothing is deleted, and one change is the most.
            ("c", 0, Tainted, "."),
            ("d", 0, Tainted, "D"),
            ("g", 0, Tainted, "P"),
            ("cc", 0, Tainted, "TT"),
            ("rc", 1, Tainted, ".T"),
            ("cd", 0, Tainted, "TD"),
            ("cccccc", 0, Tainted, "TTTTTT"),
            ("c", usize::MAX, Clean, "B"),
        ] {
            let decided = decided(ApprovalPolicy::ByRisk, letters, made, trust);
            assert_eq!(decided, expected, "{letters} after {made} {trust:?}");
        }
    }

    #[test]
    fn the_person_decides_how_often_to_be_asked() {
        use Trust::{Clean, Tainted};
        for (policy, letters, made, trust, expected) in [
            (ApprovalPolicy::Never, "rcdg", 100, Tainted, "...."),
            (ApprovalPolicy::Always, "rc", 0, Clean, ".A"),
            (ApprovalPolicy::Always, "d", 0, Clean, "A"),
            (ApprovalPolicy::Always, "g", 0, Clean, "P"),
            (ApprovalPolicy::Always, "d", 0, Tainted, "D"),
            (ApprovalPolicy::Always, "cccccc", 0, Clean, "BBBBBB"),
        ] {
            let decided = decided(policy, letters, made, trust);
            assert_eq!(
                decided, expected,
                "{policy:?}: {letters} after {made} {trust:?}"
            );
        }
    }

    #[test]
    fn annotations_default_to_the_worst() {
        for (read_only, destructive, permanent, expected) in [
            (None, None, None, Effect::Deletes),
            (Some(true), None, None, Effect::Reads),
            (Some(true), Some(true), None, Effect::Reads),
            (Some(false), Some(false), None, Effect::Changes),
            (Some(false), Some(true), None, Effect::Deletes),
            (None, Some(true), Some(false), Effect::Deletes),
            (Some(true), Some(false), Some(true), Effect::DeletesForGood),
        ] {
            assert_eq!(
                Effect::annotated(read_only, destructive, permanent),
                expected
            );
        }
    }
}
