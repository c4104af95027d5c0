//! Changing a task: when it is due, how important it is, how it repeats, what is noted about it.

use super::{mark, priority};
use crate::model::offline::{
    due, reference, repeat,
    request::{Change, Request, Target},
    words::{Gap, Phrase},
};

/// Verbs of moving that want a date they can be sure of: couches are moved, too.
const MOVE: &[&str] = &[
    "move",
    "push back",
    "push",
    "shift",
    "bring forward",
    "schedule",
    "plan",
    "set",
    "change",
    "update",
];

/// Those that are about dates whatever leads to the date.
const SURELY_DATES: &[&str] = &["push back", "shift", "bring forward", "schedule"];

/// Verbs that are about dates only.
pub(super) const RESCHEDULE: &[&str] = &[
    "reschedule",
    "postpone",
    "delay",
    "defer",
    "snooze",
    "put off",
];

pub(super) const DEADLINE: &[&str] = &[
    "the due date",
    "the deadline",
    "the date",
    "due date",
    "deadline",
    "the due time",
];

pub(super) const OF: &[&str] = &["of", "for", "from", "on"];

/// Reads a request to change something.
pub(super) fn read(phrase: Phrase<'_>) -> Option<Request> {
    const READERS: &[super::Reader] = &[
        clear_due,
        due_of,
        priority_of,
        give,
        repeated,
        moved,
        made,
        prioritised,
        started,
    ];
    READERS.iter().find_map(|read| read(phrase))
}

/// Reads a statement that is a request: "the report is due Friday", "the report is urgent".
pub(super) fn statement(phrase: Phrase<'_>) -> Option<Request> {
    if super::list::is_question(phrase) {
        return None;
    }
    // "(Make it urgent, and) due Friday."
    if let Some(due) = phrase.after("due").and_then(due::whole) {
        return Some(Request::Change(Target::It, Change::Due(due.text)));
    }
    if let Some(said) = phrase.after_any(&["it's", "that's", "its", "that is", "it is"]) {
        if let Some(level) = leveled_surely(said) {
            return Some(match level {
                Ok(level) => Request::Change(Target::It, Change::Priority(level)),
                Err(said) => Request::NoSuchPriority(said),
            });
        }
        let due = due::whole(said.after("due")?)?;
        return Some(Request::Change(Target::It, Change::Due(due.text)));
    }
    if let Some(task) = phrase.before_any(&[
        "has no deadline",
        "has no due date",
        "has no deadline anymore",
    ]) {
        return change(task, Change::Due(String::new()));
    }
    let (task, said) = phrase.split_any(&[
        "is now",
        "is",
        "are",
        "should be",
        "has",
        "must be done",
        "needs to be done",
        "should be done",
    ])?;
    let said = said
        .after_any(&["now", "actually", "really"])
        .unwrap_or(said);
    if let Some(level) = leveled_surely(said) {
        return prioritise(task, level);
    }
    let dated = said.after("due").unwrap_or(said);
    if said.after("due").is_some() || phrase.has_any(&["done by", "done before", "done on"]) {
        return due::whole(dated).and_then(|due| change(task, Change::Due(due.text)));
    }
    None
}

/// "remove the deadline from X".
fn clear_due(phrase: Phrase<'_>) -> Option<Request> {
    let rest = phrase.after_any(&["remove", "clear", "delete", "drop", "take off", "unset"])?;
    if rest.is_any(&[
        "its due date",
        "its deadline",
        "the due date",
        "the deadline",
    ]) {
        return Some(Request::Change(Target::It, Change::Due(String::new())));
    }
    let task = rest.after_any(DEADLINE)?.after_any(OF)?;
    change(task, Change::Due(String::new()))
}

/// "set the due date of X to D", "set X due D", "make X due D".
fn due_of(phrase: Phrase<'_>) -> Option<Request> {
    let rest = phrase.after_any(&["set", "change", "update", "make", "move", "put"])?;
    if let Some(rest) = rest.after_any(DEADLINE) {
        let rest = rest.after_any(OF).unwrap_or(rest);
        return rest
            .splits("to")
            .into_iter()
            .rev()
            .find_map(|(task, when)| {
                let when = due::whole(when).map_or_else(|| when.text().to_owned(), |due| due.text);
                change(task, Change::Due(when))
            });
    }
    let owned = rest
        .split_any(&["due date to", "deadline to"])
        .or_else(|| rest.split_any(&["due"]));
    if let Some((task, when)) = owned {
        let due = due::whole(when)?;
        return change_named(possessor(task), Change::Due(due.text));
    }
    // "set a deadline of D for X".
    let rest = rest.after_any(&[
        "a due date of",
        "a deadline of",
        "a deadline for",
        "a due date for",
    ])?;
    let (when, task) = rest.split_any(&["for", "on"])?;
    change(task, Change::Due(due::whole(when)?.text))
}

