//! The grammar of dates: days, times and spans, word by word.

use super::{HOLIDAYS, MONTHS, WEEKDAYS};

/// Units shorter than a day.
const HOURS: &[&str] = &["minute", "minutes", "min", "mins", "hour", "hours"];

const DAYS: &[&str] = &[
    "day", "days", "week", "weeks", "month", "months", "year", "years", "weekdays", "workdays",
];

/// A place in the words of a date, and what was understood so far.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) words: &'a [&'a str],
    pub(super) timed: bool,
    pub(super) dated: bool,
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

    pub(super) fn day(&mut self) -> bool {
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
        let of_week = self.take_any(&["next week", "of next week"]);
        // "Friday, 4 December."
        if !of_week {
            self.first(&[Self::month_first, Self::day_first, Self::of_month]);
        }
        true
    }

    /// "in 3 days", "within an hour", "two weeks from now".
    fn span(&mut self) -> bool {
        let led = self.take_any(&["in", "within"]);
        if !(self.count() && self.take_if(|word| HOURS.contains(&word) || DAYS.contains(&word))) {
            return false;
        }
        let from = self.take_any(&["from now", "from today", "from tomorrow"]);
        led || from
    }

    /// "3 days", "half an hour", "2 days and 3 hours", "1h 30min", from whenever.
    pub(super) fn length(&mut self) -> bool {
        if !self.first(&[Self::part]) {
            return false;
        }
        while self.first(&[
            // Half of what is not an hour is not said so to the tools.
            |reader| reader.timed && reader.take("and a half"),
            |reader| reader.take("and") && reader.part(),
            Self::part,
        ]) {}
        true
    }

    /// One count of one unit.
    fn part(&mut self) -> bool {
        let hours = self.first(&[
            |reader| reader.count() && reader.take_if(|word| HOURS.contains(&word)),
            |reader| reader.take_if(is_tenths) && reader.take_any(&["hours", "hour"]),
            |reader| reader.take_if(|word| is_short(word, &["h", "hr", "hrs", "min", "mins"])),
        ]);
        self.timed |= hours;
        hours
            || self.first(&[
                |reader| reader.count() && reader.take_if(|word| DAYS.contains(&word)),
                |reader| reader.take_if(|word| is_short(word, &["d", "w"])),
            ])
    }

    fn count(&mut self) -> bool {
        self.take_any(&[
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
        ]) || self.take_if(|word| word.len() <= 3 && is_number(word))
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

    pub(super) fn time(&mut self) -> bool {
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

/// "1.5"
fn is_tenths(word: &str) -> bool {
    word.split_once('.')
        .is_some_and(|(whole, tenths)| is_number(whole) && is_number(tenths) && tenths.len() == 1)
}

/// "90min": a number and a unit in one word.
fn is_short(word: &str, units: &[&str]) -> bool {
    units
        .iter()
        .any(|unit| word.strip_suffix(unit).is_some_and(is_number))
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
