//! The table of phrases. What is not in it is not promised.

use taskchat_domain::{TimeZone, Timestamp};

use super::resolve;

/// Wednesday, 25 November 2026, half past ten in Berlin.
const NOW: &str = "2026-11-25T09:30:00Z";

fn read(text: &str, now: &str, zone: &str) -> String {
    let now: Timestamp = now.parse().unwrap();
    resolve(text, now, TimeZone::parse(zone).unwrap())
        .map_or_else(|| "?".to_owned(), |due| due.to_string())
}

fn check(table: &[(&str, &str)]) {
    let wrong: Vec<_> = table
        .iter()
        .map(|(text, due)| (*text, *due, read(text, NOW, "Europe/Berlin")))
        .filter(|(_, due, read)| due != read)
        .collect();
    assert!(wrong.is_empty(), "(text, expected, read): {wrong:#?}");
}

#[test]
fn days() {
    check(&[
        ("today", "2026-11-25"),
        ("later today", "2026-11-25"),
        ("end of day", "2026-11-25"),
        ("EOD", "2026-11-25"),
        ("tomorrow", "2026-11-26"),
        ("Tomorrow.", "2026-11-26"),
        ("by end of day tomorrow", "2026-11-26"),
        ("day after tomorrow", "2026-11-27"),
        ("the day after tomorrow", "2026-11-27"),
        ("yesterday", "2026-11-24"),
        ("in 3 days", "2026-11-28"),
        ("3 days", "2026-11-28"),
        ("3d", "2026-11-28"),
        ("in two weeks", "2026-12-09"),
        ("in a week", "2026-12-02"),
        ("a week from now", "2026-12-02"),
        ("two weeks from friday", "2026-12-11"),
        ("2 days from Fri 4 Dec 2026", "2026-12-06"),
        ("2 days before Fri 4 Dec 2026", "2026-12-02"),
        ("a week before christmas", "2026-12-18"),
        // How the built-in assistant says what has begun or is over.
        ("1 week before next week", "2026-11-23"),
        ("2 months before next month", "2026-10-01"),
        ("1 year before next year", "2026-01-01"),
        ("1 week before wednesday", "2026-11-25"),
        ("1 day from last friday", "2026-11-21"),
        ("a month before Thu 31 Dec 2026", "2026-11-30"),
        ("2 business days before monday", "2026-11-26"),
        ("a month from Thu 31 Dec 2026", "2027-01-31"),
        ("a fortnight from today", "2026-12-09"),
        ("in a couple of days", "2026-11-27"),
        ("in a few days", "2026-11-28"),
        ("within 10 days", "2026-12-05"),
        ("in 5 business days", "2026-12-02"),
        ("in a month", "2026-12-25"),
        ("in 3 months", "2027-02-25"),
        ("in 1 year and 2 weeks", "2027-12-09"),
        ("3 days ago", "2026-11-22"),
    ]);
}

#[test]
fn weekdays_and_weeks() {
    check(&[
        ("friday", "2026-11-27"),
        ("on Friday", "2026-11-27"),
        ("by fri", "2026-11-27"),
        ("tues", "2026-12-01"),
        ("wednesday", "2026-12-02"),
        ("this wednesday", "2026-11-25"),
        ("this friday", "2026-11-27"),
        ("this coming friday", "2026-11-27"),
        ("coming friday", "2026-11-27"),
        ("before friday", "2026-11-27"),
        ("no later than friday", "2026-11-27"),
        ("this monday", "2026-11-30"),
        ("next friday", "2026-12-04"),
        ("next monday", "2026-11-30"),
        ("next wednesday", "2026-12-02"),
        ("last friday", "2026-11-20"),
        ("last wednesday", "2026-11-18"),
        ("friday next week", "2026-12-04"),
        ("next week on friday", "2026-12-04"),
        ("tuesday of next week", "2026-12-01"),
        ("this week", "2026-11-29"),
        ("end of the week", "2026-11-29"),
        ("next week", "2026-11-30"),
        ("sometime next week", "2026-11-30"),
        ("end of next week", "2026-12-06"),
        ("this weekend", "2026-11-28"),
        ("the weekend", "2026-11-28"),
        ("on the weekend", "2026-11-28"),
        ("next weekend", "2026-12-05"),
    ]);
}

