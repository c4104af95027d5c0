//! Claims without a verb of change: "Done!", "it's gone", "your list now has", "is back on".

use super::{
    ClaimKind,
    read::Scan,
    text::{End, Kind, Mark, Token},
    words::Class,
};

/// The kind of change that the phrase at a place claims, if one does.
pub(super) fn kind(scan: &Scan<'_, '_>, at: usize) -> Option<ClaimKind> {
    match scan.text(at) {
        "done" => done(scan, at),
        "all" if scan.text(at + 1) == "set" => {
            let ready = states(scan, at) || scan.text(at + 2) != "for" && opens(scan, at);
            ready.then_some(ClaimKind::Changed)
        }
        "success" => (at == 0 && scan.ends(at + 1)).then_some(ClaimKind::Changed),
        "successful" => {
            matches!(before(scan, at), "was" | "were" | "is").then_some(ClaimKind::Changed)
        }
        "successfully" if states(scan, at) && list_follows(scan, at + 1) => {
            Some(ClaimKind::Restored)
        }
        "gone" => gone(scan, at),
        "now" => now(scan, at),
        "back" => back(scan, at),
        "again" => again(scan, at),
        "off" if states(scan, at) && list_follows(scan, at) => Some(ClaimKind::Deleted),
        "in" if states(scan, at)
            && scan.text(at + 1) == "the"
            && matches!(scan.text(at + 2), "bin" | "trash") =>
        {
            Some(ClaimKind::Deleted)
        }
        _ => None,
    }
}

fn before<'a>(scan: &Scan<'_, 'a>, at: usize) -> &'a str {
    scan.left_of(at).map_or("", |left| scan.text(left))
}

/// True when "is" or the like stands left of a place.
fn states(scan: &Scan<'_, '_>, at: usize) -> bool {
    let be = before(scan, at);
    matches!(be, "is" | "are" | "they're") || be.ends_with("'s")
}

fn opens(scan: &Scan<'_, '_>, at: usize) -> bool {
    match scan.left_of(at) {
        None => true,
        Some(left) => {
            scan.mark(left)
                .is_some_and(|mark| !matches!(mark, Mark::Comma | Mark::Open))
                || scan.opening(left + 1)
                || scan.text(left) == "you're"
                    && scan.text(at) == "all"
                    && scan.text(at + 1) == "set"
        }
    }
}

fn closes(scan: &Scan<'_, '_>, at: usize) -> bool {
    scan.ends(at)
        || scan
            .mark(at)
            .is_some_and(|mark| !matches!(mark, Mark::Colon | Mark::Open))
}

/// "Done!", "All done", "it's done", "has been done", "I've done that", "consider it done".
fn done(scan: &Scan<'_, '_>, at: usize) -> Option<ClaimKind> {
    let today = scan.text(at + 1) == "for" && scan.text(at + 2) != "you";
    let follows = matches!(scan.text(at + 1), "and" | "for" | "as") || closes(scan, at + 1);
    let follows = follows && !today;
    let left = before(scan, at);
    let asked = (0..at).any(|place| {
        matches!(
            scan.text(place),
            "requests" | "changes" | "actions" | "request"
        )
    });
    if asked && matches!(left, "is" | "are") && follows {
        return Some(ClaimKind::Changed);
    }
    if matches!(left, "it's" | "that's") || matches!(left, "is") && pronoun(scan, at) {
        return (follows && !scan.adverb_before(at, "already")).then_some(ClaimKind::Changed);
    }
    let named = matches!(
        left,
        "undo" | "update" | "deletion" | "change" | "changes" | "rename"
    );
    if named && at == 1 && follows {
        return Some(ClaimKind::Changed);
    }
    if left == "been" && (0..at).any(|place| scan.text(place) == "except") {
        return None;
    }
    if matches!(left, "been" | "i've" | "i" | "we've") {
        return Some(ClaimKind::Changed);
    }
    if left == "it" && scan.text(0) == "consider" {
        return Some(ClaimKind::Changed);
    }
    if left == "have" && scan.speaks() {
        return Some(ClaimKind::Changed);
    }
    // "Done" alone on a line heads a list of what is done.
    let heads = scan.sentence.kind != Kind::Plain || scan.sentence.heads_list;
    let alone = at == 0 && scan.ends(at + 1) && scan.sentence.end == End::Line && !scan.pictured();
    let named = scan
        .left_of(at)
        .is_some_and(|left| left > 0 && scan.mark(left) == Some(Mark::Dash) && !scan.opening(left));
    (opens(scan, at) && follows && !(alone && heads) && !named).then_some(ClaimKind::Changed)
}

