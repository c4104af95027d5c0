//! The words and phrases of `data/`, folded as texts are folded.

use std::{collections::HashMap, sync::LazyLock};

use super::letters::fold;

/// A class of words; the words are in `data/words.txt`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u64)]
pub(super) enum Class {
    Ignore = 1,
    IgnoreLast = 1 << 1,
    Near = 1 << 2,
    Wide = 1 << 3,
    Prompt = 1 << 4,
    Rule = 1 << 5,
    Whole = 1 << 6,
    Place = 1 << 7,
    Address = 1 << 8,
    Action = 1 << 9,
    Strong = 1 << 10,
    Task = 1 << 11,
    Thing = 1 << 12,
    Polite = 1 << 13,
    You = 1 << 14,
    Must = 1 << 15,
    Need = 1 << 16,
    MustAlone = 1 << 17,
    When = 1 << 18,
    Reads = 1 << 19,
    Role = 1 << 20,
    Use = 1 << 21,
    Hushed = 1 << 22,
    Tell = 1 << 23,
    Person = 1 << 24,
    Reveal = 1 << 25,
    Negation = 1 << 26,
    Tool = 1 << 27,
    Grants = 1 << 29,
    Request = 1 << 30,
    StrongLast = 1 << 31,
    Carry = 1 << 32,
    Void = 1 << 33,
    /// The first word of a phrase.
    Begins = 1 << 28,
}

impl Class {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "ignore" => Self::Ignore,
            "ignore_last" => Self::IgnoreLast,
            "near" => Self::Near,
            "wide" => Self::Wide,
            "prompt" => Self::Prompt,
            "rule" => Self::Rule,
            "whole" => Self::Whole,
            "place" => Self::Place,
            "address" => Self::Address,
            "action" => Self::Action,
            "strong" => Self::Strong,
            "task" => Self::Task,
            "thing" => Self::Thing,
            "polite" => Self::Polite,
            "you" => Self::You,
            "must" => Self::Must,
            "need" => Self::Need,
            "mustalone" => Self::MustAlone,
            "when" => Self::When,
            "reads" => Self::Reads,
            "role" => Self::Role,
            "use" => Self::Use,
            "hushed" => Self::Hushed,
            "tell" => Self::Tell,
            "person" => Self::Person,
            "reveal" => Self::Reveal,
            "negation" => Self::Negation,
            "tool" => Self::Tool,
            "grants" => Self::Grants,
            "request" => Self::Request,
            "strong_last" => Self::StrongLast,
            "void" => Self::Void,
            "carry" => Self::Carry,
            _ => return None,
        })
    }
}

/// A phrase, and whether it counts only beside a request to do something with tasks.
pub(super) struct Phrase {
    pub(super) words: Vec<String>,
    pub(super) weak: bool,
}

/// The classes of a word; most words have none and are told by first letter and length.
pub(super) fn classes(word: &str) -> u64 {
    let plausible = word
        .bytes()
        .next()
        .and_then(|first| LENGTHS.get(usize::from(first)))
        .is_some_and(|lengths| lengths & length(word) != 0);
    if plausible {
        WORDS.get(word).copied().unwrap_or_default()
    } else {
        0
    }
}

/// A word's length, as a bit; 31 stands for all longer ones.
fn length(word: &str) -> u32 {
    1 << word.len().min(31)
}

/// The lengths of known words, by their first byte.
static LENGTHS: LazyLock<[u32; 256]> = LazyLock::new(|| {
    let mut lengths = [0; 256];
    for word in WORDS.keys() {
        let first = word.bytes().next().map(usize::from);
        if let Some(lengths) = first.and_then(|first| lengths.get_mut(first)) {
            *lengths |= length(word);
        }
    }
    lengths
});

static WORDS: LazyLock<HashMap<String, u64>> = LazyLock::new(|| {
    let mut words = HashMap::new();
    for line in lines(include_str!("data/words.txt")) {
        let (class, list) = line.split_once(": ").unwrap_or_default();
        let Some(class) = Class::named(class) else {
            continue;
        };
        for word in list.split_whitespace() {
            *words.entry(fold(word)).or_default() |= class as u64;
        }
    }
    for first in PHRASES.keys() {
        *words.entry(first.clone()).or_default() |= Class::Begins as u64;
    }
    words
});

pub(super) static PHRASES: LazyLock<HashMap<String, Vec<Phrase>>> = LazyLock::new(|| {
    let mut phrases: HashMap<String, Vec<Phrase>> = HashMap::new();
    for line in lines(include_str!("data/phrases.txt")) {
        let (text, weak) = match line.strip_prefix("+ ") {
            Some(text) => (text, true),
            None => (line, false),
        };
        let words: Vec<_> = text.split_whitespace().map(fold).collect();
        if let Some(first) = words.first().cloned() {
            phrases
                .entry(first)
                .or_default()
                .push(Phrase { words, weak });
        }
    }
    phrases
});

/// The lines of a list that are no comments.
pub(super) fn lines(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_list_is_understood() {
        for line in lines(include_str!("data/words.txt")) {
            let (class, _) = line.split_once(": ").unwrap();
            assert!(Class::named(class).is_some(), "{line}");
        }
    }
}
