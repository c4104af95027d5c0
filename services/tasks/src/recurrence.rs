//! The next occurrence of a repeating task.

use chrono::{Duration, NaiveDate, NaiveTime, SubsecRound, TimeZone as _, Utc};
use rrule::{RRule, RRuleSet, Tz, Unvalidated};
use taskchat_domain::{Due, Origin, Recurrence, Status, Task, TaskId, TimeZone, Timestamp};

/// The task that follows on a completed one: due at the rule's next time after the due date, or
/// after today when there is none. `None` when the rule has run out.
///
/// Days are counted as days; instants keep their time of day in `zone` over clock changes.
pub(crate) fn next_occurrence(
    done: &Task,
    zone: TimeZone,
    origin: Origin,
    now: Timestamp,
) -> Option<Task> {
    let rule = done.recurrence.as_ref()?;
    let rest = one_less(rule)?;
    let due = match done.due {
        Some(Due::Date(date)) => Due::Date(next_date(rule, date)?),
        Some(Due::Instant(at)) => Due::Instant(next_instant(rule, at, zone)?),
        None => {
            let today = now.with_timezone(&zone.tz()).date_naive();
            Due::Date(next_date(rule, today)?)
        }
    };
    // Years after 9999 cannot be stored.
    Due::parse(&due.to_string()).ok()?;
    Some(Task {
        id: TaskId::new(),
        status: Status::Pending,
        due: Some(due),
        completed_at: None,
        recurrence: Some(rest),
        created_at: now,
        updated_at: now,
        version: 1,
        created_by: origin,
        ..done.clone()
    })
}

/// The first time that a rule allows, from `at` on and at that time of day in `zone`: "every weekday at
/// nine", said on a Sunday, begins on Monday. `None` when the rule allows none.
#[must_use]
pub fn first_occurrence(rule: &Recurrence, at: Timestamp, zone: TimeZone) -> Option<Timestamp> {
    let start = at.trunc_subsecs(0).with_timezone(&Tz::Tz(zone.tz()));
    Some(first_after(rule, start, start)?.with_timezone(&Utc))
}

fn next_date(rule: &Recurrence, date: NaiveDate) -> Option<NaiveDate> {
    let midnight = |date: NaiveDate| Tz::UTC.from_utc_datetime(&date.and_time(NaiveTime::MIN));
    let tomorrow = date.succ_opt()?;
    // A rule of hours would be asked for every hour of today first, for nothing.
    let start = if is_sub_daily(rule) { tomorrow } else { date };
    let next = first_after(rule, midnight(start), midnight(tomorrow))?;
    Some(next.date_naive())
}

fn next_instant(rule: &Recurrence, at: Timestamp, zone: TimeZone) -> Option<Timestamp> {
    // Rules know no fractions of seconds.
    let whole = at.trunc_subsecs(0);
    let start = whole.with_timezone(&Tz::Tz(zone.tz()));
    let after = start.checked_add_signed(Duration::seconds(1))?;
    let next = first_after(rule, start, after)?.with_timezone(&Utc);
    next.checked_add_signed(at - whole)
}

fn first_after(
    rule: &Recurrence,
    start: chrono::DateTime<Tz>,
    after: chrono::DateTime<Tz>,
) -> Option<chrono::DateTime<Tz>> {
    let rule: RRule<Unvalidated> = rule.as_str().parse().ok()?;
    // A rule that ended before it began has no next time.
    let rule = rule.validate(start).ok()?;
    let found = RRuleSet::new(start).rrule(rule).after(after).all(1);
    found.dates.into_iter().next()
}

/// The same rule for one occurrence less; `None` when this was the last.
fn one_less(rule: &Recurrence) -> Option<Recurrence> {
    let mut parts = Vec::new();
    for part in rule.as_str().split(';') {
        match part.split_once('=') {
            Some((name, count)) if name.eq_ignore_ascii_case("COUNT") => {
                let left = count.parse::<u32>().ok()?.checked_sub(1)?;
                if left == 0 {
                    return None;
                }
                parts.push(format!("COUNT={left}"));
            }
            _ => parts.push(part.to_owned()),
        }
    }
    Recurrence::parse(&parts.join(";")).ok()
}

fn is_sub_daily(rule: &Recurrence) -> bool {
    let rule = rule.as_str().to_ascii_uppercase();
    ["FREQ=HOURLY", "FREQ=MINUTELY", "FREQ=SECONDLY"]
        .iter()
        .any(|freq| rule.contains(freq))
}

#[cfg(test)]
mod tests {
    use taskchat_domain::{NewTask, Title};

    use super::*;

