//! `TaskService`.

use std::pin::Pin;

use futures::{Stream, StreamExt};
use taskchat_accounts::Accounts;
use taskchat_auth::Caller;
use taskchat_domain::{Error, OperationId, Origin, PageRequest, Receipt, Result, TaskId, UserId};
use taskchat_proto::v1::{self, task_service_server::TaskService};
use taskchat_tasks::{By, Tasks};
use tonic::{Request, Response, metadata::MetadataMap};

use crate::{
    caller::{CallerOf, MustBe},
    convert::{operation, task},
    pages::{count, fitting},
    request_id::ledger_key,
    status::{Answer, Refused, status},
    welcome,
};

#[derive(Debug)]
pub(crate) struct TaskList {
    pub(crate) tasks: Tasks,
    pub(crate) accounts: Accounts,
}

#[tonic::async_trait]
impl TaskService for TaskList {
    async fn list_tasks(
        &self,
        request: Request<v1::ListTasksRequest>,
    ) -> Answer<Response<v1::ListTasksResponse>> {
        let caller = request.caller()?;
        let user = caller.user_id();
        let asked = request.get_ref();
        caller.must_be(&asked.user_id)?;
        let filter = &task::filter(asked).or_status()?;
        let page = PageRequest::parse(asked.page_size, &asked.page_token).or_status()?;
        let answer = fitting(page, |page| async move {
            let found = self.tasks.list(user, filter, &page).await.or_status()?;
            let found = found.map(|it| task::task(&it, user));
            Ok(v1::ListTasksResponse {
                count: count(&found.items),
                tasks: found.items,
                next_page_token: found.next.unwrap_or_default(),
            })
        });
        Ok(Response::new(answer.await?))
    }

    async fn create_task(
        &self,
        request: Request<v1::CreateTaskRequest>,
    ) -> Answer<Response<v1::CreateTaskResponse>> {
        let caller = request.caller()?;
        let (metadata, _, asked) = request.into_parts();
        caller.must_be(&asked.user_id)?;
        let by = by(&caller, &asked.request_id, &metadata).or_status()?;
        let new = task::new_task(&asked.task.unwrap_or_default()).or_status()?;
        let outcome = self.tasks.create(&by, new).await.or_status()?;
        Ok(Response::new(v1::CreateTaskResponse {
            task: Some(task::task(&outcome.task, &by.user)),
            receipt: receipt(outcome.receipt.as_ref(), &by.user),
        }))
    }

    async fn get_task(
        &self,
        request: Request<v1::GetTaskRequest>,
    ) -> Answer<Response<v1::GetTaskResponse>> {
        let caller = request.caller()?;
        let user = caller.user_id();
        let asked = request.get_ref();
        caller.must_be(&asked.user_id)?;
        let id = TaskId::parse(&asked.task_id).or_status()?;
        let found = self.tasks.get(user, id).await.or_status()?;
        Ok(Response::new(v1::GetTaskResponse {
            task: Some(task::task(&found, user)),
        }))
    }

    async fn update_task(
        &self,
        request: Request<v1::UpdateTaskRequest>,
    ) -> Answer<Response<v1::UpdateTaskResponse>> {
        let caller = request.caller()?;
        let (metadata, _, asked) = request.into_parts();
        caller.must_be(&asked.user_id)?;
        let by = by(&caller, &asked.request_id, &metadata).or_status()?;
        let id = TaskId::parse(&asked.task_id).or_status()?;
        let patch = task::patch(&asked).or_status()?;
        let version = task::expected_version(&asked).or_status()?;
        let outcome = self.tasks.update(&by, id, patch, version).await;
        let outcome = outcome.or_status()?;
        Ok(Response::new(v1::UpdateTaskResponse {
            task: Some(task::task(&outcome.task, &by.user)),
            receipt: receipt(outcome.receipt.as_ref(), &by.user),
        }))
    }

    async fn delete_task(
        &self,
        request: Request<v1::DeleteTaskRequest>,
    ) -> Answer<Response<v1::DeleteTaskResponse>> {
        let caller = request.caller()?;
        let (metadata, _, asked) = request.into_parts();
        caller.must_be(&asked.user_id)?;
        let by = by(&caller, &asked.request_id, &metadata).or_status()?;
        let id = TaskId::parse(&asked.task_id).or_status()?;
        let outcome = self.tasks.delete(&by, id).await.or_status()?;
        Ok(Response::new(v1::DeleteTaskResponse {
            receipt: receipt(outcome.receipt.as_ref(), &by.user),
        }))
    }

    async fn complete_task(
        &self,
        request: Request<v1::CompleteTaskRequest>,
    ) -> Answer<Response<v1::CompleteTaskResponse>> {
        let caller = request.caller()?;
        let (metadata, _, asked) = request.into_parts();
        caller.must_be(&asked.user_id)?;
        let by = by(&caller, &asked.request_id, &metadata).or_status()?;
        let id = TaskId::parse(&asked.task_id).or_status()?;
        let completed = asked.completed.unwrap_or(true);
        let outcome = self.tasks.set_completed(&by, id, completed).await;
        let outcome = outcome.or_status()?;
        Ok(Response::new(v1::CompleteTaskResponse {
            task: Some(task::task(&outcome.task, &by.user)),
            receipt: receipt(outcome.receipt.as_ref(), &by.user),
        }))
    }

