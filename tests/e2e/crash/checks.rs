//! What must hold once everything is quiet, whatever died in between.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde_json::{Value, json};
use taskchat_tests::book::{Book, Entry, Event, Operation, Turn, plain};

use super::notes::{Fate, Sent, Written};

/// Everything that is not as it should be.
pub fn violations(book: &Book, notes: &Written) -> Vec<String> {
    let mut found = Vec::new();
    numbers(book, &mut found);
    let entries = by_turn(&book.entries, |entry| &entry.turn);
    let events = by_turn(&book.events, |event| &event.turn);
    let done = by_call(book);
    for turn in &book.turns {
        let entries = entries.get(turn.id.as_str()).map_or(&[][..], Vec::as_slice);
        let events = events.get(turn.id.as_str()).map_or(&[][..], Vec::as_slice);
        let mut problems = Vec::new();
        ended(turn, events, &mut problems);
        text(entries, events, &mut problems);
        calls(turn, entries, events, &done, &mut problems);
        found.extend(problems.into_iter().map(|problem| {
            let kinds: Vec<&str> = entries.iter().map(|it| it.kind.as_str()).collect();
            format!("turn {} ({}, {kinds:?}): {problem}", turn.id, turn.state)
        }));
    }
    tasks(book, &mut found);
    messages(book, &notes.sent, &mut found);
    hands(book, notes, &mut found);
    found
}

/// Entries and turns are numbered 1, 2, 3 ... in each conversation.
fn numbers(book: &Book, found: &mut Vec<String>) {
    for conversation in &book.conversations {
        let seqs = book.entries.iter();
        let seqs = seqs.filter(|it| it.conversation == conversation.id);
        let seqs: Vec<i32> = seqs.map(|it| it.seq).collect();
        if !(1..=conversation.last_seq).eq(seqs.iter().copied()) {
            found.push(format!("{conversation:?}: entries {seqs:?}"));
        }
        let turns = book.turns.iter();
        let turns = turns.filter(|it| it.conversation == conversation.id);
        let ordinals: Vec<i32> = turns.map(|it| it.ordinal).collect();
        if !(1..=conversation.last_ordinal).eq(ordinals.iter().copied()) || ordinals.is_empty() {
            found.push(format!("{conversation:?}: turns {ordinals:?}"));
        }
    }
}

/// A turn has ended, once, for a reason there was, and nobody holds it.
fn ended(turn: &Turn, events: &[&Event], problems: &mut Vec<String>) {
    match turn.state.as_str() {
        "completed" | "interrupted" => {}
        "cancelled" if turn.cancel_requested => {}
        _ => problems.push(format!("should not be {}", turn.state)),
    }
    if !turn.lease.is_empty() {
        problems.push("is still leased".to_owned());
    }
    let seqs: Vec<i32> = events.iter().map(|event| event.seq).collect();
    if !(1..=turn.last_seq).eq(seqs.iter().copied()) {
        problems.push(format!("events {seqs:?}, last {}", turn.last_seq));
    }
    let kinds: Vec<&str> = events.iter().map(|event| kind(event)).collect();
    let lasts = kinds.iter();
    let lasts = lasts.filter(|it| matches!(**it, "completed" | "failed"));
    if lasts.count() != 1 || kinds.last() != Some(&"completed") {
        problems.push(format!("does not end once: {kinds:?}"));
    }
    let starts = kinds.iter().filter(|it| **it == "started").count();
    let never_ran = kinds.len() == 1 && turn.state == "cancelled";
    if !never_ran && (starts != 1 || kinds.first() != Some(&"started")) {
        problems.push(format!("does not begin once: {kinds:?}"));
    }
    let told = events.last().map(|event| &event.body["state"]);
    if told.and_then(Value::as_str) != Some(&turn.state) {
        problems.push(format!("its last event says {told:?}"));
    }
}

/// Deltas, entries and the last event tell the same text.
fn text(entries: &[&Entry], events: &[&Event], problems: &mut Vec<String>) {
    let streamed: String = events
        .iter()
        .filter(|event| kind(event) == "text_delta")
        .filter_map(|event| event.body["text"].as_str())
        .collect();
    let stored: String = entries
        .iter()
        .filter(|entry| entry.kind == "model")
        .filter_map(|entry| entry.body["text"].as_str())
        .collect();
    let last = events.last().and_then(|event| event.body["text"].as_str());
    if streamed != stored || last != Some(&stored) {
        problems.push(format!(
            "streamed {streamed:?}, stored {stored:?}, told {last:?}"
        ));
    }
}

