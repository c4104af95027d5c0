//! Questions about a time: what is due today, by Friday, next week.

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
                if phrase.has_any(&["due", "deadlines", "deadline"]) {
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
