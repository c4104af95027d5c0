//! Failures in plain words.

use taskchat_domain::FailureKind;

/// What the person is told about a turn that was given up.
pub(super) fn words(kind: FailureKind, changed: bool) -> String {
    let what = match kind {
        FailureKind::ModelUnavailable => "The assistant could not be reached.",
        FailureKind::ModelMisbehaved => "The assistant's answer could not be used.",
        FailureKind::TimedOut => "The assistant took too long to answer.",
        FailureKind::ToolsUnavailable => "Your tasks could not be reached.",
        FailureKind::TooManySteps => "The assistant did not come to an end and was stopped.",
        FailureKind::CutOff => "The assistant was cut off again and again and has given up.",
        FailureKind::Internal => "Something went wrong on our side.",
    };
    if changed {
        // Trying again would do the rest once more.
        format!("{what} Your message is kept, and so is what was already done; see below.")
    } else if kind.is_worth_retrying() {
        format!("{what} Your message is kept; please try again.")
    } else {
        format!("{what} Your message is kept.")
    }
}

/// Code and words of the result of a call that was not made, because the turn failed so; `None`: it
/// was stopped.
pub(super) const fn unrun(failed: Option<FailureKind>) -> (&'static str, &'static str) {
    match failed {
        None => ("CANCELLED", "cancelled before it was done"),
        Some(FailureKind::TimedOut) => ("TIMED_OUT", "there was no time left to do it"),
        Some(FailureKind::ToolsUnavailable) => ("TOOLS_UNAVAILABLE", "the tools cannot be reached"),
        Some(
            FailureKind::ModelUnavailable
            | FailureKind::ModelMisbehaved
            | FailureKind::TooManySteps
            | FailureKind::CutOff
            | FailureKind::Internal,
        ) => ("NOT_DONE", "the turn ended before it was done"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_told_to_try_again_where_they_are_offered_to() {
        for kind in [
            FailureKind::ModelUnavailable,
            FailureKind::ModelMisbehaved,
            FailureKind::TimedOut,
            FailureKind::ToolsUnavailable,
            FailureKind::TooManySteps,
            FailureKind::CutOff,
            FailureKind::Internal,
        ] {
            let words = words(kind, false);
            let told = words.contains("please try again");
            assert_eq!(told, kind.is_worth_retrying(), "{words}");
        }
    }
}
