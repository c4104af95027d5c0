//! `list_tasks`: what is on the list.

use serde_json::{Value, json};
use taskchat_domain::{PageRequest, TaskFilter, TaskOrder};

use crate::{
    outcome::{Done, Refusal, value},
    schema::{self, Argument, Form},
    tool::{Call, Effect, Tool},
};

pub(crate) const TOOL: Tool = Tool {
    name: "list_tasks",
    title: "List tasks",
    about: "Lists the person's tasks, newest first. Without arguments: all of them.",
    effect: Effect::Reads,
    arguments: &[
        Argument {
            name: "status",
            form: Form::OneOf(&["open", "pending", "in_progress", "completed", "all"]),
            about: "Only these; open means not completed.",
        },
        Argument {
            name: "priority",
            form: Form::OneOf(&["low", "medium", "high", "urgent"]),
            about: "Only these.",
        },
        Argument {
            name: "due_before",
            form: Form::Text,
            about: "Only tasks due before this date or phrase; for overdue ones, today.",
        },
        Argument {
            name: "due_after",
            form: Form::Text,
            about: "Only tasks due on this date or phrase, or later.",
        },
        Argument {
            name: "query",
            form: Form::Text,
            about: "Only tasks with these words in title, description or tags.",
        },
        Argument {
            name: "limit",
            form: Form::UpTo(PageRequest::MAX),
            about: "At most so many; 50 unless said otherwise.",
        },
    ],
    data,
    run: |call| Box::pin(run(call)),
};

fn data() -> Value {
    json!({
        "properties": {
            "tasks": {"type": "array", "items": schema::task()},
            "count": {"type": "integer"},
            "more": {"type": "boolean", "description": "Whether there are more than these."},
        },
        "required": ["tasks", "count", "more"],
    })
}

async fn run(call: &Call<'_>) -> Result<Done, Refusal> {
    let args = &call.args;
    let filter = TaskFilter {
        status: args.statuses("status")?,
        priority: args.choice("priority")?.into_iter().collect(),
        due_before: call.due("due_before")?,
        due_after: call.due("due_after")?,
        query: args.given("query")?.map(str::to_owned),
        order: TaskOrder::default(),
    };
    let page = PageRequest {
        size: args
            .count("limit", PageRequest::MAX)?
            .unwrap_or(PageRequest::DEFAULT),
        token: None,
    };
    let found = call
        .tools
        .tasks
        .list(&call.bench.user, &filter, &page)
        .await?;
    Ok(Done::read(json!({
        "tasks": value(&found.items)?,
        "count": found.items.len(),
        "more": found.next.is_some(),
    })))
}
