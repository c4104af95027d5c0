//! `complete_task`: mark a task as done.

use crate::{
    args::TASK_ID,
    naming::{self, Among},
    outcome::{Done, Refusal},
    schema,
    tool::{Call, Effect, Tool},
};

pub(crate) const TOOL: Tool = Tool {
    name: "complete_task",
    title: "Complete a task",
    about: "Marks a task as completed. If it is already, nothing changes.",
    effect: Effect::Sets,
    arguments: &[TASK_ID],
    data: schema::task,
    retell: Some(Done::task),
    run: |call| Box::pin(run(call)),
};

async fn run(call: &Call<'_>) -> Result<Done, Refusal> {
    let id = naming::task_id(call, Among::OpenFirst).await?;
    let outcome = call.tools.tasks.set_completed(&call.by(), id, true).await?;
    Done::task(outcome, call.bench.time_zone)
}
