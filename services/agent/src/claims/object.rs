//! What a claim is about: how many tasks, which titles, which field.

use super::{
    ClaimKind,
    read::{Scan, Use},
    text::{Kind, Mark, Token},
    words::{Class, number},
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
        "now" if has(&["due"]) => Some("due_date"),
        "now" if has(&["called", "named", "titled"]) => Some("title"),
        "now" if has(&["high", "low", "medium", "urgent"]) => Some("priority"),
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
    let pronoun = (to.saturating_sub(4).max(from)..to).any(|place| {
        matches!(
            scan.text(place),
            "it" | "it's" | "that's" | "they" | "they're" | "they've"
        )
    });
    if before && pronoun {
        return Vec::new();
    }
    let in_head = (from..if before { to } else { head_end }).any(|place| content(place).is_some());
    if !in_head {
        return Vec::new();
    }
    (from..to).filter_map(content).collect()
}
