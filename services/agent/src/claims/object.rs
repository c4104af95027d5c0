//! What a claim is about: how many tasks, which titles, which field.

use super::{
    ClaimKind,
    read::{Scan, Use},
    text::{Kind, Mark, Token},
    words::{Class, Verb, number},
};

/// What a claim says about its tasks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Object<'a> {
    /// The field that is said to have changed, by its name in a receipt.
    pub(super) field: Option<&'static str>,
    /// Titles, each of which must be backed.
    pub(super) titles: Vec<&'a str>,
    /// Titles and values, one of which must be backed.
    pub(super) hints: Vec<&'a str>,
    /// How many tasks.
    pub(super) count: Option<usize>,
    /// Words that may be part of a title, one of which must be backed.
    pub(super) words: Vec<&'a str>,
    /// True when the bullets below the sentence name the tasks.
    pub(super) lists: bool,
}

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

/// What the claim at a place is about.
pub(super) fn of<'a>(scan: &Scan<'_, 'a>, at: usize, usage: Use, kind: ClaimKind) -> Object<'a> {
    let before = matches!(usage, Use::Perfect | Use::Was | Use::Is | Use::Headline);
    let (from, to) = if before {
        (region_before(scan, at), at)
    } else {
        (at + 1, region_after(scan, at))
    };
    let mut object = Object {
        field: field(scan, at, from, to, kind),
        lists: scan.mark(scan.sentence.tokens.len().wrapping_sub(1)) == Some(Mark::Colon),
        ..Object::default()
    };
    // "Task created: milk", "Added: milk".
    let colon = (at + 1..at + 3).find(|place| scan.mark(*place) == Some(Mark::Colon));
    let (from, to) = match colon {
        Some(colon) if !scan.ends(colon + 1) && (usage == Use::Headline || colon == at + 1) => {
            (colon + 1, region_after(scan, colon))
        }
        _ => (from, to),
    };
    titles(scan, from, to, kind, &mut object);
    object.count = count(scan, from, to);
    let named = !object.titles.is_empty() || !object.hints.is_empty();
    if !named && !matches!(kind, ClaimKind::Undone | ClaimKind::Changed) {
        object.words = words(scan, from, to, before);
    }
    object
}

/// From where the subject of a verb at `at` is said.
fn region_before(scan: &Scan<'_, '_>, at: usize) -> usize {
    let aux = (0..at)
        .rev()
        .find(|place| {
            !scan.is(*place, Class::Adverb)
                && !scan.is(*place, Class::Finite)
                && scan.text(*place) != "been"
        })
        .unwrap_or(0);
    (0..aux)
        .rev()
        .find(|place| {
            scan.word(*place).is_some_and(|(text, word)| {
                word.verb.is_some() && !scan.is(*place + 1, Class::TaskNoun)
                    || word.is(Class::Finite)
                    || text.ends_with("'s")
            }) || scan.mark(*place).is_some_and(|mark| mark != Mark::Comma)
        })
        .map_or(0, |place| place + 1)
}

/// How far the object of a verb at `at` reaches: commas and "and" only continue lists of titles.
fn region_after(scan: &Scan<'_, '_>, at: usize) -> usize {
    let mut place = at + 1;
    while !scan.ends(place) {
        match scan.sentence.tokens.get(place) {
            Some(Token::Mark(Mark::Comma)) => {
                let next = if scan.text(place + 1) == "and" {
                    place + 2
                } else {
                    place + 1
                };
                if !matches!(scan.sentence.tokens.get(next), Some(Token::Title(_))) {
                    return place;
                }
            }
            Some(Token::Mark(_)) => return place,
            Some(Token::Word(text, word)) => {
                let leaves = word.is(Class::FirstPerson)
                    || word.is(Class::Subordinate)
                    || matches!(*text, "but" | "so" | "because" | "that" | "as") && *text != "as"
                    || word.verb.is_some()
                        && !scan.is(place - 1, Class::Preposition)
                        && place > at + 1
                        && matches!(scan.text(place - 1), "and" | "then" | "also");
                if leaves {
                    return place;
                }
            }
            _ => {}
        }
        place += 1;
    }
    place
}

/// Which field is said to have changed.
fn field(
    scan: &Scan<'_, '_>,
    at: usize,
    from: usize,
    to: usize,
    kind: ClaimKind,
) -> Option<&'static str> {
    if kind != ClaimKind::Updated {
        return None;
    }
    let verb = scan.text(at);
    let end = scan.clause_end(at).max(to);
    let has = |words: &[&str]| (from.min(at)..end).any(|place| words.contains(&scan.text(place)));
    let dated = (at + 1..end).any(|place| scan.is(place, Class::Date));
    match verb {
        "renamed" | "retitled" | "called" => Some("title"),
        "tagged" => Some("tags"),
        "now" if has(&["repeats", "recurs"]) => Some("recurrence"),
        "moved" | "rescheduled" | "postponed" | "pushed" | "delayed" | "extended"
            if dated && !has(&["priority", "tag", "list", "top"]) =>
        {
            Some("due_date")
        }
        _ if has(&["title", "name"]) => Some("title"),
        _ if has(&["deadline"]) || has(&["due"]) && has(&["date", "dates"]) => Some("due_date"),
        _ if has(&["priority"]) && !has(&["note", "tag", "description", "due"]) => Some("priority"),
        _ => None,
    }
}

fn titles<'a>(
    scan: &Scan<'_, 'a>,
    from: usize,
    to: usize,
    kind: ClaimKind,
    object: &mut Object<'a>,
) {
    for place in from..to {
        let Some(Token::Title(title)) = scan.sentence.tokens.get(place) else {
            continue;
        };
        let prepared = place > from && scan.is(place - 1, Class::Preposition);
        if kind == ClaimKind::Updated || prepared || object.field.is_some() {
            object.hints.push(title);
        } else {
            object.titles.push(title);
        }
    }
    if kind != ClaimKind::Updated && !object.titles.is_empty() {
        object.hints.clear();
    }
}

/// "3 tasks", "both", "all three", "2 of the 3".
fn count(scan: &Scan<'_, '_>, from: usize, to: usize) -> Option<usize> {
    for place in from..to {
        let Some(count) = number(scan.text(place)) else {
            continue;
        };
        if scan.text(place) == "both" {
            return Some(2);
        }
        let mut noun = place + 1;
        while noun < to
            && noun < place + 4
            && !scan.is(noun, Class::TaskNoun)
            && scan.mark(noun).is_none()
        {
            noun += 1;
        }
        let of = scan.text(place + 1) == "of";
        let all = place > 0 && scan.text(place - 1) == "all";
        let stands_alone = place + 1 >= to && all;
        if of || all || stands_alone || scan.is(noun, Class::TaskNoun) && noun < to {
            return Some(count);
        }
    }
    // "They have both been", "were all deleted".
    (to..to + 4)
        .any(|place| scan.text(place) == "both")
        .then_some(2)
        .filter(|_| from < to && scan.sentence.kind != Kind::Table)
}

/// Words that may be part of a title; none unless the object itself has one.
fn words<'a>(scan: &Scan<'_, 'a>, from: usize, to: usize, before: bool) -> Vec<&'a str> {
    let content = |place: usize| {
        scan.word(place)
            .filter(|(_, word)| !word.says_nothing())
            .map(|(text, _)| text)
    };
    let head_end = (from..to)
        .find(|place| scan.is(*place, Class::Preposition) && *place > from)
        .unwrap_or(to);
    let in_head = (from..if before { to } else { head_end }).any(|place| content(place).is_some());
    if !in_head {
        return Vec::new();
    }
    (from..to).filter_map(content).collect()
}
