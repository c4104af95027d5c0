//! Lists of tasks: filters, orders, and pages that survive what happens between them.

use taskchat_domain::{
    Description, Due, Error, NewTask, Origin, PageRequest, Priority, Status, Tags, Task,
    TaskFilter, TaskId, Title, UserId,
};

use crate::testing::{TestStore, at, stores};

fn task(title: &str, priority: Priority, due: Option<&str>, second: u64) -> Task {
    let new = NewTask::titled(Title::parse(title).unwrap());
    Task {
        id: TaskId::new(),
        title: new.title,
        description: new.description,
        status: new.status,
        priority,
        due: due.map(|due| Due::parse(due).unwrap()),
        completed_at: None,
        tags: new.tags,
        recurrence: None,
        created_at: at(second),
        updated_at: at(second),
        version: 1,
        created_by: Origin::Hand,
    }
}

async fn add(store: &TestStore, user: &UserId, tasks: &[Task]) {
    let tx = store.begin(user).await.unwrap();
    for task in tasks {
        tx.insert_task(task).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// Seven tasks; two of the same second, two without a due date, titles of several scripts.
async fn seven(store: &TestStore, user: &UserId) {
    use Priority::{High, Low, Medium, Urgent};
    add(
        store,
        user,
        &[
            task("b", Low, Some("2026-12-02"), 1),
            task("B", High, None, 2),
            task("a", High, Some("2026-12-01T12:00:00Z"), 3),
            task("ä", Urgent, Some("2026-12-01"), 3),
            task("Z", Medium, None, 4),
            task("z", High, Some("2026-12-02"), 5),
            task("😀", Medium, Some("2027-01-01"), 6),
        ],
    )
    .await;
}

fn by(order: &str) -> TaskFilter {
    TaskFilter {
        order: order.parse().unwrap(),
        ..TaskFilter::default()
    }
}

/// The titles of all pages of `size`, joined; one token is followed at a time.
async fn titles(store: &TestStore, user: &UserId, filter: &TaskFilter, size: u32) -> String {
    let mine = store.as_user(user);
    let mut titles = String::new();
    let mut token = None;
    for _ in 0..20 {
        let page = mine
            .tasks(filter, &PageRequest { size, token })
            .await
            .unwrap();
        for task in page.items {
            titles.push_str(task.title.as_str());
        }
        token = page.next;
        if token.is_none() {
            return titles;
        }
    }
    panic!("the pages do not end");
}

#[tokio::test]
async fn every_order_is_total_on_pages_of_every_size() {
    for store in stores().await {
        let user = store.person("ann").await;
        seven(&store, &user).await;
        for (order, expected) in [
            ("", "😀zZäaBb"),
            ("created_at", "bBaäZz😀"),
            ("title", "BZabzä😀"),
            ("title desc", "😀äzbaZB"),
            ("priority desc", "äBazZ😀b"),
            ("priority, title desc", "b😀ZzaBä"),
            ("due_date", "äabz😀BZ"),
            ("due_date desc", "😀bzaäBZ"),
            ("due_date desc, priority desc", "😀zbaäBZ"),
            ("priority desc, due_date desc, title", "äzaB😀Zb"),
            ("updated_at desc, title", "😀zZaäBb"),
        ] {
            for size in [1, 2, 3, 6, 7, 50] {
                let got = titles(&store, &user, &by(order), size).await;
                assert_eq!(got, expected, "{}: {order:?} by {size}", store.name);
            }
        }
    }
}

#[tokio::test]
async fn pages_survive_what_is_added_and_deleted_between_them() {
    for store in stores().await {
        let user = store.person("ann").await;
        seven(&store, &user).await;
        let mine = store.as_user(&user);
        let filter = by("priority desc");
        let mut page = PageRequest {
            size: 3,
            token: None,
        };
        let first = mine.tasks(&filter, &page).await.unwrap();
        add(
            &store,
            &user,
            &[
                task("new first", Priority::Urgent, None, 7),
                task("new last", Priority::Low, None, 8),
            ],
        )
        .await;
        let mut last_seen = first.items[2].clone();
        last_seen.version += 1;
        let tx = store.begin(&user).await.unwrap();
        tx.set_task_deleted(&last_seen, Some(at(9))).await.unwrap();
        tx.commit().await.unwrap();

        page.token = first.next;
        page.size = 50;
        let rest = mine.tasks(&filter, &page).await.unwrap();
        let titles: Vec<_> = rest.items.iter().map(|task| task.title.as_str()).collect();
        assert_eq!(titles, ["z", "Z", "😀", "b", "new last"], "{}", store.name);
        assert_eq!(rest.next, None);
    }
}

#[tokio::test]
async fn a_token_of_another_list_is_refused() {
    for store in stores().await {
        let user = store.person("ann").await;
        seven(&store, &user).await;
        let mine = store.as_user(&user);
        let small = PageRequest {
            size: 2,
            token: None,
        };
        let token = mine.tasks(&by("title"), &small).await.unwrap().next;
        let page = PageRequest { size: 2, token };
        let other_time = TaskFilter {
            completed_after: Some(at(1)),
            ..by("title")
        };
        let other_status = TaskFilter {
            status: vec![Status::Pending],
            ..by("title")
        };
        let garbage = PageRequest {
            size: 2,
            token: Some("bm9wZQ".to_owned()),
        };
        for refused in [
            mine.tasks(&by("title desc"), &page).await,
            mine.tasks(&other_status, &page).await,
            mine.tasks(&other_time, &page).await,
            mine.tasks(&by("title"), &garbage).await,
        ] {
            let refused = refused.unwrap_err();
            assert!(
                matches!(&refused, Error::Invalid { field, .. } if field == "page_token"),
                "{}: {refused:?}",
                store.name
            );
        }
        assert!(mine.operations(None, &page).await.is_err());
        assert!(mine.conversations(&page).await.is_err());
    }
}

#[tokio::test]
async fn filters_narrow() {
    for store in stores().await {
        let user = store.person("ann").await;
        seven(&store, &user).await;
        let mut done = task("Größe 50%_x", Priority::Low, None, 9);
        done.status = Status::Completed;
        done.completed_at = Some(at(9));
        done.description = Description::parse("Etwas ÜBER Maße").unwrap();
        done.tags = Tags::parse(&["Zuhause".to_owned()]).unwrap();
        add(&store, &user, &[done]).await;
        let due = |text: &str| Some(Due::parse(text).unwrap());
        let query = |text: &str| TaskFilter {
            query: Some(text.to_owned()),
            ..by("created_at")
        };
        let base = by("created_at");
        for (filter, expected) in [
            (
                TaskFilter {
                    status: vec![Status::Completed, Status::InProgress],
                    ..base.clone()
                },
                "Größe 50%_x",
            ),
            (
                TaskFilter {
                    priority: vec![Priority::High, Priority::Urgent],
                    ..base.clone()
                },
                "Baäz",
            ),
            (
                TaskFilter {
                    due_before: due("2026-12-02"),
                    ..base.clone()
                },
                "aä",
            ),
            (
                TaskFilter {
                    due_after: due("2026-12-01T12:00:00Z"),
                    due_before: due("2027-01-01"),
                    ..base.clone()
                },
                "baz",
            ),
            (
                TaskFilter {
                    completed_after: Some(at(9)),
                    ..base.clone()
                },
                "Größe 50%_x",
            ),
            (
                TaskFilter {
                    completed_before: Some(at(9)),
                    ..base.clone()
                },
                "",
            ),
            (
                TaskFilter {
                    completed_before: Some(at(10)),
                    ..base.clone()
                },
                "Größe 50%_x",
            ),
            (query("über MASSE"), ""),
            (query("über maße"), "Größe 50%_x"),
            (query("GRÖSSE"), ""),
            (query("größe"), "Größe 50%_x"),
            (query("50%_"), "Größe 50%_x"),
            (query("5_%"), ""),
            (query("zuHAUSE"), "Größe 50%_x"),
            (query("'; DROP TABLE tasks; --"), ""),
            (query("\0"), ""),
        ] {
            let got = titles(&store, &user, &filter, 2).await;
            assert_eq!(got, expected, "{}: {filter:?}", store.name);
        }
    }
}