#[test]
fn months_and_dates() {
    check(&[
        ("dec 24", "2026-12-24"),
        ("Dec. 24", "2026-12-24"),
        ("24 december", "2026-12-24"),
        ("Friday, 4 December", "2026-12-04"),
        ("friday the 4th", "2026-12-04"),
        ("Thursday, December 24th", "2026-12-24"),
        ("Fri 4 Dec 2026", "2026-12-04"),
        ("Saturday, 4 December", "?"),
        ("friday the 5th", "?"),
        ("by 5 december", "2026-12-05"),
        ("24th of december", "2026-12-24"),
        ("the first of december", "2026-12-01"),
        ("december 24th, 2027", "2027-12-24"),
        ("24 dec 2027", "2027-12-24"),
        ("nov 25", "2026-11-25"),
        ("nov 24", "2027-11-24"),
        ("jan 1", "2027-01-01"),
        ("29 february", "2028-02-29"),
        ("december", "2026-12-01"),
        ("in march 2027", "2027-03-01"),
        ("november", "2026-11-30"),
        ("mid-december", "2026-12-15"),
        ("the 24th", "2026-12-24"),
        ("on the 25th", "2026-11-25"),
        ("the 31st", "2026-12-31"),
        ("the 3rd of next month", "2026-12-03"),
        ("end of month", "2026-11-30"),
        ("end of the month", "2026-11-30"),
        ("EOM", "2026-11-30"),
        ("end of next month", "2026-12-31"),
        ("last day of february", "2027-02-28"),
        ("beginning of next month", "2026-12-01"),
        ("this month", "2026-11-30"),
        ("next month", "2026-12-01"),
        ("next year", "2027-01-01"),
        ("end of year", "2026-12-31"),
        ("first monday of january", "2027-01-04"),
        ("last friday of the month", "2026-11-27"),
        ("christmas eve", "2026-12-24"),
        ("new year's eve", "2026-12-31"),
        ("2026-12-24", "2026-12-24"),
        ("2026/12/24", "2026-12-24"),
        ("24.12.2026", "2026-12-24"),
        ("24.12.", "2026-12-24"),
        ("24/12/2026", "2026-12-24"),
        ("12/24/2026", "2026-12-24"),
        ("12/24", "2026-12-24"),
    ]);
}

