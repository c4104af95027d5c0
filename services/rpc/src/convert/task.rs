//! Tasks: as shown, as asked for, and as changed.

use taskchat_domain::{
    Description, Due, Error, NewTask, Priority, Recurrence, Result, Status, Tags, Task, TaskFilter,
    TaskPatch, Title, UserId, search_words,
};
use taskchat_proto::v1;

use super::{operation, timestamp};

/// The fields that a person can set, in the order of the contract.
const SETTABLE: [&str; 7] = [
    "title",
    "description",
    "status",
    "priority",
    "due_date",
    "tags",
    "recurrence",
];

/// The fields that only we set; naming them changes nothing (AIP-203).
const OUTPUT_ONLY: [&str; 7] = [
    "id",
    "user_id",
    "completed_at",
    "created_at",
    "updated_at",
    "version",
    "created_by",
];

pub(crate) fn task(task: &Task, owner: &UserId) -> v1::Task {
    v1::Task {
        id: task.id.to_string(),
        user_id: owner.to_string(),
        title: task.title.to_string(),
        description: task.description.to_string(),
        status: status_out(task.status).into(),
        priority: priority_out(task.priority).into(),
        due_date: task.due.map(|due| due.to_string()),
        completed_at: task.completed_at.map(timestamp),
        tags: task.tags.as_slice().to_vec(),
        recurrence: task.recurrence.as_ref().map(ToString::to_string),
        created_at: Some(timestamp(task.created_at)),
        updated_at: Some(timestamp(task.updated_at)),
        version: task.version,
        created_by: Some(v1::Creator {
            origin: operation::origin(task.created_by).into(),
            turn_id: operation::turn_id(task.created_by),
        }),
    }
}

/// A task to be added. Output-only fields are ignored.
pub(crate) fn new_task(task: &v1::Task) -> Result<NewTask> {
    Ok(NewTask {
        title: Title::parse(&task.title)?,
        description: Description::parse(&task.description)?,
        status: status(task.status)?.unwrap_or(Status::Pending),
        priority: priority(task.priority)?.unwrap_or(Priority::Medium),
        due: due(task)?,
        tags: Tags::parse(&task.tags)?,
        recurrence: recurrence(task)?,
    })
}

/// What an update changes (AIP-134): the fields that the mask names, or without a mask those that
/// are set.
pub(crate) fn patch(request: &v1::UpdateTaskRequest) -> Result<TaskPatch> {
    let nothing = v1::Task::default();
    let task = request.task.as_ref().unwrap_or(&nothing);
    let mask = request.update_mask.as_ref().map(|mask| &mask.paths);
    let mut patch = TaskPatch::default();
    match mask.filter(|paths| !paths.is_empty()) {
        Some(paths) => {
            for path in paths {
                take(path, task, &mut patch)?;
            }
        }
        None => {
            for field in SETTABLE.into_iter().filter(|field| is_set(field, task)) {
                take(field, task, &mut patch)?;
            }
        }
    }
    if patch.is_empty() {
        return Err(Error::NothingToUpdate);
    }
    Ok(patch)
}

/// Takes one named field over into the patch; without a value it is cleared, which for status and
/// priority means their defaults and for a title is not possible.
fn take(path: &str, task: &v1::Task, patch: &mut TaskPatch) -> Result<()> {
    match path {
        "title" => patch.title = Some(Title::parse(&task.title)?),
        "description" => patch.description = Some(Description::parse(&task.description)?),
        "status" => patch.status = Some(status(task.status)?.unwrap_or(Status::Pending)),
        "priority" => patch.priority = Some(priority(task.priority)?.unwrap_or(Priority::Medium)),
        "due_date" => patch.due = Some(due(task)?),
        "tags" => patch.tags = Some(Tags::parse(&task.tags)?),
        "recurrence" => patch.recurrence = Some(recurrence(task)?),
        "*" => {
            for field in SETTABLE {
                take(field, task, patch)?;
            }
        }
        path if OUTPUT_ONLY.contains(&path) => {}
        path => {
            return Err(Error::invalid(
                "update_mask",
                format!("names an unknown field: {}", path.escape_debug()),
            ));
        }
    }
    Ok(())
}

fn is_set(field: &str, task: &v1::Task) -> bool {
    match field {
        "title" => !task.title.is_empty(),
        "description" => !task.description.is_empty(),
        "status" => task.status != 0,
        "priority" => task.priority != 0,
        "due_date" => task.due_date.is_some(),
        "tags" => !task.tags.is_empty(),
        "recurrence" => task.recurrence.is_some(),
        _ => false,
    }
}