    fn next(rule: &str, due: Option<&str>) -> Option<(String, String)> {
        let now = "2026-11-22T23:30:00Z".parse().unwrap();
        let new = NewTask::titled(Title::parse("Water the plants").unwrap());
        let done = Task {
            id: TaskId::new(),
            title: new.title,
            description: new.description,
            status: Status::Completed,
            priority: new.priority,
            due: due.map(|due| Due::parse(due).unwrap()),
            completed_at: Some(now),
            tags: new.tags,
            recurrence: Some(Recurrence::parse(rule).unwrap()),
            created_at: now,
            updated_at: now,
            version: 2,
            created_by: Origin::Hand,
        };
        let berlin = TimeZone::parse("Europe/Berlin").unwrap();
        let next = next_occurrence(&done, berlin, Origin::Hand, now)?;
        assert_eq!(next.status, Status::Pending);
        assert_eq!((next.version, next.completed_at), (1, None));
        Some((
            next.due.unwrap().to_string(),
            next.recurrence.unwrap().to_string(),
        ))
    }

    #[test]
    fn the_next_time_follows_from_the_rule() {
        for (rule, due, expected) in [
            ("FREQ=DAILY", Some("2026-11-27"), Some("2026-11-28")),
            ("FREQ=WEEKLY", Some("2026-11-27"), Some("2026-12-04")),
            (
                "FREQ=WEEKLY;BYDAY=MO,TH",
                Some("2026-11-27"),
                Some("2026-11-30"),
            ),
            (
                "FREQ=MONTHLY;BYMONTHDAY=31",
                Some("2026-10-31"),
                Some("2026-12-31"),
            ),
            ("FREQ=YEARLY", Some("2024-02-29"), Some("2028-02-29")),
            ("FREQ=HOURLY", Some("2026-11-27"), Some("2026-11-28")),
            ("FREQ=SECONDLY", Some("2026-11-27"), Some("2026-11-28")),
            // Already the 23rd in Berlin.
            ("FREQ=DAILY", None, Some("2026-11-24")),
            // Five in the afternoon stays so when summer time ends.
            (
                "FREQ=WEEKLY",
                Some("2026-10-22T15:00:00Z"),
                Some("2026-10-29T16:00:00Z"),
            ),
            (
                "FREQ=DAILY",
                Some("2026-11-27T08:00:00.250Z"),
                Some("2026-11-28T08:00:00.250Z"),
            ),
            (
                "FREQ=DAILY;UNTIL=20261127T000000Z",
                Some("2026-11-27"),
                None,
            ),
            (
                "FREQ=DAILY;UNTIL=20200101T000000Z",
                Some("2026-11-27"),
                None,
            ),
            ("FREQ=YEARLY", Some("9999-06-01"), None),
        ] {
            let due = next(rule, due).map(|(due, _)| due);
            assert_eq!(due.as_deref(), expected, "{rule}");
        }
    }

    #[test]
    fn the_first_time_is_one_that_the_rule_allows() {
        let berlin = TimeZone::parse("Europe/Berlin").unwrap();
        for (rule, at, expected) in [
            // A Sunday, at nine.
            (
                "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
                "2026-11-29T08:00:00Z",
                Some("2026-11-30T08:00:00Z"),
            ),
            (
                "FREQ=WEEKLY;BYDAY=SA,SU",
                "2026-11-29T08:00:00Z",
                Some("2026-11-29T08:00:00Z"),
            ),
            (
                "FREQ=DAILY",
                "2026-11-29T08:00:00Z",
                Some("2026-11-29T08:00:00Z"),
            ),
            // Nine stays nine when summer time begins.
            (
                "FREQ=WEEKLY;BYDAY=MO",
                "2027-03-27T08:00:00Z",
                Some("2027-03-29T07:00:00Z"),
            ),
            (
                "FREQ=DAILY;UNTIL=20200101T000000Z",
                "2026-11-29T08:00:00Z",
                None,
            ),
        ] {
            let rule = Recurrence::parse(rule).unwrap();
            let first = first_occurrence(&rule, at.parse().unwrap(), berlin);
            let expected = expected.map(|at| at.parse().unwrap());
            assert_eq!(first, expected, "{rule}");
        }
    }

    #[test]
    fn a_count_runs_out() {
        let (_, rest) = next("FREQ=DAILY;COUNT=3", Some("2026-11-27")).unwrap();
        assert_eq!(rest, "FREQ=DAILY;COUNT=2");
        assert_eq!(next("FREQ=DAILY;COUNT=1", Some("2026-11-27")), None);
    }

    #[test]
    fn rules_that_never_happen_give_up_soon() {
        let begun = std::time::Instant::now();
        for rule in [
            "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
            "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
            "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
        ] {
            assert_eq!(next(rule, Some("2026-11-27")), None, "{rule}");
        }
        println!("gave up after {:?}", begun.elapsed());
    }
}
