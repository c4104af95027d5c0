//! The table of sentences, and the conversations behind it.

use serde_json::Value;
use taskchat_domain::TimeZone;

use super::{
    memory::Talk,
    work::{self, Move},
};
use crate::{
    model::{Message, ModelCall},
    testing::tasks::{FakeTasks, operation_id, task_id},
};

const TABLES: [(&str, &str, &[&str]); 2] = [
    ("sentences.txt", include_str!("sentences.txt"), &[]),
    ("everyday.txt", include_str!("everyday.txt"), MORE_TASKS),
];

const TASKS: &[&str] = &[
    "water the plants",
    "Buy milk",
    "dentist appointment",
    "quarterly report",
    "done: pay the rent",
    "letter to mum",
    "letter to dad",
    "go to the gym",
];

const MORE_TASKS: &[&str] = &[
    "Call the plumber",
    "Help Anna move",
    "Cancel Netflix",
    "Netflix party",
    "do the dishes",
];

/// A conversation with the built-in assistant.
struct Conversation {
    tasks: FakeTasks,
    messages: Vec<Message>,
    calls: usize,
}

impl Conversation {
    fn new(titles: &[&str]) -> Self {
        Self {
            tasks: FakeTasks::with(titles),
            messages: vec![Message::System("rules".into())],
            calls: 0,
        }
    }

    /// Says something; gives back the calls that were made, and the reply.
    fn say(&mut self, text: &str) -> (Vec<(String, Value)>, String) {
        self.messages.push(Message::User(text.to_owned()));
        self.tasks.calls.clear();
        for _ in 0..8 {
            let asked = match work::next(Talk::read(&self.messages, TimeZone::UTC)) {
                Move::Call(asked) => asked,
                Move::Say(reply) => {
                    self.messages.push(Message::Assistant {
                        text: reply.clone(),
                        calls: vec![],
                    });
                    return (self.tasks.calls.clone(), reply);
                }
            };
            let mut calls = Vec::new();
            let mut answers = Vec::new();
            for (tool, arguments) in asked {
                self.calls += 1;
                let id = format!("id{}", self.calls);
                answers.push(Message::Tool {
                    call_id: id.clone(),
                    content: self.tasks.call(tool, &arguments).to_string(),
                });
                calls.push(ModelCall {
                    id,
                    tool: tool.to_owned(),
                    arguments,
                });
            }
            self.messages.push(Message::Assistant {
                text: String::new(),
                calls,
            });
            self.messages.extend(answers);
        }
        panic!("no end to {text:?}: {:?}", self.tasks.calls);
    }
}

/// A line of the table: a sentence, the calls it must lead to, and words of the reply.
struct Line<'a> {
    /// "sentences.txt:12"
    place: String,
    more_tasks: &'a [&'a str],
    earlier: Vec<String>,
    sentence: String,
    calls: Vec<(String, Value)>,
    says: Vec<&'a str>,
}

fn table() -> Vec<Line<'static>> {
    let read = |(name, text, more_tasks)| lines_of(name, text, more_tasks);
    TABLES.into_iter().flat_map(read).collect()
}

fn lines_of(
    name: &str,
    text: &'static str,
    more_tasks: &'static [&'static str],
) -> Vec<Line<'static>> {
    let mut earlier = Vec::new();
    let mut lines = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let place = format!("{name}:{}", at + 1);
        let line = line.trim();
        if line.is_empty() || line.starts_with("//") {
            continue;
        }
        if let Some(after) = line.strip_prefix("==") {
            earlier = after
                .split(" / ")
                .map(|said| said.trim().replace("\\n", "\n"))
                .filter(|said| !said.is_empty())
                .collect();
            continue;
        }
        let (sentence, rest) = line.split_once(" -> ").unwrap_or_else(|| panic!("{place}"));
        let (calls, says) = rest.split_once(" :: ").unwrap_or((rest, ""));
        lines.push(Line {
            calls: expected(calls, &place),
            place,
            more_tasks,
            earlier: earlier.clone(),
            sentence: sentence.replace("\\n", "\n"),
            says: says
                .split(" & ")
                .filter(|words| !words.is_empty())
                .collect(),
        });
    }
    lines
}

/// "tool {...} && tool {...}", with @n for the n-th task and $n for the n-th operation.
fn expected(calls: &str, place: &str) -> Vec<(String, Value)> {
    if calls.trim() == "nothing" {
        return Vec::new();
    }
    let mut calls = calls.to_owned();
    for n in (1..=19).rev() {
        calls = calls
            .replace(&format!("@{n}"), &task_id(n))
            .replace(&format!("${n}"), &operation_id(n));
    }
    calls
        .split(" && ")
        .map(|call| {
            let (tool, arguments) = call.trim().split_once(' ').unwrap_or((call.trim(), "{}"));
            let arguments =
                serde_json::from_str(arguments).unwrap_or_else(|error| panic!("{place}: {error}"));
            (tool.to_owned(), arguments)
        })
        .collect()
}