/// Each call has one result, behind it; what it did is in the ledger once, and its receipt says so.
fn calls(
    turn: &Turn,
    entries: &[&Entry],
    events: &[&Event],
    done: &HashMap<(String, String), &Operation>,
    problems: &mut Vec<String>,
) {
    let mut open: Vec<String> = Vec::new();
    let mut n = 0;
    for entry in entries {
        match entry.kind.as_str() {
            "call" => {
                n += 1;
                let id = member(&entry.body, "id");
                if id != format!("call_{n}") {
                    problems.push(format!("call {n} has the id {id}"));
                }
                open.push(id);
            }
            "result" => {
                let id = member(&entry.body, "call_id");
                let before = open.len();
                open.retain(|call| *call != id);
                if open.len() + 1 != before {
                    problems.push(format!("a result without an open call: {id}"));
                }
                let receipt = &entry.body["receipt"]["operation_id"];
                let receipt = receipt.as_str().map(plain);
                let operation = done.get(&(turn.id.clone(), id.clone()));
                let did = operation
                    .filter(|it| has_changed(it))
                    .map(|it| it.id.clone());
                if receipt != did {
                    problems.push(format!(
                        "{id}: receipt {receipt:?}, ledger {did:?}: {}",
                        entry.body
                    ));
                }
            }
            "approval_decided" if entry.body["state"] != "approved" => {
                for call in entry.body["calls"].as_array().into_iter().flatten() {
                    if done.contains_key(&(turn.id.clone(), member(call, "id"))) {
                        problems.push(format!("was done without leave: {call}"));
                    }
                }
            }
            _ => {}
        }
    }
    if !open.is_empty() {
        problems.push(format!("unanswered calls {open:?}"));
    }
    for (event, kind_of_entry, member_of_entry) in [
        ("tool_called", "call", "id"),
        ("tool_returned", "result", "call_id"),
    ] {
        let shown = events.iter().filter(|it| kind(it) == event);
        let shown: Vec<String> = shown.map(|it| member(&it.body, "id")).collect();
        let stored = entries.iter().filter(|it| it.kind == kind_of_entry);
        let stored: Vec<String> = stored.map(|it| member(&it.body, member_of_entry)).collect();
        if shown != stored {
            problems.push(format!("{event} {shown:?}, stored {stored:?}"));
        }
    }
}

/// What was done in turns, by turn and call. One without changes is no operation but says that a call
/// was given up.
fn by_call(book: &Book) -> HashMap<(String, String), &Operation> {
    let done = book.operations.iter().filter(|it| it.changes != json!([]));
    let keys = done.filter_map(|operation| {
        let (turn, call) = operation.key.strip_prefix("turn:")?.split_once(':')?;
        Some(((plain(turn), call.to_owned()), operation))
    });
    keys.collect()
}

/// Each task is what its operations made of it, no more and no less.
fn tasks(book: &Book, found: &mut Vec<String>) {
    let mut history: BTreeMap<String, Vec<(&Operation, &Value)>> = BTreeMap::new();
    for operation in &book.operations {
        for change in operation.changes.as_array().into_iter().flatten() {
            if change["before"] != change["after"] {
                let task = [&change["after"]["id"], &change["before"]["id"]];
                let task = task.into_iter().find_map(|id| id.as_str());
                let task = plain(task.expect("a change of a task"));
                history.entry(task).or_default().push((operation, change));
            }
        }
    }
    let mut titles = HashSet::new();
    for task in &book.tasks {
        let made = history.remove(&task.id).unwrap_or_default();
        let mut versions: Vec<i64> = made
            .iter()
            .map(|(_, change)| version_after(change))
            .collect();
        versions.sort_unstable();
        if !(1..=i64::from(task.version)).eq(versions.iter().copied()) {
            found.push(format!("{task:?}: the ledger has versions {versions:?}"));
            continue;
        }
        let last = made.iter().max_by_key(|(_, change)| version_after(change));
        let after = last.map_or(&Value::Null, |(_, change)| &change["after"]);
        let is_so = match task.is_deleted {
            true => after.is_null(),
            false => after["title"] == task.title && after["status"] == task.status,
        };
        if !is_so {
            found.push(format!("{task:?}: the ledger says {after}"));
        }
        if !titles.insert((&task.user, &task.title)) {
            found.push(format!("{task:?}: there is another of this title"));
        }
    }
    if !history.is_empty() {
        found.push(format!(
            "operations on tasks that do not exist: {history:?}"
        ));
    }
}

