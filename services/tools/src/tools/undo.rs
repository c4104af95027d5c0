//! `undo`: take back an operation, the latest unless told which.

use taskchat_domain::{Error, Noun, OperationId};

use crate::{
    outcome::{Code, Done, Refusal},
    schema::{self, Argument, Form},
    tool::{Call, Effect, Tool},
};

pub(crate) const TOOL: Tool = Tool {
    name: "undo",
    title: "Undo",
    about: "Takes back the latest change to the person's tasks, or the one that is named.",
    effect: Effect::Reverts,
    arguments: &[Argument {
        name: "operation_id",
        form: Form::Text,
        about: "Which change: operation_id of its receipt. The latest one when absent.",
    }],
    data: schema::task,
    retell: Some(Done::task),
    run: |call| Box::pin(run(call)),
};

async fn run(call: &Call<'_>) -> Result<Done, Refusal> {
    let tasks = &call.tools.tasks;
    let by = call.by();
    let outcome = match call.args.given("operation_id")? {
        Some(id) => tasks.undo(&by, OperationId::parse(id)?).await?,
        None => match tasks.undo_latest(&by).await {
            Err(Error::NotFound(Noun::Operation)) => {
                let nothing = "there is nothing to undo";
                return Err(Refusal::new(Code::OperationNotFound, nothing));
            }
            outcome => outcome?,
        },
    };
    Done::task(outcome, call.bench.time_zone)
}
