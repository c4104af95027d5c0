//! What the results of tools have said so far: the list that was shown, the task that was talked
//! about, what can be taken back.

use std::collections::HashSet;

use serde_json::{Value, json};
use taskchat_domain::TimeZone;

use super::{dates, reply};
use crate::model::Message;

/// A task, as far as it has to be known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) id: String,
    pub(super) title: String,
}

/// A call and the envelope that answered it.
#[derive(Debug, Clone)]
pub(super) struct Answered {
    pub(super) tool: String,
    pub(super) arguments: Value,
    pub(super) envelope: Value,
}

/// What is remembered from turn to turn.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// The tasks of the latest listing or question, in the order shown.
    pub(super) listing: Vec<Known>,
    /// The task that "it" is.
    pub(super) focus: Option<Known>,
    /// Operations by turn, oldest first, without those taken back.
    operations: Vec<Vec<String>>,
    /// Operations that took others back, oldest first.
    undos: Vec<String>,
    /// The call of the latest turn that fitted several tasks.
    pub(super) unsettled: Option<Answered>,
    /// Tasks acted on in the turn being read.
    acted: HashSet<String>,
}

/// A conversation as far as it matters: the memory of earlier turns, and the current one.
#[derive(Debug)]
pub(super) struct Talk {
    pub(super) memory: Memory,
    /// The person's message.
    pub(super) said: String,
    /// What was called for it, and answered.
    pub(super) done: Vec<Answered>,
    /// The message before, when the assistant asked back about it.
    pub(super) asked_about: Option<String>,
}

impl Talk {
    /// Reads the messages of a request; dates are in `zone` from here on.
    pub(super) fn read(messages: &[Message], zone: TimeZone) -> Self {
        let now = messages
            .iter()
            .rposition(|message| matches!(message, Message::User(_)))
            .unwrap_or(messages.len());
        let (before, current) = messages.split_at(now);
        let mut memory = Memory::default();
        let mut asked_about = None;
        let mut user = None;
        let mut turn_start = 0;
        for (at, message) in before.iter().enumerate() {
            match message {
                Message::User(text) => {
                    memory.begin_turn();
                    user = Some(text.clone());
                    turn_start = at;
                }
                Message::Assistant { text, .. } => {
                    let asks = reply::ASKS.iter().any(|words| text.contains(words));
                    let asks = asks && text.contains('?');
                    asked_about = user.clone().filter(|_| asks);
                }
                Message::System(_) | Message::Tool { .. } => {}
            }
            let ends = matches!(before.get(at + 1), None | Some(Message::User(_)));
            if ends {
                let turn = before.get(turn_start..=at).unwrap_or_default();
                let reply = match message {
                    Message::Assistant { text, .. } => text.as_str(),
                    _ => "",
                };
                for answered in answered(turn, zone) {
                    memory.note(&answered, Some(reply));
                }
                memory.end_turn();
            }
        }
        memory.begin_next();
        let said = match current.first() {
            Some(Message::User(text)) => text.clone(),
            _ => String::new(),
        };
        Self {
            memory,
            said,
            done: answered(current, zone),
            asked_about,
        }
    }
}

/// The calls of some messages with their answers, in order.
fn answered(messages: &[Message], zone: TimeZone) -> Vec<Answered> {
    let mut calls = Vec::new();
    for message in messages {
        let Message::Assistant { calls: made, .. } = message else {
            continue;
        };
        for call in made {
            let content = messages.iter().find_map(|message| match message {
                Message::Tool { call_id, content } if *call_id == call.id => Some(content),
                _ => None,
            });
            let envelope = content.and_then(|content| serde_json::from_str(content).ok());
            let mut envelope = envelope.unwrap_or_else(|| json!({"success": false}));
            dates::word(&mut envelope, zone);
            calls.push(Answered {
                tool: call.tool.clone(),
                arguments: call.arguments.clone(),
                envelope,
            });
        }
    }
    calls
}

impl Memory {
    fn begin_turn(&mut self) {
        self.operations.push(Vec::new());
        self.unsettled = None;
        self.acted.clear();
    }

