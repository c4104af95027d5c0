//! The classes of words that claims are made of. The words themselves are in `data/words.txt`; what
//! they mean together is in `read.rs`.

use std::{collections::HashMap, sync::LazyLock};

use super::ClaimKind;

/// What a past tense or participle says was done, once its complement is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    /// Says it by itself.
    Plain(ClaimKind),
    /// "marked": depends on what follows "as".
    Marked,
    /// "set", "changed": the target may be a status.
    Set,
    /// "checked": only with "off".
    WithOff,
    /// "rolled", "brought": only with "back".
    WithBack(ClaimKind),
    /// "noted": only with "down".
    WithDown,
    /// "put": only when a list is named.
    OnList,
    /// "made", "gave": only with certain objects.
    Made,
    /// "took": off the list, back, or care of something.
    Took,
    /// "got": only "rid of".
    Got,
    /// "handled", "did": only with "it", "that", or nothing.
    Vague,
}

/// A class of words that is not a verb of change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub(super) enum Class {
    Stative = 1,
    Adverb = 1 << 1,
    Negation = 1 << 2,
    Subordinate = 1 << 3,
    Report = 1 << 4,
    Question = 1 << 5,
    Finite = 1 << 6,
    FirstPerson = 1 << 7,
    OtherPerson = 1 << 8,
    PastTime = 1 << 9,
    TaskNoun = 1 << 10,
    FieldNoun = 1 << 11,
    Date = 1 << 12,
    Value = 1 << 13,
    Generic = 1 << 14,
    Preposition = 1 << 15,
    Interjection = 1 << 16,
    Heading = 1 << 17,
}

/// What is known about a word.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Traits {
    classes: u32,
    /// Set for a past tense or participle of change.
    pub(super) verb: Option<Verb>,
    /// Set for a base or -ing form of change: its past tense.
    pub(super) past: Option<&'static str>,
}

impl Traits {
    /// True when the word is of that class.
    pub(super) const fn is(self, class: Class) -> bool {
        self.classes & class as u32 != 0
    }

    const fn with(mut self, class: Class) -> Self {
        self.classes |= class as u32;
        self
    }

    /// True for a word that says nothing about which task is meant.
    pub(super) const fn says_nothing(self) -> bool {
        self.verb.is_some()
            || self.past.is_some()
            || self.is(Class::Generic)
            || self.is(Class::Value)
            || self.is(Class::Date)
            || self.is(Class::Adverb)
            || self.is(Class::TaskNoun)
            || self.is(Class::FieldNoun)
            || self.is(Class::Finite)
    }

    /// True for a word that names a value of a field.
    pub(super) const fn is_value(self) -> bool {
        self.is(Class::Value) || self.is(Class::Date) || self.is(Class::FieldNoun)
    }
}

/// What is known about a lower-case word.
pub(super) fn traits(word: &str) -> Traits {
    let mut traits = WORDS.get(word).copied().unwrap_or_default();
    if word.ends_with("n't") {
        traits = traits.with(Class::Negation).with(Class::Finite);
    } else if word.ends_with("'ve") || word.ends_with("'ll") || word.ends_with("'re") {
        traits = traits.with(Class::Finite);
    } else if word.starts_with(|first: char| first.is_ascii_digit()) {
        traits = traits.with(Class::Date);
    } else if let Some(stem) = word.strip_suffix("'s").and_then(|stem| WORDS.get(stem)) {
        for class in [Class::Date, Class::Negation] {
            if stem.is(class) {
                traits = traits.with(class);
            }
        }
    }
    traits
}

/// How many a word says.
pub(super) fn number(word: &str) -> Option<usize> {
    const NAMES: [&str; 11] = [
        "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    ];
    if word == "both" {
        return Some(2);
    }
    let named = NAMES.iter().position(|name| *name == word);
    named.map(|at| at + 2).or_else(|| word.parse().ok())
}

static WORDS: LazyLock<HashMap<&'static str, Traits>> = LazyLock::new(|| {
    let mut words: HashMap<&'static str, Traits> = HashMap::new();
    for line in include_str!("data/words.txt").lines() {
        let Some((class, list)) = line.split_once(": ") else {
            continue;
        };
        for word in list.split_whitespace() {
            let (word, past) = match word.split_once('=') {
                Some((word, past)) => (word, Some(past)),
                None => (word, None),
            };
            let traits = words.entry(word).or_default();
            traits.past = traits.past.or(past);
            traits.verb = traits.verb.or(verb(class));
            if let Some(class) = class_named(class) {
                *traits = traits.with(class);
            }
        }
    }
    words
});

fn verb(class: &str) -> Option<Verb> {
    Some(match class {
        "created" => Verb::Plain(ClaimKind::Created),
        "changed" => Verb::Plain(ClaimKind::Changed),
        "completed" => Verb::Plain(ClaimKind::Completed),
        "deleted" => Verb::Plain(ClaimKind::Deleted),
        "updated" => Verb::Plain(ClaimKind::Updated),
        "reopened" => Verb::Plain(ClaimKind::Reopened),
        "restored" => Verb::Plain(ClaimKind::Restored),
        "undone" => Verb::Plain(ClaimKind::Undone),
        "set" => Verb::Set,
        "marked" => Verb::Marked,
        "with_off" => Verb::WithOff,
        "rolled" => Verb::WithBack(ClaimKind::Undone),
        "brought" => Verb::WithBack(ClaimKind::Restored),
        "with_down" => Verb::WithDown,
        "on_list" => Verb::OnList,
        "made" => Verb::Made,
        "took" => Verb::Took,
        "got" => Verb::Got,
        "vague" => Verb::Vague,
        _ => return None,
    })
}

fn class_named(name: &str) -> Option<Class> {
    Some(match name {
        "stative" => Class::Stative,
        "adverb" => Class::Adverb,
        "negation" => Class::Negation,
        "subordinate" => Class::Subordinate,
        "report" => Class::Report,
        "question" => Class::Question,
        "finite" => Class::Finite,
        "first_person" => Class::FirstPerson,
        "other_person" => Class::OtherPerson,
        "past_time" => Class::PastTime,
        "task_noun" => Class::TaskNoun,
        "field_noun" => Class::FieldNoun,
        "date" => Class::Date,
        "value" => Class::Value,
        "generic" => Class::Generic,
        "preposition" => Class::Preposition,
        "heading" => Class::Heading,
        "interjection" => Class::Interjection,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_list_is_understood() {
        for line in include_str!("data/words.txt").lines() {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (class, _) = line.split_once(": ").unwrap();
            let known = verb(class).is_some() || class_named(class).is_some() || class == "base";
            assert!(known, "{line}");
        }
        for traits in WORDS.values() {
            let past = traits
                .past
                .map_or(Some(Verb::Set), |past| super::traits(past).verb);
            assert!(past.is_some(), "{traits:?}");
        }
    }
}
