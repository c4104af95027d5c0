//! `search_messages`: find words in earlier conversations.

use serde_json::{Value, json};
use taskchat_domain::search_words;

use crate::{
    outcome::{Done, Refusal, value},
    schema::{Argument, Form},
    tool::{Call, Effect, Tool},
};

/// The most places told in one answer: models read all of them.
const MOST: u32 = 50;

pub(crate) const TOOL: Tool = Tool {
    name: "search_messages",
    title: "Search messages",
    about: "Finds words in the person's earlier conversations, newest first.",
    effect: Effect::Reads,
    arguments: &[
        Argument {
            name: "query",
            form: Form::Required,
            about: "Words as they were written; at most 200 characters.",
        },
        Argument {
            name: "limit",
            form: Form::UpTo(MOST),
            about: "At most so many; 10 unless said otherwise.",
        },
    ],
    data,
    retell: None,
    run: |call| Box::pin(run(call)),
};

fn data() -> Value {
    json!({
        "properties": {
            "messages": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "conversation_id": {"type": "string"},
                        "role": {"type": "string", "enum": ["user", "assistant"]},
                        "text": {"type": "string"},
                        "created_at": {"type": "string"},
                    },
                    "required": ["conversation_id", "role", "text", "created_at"],
                },
            },
            "count": {"type": "integer"},
        },
        "required": ["messages", "count"],
    })
}

async fn run(call: &Call<'_>) -> Result<Done, Refusal> {
    let query = search_words(call.args.given("query")?.unwrap_or_default())?
        .ok_or_else(|| Refusal::invalid("query", "field is required"))?;
    let limit = call.args.count("limit", MOST)?.unwrap_or(10);
    let user = call.bench.user.clone();
    let found = (call.tools.search)(user, query, limit).await?;
    Ok(Done::read(json!({
        "messages": value(&found)?,
        "count": found.len(),
    })))
}
