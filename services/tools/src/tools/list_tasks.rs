//! `list_tasks`: what is on the list.

use serde_json::{Value, json};
use taskchat_domain::{PageRequest, Task, TaskFilter, TaskOrder, search_words};

use crate::{
    due_range::DueRange,
    outcome::{self, Done, Refusal},
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
            name: "completed_before",
            form: Form::Text,
            about: "Only tasks completed before this date or phrase.",
        },
        Argument {
            name: "completed_after",
            form: Form::Text,
            about: "Only tasks completed on this date or phrase, or later: today, last monday.",
        },
        Argument {
            name: "query",
            form: Form::Text,
            about: "Only tasks with this text in title, description or a tag; at most 200 characters.",
        },
        Argument {
            name: "limit",
            form: Form::UpTo(PageRequest::MAX),
            about: "At most so many; 50 unless said otherwise.",
        },
    ],
    data,
    retell: None,
    run: |call| Box::pin(run(call)),
};

/// How many pages are looked through for tasks of a range.
const MOST_PAGES: usize = 50;

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
    let range = DueRange {
        after: call.due("due_after")?,
        before: call.due("due_before")?,
        zone: call.bench.time_zone,
    };
    let (due_after, due_before) = range.widened();
    let completed = |name| Ok::<_, Refusal>(call.due(name)?.map(|due| range.start_of(due)));
    let filter = TaskFilter {
        status: args.statuses("status")?,
        priority: args.choice("priority")?.into_iter().collect(),
        due_before,
        due_after,
        completed_before: completed("completed_before")?,
        completed_after: completed("completed_after")?,
        query: search_words(args.given("query")?.unwrap_or_default())?,
        order: TaskOrder::default(),
    };
    let limit = args
        .count("limit", PageRequest::MAX)?
        .unwrap_or(PageRequest::DEFAULT);
    let (tasks, more) = found(call, &filter, range, limit).await?;
    let told = tasks
        .iter()
        .map(|task| outcome::task(task, range.zone))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Done::read(json!({
        "tasks": told,
        "count": tasks.len(),
        "more": more,
    })))
}

/// The first tasks that are meant, and whether there are more.
async fn found(
    call: &Call<'_>,
    filter: &TaskFilter,
    range: DueRange,
    limit: u32,
) -> Result<(Vec<Task>, bool), Refusal> {
    let limit = limit as usize;
    let mut tasks = Vec::new();
    let mut page = PageRequest {
        size: u32::try_from(limit).unwrap_or(PageRequest::MAX),
        token: None,
    };
    for _ in 0..MOST_PAGES {
        let found = call
            .tools
            .tasks
            .list(&call.bench.user, filter, &page)
            .await?;
        tasks.extend(found.items.into_iter().filter(|task| range.holds(task.due)));
        page.token = found.next;
        if tasks.len() > limit || page.token.is_none() || range.is_open() {
            break;
        }
    }
    let more = tasks.len() > limit || page.token.is_some();
    tasks.truncate(limit);
    Ok((tasks, more))
}
