//! Dates and times as people write them: recognised here, worked out by the tools.

mod hours;
mod reader;

use super::words::{Phrase, Sentence};
use reader::Reader;

/// Words that lead to a date and are no part of it.
const LEADS: &[&str] = &[
    "due by",
    "due on",
    "due at",
    "due",
    "no later than",
    "by",
    "on",
    "before",
    "until",
    "till",
    "for",
];

const WEEKDAYS: &[&str] = &[
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "mon",
    "tue",
    "tues",
    "wed",
    "thu",
    "thur",
    "thurs",
    "fri",
    "sat",
    "sun",
];

const MONTHS: &[&str] = &[
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "jan",
    "feb",
    "mar",
    "apr",
    "jun",
    "jul",
    "aug",
    "sep",
    "sept",
    "oct",
    "nov",
    "dec",
];

const HOLIDAYS: &[&str] = &[
    "christmas eve",
    "christmas day",
    "christmas",
    "xmas",
    "new year's eve",
    "new year's day",
    "new year's",
    "halloween",
    "valentine's day",
];

/// What was recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Due {
    /// As the tools are told: "Friday 5pm".
    pub(super) text: String,
    /// True when a time of day is said.
    pub(super) timed: bool,
    /// True when a day is said.
    pub(super) dated: bool,
}

/// The whole phrase as a date, with or without a word that leads to it.
pub(super) fn whole(phrase: Phrase<'_>) -> Option<Due> {
    let bare = phrase.after_any(LEADS).filter(|rest| !rest.is_empty());
    [Some(phrase), bare].into_iter().flatten().find_map(read)
}

/// The phrase without the date at its end, and that date. A weekday needs a word that leads to it
/// ("on Friday"), since titles may well end with one; "tomorrow" needs none.
pub(super) fn at_end(phrase: Phrase<'_>) -> Option<(Phrase<'_>, Due)> {
    hours::at_end(phrase).or_else(|| date_at_end(phrase))
}

fn date_at_end(phrase: Phrase<'_>) -> Option<(Phrase<'_>, Due)> {
    phrase
        .ends()
        // "Every Monday at nine": only the time is a date.
        .filter(|at| !phrase.is_quoted(*at) && !matches!(phrase.word(at - 1), "every" | "each"))
        .find_map(|at| {
            let tail = phrase.from(at);
            let led = tail
                .after_any(LEADS)
                .filter(|_| tail.word(0) != "for" || !tail.from(1).is_any(HOLIDAYS));
            let due = match led {
                Some(rest) => read(rest)?,
                None => read(tail).filter(|due| stands_alone(tail, due))?,
            };
            Some((phrase.to(at), due))
        })
}

/// Whether a tail is a date even though nothing leads to it.
fn stands_alone(tail: Phrase<'_>, due: &Due) -> bool {
    let first = tail.word(0);
    due.timed
        || MONTHS.contains(&first)
        || !(WEEKDAYS.contains(&first) || HOLIDAYS.iter().any(|day| tail.after(day).is_some()))
}

/// The words of a date and nothing else.
fn read(phrase: Phrase<'_>) -> Option<Due> {
    let words = phrase.lowers();
    let mut reader = Reader {
        words: &words,
        timed: false,
        dated: false,
    };
    while !reader.words.is_empty() {
        let understood = (!reader.dated && reader.day()) || (!reader.timed && reader.time());
        if !understood {
            return None;
        }
    }
    (reader.timed || reader.dated).then(|| Due {
        text: phrase.text().to_owned(),
        timed: reader.timed,
        dated: reader.dated,
    })
}

/// A length of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Length {
    /// As the tools are told: "2 days".
    pub(super) text: String,
    /// True when it is of hours or minutes.
    pub(super) timed: bool,
}

/// The whole phrase as a length, "a week", with or without a "by".
pub(super) fn length(phrase: Phrase<'_>) -> Option<Length> {
    let phrase = phrase.after("by").unwrap_or(phrase);
    let words = phrase.lowers();
    let mut reader = Reader {
        words: &words,
        timed: false,
        dated: false,
    };
    (reader.length() && reader.words.is_empty()).then(|| Length {
        text: phrase.text().to_owned(),
        timed: reader.timed,
    })
}

/// The phrase without the length at its end, and that length.
pub(super) fn length_at_end(phrase: Phrase<'_>) -> Option<(Phrase<'_>, Length)> {
    phrase
        .ends()
        .filter(|at| !phrase.is_quoted(*at))
        .find_map(|at| Some((phrase.to(at), length(phrase.from(at))?)))
}