fn pronoun(scan: &Scan<'_, '_>, at: usize) -> bool {
    at >= 2 && matches!(scan.text(at - 2), "it" | "that" | "this")
}

/// "It's gone", "are gone", "Gone."
fn gone(scan: &Scan<'_, '_>, at: usize) -> Option<ClaimKind> {
    let alone = closes(scan, at + 1) && (0..at).all(|place| scan.is(place, Class::Adverb));
    let stated = states(scan, at) && !scan.adverb_before(at, "already");
    let field = (0..at).any(|place| scan.is(place, Class::FieldNoun));
    (stated || alone).then_some(if field {
        ClaimKind::Updated
    } else {
        ClaimKind::Deleted
    })
}

/// "is back on your list", "the task is back", "back to pending".
fn back(scan: &Scan<'_, '_>, at: usize) -> Option<ClaimKind> {
    let place = matches!(
        scan.text(at + 1),
        "on" | "in" | "to" | "where" | "as" | "at"
    ) || closes(scan, at + 1);
    (states(scan, at) && place).then_some(ClaimKind::Undone)
}

/// "is pending again", "is due on Friday again".
fn again(scan: &Scan<'_, '_>, at: usize) -> Option<ClaimKind> {
    let from = at.saturating_sub(3);
    let state = (from..at).find(|place| {
        matches!(
            scan.text(*place),
            "pending" | "open" | "active" | "incomplete"
        )
    })?;
    states(scan, state).then_some(ClaimKind::Reopened)
}

/// "is now due", "is high priority now", "your list now has", "you now have".
fn now(scan: &Scan<'_, '_>, at: usize) -> Option<ClaimKind> {
    let left = at.checked_sub(1).map_or("", |place| scan.text(place));
    if matches!(left, "right" | "for" | "by" | "until" | "just") {
        return None;
    }
    if matches!(
        scan.text(at + 1),
        "has"
            | "have"
            | "contains"
            | "includes"
            | "shows"
            | "reads"
            | "says"
            | "repeats"
            | "recurs"
            | "stands"
            | "appears"
    ) && left != "i"
    {
        return Some(if matches!(scan.text(at + 1), "repeats" | "recurs") {
            ClaimKind::Updated
        } else {
            ClaimKind::Changed
        });
    }
    if matches!(left, "is" | "are") || left.ends_with("'s") {
        return state(scan, at + 1);
    }
    if (0..at)
        .any(|place| scan.text(place) == "you'll" && matches!(scan.text(place + 1), "find" | "see"))
    {
        return Some(ClaimKind::Changed);
    }
    if !closes(scan, at + 1) {
        return None;
    }
    // "It's on your list now."
    let be = (0..at).rev().find(|place| {
        matches!(scan.text(*place), "is" | "are") || scan.text(*place).ends_with("'s")
    })?;
    if at - be > 6 || (be..at).any(|place| scan.mark(place).is_some() || scan.text(place) == "no") {
        return None;
    }
    state(scan, be + 1)
}

/// What a state that holds "now" says was done.
fn state(scan: &Scan<'_, '_>, from: usize) -> Option<ClaimKind> {
    let mut at = from;
    while scan.is(at, Class::Adverb) {
        at += 1;
    }
    let next = scan.text(at + 1);
    Some(match scan.text(at) {
        "complete" | "done" => ClaimKind::Completed,
        "called" | "named" | "titled" | "due" | "high" | "low" | "medium" | "urgent" | "weekly"
        | "daily" | "monthly" | "recurring" | "repeating" => ClaimKind::Updated,
        "a" | "an"
            if matches!(
                next,
                "weekly"
                    | "daily"
                    | "monthly"
                    | "recurring"
                    | "repeating"
                    | "high"
                    | "low"
                    | "urgent"
                    | "high-priority"
            ) =>
        {
            ClaimKind::Updated
        }
        "in" if next == "progress" => ClaimKind::Updated,
        "in-progress" => ClaimKind::Updated,
        "pending" | "open" | "active" | "incomplete" => ClaimKind::Reopened,
        "on" | "in" if list_follows(scan, at) => ClaimKind::Restored,
        "on" | "at" | "for" if scan.is(at + 1, Class::Date) => ClaimKind::Updated,
        "empty" | "clear" => ClaimKind::Deleted,
        _ => return None,
    })
}

/// "on your list", "in the task list".
fn list_follows(scan: &Scan<'_, '_>, at: usize) -> bool {
    (at + 1..at + 5).any(|place| {
        matches!(
            scan.text(place),
            "list" | "lists" | "tasks" | "plate" | "to-dos" | "calendar" | "agenda"
        )
    }) || matches!(scan.sentence.tokens.get(at + 1), Some(Token::Title(_)))
}
