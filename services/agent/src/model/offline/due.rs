//! Dates and times as people write them: recognised here, worked out by the tools.

use super::words::Phrase;

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

const UNITS: &[&str] = &[
    "minute", "minutes", "min", "mins", "hour", "hours", "day", "days", "week", "weeks", "month",
    "months", "year", "years", "weekdays", "workdays",
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
    (1..phrase.len())
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

#[derive(Clone, Copy)]
struct Reader<'a> {
    words: &'a [&'a str],
    timed: bool,
    dated: bool,
}

impl Reader<'_> {
    fn take(&mut self, pattern: &str) -> bool {
        let mut rest = self.words;
        for expected in pattern.split(' ') {
            match rest.split_first() {
                Some((word, after)) if *word == expected => rest = after,
                _ => return false,
            }
        }
        self.words = rest;
        true
    }

    fn take_any(&mut self, patterns: &[&str]) -> bool {
        patterns.iter().any(|pattern| self.take(pattern))
    }

    /// The next word, taken if it is what is looked for.
    fn take_if(&mut self, fits: impl Fn(&str) -> bool) -> bool {
        match self.words.split_first() {
            Some((word, rest)) if fits(word) => {
                self.words = rest;
                true
            }
            _ => false,
        }
    }

    /// Reads with the first reader that understands; the others leave no trace.
    fn first(&mut self, readers: &[fn(&mut Self) -> bool]) -> bool {
        readers.iter().any(|read| {
            let mut attempt = *self;
            let understood = read(&mut attempt);
            if understood {
                *self = attempt;
            }
            understood
        })
    }

    fn day(&mut self) -> bool {
        let understood = self.first(&[
            Self::relative,
            Self::edge,
            Self::weekday,
            Self::span,
            Self::period,
            Self::month_first,
            Self::day_first,
            Self::of_month,
            Self::numeric,
            |reader| reader.take_any(HOLIDAYS),
        ]);
        self.dated |= understood;
        understood
    }

    fn relative(&mut self) -> bool {
        if self.take("tonight") {
            self.timed = true;
            return true;
        }
        self.take_any(&[
            "today",
            "later today",
            "tomorrow",
            "tmrw",
            "the day after tomorrow",
            "day after tomorrow",
            "this weekend",
            "next weekend",
            "the weekend",
        ])
    }

    fn edge(&mut self) -> bool {
        if self.take_any(&["eod", "eow", "eom", "end of day", "end of the day"]) {
            return true;
        }
        self.take("the");
        self.take_any(&["end of", "beginning of", "start of", "middle of"])
            && (self.period()
                || self.take_any(&["week", "month", "year"])
                || self.take_if(|word| MONTHS.contains(&word)))
    }

    fn weekday(&mut self) -> bool {
        if self.take_any(&["next week on", "next week"]) {
            return self.take_if(|word| WEEKDAYS.contains(&word));
        }
        self.take_any(&["this coming", "this", "next", "coming"]);
        if !self.take_if(|word| WEEKDAYS.contains(&word)) {
            return false;
        }
        self.take_any(&["next week", "of next week"]);
        true
    }

    /// "in 3 days", "within an hour", "two weeks from now".
    fn span(&mut self) -> bool {
        let led = self.take_any(&["in", "within"]);
        let counted = self.take_any(&[
            "a couple of",
            "a few",
            "a",
            "an",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "twelve",
            "half an",
        ]) || self.take_if(|word| word.len() <= 3 && is_number(word));
        if !(counted && self.take_if(|word| UNITS.contains(&word))) {
            return false;
        }
        let from = self.take_any(&["from now", "from today", "from tomorrow"]);
        led || from
    }

    fn period(&mut self) -> bool {
        if self.take("this") {
            if self.take_any(&["morning", "afternoon", "evening"]) {
                self.timed = true;
                return true;
            }
        } else if !self.take_any(&["next", "the"]) {
            return false;
        }
        self.take_any(&["week", "month", "year"])
    }

    fn month_first(&mut self) -> bool {
        let led = self.take("in");
        if !self.take_if(|word| MONTHS.contains(&word)) {
            return false;
        }
        self.take("the");
        let day = self.take_if(is_day);
        let year = self.take_if(is_year);
        day || year || led
    }

    fn day_first(&mut self) -> bool {
        self.take("the");
        let day = self.take_if(is_day) || self.take("first");
        self.take("of");
        let month = self.take_if(|word| MONTHS.contains(&word));
        self.take_if(is_year);
        day && month
    }

    /// "the 5th", "the 3rd of next month".
    fn of_month(&mut self) -> bool {
        let ordinal = |word: &str| is_day(word) && !is_number(word);
        if !(self.take("the") && self.take_if(ordinal)) {
            return false;
        }
        self.take_any(&["of next month", "of this month", "of the month"]);
        true
    }

    fn numeric(&mut self) -> bool {
        self.take_if(|word| {
            let parts: Vec<&str> = word.split(['-', '/', '.']).collect();
            let digits = parts.iter().all(|part| is_number(part));
            let separators = word.chars().filter(|c| !c.is_ascii_digit()).count();
            digits && separators + 1 == parts.len() && (2..=3).contains(&parts.len())
        })
    }

    fn time(&mut self) -> bool {
        let understood = self.first(&[
            |reader| {
                reader.take_any(&[
                    "at noon",
                    "noon",
                    "at midday",
                    "midday",
                    "at midnight",
                    "midnight",
                    "in the morning",
                    "in the afternoon",
                    "in the evening",
                    "at night",
                    "first thing",
                    "close of business",
                    "morning",
                    "afternoon",
                    "evening",
                    "night",
                ])
            },
            Self::clock,
        ]);
        self.timed |= understood;
        understood
    }

    /// "5pm", "at 5", "17:00", "9 am", "3 o'clock".
    fn clock(&mut self) -> bool {
        let led = self.take_any(&["at", "around", "about"]);
        let Some((word, rest)) = self.words.split_first() else {
            return false;
        };
        let (digits, half) = match word.strip_suffix("am").or(word.strip_suffix("pm")) {
            Some(digits) => (digits, true),
            None => (word.trim_end_matches('h'), word.ends_with('h')),
        };
        let (hour, minutes) = match digits.split_once([':', '.']) {
            Some((hour, minutes)) => (hour, Some(minutes)),
            None => (digits, None),
        };
        let hour_fits = hour.len() <= 2 && hour.parse::<u32>().is_ok_and(|hour| hour < 24);
        let minutes_fit = minutes.is_none_or(|minutes| {
            minutes.len() == 2 && minutes.parse::<u32>().is_ok_and(|minutes| minutes < 60)
        });
        if !(hour_fits && minutes_fit) {
            return false;
        }
        self.words = rest;
        let said = self.take_any(&["am", "pm", "a.m", "p.m", "o'clock"]);
        led || half || said || digits.contains(':')
    }
}

fn is_number(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())
}

/// "5", "5th", "22nd".
fn is_day(word: &str) -> bool {
    let number = ["st", "nd", "rd", "th"]
        .iter()
        .find_map(|suffix| word.strip_suffix(suffix))
        .unwrap_or(word);
    is_number(number)
        && number
            .parse::<u32>()
            .is_ok_and(|day| (1..=31).contains(&day))
}

fn is_year(word: &str) -> bool {
    word.len() == 4 && is_number(word) && word.starts_with("20")
}

/// True for the name of a day of the week.
pub(super) fn is_weekday(word: &str) -> bool {
    WEEKDAYS.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::super::words::Sentence;
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
    fn a_date_at_the_end_is_split_off() {
        for (text, rest, due) in [
            ("send the form by Friday", "send the form", "Friday"),
            ("call mum tomorrow at 5pm", "call mum", "tomorrow at 5pm"),
            ("pay rent on the 1st", "pay rent", "the 1st"),
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