/// "set the priority of X to L", "change X's priority to L", "raise the priority of X".
fn priority_of(phrase: Phrase<'_>) -> Option<Request> {
    let rest = phrase.after_any(&[
        "set", "change", "update", "raise", "lower", "bump", "increase", "reduce", "make",
        "bump up",
    ])?;
    if let Some(rest) = rest.after_any(&["the priority", "priority"]) {
        let rest = rest.after_any(OF).unwrap_or(rest);
        let Some((task, level)) = rest.split_any(&["to", "as"]) else {
            return (!rest.is_empty()).then(|| Request::NoSuchPriority(String::new()));
        };
        return prioritise(task, leveled(level));
    }
    let (task, level) = rest.split_any(&["priority to", "priority as"])?;
    named(possessor(task)).map(|target| match leveled(level) {
        Ok(level) => Request::Change(target, Change::Priority(level)),
        Err(said) => Request::NoSuchPriority(said),
    })
}

/// A level, unless it may be one of something else: "milk is low", "that's normal".
fn leveled_surely(said: Phrase<'_>) -> Option<Result<&'static str, String>> {
    let is_sure = said.len() > 1 || matches!(said.word(0), "urgent" | "important");
    priority::whole(said).filter(|_| is_sure)
}

fn leveled(phrase: Phrase<'_>) -> Result<&'static str, String> {
    priority::whole(phrase).unwrap_or_else(|| Err(phrase.text().to_owned()))
}

/// "give X high priority", "give X a deadline of D".
fn give(phrase: Phrase<'_>) -> Option<Request> {
    let rest = phrase.after_any(&["give", "assign"])?;
    let due = rest.split_any(&["a due date of", "a deadline of", "a deadline", "a due date"]);
    if let Some((task, when)) = due {
        return change(task, Change::Due(due::whole(when)?.text));
    }
    leveled_at_end(rest)
}

/// "X (very) high priority": the longest level there is, or else the shortest that there is not.
fn leveled_at_end(rest: Phrase<'_>) -> Option<Request> {
    let readings: Vec<_> = (1..rest.len())
        .filter_map(|at| Some((rest.to(at), priority::whole(rest.from(at))?)))
        .collect();
    let known = readings.iter().find(|(_, level)| level.is_ok());
    let (task, level) = known.or(readings.last())?.clone();
    let task = task.without_trailing(&["a", "an", "very", "really", "super", "extremely"]);
    prioritise(task, level)
}

/// "make X repeat every Monday", "repeat X weekly".
fn repeated(phrase: Phrase<'_>) -> Option<Request> {
    if let Some(task) = phrase.after_any(&["stop repeating", "don't repeat", "do not repeat"]) {
        let task = task.before_any(&["any more", "anymore"]).unwrap_or(task);
        return change(task, Change::Recurrence(String::new()));
    }
    let (task, rule) = match phrase.after("repeat") {
        Some(rest) => repeat::at_end(rest)?,
        None => {
            let rest = phrase.after_any(&["make", "set", "let"])?;
            let (task, rule) = rest.split_any(&["to repeat", "repeat", "recur", "to recur"])?;
            (task, repeat::whole(rule)?)
        }
    };
    change(task, Change::Recurrence(rule.rule))
}

/// "move X to D", "postpone X until D".
fn moved(phrase: Phrase<'_>) -> Option<Request> {
    const TO: &[&str] = &["to", "until", "till", "for", "on", "onto"];
    // "Put X off": what follows may say until when.
    let apart = phrase.after("put").and_then(|rest| {
        let at = (1..rest.len()).find(|at| rest.word(*at) == "off" && !rest.is_quoted(*at))?;
        let task = rest.to(at);
        let until = rest.from(at + 1);
        let due = due::whole(until.after("to").unwrap_or(until));
        (until.is_empty() || due.is_some()).then_some((task, due))
    });
    if let Some((task, due)) = apart {
        return match due {
            Some(due) => change(task, Change::Due(due.text)),
            None => reference::read(task).map(Request::PutOff),
        };
    }
    if let Some(rest) = phrase.after_any(RESCHEDULE) {
        let split = TO
            .iter()
            .find_map(|to| rest.splits(to).into_iter().next_back());
        if let Some((task, when)) = split {
            let when = due::whole(when).map_or_else(|| when.text().to_owned(), |due| due.text);
            return change(task, Change::Due(when));
        }
        return match due::at_end(rest) {
            Some((task, due)) => change(task, Change::Due(due.text)),
            None => reference::read(rest).map(Request::PutOff),
        };
    }
    let rest = phrase.after_any(MOVE)?;
    let rest = rest.after("back").unwrap_or(rest);
    // "Set the table for 7pm", "move the car tomorrow" are things to do.
    let joints = if phrase.after_any(SURELY_DATES).is_some() {
        TO
    } else {
        &["to", "until", "till"]
    };
    let split = joints
        .iter()
        .flat_map(|to| rest.splits(to))
        .find_map(|(task, when)| Some((task, due::whole(when)?)));
    let surely = phrase.after_any(&["push back", "shift", "bring forward"]);
    let (task, due) = split.or_else(|| surely.and(due::at_end(rest)))?;
    // "Schedule a call for Friday" is something new.
    if phrase.after_any(&["schedule", "plan"]).is_some() && task.after_any(&["a", "an"]).is_some() {
        return None;
    }
    let task = task.before_any(&["back", "forward"]).unwrap_or(task);
    change(task, Change::Due(due.text))
}

/// "make X high priority", "set X to urgent", "raise X to high".
fn made(phrase: Phrase<'_>) -> Option<Request> {
    if let Some(rest) = phrase.after_any(&[
        "set",
        "change",
        "raise",
        "lower",
        "bump",
        "upgrade",
        "downgrade",
    ]) {
        let (task, level) = rest.splits("to").into_iter().next_back()?;
        return prioritise(task, priority::whole(level)?);
    }
    let rest = phrase.after_any(&["make", "turn"])?;
    leveled_at_end(rest)
}

/// "prioritise X".
fn prioritised(phrase: Phrase<'_>) -> Option<Request> {
    if let Some(task) = phrase.after_any(&["deprioritise", "deprioritize", "de-prioritize"]) {
        return change(task, Change::Priority("low"));
    }
    let rest = phrase.after_any(&["prioritise", "prioritize"])?;
    match rest.split_any(&["as", "to"]) {
        Some((task, level)) => prioritise(task, leveled(level)),
        None => change(rest, Change::Priority("high")),
    }
}

/// "start X", "I'm working on X".
fn started(phrase: Phrase<'_>) -> Option<Request> {
    let task = phrase.after_any(&[
        "start working on",
        "start with",
        "start on",
        "begin working on",
        "begin with",
        "i'm working on",
        "i am working on",
        "i started working on",
        "i've started working on",
        "i've started",
        "i have started",
        "i started",
        "i'm starting",
        "i've begun",
        "start",
        "begin",
    ])?;
    change(task, Change::Start)
}

/// "add a note to X: ...", "change the description of X to ...".
pub(super) fn note(phrase: Phrase<'_>) -> Option<Request> {
    if let Some(rest) = phrase.after_any(&["add a note to", "add a description to", "note on"]) {
        let (task, text) = (1..rest.len())
            .find(|at| rest.gap(at - 1) == Gap::Colon)
            .map(|at| (rest.to(at), rest.from(at)))
            .or_else(|| rest.split_any(&["saying", "that says"]))?;
        return change(task, Change::Description(text.text().to_owned()));
    }
    let rest = phrase.after_any(&["change", "set", "update"])?;
    let rest = rest.after_any(&[
        "the description of",
        "the description for",
        "the notes of",
        "the note of",
    ])?;
    let (task, text) = rest.split_any(&["to"])?;
    change(task, Change::Description(text.text().to_owned()))
}

fn prioritise(task: Phrase<'_>, level: Result<&'static str, String>) -> Option<Request> {
    match level {
        Ok(level) => change(task, Change::Priority(level)),
        Err(said) => Some(Request::NoSuchPriority(said)),
    }
}

fn change(task: Phrase<'_>, change: Change) -> Option<Request> {
    change_named(task.text().to_owned(), change).and_then(|request| match request {
        // Through the phrase, which knows "it" and "number two".
        Request::Change(_, change) => Some(Request::Change(reference::read(task)?, change)),
        other => Some(other),
    })
}

fn change_named(task: String, change: Change) -> Option<Request> {
    named(task).map(|target| Request::Change(target, change))
}

fn named(task: String) -> Option<Target> {
    match task.to_lowercase().as_str() {
        "" => None,
        "it" | "that" | "this" | "its" => Some(Target::It),
        _ => Some(Target::Named(task)),
    }
}

/// "the report's" → "report".
fn possessor(task: Phrase<'_>) -> String {
    let task = task.after_any(&["the", "my"]).unwrap_or(task);
    let text = task.text();
    text.strip_suffix("'s")
        .or_else(|| text.strip_suffix("’s"))
        .unwrap_or(text)
        .to_owned()
}

/// True for what "X to ..." cannot be a title in: a date, a level, a state.
pub(super) fn is_value(phrase: Phrase<'_>) -> bool {
    due::whole(phrase).is_some()
        || priority::whole(phrase).is_some()
        || repeat::whole(phrase).is_some()
        || mark::state(phrase).is_some()
}
