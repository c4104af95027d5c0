//! Days: "tomorrow", "friday", "next week", "24 december", "the 3rd", "end of month".

use chrono::{Datelike, Months, NaiveDate, Weekday};

use super::{
    Here,
    calendar::{Period, Span, days_from_monday, monday, next_date, shift, upcoming_month},
    words::{Token, Words, day_and_month},
};

const WEEKDAYS: &[(&str, Weekday)] = &[
    ("monday", Weekday::Mon),
    ("mon", Weekday::Mon),
    ("tuesday", Weekday::Tue),
    ("tues", Weekday::Tue),
    ("tue", Weekday::Tue),
    ("wednesday", Weekday::Wed),
    ("weds", Weekday::Wed),
    ("wed", Weekday::Wed),
    ("thursday", Weekday::Thu),
    ("thurs", Weekday::Thu),
    ("thur", Weekday::Thu),
    ("thu", Weekday::Thu),
    ("friday", Weekday::Fri),
    ("fri", Weekday::Fri),
    ("saturday", Weekday::Sat),
    ("sat", Weekday::Sat),
    ("sunday", Weekday::Sun),
    ("sun", Weekday::Sun),
];

const MONTHS: &[(&str, u32)] = &[
    ("january", 1),
    ("jan", 1),
    ("february", 2),
    ("feb", 2),
    ("march", 3),
    ("mar", 3),
    ("april", 4),
    ("apr", 4),
    ("may", 5),
    ("june", 6),
    ("jun", 6),
    ("july", 7),
    ("jul", 7),
    ("august", 8),
    ("aug", 8),
    ("september", 9),
    ("sept", 9),
    ("sep", 9),
    ("october", 10),
    ("oct", 10),
    ("november", 11),
    ("nov", 11),
    ("december", 12),
    ("dec", 12),
];

/// Holidays that fall on the same day everywhere and every year: month, day.
const HOLIDAYS: &[(&str, (u32, u32))] = &[
    ("christmas eve", (12, 24)),
    ("christmas day", (12, 25)),
    ("christmas", (12, 25)),
    ("xmas", (12, 25)),
    ("boxing day", (12, 26)),
    ("new year's eve", (12, 31)),
    ("new years eve", (12, 31)),
    ("new year's day", (1, 1)),
    ("new years day", (1, 1)),
    ("new year's", (1, 1)),
    ("new year", (1, 1)),
    ("valentine's day", (2, 14)),
    ("valentines day", (2, 14)),
    ("halloween", (10, 31)),
];

const ORDINALS: &[(&str, u32)] = &[
    ("first", 1),
    ("second", 2),
    ("third", 3),
    ("fourth", 4),
    ("fifth", 5),
];

/// Which of a row of weeks or months: the one before, this one, the one after.
const WHICH: &[(&str, i32)] = &[
    ("this coming", 0),
    ("coming", 0),
    ("last", -1),
    ("previous", -1),
    ("this", 0),
    ("the", 0),
    ("next", 1),
    ("following", 1),
];

/// Reads a day.
pub(super) fn read(words: &mut Words<'_>, here: Here) -> Option<NaiveDate> {
    words.first(&[
        &|words| relative(words, here),
        &|words| holiday(words, here),
        &|words| boundary(words, here),
        &|words| weekday_and_date(words, here),
        &|words| weekday_of_month(words, here),
        &|words| weekday_of_week(words, here),
        &|words| weekday(words, here),
        &|words| period(words, here),
        &|words| month_first(words, here),
        &|words| day_first(words, here),
        &|words| numeric(words, here),
        &|words| day_of_month(words, here),
    ])
}

fn relative(words: &mut Words<'_>, here: Here) -> Option<NaiveDate> {
    let days = words.take_from(&[
        ("the day after tomorrow", 2),
        ("day after tomorrow", 2),
        ("the day before yesterday", -2),
        ("later today", 0),
        ("today", 0),
        ("tomorrow", 1),
        ("tmrw", 1),
        ("tmr", 1),
        ("yesterday", -1),
        ("next day", 1),
    ]);
    if let Some(days) = days {
        return shift(here.today, days);
    }
    // The part of the day itself is left for the reader of times.
    let mut ahead = *words;
    if ahead.take("this") && ahead.take_any(&["morning", "afternoon", "evening"]) {
        return words.take("this").then_some(here.today);
    }
    None
}

