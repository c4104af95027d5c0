//! The ledger: what was done to tasks, once per key.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    Select,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};
use serde_json::Value;
use taskchat_domain::{
    Error, Noun, Operation, OperationId, Origin, Page, PageRequest, ReceiptKind, Result,
    TaskChange, TaskId, Timestamp, TurnId,
};
use uuid::Uuid;

use crate::{
    UserScope, UserTx,
    convert::{from_json, from_name, micros, origin, origin_columns, to_json, to_name},
    entity::{
        operation::{Column, Entity, Model},
        operation_task, user,
    },
    error::translate,
    keyset::Place,
};

const TABLE: &str = "operations";

/// How many operations on a task and another one are looked through. Those about the task before it
/// in its series are a handful: with every occurrence a new task begins.
const MOST_BESIDE: u64 = 100;

impl UserScope {
    /// Which of these operations were taken back, and by which operation each.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn undone(&self, ids: &[OperationId]) -> Result<HashMap<OperationId, OperationId>> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let pairs: Vec<(Uuid, Uuid)> = Entity::find()
            .select_only()
            .column(Column::Id)
            .column(Column::UndoneBy)
            .filter(Column::UserId.eq(self.user_id()))
            .filter(Column::UndoneBy.is_not_null())
            .filter(Column::Id.is_in(ids.iter().map(|id| id.uuid())))
            .into_tuple()
            .all(&self.reader)
            .await
            .map_err(translate)?;
        let pairs = pairs.into_iter();
        Ok(pairs.map(|(id, by)| (id.into(), by.into())).collect())
    }

    /// What a turn changed, in order. Operations that found nothing to do are left out.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn turn_operations(&self, turn: TurnId) -> Result<Vec<Operation>> {
        let rows = changing(self.user_id())
            .filter(Column::OriginTurnId.eq(turn.uuid()))
            .order_by_asc(Column::CreatedAt)
            .order_by_asc(Column::Id)
            .all(&self.reader)
            .await
            .map_err(translate)?;
        rows.into_iter().map(operation).collect()
    }

    /// The number of the latest operation; 0 when there was none.
    ///
    /// # Errors
    /// Those of the database; [`Error::NotFound`] when there is no such person.
    pub async fn last_operation(&self) -> Result<i32> {
        let row = user::Entity::find_by_id(self.user_id())
            .one(&self.reader)
            .await
            .map_err(translate)?
            .ok_or(Error::NotFound(Noun::User))?;
        Ok(row.last_operation)
    }

    /// Up to `limit` operations after number `after`, in order, each with its number.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn operations_after(&self, after: i32, limit: u32) -> Result<Vec<(i32, Operation)>> {
        let rows = Entity::find()
            .filter(Column::UserId.eq(self.user_id()))
            .filter(Column::Seq.gt(after))
            .order_by_asc(Column::Seq)
            .limit(u64::from(limit))
            .all(&self.reader)
            .await
            .map_err(translate)?;
        rows.into_iter()
            .map(|row| Ok((row.seq.unwrap_or(after), operation(row)?)))
            .collect()
    }

    /// What was done, newest first: to one task, or to all. Operations that found nothing to do
    /// are left out.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming `page_token` when the token was made for another list.
    pub async fn operations(
        &self,
        task: Option<TaskId>,
        page: &PageRequest,
    ) -> Result<Page<Operation>> {
        let of = match task {
            Some(id) => format!("operations of {id}"),
            None => "operations".to_owned(),
        };
        let mut query = changing(self.user_id());
        if let Some(id) = task {
            let touching = touching(self.user_id(), id);
            query = query.filter(Column::Id.in_subquery(touching));
        }
        if let Some(place) = Place::asked(page, &of)? {
            query = query.filter(place.after(Column::CreatedAt, Column::Id));
        }
        let rows = newest_first(query)
            .limit(u64::from(page.size) + 1)
            .all(&self.reader)
            .await
            .map_err(translate)?;
        let operations = rows
            .into_iter()
            .map(operation)
            .collect::<Result<Vec<_>>>()?;
        Page::from_surplus(operations, page.size, |last| {
            Place::new(&of, last.created_at, last.id.uuid())
        })
    }
}

