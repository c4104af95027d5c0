//! The JSON Schemas of the tools. Written by hand, because models pay for every word of them and
//! clients cache them: they change when we mean them to, not when a type does.

use std::sync::Arc;

use rmcp::model::JsonObject;
use serde_json::{Value, json};

/// One argument of a tool.
#[derive(Debug)]
pub(crate) struct Argument {
    /// Its name.
    pub(crate) name: &'static str,
    /// What it may be.
    pub(crate) form: Form,
    /// What the model is told of it.
    pub(crate) about: &'static str,
}

/// What an argument may be.
#[derive(Debug)]
pub(crate) enum Form {
    /// Text.
    Text,
    /// Text, and there must be some.
    Required,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A list of texts.
    Labels,
    /// 1 to this number.
    UpTo(u32),
}

/// The schema of a tool's arguments.
pub(crate) fn input(arguments: &[Argument]) -> Arc<JsonObject> {
    let mut properties = JsonObject::new();
    let mut required = Vec::new();
    for argument in arguments {
        let mut schema = match &argument.form {
            Form::Text => json!({"type": "string"}),
            Form::Required => {
                required.push(argument.name);
                json!({"type": "string"})
            }
            Form::OneOf(words) => json!({"type": "string", "enum": words}),
            Form::Labels => json!({"type": "array", "items": {"type": "string"}}),
            Form::UpTo(most) => json!({"type": "integer", "minimum": 1, "maximum": most}),
        };
        if let Value::Object(schema) = &mut schema {
            schema.insert("description".to_owned(), argument.about.into());
        }
        properties.insert(argument.name.to_owned(), schema);
    }
    object(json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    }))
}

/// The schema of the envelope around `data`.
pub(crate) fn output(data: Value) -> Arc<JsonObject> {
    let mut data = data;
    if let Value::Object(data) = &mut data {
        data.insert("type".to_owned(), json!(["object", "null"]));
    }
    object(json!({
        "type": "object",
        "properties": {
            "success": {"type": "boolean"},
            "data": data,
            "receipt": receipt(),
            "error": {
                "type": ["object", "null"],
                "properties": {
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                    "field": {"type": "string"},
                    "approval_id": {"type": "string"},
                    "idempotency_key": {"type": "string"},
                    "choices": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {
                                "task_id": {"type": "string"},
                                "title": {"type": "string"},
                                "status": {"type": "string"},
                            },
                            "required": ["task_id", "title", "status"],
                        },
                    },
                },
                "required": ["code", "message"],
            },
        },
        "required": ["success", "data", "receipt", "error"],
    }))
}

/// A task, as an object of its own or in a list.
pub(crate) fn task() -> Value {
    json!({
        "type": "object",
        "properties": {
            "id": {"type": "string"},
            "title": {"type": "string"},
            "description": {"type": "string"},
            "status": {"type": "string", "enum": ["pending", "in_progress", "completed"]},
            "priority": {"type": "string", "enum": ["low", "medium", "high", "urgent"]},
            "due_date": {"type": ["string", "null"]},
            "due": {
                "type": ["string", "null"],
                "description": "due_date in the person's own time zone, to be told to them.",
            },
            "completed_at": {"type": ["string", "null"]},
            "tags": {"type": "array", "items": {"type": "string"}},
            "recurrence": {"type": ["string", "null"]},
            "created_at": {"type": "string"},
            "updated_at": {"type": "string"},
            "version": {"type": "integer"},
            "created_by": {"type": "object"},
        },
        "required": ["id", "title", "status", "priority", "due_date", "due", "completed_at", "version"],
    })
}

fn receipt() -> Value {
    json!({
        "type": ["object", "null"],
        "properties": {
            "operation_id": {"type": "string"},
            "kind": {"type": "string"},
            "summary": {"type": "string"},
            "task": {"type": "object"},
            "changes": {"type": "array", "items": {"type": "object"}},
            "undoable": {"type": "boolean"},
            "undone_by": {"type": ["string", "null"]},
        },
        "required": ["operation_id", "kind", "summary", "task", "changes", "undoable"],
    })
}

fn object(schema: Value) -> Arc<JsonObject> {
    Arc::new(match schema {
        Value::Object(schema) => schema,
        _ => JsonObject::new(),
    })
}
