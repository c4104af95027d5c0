//! Spans: "in 3 days", "an hour and a half", "2 days ago", "two weeks from monday", "an hour before friday
//! 17:00".

use chrono::{Datelike, Days, Duration, Months, NaiveDate, NaiveTime, Weekday};
use taskchat_domain::Timestamp;

use super::{
    Here, day,
    hour::Hour,
    instant,
    words::{COUNTS, Token, Words},
};

/// Where a span ends: hours lead to an instant, days to a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    Instant(Timestamp),
    Day(NaiveDate),
}

#[derive(Debug, Clone, Copy)]
enum Unit {
    Minutes(u32),
    Days(u32),
    Workdays,
    Months(u32),
}

const UNITS: &[(&str, Unit)] = &[
    ("minutes", Unit::Minutes(1)),
    ("minute", Unit::Minutes(1)),
    ("mins", Unit::Minutes(1)),
    ("min", Unit::Minutes(1)),
    ("hours", Unit::Minutes(60)),
    ("hour", Unit::Minutes(60)),
    ("hrs", Unit::Minutes(60)),
    ("hr", Unit::Minutes(60)),
    ("h", Unit::Minutes(60)),
    ("business days", Unit::Workdays),
    ("business day", Unit::Workdays),
    ("working days", Unit::Workdays),
    ("working day", Unit::Workdays),
    ("work days", Unit::Workdays),
    ("workdays", Unit::Workdays),
    ("weekdays", Unit::Workdays),
    ("days", Unit::Days(1)),
    ("day", Unit::Days(1)),
    ("d", Unit::Days(1)),
    ("weeks", Unit::Days(7)),
    ("week", Unit::Days(7)),
    ("wks", Unit::Days(7)),
    ("wk", Unit::Days(7)),
    ("w", Unit::Days(7)),
    ("fortnights", Unit::Days(14)),
    ("fortnight", Unit::Days(14)),
    ("months", Unit::Months(1)),
    ("month", Unit::Months(1)),
    ("mos", Unit::Months(1)),
    ("mo", Unit::Months(1)),
    ("years", Unit::Months(12)),
    ("year", Unit::Months(12)),
    ("yrs", Unit::Months(12)),
    ("yr", Unit::Months(12)),
    ("y", Unit::Months(12)),
];

/// Reads a span.
pub(super) fn read(words: &mut Words<'_>, here: Here) -> Option<Moment> {
    if words.take("right now") || words.take("now") {
        return Some(Moment::Instant(here.now));
    }
    words.attempt(|words| {
        words.take_any(&["in", "within", "after", "next"]);
        let mut span = Span::default();
        span.add(words)?;
        loop {
            let mut more = *words;
            let joined = more.take("and");
            if joined && more.take("a half") {
                span.minutes = span.minutes.checked_add(span.last_minutes? / 2)?;
            } else if span.add(&mut more).is_none() {
                break;
            }
            *words = more;
        }
        if words.take("ago") {
            return span.from(here, Base::now(here), Direction::Back);
        }
        let (direction, base) = words
            .attempt(|words| base(words, here, span.minutes > 0))
            .unwrap_or((Direction::Ahead, Base::now(here)));
        span.from(here, base, direction)
    })
}

/// What a span is counted from.
#[derive(Debug, Clone, Copy)]
struct Base {
    day: NaiveDate,
    /// The time of day, where one is said, since midnight.
    hour: Option<Duration>,
}

impl Base {
    const fn now(here: Here) -> Self {
        Self {
            day: here.today,
            hour: None,
        }
    }
}

/// "from now", "from friday", "before Fri 4 Dec 2026, 17:00": the time of day is for hours only, days leave
/// it to whoever reads on.
fn base(words: &mut Words<'_>, here: Here, in_hours: bool) -> Option<(Direction, Base)> {
    let direction = words.take_from(&[
        ("from", Direction::Ahead),
        ("after", Direction::Ahead),
        ("before", Direction::Back),
    ])?;
    if words.take("now") {
        return Some((direction, Base::now(here)));
    }
    let day = day::read(words, here)?;
    let mut hour = Hour::default();
    while in_hours && hour.read(words, true) {}
    let hour = hour.since_midnight();
    Some((direction, Base { day, hour }))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    Ahead,
    Back,
}

