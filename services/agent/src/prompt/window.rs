//! The history window: which of the stored entries a model sees, and as what messages.
//!
//! **Invariant:** every call is followed by its result, every result answers a call, and no
//! message is empty, whatever the entries are.

use std::collections::HashMap;

use serde_json::json;
use taskchat_domain::{Call, CallId, CallResult, Entry, EntryBody, TurnId};

use super::fit;
use crate::model::{Message, ModelCall};

/// The most of a result that a model is shown, in bytes.
const RESULT: usize = 32 * 1024;

/// The same for turns that are no longer what is talked about.
const OLD_RESULT: usize = 4 * 1024;

/// Turns before this one whose results are shown at length.
const RECENT: usize = 3;

/// The most of all earlier messages together, in bytes; beyond, the oldest are left out.
const EARLIER: usize = 256 * 1024;

/// The messages of `turn`, after at most `earlier` messages of the turns before it.
///
/// A message is what the person said, or all that the assistant said and did about it.
pub(super) fn transcript(history: &[Entry], turn: TurnId, earlier: usize) -> Vec<Message> {
    let turns = by_turn(history);
    let before = turns.iter().filter(|entries| !is_of(entries, turn));
    let mut window: Vec<Vec<Message>> = Vec::new();
    let mut room = earlier;
    let mut bytes = EARLIER;
    for (age, entries) in before.rev().enumerate() {
        let cap = if age < RECENT { RESULT } else { OLD_RESULT };
        let messages = turn_messages(entries, cap);
        let size: usize = messages.iter().map(weight).sum();
        // The person's message and the assistant's; a turn is never torn apart.
        let count = messages
            .iter()
            .filter(|message| matches!(message, Message::User(_)))
            .count()
            + usize::from(
                messages
                    .iter()
                    .any(|message| matches!(message, Message::Assistant { .. })),
            );
        if count > room || size > bytes {
            break;
        }
        room -= count;
        bytes -= size;
        window.push(messages);
    }
    window.reverse();
    let now = turns
        .iter()
        .filter(|entries| is_of(entries, turn))
        .flat_map(|entries| turn_messages(entries, RESULT));
    window.into_iter().flatten().chain(now).collect()
}

/// The entries, turn by turn, in the order in which the turns first appear.
fn by_turn(history: &[Entry]) -> Vec<Vec<&Entry>> {
    let mut places: HashMap<TurnId, usize> = HashMap::new();
    let mut turns: Vec<Vec<&Entry>> = Vec::new();
    for entry in history {
        let place = *places.entry(entry.turn_id).or_insert_with(|| {
            turns.push(Vec::new());
            turns.len() - 1
        });
        if let Some(entries) = turns.get_mut(place) {
            entries.push(entry);
        }
    }
    turns
}

fn is_of(entries: &[&Entry], turn: TurnId) -> bool {
    entries.first().is_some_and(|entry| entry.turn_id == turn)
}

/// One turn as messages.
fn turn_messages(entries: &[&Entry], cap: usize) -> Vec<Message> {
    let results: HashMap<&CallId, &CallResult> = entries
        .iter()
        .filter_map(|entry| match &entry.body {
            EntryBody::Result(result) => Some((&result.call_id, result)),
            _ => None,
        })
        .collect();
    let mut turn = Turn {
        messages: Vec::new(),
        text: String::new(),
        calls: Vec::new(),
        results,
        cap,
    };
    for entry in entries {
        match &entry.body {
            EntryBody::User { text } => {
                turn.end_step();
                if !text.trim().is_empty() {
                    turn.messages.push(Message::User(text.clone()));
                }
            }
            EntryBody::Model { text } => {
                // A text after calls begins the next step.
                if !turn.calls.is_empty() {
                    turn.end_step();
                }
                turn.text.push_str(text);
            }
            EntryBody::Call(call) => turn.calls.push((entry.turn_id, call)),
            EntryBody::Result(_) => turn.end_step(),
            EntryBody::ApprovalRequested(_)
            | EntryBody::ApprovalDecided(_)
            | EntryBody::Notice(_) => {}
        }
    }
    turn.end_step();
    turn.messages
}