    async fn list_operations(
        &self,
        request: Request<v1::ListOperationsRequest>,
    ) -> Answer<Response<v1::ListOperationsResponse>> {
        let caller = request.caller()?;
        let user = caller.user_id();
        let asked = request.get_ref();
        let of = match asked.task_id.as_str() {
            "" => None,
            id => Some(TaskId::parse(id).or_status()?),
        };
        let page = PageRequest::parse(asked.page_size, &asked.page_token).or_status()?;
        let answer = fitting(page, |page| async move {
            let found = self.tasks.operations(user, of, &page).await.or_status()?;
            let found = found.map(|it| operation::operation(&it, user));
            Ok(v1::ListOperationsResponse {
                count: count(&found.items),
                operations: found.items,
                next_page_token: found.next.unwrap_or_default(),
            })
        });
        Ok(Response::new(answer.await?))
    }

    async fn undo_operation(
        &self,
        request: Request<v1::UndoOperationRequest>,
    ) -> Answer<Response<v1::UndoOperationResponse>> {
        let caller = request.caller()?;
        let (metadata, _, asked) = request.into_parts();
        let by = by(&caller, "", &metadata).or_status()?;
        let id = OperationId::parse(&asked.operation_id).or_status()?;
        let outcome = self.tasks.undo(&by, id).await.or_status()?;
        Ok(Response::new(v1::UndoOperationResponse {
            receipt: receipt(outcome.receipt.as_ref(), &by.user),
        }))
    }

    async fn redo_operation(
        &self,
        request: Request<v1::RedoOperationRequest>,
    ) -> Answer<Response<v1::RedoOperationResponse>> {
        let caller = request.caller()?;
        let (metadata, _, asked) = request.into_parts();
        let by = by(&caller, "", &metadata).or_status()?;
        let id = OperationId::parse(&asked.operation_id).or_status()?;
        let outcome = self.tasks.redo(&by, id).await.or_status()?;
        Ok(Response::new(v1::RedoOperationResponse {
            receipt: receipt(outcome.receipt.as_ref(), &by.user),
        }))
    }

    type WatchTasksStream = Pin<Box<dyn Stream<Item = Answer<v1::WatchTasksResponse>> + Send>>;

    async fn watch_tasks(
        &self,
        request: Request<v1::WatchTasksRequest>,
    ) -> Answer<Response<Self::WatchTasksStream>> {
        let caller = request.caller()?;
        let after = after(request.get_ref().after, request.metadata()).or_status()?;
        let user = caller.user_id().clone();
        let watched = self.tasks.watch(&user, after).await.or_status()?;
        let events = watched.map(move |item| match item {
            Ok(item) => Ok(operation::watched(&item, &user)),
            Err(error) => Err(status(error)),
        });
        let events = welcome::guarded_each(events, self.accounts.clone(), caller);
        Ok(Response::new(Box::pin(events)))
    }
}

/// After which operation a watcher wants to go on: the field, or the header that browsers send when
/// they reconnect to a stream of events.
fn after(field: Option<i32>, metadata: &MetadataMap) -> Result<Option<i32>> {
    let header = metadata
        .get("last-event-id")
        .filter(|header| !header.is_empty());
    match (field, header) {
        (Some(after), _) if after < 0 => Err(Error::invalid("after", "must not be negative")),
        (None, Some(header)) => header
            .to_str()
            .ok()
            .and_then(|text| text.parse().ok())
            .filter(|after| *after >= 0)
            .map(Some)
            .ok_or_else(|| Error::invalid("last-event-id", "must be a number")),
        (field, _) => Ok(field),
    }
}

/// By whom a change is made: by the caller's own hand, once per request id.
fn by(caller: &Caller, request_id: &str, metadata: &MetadataMap) -> Result<By> {
    Ok(By {
        user: caller.user_id().clone(),
        origin: Origin::Hand,
        key: ledger_key(request_id, metadata)?,
    })
}

fn receipt(receipt: Option<&Receipt>, owner: &UserId) -> Option<v1::Receipt> {
    receipt.map(|receipt| operation::receipt(receipt, owner))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_to_go_on() {
        for (field, header, expected) in [
            (None, None, Some(None)),
            (Some(0), None, Some(Some(0))),
            (Some(7), Some("12"), Some(Some(7))),
            (None, Some("12"), Some(Some(12))),
            (None, Some(""), Some(None)),
            (Some(-1), None, None),
            (None, Some("-1"), None),
            (None, Some("x"), None),
            (None, Some("4294967296"), None),
        ] {
            let mut metadata = MetadataMap::new();
            if let Some(header) = header {
                metadata.insert("last-event-id", header.parse().unwrap());
            }
            assert_eq!(
                after(field, &metadata).ok(),
                expected,
                "{field:?} {header:?}"
            );
        }
    }
}
