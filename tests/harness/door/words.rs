//! What comes back, in words that all doors share.

use prost_types::{ListValue, Struct, value::Kind};
use serde_json::{Map, Number, Value};
use taskchat_proto::v1;

use super::member;

/// The answer to a message.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// The conversation.
    pub conversation_id: String,
    /// What was said.
    pub text: String,
    /// What was done.
    pub calls: Vec<Call>,
    /// The turn.
    pub turn_id: String,
    /// Where the turn stands, in lower case.
    pub status: String,
    /// What waits for the person's word.
    pub approvals: Vec<Asked>,
}

/// A question to the person.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// Its id.
    pub id: String,
    /// `pending` ...
    pub state: String,
    /// `bulk` ...
    pub reason: String,
    /// What it is about.
    pub calls: Vec<Call>,
}

/// A tool call and what came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The tool.
    pub tool: String,
    /// What it was given.
    pub arguments: Value,
    /// What it answered; null while it runs.
    pub result: Value,
    /// Whether it failed.
    pub is_error: bool,
    /// The system's word on the change.
    pub receipt: Option<Receipt>,
}

/// The system's word on a change.
#[derive(Debug, Clone, PartialEq)]
pub struct Receipt {
    /// The operation.
    pub operation_id: String,
    /// `created`, `completed` ...
    pub kind: String,
    /// One sentence.
    pub summary: String,
    /// The task's title.
    pub title: String,
    /// Whether it can be undone.
    pub undoable: bool,
}

/// A task, as far as doors are compared by it.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskSeen {
    /// Its id.
    pub id: String,
    /// Its owner.
    pub user_id: String,
    /// Its title.
    pub title: String,
    /// `pending` ...
    pub status: String,
    /// `medium` ...
    pub priority: String,
    /// How often it changed.
    pub version: i64,
}

/// One event of a turn.
#[derive(Debug, Clone, PartialEq)]
pub struct Happening {
    /// Its number; 0 for a heartbeat.
    pub seq: u32,
    /// `started`, `text_delta` ...
    pub kind: String,
    /// The piece of text of a `text_delta`.
    pub text: String,
    /// The call of `tool_called` and `tool_returned`.
    pub call: Option<Call>,
    /// The question of `approval_requested` and `approval_decided`.
    pub asked: Option<Asked>,
    /// The whole answer of `completed`.
    pub reply: Option<Reply>,
}

/// A refusal.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// The name of the gRPC code.
    pub code: String,
    /// The words.
    pub detail: String,
    /// The fields that are named.
    pub fields: Vec<String>,
    /// What a failed turn says in plain words.
    pub response_text: String,
}

/// The lower-case name of an enum value, without the prefix of its type.
fn short(name: &str, prefix: &str) -> String {
    name.strip_prefix(prefix).unwrap_or(name).to_lowercase()
}

impl From<v1::ChatResponse> for Reply {
    fn from(reply: v1::ChatResponse) -> Self {
        Self {
            status: short(reply.status().as_str_name(), "TURN_STATE_"),
            conversation_id: reply.conversation_id,
            text: reply.response_text,
            calls: reply.tool_calls.into_iter().map(Call::from).collect(),
            turn_id: reply.turn_id,
            approvals: reply.approvals.into_iter().map(Asked::from).collect(),
        }
    }
}

impl From<&Value> for Reply {
    fn from(reply: &Value) -> Self {
        let calls = reply["tool_calls"].as_array().expect("a list of calls");
        Self {
            conversation_id: member(reply, "conversation_id"),
            text: member(reply, "response_text"),
            calls: calls.iter().map(Call::from).collect(),
            turn_id: member(reply, "turn_id"),
            status: member(reply, "status"),
            approvals: reply["approvals"]
                .as_array()
                .expect("a list of approvals")
                .iter()
                .map(Asked::from)
                .collect(),
        }
    }
}

impl From<v1::Approval> for Asked {
    fn from(asked: v1::Approval) -> Self {
        Self {
            state: short(asked.state().as_str_name(), "APPROVAL_STATE_"),
            reason: short(asked.reason().as_str_name(), "APPROVAL_REASON_"),
            id: asked.id,
            calls: asked.calls.into_iter().map(Call::from).collect(),
        }
    }
}

impl From<&Value> for Asked {
    fn from(asked: &Value) -> Self {
        let calls = asked["calls"].as_array().expect("a list of calls");
        Self {
            id: member(asked, "id"),
            state: member(asked, "state"),
            reason: member(asked, "reason"),
            calls: calls.iter().map(Call::from).collect(),
        }
    }
}

impl From<v1::ToolCall> for Call {
    fn from(call: v1::ToolCall) -> Self {
        Self {
            tool: call.tool,
            arguments: call.arguments.map(object).unwrap_or_default(),
            result: call.result.map(object).unwrap_or_default(),
            is_error: call.is_error,
            receipt: call.receipt.map(Receipt::from),
        }
    }
}

