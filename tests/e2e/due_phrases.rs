//! Dates in words, as the tools take them: what is not said stays as it is.

use chrono::{Datelike as _, Duration, NaiveDate, Utc};
use serde_json::json;
use taskchat_tests::{App, user};

/// In UTC, which is where nobody says otherwise.
fn day(ahead: i64) -> NaiveDate {
    Utc::now().date_naive() + Duration::days(ahead)
}

#[tokio::test]
async fn what_repeats_begins_on_a_day_of_its_rule_unless_a_day_is_said() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let code = day(2).weekday().to_string()[..2].to_uppercase();
    for (due, expected) in [
        ("at 9".to_owned(), day(2)),
        (format!("{} at 9", day(3).format("%A")), day(3)),
    ] {
        let rule = format!("FREQ=WEEKLY;BYDAY={code}");
        let task = json!({ "title": "stand up", "due": due, "recurrence": rule });
        let added = ada.tool("add_task", task).await.ok();
        assert_eq!(added["due_date"], format!("{expected}T09:00:00Z"), "{due}");
    }
}

#[tokio::test]
async fn a_day_keeps_the_time_and_a_time_keeps_the_day() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let over = Utc::now() - Duration::days(3);
    for (was, said, expected) in [
        (
            format!("{}T15:00:00Z", day(3)),
            day(4).format("%A").to_string(),
            format!("{}T15:00:00Z", day(4)),
        ),
        (
            format!("{}T15:00:00Z", day(3)),
            "4pm".to_owned(),
            format!("{}T16:00:00Z", day(3)),
        ),
        (
            day(3).to_string(),
            "4pm".to_owned(),
            format!("{}T16:00:00Z", day(3)),
        ),
        (
            format!("{}T15:00:00Z", day(3)),
            day(5).format("%A at 4pm").to_string(),
            format!("{}T16:00:00Z", day(5)),
        ),
        (
            format!("{}T15:00:00Z", day(3)),
            day(4).to_string(),
            day(4).to_string(),
        ),
    ] {
        let task = json!({ "title": "dentist", "due": was });
        let id = user::text(&ada.tool("add_task", task).await.ok(), "id");
        let change = json!({ "task_id": id, "due": said });
        let changed = ada.tool("update_task", change).await;
        assert_eq!(changed.ok()["due_date"], expected, "{was}: {said}");
    }
    // What is over does not come back for a time of day.
    let task = json!({ "title": "dentist", "due": over.to_rfc3339() });
    let id = user::text(&ada.tool("add_task", task).await.ok(), "id");
    let change = json!({ "task_id": id, "due": "4pm" });
    let changed = ada.tool("update_task", change).await;
    let due = user::text(&changed.ok(), "due_date");
    let due: chrono::DateTime<Utc> = due.parse().expect("an instant");
    assert!(due > over + Duration::days(2), "{due}");
}
