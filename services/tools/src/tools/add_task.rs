//! `add_task`: put something on the list.

use taskchat_domain::{Description, Due, NewTask, Recurrence, Title};
use taskchat_tasks::first_occurrence;

use crate::{
    args::{DUE, PRIORITY, RECURRENCE},
    outcome::{Code, Done, Refusal},
    schema::{self, Argument, Form},
    tool::{Call, Effect, Tool},
};

pub(crate) const TOOL: Tool = Tool {
    name: "add_task",
    title: "Add a task",
    about: "Adds one task to the person's list.",
    effect: Effect::Adds,
    arguments: &[
        Argument {
            name: "title",
            form: Form::Required,
            about: "What is to be done, in the person's words; at most 200 characters.",
        },
        Argument {
            name: "description",
            form: Form::Text,
            about: "More about it; at most 1000 characters.",
        },
        PRIORITY,
        DUE,
        Argument {
            name: "tags",
            form: Form::Labels,
            about: "Labels.",
        },
        RECURRENCE,
        Argument {
            name: "status",
            form: Form::OneOf(&["pending", "in_progress", "completed"]),
            about: "Pending unless said otherwise.",
        },
    ],
    data: schema::task,
    retell: Some(Done::task),
    run: |call| Box::pin(run(call)),
};

async fn run(call: &Call<'_>) -> Result<Done, Refusal> {
    let args = &call.args;
    let title = args
        .given("title")?
        .ok_or_else(|| Refusal::new(Code::MissingTitle, "title is required"))?;
    let mut task = NewTask::titled(Title::parse(title)?);
    if let Some(text) = args.given("description")? {
        task.description = Description::parse(text)?;
    }
    if let Some(priority) = args.choice("priority")? {
        task.priority = priority;
    }
    if let Some(status) = args.choice("status")? {
        task.status = status;
    }
    task.due = call.due("due")?;
    if let Some(tags) = args.tags("tags")? {
        task.tags = tags;
    }
    if let Some(rule) = args.given("recurrence")? {
        task.recurrence = Some(Recurrence::parse(rule)?);
    }
    if let (Some(rule), Some(Due::Instant(at))) = (&task.recurrence, task.due)
        && call.names_time_alone("due")?
        && let Some(first) = first_occurrence(rule, at, call.bench.time_zone)
    {
        task.due = Some(Due::Instant(first));
    }
    let outcome = call.tools.tasks.create(&call.by(), task).await?;
    Done::task(outcome, call.bench.time_zone)
}
