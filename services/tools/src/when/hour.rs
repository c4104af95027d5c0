//! Times of day: "5pm", "17:00", "at 5", "half past nine", "noon", "morning".

use chrono::Duration;

use super::words::{COUNTS, Token, Words};

/// A part of the day, with the hour it stands for when none is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Morning,
    Afternoon,
    Evening,
    Night,
}

/// A time as said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Time {
    /// On the 24-hour clock; 24:00 is the midnight at the end of the day.
    Exact { hour: u32, minute: u32 },
    /// On the 12-hour clock, with nothing to tell the halves of the day apart.
    Unsure { hour: u32, minute: u32 },
}

/// What is said about the time of day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Hour {
    part: Option<Part>,
    time: Option<Time>,
}

/// The hour at which a night is over: what is said to be before it, "tonight at 1", is after the
/// midnight at the end of the day.
const MORNING: u32 = 6;

const PARTS: &[(&str, Part)] = &[
    ("first thing in the morning", Part::Morning),
    ("in the morning", Part::Morning),
    ("first thing", Part::Morning),
    ("morning", Part::Morning),
    ("in the afternoon", Part::Afternoon),
    ("afternoon", Part::Afternoon),
    ("in the evening", Part::Evening),
    ("evening", Part::Evening),
    ("at night", Part::Night),
    ("night", Part::Night),
];

const NAMED: &[(&str, u32)] = &[
    ("noon", 12),
    ("midday", 12),
    ("lunchtime", 12),
    ("lunch", 12),
    ("close of business", 17),
    ("end of business", 17),
    ("cob", 17),
    ("midnight", 24),
];

impl Hour {
    /// Reads one more thing about the time of day. `after_day` says that a day is known already, so
    /// that "friday 14h" is a time while "14h" alone is a span.
    pub(super) fn read(&mut self, words: &mut Words<'_>, after_day: bool) -> bool {
        if self.part.is_none()
            && let Some(part) = words.take_from(PARTS)
        {
            self.part = Some(part);
            return true;
        }
        if self.time.is_none()
            && let Some(time) = words.attempt(|words| time(words, after_day))
        {
            self.time = Some(time);
            return true;
        }
        false
    }

    /// True when nothing but "night" is said.
    pub(super) fn is_just_night(self) -> bool {
        self.part == Some(Part::Night) && self.time.is_none()
    }

    /// How long after the midnight at the beginning of the day, a day and more for the small hours of
    /// a night; `None` when no time is said.
    pub(super) fn since_midnight(self) -> Option<Duration> {
        let (hour, minute) = match (self.time, self.part) {
            (Some(Time::Exact { hour, minute }), Some(Part::Night)) if hour < MORNING => {
                (hour + 24, minute)
            }
            (Some(Time::Exact { hour, minute }), _) => (hour, minute),
            (Some(Time::Unsure { hour, minute }), part) => (settle(hour, part), minute),
            (None, Some(Part::Morning)) => (9, 0),
            (None, Some(Part::Afternoon)) => (15, 0),
            (None, Some(Part::Evening)) => (18, 0),
            (None, Some(Part::Night)) => (20, 0),
            (None, None) => return None,
        };
        Some(Duration::minutes(i64::from(hour * 60 + minute)))
    }
}

/// Which half of the day is meant. Without a hint, what is due at 1 to 6 is due in the afternoon.
fn settle(hour: u32, part: Option<Part>) -> u32 {
    match (part, hour) {
        (Some(Part::Morning), 12) => 0,
        (Some(Part::Night), 12) => 24,
        (Some(Part::Night), _) if hour < MORNING => hour + 24,
        (Some(Part::Morning), _) | (_, 12) => hour,
        (Some(Part::Afternoon | Part::Evening | Part::Night), _) | (None, 1..=6) => hour + 12,
        (None, _) => hour,
    }
}

fn time(words: &mut Words<'_>, after_day: bool) -> Option<Time> {
    let said_at = words.take_any(&["at", "by", "before", "around", "about"]);
    if let Some(hour) = words.take_from(NAMED) {
        return Some(Time::Exact { hour, minute: 0 });
    }
    if let Some(time) = words.attempt(past_or_to) {
        return Some(time);
    }
    let (hour, minute, padded, bare) = match words.next()? {
        Token::Clock {
            hour,
            minute,
            padded,
        } => (*hour, *minute, *padded, false),
        Token::Dotted {
            whole,
            part,
            digits: 2,
        } => (*whole, *part, true, true),
        Token::Number {
            value,
            digits: 1 | 2,
        } => (*value, 0, false, true),
        _ => return None,
    };
    if minute > 59 {
        return None;
    }
    if let Some(is_pm) = meridiem(words) {
        if !(1..=12).contains(&hour) {
            return None;
        }
        let hour = hour % 12 + if is_pm { 12 } else { 0 };
        return Some(Time::Exact { hour, minute });
    }
    let hours = words.take_any(&["h", "uhr"]) && after_day;
    let o_clock = words.take_any(&["o'clock", "oclock"]);
    if hour > 23 || (bare && !(said_at || hours || o_clock)) {
        return None;
    }
    // "10:30" has two digits on either clock.
    let is_24_hours = hours || (padded && hour < 10) || hour == 0 || hour > 12;
    Some(if is_24_hours {
        Time::Exact { hour, minute }
    } else {
        Time::Unsure { hour, minute }
    })
}

fn meridiem(words: &mut Words<'_>) -> Option<bool> {
    words.take_from(&[("am", false), ("a m", false), ("pm", true), ("p m", true)])
}

/// "half past nine", "quarter to five", "ten past 8".
fn past_or_to(words: &mut Words<'_>) -> Option<Time> {
    let minutes = words.take_from(&[
        ("half", 30),
        ("a quarter", 15),
        ("quarter", 15),
        ("twenty five", 25),
        ("twenty", 20),
        ("ten", 10),
        ("five", 5),
    ])?;
    let is_past = words.take_from(&[("past", true), ("after", true), ("to", false)])?;
    let hour = words
        .take_from(COUNTS)
        .or_else(|| words.number().map(|(hour, _)| hour))
        .filter(|hour| (1..=12).contains(hour))?;
    words.take_any(&["o'clock"]);
    let (hour, minute) = match (is_past, hour) {
        (true, _) => (hour, minutes),
        (false, 1) => (12, 60 - minutes),
        (false, _) => (hour - 1, 60 - minutes),
    };
    Some(match meridiem(words) {
        Some(is_pm) => Time::Exact {
            hour: hour % 12 + if is_pm { 12 } else { 0 },
            minute,
        },
        None => Time::Unsure { hour, minute },
    })
}
