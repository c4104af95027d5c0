//! Dates in results are for programs: 2026-12-03T15:00:00Z. People are told "Thu 3 Dec 2026, 16:00",
//! in their own zone.

use serde_json::Value;
use taskchat_domain::{Due, TimeZone};

/// Puts the dates of an envelope into words: those of its tasks, and those of its receipt's sentence.
pub(super) fn word(envelope: &mut Value, zone: TimeZone) {
    if let Some(tasks) = envelope
        .pointer_mut("/data/tasks")
        .and_then(Value::as_array_mut)
    {
        tasks.iter_mut().for_each(|task| word_task(task, zone));
    } else if let Some(task) = envelope.get_mut("data") {
        word_task(task, zone);
    }
    if let Some(Value::String(summary)) = envelope.pointer_mut("/receipt/summary") {
        *summary = sentence(summary, zone);
    }
}

fn word_task(task: &mut Value, zone: TimeZone) {
    for name in ["due_date", "completed_at"] {
        if let Some(Value::String(date)) = task.get_mut(name)
            && let Ok(read) = Due::parse(date)
        {
            *date = read.words(zone);
        }
    }
}

/// A receipt's sentence; what stands between its quotes is the person's, and stays.
fn sentence(summary: &str, zone: TimeZone) -> String {
    let after_title = summary.rfind('”').unwrap_or_default();
    let (title, rest) = summary.split_at(after_title);
    let words = rest.split(' ').map(|word| {
        let date = word.trim_end_matches(['.', ',']);
        match Due::parse(date) {
            Ok(due) => word.replacen(date, &due.words(zone), 1),
            Err(_) => word.to_owned(),
        }
    });
    let words: Vec<String> = words.collect();
    format!("{title}{}", words.join(" "))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn dates_are_told_in_the_persons_zone_and_titles_stay() {
        let berlin = TimeZone::parse("Europe/Berlin").unwrap();
        for (summary, told) in [
            (
                "Added “pay by 2026-12-01”, due 2026-12-03T15:00:00Z.",
                "Added “pay by 2026-12-01”, due Thu 3 Dec 2026, 16:00.",
            ),
            (
                "Completed “water”. Added the next one, due 2026-07-08.",
                "Completed “water”. Added the next one, due Wed 8 Jul 2026.",
            ),
            (
                "Undone: due date of “a” is 2026-07-08T21:30:00Z again.",
                "Undone: due date of “a” is Wed 8 Jul 2026, 23:30 again.",
            ),
            ("Deleted “2026-12-01”.", "Deleted “2026-12-01”."),
        ] {
            let mut envelope = json!({"receipt": {"summary": summary}});
            word(&mut envelope, berlin);
            assert_eq!(envelope["receipt"]["summary"], told);
        }
        let mut listed = json!({"data": {"tasks": [
            {"title": "2026-12-01", "due_date": "2026-12-01", "completed_at": "2026-12-01T23:30:00Z"},
            {"due_date": null},
        ]}});
        word(&mut listed, berlin);
        assert_eq!(
            listed["data"]["tasks"],
            json!([
                {
                    "title": "2026-12-01", "due_date": "Tue 1 Dec 2026",
                    "completed_at": "Wed 2 Dec 2026, 00:30",
                },
                {"due_date": null},
            ])
        );
    }
}