/// The version an update expects; `None` when it takes any.
pub(crate) fn expected_version(request: &v1::UpdateTaskRequest) -> Result<Option<i32>> {
    let inside = request.task.as_ref().map_or(0, |task| task.version);
    match (request.version, inside) {
        (0, 0) => Ok(None),
        (0, version) | (version, 0) if version > 0 => Ok(Some(version)),
        (one, other) if one == other && one > 0 => Ok(Some(one)),
        (one, other) if one > 0 && other > 0 => {
            Err(Error::invalid("version", "is not the one inside the task"))
        }
        _ => Err(Error::invalid("version", "must not be negative")),
    }
}

/// Which tasks a list shows.
pub(crate) fn filter(request: &v1::ListTasksRequest) -> Result<TaskFilter> {
    let mut filter = TaskFilter {
        due_before: bound("due_before", &request.due_before)?,
        due_after: bound("due_after", &request.due_after)?,
        completed_before: bound("completed_before", &request.completed_before)?.map(Due::instant),
        completed_after: bound("completed_after", &request.completed_after)?.map(Due::instant),
        order: request.order_by.parse()?,
        ..TaskFilter::default()
    };
    for value in &request.status {
        let status = status(*value)?.ok_or_else(bad_status)?;
        // Once each, however often they are named: a statement can only hold so many values.
        if !filter.status.contains(&status) {
            filter.status.push(status);
        }
    }
    for value in &request.priority {
        let priority = priority(*value)?.ok_or_else(bad_priority)?;
        if !filter.priority.contains(&priority) {
            filter.priority.push(priority);
        }
    }
    filter.query = search_words(&request.query)?;
    Ok(filter)
}

fn bound(field: &'static str, text: &str) -> Result<Option<Due>> {
    match text {
        "" => Ok(None),
        text => Due::parse_field(field, text).map(Some),
    }
}

/// A due date; empty text is none.
fn due(task: &v1::Task) -> Result<Option<Due>> {
    match task.due_date.as_deref().map(str::trim) {
        None | Some("") => Ok(None),
        Some(text) => Due::parse(text).map(Some),
    }
}

fn recurrence(task: &v1::Task) -> Result<Option<Recurrence>> {
    match task.recurrence.as_deref().map(str::trim) {
        None | Some("") => Ok(None),
        Some(rule) => Recurrence::parse(rule).map(Some),
    }
}

fn status(value: i32) -> Result<Option<Status>> {
    match v1::TaskStatus::try_from(value) {
        Ok(v1::TaskStatus::Unspecified) => Ok(None),
        Ok(v1::TaskStatus::Pending) => Ok(Some(Status::Pending)),
        Ok(v1::TaskStatus::InProgress) => Ok(Some(Status::InProgress)),
        Ok(v1::TaskStatus::Completed) => Ok(Some(Status::Completed)),
        Err(_) => Err(bad_status()),
    }
}

fn priority(value: i32) -> Result<Option<Priority>> {
    match v1::TaskPriority::try_from(value) {
        Ok(v1::TaskPriority::Unspecified) => Ok(None),
        Ok(v1::TaskPriority::Low) => Ok(Some(Priority::Low)),
        Ok(v1::TaskPriority::Medium) => Ok(Some(Priority::Medium)),
        Ok(v1::TaskPriority::High) => Ok(Some(Priority::High)),
        Ok(v1::TaskPriority::Urgent) => Ok(Some(Priority::Urgent)),
        Err(_) => Err(bad_priority()),
    }
}

fn bad_status() -> Error {
    Error::invalid("status", "must be pending, in_progress or completed")
}

fn bad_priority() -> Error {
    Error::invalid("priority", "must be low, medium, high or urgent")
}

const fn status_out(status: Status) -> v1::TaskStatus {
    match status {
        Status::Pending => v1::TaskStatus::Pending,
        Status::InProgress => v1::TaskStatus::InProgress,
        Status::Completed => v1::TaskStatus::Completed,
    }
}

const fn priority_out(priority: Priority) -> v1::TaskPriority {
    match priority {
        Priority::Low => v1::TaskPriority::Low,
        Priority::Medium => v1::TaskPriority::Medium,
        Priority::High => v1::TaskPriority::High,
        Priority::Urgent => v1::TaskPriority::Urgent,
    }
}

#[cfg(test)]
mod tests;
