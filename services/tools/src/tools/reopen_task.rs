//! `reopen_task`: take a task up again.

use crate::{
    args::TASK_ID,
    naming::{self, Among},
    outcome::{Done, Refusal},
    schema,
    tool::{Call, Effect, Tool},
};

pub(crate) const TOOL: Tool = Tool {
    name: "reopen_task",
    title: "Reopen a task",
    about: "Marks a completed task as pending again.",
    effect: Effect::Sets,
    arguments: &[TASK_ID],
    data: schema::task,
    retell: Some(Done::task),
    run: |call| Box::pin(run(call)),
};

async fn run(call: &Call<'_>) -> Result<Done, Refusal> {
    let id = naming::task_id(call, Among::CompletedFirst).await?;
    let outcome = call
        .tools
        .tasks
        .set_completed(&call.by(), id, false)
        .await?;
    Done::task(outcome, call.bench.time_zone)
}
