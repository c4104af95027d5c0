//! Lists of tasks: any filter, any order, page by page.

use sea_orm::{
    ColumnTrait, Condition, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::NullOrdering,
};
use serde::{Deserialize, Serialize};
use taskchat_domain::{OrderKey, Page, PageRequest, Result, Task, TaskFilter, Timestamp};
use uuid::Uuid;

use crate::{
    UserScope,
    convert::micros,
    entity::task::{Column, Entity},
    error::translate,
    keyset::{fingerprint, foreign_token, is_storable},
    tasks::{contains, rank, task},
};

/// The place of a task in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Place {
    /// The list: filter and order.
    of: String,
    /// The task's values of the keys it is ordered by.
    by: Vec<Value>,
    /// The task, to tell it from others with the same values.
    id: Uuid,
}

/// One value that tasks are ordered by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Value {
    At(Timestamp),
    Due(Option<Timestamp>),
    Rank(i16),
    Title(String),
}

impl Value {
    /// False for what only a forged token can hold.
    fn is_storable(&self) -> bool {
        match self {
            Self::At(at) | Self::Due(Some(at)) => is_storable(*at),
            Self::Due(None) | Self::Rank(_) => true,
            Self::Title(title) => !title.contains('\0'),
        }
    }
}

/// One key of the order; `true` means descending.
type Key = (OrderKey, bool);

impl UserScope {
    /// The tasks that are not deleted and pass the filter, in its order.
    ///
    /// # Errors
    /// [`taskchat_domain::Error::Invalid`] naming `page_token` when the token was made for another
    /// filter or order.
    pub async fn tasks(&self, filter: &TaskFilter, page: &PageRequest) -> Result<Page<Task>> {
        let of = fingerprint(&(
            "tasks",
            &filter.status,
            &filter.priority,
            filter.due_before,
            filter.due_after,
            filter.completed_before,
            filter.completed_after,
            &filter.query,
            &filter.order,
        ))?;
        let keys = total(filter.order.keys());
        let mut query = Entity::find()
            .filter(Column::UserId.eq(self.user_id()))
            .filter(Column::DeletedAt.is_null())
            .filter(passes(filter));
        if let Some(place) = page.cursor::<Place>()? {
            if place.of != of {
                return Err(foreign_token());
            }
            query = query.filter(after(&keys, &place)?);
        }
        let rows = ordered(query, &keys)
            .limit(u64::from(page.size) + 1)
            .all(&self.reader)
            .await
            .map_err(translate)?;
        let tasks = rows.into_iter().map(task).collect::<Result<Vec<_>>>()?;
        Page::from_surplus(tasks, page.size, |last| Place {
            of,
            by: keys.iter().map(|(key, _)| value(*key, last)).collect(),
            id: last.id.uuid(),
        })
    }
}

/// Breaks ties by age, oldest first.
fn total(keys: &[Key]) -> Vec<Key> {
    let mut keys = keys.to_vec();
    if !keys.iter().any(|(key, _)| *key == OrderKey::CreatedAt) {
        keys.push((OrderKey::CreatedAt, false));
    }
    keys
}

/// Tasks of the same instant are told apart in the direction of their age.
fn ids_descend(keys: &[Key]) -> bool {
    keys.iter()
        .any(|(key, descending)| *key == OrderKey::CreatedAt && *descending)
}

fn passes(filter: &TaskFilter) -> Condition {
    let mut all = Condition::all();
    if !filter.status.is_empty() {
        let names = filter.status.iter().map(|status| status.as_str());
        all = all.add(Column::Status.is_in(names));
    }
    if !filter.priority.is_empty() {
        let ranks = filter.priority.iter().map(|priority| rank(*priority));
        all = all.add(Column::Priority.is_in(ranks));
    }
    if let Some(due) = filter.due_before {
        all = all.add(Column::DueAt.lt(micros(due.instant())));
    }
    if let Some(due) = filter.due_after {
        all = all.add(Column::DueAt.gte(micros(due.instant())));
    }
    if let Some(at) = filter.completed_before {
        all = all.add(Column::CompletedAt.lt(micros(at)));
    }
    if let Some(at) = filter.completed_after {
        all = all.add(Column::CompletedAt.gte(micros(at)));
    }
    if let Some(query) = &filter.query {
        all = all.add(Column::SearchText.like(contains(query)));
    }
    all
}