fn holiday(words: &mut Words<'_>, here: Here) -> Option<NaiveDate> {
    let (month, day) = words.take_from(HOLIDAYS)?;
    next_date(here.today, month, day)
}

/// "friday" is the next one after today; "this friday" may be today; "next friday" is the one of
/// next week, which begins on Monday; "last friday" is the latest before today.
fn weekday(words: &mut Words<'_>, here: Here) -> Option<NaiveDate> {
    let which = words.take_from(WHICH);
    let weekday = words.take_from(WEEKDAYS)?;
    let today = here.today;
    let ahead = weekday.days_since(today.weekday());
    match which {
        Some(1) => shift(monday(today)?, 7 + days_from_monday(weekday)),
        Some(-1) => shift(today, i64::from(ahead) - 7),
        Some(_) => shift(today, i64::from(ahead)),
        None if ahead == 0 => shift(today, 7),
        None => shift(today, i64::from(ahead)),
    }
}

/// "friday, 4 december": both say the same day, or neither is read.
fn weekday_and_date(words: &mut Words<'_>, here: Here) -> Option<NaiveDate> {
    let weekday = words.take_from(WEEKDAYS)?;
    let date = words.first(&[
        &|words| month_first(words, here),
        &|words| day_first(words, here),
        &|words| day_of_month(words, here),
    ])?;
    (date.weekday() == weekday).then_some(date)
}

/// "friday next week", "next week on friday".
fn weekday_of_week(words: &mut Words<'_>, here: Here) -> Option<NaiveDate> {
    let week = |words: &mut Words<'_>| {
        let which = words.take_from(WHICH)?;
        words.take("week").then_some(which)
    };
    let (which, weekday) = words.first(&[
        &|words| {
            let weekday = words.take_from(WEEKDAYS)?;
            words.take_any(&["of", "in"]);
            Some((week(words)?, weekday))
        },
        &|words| {
            let which = week(words)?;
            words.take("on");
            Some((which, words.take_from(WEEKDAYS)?))
        },
    ])?;
    let week = Period::Week.of(here.today, which)?;
    shift(week.first, days_from_monday(weekday))
}

/// "next week" is its first day; "this week", which has begun, is its last. So for months and
/// years. A weekend is its Saturday.
fn period(words: &mut Words<'_>, here: Here) -> Option<NaiveDate> {
    let which = words.take_from(WHICH);
    if words.take_any(&["weekend"]) {
        let which = which.unwrap_or(0);
        let is_weekend_now = matches!(here.today.weekday(), Weekday::Sat | Weekday::Sun);
        if which == 0 && is_weekend_now {
            return Some(here.today);
        }
        return shift(monday(here.today)?, i64::from(which) * 7 + 5);
    }
    let span = unit(words)?.of(here.today, which?)?;
    if which == Some(0) {
        span.last()
    } else {
        Some(span.first)
    }
}

/// "end of month", "beginning of next week", "last day of february", "mid december".
fn boundary(words: &mut Words<'_>, here: Here) -> Option<NaiveDate> {
    #[derive(Clone, Copy)]
    enum Edge {
        Start,
        Middle,
        End,
    }
    if words.take("eow") {
        return Period::Week.of(here.today, 0)?.last();
    }
    if words.take("eom") || words.take("month end") {
        return Period::Month.of(here.today, 0)?.last();
    }
    if words.take("eoy") || words.take("year end") {
        return Period::Year.of(here.today, 0)?.last();
    }
    words.take("the");
    let edge = words.take_from(&[
        ("very end of", Edge::End),
        ("end of", Edge::End),
        ("last day of", Edge::End),
        ("beginning of", Edge::Start),
        ("start of", Edge::Start),
        ("first day of", Edge::Start),
        ("middle of", Edge::Middle),
        ("mid", Edge::Middle),
    ])?;
    let span = words.first(&[
        &|words| {
            let which = words.take_from(WHICH).unwrap_or(0);
            unit(words)?.of(here.today, which)
        },
        &|words| {
            words.take_any(&["this", "the"]);
            named_month(words, here)
        },
    ])?;
    match edge {
        Edge::Start => Some(span.first),
        Edge::End => span.last(),
        Edge::Middle => shift(span.first, if span.days == 7 { 2 } else { 14 }),
    }
}