fn version_after(change: &Value) -> i64 {
    match change["after"]["version"].as_i64() {
        Some(version) => version,
        None => change["before"]["version"].as_i64().unwrap_or(-1) + 1,
    }
}

/// What was accepted is there once; what was not is there once or not at all.
fn messages(book: &Book, sent: &[Sent], found: &mut Vec<String>) {
    let mut requests: HashMap<&str, Vec<&Turn>> = HashMap::new();
    for turn in &book.turns {
        requests.entry(&turn.request_id).or_default().push(turn);
    }
    let mut said: HashMap<(&str, &str), usize> = HashMap::new();
    let mut opening: BTreeSet<&str> = book.conversations.iter().map(|it| it.id.as_str()).collect();
    for entry in book.entries.iter().filter(|entry| entry.kind == "user") {
        let text = entry.body["text"].as_str().unwrap_or_default();
        *said.entry((entry.turn.as_str(), text)).or_default() += 1;
    }
    let total: usize = said.values().sum();
    if total != book.turns.len() {
        let turns = book.turns.len();
        found.push(format!("{total} messages for {turns} turns"));
    }
    for message in sent {
        let turns = requests
            .remove(message.request_id.as_str())
            .unwrap_or_default();
        let is_right = match (&message.fate, turns.as_slice()) {
            (Fate::Accepted(id), [turn]) => turn.id == *id,
            (Fate::Unknown, [] | [_]) | (Fate::Refused, []) => true,
            _ => false,
        };
        if !is_right {
            found.push(format!("{message:?} became {turns:?}"));
        }
        let Some(turn) = turns.first() else { continue };
        let times = said.get(&(turn.id.as_str(), message.message.as_str()));
        if times != Some(&1) || turn.user != message.user {
            found.push(format!("{message:?}: {times:?} times in {turn:?}"));
        }
        if message.opens != (turn.ordinal == 1)
            || (message.opens && !opening.remove(turn.conversation.as_str()))
        {
            found.push(format!("{message:?} is in {turn:?}"));
        }
    }
    if !requests.is_empty() || !opening.is_empty() {
        found.push(format!(
            "from nobody: turns {requests:?}, conversations {opening:?}"
        ));
    }
}

/// Tasks changed by hand are as their owners were told.
fn hands(book: &Book, notes: &Written, found: &mut Vec<String>) {
    let tasks: HashMap<&str, _> = book.tasks.iter().map(|it| (it.id.as_str(), it)).collect();
    for kept in &notes.kept {
        let is_so = tasks.get(kept.id.as_str()).is_some_and(|task| {
            (task.is_deleted, i64::from(task.version)) == (kept.is_deleted, kept.version)
                && task.title == kept.title
                && task.status == kept.status
        });
        if !is_so {
            found.push(format!("{kept:?} is {:?}", tasks.get(kept.id.as_str())));
        }
    }
    let known: HashSet<&str> = notes.kept.iter().map(|it| it.id.as_str()).collect();
    for task in book.tasks.iter().filter(|it| it.title.starts_with("chore")) {
        if !known.contains(task.id.as_str()) && !notes.tried.contains(&task.title) {
            found.push(format!("from nobody: {task:?}"));
        }
    }
}

fn has_changed(operation: &Operation) -> bool {
    let changes = operation.changes.as_array().into_iter().flatten();
    changes
        .into_iter()
        .any(|change| change["before"] != change["after"])
}

fn by_turn<'a, T>(rows: &'a [T], turn: impl Fn(&'a T) -> &'a str) -> HashMap<&'a str, Vec<&'a T>> {
    let mut sorted: HashMap<&str, Vec<&T>> = HashMap::new();
    for row in rows {
        sorted.entry(turn(row)).or_default().push(row);
    }
    sorted
}

fn kind(event: &Event) -> &str {
    event.body["event"].as_str().unwrap_or_default()
}

fn member(body: &Value, name: &str) -> String {
    body[name].as_str().unwrap_or_default().to_owned()
}
