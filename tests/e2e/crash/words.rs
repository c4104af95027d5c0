//! What people say, and what the scripted model makes of it.
//!
//! A message names itself and nothing else does, so that it can be counted. The model knows nothing
//! but the request: it answers a repeated request as it did the first, like a real one at
//! temperature 0.

use std::time::Duration;

use serde_json::{Value, json};
use taskchat_tests::{FakeModel, Script, fake_model::Seen};

use super::dice::Dice;

/// Who answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaker {
    /// The scripted model, over HTTP, from outside the process.
    Scripted,
    /// The offline assistant.
    BuiltIn,
}

impl Speaker {
    /// A message called `name` that asks for so much that it has to be approved; the built-in
    /// assistant does nothing of the sort.
    pub fn bulk(self, name: &str) -> Option<String> {
        (self == Self::Scripted).then(|| format!("bulk {name}"))
    }

    /// A message called `name`, perhaps about what was said under the name `before`.
    pub fn message(self, name: &str, before: &str, dice: &mut Dice) -> String {
        let kinds = match self {
            Self::Scripted => ["talk", "talk", "add", "work", "work", "look", "stumble"],
            Self::BuiltIn => ["add", "add", "add", "talk", "look", "complete", "add"],
        };
        let kind = dice.pick(&kinds).expect("a kind");
        match (self, kind) {
            (Self::Scripted, kind) => format!("{kind} {name}"),
            (Self::BuiltIn, "add") => format!("Add a task called errand {name}"),
            (Self::BuiltIn, "complete") => format!("Complete errand {before}"),
            (Self::BuiltIn, "look") => format!("Show me the tasks with {name}"),
            (Self::BuiltIn, _) => format!("Hello from {name}"),
        }
    }
}

/// Has the model answer such messages.
pub fn teach(model: &FakeModel) {
    model.otherwise(answer);
}

fn answer(seen: &Seen) -> Script {
    let said = seen.latest_user_text();
    let (kind, name) = said.split_once(' ').unwrap_or((&said, "nobody"));
    let seed = name.bytes().fold(kind.len() as u64, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(u64::from(byte))
    });
    let mut dice = Dice::new(seed.wrapping_add(seen.results().len() as u64));
    match (kind, seen.results().len()) {
        ("add", 0) => ask(
            &mut dice,
            &[("add_task", json!({ "title": title(name, "a") }))],
        ),
        ("work", 0) => ask(
            &mut dice,
            &[
                ("add_task", json!({ "title": title(name, "a") })),
                (
                    "add_task",
                    json!({ "title": title(name, "b"), "due": "in 2 hours" }),
                ),
            ],
        ),
        ("work", 2) => ask(
            &mut dice,
            &[
                ("complete_task", json!({ "task_id": title(name, "a") })),
                (
                    "update_task",
                    json!({ "task_id": title(name, "b"), "title": title(name, "c") }),
                ),
            ],
        ),
        ("bulk", 0) => {
            let errands: Vec<_> = ('a'..='f')
                .map(|letter| json!({ "title": title(name, &letter.to_string()) }))
                .map(|arguments| ("add_task", arguments))
                .collect();
            ask(&mut dice, &errands)
        }
        ("look", 0) => ask(&mut dice, &[("list_tasks", json!({ "limit": 3 }))]),
        ("stumble", 0) => ask(
            &mut dice,
            &[
                ("fly_to_the_moon", json!({})),
                ("add_task", json!({ "title": "" })),
                ("add_task", json!({ "title": title(name, "a") })),
            ],
        ),
        _ => talk(&mut dice, name),
    }
}

fn title(name: &str, which: &str) -> String {
    format!("errand {name}{which}")
}

/// Some words, one after the other.
fn talk(dice: &mut Dice, name: &str) -> Script {
    let pace = dice.between(2, 30);
    let words = 4 + dice.below(14);
    let first = Script::stream().delta(&format!("To {name}: "));
    (0..words)
        .fold(first, |script, n| {
            // Some pieces are longer than what is written at once.
            let long = if n % 7 == 6 {
                "la ".repeat(90)
            } else {
                String::new()
            };
            script.wait(pace).delta(&format!("word {n} {long}"))
        })
        .finish("stop")
}

/// Some calls, perhaps with words before them.
fn ask(dice: &mut Dice, calls: &[(&str, Value)]) -> Script {
    let mut script = Script::stream().wait(dice.between(0, 40));
    if dice.percent(50) {
        script = script
            .delta("One ")
            .wait(dice.between(0, 40))
            .delta("moment.")
            .wait(dice.between(0, 40));
    }
    for (at, (tool, arguments)) in calls.iter().enumerate() {
        script = script.asks(at, tool, &arguments.to_string());
    }
    script.wait(Duration::from_millis(1)).finish("tool_calls")
}
