//! The ledger: one operation per key, and lists of them.

use futures::future::join_all;
use serde_json::json;
use taskchat_domain::{
    Kind, NewTask, Operation, OperationId, Origin, PageRequest, ReceiptKind, Task, TaskChange,
    TaskId, Title, TurnId, UserId,
};

use crate::testing::{TestStore, at, stores};

fn task(title: &str) -> Task {
    let new = NewTask::titled(Title::parse(title).unwrap());
    Task {
        id: TaskId::new(),
        title: new.title,
        description: new.description,
        status: new.status,
        priority: new.priority,
        due: None,
        completed_at: None,
        tags: new.tags,
        recurrence: None,
        created_at: at(0),
        updated_at: at(0),
        version: 1,
        created_by: Origin::Hand,
    }
}

fn created(tasks: &[&Task], seconds: u64) -> Operation {
    Operation {
        id: OperationId::new(),
        kind: ReceiptKind::Created,
        origin: Origin::Turn {
            turn_id: TurnId::new(),
        },
        changes: tasks
            .iter()
            .map(|task| TaskChange {
                before: None,
                after: Some((*task).clone()),
            })
            .collect(),
        undoes: None,
        undone_by: None,
        created_at: at(seconds),
    }
}

async fn write(store: &TestStore, user: &UserId, operation: &Operation, key: &str) {
    let tx = store.begin(user).await.unwrap();
    tx.insert_operation(operation, key, "print", "create", &json!({"a": "\u{0}"}))
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_key_is_good_once_for_each_person() {
    for store in stores().await {
        let (ann, bob) = (store.person("ann").await, store.person("bob").await);
        let operation = created(&[&task("x")], 1);
        write(&store, &ann, &operation, "key").await;
        write(&store, &bob, &created(&[&task("y")], 1), "key").await;
        let tx = store.begin(&ann).await.unwrap();
        let found = tx.find_operation("key").await.unwrap();
        assert_eq!(found, Some((operation, "print".to_owned())));
        assert_eq!(tx.find_operation("other").await.unwrap(), None);
        let again = created(&[&task("z")], 2);
        let refused = tx
            .insert_operation(&again, "key", "print", "create", &json!({}))
            .await
            .unwrap_err();
        assert_eq!(refused.kind(), Kind::AlreadyExists, "{}", store.name);
    }
}

#[tokio::test]
async fn what_an_operation_did_beside_is_found_for_the_task_it_was_about() {
    for store in stores().await {
        let (ann, bob) = (store.person("ann").await, store.person("bob").await);
        let (first, second, third) = (task("first"), task("second"), task("third"));
        for (at, tasks) in [
            &[&first][..],
            &[&first, &second],
            &[&second, &third],
            &[&first],
        ]
        .into_iter()
        .enumerate()
        {
            let operation = created(tasks, at.try_into().unwrap());
            write(&store, &ann, &operation, &format!("key {at}")).await;
        }
        let beside = async |user: &UserId, of: &Task| {
            let tx = store.begin(user).await.unwrap();
            tx.latest_beside(of.id).await.unwrap()
        };
        let added = |task: &Task| {
            Some(TaskChange {
                before: None,
                after: Some(task.clone()),
            })
        };
        assert_eq!(beside(&ann, &first).await, added(&second), "{}", store.name);
        assert_eq!(beside(&ann, &second).await, added(&third), "{}", store.name);
        assert_eq!(beside(&ann, &third).await, None, "{}", store.name);
        assert_eq!(beside(&bob, &first).await, None, "{}", store.name);
    }
}

#[tokio::test]
async fn whoever_asks_for_a_key_waits_for_who_has_it() {
    for store in stores().await {
        let user = store.person("ann").await;
        let once = async || {
            let tx = store.begin(&user).await.unwrap();
            if tx.find_operation("key").await.unwrap().is_some() {
                return 0;
            }
            let operation = created(&[&task("x")], 1);
            tx.insert_operation(&operation, "key", "print", "create", &json!({}))
                .await
                .unwrap();
            tx.commit().await.unwrap();
            1
        };
        let (a, b, c, d) = tokio::join!(once(), once(), once(), once());
        assert_eq!(a + b + c + d, 1, "{}", store.name);
    }
}

#[tokio::test]
async fn operations_are_listed_newest_first_and_by_task() {
    for store in stores().await {
        let (ann, bob) = (store.person("ann").await, store.person("bob").await);
        let (x, y) = (task("x"), task("y"));
        let first = created(&[&x], 1);
        let second = created(&[&x, &y], 2);
        let third = created(&[&y], 2);
        for (at, operation) in [&first, &second, &third].into_iter().enumerate() {
            write(&store, &ann, operation, &at.to_string()).await;
        }
        let mut idle = created(&[&x], 3);
        idle.changes[0].before = idle.changes[0].after.clone();
        write(&store, &ann, &idle, "idle").await;

        let mine = store.as_user(&ann);
        let mut page = PageRequest {
            size: 2,
            token: None,
        };
        let newest = mine.operations(None, &page).await.unwrap();
        assert_eq!(newest.items, [third.clone(), second.clone()]);
        page.token = newest.next;
        let rest = mine.operations(None, &page).await.unwrap();
        assert_eq!((rest.items, rest.next), (vec![first.clone()], None));
        assert!(mine.operations(Some(x.id), &page).await.is_err());

        page.token = None;
        let of_x = mine.operations(Some(x.id), &page).await.unwrap();
        assert_eq!(of_x.items, [second.clone(), first.clone()]);
        let of_y = mine.operations(Some(y.id), &page).await.unwrap();
        assert_eq!(of_y.items, [third.clone(), second.clone()]);

        let theirs = store.as_user(&bob);
        assert_eq!(theirs.operations(None, &page).await.unwrap().items, []);
    }
}

#[tokio::test]
async fn the_latest_operation_in_effect_is_found() {
    for store in stores().await {
        let user = store.person("ann").await;
        let x = task("x");
        let first = created(&[&x], 1);
        let mut second = created(&[&x], 2);
        let mut undo = created(&[&x], 3);
        undo.undoes = Some(second.id);
        for (key, operation) in [("1", &first), ("2", &second), ("3", &undo)] {
            write(&store, &user, operation, key).await;
        }
        let tx = store.begin(&user).await.unwrap();
        assert_eq!(tx.latest_undoable().await.unwrap(), Some(second.clone()));
        tx.set_undone_by(second.id, Some(undo.id)).await.unwrap();
        assert_eq!(tx.latest_undoable().await.unwrap(), Some(first.clone()));
        assert_eq!(
            tx.latest_undo_of(second.id).await.unwrap(),
            Some(undo.clone())
        );
        second.undone_by = Some(undo.id);
        assert_eq!(
            tx.operation_for_update(second.id).await.unwrap(),
            Some(second.clone())
        );
        tx.set_undone_by(second.id, None).await.unwrap();
        tx.set_undone_by(first.id, Some(undo.id)).await.unwrap();
        second.undone_by = None;
        assert_eq!(tx.latest_undoable().await.unwrap(), Some(second));
        assert!(tx.set_undone_by(OperationId::new(), None).await.is_err());
    }
}

#[tokio::test]
async fn operations_are_numbered_without_gaps_in_order_of_commit() {
    for store in stores().await {
        let (ann, bob) = (store.person("ann").await, store.person("bob").await);
        let mine = store.as_user(&ann);
        assert_eq!(mine.last_operation().await.unwrap(), 0);
        let hands = (0..8).map(async |hand| {
            for at in 0..10 {
                let milk = task("Milk");
                let mut operation = created(&[&milk], at);
                // What changes nothing, and what is not committed, has no number.
                if at % 3 == 0 {
                    let tx = store.begin(&ann).await.unwrap();
                    let lost = created(&[&milk], at);
                    let key = format!("lost {hand} {at}");
                    tx.insert_operation(&lost, &key, "print", "create", &json!({}))
                        .await
                        .unwrap();
                    drop(tx);
                }
                if at % 5 == 0 {
                    operation.changes[0].before = operation.changes[0].after.clone();
                }
                write(&store, &ann, &operation, &format!("{hand} {at}")).await;
                write(
                    &store,
                    &bob,
                    &created(&[&milk], at),
                    &format!("{hand} {at}"),
                )
                .await;
            }
        });
        let (_, seen) = tokio::join!(join_all(hands), async {
            let mut seen = Vec::new();
            while seen.len() < 64 {
                let after = seen.last().copied().unwrap_or(0);
                let next = mine.operations_after(after, 7).await.unwrap();
                seen.extend(next.into_iter().map(|(seq, _)| seq));
                tokio::task::yield_now().await;
            }
            seen
        });
        // Whoever reads along sees each once: no number appears behind another's back.
        assert_eq!(seen, (1..=64).collect::<Vec<_>>(), "{}", store.name);
        assert_eq!(mine.last_operation().await.unwrap(), 64);
        assert_eq!(mine.operations_after(64, 7).await.unwrap(), []);
        let his = store.as_user(&bob);
        assert_eq!(his.last_operation().await.unwrap(), 80);
        let nobody = UserId::parse("nobody").unwrap();
        let unknown = store.as_user(&nobody).last_operation().await.unwrap_err();
        assert_eq!(unknown.kind(), Kind::NotFound);
    }
}
