//! One event of an answer, read generously, and the fragments of calls put where they belong.
//!
//! Known liberties of compatible servers: fields of their own, reasons to finish of their own,
//! `content` null or a list of parts, calls without index or id, every call with index 0, arguments
//! as an object, figures in a chunk without choices, errors in the middle of the stream, and a
//! whole answer where a stream was asked for.

use serde::Deserialize;
use serde_json::Value;
use taskchat_domain::Usage;

use super::status;
use crate::model::{CallFragment, Delta, FinishReason, ModelError, Retry};

#[derive(Debug, Deserialize)]
pub(super) struct Chunk {
    #[serde(default)]
    choices: Option<Vec<Choice>>,
    #[serde(default)]
    usage: Option<Figures>,
    #[serde(default)]
    error: Option<Value>,
}

#[derive(Debug, Deserialize)]
struct Choice {
    #[serde(default)]
    index: Option<u64>,
    /// In a stream `delta`, in a whole answer `message`.
    #[serde(default, alias = "message")]
    delta: Option<Piece>,
    #[serde(default)]
    finish_reason: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct Piece {
    #[serde(default)]
    content: Option<Value>,
    #[serde(default)]
    refusal: Option<String>,
    #[serde(default)]
    reasoning_content: Option<Value>,
    #[serde(default)]
    reasoning: Option<Value>,
    #[serde(default)]
    tool_calls: Option<Vec<CallPiece>>,
}

#[derive(Debug, Deserialize)]
struct CallPiece {
    #[serde(default)]
    index: Option<u64>,
    #[serde(default)]
    id: Option<Value>,
    #[serde(default)]
    function: Option<FunctionPiece>,
}

#[derive(Debug, Default, Deserialize)]
struct FunctionPiece {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    arguments: Option<Value>,
}

#[derive(Debug, Deserialize)]
struct Figures {
    #[serde(default)]
    prompt_tokens: Option<i64>,
    #[serde(default)]
    completion_tokens: Option<i64>,
}

/// Remembers which calls have begun, while their fragments come in.
#[derive(Debug, Default)]
pub(super) struct Assembly {
    slots: Vec<Slot>,
}

#[derive(Debug)]
struct Slot {
    index: Option<u64>,
    id: Option<String>,
}

impl Assembly {
    /// What a chunk adds to the answer.
    pub(super) fn read(&mut self, chunk: Chunk) -> Result<Vec<Delta>, ModelError> {
        if let Some(error) = chunk.error.filter(|error| !error.is_null()) {
            let what = match status::code(&error) {
                Some(code) => format!("the model failed in the middle of its answer ({code})"),
                None => "the model failed in the middle of its answer".to_owned(),
            };
            return Err(ModelError::unavailable(what, Retry::After(None)));
        }
        let mut deltas = Vec::new();
        for choice in chunk.choices.unwrap_or_default() {
            // We ask for one answer.
            if choice.index.unwrap_or_default() == 0 {
                self.choice(choice, &mut deltas);
            }
        }
        if let Some(figures) = chunk.usage {
            deltas.push(Delta::Usage(Usage {
                input_tokens: count(figures.prompt_tokens),
                output_tokens: count(figures.completion_tokens),
            }));
        }
        Ok(deltas)
    }

    fn choice(&mut self, choice: Choice, deltas: &mut Vec<Delta>) {
        let piece = choice.delta.unwrap_or_default();
        // A refusal is what the model says instead of an answer.
        for said in [piece.content, piece.refusal.map(Value::String)] {
            let text = text(said);
            if !text.is_empty() {
                deltas.push(Delta::Text(text));
            }
        }
        let reasoned = [piece.reasoning_content, piece.reasoning];
        if reasoned.into_iter().any(|said| !text(said).is_empty()) {
            deltas.push(Delta::Thinking);
        }
        for call in piece.tool_calls.unwrap_or_default() {
            deltas.push(Delta::Call(self.call(call)));
        }
        if let Some(reason) = choice.finish_reason.filter(|reason| !reason.is_empty()) {
            deltas.push(Delta::Finish(match reason.as_str() {
                "stop" | "tool_calls" | "function_call" => FinishReason::Done,
                "length" => FinishReason::Length,
                "content_filter" => FinishReason::Filtered,
                _ => FinishReason::Other(reason.chars().take(64).collect()),
            }));
        }
    }

    fn call(&mut self, piece: CallPiece) -> CallFragment {
        let function = piece.function.unwrap_or_default();
        let tool = function.name.unwrap_or_default();
        let id = text(piece.id);
        let arguments = match function.arguments {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(part)) => part,
            Some(whole) => whole.to_string(),
        };
        CallFragment {
            slot: self.slot(piece.index, &id, &tool),
            tool,
            arguments,
        }
    }

    /// Which call a fragment belongs to; a new one when it names an id that its place does not
    /// have, or when it has neither index nor id but names a tool.
    fn slot(&mut self, index: Option<u64>, id: &str, tool: &str) -> usize {
        let known = match index {
            Some(_) => self.slots.iter().rposition(|slot| slot.index == index),
            None if id.is_empty() && !tool.is_empty() => None,
            None => self.slots.len().checked_sub(1),
        };
        if let Some(at) = known
            && let Some(slot) = self.slots.get_mut(at)
        {
            let same = match &slot.id {
                _ if id.is_empty() => true,
                Some(known) => known == id,
                // The id came late.
                None => index.is_some(),
            };
            if same {
                if !id.is_empty() {
                    slot.id = Some(id.to_owned());
                }
                return at;
            }
        }
        self.slots.push(Slot {
            index,
            id: (!id.is_empty()).then(|| id.to_owned()),
        });
        self.slots.len() - 1
    }
}

