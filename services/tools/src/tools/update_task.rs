//! `update_task`: change fields of a task.

use taskchat_domain::{Description, Due, Recurrence, TaskId, TaskPatch, Title};

use crate::{
    args::{PRIORITY, TASK_ID},
    naming::{self, Among},
    outcome::{Done, Refusal},
    schema::{self, Argument, Form},
    tool::{Call, Effect, Tool},
    when,
};

pub(crate) const TOOL: Tool = Tool {
    name: "update_task",
    title: "Change a task",
    about: "Changes the given fields of a task and leaves the others alone. An empty text clears \
            description, due, tags or recurrence.",
    effect: Effect::Sets,
    arguments: &[
        TASK_ID,
        Argument {
            name: "title",
            form: Form::Text,
            about: "The new title; at most 200 characters.",
        },
        Argument {
            name: "description",
            form: Form::Text,
            about: "The new description; at most 1000 characters.",
        },
        Argument {
            name: "status",
            form: Form::OneOf(&["pending", "in_progress", "completed"]),
            about: "How far it has come.",
        },
        PRIORITY,
        Argument {
            name: "due",
            form: Form::Text,
            about: "When it is due: ISO, or a phrase such as \"next friday 5pm\". A day alone \
                    (\"friday\") keeps the time of day that the task has, a time alone (\"5pm\") its day; ISO \
                    forms do not.",
        },
        Argument {
            name: "tags",
            form: Form::Labels,
            about: "All of its labels; they replace the old ones.",
        },
        Argument {
            name: "recurrence",
            form: Form::Text,
            about: "How it repeats: an RFC 5545 rule.",
        },
    ],
    data: schema::task,
    retell: Some(Done::task),
    run: |call| Box::pin(run(call)),
};

async fn run(call: &Call<'_>) -> Result<Done, Refusal> {
    let mut patch = patch(call)?;
    naming::given(call)?;
    if patch.is_empty() {
        return Err(taskchat_domain::Error::NothingToUpdate.into());
    }
    let id = naming::task_id(call, Among::OpenFirst).await?;
    keep_the_rest(call, id, &mut patch).await?;
    let outcome = call.tools.tasks.update(&call.by(), id, patch, None).await?;
    Done::task(outcome, call.bench.time_zone)
}

/// "Move the dentist to friday" says nothing about three o'clock: that stays. "Move the dentist to four"
/// says nothing about friday: that stays, too, unless it would be over by then.
async fn keep_the_rest(call: &Call<'_>, id: TaskId, patch: &mut TaskPatch) -> Result<(), Refusal> {
    let Some(Some(due)) = patch.due else {
        return Ok(());
    };
    let is_part = match due {
        Due::Date(_) => call.names_day_alone("due")?,
        Due::Instant(_) => call.names_time_alone("due")?,
    };
    if !is_part {
        return Ok(());
    }
    let zone = call.bench.time_zone;
    let task = call.tools.tasks.get(&call.bench.user, id).await?;
    let moved = match (due, task.due) {
        (Due::Date(day), Some(Due::Instant(was))) => when::same_time(was, day, zone),
        (Due::Instant(at), Some(Due::Date(day))) => when::same_time(at, day, zone),
        (Due::Instant(at), Some(Due::Instant(was))) => {
            when::same_time(at, was.with_timezone(&zone.tz()).date_naive(), zone)
        }
        _ => None,
    };
    if let Some(moved) = moved.filter(|moved| matches!(due, Due::Date(_)) || *moved > call.now()) {
        patch.due = Some(Some(Due::Instant(moved)));
    }
    Ok(())
}

fn patch(call: &Call<'_>) -> Result<TaskPatch, Refusal> {
    let args = &call.args;
    for field in ["title", "status", "priority"] {
        if args.text(field)?.is_some() && args.given(field)?.is_none() {
            return Err(Refusal::invalid(field, "cannot be cleared"));
        }
    }
    let due = match args.text("due")? {
        None => None,
        Some(_) => Some(call.due("due")?),
    };
    let recurrence = match (args.text("recurrence")?, args.given("recurrence")?) {
        (None, _) => None,
        (Some(_), None) => Some(None),
        (Some(_), Some(rule)) => Some(Some(Recurrence::parse(rule)?)),
    };
    Ok(TaskPatch {
        title: args.given("title")?.map(Title::parse).transpose()?,
        description: args
            .text("description")?
            .map(Description::parse)
            .transpose()?,
        status: args.choice("status")?,
        priority: args.choice("priority")?,
        due,
        tags: args.tags("tags")?,
        recurrence,
    })
}
