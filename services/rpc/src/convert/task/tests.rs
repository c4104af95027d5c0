//! What requests about tasks mean.

use prost_types::FieldMask;
use taskchat_domain::OrderKey;

use super::*;

fn update(task: v1::Task, mask: Option<&[&str]>) -> v1::UpdateTaskRequest {
    v1::UpdateTaskRequest {
        task: Some(task),
        update_mask: mask.map(|paths| FieldMask {
            paths: paths.iter().map(|path| (*path).to_owned()).collect(),
        }),
        ..Default::default()
    }
}

fn full() -> v1::Task {
    v1::Task {
        id: "ignored".to_owned(),
        user_id: "somebody else".to_owned(),
        title: " Water  the plants ".to_owned(),
        description: "all of them".to_owned(),
        status: v1::TaskStatus::InProgress.into(),
        priority: v1::TaskPriority::Urgent.into(),
        due_date: Some("2026-11-27".to_owned()),
        tags: vec!["home".to_owned()],
        recurrence: Some("FREQ=WEEKLY;BYDAY=MO".to_owned()),
        version: 3,
        ..Default::default()
    }
}

fn full_patch() -> TaskPatch {
    TaskPatch {
        title: Some(Title::parse("Water the plants").unwrap()),
        description: Some(Description::parse("all of them").unwrap()),
        status: Some(Status::InProgress),
        priority: Some(Priority::Urgent),
        due: Some(Some(Due::parse("2026-11-27").unwrap())),
        tags: Some(Tags::parse(&["home".to_owned()]).unwrap()),
        recurrence: Some(Some(Recurrence::parse("FREQ=WEEKLY;BYDAY=MO").unwrap())),
    }
}

#[test]
fn without_a_mask_the_set_fields_change() {
    assert_eq!(patch(&update(full(), None)).unwrap(), full_patch());
    assert_eq!(patch(&update(full(), Some(&[]))).unwrap(), full_patch());
    let high = v1::Task {
        priority: v1::TaskPriority::High.into(),
        ..Default::default()
    };
    assert_eq!(
        patch(&update(high, None)).unwrap(),
        TaskPatch {
            priority: Some(Priority::High),
            ..TaskPatch::default()
        }
    );
    // Optional fields are set when present, also when empty.
    let undue = v1::Task {
        due_date: Some(String::new()),
        recurrence: Some(" ".to_owned()),
        ..Default::default()
    };
    assert_eq!(
        patch(&update(undue, None)).unwrap(),
        TaskPatch {
            due: Some(None),
            recurrence: Some(None),
            ..TaskPatch::default()
        }
    );
}

#[test]
fn with_a_mask_the_named_fields_change_and_no_other() {
    assert_eq!(patch(&update(full(), Some(&["*"]))).unwrap(), full_patch());
    assert_eq!(
        patch(&update(full(), Some(&["title", "version", "id"]))).unwrap(),
        TaskPatch {
            title: full_patch().title,
            ..TaskPatch::default()
        }
    );
    let all_but_title = [
        "description",
        "status",
        "priority",
        "due_date",
        "tags",
        "recurrence",
    ];
    assert_eq!(
        patch(&update(v1::Task::default(), Some(&all_but_title))).unwrap(),
        TaskPatch {
            title: None,
            description: Some(Description::default()),
            status: Some(Status::Pending),
            priority: Some(Priority::Medium),
            due: Some(None),
            tags: Some(Tags::default()),
            recurrence: Some(None),
        }
    );
}

#[test]
fn updates_that_cannot_be_made_name_the_field() {
    let nothing = v1::Task::default;
    let long = v1::Task {
        title: "é".repeat(201),
        ..Default::default()
    };
    let odd = v1::Task {
        status: 99,
        priority: -1,
        due_date: Some("soon".to_owned()),
        tags: vec![String::new()],
        recurrence: Some("sometimes".to_owned()),
        description: "d".repeat(1001),
        ..Default::default()
    };
    for (task, mask, field) in [
        (nothing(), Some(&["title"][..]), "title"),
        (nothing(), Some(&["*"][..]), "title"),
        (long, None, "title"),
        (full(), Some(&["colour"][..]), "update_mask"),
        (full(), Some(&["title", "task.title"][..]), "update_mask"),
        (full(), Some(&["Title"][..]), "update_mask"),
        (full(), Some(&[""][..]), "update_mask"),
        (odd.clone(), Some(&["status"][..]), "status"),
        (odd.clone(), Some(&["priority"][..]), "priority"),
        (odd.clone(), Some(&["due_date"][..]), "due_date"),
        (odd.clone(), Some(&["tags"][..]), "tags"),
        (odd.clone(), Some(&["recurrence"][..]), "recurrence"),
        (odd, None, "description"),
    ] {
        match patch(&update(task, mask)) {
            Err(Error::Invalid { field: named, .. }) => assert_eq!(named, field),
            other => panic!("{mask:?}: {other:?}"),
        }
    }
    for (task, mask) in [
        (nothing(), None),
        (
            full(),
            Some(&["id", "user_id", "completed_at", "created_by"][..]),
        ),
    ] {
        let outcome = patch(&update(task, mask));
        assert!(matches!(outcome, Err(Error::NothingToUpdate)), "{mask:?}");
    }
    let outcome = patch(&v1::UpdateTaskRequest::default());
    assert!(matches!(outcome, Err(Error::NothingToUpdate)));
}

