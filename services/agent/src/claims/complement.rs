//! What a verb of change says was done, once the words around it are known: "marked as done",
//! "checked off", "removed the due date".

use super::{
    ClaimKind,
    read::{Scan, Use},
    text::{Mark, Token},
    words::{Class, Verb},
};

/// What was done, from the verb and its complement; `None` when it is no change of tasks.
pub(super) fn kind(scan: &Scan<'_, '_>, at: usize, verb: Verb, usage: Use) -> Option<ClaimKind> {
    let end = scan.clause_end(at + 1);
    // "Okay, cancelled": what was planned, not a task.
    let cancels = scan.text(at).starts_with("cancel");
    if usage == Use::Bare && cancels && end == at + 1 {
        return None;
    }
    let has = |words: &[&str]| (at + 1..end).any(|place| words.contains(&scan.text(place)));
    let left_has = |words: &[&str]| (0..at).any(|place| words.contains(&scan.text(place)));
    let fields = || (at + 1..end.min(at + 6)).any(|place| scan.is(place, Class::FieldNoun));
    match verb {
        Verb::Plain(ClaimKind::Created) if has(&["back"]) => Some(ClaimKind::Restored),
        Verb::Plain(kind @ (ClaimKind::Created | ClaimKind::Deleted)) => {
            let passive = matches!(usage, Use::Was | Use::Is | Use::Perfect | Use::Headline);
            let into = (at + 1..end).any(|place| {
                scan.text(place) == "to"
                    && (scan.is(place + 1, Class::FieldNoun)
                        || scan.is(place + 2, Class::FieldNoun))
            });
            let of_field = into
                || if passive {
                    field_before(scan, at)
                } else {
                    fields() && !names_task(scan, at, end)
                };
            Some(if of_field { ClaimKind::Updated } else { kind })
        }
        Verb::Plain(ClaimKind::Completed)
            if left_has(&[
                "request",
                "operation",
                "action",
                "update",
                "change",
                "changes",
            ]) =>
        {
            Some(ClaimKind::Changed)
        }
        Verb::Plain(ClaimKind::Completed)
            if has(&["looking", "checking", "reviewing", "reading"]) =>
        {
            None
        }
        Verb::Plain(kind) => Some(kind),
        Verb::Marked => Some(marked(scan, at, end)),
        Verb::Set if scan.text(at + 1) == "up" => Some(ClaimKind::Changed),
        Verb::Set => Some(match () {
            () if has(&["completed", "complete", "done", "finished"]) => ClaimKind::Completed,
            () if has(&["reminder", "reminders"]) || left_has(&["reminder", "reminders"]) => {
                ClaimKind::Changed
            }
            () if has(&["pending", "open", "incomplete"]) => ClaimKind::Reopened,
            () => ClaimKind::Updated,
        }),
        Verb::WithOff => has(&["off"]).then_some(ClaimKind::Completed),
        Verb::WithBack(kind) => match () {
            () if has(&["back"]) => Some(kind),
            () if has(&["forward"]) => Some(ClaimKind::Updated),
            () => None,
        },
        Verb::WithDown => has(&["down"]).then_some(ClaimKind::Created),
        Verb::OnList if fields() => Some(ClaimKind::Updated),
        Verb::OnList => (has(&[
            "list", "calendar", "schedule", "tasks", "to-dos", "agenda", "down",
        ]))
        .then_some(ClaimKind::Created),
        Verb::Made => made(scan, at, end),
        Verb::Took => match () {
            () if scan.text(at + 1) == "care" && scan.text(at + 2) == "of" => {
                Some(ClaimKind::Changed)
            }
            () if has(&["off"]) => Some(ClaimKind::Deleted),
            () if has(&["back"]) => Some(ClaimKind::Undone),
            () => None,
        },
        Verb::Got => match (scan.text(at + 1), scan.text(at + 2)) {
            ("rid", "of") => Some(ClaimKind::Deleted),
            _ => None,
        },
        Verb::Vague => {
            let next = scan.text(at + 1);
            let alone = scan.ends(at + 1)
                || scan
                    .mark(at + 1)
                    .is_some_and(|mark| mark != Mark::Colon || scan.text(at) == "did");
            (matches!(
                next,
                "it" | "that"
                    | "this"
                    | "so"
                    | "everything"
                    | "both"
                    | "what"
                    | "your"
                    | "for"
                    | "as"
            ) || alone
                || next == "the" && has(&["change", "changes", "update", "deletion", "request"]))
            .then_some(ClaimKind::Changed)
        }
    }
}

/// "marked as done", "marked complete", "marked as not done", "marked as urgent".
fn marked(scan: &Scan<'_, '_>, at: usize, end: usize) -> ClaimKind {
    let mut kind = ClaimKind::Changed;
    let mut not = false;
    for place in at + 1..end {
        match scan.text(place) {
            "not" => not = true,
            "done" | "complete" | "completed" | "finished" | "off" => {
                return if not {
                    ClaimKind::Reopened
                } else {
                    ClaimKind::Completed
                };
            }
            "pending" | "incomplete" | "open" | "undone" | "uncompleted" | "unfinished" => {
                return ClaimKind::Reopened;
            }
            "progress" | "in-progress" | "urgent" | "high" | "low" | "medium" | "important" => {
                kind = ClaimKind::Updated
            }
            _ => {}
        }
    }
    kind
}

/// "made a task", "made the change", "made it weekly", "gave it a tag".
fn made(scan: &Scan<'_, '_>, at: usize, end: usize) -> Option<ClaimKind> {
    let mut passive = (0..at).any(|place| {
        matches!(
            scan.text(place),
            "changes" | "change" | "update" | "updates" | "edits"
        )
    });
    for place in at + 1..end {
        match scan.text(place) {
            "change" | "changes" | "update" | "updates" | "edit" | "edits" | "adjustment"
            | "adjustments" | "correction" => {
                return Some(ClaimKind::Changed);
            }
            "urgent" | "high" | "low" | "weekly" | "daily" | "monthly" | "recurring" => {
                return Some(ClaimKind::Updated);
            }
            "it" | "them" if place == at + 1 => return Some(ClaimKind::Updated),
            "sure" | "mistake" | "sense" | "error" => return None,
            _ if scan.is(place, Class::FieldNoun) => return Some(ClaimKind::Updated),
            _ if scan.is(place, Class::TaskNoun) => return Some(ClaimKind::Created),
            _ => {}
        }
        passive = false;
    }
    passive.then_some(ClaimKind::Changed)
}

/// "the due date has been removed", "a note was added".
fn field_before(scan: &Scan<'_, '_>, at: usize) -> bool {
    let Some(noun) = (0..at).rev().find(|place| {
        scan.word(*place).is_some_and(|(_, word)| {
            !word.is(Class::Adverb)
                && !matches!(
                    scan.text(*place),
                    "been" | "has" | "have" | "was" | "were" | "is" | "are"
                )
        }) || matches!(scan.sentence.tokens.get(*place), Some(Token::Title(_)))
    }) else {
        return false;
    };
    scan.is(noun, Class::FieldNoun)
}

/// "added a task with a note": the task comes before its fields.
fn names_task(scan: &Scan<'_, '_>, at: usize, end: usize) -> bool {
    for place in at + 1..end {
        if scan.is(place, Class::FieldNoun) {
            return false;
        }
        let title = matches!(scan.sentence.tokens.get(place), Some(Token::Title(_)));
        let content = scan
            .word(place)
            .is_some_and(|(_, word)| !word.says_nothing());
        if title || content || scan.is(place, Class::TaskNoun) {
            return true;
        }
    }
    false
}