impl UserTx {
    /// What was done under this key, with its fingerprint. The key is this transaction's until it
    /// ends: whoever else asks for it waits and then sees what was done here.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn find_operation(&self, key: &str) -> Result<Option<(Operation, String)>> {
        self.hold("operation", key).await?;
        let row = Entity::find()
            .filter(Column::UserId.eq(self.user_id()))
            .filter(Column::Key.eq(key))
            .one(&self.tx)
            .await
            .map_err(translate)?;
        row.map(|row| {
            let fingerprint = row.fingerprint.clone();
            Ok((operation(row)?, fingerprint))
        })
        .transpose()
    }

    /// Sees to it that nothing is done under this key any more, under which nothing was done so far:
    /// whoever comes late finds an operation that changed nothing, not even asked for anything.
    ///
    /// # Errors
    /// [`Error::AlreadyExists`] when the key is taken.
    pub async fn give_up_operation(&self, key: &str, origin: Origin, at: Timestamp) -> Result<()> {
        let nothing = Operation {
            id: OperationId::new(),
            kind: ReceiptKind::Updated,
            origin,
            changes: Vec::new(),
            undoes: None,
            undone_by: None,
            created_at: at,
        };
        let arguments = Value::Object(serde_json::Map::new());
        self.insert_operation(&nothing, key, "", "give_up", &arguments)
            .await
    }

    /// One operation, to be undone or redone by nobody else meanwhile.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn operation_for_update(&self, id: OperationId) -> Result<Option<Operation>> {
        let row = Entity::find_by_id(id.uuid())
            .filter(Column::UserId.eq(self.user_id()))
            .lock_exclusive()
            .one(&self.tx)
            .await
            .map_err(translate)?;
        row.map(operation).transpose()
    }

    /// Writes an operation down under its key, with the next number if it changed something. The
    /// person's other operations wait from here on: to be called last, so that nothing else is
    /// waited for meanwhile.
    ///
    /// # Errors
    /// [`Error::AlreadyExists`] when the key is taken.
    pub async fn insert_operation(
        &self,
        operation: &Operation,
        key: &str,
        fingerprint: &str,
        verb: &str,
        arguments: &Value,
    ) -> Result<()> {
        let (origin, origin_turn_id) = origin_columns(operation.origin);
        let changed = operation.changes.iter().any(changes_something);
        let row = Model {
            id: operation.id.uuid(),
            user_id: self.user_id().to_owned(),
            key: key.to_owned(),
            fingerprint: fingerprint.to_owned(),
            verb: verb.to_owned(),
            arguments: to_json(arguments)?,
            kind: to_name(&operation.kind)?,
            origin,
            origin_turn_id,
            changes: to_json(&operation.changes)?,
            changed,
            seq: match changed {
                true => Some(self.next_number().await?),
                false => None,
            },
            undoes: operation.undoes.map(OperationId::uuid),
            undone_by: operation.undone_by.map(OperationId::uuid),
            approval_id: None,
            created_at: micros(operation.created_at),
        };
        Entity::insert(row.into_active_model())
            .exec_without_returning(&self.tx)
            .await
            .map_err(translate)?;
        let touched: Vec<_> = operation
            .changes
            .iter()
            .filter_map(TaskChange::task_id)
            .map(|task| {
                operation_task::Model {
                    task_id: task.uuid(),
                    operation_id: operation.id.uuid(),
                    user_id: self.user_id().to_owned(),
                }
                .into_active_model()
            })
            .collect();
        if !touched.is_empty() {
            operation_task::Entity::insert_many(touched)
                .exec_without_returning(&self.tx)
                .await
                .map_err(translate)?;
        }
        Ok(())
    }

    /// The next number of an operation; this person's others wait for this transaction to end.
    async fn next_number(&self) -> Result<i32> {
        let row = user::Entity::update_many()
            .col_expr(
                user::Column::LastOperation,
                Expr::col(user::Column::LastOperation).add(1),
            )
            .filter(user::Column::Id.eq(self.user_id()))
            .exec_with_returning(&self.tx)
            .await
            .map_err(translate)?
            .pop()
            .ok_or(Error::NotFound(Noun::User))?;
        Ok(row.last_operation)
    }

    /// Notes which operation has taken this one back; `None` when it is in effect again.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn set_undone_by(&self, id: OperationId, by: Option<OperationId>) -> Result<()> {
        let saved = Entity::update_many()
            .col_expr(Column::UndoneBy, Expr::value(by.map(OperationId::uuid)))
            .filter(Column::Id.eq(id.uuid()))
            .filter(Column::UserId.eq(self.user_id()))
            .exec(&self.tx)
            .await
            .map_err(translate)?;
        match saved.rows_affected {
            1 => Ok(()),
            _ => Err(Error::internal("an operation read before is gone")),
        }
    }

    /// The latest operation that is in effect and is not itself an undo or a redo.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn latest_undoable(&self) -> Result<Option<Operation>> {
        let query = changing(self.user_id())
            .filter(Column::Undoes.is_null())
            .filter(Column::UndoneBy.is_null());
        let row = newest_first(query)
            .lock_exclusive()
            .one(&self.tx)
            .await
            .map_err(translate)?;
        row.map(operation).transpose()
    }

    /// What the latest operation about `task` that touched another task as well did to the other: to
    /// the next occurrence of a repeating one.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn latest_beside(&self, task: TaskId) -> Result<Option<TaskChange>> {
        let this = touching(self.user_id(), task);
        let beside = Query::select()
            .column(operation_task::Column::OperationId)
            .from(operation_task::Entity)
            .and_where(operation_task::Column::OperationId.in_subquery(this))
            .and_where(operation_task::Column::TaskId.ne(task.uuid()))
            .to_owned();
        let query = changing(self.user_id()).filter(Column::Id.in_subquery(beside));
        let rows = newest_first(query)
            .limit(MOST_BESIDE)
            .all(&self.tx)
            .await
            .map_err(translate)?;
        for row in rows {
            let mut changes = operation(row)?.changes.into_iter();
            // The operations about the task before this one in its series are passed over.
            if changes.next().and_then(|first| first.task_id()) == Some(task) {
                return Ok(changes.next());
            }
        }
        Ok(None)
    }

    /// The latest operation that took `id` back, whether or not it was taken back itself.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn latest_undo_of(&self, id: OperationId) -> Result<Option<Operation>> {
        let query = changing(self.user_id()).filter(Column::Undoes.eq(id.uuid()));
        let row = newest_first(query).one(&self.tx).await.map_err(translate)?;
        row.map(operation).transpose()
    }
}

/// The person's operations that changed something.
fn changing(user: &str) -> Select<Entity> {
    Entity::find().filter(
        Condition::all()
            .add(Column::UserId.eq(user))
            .add(Column::Changed.eq(true)),
    )
}

/// The ids of the person's operations that touched a task.
fn touching(user: &str, task: TaskId) -> SelectStatement {
    Query::select()
        .column(operation_task::Column::OperationId)
        .from(operation_task::Entity)
        .and_where(operation_task::Column::UserId.eq(user))
        .and_where(operation_task::Column::TaskId.eq(task.uuid()))
        .to_owned()
}

fn newest_first(query: Select<Entity>) -> Select<Entity> {
    query
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id)
}

fn changes_something(change: &TaskChange) -> bool {
    change.before != change.after
}

fn operation(row: Model) -> Result<Operation> {
    Ok(Operation {
        id: row.id.into(),
        kind: from_name(TABLE, row.kind)?,
        origin: origin(TABLE, &row.origin, row.origin_turn_id)?,
        changes: from_json(TABLE, &row.changes)?,
        undoes: row.undoes.map(Into::into),
        undone_by: row.undone_by.map(Into::into),
        created_at: row.created_at,
    })
}
