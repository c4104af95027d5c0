//! Questions about a time: what is due today, by Friday, next week; what was finished yesterday.

use crate::model::offline::{
    due,
    request::{Listing, Which},
    words::Phrase,
};

/// When the tasks are due that are asked for. Days are given as phrases; the tools work them out.
pub(super) fn narrow(phrase: Phrase<'_>, listing: &mut Listing) {
    if phrase.has_any(&["overdue", "late", "past due", "too late"]) {
        listing.due_before = Some("today".to_owned());
        listing.which = Which::Open;
        listing.when = Some("overdue".to_owned());
        return;
    }
    let today = phrase.has_any(&["today's"]).then(|| "today".to_owned());
    let ended = phrase
        .without_trailing(super::super::POLITE_TAIL)
        .without_trailing(&["on my list", "on the list", "exactly"]);
    let (lead, mut day, timed) = match due::at_end(ended) {
        Some((_, due)) => {
            let lead = lead_of(ended, &due.text);
            (lead, due.text, due.timed)
        }
        None => match today {
            Some(today) => ("", today, false),
            None => {
                // The tools cannot look for what is due at no time; a list of all shows it.
                if phrase.has_any(&["no", "without", "undated"]) {
                    listing.which = Which::Open;
                } else if phrase.has_any(&["due", "deadlines", "deadline"]) {
                    listing.due_after = Some("2000-01-01".to_owned());
                    listing.when = Some("with a due date".to_owned());
                }
                return;
            }
        },
    };
    let lower = day.to_lowercase();
    let upto = if timed {
        day.clone()
    } else {
        format!("1 day from {day}")
    };
    let (after, before) = match (lead, lower.as_str()) {
        ("before", _) => (None, day.clone()),
        ("by" | "until" | "till", _) => (None, upto),
        (_, "this week") => (Some("today".to_owned()), "next week".to_owned()),
        (_, "this month") => (Some("today".to_owned()), "next month".to_owned()),
        (_, "this year") => (Some("today".to_owned()), "next year".to_owned()),
        (_, "next week") => (Some(day.clone()), "1 week from next week".to_owned()),
        (_, "next month") => (Some(day.clone()), "1 month from next month".to_owned()),
        (_, "this weekend" | "next weekend" | "the weekend") => {
            (Some(day.clone()), format!("2 days from {day}"))
        }
        (_, "tonight" | "this evening") => (Some("today".to_owned()), "tomorrow".to_owned()),
        // Most of what is due on a day has no hour, so the hour asked for is all of its day.
        _ if timed => {
            day = due::day_of(&day).unwrap_or_else(|| "today".to_owned());
            (Some(day.clone()), format!("1 day from {day}"))
        }
        _ => (Some(day.clone()), upto),
    };
    listing.due_after = after;
    listing.due_before = Some(before);
    listing.when = Some(match lead {
        "before" | "by" | "until" | "till" => format!("due {lead} {day}"),
        _ => format!("due {day}"),
    });
    if listing.which == Which::All {
        listing.which = Which::Open;
    }
}

/// Times that are over or have begun: from when until when, as the tools read it.
const PAST: &[(&str, &str, Option<&str>)] = &[
    ("today", "today", None),
    ("yesterday", "yesterday", Some("today")),
    ("this week", "1 week before next week", None),
    (
        "last week",
        "2 weeks before next week",
        Some("1 week before next week"),
    ),
    ("this month", "1 month before next month", None),
    (
        "last month",
        "2 months before next month",
        Some("1 month before next month"),
    ),
    ("this year", "1 year before next year", None),
    (
        "last year",
        "2 years before next year",
        Some("1 year before next year"),
    ),
];

/// When the tasks were finished that are asked for.
pub(super) fn finished(phrase: Phrase<'_>, listing: &mut Listing) {
    let phrase = phrase
        .without_trailing(super::super::POLITE_TAIL)
        .without_trailing(&["so far", "already"]);
    let of_table =
        PAST.iter()
            .find(|(said, ..)| phrase.has_any(&[said]))
            .map(|(said, after, before)| {
                let before = before.map(str::to_owned);
                ((*said).to_owned(), (*after).to_owned(), before)
            });
    // "In the last week" is not "last week".
    let Some((said, after, before)) = within(phrase).or(of_table).or_else(|| on_day(phrase)) else {
        return;
    };
    listing.completed_after = Some(after);
    listing.completed_before = before;
    listing.when = Some(said);
}

type Past = (String, String, Option<String>);

/// "on Monday", "last monday", "since Monday".
fn on_day(phrase: Phrase<'_>) -> Option<Past> {
    let (lead, at) = ["on", "last", "since", "this"]
        .into_iter()
        .find_map(|lead| {
            let at = (1..phrase.len())
                .find(|at| phrase.word(at - 1) == lead && due::is_weekday(phrase.word(*at)))?;
            Some((lead, at))
        })?;
    let day = phrase.from(at).to(1).text();
    Some(match lead {
        "since" => (format!("since {day}"), format!("1 week before {day}"), None),
        _ => (
            format!("{lead} {day}"),
            format!("last {day}"),
            Some(format!("1 day from last {day}")),
        ),
    })
}

/// "in the last 3 days", "over the past week".
fn within(phrase: Phrase<'_>) -> Option<Past> {
    let (_, length) = phrase.split_any(&["the last", "the past"])?;
    let said = format!("in the last {}", length.text());
    let span = match due::length(length) {
        Some(length) => length.text,
        None if length.is_any(&["hour", "day", "week", "month", "year"]) => {
            format!("1 {}", length.text())
        }
        None => return None,
    };
    Some((said, format!("{span} ago"), None))
}

/// The word before a date at the end of a phrase, if it leads to it.
fn lead_of(phrase: Phrase<'_>, day: &str) -> &'static str {
    let at = phrase
        .len()
        .saturating_sub(day.split_whitespace().count() + 1);
    ["before", "by", "until", "till"]
        .into_iter()
        .find(|lead| phrase.word(at) == *lead)
        .unwrap_or_default()
}
