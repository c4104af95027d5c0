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
    tagged(phrase)
        .or_else(|| {
            let (labels, task) = verb(&["add", "put", "attach"])?.split_any(&["to", "on"])?;
            let add = labels_of(labels)?;
            request(
                task,
                Labels {
                    add,
                    ..Labels::default()
                },
            )
        })
        .or_else(|| {
            let rest = verb(&["remove", "delete", "drop", "clear", "take off", "take"])?;
            let (labels, task) = rest.split_any(&["from", "off"])?;
            let remove = labels_of(labels)?;
            request(
                task,
                Labels {
                    remove,
                    ..Labels::default()
                },
            )
        })
}

/// "tag X with Y", "label X as Y", "give X the tag Y".
fn tagged(phrase: Phrase<'_>) -> Option<Request> {
    let given = || {
        let rest = phrase.after("give")?;
        let (task, labels) = rest.split_any(NOUNS)?;
        Some((task, labels))
    };
    let rest = phrase.after_any(&["tag", "label"]);
    let (task, labels) = rest
        .and_then(|rest| rest.split_any(&["with the tag", "with", "as"]))
        .or_else(given)?;
    let add = labels_of(labels)?;
    request(
        task,
        Labels {
            add,
            ..Labels::default()
        },
    )
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
    let bare = |label: &str| label.trim_start_matches('#').to_owned();
    let labels: Vec<String> = labels.into_iter().map(bare).collect();
    let labels: Vec<String> = labels
        .into_iter()
        .filter(|label| !label.is_empty())
        .collect();
    (!labels.is_empty()).then_some(labels)
}

fn request(task: Phrase<'_>, labels: Labels) -> Option<Request> {
    let is_list = task.is_any(&["my list", "the list", "list", "my tasks"]);
    let target = reference::read(task).filter(|_| !is_list && !change::is_value(task))?;
    Some(Request::Label(target, labels))
}