/// A turn on its way to messages: what is gathered belongs to the current step.
struct Turn<'a> {
    messages: Vec<Message>,
    text: String,
    calls: Vec<(TurnId, &'a Call)>,
    results: HashMap<&'a CallId, &'a CallResult>,
    cap: usize,
}

impl Turn<'_> {
    fn end_step(&mut self) {
        let text = std::mem::take(&mut self.text).trim().to_owned();
        let calls = std::mem::take(&mut self.calls);
        if text.is_empty() && calls.is_empty() {
            return;
        }
        let mut answers = Vec::new();
        let mut made = Vec::new();
        for (turn_id, call) in calls {
            let id = wire_id(turn_id, &call.id);
            answers.push(Message::Tool {
                call_id: id.clone(),
                content: self.answer(call),
            });
            made.push(ModelCall {
                id,
                tool: call.tool.clone(),
                arguments: call.arguments.clone(),
            });
        }
        self.messages.push(Message::Assistant { text, calls: made });
        self.messages.append(&mut answers);
    }

    /// What the call came to. Each result is used up, so that none appears twice.
    fn answer(&mut self, call: &Call) -> String {
        match self.results.remove(&call.id) {
            Some(result) => fit(&result.content, self.cap),
            None => json!({
                "success": false,
                "data": null,
                "error": {
                    "code": "INTERRUPTED",
                    "message": "the call was interrupted; whether it took effect is not known",
                },
            })
            .to_string(),
        }
    }
}

/// An id that is unique in the conversation and acceptable to every provider: nine letters and
/// digits, the same each time. (FNV-1a over turn and call.)
fn wire_id(turn: TurnId, call: &CallId) -> String {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let uuid = turn.uuid();
    let bytes = uuid.as_bytes().iter().chain(call.as_str().as_bytes());
    let mut hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mut id = String::with_capacity(9);
    for _ in 0..9 {
        let digit = usize::try_from(hash % 62).unwrap_or_default();
        id.extend(DIGITS.get(digit).map(|digit| char::from(*digit)));
        hash /= 62;
    }
    id
}