/// How much time, in units that cannot be turned into each other.
#[derive(Debug, Default)]
struct Span {
    months: u32,
    days: u32,
    workdays: u32,
    minutes: u32,
    /// The length of the last unit, for "and a half".
    last_minutes: Option<u32>,
}

impl Span {
    fn add(&mut self, words: &mut Words<'_>) -> Option<()> {
        if words.take("half an hour") || words.take("half hour") {
            self.minutes = self.minutes.checked_add(30)?;
            return Some(());
        }
        if words.take("quarter of an hour") || words.take("a quarter of an hour") {
            self.minutes = self.minutes.checked_add(15)?;
            return Some(());
        }
        let mut attempt = *words;
        let (count, tenths) = count(&mut attempt)?;
        let unit = attempt.take_from(UNITS)?;
        *words = attempt;
        self.last_minutes = None;
        if tenths > 0 && !matches!(unit, Unit::Minutes(60)) {
            return None;
        }
        match unit {
            Unit::Minutes(length) => {
                let minutes = count.checked_mul(length)?.checked_add(tenths * 6)?;
                self.minutes = self.minutes.checked_add(minutes)?;
                self.last_minutes = Some(length);
            }
            Unit::Days(length) => {
                self.days = self.days.checked_add(count.checked_mul(length)?)?;
            }
            Unit::Workdays => self.workdays = self.workdays.checked_add(count)?,
            Unit::Months(length) => {
                self.months = self.months.checked_add(count.checked_mul(length)?)?;
            }
        }
        Some(())
    }

    fn from(&self, here: Here, base: Base, direction: Direction) -> Option<Moment> {
        let (months, days) = (Months::new(self.months), Days::new(u64::from(self.days)));
        let day = match direction {
            Direction::Ahead => base
                .day
                .checked_add_months(months)?
                .checked_add_days(days)?,
            Direction::Back => base
                .day
                .checked_sub_months(months)?
                .checked_sub_days(days)?,
        };
        let day = step_workdays(day, self.workdays, direction)?;
        if self.minutes == 0 {
            return Some(Moment::Day(day));
        }
        // Hours are elapsed time, whatever the clocks do; days before them are calendar days.
        let from = match base.hour {
            Some(hour) => instant(
                day.and_time(NaiveTime::MIN).checked_add_signed(hour)?,
                here.zone,
            )?,
            // Hours from another day are hours from no time of it.
            None if base.day != here.today => return None,
            None if day == base.day => here.now,
            None => instant(
                day.and_time(here.now.with_timezone(&here.zone).time()),
                here.zone,
            )?,
        };
        let length = Duration::minutes(i64::from(self.minutes));
        let at = match direction {
            Direction::Ahead => from.checked_add_signed(length)?,
            Direction::Back => from.checked_sub_signed(length)?,
        };
        Some(Moment::Instant(at))
    }
}

/// A count, and tenths of one.
fn count(words: &mut Words<'_>) -> Option<(u32, u32)> {
    if let Some(count) = words.take_from(COUNTS) {
        return Some((count, 0));
    }
    match words.next()? {
        Token::Number { value, .. } => Some((*value, 0)),
        Token::Dotted {
            whole,
            part,
            digits: 1,
        } => Some((*whole, *part)),
        _ => None,
    }
}

/// Monday to Friday; holidays are not known here.
fn step_workdays(mut day: NaiveDate, count: u32, direction: Direction) -> Option<NaiveDate> {
    // A bound for the loop: far more than anybody plans in workdays.
    if count > 1000 {
        return None;
    }
    let mut left = count;
    while left > 0 {
        day = match direction {
            Direction::Ahead => day.succ_opt()?,
            Direction::Back => day.pred_opt()?,
        };
        if !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) {
            left -= 1;
        }
    }
    Some(day)
}