#[test]
fn times() {
    check(&[
        ("now", "2026-11-25T09:30:00Z"),
        ("5pm", "2026-11-25T16:00:00Z"),
        ("17:00", "2026-11-25T16:00:00Z"),
        ("9am", "2026-11-26T08:00:00Z"),
        ("at 5", "2026-11-25T16:00:00Z"),
        ("5:30 pm", "2026-11-25T16:30:00Z"),
        ("5.30pm", "2026-11-25T16:30:00Z"),
        ("5 p.m.", "2026-11-25T16:00:00Z"),
        ("at noon", "2026-11-25T11:00:00Z"),
        ("midnight", "2026-11-25T23:00:00Z"),
        ("tonight", "2026-11-25T19:00:00Z"),
        ("tonight at 8", "2026-11-25T19:00:00Z"),
        ("tonight at 6", "2026-11-25T17:00:00Z"),
        ("tonight at 11:30", "2026-11-25T22:30:00Z"),
        ("tonight at 1", "2026-11-26T00:00:00Z"),
        ("2am tonight", "2026-11-26T01:00:00Z"),
        ("tonight at 02:00", "2026-11-26T01:00:00Z"),
        ("tonight at 12", "2026-11-25T23:00:00Z"),
        ("12am tonight", "2026-11-25T23:00:00Z"),
        ("tonight at midnight", "2026-11-25T23:00:00Z"),
        ("tonight at half past twelve", "2026-11-25T23:30:00Z"),
        ("tonight at 00:30", "2026-11-25T23:30:00Z"),
        ("tonight 10pm", "2026-11-25T21:00:00Z"),
        ("friday night at 3", "2026-11-28T02:00:00Z"),
        ("at 3 at night", "2026-11-26T02:00:00Z"),
        ("this evening", "2026-11-25T17:00:00Z"),
        ("this morning", "2026-11-25T08:00:00Z"),
        ("tomorrow morning", "2026-11-26T08:00:00Z"),
        ("first thing tomorrow", "2026-11-26T08:00:00Z"),
        ("tomorrow morning at 7", "2026-11-26T06:00:00Z"),
        ("tomorrow at 7 in the evening", "2026-11-26T18:00:00Z"),
        ("tomorrow at noon", "2026-11-26T11:00:00Z"),
        ("tomorrow 14h", "2026-11-26T13:00:00Z"),
        ("tomorrow at 5:30", "2026-11-26T16:30:00Z"),
        ("tomorrow at 05:30", "2026-11-26T04:30:00Z"),
        ("monday morning", "2026-11-30T08:00:00Z"),
        ("friday 5pm", "2026-11-27T16:00:00Z"),
        ("5pm on friday", "2026-11-27T16:00:00Z"),
        ("at 5 on friday", "2026-11-27T16:00:00Z"),
        ("next friday 5pm", "2026-12-04T16:00:00Z"),
        ("friday midnight", "2026-11-27T23:00:00Z"),
        ("next tuesday at half past nine", "2026-12-01T08:30:00Z"),
        ("tomorrow at quarter to 5 pm", "2026-11-26T15:45:00Z"),
        ("Fri 4 Dec 2026, 17:00", "2026-12-04T16:00:00Z"),
        ("friday, 3 o'clock", "2026-11-27T14:00:00Z"),
        ("24 december at 9:30", "2026-12-24T08:30:00Z"),
        ("in 3 days at 5pm", "2026-11-28T16:00:00Z"),
        ("friday close of business", "2026-11-27T16:00:00Z"),
        ("in 2 hours", "2026-11-25T11:30:00Z"),
        ("in 90 minutes", "2026-11-25T11:00:00Z"),
        ("in half an hour", "2026-11-25T10:00:00Z"),
        ("in an hour and a half", "2026-11-25T11:00:00Z"),
        ("in 1.5 hours", "2026-11-25T11:00:00Z"),
        ("in 1 hour 30 minutes", "2026-11-25T11:00:00Z"),
        ("an hour from now", "2026-11-25T10:30:00Z"),
        ("in 1 day and 2 hours", "2026-11-26T11:30:00Z"),
        ("3 hours from Fri 4 Dec 2026, 17:00", "2026-12-04T19:00:00Z"),
        (
            "90 minutes before Fri 4 Dec 2026, 00:30",
            "2026-12-03T22:00:00Z",
        ),
        ("1 day and 2 hours after friday 5pm", "2026-11-28T18:00:00Z"),
        (
            "half an hour before tomorrow at noon",
            "2026-11-26T10:30:00Z",
        ),
        (
            "2 days before Fri 4 Dec 2026, 17:00",
            "2026-12-02T16:00:00Z",
        ),
        // Summer time ends at three in the morning: two hours are two hours.
        (
            "2 hours from Sun 25 Oct 2026, 01:30",
            "2026-10-25T01:30:00Z",
        ),
        ("in 2 hours at 5pm", "?"),
        ("2 hours from now at 5pm", "?"),
        ("1h from Fri 4 Dec 2026, 15:00", "2026-12-04T15:00:00Z"),
        (
            "1h 30min before Fri 4 Dec 2026, 15:00",
            "2026-12-04T12:30:00Z",
        ),
        (
            "an hour and a half from Fri 4 Dec 2026, 15:00",
            "2026-12-04T15:30:00Z",
        ),
        (
            "1.5 hours from Fri 4 Dec 2026, 15:00",
            "2026-12-04T15:30:00Z",
        ),
        (
            "2 days and 3 hours from Fri 4 Dec 2026, 15:00",
            "2026-12-06T17:00:00Z",
        ),
        ("2 hours from friday", "?"),
        ("2 hours before friday", "?"),
        ("2026-12-24 17:00", "2026-12-24T16:00:00Z"),
        ("2026-12-24T17:00", "2026-12-24T16:00:00Z"),
        ("2026-12-24T17:00:00", "2026-12-24T16:00:00Z"),
        ("2026-12-24T17:00Z", "2026-12-24T17:00:00Z"),
        ("2026-12-24T17:00+02:00", "2026-12-24T15:00:00Z"),
        ("2026-12-24T17:00:00.5Z", "2026-12-24T17:00:00.500Z"),
    ]);
}