    /// After several tasks were acted on, "it" is none of them.
    fn end_turn(&mut self) {
        if self.acted.len() > 1 {
            self.focus = None;
        }
    }

    fn begin_next(&mut self) {
        self.operations.push(Vec::new());
        self.acted.clear();
    }

    /// Takes in what a tool has answered. Tasks that `reply` does not show were looked up, not
    /// listed: "number one" is none of them.
    pub(super) fn note(&mut self, answered: &Answered, reply: Option<&str>) {
        let envelope = &answered.envelope;
        let shown = |tasks: &Value| {
            let tasks = tasks.as_array()?.iter().filter_map(known);
            let tasks: Vec<Known> = tasks.take(reply::SHOWN).collect();
            let shows =
                |text: &str| !tasks.is_empty() && tasks.iter().all(|task| lists(text, task));
            reply.is_none_or(shows).then_some(tasks)
        };
        if envelope["success"] != true {
            if let Some(choices) = envelope.pointer("/error/choices") {
                // Who was asked in other words does not count by our numbers.
                self.listed(shown(choices).unwrap_or_default());
                self.unsettled = Some(answered.clone());
            }
            return;
        }
        if let Some(tasks) = envelope.pointer("/data/tasks") {
            if let Some(tasks) = shown(tasks) {
                self.listed(tasks);
            }
        } else if let Some(task) = ["/data", "/receipt/task"]
            .iter()
            .find_map(|place| known(envelope.pointer(place)?))
        {
            self.acted.insert(task.id.clone());
            self.focus = Some(task);
        }
        if let Some(operation) = envelope
            .pointer("/receipt/operation_id")
            .and_then(Value::as_str)
        {
            self.happened(answered, operation);
        }
    }

    fn listed(&mut self, tasks: Vec<Known>) {
        self.focus = match tasks.as_slice() {
            [only] => Some(only.clone()),
            _ => None,
        };
        self.listing = tasks;
    }

    fn happened(&mut self, answered: &Answered, operation: &str) {
        if answered.tool != "undo" {
            if let Some(turn) = self.operations.last_mut() {
                turn.push(operation.to_owned());
            }
            return;
        }
        let undone = answered
            .arguments
            .get("operation_id")
            .and_then(Value::as_str);
        if let Some(at) = self
            .undos
            .iter()
            .position(|undo| Some(undo.as_str()) == undone)
        {
            // An undo was taken back.
            self.undos.remove(at);
            return;
        }
        for turn in &mut self.operations {
            turn.retain(|done| Some(done.as_str()) != undone);
        }
        self.undos.push(operation.to_owned());
    }

    /// What "undo that" takes back: the operations of the latest turn that has any, newest first.
    pub(super) fn latest_operations(&self) -> Vec<String> {
        self.operations
            .iter()
            .rev()
            .find(|turn| !turn.is_empty())
            .map(|turn| turn.iter().rev().cloned().collect())
            .unwrap_or_default()
    }

    /// True when the message before changed something that was not taken back.
    pub(super) fn changed_last(&self) -> bool {
        let earlier = self.operations.iter().rev().skip(1);
        earlier.take(1).any(|turn| !turn.is_empty())
    }

    /// What "redo" takes back.
    pub(super) fn latest_undo(&self) -> Option<String> {
        self.undos.last().cloned()
    }
}

/// Whether a line of the text is about the task, behind a number or a bullet if anything: a reply
/// that tells of the task is no list.
fn lists(text: &str, task: &Known) -> bool {
    let is_mark = |c: char| !c.is_alphabetic() && !matches!(c, '“' | '"');
    text.lines().any(|line| {
        let found = line.find(&task.title).and_then(|at| line.get(..at));
        found.is_some_and(|before| before.chars().all(is_mark))
    })
}

/// A task as results show it.
pub(super) fn known(task: &Value) -> Option<Known> {
    let id = task.get("id").or_else(|| task.get("task_id"))?.as_str()?;
    let title = task.get("title")?.as_str()?;
    Some(Known {
        id: id.to_owned(),
        title: title.to_owned(),
    })
}
