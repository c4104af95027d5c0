//! Tasks: what goes in comes out, and nobody else's does.

use taskchat_domain::{
    Description, Due, Error, Kind, Origin, Priority, Recurrence, Status, Tags, Task, TaskFilter,
    TaskId, Title, TurnId, UserId,
};

use crate::testing::{TestStore, at, stores};

/// A task with every field set.
fn full() -> Task {
    Task {
        id: TaskId::new(),
        title: Title::parse("Büro 100% „fertig“ machen").unwrap(),
        description: Description::parse("Zeile 1\nZeile 2 \\ ' \"").unwrap(),
        status: Status::Completed,
        priority: Priority::Urgent,
        due: Some(Due::parse("2026-11-27T16:00:00.000001Z").unwrap()),
        completed_at: Some(at(5)),
        tags: Tags::parse(&["Heim".to_owned(), "x, y".to_owned()]).unwrap(),
        recurrence: Some(Recurrence::parse("FREQ=WEEKLY;BYDAY=MO").unwrap()),
        created_at: at(1),
        updated_at: at(5),
        version: 1,
        created_by: Origin::Turn {
            turn_id: TurnId::new(),
        },
    }
}

async fn add(store: &TestStore, user: &UserId, task: &Task) {
    let tx = store.begin(user).await.unwrap();
    tx.insert_task(task).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn what_goes_in_comes_out() {
    for store in stores().await {
        let user = store.person("ann").await;
        let mut task = full();
        add(&store, &user, &task).await;
        let mine = store.as_user(&user);
        assert_eq!(
            mine.task(task.id).await.unwrap(),
            Some(task.clone()),
            "{}",
            store.name
        );

        task.title = Title::parse("Other").unwrap();
        task.due = Some(Due::parse("2026-11-27").unwrap());
        task.recurrence = None;
        task.completed_at = None;
        task.status = Status::Pending;
        task.tags = Tags::default();
        task.created_by = Origin::Mcp;
        task.version = 2;
        let tx = store.begin(&user).await.unwrap();
        tx.save_task(&task).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(mine.task(task.id).await.unwrap(), Some(task));
    }
}

#[tokio::test]
async fn a_dropped_transaction_leaves_nothing() {
    for store in stores().await {
        let user = store.person("ann").await;
        let task = full();
        let tx = store.begin(&user).await.unwrap();
        tx.insert_task(&task).await.unwrap();
        drop(tx);
        assert_eq!(store.as_user(&user).task(task.id).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_stale_version_is_a_conflict() {
    for store in stores().await {
        let user = store.person("ann").await;
        let mut task = full();
        add(&store, &user, &task).await;
        task.version = 3;
        let tx = store.begin(&user).await.unwrap();
        for refused in [
            tx.save_task(&task).await.unwrap_err(),
            tx.set_task_deleted(&task, Some(at(9))).await.unwrap_err(),
        ] {
            assert!(
                matches!(&refused, Error::Conflict { field: Some(field), .. } if field == "version"),
                "{}: {refused:?}",
                store.name
            );
        }
    }
}

#[tokio::test]
async fn deleted_tasks_are_out_of_sight_and_come_back() {
    for store in stores().await {
        let user = store.person("ann").await;
        let mut task = full();
        add(&store, &user, &task).await;
        let mine = store.as_user(&user);

        task.version = 2;
        let tx = store.begin(&user).await.unwrap();
        tx.set_task_deleted(&task, Some(at(9))).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(mine.task(task.id).await.unwrap(), None);
        assert_eq!(
            mine.deleted_task(task.id).await.unwrap(),
            Some(task.clone())
        );
        let all = mine
            .tasks(&TaskFilter::default(), &Default::default())
            .await;
        assert_eq!(all.unwrap().items, []);

        task.version = 3;
        let tx = store.begin(&user).await.unwrap();
        let refused = tx.save_task(&task).await.unwrap_err();
        assert_eq!(refused.kind(), Kind::Conflict);
        drop(tx);
        let tx = store.begin(&user).await.unwrap();
        let found = tx.task_for_update(task.id).await.unwrap();
        assert!(matches!(found, Some((_, true))));
        tx.set_task_deleted(&task, None).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(mine.task(task.id).await.unwrap(), Some(task));
    }
}

#[tokio::test]
async fn nobody_sees_or_changes_what_is_somebody_elses() {
    for store in stores().await {
        let (ann, bob) = (store.person("ann").await, store.person("bob").await);
        let mut task = full();
        add(&store, &ann, &task).await;
        let theirs = store.as_user(&bob);
        assert_eq!(theirs.task(task.id).await.unwrap(), None);
        let all = theirs
            .tasks(&TaskFilter::default(), &Default::default())
            .await;
        assert_eq!(all.unwrap().items, []);
        assert_eq!(
            theirs.tasks_named(&["fertig".to_owned()]).await.unwrap(),
            []
        );
        let tx = store.begin(&bob).await.unwrap();
        assert_eq!(tx.task_for_update(task.id).await.unwrap(), None);
        task.version = 2;
        assert!(tx.save_task(&task).await.is_err());
        assert!(tx.set_task_deleted(&task, Some(at(9))).await.is_err());
    }
}

#[tokio::test]
async fn parallel_changes_lose_nothing() {
    for store in stores().await {
        let user = store.person("ann").await;
        let task = full();
        add(&store, &user, &task).await;
        let bump = async || {
            let tx = store.begin(&user).await.unwrap();
            let (mut task, _) = tx.task_for_update(task.id).await.unwrap().unwrap();
            task.version += 1;
            tx.save_task(&task).await.unwrap();
            tx.commit().await.unwrap();
        };
        for _ in 0..5 {
            tokio::join!(bump(), bump(), bump(), bump(), bump(), bump());
        }
        let task = store.as_user(&user).task(task.id).await.unwrap().unwrap();
        assert_eq!(task.version, 31, "{}", store.name);
    }
}

#[tokio::test]
async fn titles_are_found_by_parts_in_any_case() {
    for store in stores().await {
        let user = store.person("ann").await;
        let task = full();
        add(&store, &user, &task).await;
        let mine = store.as_user(&user);
        for (words, found) in [
            (vec!["BÜRO"], true),
            (vec!["üro", "ferti"], true),
            (vec!["100%"], true),
            (vec!["1%0"], false),
            (vec!["b_ro"], false),
            (vec!["zeile"], false),
            (vec!["büro", "!"], false),
        ] {
            let words: Vec<String> = words.into_iter().map(str::to_owned).collect();
            let tasks = mine.tasks_named(&words).await.unwrap();
            assert_eq!(!tasks.is_empty(), found, "{}: {words:?}", store.name);
        }
    }
}
