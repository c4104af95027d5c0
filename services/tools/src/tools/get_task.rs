//! `get_task`: one task in full.

use crate::{
    args::TASK_ID,
    naming::{self, Among},
    outcome::{self, Done, Refusal},
    schema,
    tool::{Call, Effect, Tool},
};

pub(crate) const TOOL: Tool = Tool {
    name: "get_task",
    title: "Look up a task",
    about: "Finds one task and tells all about it.",
    effect: Effect::Reads,
    arguments: &[TASK_ID],
    data: schema::task,
    retell: None,
    run: |call| Box::pin(run(call)),
};

async fn run(call: &Call<'_>) -> Result<Done, Refusal> {
    let id = naming::task_id(call, Among::OpenFirst).await?;
    let task = call.tools.tasks.get(&call.bench.user, id).await?;
    Ok(Done::read(outcome::task(&task, call.bench.time_zone)?))
}
