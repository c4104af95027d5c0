//! Tasks by hand: acceptance 17 to 21 and 91.

use serde_json::{Value, json};
use taskchat_tests::{App, User, user};

#[tokio::test]
async fn s017_create_fills_in_the_rest() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let task = ada
        .post("/api/{me}/tasks", json!({ "title": "  x " }))
        .await
        .ok();
    assert_eq!(task["title"], "x");
    assert_eq!(task["description"], "");
    assert_eq!(task["status"], "pending");
    assert_eq!(task["priority"], "medium");
    assert_eq!(task["version"], 1);
    assert_eq!(task["tags"], json!([]));
    assert!(
        task["completed_at"].is_null() && task["due_date"].is_null(),
        "{task}"
    );
    assert_eq!(task["created_by"]["origin"], "hand");
    for member in ["created_at", "updated_at"] {
        let time = task[member].as_str().expect("a time");
        assert!(time.ends_with('Z'), "{time}");
        assert!(chrono::DateTime::parse_from_rfc3339(time).is_ok(), "{time}");
    }
    let uuid = uuid::Uuid::parse_str(&user::id(&task)).expect("a UUID");
    assert_eq!(uuid.get_version_num(), 7);
}

#[tokio::test]
async fn create_takes_every_field() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let wanted = json!({
        "title": "prüfe 📋 the boiler", "description": "ring twice\nbring tools", "status": "in_progress",
        "priority": "urgent", "due_date": "2027-03-01", "tags": ["home", "winter"],
        "recurrence": "FREQ=YEARLY",
    });
    let task = ada.post("/api/{me}/tasks", wanted.clone()).await.ok();
    for (member, value) in wanted.as_object().expect("members") {
        assert_eq!(&task[member], value, "{task}");
    }
    assert_eq!(ada.task(&user::id(&task)).await, task);
    // The full enum name and camelCase are understood as well.
    let other =
        json!({ "title": "y", "priority": "TASK_PRIORITY_LOW", "dueDate": "2027-03-02T10:00:00Z" });
    let task = ada.post("/api/tasks", other).await.ok();
    assert_eq!(
        (&task["priority"], &task["due_date"]),
        (&json!("low"), &json!("2027-03-02T10:00:00Z"))
    );
}

#[tokio::test]
async fn s018_create_refuses_what_is_no_task() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    for (field, body) in [
        ("title", json!({})),
        ("title", json!({ "title": null })),
        ("title", json!({ "title": "" })),
        ("title", json!({ "title": " \t\n " })),
        ("title", json!({ "title": "x".repeat(201) })),
        ("title", json!({ "title": "a\u{0}b" })),
        ("title", json!({ "title": 5 })),
        ("title", json!({ "title": ["x"] })),
        (
            "description",
            json!({ "title": "x", "description": "d".repeat(1001) }),
        ),
        (
            "description",
            json!({ "title": "x", "description": "d\u{0}" }),
        ),
        ("status", json!({ "title": "x", "status": "done" })),
        ("status", json!({ "title": "x", "status": 99 })),
        ("priority", json!({ "title": "x", "priority": "mega" })),
        ("priority", json!({ "title": "x", "priority": true })),
        ("due_date", json!({ "title": "x", "due_date": "soon" })),
        (
            "due_date",
            json!({ "title": "x", "due_date": "2027-02-30" }),
        ),
        ("due_date", json!({ "title": "x", "due_date": 20270301 })),
        ("tags", json!({ "title": "x", "tags": "home" })),
        ("tags", json!({ "title": "x", "tags": [""] })),
        (
            "recurrence",
            json!({ "title": "x", "recurrence": "every now and then" }),
        ),
        ("colour", json!({ "title": "x", "colour": "red" })),
    ] {
        let problem = ada.post("/api/{me}/tasks", body.clone()).await.refused(422);
        assert!(
            problem["detail"]
                .as_str()
                .unwrap_or_default()
                .contains(field),
            "{body}: {problem}"
        );
        assert!(
            !problem["errors"].as_array().expect("errors").is_empty(),
            "{problem}"
        );
        assert!(
            problem["errors"][0]["field"]
                .as_str()
                .unwrap_or_default()
                .contains(field),
            "{problem}"
        );
    }
    assert!(ada.tasks().await.is_empty());
    assert_eq!(app.database().await.count("operations").await, 0);
    // The limits themselves are fine: 200 characters, not bytes.
    ada.post(
        "/api/{me}/tasks",
        json!({ "title": "ü".repeat(200), "description": "d".repeat(1000) }),
    )
    .await
    .ok();
}

#[tokio::test]
async fn s019_read_one() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let task = ada.add("water the plants").await;
    let path = format!("/api/tasks/{}", user::id(&task));
    assert_eq!(ada.get(&path).await.ok(), task);
    assert_eq!(ada.get(&format!("{path}/")).await.ok(), task);
}

