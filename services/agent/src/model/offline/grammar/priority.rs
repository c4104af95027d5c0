//! Priorities as people name them, and requests to change one.

use crate::model::offline::words::{Gap, Phrase};

/// The level that a word stands for.
const LEVELS: &[(&str, &str)] = &[
    ("low", "low"),
    ("lowest", "low"),
    ("medium", "medium"),
    ("normal", "medium"),
    ("high", "high"),
    ("higher", "high"),
    ("urgent", "urgent"),
    ("highest", "urgent"),
    ("top", "urgent"),
];

/// "high", "high priority", "priority high", "high-priority", "important"; `Err` for a level that
/// there is none of.
pub(super) fn whole(phrase: Phrase<'_>) -> Option<Result<&'static str, String>> {
    let phrase = phrase.after_any(&["a", "an", "as", "of"]).unwrap_or(phrase);
    let phrase = phrase.before_any(&["task", "one"]).unwrap_or(phrase);
    let named = phrase
        .before("priority")
        .or_else(|| phrase.after_any(&["priority to", "priority as", "priority is", "priority"]));
    if let Some(level) = named.filter(|level| !level.is_empty()) {
        return match level.len() {
            1 => Some(level_of(level.word(0)).ok_or_else(|| level.text().to_owned())),
            // "Super duper high".
            2 | 3 if phrase.before("priority").is_some() => Some(Err(level.text().to_owned())),
            _ => None,
        };
    }
    if phrase.is_any(&["important", "more important", "very important"]) {
        return Some(Ok("high"));
    }
    if phrase.is_any(&[
        "less important",
        "not important",
        "unimportant",
        "not so important",
    ]) {
        return Some(Ok("low"));
    }
    if phrase.is_any(&["very urgent", "really urgent", "super urgent"]) {
        return Some(Ok("urgent"));
    }
    (phrase.len() == 1).then(|| joined(phrase.word(0)))?.map(Ok)
}

/// A level that begins a phrase, and the rest: "high priority task ..." → "task ...".
pub(super) fn at_start(phrase: Phrase<'_>) -> Option<(&'static str, Phrase<'_>)> {
    if phrase.is_quoted(0) {
        return None;
    }
    if phrase.word(0).ends_with("-priority") {
        return Some((joined(phrase.word(0))?, phrase.from(1)));
    }
    let level = level_of(phrase.word(0)).or((phrase.word(0) == "important").then_some("high"))?;
    let rest = phrase.from(1);
    match rest.after_any(&["priority", "prio"]) {
        Some(rest) => Some((level, rest)),
        // "Low" and "high" alone are more often something else: "high chair".
        None => matches!(phrase.word(0), "urgent" | "important").then_some((level, rest)),
    }
}

/// A phrase without the level at its end, and that level.
pub(super) fn at_end(phrase: Phrase<'_>) -> Option<(Phrase<'_>, Result<&'static str, String>)> {
    for lead in ["with a", "with an", "with", "as a", "as an", "as", "at"] {
        for (rest, tail) in phrase.splits(lead) {
            let named = tail.before("priority").is_some() || tail.after("priority").is_some();
            if let Some(level) =
                whole(tail).filter(|level| named || (lead == "as" && level.is_ok()))
            {
                return Some((rest, level));
            }
        }
    }
    for lead in ["it's", "this is", "it is", "that's"] {
        for (rest, tail) in phrase.splits(lead) {
            if let Some(Ok(level)) = whole(tail) {
                return Some((rest, Ok(level)));
            }
        }
    }
    // "call mum, high priority", "call mum priority high", "call mum (urgent)".
    for length in [2, 1] {
        let at = phrase.len().checked_sub(length).filter(|at| *at > 0)?;
        let tail = phrase.from(at);
        let set_apart = phrase.gap(at - 1) != Gap::Space;
        let named = tail.before("priority").is_some()
            || tail.after("priority").is_some()
            || tail.word(0).ends_with("-priority")
            || tail.word(0).starts_with('!')
            || tail.text_is_parenthesised();
        if phrase.is_quoted(at) || !(named || set_apart) {
            continue;
        }
        if let Some(Ok(level)) = whole(tail) {
            return Some((phrase.to(at), Ok(level)));
        }
    }
    None
}

/// The level that one word stands for.
fn level_of(word: &str) -> Option<&'static str> {
    LEVELS
        .iter()
        .find(|(name, _)| *name == word)
        .map(|(_, level)| *level)
}

/// "high-priority", "!high", "urgent".
fn joined(word: &str) -> Option<&'static str> {
    let word = word.trim_start_matches('!');
    level_of(word.strip_suffix("-priority").unwrap_or(word))
}
