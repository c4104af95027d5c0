//! New names: "rename X to Y", "call X Y from now on", "X should be called Y".

use super::change;
use crate::model::offline::{
    reference,
    request::{Change, Rename, Request, Target},
    words::Phrase,
};

const FROM_NOW: &[&str] = &[
    "from now on",
    "from now",
    "instead",
    "now",
    "from here on",
    "in future",
    "in the future",
];

/// What is changed is not the name.
const FIELDS: &[&str] = &[
    "the due date",
    "due date",
    "the deadline",
    "the priority",
    "priority",
    "the status",
    "the description",
    "the date",
    "the notes",
    "status",
];

/// Reads a request for a new name.
pub(super) fn read(phrase: Phrase<'_>) -> Option<Request> {
    if let Some(rest) = phrase.after("call") {
        return called(rest);
    }
    if let Some(rest) = phrase.after_any(&["rename", "retitle"]) {
        return readings(rest, &["to", "as", "into"]);
    }
    if let Some(rest) = phrase.after_any(&[
        "change the name of",
        "change the title of",
        "update the title of",
        "set the title of",
        "edit the title of",
        "update the name of",
        "set the name of",
    ]) {
        return readings(rest, &["to"]);
    }
    if let Some(rest) = phrase.after("replace") {
        return readings(rest, &["with", "for"]);
    }
    let rest = phrase.after_any(&["change", "update", "edit", "reword", "correct"])?;
    if rest.after_any(FIELDS).is_some()
        || rest.has_any(&["due date to", "priority to", "deadline to"])
    {
        return None;
    }
    let rest_to = ["'s title to", "to say", "to read", "title to", "name to"];
    if let Some((task, name)) = rest.split_any(&rest_to) {
        let owner = task.text().trim_end_matches("'s").trim_end_matches("’s");
        return named(owner, task, name);
    }
    let (_, last) = rest.splits("to").into_iter().next_back()?;
    // "Change the haircut to 12" is about a time, as far as anybody can tell.
    let is_number = last.text().bytes().all(|byte| byte.is_ascii_digit());
    if change::is_value(last) || is_number {
        return None;
    }
    readings(rest, &["to", "into"])
}

/// Reads a statement that is a request for a new name.
pub(super) fn statement(phrase: Phrase<'_>) -> Option<Request> {
    let (task, name) = phrase.split_any(&[
        "should be called",
        "should be named",
        "is now called",
        "shall be called",
        "is called now",
        "should now be called",
        "should read",
        "should say",
        "must be called",
    ])?;
    one(task, name)
}

/// "X Y from now on": only a look at the list tells where X ends.
fn called(rest: Phrase<'_>) -> Option<Request> {
    let ended = rest.before_any(FROM_NOW);
    let words = ended.unwrap_or(rest);
    // "Call number two Y", but not "call it a day", "call the first plumber".
    let is_name = ended.is_some()
        || words.after_any(&["number", "no", "nr"]).is_some()
        || words.word(0).starts_with('#')
        || words.from(1).all_quoted();
    for length in (1..=3).rev().filter(|_| is_name) {
        if length < words.len()
            && let Some(target) = reference::special(words.to(length))
        {
            return Some(Request::Change(
                target,
                Change::Title(title(words.from(length))),
            ));
        }
    }
    // Quotation marks tell.
    let quoted = (1..words.len()).find(|at| words.quote(*at) != words.quote(0));
    if let Some(at) = quoted
        && let (task, name) = (words.to(at), words.from(at))
        && (ended.is_some() || task.is_quoted(0) || name.all_quoted())
    {
        return one(task, name);
    }
    // "Call mum" is nothing to be renamed.
    ended?;
    let readings = (1..words.len())
        .map(|at| (words.to(at).text().to_owned(), title(words.from(at))))
        .collect::<Vec<_>>();
    several(readings, words)
}

/// "X to Y", wherever the first "to" that fits may be.
fn readings(rest: Phrase<'_>, joints: &[&str]) -> Option<Request> {
    let rest = rest.without_trailing(FROM_NOW);
    let joint = joints.iter().find(|joint| !rest.splits(joint).is_empty())?;
    let mut splits = rest.splits(joint);
    if let [(task, name)] = splits.as_slice() {
        return one(*task, *name);
    }
    // "It" needs no look at the list.
    if let Some((task, name)) = splits.first()
        && (reference::special(*task).is_some() || task.all_quoted())
    {
        return one(*task, *name);
    }
    // The shortest new name first: titles with "to" in them are older than their new name.
    splits.reverse();
    let readings = splits
        .iter()
        .filter_map(|(task, name)| match reference::read(*task)? {
            Target::Named(task) => Some((task, title(*name))),
            _ => None,
        })
        .collect();
    several(readings, rest)
}

fn several(readings: Vec<(String, String)>, words: Phrase<'_>) -> Option<Request> {
    match readings.as_slice() {
        [] => None,
        [(task, name)] => Some(Request::Change(
            Target::Named(task.clone()),
            Change::Title(name.clone()),
        )),
        _ => Some(Request::Rename(Rename {
            readings,
            words: words.text().to_owned(),
        })),
    }
}

fn one(task: Phrase<'_>, name: Phrase<'_>) -> Option<Request> {
    let target = reference::read(task)?;
    Some(Request::Change(target, Change::Title(title(name))))
}

fn named(owner: &str, task: Phrase<'_>, name: Phrase<'_>) -> Option<Request> {
    if owner == task.text() {
        return one(task, name);
    }
    Some(Request::Change(
        Target::Named(owner.to_owned()),
        Change::Title(title(name)),
    ))
}

fn title(phrase: Phrase<'_>) -> String {
    phrase
        .without_trailing(FROM_NOW)
        .without_trailing(super::POLITE_TAIL)
        .text()
        .to_owned()
}