#[test]
fn the_expected_version_is_said_once() {
    for (outside, inside, expected) in [
        (0, 0, Some(None)),
        (2, 0, Some(Some(2))),
        (0, 2, Some(Some(2))),
        (2, 2, Some(Some(2))),
        (1, 2, None),
        (-1, 0, None),
        (0, -1, None),
        (-1, -1, None),
        (-1, 2, None),
    ] {
        let request = v1::UpdateTaskRequest {
            version: outside,
            task: Some(v1::Task {
                version: inside,
                ..Default::default()
            }),
            ..Default::default()
        };
        assert_eq!(
            expected_version(&request).ok(),
            expected,
            "{outside} {inside}"
        );
    }
}

#[test]
fn a_new_task_has_defaults_and_ignores_what_is_ours() {
    let titled = v1::Task {
        title: "x".to_owned(),
        user_id: "somebody else".to_owned(),
        version: 9,
        ..Default::default()
    };
    let expected = NewTask::titled(Title::parse("x").unwrap());
    assert_eq!(new_task(&titled).unwrap(), expected);
    let error = new_task(&v1::Task::default()).unwrap_err();
    assert_eq!(error.to_string(), "title field is required");
}

#[test]
fn filters() {
    let request = v1::ListTasksRequest {
        status: vec![1, 3],
        priority: vec![4],
        due_before: "2026-12-01".to_owned(),
        due_after: "2026-11-01T00:00:00Z".to_owned(),
        completed_before: "2026-12-02T10:00:00+01:00".to_owned(),
        completed_after: "2026-11-30".to_owned(),
        query: "  milk ".to_owned(),
        order_by: "due_date, title desc".to_owned(),
        ..Default::default()
    };
    let read = filter(&request).unwrap();
    assert_eq!(read.status, [Status::Pending, Status::Completed]);
    assert_eq!(read.priority, [Priority::Urgent]);
    assert_eq!(read.due_before, Some(Due::parse("2026-12-01").unwrap()));
    let at = |text: &str| Some(text.parse().unwrap());
    assert_eq!(read.completed_before, at("2026-12-02T09:00:00Z"));
    assert_eq!(read.completed_after, at("2026-11-30T00:00:00Z"));
    assert_eq!(read.query.as_deref(), Some("milk"));
    assert_eq!(
        read.order.keys(),
        [(OrderKey::DueDate, false), (OrderKey::Title, true)]
    );
    assert_eq!(
        filter(&v1::ListTasksRequest::default()).unwrap(),
        TaskFilter::default()
    );
    let base = v1::ListTasksRequest::default;
    for (request, field) in [
        (
            v1::ListTasksRequest {
                status: vec![0],
                ..base()
            },
            "status",
        ),
        (
            v1::ListTasksRequest {
                priority: vec![9],
                ..base()
            },
            "priority",
        ),
        (
            v1::ListTasksRequest {
                due_before: "x".to_owned(),
                ..base()
            },
            "due_before",
        ),
        (
            v1::ListTasksRequest {
                due_after: "x".to_owned(),
                ..base()
            },
            "due_after",
        ),
        (
            v1::ListTasksRequest {
                completed_after: "x".to_owned(),
                ..base()
            },
            "completed_after",
        ),
        (
            v1::ListTasksRequest {
                query: "a\0".to_owned(),
                ..base()
            },
            "query",
        ),
        (
            v1::ListTasksRequest {
                order_by: "x".to_owned(),
                ..base()
            },
            "order_by",
        ),
    ] {
        match filter(&request) {
            Err(Error::Invalid { field: named, .. }) => assert_eq!(named, field),
            other => panic!("{field}: {other:?}"),
        }
    }
}