const fn column(key: OrderKey) -> Column {
    match key {
        OrderKey::CreatedAt => Column::CreatedAt,
        OrderKey::UpdatedAt => Column::UpdatedAt,
        OrderKey::DueDate => Column::DueAt,
        OrderKey::Priority => Column::Priority,
        OrderKey::Title => Column::Title,
    }
}

fn value(key: OrderKey, task: &Task) -> Value {
    match key {
        OrderKey::CreatedAt => Value::At(task.created_at),
        OrderKey::UpdatedAt => Value::At(task.updated_at),
        OrderKey::DueDate => Value::Due(task.due.map(|due| micros(due.instant()))),
        OrderKey::Priority => Value::Rank(rank(task.priority)),
        OrderKey::Title => Value::Title(task.title.to_string()),
    }
}

fn ordered(mut query: Select<Entity>, keys: &[Key]) -> Select<Entity> {
    let order = |descending| if descending { Order::Desc } else { Order::Asc };
    for (key, descending) in keys {
        query = match key {
            OrderKey::DueDate => {
                query.order_by_with_nulls(Column::DueAt, order(*descending), NullOrdering::Last)
            }
            _ => query.order_by(column(*key), order(*descending)),
        };
    }
    query.order_by(Column::Id, order(ids_descend(keys)))
}

/// What comes after a place: later by some key and equal by all keys before it.
fn after(keys: &[Key], place: &Place) -> Result<Condition> {
    if keys.len() != place.by.len() {
        return Err(foreign_token());
    }
    let mut any = Condition::any();
    let mut equal = Condition::all();
    for ((key, descending), value) in keys.iter().zip(&place.by) {
        let (later, same) = step(*key, *descending, value)?;
        if let Some(later) = later {
            any = any.add(equal.clone().add(later));
        }
        equal = equal.add(same);
    }
    let by_id = if ids_descend(keys) {
        Column::Id.lt(place.id)
    } else {
        Column::Id.gt(place.id)
    };
    Ok(any.add(equal.add(by_id)))
}

/// What is later than `value` by one key (`None`: nothing is), and what is the same.
fn step(key: OrderKey, descending: bool, value: &Value) -> Result<(Option<Condition>, Condition)> {
    let column = column(key);
    let later_than = |value: sea_orm::Value| {
        if descending {
            column.lt(value)
        } else {
            column.gt(value)
        }
    };
    if !value.is_storable() {
        return Err(foreign_token());
    }
    let value: sea_orm::Value = match (key, value) {
        // Tasks without a due date are last: after every date, and nothing is after them.
        (OrderKey::DueDate, Value::Due(None)) => {
            return Ok((None, Condition::all().add(column.is_null())));
        }
        (OrderKey::DueDate, Value::Due(Some(at))) => {
            let later = Condition::any()
                .add(later_than((*at).into()))
                .add(column.is_null());
            return Ok((Some(later), Condition::all().add(column.eq(*at))));
        }
        (OrderKey::CreatedAt | OrderKey::UpdatedAt, Value::At(at)) => (*at).into(),
        (OrderKey::Priority, Value::Rank(rank)) => (*rank).into(),
        (OrderKey::Title, Value::Title(title)) => title.as_str().into(),
        _ => return Err(foreign_token()),
    };
    Ok((
        Some(Condition::all().add(later_than(value.clone()))),
        Condition::all().add(column.eq(value)),
    ))
}
