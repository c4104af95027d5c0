//! What sort of tasks is asked for: "work" of "show me my work tasks".

use super::{super::priority, COMPLETED, NEGATED, OPEN, TASKS};
use crate::model::offline::{due, words::Phrase};

/// What may stand before a word that says what sort of tasks.
const BEFORE_KIND: &[&str] = &[
    "list",
    "what are",
    "what",
    "which",
    "how many",
    "do i have",
    "have i got",
    "are there",
    "any",
    "all of",
    "all",
    "my",
    "our",
    "the",
    "me",
    "just",
    "only",
];

/// Words before "tasks" that say nothing about what they are about.
const OF_NO_KIND: &[&str] = &[
    "new",
    "newest",
    "latest",
    "recent",
    "first",
    "last",
    "old",
    "oldest",
    "other",
    "current",
    "active",
    "this",
    "these",
    "those",
    "more",
    "many",
    "much",
    "some",
    "few",
    "of",
    "in",
    "and",
    "top",
    "biggest",
    "main",
    "late",
    "later",
    "single",
    "same",
    "repeating",
    "recurring",
    "existing",
    "started",
    "deleted",
    "every",
    "each",
    "no",
    "for",
    "a",
    "an",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "to",
    "do",
    "i",
    "is",
    "are",
    "on",
    "unscheduled",
    "undated",
    "daily",
    "weekly",
    "monthly",
    "yearly",
    "medium",
    "normal",
];

/// The sort of tasks, in a word that says nothing else.
pub(super) fn read(subject: Phrase<'_>) -> Option<String> {
    let subject = subject.without_leading(BEFORE_KIND);
    let (word, rest) = (subject.to(1), subject.from(1));
    let is_other = word.has_any(TASKS)
        || [COMPLETED, OPEN, NEGATED, OF_NO_KIND]
            .iter()
            .any(|words| word.has_any(words))
        || priority::at_start(word).is_some()
        || word.word(0).chars().any(|letter| letter.is_ascii_digit())
        || due::whole(word).is_some()
        || word.word(0).ends_with("'s");
    let names = rest.after_any(&[
        "tasks",
        "task",
        "to-dos",
        "todos",
        "items",
        "chores",
        "reminders",
    ]);
    (names.is_some() && !is_other).then(|| word.text().to_owned())
}