#[test]
fn every_sentence_leads_to_its_calls() {
    let mut wrong = Vec::new();
    for line in table() {
        let mut conversation = Conversation::new(&[TASKS, line.more_tasks].concat());
        for said in &line.earlier {
            conversation.say(said);
        }
        let (calls, reply) = conversation.say(&line.sentence);
        if calls != line.calls {
            wrong.push(format!(
                "{}: {:?}\n    {calls:?}\n    {reply}",
                line.place, line.sentence
            ));
        }
        for words in line.says {
            if !reply.to_lowercase().contains(&words.to_lowercase()) {
                wrong.push(format!(
                    "{}: {:?} says {reply:?}",
                    line.place, line.sentence
                ));
            }
        }
        assert!(!reply.is_empty(), "{}", line.sentence);
        for code in ["_TASK", "NOT_FOUND", "ERROR", "AMBIGUOUS", "{"] {
            assert!(!reply.contains(code), "{} says {reply}", line.sentence);
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn the_table_is_large_enough() {
    assert!(table().len() >= 150, "{}", table().len());
}

#[test]
fn an_empty_list_is_said_to_be_empty() {
    for (sentence, words) in [
        ("Anything left for me?", "no tasks"),
        ("What do I have to do?", "nothing"),
        ("List everything", "no tasks"),
        ("Which ones have I finished?", "none"),
    ] {
        let (calls, reply) = Conversation::new(&[]).say(sentence);
        assert_eq!(calls.len(), 1, "{sentence}");
        assert_eq!(calls[0].0, "list_tasks", "{sentence}");
        assert!(reply.contains(words), "{sentence}: {reply}");
    }
}

#[test]
fn the_only_open_task_is_it_for_a_change_but_not_for_more() {
    let mut one = Conversation::new(&["water the plants"]);
    one.say("Make it high priority");
    assert_eq!(one.tasks.task(1).unwrap()["priority"], "high");

    let mut one = Conversation::new(&["water the plants"]);
    let (_, reply) = one.say("Tick that off");
    assert_eq!(one.tasks.task(1).unwrap()["status"], "pending");
    assert!(reply.contains("Which"), "{reply}");
}

#[test]
fn half_a_success_is_told_as_half() {
    let (calls, reply) = Conversation::new(&[]).say("Add buy stamps and tick off water the plants");
    assert_eq!(calls.len(), 2);
    assert!(reply.contains("created: “buy stamps”"), "{reply}");
    assert!(
        reply.contains("couldn't find a task called “water the plants”"),
        "{reply}"
    );
}

#[test]
fn a_completed_task_is_not_completed_again() {
    let (_, reply) = Conversation::new(&["done: pay the rent"]).say("Tick off pay the rent");
    assert!(reply.contains("already done"), "{reply}");
}

#[test]
fn choices_are_taken_up() {
    let mut two = Conversation::new(&["letter to mum", "letter to dad"]);
    let (_, reply) = two.say("Delete the letter");
    assert!(
        reply.contains("Which") && reply.contains("2. letter to dad"),
        "{reply}"
    );
    two.say("number two");
    assert!(two.tasks.task(1).is_some());
    assert!(two.tasks.task(2).is_none());

    let mut two = Conversation::new(&["letter to mum", "letter to dad"]);
    two.say("tick that off");
    two.say("the first one");
    assert_eq!(two.tasks.task(1).unwrap()["status"], "completed");
    assert_eq!(two.tasks.task(2).unwrap()["status"], "pending");

    let mut two = Conversation::new(&["letter to mum", "letter to dad"]);
    two.say("complete the letter");
    two.say("letter to dad");
    assert_eq!(two.tasks.task(1).unwrap()["status"], "pending");
    assert_eq!(two.tasks.task(2).unwrap()["status"], "completed");
}

/// Whatever people type, there is an answer and no panic.
#[test]
fn nonsense_is_answered() {
    let words = [
        "add", "and", "delete", "it", "to", "“", "\"", "#", "every", "monday", "call", "mark",
        "as", "done", "the", ":", "-", ",", ".", "priority", "high", "\n", "é", "🦀", "number",
        "undo", "what", "is", "due", "5pm", "from", "now", "on", "'", "rename", "make",
    ];
    let mut seed = 7_u64;
    for _ in 0..3000 {
        let mut sentence = String::new();
        for _ in 0..(seed % 9) + 1 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let at = usize::try_from(seed >> 33).unwrap() % words.len();
            sentence.push_str(words[at]);
            if seed & 4096 == 0 {
                sentence.push(' ');
            }
        }
        let (_, reply) = Conversation::new(&["water the plants"]).say(&sentence);
        assert!(!reply.is_empty(), "{sentence:?}");
    }
}

/// Longer messages than anybody says are not read at all.
#[test]
fn huge_messages_are_turned_down() {
    let (calls, reply) = Conversation::new(&[]).say(&"add x. ".repeat(10_000));
    assert!(
        calls.is_empty() && reply.contains("more than I can read"),
        "{reply}"
    );
}
