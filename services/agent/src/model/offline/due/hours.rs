//! "From 3 to 4pm": what has hours is due when it begins. How long it takes is not kept.

use super::{Due, date_at_end, read, whole};
use crate::model::offline::words::{Phrase, Sentence};

/// The phrase without the hours at its end, before or behind their day, and when they begin.
pub(super) fn at_end(phrase: Phrase<'_>) -> Option<(Phrase<'_>, Due)> {
    let is_day = |due: &Due| due.dated && !due.timed;
    phrase.ends().find_map(|at| {
        let hours = phrase.from(at).after("from")?;
        if hours.len() < 3 || !matches!(hours.word(1), "to" | "until" | "till") {
            return None;
        }
        let time = beginning(hours.word(0), hours.word(2))?;
        let (before, after) = (phrase.to(at), hours.from(3));
        let (rest, day) = if after.is_empty() {
            let on_day = date_at_end(before).filter(|(_, day)| is_day(day));
            on_day.map_or((before, None), |(rest, day)| (rest, Some(day)))
        } else {
            (before, Some(whole(after).filter(is_day)?))
        };
        let text = match &day {
            Some(day) => format!("{} at {time}", day.text),
            None => format!("at {time}"),
        };
        let dated = day.is_some();
        Some((
            rest,
            Due {
                text,
                timed: true,
                dated,
            },
        ))
    })
}

/// "3pm" of "3" and "4pm"; "11am" of "11" and "1pm".
fn beginning(first: &str, last: &str) -> Option<String> {
    let is_time = |text: &str| {
        let sentence = Sentence::read(&format!("at {text}"));
        read(sentence.phrase()).is_some_and(|due| due.timed && !due.dated)
    };
    if !(is_time(first) && is_time(last)) {
        return None;
    }
    let half = ["am", "pm"].into_iter().find(|half| last.ends_with(half));
    let Some(half) = half.filter(|_| !first.ends_with('m')) else {
        return Some(first.to_owned());
    };
    let hour = |text: &str| {
        let digits = text.split(|letter: char| !letter.is_ascii_digit()).next();
        digits
            .and_then(|digits| digits.parse::<u8>().ok())
            .map(|hour| hour % 12)
    };
    let half = match half {
        half if hour(first) <= hour(last) => half,
        "pm" => "am",
        _ => "pm",
    };
    Some(format!("{first}{half}"))
}
