//! Which task is meant: "it", "number two", "the last one", or words of its title.

use super::{
    request::Target,
    words::{Gap, Phrase},
};

const IT: &[&str] = &[
    "it",
    "that",
    "this",
    "that one",
    "this one",
    "the one",
    "that task",
    "this task",
    "the task",
    "it again",
    "that again",
    "the same",
    "the same one",
    "that thing",
    "the one i just added",
    "the task i just added",
    "the one you just added",
];

const MANY: &[&str] = &[
    "everything",
    "all",
    "them",
    "those",
    "these",
    "both",
    "all of them",
    "all of those",
    "all of it",
    "both of them",
    "all tasks",
    "all the tasks",
    "all my tasks",
    "every task",
    "all of my tasks",
    "my tasks",
    "the tasks",
    "tasks",
    "the lot",
    "all completed tasks",
    "all my completed tasks",
    "completed",
    "all completed",
    "the completed ones",
    "completed ones",
    "done tasks",
    "finished tasks",
    "all finished tasks",
    "the others",
    "the rest",
    "completed tasks",
    "all the completed tasks",
    "everything else",
    "all done tasks",
    "my whole list",
    "the whole list",
    "my list",
    "the list",
    "all items",
];

const LAST: &[&str] = &[
    "the last one",
    "the last",
    "last one",
    "the last task",
    "the bottom one",
];

const ORDINALS: &[(&str, usize)] = &[
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("first", 1),
    ("second", 2),
    ("third", 3),
    ("fourth", 4),
    ("fifth", 5),
    ("sixth", 6),
    ("seventh", 7),
    ("eighth", 8),
    ("ninth", 9),
    ("tenth", 10),
];

/// Words before a title that are no part of it.
const LEADING: &[&str] = &[
    "the task called",
    "the task named",
    "the task titled",
    "my task called",
    "task called",
    "task named",
    "the one called",
    "the one named",
    "the task about",
    "the one about",
    "the task to",
    "my task to",
    "the task",
    "my task",
    "task",
    "the item",
    "the todo",
    "the to-do",
    "the",
    "my",
    "our",
];

/// Words after a title that are no part of it.
const TRAILING: &[&str] = &[
    "off my list",
    "off the list",
    "from my list",
    "from the list",
    "on my list",
    "on the list",
    "from my to-do list",
    "from my todo list",
    "off my to-do list",
    "from my tasks",
    "in my list",
    "off my todo list",
    "to my list",
    "task",
    "item",
    "please",
    "off",
    "for me",
    "thanks",
    "already",
    "again",
    "altogether",
    "completely",
    "one",
];

const UNSAID: &[&str] = &[
    "a task",
    "any task",
    "some task",
    "one task",
    "one",
    "one of them",
    "one of my tasks",
    "a todo",
    "a to-do",
    "an item",
    "a reminder",
    "something",
    "anything",
    "the other one",
    "the other",
    "another one",
];

/// Words that name nothing, alone or together: "we are done" is not about a task called "we".
const EMPTY: &str = "i i'm me you we us he him she her they who what which nothing nobody none \
    no yes not never a an the some any of to at in and or so too well great good fine early \
    late here there now then yet today yesterday almost nearly up down out off on with is are \
    was one thing things way very it my for much lot better always other others another same \
    rest wrong right previous next both all first second third last";

/// Reads a phrase as a reference to a task; `None` when it names nothing.
pub(super) fn read(phrase: Phrase<'_>) -> Option<Target> {
    if let Some(each) = each(phrase) {
        return Some(Target::Each(each));
    }
    if phrase.is_any(UNSAID) {
        return Some(Target::Unsaid);
    }
    if phrase.all_quoted() {
        return Some(Target::Named(phrase.text().to_owned()));
    }
    // "the last one" would lose its last word below.
    if let Some(target) = special(phrase) {
        return Some(target);
    }
    let phrase = phrase.without_trailing(&["please", "for me", "thanks", "now"]);
    if let Some(target) = special(phrase) {
        return Some(target);
    }
    let trimmed = phrase.without_trailing(TRAILING);
    let core = if trimmed.is_empty() { phrase } else { trimmed };
    if let Some(target) = special(core) {
        return Some(target);
    }
    let bare = LEADING
        .iter()
        .find_map(|lead| core.after(lead))
        .filter(|rest| !rest.is_empty())
        .unwrap_or(core);
    special(bare).or_else(|| {
        let names = bare
            .lowers()
            .iter()
            .any(|word| !EMPTY.split(' ').any(|empty| empty == *word));
        names.then(|| Target::Named(bare.text().trim().to_owned()))
    })
}

