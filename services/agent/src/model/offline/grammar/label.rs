//! Tags: "tag X with home", "add the tag home to X", "remove #home from X".

use super::{add, change};
use crate::model::offline::{
    reference,
    request::{Labels, Request},
    words::{Gap, Phrase},
};

const NOUNS: &[&str] = &[
    "the tags",
    "the tag",
    "a tag",
    "tags",
    "tag",
    "the labels",
    "the label",
    "a label",
    "labels",
    "label",
];

/// Reads a request to tag a task, or to take a tag off it.
pub(super) fn read(phrase: Phrase<'_>) -> Option<Request> {
    let verb = |verbs: &[&str]| labelled(phrase.after_any(verbs)?);
    let put = || verb(&["add", "put", "attach"])?.split_any(&["to", "on"]);
    let taken = || {
        verb(&["remove", "delete", "drop", "clear", "take off", "take"])?
            .split_any(&["from", "off"])
    };
    if let Some((labels, task)) = given(phrase).or_else(put) {
        return request(task, Labels::Add(labels_of(labels)?));
    }
    let (labels, task) = taken()?;
    request(task, Labels::Remove(labels_of(labels)?))
}

/// "tag X with Y", "label X as Y", "give X the tag Y": Y and X.
fn given(phrase: Phrase<'_>) -> Option<(Phrase<'_>, Phrase<'_>)> {
    let (task, labels) = match phrase.after_any(&["tag", "label"]) {
        Some(rest) => rest.split_any(&["with the tag", "with", "as"])?,
        None => phrase.after("give")?.split_any(NOUNS)?,
    };
    Some((labels, task))
}

/// What follows "the tag", or begins with "#home".
fn labelled(rest: Phrase<'_>) -> Option<Phrase<'_>> {
    rest.after_any(NOUNS)
        .or_else(|| add::tag(rest.word(0)).map(|_| rest))
}

/// "home", "home and garden", "#home #garden": one label may be several words.
fn labels_of(phrase: Phrase<'_>) -> Option<Vec<String>> {
    let mut labels = Vec::new();
    let mut from = 0;
    for at in 0..phrase.len() {
        let next_is_tag = at + 1 < phrase.len() && add::tag(phrase.word(at + 1)).is_some();
        let joins = phrase.word(at) == "and" && !phrase.is_quoted(at);
        let ends = at + 1 == phrase.len() || phrase.gap(at) != Gap::Space || next_is_tag;
        if joins || ends {
            let end = if joins { at } else { at + 1 };
            labels.push(phrase.from(from).to(end - from).text());
            from = at + 1;
        }
    }
    let labels: Vec<String> = labels
        .into_iter()
        .map(|label| label.trim_start_matches('#').to_owned())
        .filter(|label| !label.is_empty())
        .collect();
    (!labels.is_empty()).then_some(labels)
}

fn request(task: Phrase<'_>, labels: Labels) -> Option<Request> {
    // "Add label tape to my shopping list" is about no task.
    let is_list = task.before("list").is_some() || task.is_any(&["my tasks"]);
    let target = reference::read(task).filter(|_| !is_list && !change::is_value(task))?;
    Some(Request::Label(target, labels))
}
