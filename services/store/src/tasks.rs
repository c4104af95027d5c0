//! Tasks. Lists of them are in `task_list`.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
    sea_query::{Expr, LikeExpr},
};
use taskchat_domain::{
    Description, Due, Error, Priority, Recurrence, Result, Status, Tags, Task, TaskId, Timestamp,
    Title,
};
use uuid::Uuid;

use crate::{
    UserScope, UserTx,
    convert::{folded, from_json, micros, origin, origin_columns, to_json},
    entity::task::{ActiveModel, Column, Entity, Model},
    error::{corrupt, translate},
};

const TABLE: &str = "tasks";

/// Candidates looked at when a task is named by words.
const MOST_NAMED: u64 = 200;

impl UserScope {
    /// A task that is not deleted.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn task(&self, id: TaskId) -> Result<Option<Task>> {
        let row = Entity::find_by_id(id.uuid())
            .filter(Column::UserId.eq(self.user_id()))
            .filter(Column::DeletedAt.is_null())
            .one(&self.reader)
            .await
            .map_err(translate)?;
        row.map(task).transpose()
    }

    /// A deleted task.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn deleted_task(&self, id: TaskId) -> Result<Option<Task>> {
        let row = Entity::find_by_id(id.uuid())
            .filter(Column::UserId.eq(self.user_id()))
            .filter(Column::DeletedAt.is_not_null())
            .one(&self.reader)
            .await
            .map_err(translate)?;
        row.map(task).transpose()
    }

    /// Up to 200 tasks, newest first, whose titles hold every one of `words`, in any letter case
    /// and also as parts of longer words.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn tasks_named(&self, words: &[String]) -> Result<Vec<Task>> {
        let mut query = Entity::find()
            .filter(Column::UserId.eq(self.user_id()))
            .filter(Column::DeletedAt.is_null());
        for word in words {
            query = query.filter(Column::TitleKey.like(contains(word)));
        }
        let rows = query
            .order_by_desc(Column::CreatedAt)
            .order_by_desc(Column::Id)
            .limit(MOST_NAMED)
            .all(&self.reader)
            .await
            .map_err(translate)?;
        rows.into_iter().map(task).collect()
    }
}

impl UserTx {
    /// A task to be changed, and whether it is deleted. Nobody else changes it meanwhile.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn task_for_update(&self, id: TaskId) -> Result<Option<(Task, bool)>> {
        let row = Entity::find_by_id(id.uuid())
            .filter(Column::UserId.eq(self.user_id()))
            .lock_exclusive()
            .one(&self.tx)
            .await
            .map_err(translate)?;
        row.map(|row| {
            let deleted = row.deleted_at.is_some();
            Ok((task(row)?, deleted))
        })
        .transpose()
    }

    /// Adds a task.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn insert_task(&self, task: &Task) -> Result<()> {
        Entity::insert(model(task, self.user_id())?.into_active_model())
            .exec_without_returning(&self.tx)
            .await
            .map_err(translate)?;
        Ok(())
    }

    /// Stores all fields of a task that is not deleted and still has the version before this one.
    ///
    /// # Errors
    /// [`Error::Conflict`] naming `version` when it has not.
    pub async fn save_task(&self, task: &Task) -> Result<()> {
        let row: ActiveModel = model(task, self.user_id())?.into_active_model().reset_all();
        let saved = Entity::update_many()
            .set(row)
            .filter(Column::Id.eq(task.id.uuid()))
            .filter(Column::UserId.eq(self.user_id()))
            .filter(Column::Version.eq(before(task.version)))
            .filter(Column::DeletedAt.is_null())
            .exec(&self.tx)
            .await
            .map_err(translate)?;
        one_row(saved.rows_affected)
    }

    /// Deletes a task, or brings it back (`None`); `version` and `updated_at` are taken from
    /// `task`, which must follow on the stored version.
    ///
    /// # Errors
    /// [`Error::Conflict`] naming `version` when it does not.
    pub async fn set_task_deleted(&self, task: &Task, at: Option<Timestamp>) -> Result<()> {
        let saved = Entity::update_many()
            .col_expr(Column::DeletedAt, Expr::value(at.map(micros)))
            .col_expr(Column::UpdatedAt, Expr::value(micros(task.updated_at)))
            .col_expr(Column::Version, Expr::value(task.version))
            .filter(Column::Id.eq(task.id.uuid()))
            .filter(Column::UserId.eq(self.user_id()))
            .filter(Column::Version.eq(before(task.version)))
            .exec(&self.tx)
            .await
            .map_err(translate)?;
        one_row(saved.rows_affected)
    }
}

