//! Dates as people and models write them: ISO 8601, or an English phrase read in a time zone.
//!
//! Of the phrases in the table of `when/phrases.rs`, the best crate at hand (interim 0.2) reads
//! fewer than half, takes "this weekend" for today and cannot say whether a time was given, which
//! is what tells a day from an instant here. So the grammar is ours, small, and strict: a phrase is
//! read whole or not at all, and what can be read in two ways ("04/05/2026", "soon") is not read.
//!
//! A phrase is a day, a time of day, or both in either order; or a span from now. Weeks begin on
//! Monday. Days are in [`day`], times in [`hour`], spans in [`span`], words in [`words`].

use chrono::{DateTime, Duration, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeZone as _};
use chrono_tz::Tz;
use taskchat_domain::{Due, TimeZone, Timestamp};

use self::{hour::Hour, span::Moment, words::Words};

mod calendar;
mod day;
mod hour;
#[cfg(test)]
mod phrases;
mod span;
mod words;

/// The longest phrase that is read, in bytes.
const MAX_PHRASE: usize = 80;

/// Words that carry nothing by themselves.
const FILLERS: &[&str] = &[
    "on",
    "by",
    "at",
    "the",
    "in",
    "for",
    "due",
    "before",
    "no later than",
    "until",
    "till",
    "around",
    "about",
    "sometime",
    "t",
    "is",
    "it's",
];

/// Where and when a phrase is read.
#[derive(Debug, Clone, Copy)]
struct Here {
    now: Timestamp,
    zone: Tz,
    today: NaiveDate,
}

impl Here {
    fn at(now: Timestamp, zone: TimeZone) -> Self {
        let zone = zone.tz();
        Self {
            now,
            zone,
            today: now.with_timezone(&zone).date_naive(),
        }
    }
}

/// What a phrase means, said at `now` in `zone`; `None` when it has no one meaning.
pub(crate) fn resolve(text: &str, now: Timestamp, zone: TimeZone) -> Option<Due> {
    let text = text.trim();
    if text.len() > MAX_PHRASE {
        return None;
    }
    if let Ok(due) = Due::parse(text) {
        return Some(due);
    }
    let here = Here::at(now, zone);
    let due = match iso(text, here) {
        Some(at) => Due::Instant(at),
        None => read(&words::split(text)?, here)?.due(here)?,
    };
    // The bounds of a due date are the domain's to say.
    Due::parse(&due.to_string()).ok()
}

/// True for a phrase that names a day and leaves the time of day open: "friday", not "friday 5pm", "all
/// day friday" or an ISO date.
pub(crate) fn is_day_alone(text: &str, now: Timestamp, zone: TimeZone) -> bool {
    let is_alone = |said: Said| {
        let is_day = matches!(said.moment, Some(Moment::Day(_)));
        is_day && !said.by_end_of_day && said.hour == Hour::default()
    };
    Due::parse(text.trim()).is_err() && said(text, now, zone).is_some_and(is_alone)
}

/// True for a phrase that names a time of day and leaves the day open: "at 9", not "today at 9".
pub(crate) fn is_time_alone(text: &str, now: Timestamp, zone: TimeZone) -> bool {
    let is_alone =
        |said: Said| said.moment.is_none() && !said.by_end_of_day && said.hour != Hour::default();
    said(text, now, zone).is_some_and(is_alone)
}

fn said(text: &str, now: Timestamp, zone: TimeZone) -> Option<Said> {
    read(&words::split(text.trim())?, Here::at(now, zone))
}

/// The time of day of an instant, on another day.
pub(crate) fn same_time(at: Timestamp, day: NaiveDate, zone: TimeZone) -> Option<Timestamp> {
    instant(day.and_time(at.with_timezone(&zone.tz()).time()), zone.tz())
}

/// The first instant of a day somewhere.
pub(crate) fn first_instant(day: NaiveDate, zone: TimeZone) -> Option<Timestamp> {
    instant(day.and_time(NaiveTime::MIN), zone.tz())
}

/// The forms of ISO 8601 beside RFC 3339: without seconds, without an offset.
fn iso(text: &str, here: Here) -> Option<Timestamp> {
    let text = text.replacen('Z', "+00:00", 1);
    if let Ok(at) = DateTime::parse_from_str(&text, "%Y-%m-%dT%H:%M%:z") {
        return Some(at.to_utc());
    }
    ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S%.f"]
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(&text, form).ok())
        .and_then(|local| instant(local, here.zone))
}