#[tokio::test]
async fn s020_update_changes_what_is_named_and_no_more() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let body = json!({ "title": "old", "description": "keep", "priority": "high", "tags": ["a"] });
    let before = ada.post("/api/{me}/tasks", body).await.ok();
    let path = format!("/api/{{me}}/tasks/{}", user::id(&before));
    let after = ada.put(&path, json!({ "title": "new" })).await.ok();
    assert_eq!(after["title"], "new");
    assert_eq!(after["version"], 2);
    for kept in [
        "description",
        "priority",
        "tags",
        "status",
        "created_at",
        "id",
        "created_by",
    ] {
        assert_eq!(after[kept], before[kept], "{kept}");
    }
    assert!(
        after["updated_at"].as_str() > before["updated_at"].as_str(),
        "{before} {after}"
    );
    assert_eq!(ada.get(&path).await.ok(), after);

    for (field, body) in [
        ("title", json!({ "title": "" })),
        ("title", json!({ "title": null })),
        ("title", json!({ "title": "x".repeat(201) })),
        ("priority", json!({ "priority": "mega" })),
        ("due_date", json!({ "due_date": "soon" })),
    ] {
        let problem = ada.put(&path, body).await.refused(422);
        assert!(
            problem["detail"]
                .as_str()
                .unwrap_or_default()
                .contains(field),
            "{problem}"
        );
    }
    ada.put(&path, json!({})).await.refused(422);
    assert_eq!(ada.get(&path).await.ok(), after);
}

#[tokio::test]
async fn a_mask_clears_and_null_clears() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let body = json!({ "title": "t", "description": "d", "due_date": "2027-01-01", "tags": ["a"] });
    let task = ada.post("/api/tasks", body).await.ok();
    let path = format!("/api/tasks/{}", user::id(&task));
    let cleared = ada.patch(&path, json!({ "due_date": null })).await.ok();
    assert!(cleared["due_date"].is_null(), "{cleared}");
    assert_eq!(cleared["description"], "d");
    let masked = ada
        .patch(
            &format!("{path}?update_mask=description,tags"),
            json!({ "title": "ignored" }),
        )
        .await;
    let masked = masked.ok();
    assert_eq!(
        (&masked["title"], &masked["description"], &masked["tags"]),
        (&json!("t"), &json!(""), &json!([]))
    );
    ada.patch(
        &format!("{path}?update_mask=nonsense"),
        json!({ "title": "x" }),
    )
    .await
    .refused(422);
}

#[tokio::test]
async fn s021_complete_once() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let id = user::id(&ada.add("water the plants").await);
    let path = format!("/api/{{me}}/tasks/{id}/complete");
    let done = ada.send_bare_patch(&path).await;
    assert_eq!(done["status"], "completed");
    assert!(done["completed_at"].is_string(), "{done}");
    let again = ada.patch(&path, json!({ "completed": true })).await.ok();
    assert_eq!(again, done);
    let reopened = ada.patch(&path, json!({ "completed": false })).await.ok();
    assert_eq!(reopened["status"], "pending");
    assert!(reopened["completed_at"].is_null(), "{reopened}");
    let by_update = ada
        .patch(
            &format!("/api/tasks/{id}"),
            json!({ "status": "completed" }),
        )
        .await
        .ok();
    assert!(by_update["completed_at"].is_string(), "{by_update}");
}

#[tokio::test]
async fn a_repeating_task_ticked_unticked_and_ticked_again_has_one_next_occurrence() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let body =
        json!({ "title": "pay rent", "due_date": "2027-03-01", "recurrence": "FREQ=MONTHLY" });
    let id = user::id(&ada.post("/api/tasks", body).await.ok());
    let path = format!("/api/tasks/{id}/complete");
    let dues = async || -> Vec<Value> {
        let tasks = ada.tasks().await;
        tasks.iter().map(|task| task["due_date"].clone()).collect()
    };
    for _ in 0..2 {
        ada.patch(&path, json!({ "completed": true })).await.ok();
        assert_eq!(dues().await, ["2027-04-01", "2027-03-01"]);
        ada.patch(&path, json!({ "completed": false })).await.ok();
        assert_eq!(dues().await, ["2027-03-01"]);
    }
    let trail = ada.get(&format!("/api/tasks/{id}/operations")).await.ok();
    assert_eq!(
        trail["operations"][0]["receipt"]["summary"],
        "Reopened “pay rent”. Took away the next one, due 2027-04-01."
    );
    // What somebody has changed since is left to them, and no other is added beside it.
    ada.patch(&path, json!({ "completed": true })).await.ok();
    let next = user::id(&ada.tasks().await[0]);
    let moved = json!({ "due_date": "2027-04-03" });
    ada.patch(&format!("/api/tasks/{next}"), moved).await.ok();
    ada.patch(&path, json!({ "completed": false })).await.ok();
    ada.patch(&path, json!({ "completed": true })).await.ok();
    assert_eq!(dues().await, ["2027-04-03", "2027-03-01"]);
}

trait BarePatch {
    async fn send_bare_patch(&self, path: &str) -> Value;
}

impl BarePatch for User {
    /// `PATCH` without any body.
    async fn send_bare_patch(&self, path: &str) -> Value {
        let sent = self.request(reqwest::Method::PATCH, path).send().await;
        taskchat_tests::Answer::read(sent.expect("an answer"))
            .await
            .ok()
    }
}

#[tokio::test]
async fn s091_two_updates_at_once_leave_one_of_them_whole() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let path = format!("/api/{{me}}/tasks/{}", user::id(&ada.add("x").await));
    for _ in 0..10 {
        let one = ada.put(&path, json!({ "title": "one", "description": "of one" }));
        let two = ada.put(&path, json!({ "title": "two", "description": "of two" }));
        let (one, two) = futures::join!(one, two);
        assert_eq!(
            (one.status, two.status),
            (200, 200),
            "{} {}",
            one.text,
            two.text
        );
        let task = ada.get(&path).await.ok();
        let title = task["title"].as_str().expect("a title");
        assert_eq!(task["description"], format!("of {title}"));
    }
}