/// "1, 2 and 4", "the first and the last one": places in the list, and nothing else.
fn each(phrase: Phrase<'_>) -> Option<Vec<Target>> {
    let phrase = phrase
        .after_any(&["numbers", "tasks", "items", "number"])
        .unwrap_or(phrase);
    let mut targets = Vec::new();
    let mut from = 0;
    for at in 0..phrase.len() {
        let is_joint = phrase.word(at) == "and";
        let ends = at + 1 == phrase.len() || phrase.gap(at) != Gap::Space;
        if !(is_joint || ends) {
            continue;
        }
        let part = phrase.to(if is_joint { at } else { at + 1 }).from(from);
        from = at + 1;
        if !part.is_empty() {
            let target = special(part);
            targets.push(target.filter(|target| matches!(target, Target::Nth(_) | Target::Last))?);
        }
    }
    (targets.len() > 1).then_some(targets)
}

/// References that are no title.
pub(super) fn special(phrase: Phrase<'_>) -> Option<Target> {
    if phrase.is_any(IT) {
        return Some(Target::It);
    }
    if phrase.is_any(MANY) {
        return Some(Target::Many);
    }
    if phrase.is_any(LAST) {
        return Some(Target::Last);
    }
    let only = phrase.len() == 1;
    if only && is_id(phrase.word(0)) {
        return Some(Target::Id(phrase.word(0).to_owned()));
    }
    ordinal(phrase).map(Target::Nth)
}

/// "number one", "#2", "no. 3", "the first one", "task 4", "5".
fn ordinal(phrase: Phrase<'_>) -> Option<usize> {
    let counted = phrase.after_any(&[
        "number",
        "no",
        "nr",
        "task number",
        "task",
        "item",
        "the number",
    ]);
    if let Some(rest) = counted {
        return (rest.len() == 1).then(|| number(rest.word(0)))?;
    }
    let the = phrase.after("the").unwrap_or(phrase);
    let core = the.before_any(&["one", "task", "item"]).unwrap_or(the);
    if core.len() != 1 {
        return None;
    }
    let word = core.word(0);
    // "One" alone is more often somebody than something.
    let is_cardinal = ORDINALS.iter().take(10).any(|(name, _)| *name == word);
    if is_cardinal {
        return None;
    }
    number(word)
}

fn number(word: &str) -> Option<usize> {
    let word = word.trim_start_matches('#');
    let digits = ["st", "nd", "rd", "th"]
        .iter()
        .find_map(|suffix| word.strip_suffix(suffix))
        .unwrap_or(word);
    let named = ORDINALS.iter().find(|(name, _)| *name == word);
    named
        .map(|(_, number)| *number)
        .or_else(|| digits.parse().ok())
        .filter(|number| (1..=999).contains(number))
}

fn is_id(word: &str) -> bool {
    word.len() == 36 && taskchat_domain::TaskId::parse(word).is_ok()
}

#[cfg(test)]
mod tests {
    use super::super::words::Sentence;
    use super::*;

    #[test]
    fn references() {
        let named = |name: &str| Some(Target::Named(name.to_owned()));
        for (text, target) in [
            ("it", Some(Target::It)),
            ("that one", Some(Target::It)),
            ("number one", Some(Target::Nth(1))),
            ("#2", Some(Target::Nth(2))),
            ("no. 3", Some(Target::Nth(3))),
            ("the first one", Some(Target::Nth(1))),
            ("the 2nd", Some(Target::Nth(2))),
            ("task 4", Some(Target::Nth(4))),
            ("5", Some(Target::Nth(5))),
            ("the last one", Some(Target::Last)),
            ("everything", Some(Target::Many)),
            ("the dentist", named("dentist")),
            ("the report task", named("report")),
            ("water the plants off my list", named("water the plants")),
            ("“The Report”", named("The Report")),
            ("the task called Buy Milk", named("Buy Milk")),
            ("one piece binge", named("one piece binge")),
            ("", None),
        ] {
            assert_eq!(read(Sentence::read(text).phrase()), target, "{text}");
        }
    }
}
