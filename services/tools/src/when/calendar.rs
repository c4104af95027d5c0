//! The calendar: weeks that begin on Monday, months, years. No words here.

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

#[derive(Debug, Clone, Copy)]
pub(super) enum Period {
    Week,
    Month,
    Year,
}

/// Days in a row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) first: NaiveDate,
    pub(super) days: i64,
}

impl Period {
    /// The one around a day, or so many after it.
    pub(super) fn of(self, day: NaiveDate, which: i32) -> Option<Span> {
        let first_of_month = |months: i32| {
            let first = day.with_day(1)?;
            let by = Months::new(months.unsigned_abs());
            if months < 0 {
                first.checked_sub_months(by)
            } else {
                first.checked_add_months(by)
            }
        };
        let (first, next) = match self {
            Self::Week => {
                let first = shift(monday(day)?, i64::from(which) * 7)?;
                (first, shift(first, 7)?)
            }
            Self::Month => (first_of_month(which)?, first_of_month(which + 1)?),
            Self::Year => {
                let first = |year: i32| NaiveDate::from_ymd_opt(year, 1, 1);
                (first(day.year() + which)?, first(day.year() + which + 1)?)
            }
        };
        Some(Span {
            first,
            days: (next - first).num_days(),
        })
    }
}

impl Span {
    pub(super) fn last(self) -> Option<NaiveDate> {
        shift(self.first, self.days - 1)
    }
}

/// The month of that number that has not ended.
pub(super) fn upcoming_month(today: NaiveDate, month: u32) -> Option<Span> {
    let year = today.year() + i32::from(month < today.month());
    Period::Month.of(NaiveDate::from_ymd_opt(year, month, 1)?, 0)
}

/// The next such date, today included. Leap days come again within eight years.
pub(super) fn next_date(today: NaiveDate, month: u32, day: u32) -> Option<NaiveDate> {
    (0..=8)
        .filter_map(|ahead| NaiveDate::from_ymd_opt(today.year() + ahead, month, day))
        .find(|date| *date >= today)
}

pub(super) fn monday(day: NaiveDate) -> Option<NaiveDate> {
    shift(day, -days_from_monday(day.weekday()))
}

pub(super) fn days_from_monday(weekday: Weekday) -> i64 {
    i64::from(weekday.num_days_from_monday())
}

pub(super) fn shift(day: NaiveDate, days: i64) -> Option<NaiveDate> {
    let by = Days::new(days.unsigned_abs());
    if days < 0 {
        day.checked_sub_days(by)
    } else {
        day.checked_add_days(by)
    }
}
