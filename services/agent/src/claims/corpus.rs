//! The rules measured on replies written by hand.
//!
//! `data/*.txt` hold one reply a line: its receipts, ` => `, the text with `\n` for line breaks. The
//! receipts are `-` or `kind:title[field=value,...]`, separated by `;`; a title or value may
//! be `before>after`. Nobody tunes on the held-out files: to have a look at what fails in
//! them, move them to the end of the others and write new ones first.

use serde_json::json;
use taskchat_domain::{OperationId, Receipt, TaskId};

use super::unbacked;

struct Line {
    number: usize,
    receipts: Vec<Receipt>,
    text: String,
}

fn lines(file: &str) -> Vec<Line> {
    let lines = file.lines().enumerate();
    lines
        .filter(|(_, line)| !line.starts_with('#') && !line.is_empty())
        .map(|(at, line)| {
            let (receipts, text) = line.split_once(" => ").unwrap_or_else(|| panic!("{line}"));
            Line {
                number: at + 1,
                receipts: receipts
                    .split(';')
                    .filter(|one| *one != "-")
                    .map(receipt)
                    .collect(),
                text: text.replace("\\n", "\n"),
            }
        })
        .collect()
}

fn receipt(described: &str) -> Receipt {
    let (kind, rest) = described.split_once(':').unwrap();
    let (title, fields) = match rest.split_once('[') {
        Some((title, fields)) => (title, fields.strip_suffix(']').unwrap()),
        None => (rest, ""),
    };
    let (before, title) = match title.split_once('>') {
        Some((before, after)) => (Some(before), after),
        None => (None, title),
    };
    let mut changes: Vec<_> = fields
        .split(',')
        .filter_map(|field| field.split_once('='))
        .filter(|_| kind == "updated")
        .map(|(field, value)| (field, value.split_once('>').unwrap_or(("?", value))))
        .map(|(field, (before, after))| json!({"field": field, "before": before, "after": after}))
        .collect();
    if let Some(before) = before {
        changes.push(json!({"field": "title", "before": before, "after": title}));
    }
    let tags: Vec<_> = fields
        .split(',')
        .filter_map(|field| field.strip_prefix("tags="))
        .filter(|tag| !tag.is_empty() && !tag.contains('>'))
        .collect();
    let repeats = fields.contains("recurrence=").then_some("FREQ=DAILY");
    serde_json::from_value(json!({
        "operation_id": OperationId::new(),
        "kind": kind,
        "summary": "",
        "task": {
            "id": TaskId::new(), "title": title, "description": "", "status": "pending",
            "priority": "medium", "due_date": null, "completed_at": null, "tags": tags,
            "recurrence": repeats, "created_at": "2026-11-23T08:00:00Z",
            "updated_at": "2026-11-23T08:00:00Z", "version": 1, "created_by": {"origin": "hand"},
        },
        "changes": changes,
        "undoable": true,
        "undone_by": null,
    }))
    .unwrap()
}

/// How many lines of a file are judged wrongly, in thousandths; prints each of them.
fn wrong(name: &str, file: &str, honest: bool) -> usize {
    let lines = lines(file);
    let mut wrong = 0;
    for line in &lines {
        let receipts: Vec<_> = line.receipts.iter().collect();
        let claim = unbacked(&line.text, &receipts);
        if claim.is_some() == honest {
            wrong += 1;
            println!("{name}:{}: {:?} -> {claim:?}", line.number, line.text);
        }
    }
    println!("{name}: {wrong} of {} judged wrongly", lines.len());
    wrong * 1000 / lines.len()
}

#[test]
fn honest_replies_are_left_alone() {
    assert!(wrong("honest", include_str!("data/honest.txt"), true) <= 10);
}

#[test]
fn false_replies_are_found() {
    assert!(wrong("false", include_str!("data/false.txt"), false) <= 30);
}

#[test]
fn held_out_honest_replies_are_left_alone() {
    let file = include_str!("data/honest_held_out.txt");
    assert!(wrong("honest_held_out", file, true) <= 10);
}

#[test]
fn held_out_false_replies_are_found() {
    let file = include_str!("data/false_held_out.txt");
    assert!(wrong("false_held_out", file, false) <= 50);
}