/// The parts of a phrase, as far as they are read.
#[derive(Debug, Default)]
struct Said {
    moment: Option<Moment>,
    hour: Hour,
    by_end_of_day: bool,
}

/// The parts of a phrase that is understood to its end.
fn read(tokens: &[words::Token], here: Here) -> Option<Said> {
    let mut words = Words::new(tokens);
    let mut said = Said::default();
    while !words.is_empty() {
        // "At 5" needs its first word, so fillers are passed over last.
        let understood = (!said.by_end_of_day && read_end_of_day(&mut words, &mut said))
            || (said.moment.is_none() && read_moment(&mut words, &mut said, here))
            || said.hour.read(&mut words, said.moment.is_some())
            || words.take_any(FILLERS);
        if !understood {
            return None;
        }
    }
    Some(said)
}

fn read_end_of_day(words: &mut Words<'_>, said: &mut Said) -> bool {
    said.by_end_of_day = words.take_any(&[
        "end of day",
        "end of the day",
        "end of today",
        "eod",
        "all day",
        "anytime",
    ]);
    said.by_end_of_day
}

fn read_moment(words: &mut Words<'_>, said: &mut Said, here: Here) -> bool {
    let read = |words: &mut Words<'_>| {
        span::read(words, here).or_else(|| day::read(words, here).map(Moment::Day))
    };
    // "By 5 december" is a day: fillers are passed over before "by 5" is taken for a time.
    said.moment = words.attempt(read).or_else(|| {
        words.attempt(|words| {
            while words.take_any(FILLERS) {}
            read(words)
        })
    });
    said.moment.is_some()
}

impl Said {
    fn due(self, here: Here) -> Option<Due> {
        let day = match self.moment {
            Some(Moment::Instant(at)) => {
                let alone = !self.by_end_of_day && self.hour == Hour::default();
                return alone.then_some(Due::Instant(at));
            }
            Some(Moment::Day(day)) => Some(day),
            None => self.by_end_of_day.then_some(here.today),
        };
        let Some(offset) = self.hour.since_midnight() else {
            return day.map(Due::Date);
        };
        if self.by_end_of_day {
            return None;
        }
        let on = |day: NaiveDate| {
            let local = day.and_time(NaiveTime::MIN).checked_add_signed(offset)?;
            instant(local, here.zone)
        };
        let at = match day {
            // "Tonight", said at nine in the evening, still has a meaning: before the day is over.
            Some(day) if day == here.today && self.hour.is_just_night() => {
                let night = on(day)?;
                if night > here.now {
                    night
                } else {
                    instant(day.and_hms_opt(23, 59, 0)?, here.zone)?
                }
            }
            Some(day) => on(day)?,
            // A time without a day is the next such time; the small hours of a night belong to the
            // day before.
            None => [here.today.pred_opt()?, here.today, here.today.succ_opt()?]
                .into_iter()
                .filter_map(on)
                .find(|at| *at > here.now)?,
        };
        Some(Due::Instant(at))
    }
}

/// A local time as an instant. Said twice (clocks go back), the first counts; skipped (clocks go
/// forward), the offset before the gap counts, as in RFC 5545, section 3.3.5.
fn instant(local: NaiveDateTime, zone: Tz) -> Option<Timestamp> {
    match zone.from_local_datetime(&local) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => Some(at.to_utc()),
        // Gaps are an hour as a rule; Samoa once skipped a day.
        LocalResult::None => [3, 26].iter().find_map(|hours| {
            let before = Duration::hours(*hours);
            let at = zone.from_local_datetime(&(local - before)).latest()?;
            Some(at.to_utc() + before)
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_told_from_a_day() {
        let (now, zone) = ("2026-11-26T00:30:00Z".parse().unwrap(), TimeZone::UTC);
        for (text, day_alone, time_alone) in [
            ("friday", true, false),
            ("at 9", false, true),
            ("5pm", false, true),
            ("today at 9", false, false),
            ("friday 5pm", false, false),
            ("in 2 hours", false, false),
            ("2026-11-27", false, false),
            ("end of day", false, false),
            ("when pigs fly", false, false),
        ] {
            assert_eq!(is_day_alone(text, now, zone), day_alone, "{text}");
            assert_eq!(is_time_alone(text, now, zone), time_alone, "{text}");
        }
    }
}
