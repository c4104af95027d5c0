//! Failures in plain words.

use taskchat_domain::FailureKind;

use crate::Ending;

/// What the person is told about a turn that was given up.
pub(super) fn words(kind: FailureKind, changed: bool) -> String {
    let what = match kind {
        FailureKind::ModelUnavailable => "The assistant could not be reached.",
        FailureKind::ModelMisbehaved => "The assistant's answer could not be used.",
        FailureKind::TimedOut => "The assistant took too long to answer.",
        FailureKind::ToolsUnavailable => "Your tasks could not be reached.",
        FailureKind::TooManySteps => "The assistant did not come to an end and was stopped.",
        FailureKind::Internal => "Something went wrong on our side.",
    };
    if changed {
        // Trying again would do the rest once more.
        format!("{what} Your message is kept, and so is what was already done; see below.")
    } else {
        format!("{what} Your message is kept; please try again.")
    }
}

/// Code and words of the result of a call that was not made, because the turn ended so.
pub(super) fn unrun(ending: &Ending) -> (&'static str, &'static str) {
    match ending {
        Ending::Cancelled => ("CANCELLED", "cancelled before it was done"),
        Ending::Failed(failure) => match failure.kind {
            FailureKind::TimedOut => ("TIMED_OUT", "there was no time left to do it"),
            FailureKind::ToolsUnavailable => ("TOOLS_UNAVAILABLE", "the tools cannot be reached"),
            _ => ("NOT_DONE", "the turn ended before it was done"),
        },
        Ending::Completed | Ending::Waiting | Ending::Broken(_) => {
            ("NOT_DONE", "the turn ended before it was done")
        }
    }
}