fn before(version: i32) -> i32 {
    version.saturating_sub(1)
}

fn one_row(rows: u64) -> Result<()> {
    if rows == 1 {
        return Ok(());
    }
    Err(Error::Conflict {
        field: Some("version".into()),
        problem: "the task has changed in the meantime".into(),
    })
}

/// A pattern for text that holds `part`, which is folded here.
pub(crate) fn contains(part: &str) -> LikeExpr {
    let mut pattern = String::from("%");
    for char in folded(part).chars() {
        if matches!(char, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(char);
    }
    pattern.push('%');
    // Not a backslash: the two databases quote it differently.
    LikeExpr::new(pattern).escape('!')
}

/// The priority as a number that sorts.
pub(crate) const fn rank(priority: Priority) -> i16 {
    match priority {
        Priority::Low => 1,
        Priority::Medium => 2,
        Priority::High => 3,
        Priority::Urgent => 4,
    }
}

fn priority(rank: i16) -> Option<Priority> {
    [
        Priority::Low,
        Priority::Medium,
        Priority::High,
        Priority::Urgent,
    ]
    .into_iter()
    .find(|priority| self::rank(*priority) == rank)
}

fn model(task: &Task, user: &str) -> Result<Model> {
    let (origin, origin_turn_id): (String, Option<Uuid>) = origin_columns(task.created_by);
    let search_text = [task.title.as_str(), task.description.as_str()]
        .into_iter()
        .chain(task.tags.as_slice().iter().map(String::as_str))
        .map(folded)
        .collect::<Vec<_>>()
        .join("\n");
    Ok(Model {
        id: task.id.uuid(),
        user_id: user.to_owned(),
        title: task.title.to_string(),
        title_key: folded(task.title.as_str()),
        description: task.description.to_string(),
        status: task.status.as_str().to_owned(),
        priority: rank(task.priority),
        due: task.due.map(|due| due.to_string()),
        due_at: task.due.map(|due| micros(due.instant())),
        completed_at: task.completed_at.map(micros),
        tags: to_json(&task.tags)?,
        recurrence: task.recurrence.as_ref().map(ToString::to_string),
        search_text,
        version: task.version,
        origin,
        origin_turn_id,
        created_at: micros(task.created_at),
        updated_at: micros(task.updated_at),
        deleted_at: None,
    })
}

pub(crate) fn task(row: Model) -> Result<Task> {
    let bad = |cause: Error| corrupt(TABLE, cause);
    Ok(Task {
        id: row.id.into(),
        title: Title::parse(&row.title).map_err(bad)?,
        description: Description::parse(&row.description).map_err(bad)?,
        status: row.status.parse::<Status>().map_err(bad)?,
        priority: priority(row.priority).ok_or_else(|| corrupt(TABLE, "priority"))?,
        due: row
            .due
            .as_deref()
            .map(Due::parse)
            .transpose()
            .map_err(bad)?,
        completed_at: row.completed_at,
        tags: from_json::<Tags>(TABLE, &row.tags)?,
        recurrence: row
            .recurrence
            .map(Recurrence::try_from)
            .transpose()
            .map_err(bad)?,
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
        created_by: origin(TABLE, &row.origin, row.origin_turn_id)?,
    })
}
