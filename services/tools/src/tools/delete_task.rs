//! `delete_task`: take a task off the list, until it is restored.

use serde_json::{Value, json};
use taskchat_tasks::Outcome;

use crate::{
    args::TASK_ID,
    naming::{self, Among},
    outcome::{Done, Refusal},
    tool::{Call, Effect, Tool},
};

pub(crate) const TOOL: Tool = Tool {
    name: "delete_task",
    title: "Delete a task",
    about: "Deletes one task. It can be restored.",
    effect: Effect::Removes,
    arguments: &[TASK_ID],
    data,
    retell: Some(|outcome, _zone| told(outcome)),
    run: |call| Box::pin(run(call)),
};

fn data() -> Value {
    json!({
        "properties": {"task_id": {"type": "string"}, "deleted": {"type": "boolean"}},
        "required": ["task_id", "deleted"],
    })
}

async fn run(call: &Call<'_>) -> Result<Done, Refusal> {
    let id = naming::task_id(call, Among::OpenFirst).await?;
    told(call.tools.tasks.delete(&call.by(), id).await?)
}

fn told(outcome: Outcome) -> Result<Done, Refusal> {
    let data = json!({"task_id": outcome.task.id, "deleted": true});
    Ok(Done::with(data, outcome))
}
