//! `restore_task`: put a deleted task back on the list.

use crate::{
    args::TASK_ID,
    naming,
    outcome::{Done, Refusal},
    schema,
    tool::{Call, Effect, Tool},
};

pub(crate) const TOOL: Tool = Tool {
    name: "restore_task",
    title: "Restore a task",
    about: "Brings a deleted task back.",
    effect: Effect::Sets,
    arguments: &[TASK_ID],
    data: schema::task,
    retell: Some(Done::task),
    run: |call| Box::pin(run(call)),
};

async fn run(call: &Call<'_>) -> Result<Done, Refusal> {
    let id = naming::deleted_task_id(call).await?;
    let outcome = call.tools.tasks.restore(&call.by(), id).await?;
    Done::task(outcome, call.bench.time_zone)
}