#[test]
fn what_has_no_one_meaning_is_not_read() {
    let nonsense = [
        "",
        " ",
        "soon",
        "asap",
        "someday",
        "later",
        "the",
        "at",
        "friday or saturday",
        "tomorrow tomorrow",
        "5pm 6pm",
        "friday in 2 hours",
        "04/05/2026",
        "04/05",
        "feb 30",
        "30 february",
        "32 december",
        "25:00",
        "13pm",
        "9:75",
        "2026-13-01",
        "2026-11-31",
        "in 3",
        "in days",
        "tomorrow\0",
        "5",
        "2027",
        "99999999999 days",
        "in 4000000000 days",
        "in 9000 years",
        "12/24/26/28",
        "1-2-3",
        "a",
        "of",
        "end of",
        "next",
        "buy milk",
        "明日",
        "tomorrow; drop table tasks",
    ];
    for text in nonsense {
        assert_eq!(read(text, NOW, "Europe/Berlin"), "?", "{text:?}");
    }
    assert_eq!(read(&"next ".repeat(40), NOW, "UTC"), "?");
}

#[test]
fn the_day_is_that_of_the_zone() {
    for (zone, tomorrow, five) in [
        ("UTC", "2026-11-26", "2026-11-25T17:00:00Z"),
        ("Pacific/Kiritimati", "2026-11-26", "2026-11-26T03:00:00Z"),
        ("Pacific/Auckland", "2026-11-26", "2026-11-26T04:00:00Z"),
        ("America/Los_Angeles", "2026-11-26", "2026-11-26T01:00:00Z"),
        ("Asia/Kolkata", "2026-11-26", "2026-11-25T11:30:00Z"),
    ] {
        assert_eq!(read("tomorrow", NOW, zone), tomorrow, "{zone}");
        assert_eq!(read("5pm", NOW, zone), five, "{zone}");
    }
    // An hour before midnight in UTC it is tomorrow already in Auckland.
    let late = "2026-11-25T23:00:00Z";
    assert_eq!(read("tomorrow", late, "Pacific/Auckland"), "2026-11-27");
    assert_eq!(read("tomorrow", late, "America/Los_Angeles"), "2026-11-26");
}

#[test]
fn a_phrase_at_the_edge_of_a_day_still_means_something_ahead() {
    // Nine in the evening and Sunday.
    let sunday = "2026-11-29T20:00:00Z";
    for (text, due) in [
        ("tonight", "2026-11-29T22:59:00Z"),
        ("5pm", "2026-11-30T16:00:00Z"),
        ("midnight", "2026-11-29T23:00:00Z"),
        ("this weekend", "2026-11-29"),
        ("next week", "2026-11-30"),
        ("next monday", "2026-11-30"),
        ("next sunday", "2026-12-06"),
        ("sunday", "2026-12-06"),
        ("end of week", "2026-11-29"),
    ] {
        assert_eq!(read(text, sunday, "Europe/Berlin"), due, "{text}");
    }
}

#[test]
fn the_small_hours_without_a_day_are_the_next_ones() {
    // Half past one at night.
    let awake = "2026-11-26T00:30:00Z";
    for (text, due) in [
        ("at 3 at night", "2026-11-26T02:00:00Z"),
        ("at 1 at night", "2026-11-27T00:00:00Z"),
        ("3am", "2026-11-26T02:00:00Z"),
        ("midnight", "2026-11-26T23:00:00Z"),
    ] {
        assert_eq!(read(text, awake, "Europe/Berlin"), due, "{text}");
    }
}

#[test]
fn clocks_that_change_lose_nobody() {
    let spring = "2027-03-27T12:00:00Z";
    let autumn = "2026-10-24T12:00:00Z";
    for (text, now, due) in [
        // Skipped: 2:30 is read with the offset before the gap, which is 3:30.
        ("tomorrow 02:30", spring, "2027-03-28T01:30:00Z"),
        ("tomorrow 03:30", spring, "2027-03-28T01:30:00Z"),
        // The night in which clocks change still ends at its own hours.
        ("tonight at 4", spring, "2027-03-28T02:00:00Z"),
        ("tonight at 4", autumn, "2026-10-25T03:00:00Z"),
        // Said twice: the first.
        ("tomorrow 02:30", autumn, "2026-10-25T00:30:00Z"),
        // Elapsed time is elapsed time; calendar days are calendar days.
        ("in 24 hours", autumn, "2026-10-25T12:00:00Z"),
        ("in 1 day at 14:00", autumn, "2026-10-25T13:00:00Z"),
    ] {
        assert_eq!(read(text, now, "Europe/Berlin"), due, "{text} at {now}");
    }
    // The day that Samoa skipped.
    let skipped = read("tomorrow at noon", "2011-12-29T12:00:00Z", "Pacific/Apia");
    assert_eq!(skipped, "2011-12-30T22:00:00Z");
}
