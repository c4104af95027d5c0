//! Adding: "add a task called X", "remind me to X by Friday", "new: X".

use super::{
    occasion::{self, Occasion},
    priority,
};
use crate::model::offline::{
    due, reference,
    request::{Change, NewTask, Request, Target},
    words::{Gap, Phrase},
};

/// What leads to a title, longest first.
pub(super) const LEADS: &[&str] = &[
    "note to self",
    "make a note to",
    "make a note",
    "make a task to",
    "make a task for",
    "make a task called",
    "make a new task",
    "make a task",
    "make me a task to",
    "jot down",
    "write down",
    "don't let me forget to",
    "don't forget to",
    "do not forget to",
    "don't forget about",
    "don't forget",
    "do not forget",
    "remember to",
    "i need to remember to",
    "i have to remember to",
    "i must remember to",
    "i mustn't forget to",
    "i must not forget to",
    "new todo",
    "new to-do",
    "new task",
    "new item",
    "todo",
    "to-do",
];

/// What somebody says who has to do something.
const OBLIGED: &[&str] = &[
    "i need to",
    "i have to",
    "i've got to",
    "i got to",
    "i gotta",
    "i must",
    "i should",
    "we need to",
    "we have to",
    "we must",
    "we should",
    "need to",
    "gotta",
    "have to",
];

/// What leads to a title only when something is left out or a colon follows.
const WITH_COLON: &[&str] = &[
    "new", "task", "to do", "add", "remember", "reminder", "note",
];

/// What stands between "add" and a title.
const NOUNS: &[&str] = &[
    "task", "to-do", "todo", "item", "reminder", "thing", "entry", "to do", "job", "chore",
];

const NAMING: &[&str] = &[
    "called",
    "named",
    "titled",
    "to",
    "for",
    "that says",
    "saying",
    "which says",
    "of",
];

pub(super) const TO_LIST: &[&str] = &[
    "to my list",
    "to the list",
    "to my to-do list",
    "to my todo list",
    "to my to do list",
    "to my tasks",
    "to my task list",
    "to the to-do list",
    "to my to-dos",
    "to my todos",
    "on my list",
    "on the list",
    "on my to-do list",
    "on my todo list",
    "in my list",
    "to the todo list",
    "to list",
    "to todos",
    "to my things to do",
    "on my plate",
    "as a task",
    "as a new task",
    "to tasks",
    "onto my list",
    "onto the list",
    "on to my list",
    "as a todo",
    "as a reminder",
    "in my tasks",
];

/// Reads a request to add something.
pub(super) fn read(phrase: Phrase<'_>) -> Option<Request> {
    if let Some(rest) = phrase.after_any(&[
        "remind me",
        "give me a reminder",
        "set a reminder",
        "set me a reminder",
    ]) {
        return remind(rest);
    }
    if let Some(rest) = phrase.after("put") {
        let (rest, occasion) = occasion::at_end(rest);
        return on(occasion, rest.before_any(TO_LIST)?);
    }
    if let Some(rest) = phrase.after_any(&["schedule", "plan"]) {
        // "Schedule the dentist for Friday" is about what is there already.
        let (title, occasion) = occasion::at_end(rest.after_any(&["a", "an", "another"])?);
        return on(occasion, title).filter(|_| title.len() < rest.len() - 1);
    }
    if phrase.gap(0) == Gap::Colon || (phrase.len() > 1 && phrase.gap(1) == Gap::Colon) {
        for lead in WITH_COLON {
            if let Some(rest) = phrase.after(lead)
                && phrase.gap(lead.split(' ').count() - 1) == Gap::Colon
            {
                return Some(add(rest, None));
            }
        }
    }
    if let Some(rest) = phrase.after_any(LEADS) {
        let rest = rest.after("to").unwrap_or(rest);
        return Some(add(
            rest.after_any(&["called", "named"]).unwrap_or(rest),
            None,
        ));
    }
    if let Some(title) = obliged(phrase) {
        return Some(add(title, None));
    }
    let rest = phrase.after_any(&["add", "create", "new"])?;
    let is_add = phrase.after("add").is_some();
    described(rest, is_add)
}