/// "first monday of january", "last friday of the month".
fn weekday_of_month(words: &mut Words<'_>, here: Here) -> Option<NaiveDate> {
    words.take("the");
    let nth = words.take_from(ORDINALS);
    if nth.is_none() && !words.take("last") {
        return None;
    }
    let weekday = words.take_from(WEEKDAYS)?;
    if !words.take_any(&["of", "in"]) {
        return None;
    }
    let month = words.first(&[
        &|words| {
            let which = words.take_from(WHICH).unwrap_or(0);
            words
                .take("month")
                .then(|| Period::Month.of(here.today, which))?
        },
        &|words| named_month(words, here),
    ])?;
    let Some(nth) = nth else {
        let last = month.last()?;
        return shift(last, -i64::from(last.weekday().days_since(weekday)));
    };
    let first = month.first;
    NaiveDate::from_weekday_of_month_opt(
        first.year(),
        first.month(),
        weekday,
        u8::try_from(nth).ok()?,
    )
}

/// "dec 24", "december 24th, 2027", "december".
fn month_first(words: &mut Words<'_>, here: Here) -> Option<NaiveDate> {
    words.take_any(&["this", "next"]);
    let month = words.take_from(MONTHS)?;
    let day = words.attempt(|words| {
        words.take("the");
        let (day, digits) = words.number()?;
        ordinal_suffix(words);
        (digits <= 2).then_some(day)
    });
    match (day, words.attempt(year)) {
        (Some(day), Some(year)) => NaiveDate::from_ymd_opt(year, month, day),
        (Some(day), None) => next_date(here.today, month, day),
        (None, Some(year)) => NaiveDate::from_ymd_opt(year, month, 1),
        (None, None) => {
            let span = upcoming_month(here.today, month)?;
            if span.first < here.today {
                span.last()
            } else {
                Some(span.first)
            }
        }
    }
}

/// "24 december", "24th of december 2027", "the first of march".
fn day_first(words: &mut Words<'_>, here: Here) -> Option<NaiveDate> {
    words.take("the");
    let day = match words.take_from(ORDINALS) {
        Some(day) => day,
        None => words.number()?.0,
    };
    ordinal_suffix(words);
    words.take("of");
    let month = words.take_from(MONTHS)?;
    match words.attempt(year) {
        Some(year) => NaiveDate::from_ymd_opt(year, month, day),
        None => next_date(here.today, month, day),
    }
}

/// "24.12.2026", "24.12", "12/24".
fn numeric(words: &mut Words<'_>, here: Here) -> Option<NaiveDate> {
    match words.next()? {
        Token::Date(date) => Some(*date),
        Token::Slashed(a, b) => {
            let (day, month) = day_and_month(*a, *b)?;
            next_date(here.today, month, day)
        }
        // "9.30 am" is a time.
        Token::Dotted { whole, part, .. } if !words.take_any(&["am", "pm", "uhr"]) => {
            next_date(here.today, *part, *whole)
        }
        _ => None,
    }
}

/// "the 24th": the next day of that number, today included.
fn day_of_month(words: &mut Words<'_>, here: Here) -> Option<NaiveDate> {
    words.take("the");
    let (day, _) = words.number()?;
    if !ordinal_suffix(words) {
        return None;
    }
    let which = words.attempt(|words| {
        words.take("of");
        let which = words.take_from(WHICH)?;
        words.take("month").then_some(which)
    });
    let first = Period::Month.of(here.today, which.unwrap_or(0))?.first;
    // No two months in a row are shorter than 31 days, save where only one is meant.
    let months = if which.is_some() { 1 } else { 3 };
    (0..months)
        .filter_map(|ahead| first.checked_add_months(Months::new(ahead))?.with_day(day))
        .find(|date| which.is_some() || *date >= here.today)
}

fn ordinal_suffix(words: &mut Words<'_>) -> bool {
    words.take_any(&["st", "nd", "rd", "th"])
}

fn year(words: &mut Words<'_>) -> Option<i32> {
    let (year, digits) = words.number()?;
    (digits == 4).then_some(year.try_into().ok()?)
}

fn named_month(words: &mut Words<'_>, here: Here) -> Option<Span> {
    let month = words.take_from(MONTHS)?;
    match words.attempt(year) {
        Some(year) => Period::Month.of(NaiveDate::from_ymd_opt(year, month, 1)?, 0),
        None => upcoming_month(here.today, month),
    }
}

fn unit(words: &mut Words<'_>) -> Option<Period> {
    words.take_from(&[
        ("week", Period::Week),
        ("month", Period::Month),
        ("year", Period::Year),
    ])
}