/// Text as a string, or as a list of parts.
fn text(value: Option<Value>) -> String {
    match value {
        Some(Value::String(text)) => text,
        Some(Value::Array(parts)) => parts
            .iter()
            .filter_map(|part| part.get("text").unwrap_or(part).as_str())
            .collect(),
        _ => String::new(),
    }
}

fn count(tokens: Option<i64>) -> i32 {
    i32::try_from(tokens.unwrap_or_default().max(0)).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Calls as they come out: tool and arguments.
    fn calls(chunks: &[Value]) -> Vec<(String, String)> {
        let mut assembly = Assembly::default();
        let mut calls: Vec<(String, String)> = Vec::new();
        for pieces in chunks {
            let chunk = json!({"choices": [{"delta": {"tool_calls": pieces}}]});
            let chunk = serde_json::from_value(chunk).unwrap();
            for delta in assembly.read(chunk).unwrap() {
                let Delta::Call(fragment) = delta else {
                    panic!("{delta:?}");
                };
                if fragment.slot == calls.len() {
                    calls.push(Default::default());
                }
                calls[fragment.slot].0.push_str(&fragment.tool);
                calls[fragment.slot].1.push_str(&fragment.arguments);
            }
        }
        calls
    }

    fn piece(index: Option<u64>, id: Option<&str>, name: Option<&str>, arguments: Value) -> Value {
        json!({"index": index, "id": id, "function": {"name": name, "arguments": arguments}})
    }

    #[test]
    fn fragments_find_their_call() {
        let two = vec![
            ("a".to_owned(), r#"{"x":1}"#.to_owned()),
            ("b".to_owned(), r#"{"y":2}"#.to_owned()),
        ];
        let openai = [
            json!([piece(Some(0), Some("i"), Some("a"), json!(""))]),
            json!([piece(Some(1), Some("j"), Some("b"), json!("{\"y\""))]),
            json!([piece(Some(0), None, None, json!("{\"x\":1}"))]),
            json!([piece(Some(1), None, None, json!(":2}"))]),
        ];
        let every_index_zero = [
            json!([piece(Some(0), Some("i"), Some("a"), json!("{\"x\":1}"))]),
            json!([piece(Some(0), Some("j"), Some("b"), json!("{\"y\":"))]),
            json!([piece(Some(0), None, None, json!("2}"))]),
        ];
        let no_index = [
            json!([piece(None, Some("i"), Some("a"), json!("{\"x\":"))]),
            json!([piece(None, None, None, json!("1}"))]),
            json!([piece(None, Some("j"), Some("b"), json!({"y": 2}))]),
        ];
        let neither = [json!([
            piece(None, None, Some("a"), json!({"x": 1})),
            piece(None, None, Some("b"), json!("{\"y\":2}")),
        ])];
        let repeated_id = [
            json!([piece(Some(0), Some("i"), Some("a"), json!("{\"x\":"))]),
            json!([piece(Some(0), Some("i"), None, json!("1}"))]),
            json!([piece(Some(1), Some(""), Some("b"), json!("{\"y\":2}"))]),
        ];
        for chunks in [
            &openai[..],
            &every_index_zero,
            &no_index,
            &neither,
            &repeated_id,
        ] {
            assert_eq!(calls(chunks), two, "{chunks:?}");
        }
    }

    #[test]
    fn chunks_are_read_generously() {
        for (chunk, expected) in [
            (json!({}), vec![]),
            (json!({"choices": null, "x": 1}), vec![]),
            (
                json!({"choices": [{"delta": {"role": "assistant", "content": null}}]}),
                vec![],
            ),
            (
                json!({"choices": [{"index": 0, "delta": {"content": "hi"}, "logprobs": 1}]}),
                vec![Delta::Text("hi".into())],
            ),
            (
                json!({"choices": [{"delta": {"content": [{"type": "text", "text": "h"}, "i"]}}]}),
                vec![Delta::Text("hi".into())],
            ),
            (
                json!({"choices": [{"delta": {"content": "", "reasoning_content": "hm"}}]}),
                vec![Delta::Thinking],
            ),
            (
                json!({"choices": [{"delta": {}, "finish_reason": "eos_token"}]}),
                vec![Delta::Finish(FinishReason::Other("eos_token".into()))],
            ),
            (
                json!({"choices": [{"message": {"content": "all"}, "finish_reason": "stop"}]}),
                vec![Delta::Text("all".into()), Delta::Finish(FinishReason::Done)],
            ),
            (
                json!({"choices": [{"index": 1, "delta": {"content": "no"}}]}),
                vec![],
            ),
            (
                json!({"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 4}}),
                vec![Delta::Usage(Usage {
                    input_tokens: 3,
                    output_tokens: 4,
                })],
            ),
        ] {
            let read = serde_json::from_value(chunk.clone()).unwrap();
            assert_eq!(Assembly::default().read(read).unwrap(), expected, "{chunk}");
        }
    }

    #[test]
    fn an_error_in_the_middle_is_one() {
        let chunk = json!({"error": {"message": "sk-secret", "type": "overloaded_error"}});
        let read = serde_json::from_value(chunk).unwrap();
        let error = Assembly::default().read(read).unwrap_err().to_string();
        assert!(error.contains("overloaded_error"), "{error}");
        assert!(!error.contains("sk-secret"), "{error}");
    }
}