/// What somebody has to do: "I need to X".
pub(super) fn obliged(phrase: Phrase<'_>) -> Option<Phrase<'_>> {
    let rest = phrase.after_any(OBLIGED)?;
    // "I should have finished" is too late to add.
    let late = rest.word(0) == "have" && is_past(rest.word(1));
    (!late).then_some(rest)
}

fn is_past(word: &str) -> bool {
    const IRREGULAR: &[&str] = &[
        "been",
        "done",
        "gone",
        "said",
        "told",
        "known",
        "bought",
        "made",
        "taken",
        "written",
        "sent",
        "paid",
        "forgotten",
        "given",
        "left",
        "put",
        "got",
        "seen",
    ];
    word.ends_with("ed") || IRREGULAR.contains(&word)
}

/// "a (high priority) task (called) X", or just X.
fn described(rest: Phrase<'_>, is_add: bool) -> Option<Request> {
    let rest = rest
        .after_any(&["me", "in", "another", "also"])
        .unwrap_or(rest);
    let mut words = rest
        .after_any(&["a", "an", "the", "one", "my"])
        .unwrap_or(rest);
    words = words
        .after_any(&["new", "quick", "another"])
        .unwrap_or(words);
    let (level, after_level) = match priority::at_start(words) {
        Some((level, after)) => (Some(level), after),
        None => (None, words),
    };
    let after_level = after_level.after("new").unwrap_or(after_level);
    if let Some(title) = after_level.after_any(NOUNS) {
        let title = title
            .before_any(TO_LIST)
            .filter(|title| !title.is_empty())
            .unwrap_or(title);
        let title = title.after_any(TO_LIST).unwrap_or(title);
        let title = title
            .after_any(&["with the title", "with title"])
            .unwrap_or(title);
        return Some(add(title.after_any(NAMING).unwrap_or(title), level));
    }
    // "Add urgent: call mum".
    if level.is_some() && words.gap(words.len() - after_level.len() - 1) == Gap::Colon {
        return Some(add(after_level, level));
    }
    // "Create X" and "new X" need to say that X is a task.
    is_add.then(|| add(rest.after("to my list").unwrap_or(rest), None))
}

/// "remind me (tomorrow) to X (at five)".
fn remind(rest: Phrase<'_>) -> Option<Request> {
    if let Some(title) = rest.after_any(&[
        "to",
        "that i need to",
        "that i have to",
        "about",
        "of",
        "that",
    ]) {
        // "Remind me of it tomorrow."
        if let Some((task, due)) = due::at_end(title)
            && reference::special(task) == Some(Target::It)
        {
            return Some(Request::Change(Target::It, Change::Due(due.text)));
        }
        return Some(add(title, None));
    }
    let (when, title) = rest
        .splits("to")
        .into_iter()
        .find_map(|(when, title)| Some((occasion::whole(when)?, title)))?;
    on(when, title)
}

/// What is to be done on an occasion.
fn on(occasion: Occasion, title: Phrase<'_>) -> Option<Request> {
    let Request::Add(mut task) = add(title, None) else {
        return None;
    };
    occasion.tell(&mut task);
    Some(Request::Add(task))
}

/// "tomorrow remind me to X", "every Monday I have to X".
pub(super) fn on_occasion(phrase: Phrase<'_>) -> Option<Request> {
    occasion::at_start(phrase).find_map(|(occasion, rest)| {
        let asked = rest.after_any(&["remind me to", "please remind me to"]);
        on(occasion, asked.or_else(|| obliged(rest))?)
    })
}

/// The whole phrase as a task.
pub(super) fn titled(phrase: Phrase<'_>) -> Request {
    add(phrase, None)
}

/// Takes from the end of a title what is said about the task: when, how important, how often.
fn add(phrase: Phrase<'_>, level: Option<&'static str>) -> Request {
    let mut task = NewTask {
        priority: level,
        ..NewTask::default()
    };
    let mut phrase = phrase.without_trailing(super::POLITE_TAIL);
    let mut occasion = Occasion::default();
    loop {
        let before = phrase.len();
        if let Some(rest) = phrase.before_any(TO_LIST).filter(|rest| !rest.is_empty()) {
            phrase = rest;
        }
        if let Some((rest, name)) = named_list(phrase) {
            task.tags.insert(0, name);
            phrase = rest;
        }
        if phrase.len() > 1
            && let Some(tag) = tag(phrase.word(phrase.len() - 1))
            && !phrase.is_quoted(phrase.len() - 1)
        {
            task.tags.insert(0, tag);
            phrase = phrase.to(phrase.len() - 1);
        }
        if task.priority.is_none()
            && let Some((rest, said)) = priority::at_end(phrase)
        {
            match said {
                Ok(level) => task.priority = Some(level),
                Err(unknown) => return Request::NoSuchPriority(unknown),
            }
            phrase = rest;
        }
        phrase = occasion.at_end(phrase).unwrap_or(phrase);
        if phrase.len() == before {
            break;
        }
    }
    occasion.tell(&mut task);
    task.title = without_tags(phrase, &mut task.tags);
    Request::Add(task)
}

/// "milk to my shopping list": there is one list, so its name is a tag.
fn named_list(phrase: Phrase<'_>) -> Option<(Phrase<'_>, String)> {
    let named = phrase.before("list").filter(|named| named.len() > 3)?;
    let (before, name) = (named.to(named.len() - 1), named.word(named.len() - 1));
    let rest = before.before_any(&["to my", "to our", "on my", "onto my"])?;
    (!named.is_quoted(named.len() - 1)).then(|| (rest, name.to_owned()))
}

/// The title as it was written, without the labels in the middle of it.
fn without_tags(phrase: Phrase<'_>, tags: &mut Vec<String>) -> String {
    // "Buy it" is a title; "that" alone is none.
    if reference::special(phrase).is_some() && phrase.len() < 3 && !phrase.all_quoted() {
        return String::new();
    }
    let mut within = Vec::new();
    let words: Vec<&str> = phrase
        .text()
        .split_whitespace()
        .filter(|word| match tag(word) {
            Some(tag) => {
                within.push(tag);
                false
            }
            None => true,
        })
        .collect();
    if within.is_empty() && !phrase.text().contains('\n') {
        return phrase.text().to_owned();
    }
    tags.splice(0..0, within);
    words.join(" ")
}

/// "#home" → "home". "#1" is a number.
pub(super) fn tag(word: &str) -> Option<String> {
    let label = word.strip_prefix('#')?.trim_end_matches([',', '.', '!']);
    let is_number = label.bytes().all(|byte| byte.is_ascii_digit());
    (!label.is_empty() && !is_number).then(|| label.to_owned())
}
