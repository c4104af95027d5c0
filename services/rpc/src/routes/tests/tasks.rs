//! Tasks: callers, request ids, versions, undo.

use super::*;

#[tokio::test]
async fn callers_are_told_why_they_are_refused() {
    let house = House::new(RpcConfig::default()).await;
    let ann = house.sign_up("ann@example.org").await;
    let list = v1::ListTasksRequest::default;
    let anonymous = house.tasks().list_tasks(list()).await;
    assert_eq!(
        refusal(anonymous),
        (Code::Unauthenticated, "Not authenticated".to_owned())
    );
    let bad = house
        .tasks()
        .list_tasks(with(list(), &[("authorization", "Bearer opaque")]))
        .await;
    assert_eq!(
        refusal(bad),
        (
            Code::Unauthenticated,
            "Invalid token or expired token.".to_owned()
        )
    );
    let other = v1::ListTasksRequest {
        user_id: Uuid::now_v7().to_string(),
        ..list()
    };
    assert_eq!(
        refusal(house.tasks().list_tasks(by(&ann, other)).await),
        (Code::PermissionDenied, "User ID mismatch".to_owned())
    );
    let own = v1::ListTasksRequest {
        user_id: ann.user.clone().unwrap().id,
        ..list()
    };
    assert!(house.tasks().list_tasks(by(&ann, own)).await.is_ok());
}

#[tokio::test]
async fn a_repeated_request_acts_once() {
    let house = House::new(RpcConfig::default()).await;
    let ann = house.sign_up("ann@example.org").await;
    let bearer = format!("Bearer {}", ann.access_token);
    let key = [
        ("authorization", bearer.as_str()),
        ("idempotency-key", "k1"),
    ];
    let mut tasks = house.tasks();
    let first = tasks.create_task(with(titled("milk"), &key)).await.unwrap();
    let again = tasks.create_task(with(titled("milk"), &key)).await.unwrap();
    assert_eq!(first.get_ref().task, again.get_ref().task);
    let task = first.into_inner().task.unwrap();
    assert_eq!(task.user_id, ann.user.clone().unwrap().id);

    let other = tasks.create_task(with(titled("bread"), &key)).await;
    assert_eq!(refusal(other).0, Code::AlreadyExists);
    let request = v1::CreateTaskRequest {
        request_id: "not a UUID".to_owned(),
        ..titled("bread")
    };
    let status = tasks.create_task(by(&ann, request)).await.err().unwrap();
    let details = status.get_error_details();
    let violation = &details.bad_request().unwrap().field_violations[0];
    assert_eq!(violation.field, "request_id");

    let page = tasks
        .list_tasks(by(&ann, v1::ListTasksRequest::default()))
        .await
        .unwrap()
        .into_inner();
    assert_eq!((page.count, page.next_page_token.as_str()), (1, ""));
    assert_eq!(page.tasks, [task]);
}

#[tokio::test]
async fn a_task_is_completed_undone_and_deleted() {
    let house = House::new(RpcConfig::default()).await;
    let ann = house.sign_up("ann@example.org").await;
    let bob = house.sign_up("bob@example.org").await;
    let mut tasks = house.tasks();
    let created = tasks.create_task(by(&ann, titled("milk"))).await.unwrap();
    let task_id = created.into_inner().task.unwrap().id;
    let complete = v1::CompleteTaskRequest {
        task_id: task_id.clone(),
        ..Default::default()
    };
    let stranger = tasks.complete_task(by(&bob, complete.clone())).await;
    assert_eq!(
        refusal(stranger),
        (Code::NotFound, "Task not found".to_owned())
    );
    let done = tasks.complete_task(by(&ann, complete)).await.unwrap();
    let receipt = done.into_inner().receipt.unwrap();
    assert_eq!(receipt.kind(), v1::ReceiptKind::Completed);

    let undo = v1::UndoOperationRequest {
        operation_id: receipt.operation_id,
    };
    tasks.undo_operation(by(&ann, undo)).await.unwrap();
    let get = v1::GetTaskRequest {
        task_id: task_id.clone(),
        ..Default::default()
    };
    let task = tasks.get_task(by(&ann, get.clone())).await.unwrap();
    let task = task.into_inner().task.unwrap();
    assert_eq!(task.status(), v1::TaskStatus::Pending);

    let stale = v1::UpdateTaskRequest {
        task_id: task_id.clone(),
        task: Some(v1::Task {
            title: "oat milk".to_owned(),
            version: 1,
            ..Default::default()
        }),
        ..Default::default()
    };
    assert_eq!(
        refusal(tasks.update_task(by(&ann, stale)).await).0,
        Code::Aborted
    );
    let delete = v1::DeleteTaskRequest {
        task_id,
        ..Default::default()
    };
    let gone = tasks.delete_task(by(&ann, delete)).await.unwrap();
    assert!(gone.into_inner().receipt.unwrap().undoable);
    assert_eq!(
        refusal(tasks.get_task(by(&ann, get)).await).0,
        Code::NotFound
    );
    let trail = tasks
        .list_operations(by(&ann, v1::ListOperationsRequest::default()))
        .await;
    assert_eq!(trail.unwrap().into_inner().count, 4);
}