impl From<&Value> for Call {
    fn from(call: &Value) -> Self {
        Self {
            tool: member(call, "tool"),
            arguments: call["arguments"].clone(),
            result: call["result"].clone(),
            is_error: call["is_error"].as_bool().expect("is_error is a bool"),
            receipt: call["receipt"]
                .is_object()
                .then(|| Receipt::from(&call["receipt"])),
        }
    }
}

impl From<v1::Receipt> for Receipt {
    fn from(receipt: v1::Receipt) -> Self {
        Self {
            kind: short(receipt.kind().as_str_name(), "RECEIPT_KIND_"),
            operation_id: receipt.operation_id,
            summary: receipt.summary,
            title: receipt.task.unwrap_or_default().title,
            undoable: receipt.undoable,
        }
    }
}

impl From<&Value> for Receipt {
    fn from(receipt: &Value) -> Self {
        Self {
            operation_id: member(receipt, "operation_id"),
            kind: member(receipt, "kind"),
            summary: member(receipt, "summary"),
            title: member(&receipt["task"], "title"),
            undoable: receipt["undoable"].as_bool().expect("undoable is a bool"),
        }
    }
}

impl From<v1::Task> for TaskSeen {
    fn from(task: v1::Task) -> Self {
        Self {
            status: short(task.status().as_str_name(), "TASK_STATUS_"),
            priority: short(task.priority().as_str_name(), "TASK_PRIORITY_"),
            id: task.id,
            user_id: task.user_id,
            title: task.title,
            version: task.version.into(),
        }
    }
}

impl From<&Value> for TaskSeen {
    fn from(task: &Value) -> Self {
        Self {
            id: member(task, "id"),
            user_id: member(task, "user_id"),
            title: member(task, "title"),
            status: member(task, "status"),
            priority: member(task, "priority"),
            version: task["version"].as_i64().expect("version is a number"),
        }
    }
}

impl From<v1::TurnEvent> for Happening {
    fn from(event: v1::TurnEvent) -> Self {
        use v1::turn_event::Event;
        let mut happening = Self {
            seq: event.seq,
            kind: String::new(),
            text: String::new(),
            call: None,
            asked: None,
            reply: None,
        };
        let kind = match event.event.expect("an event says what happened") {
            Event::Started(_) => "started",
            Event::TextDelta(delta) => {
                happening.text = delta.text;
                "text_delta"
            }
            Event::ToolCalled(call) => {
                happening.call = Some(call.into());
                "tool_called"
            }
            Event::ToolReturned(call) => {
                happening.call = Some(call.into());
                "tool_returned"
            }
            Event::ApprovalRequested(asked) => {
                happening.asked = Some(asked.into());
                "approval_requested"
            }
            Event::ApprovalDecided(asked) => {
                happening.asked = Some(asked.into());
                "approval_decided"
            }
            Event::Notice(_) => "notice",
            Event::Heartbeat(_) => "heartbeat",
            Event::Completed(reply) => {
                happening.reply = Some(reply.into());
                "completed"
            }
            Event::Failed(failure) => {
                happening.text = failure.response_text;
                "failed"
            }
        };
        kind.clone_into(&mut happening.kind);
        happening
    }
}

impl From<crate::Event> for Happening {
    fn from(event: crate::Event) -> Self {
        let data = &event.data[&event.kind];
        Self {
            seq: event.id.unwrap_or(0),
            text: match event.kind.as_str() {
                "text_delta" => member(data, "text"),
                "failed" => member(data, "response_text"),
                _ => String::new(),
            },
            call: event.kind.starts_with("tool_").then(|| Call::from(data)),
            asked: event
                .kind
                .starts_with("approval_")
                .then(|| Asked::from(data)),
            reply: (event.kind == "completed").then(|| Reply::from(data)),
            kind: event.kind,
        }
    }
}

/// A `google.protobuf.Struct` as JSON; whole numbers without a fraction.
pub(crate) fn object(object: Struct) -> Value {
    let members = object.fields.into_iter();
    Value::Object(
        members
            .map(|(name, value)| (name, json(value)))
            .collect::<Map<_, _>>(),
    )
}

fn json(value: prost_types::Value) -> Value {
    match value.kind {
        None | Some(Kind::NullValue(_)) => Value::Null,
        Some(Kind::BoolValue(is)) => Value::Bool(is),
        #[expect(clippy::cast_possible_truncation, reason = "checked to be whole")]
        Some(Kind::NumberValue(number)) if number.fract() == 0.0 => Value::from(number as i64),
        Some(Kind::NumberValue(number)) => {
            Number::from_f64(number).map_or(Value::Null, Value::Number)
        }
        Some(Kind::StringValue(text)) => Value::String(text),
        Some(Kind::ListValue(ListValue { values })) => values.into_iter().map(json).collect(),
        Some(Kind::StructValue(inner)) => object(inner),
    }
}