/// The day of a date with a time: "friday" of "friday at 5pm"; `None` when it names none.
pub(super) fn day_of(text: &str) -> Option<String> {
    let sentence = Sentence::read(text);
    let words = sentence.phrase();
    (1..=words.len())
        .rev()
        .flat_map(|length| (0..=words.len() - length).map(move |at| words.from(at).to(length)))
        .find_map(|part| read(part).filter(|due| due.dated && !due.timed))
        .map(|due| due.text)
}

/// True for the name of a day of the week.
pub(super) fn is_weekday(word: &str) -> bool {
    WEEKDAYS.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_recognised_whole() {
        for text in [
            "today",
            "tomorrow",
            "by Friday",
            "next friday 5pm",
            "friday at 5",
            "in 3 days",
            "Dec 5",
            "5 December 2026",
            "the 5th",
            "2026-11-27",
            "24.12.2026",
            "24/12",
            "5pm",
            "tonight",
            "tomorrow morning",
            "this evening",
            "end of the month",
            "next week",
            "tuesday next week",
            "a week from now",
            "on the 3rd of next month",
            "christmas eve",
            "friday, 3 o'clock",
            "5:30 pm",
            "tomorrow at noon",
            "in march",
            "due tomorrow",
        ] {
            assert!(whole(Sentence::read(text).phrase()).is_some(), "{text}");
        }
        for text in [
            "",
            "work",
            "the garage",
            "friday or so",
            "5",
            "friday friday",
            "next",
            "in",
            "may",
            "12 eggs",
            "3 days",
            "the",
            "at home",
            "the bank",
            "sunday roast",
        ] {
            assert!(whole(Sentence::read(text).phrase()).is_none(), "{text}");
        }
    }

    #[test]
    fn a_length_at_the_end_is_split_off() {
        for (text, rest, length) in [
            ("the report by 2 days", "the report", "2 days"),
            ("the report a week", "the report", "a week"),
            ("the 3 days by three months", "the 3 days", "three months"),
            ("the report by 90 minutes", "the report", "90 minutes"),
            ("the report half an hour", "the report", "half an hour"),
            ("the report by 1h 30min", "the report", "1h 30min"),
            ("the report by 1.5 hours", "the report", "1.5 hours"),
            (
                "the report by an hour and a half",
                "the report",
                "an hour and a half",
            ),
            (
                "the report by 2 days and 3 hours",
                "the report",
                "2 days and 3 hours",
            ),
        ] {
            let sentence = Sentence::read(text);
            let (left, right) = length_at_end(sentence.phrase()).unwrap();
            assert_eq!((left.text(), right.text.as_str()), (rest, length), "{text}");
        }
        for text in [
            "the report",
            "2 days",
            "the report by a week and a half",
            "\"wait 2 days\"",
        ] {
            assert!(
                length_at_end(Sentence::read(text).phrase()).is_none(),
                "{text}"
            );
        }
    }

    #[test]
    fn a_date_at_the_end_is_split_off() {
        for (text, rest, due) in [
            ("send the form by Friday", "send the form", "Friday"),
            ("call mum tomorrow at 5pm", "call mum", "tomorrow at 5pm"),
            ("pay rent on the 1st", "pay rent", "the 1st"),
            (
                "pay rent by Friday, 4 December",
                "pay rent",
                "Friday, 4 December",
            ),
            (
                "call mum on Friday the 4th at 5pm",
                "call mum",
                "Friday the 4th at 5pm",
            ),
            ("call mum Friday 5pm", "call mum", "Friday 5pm"),
            ("send cards before 24 December", "send cards", "24 December"),
            ("water plants in 3 days", "water plants", "in 3 days"),
            ("meet Bob at 5", "meet Bob", "at 5"),
        ] {
            let sentence = Sentence::read(text);
            let (left, right) = at_end(sentence.phrase()).unwrap();
            assert_eq!((left.text(), right.text.as_str()), (rest, due), "{text}");
        }
        for text in [
            "watch Freaky Friday",
            "buy a gift for Christmas",
            "read 1984",
            "buy 12 eggs",
            "meet Bob at home",
            "plan \"dinner tomorrow\"",
            "tomorrow",
        ] {
            assert!(at_end(Sentence::read(text).phrase()).is_none(), "{text}");
        }
    }
}