fn weight(message: &Message) -> usize {
    match message {
        Message::System(text) | Message::User(text) => text.len(),
        Message::Assistant { text, calls } => calls
            .iter()
            .map(|call| call.tool.len() + call.arguments.to_string().len())
            .sum::<usize>()
            .saturating_add(text.len()),
        Message::Tool { content, .. } => content.len(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use rand::{Rng, SeedableRng, rngs::StdRng};
    use taskchat_domain::{Clock, EntryId, SystemClock};

    use super::*;

    fn entry(turn_id: TurnId, body: EntryBody) -> Entry {
        Entry {
            id: EntryId::new(),
            turn_id,
            seq: 1,
            body,
            created_at: SystemClock.now(),
        }
    }

    fn user(text: &str) -> EntryBody {
        EntryBody::User { text: text.into() }
    }

    fn model(text: &str) -> EntryBody {
        EntryBody::Model { text: text.into() }
    }

    fn call(n: usize) -> EntryBody {
        EntryBody::Call(Call {
            id: CallId::nth(n),
            tool: "list_tasks".into(),
            arguments: json!({}),
        })
    }

    fn result(n: usize) -> EntryBody {
        EntryBody::Result(CallResult {
            call_id: CallId::nth(n),
            content: json!({"success": true, "n": n}),
            is_error: false,
            receipt: None,
        })
    }

    fn assert_sound(messages: &[Message], context: &str) {
        let mut seen = HashSet::new();
        let mut open: Vec<&str> = Vec::new();
        for message in messages {
            match message {
                Message::System(_) => panic!("{context}"),
                Message::User(text) => {
                    assert!(open.is_empty(), "unanswered {context}");
                    assert!(!text.is_empty(), "empty {context}");
                }
                Message::Assistant { text, calls } => {
                    assert!(open.is_empty(), "unanswered {context}");
                    assert!(!(text.is_empty() && calls.is_empty()), "empty {context}");
                    for call in calls {
                        assert!(seen.insert(call.id.clone()), "repeated {context}");
                        open.push(&call.id);
                    }
                }
                Message::Tool { call_id, .. } => {
                    let first = open.iter().position(|id| id == call_id);
                    open.remove(first.unwrap_or_else(|| panic!("orphan {context}")));
                }
            }
        }
        assert!(open.is_empty(), "unanswered {context}");
    }

    #[test]
    fn a_turn_reads_as_it_went() {
        let turn = TurnId::new();
        let history: Vec<_> = [
            user("do it"),
            model("Looking."),
            call(1),
            call(2),
            result(1),
            result(2),
            model("\n\nDone."),
        ]
        .map(|body| entry(turn, body))
        .into();
        let ids = [1, 2].map(|n| wire_id(turn, &CallId::nth(n)));
        let calls = ids
            .clone()
            .map(|id| ModelCall {
                id,
                tool: "list_tasks".into(),
                arguments: json!({}),
            })
            .into();
        let [one, two] = ids;
        assert_eq!(
            transcript(&history, turn, 50),
            [
                Message::User("do it".into()),
                Message::Assistant {
                    text: "Looking.".into(),
                    calls
                },
                Message::Tool {
                    call_id: one,
                    content: r#"{"n":1,"success":true}"#.into()
                },
                Message::Tool {
                    call_id: two,
                    content: r#"{"n":2,"success":true}"#.into()
                },
                Message::Assistant {
                    text: "Done.".into(),
                    calls: vec![]
                },
            ]
        );
    }

    #[test]
    fn a_dead_turn_is_closed_for_the_model() {
        let (dead, turn) = (TurnId::new(), TurnId::new());
        let history = vec![
            entry(dead, user("first")),
            entry(dead, call(1)),
            entry(dead, call(2)),
            entry(dead, result(2)),
            entry(turn, user("second")),
        ];
        let messages = transcript(&history, turn, 50);
        assert_sound(&messages, "dead turn");
        let Message::Tool { content, .. } = &messages[2] else {
            panic!("{messages:?}");
        };
        assert!(content.contains("INTERRUPTED"), "{content}");
        assert_eq!(messages.last(), Some(&Message::User("second".into())));
    }

    #[test]
    fn the_latest_fifty_messages_precede_the_new_one() {
        let mut history = Vec::new();
        for n in 0..60 {
            let turn = TurnId::new();
            history.push(entry(turn, user(&format!("question {n}"))));
            history.push(entry(turn, call(1)));
            history.push(entry(turn, result(1)));
            history.push(entry(turn, model(&format!("answer {n}"))));
        }
        let turn = TurnId::new();
        history.push(entry(turn, user("new")));
        let messages = transcript(&history, turn, 50);
        let spoken: Vec<&str> = messages
            .iter()
            .filter_map(|message| match message {
                Message::User(text) => Some(text.as_str()),
                Message::Assistant { text, .. } if !text.is_empty() => Some(text),
                _ => None,
            })
            .collect();
        assert_eq!(spoken.len(), 51);
        assert_eq!(spoken.first(), Some(&"question 35"));
        assert_eq!(spoken.last(), Some(&"new"));
    }

    /// Whatever is stored, in whatever order, what the model sees is sound.
    #[test]
    fn any_entries_make_a_sound_transcript() {
        for seed in 0..500 {
            let mut random = StdRng::seed_from_u64(seed);
            let turns: Vec<TurnId> = (0..random.random_range(1..8))
                .map(|_| TurnId::new())
                .collect();
            let mut history = Vec::new();
            for turn in &turns {
                for _ in 0..random.random_range(0..10) {
                    let n = random.random_range(1..5);
                    let body = match random.random_range(0..6) {
                        0 => user(["hello", " ", ""][n % 3]),
                        1 => model(["well", "\n\n", ""][n % 3]),
                        2 | 3 => call(history.len() + 1),
                        _ => result(random.random_range(0..=history.len())),
                    };
                    history.push(entry(*turn, body));
                }
            }
            let turn = *turns.last().unwrap();
            let earlier = random.random_range(0..12);
            let messages = transcript(&history, turn, earlier);
            assert_sound(&messages, &format!("seed {seed}"));
        }
    }
}
