//! A phrase as tokens, and a cursor over them. What they mean is not known here.

use chrono::NaiveDate;

/// A piece of a phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// Letters, in lower case.
    Word(String),
    /// Digits; how many tells a year from a day.
    Number { value: u32, digits: usize },
    /// "9:30"; `padded` when the hour was written with two digits.
    Clock {
        hour: u32,
        minute: u32,
        padded: bool,
    },
    /// A whole numeric date.
    Date(NaiveDate),
    /// "24.12": a day and month, a time ("9.30 am") or a fraction ("1.5 hours").
    Dotted {
        whole: u32,
        part: u32,
        digits: usize,
    },
    /// "24/12".
    Slashed(u32, u32),
}

/// Splits a phrase; `None` when something in it is neither a word nor a number.
pub(super) fn split(text: &str) -> Option<Vec<Token>> {
    let text = text
        .to_lowercase()
        .replace(['’', '‘'], "'")
        .replace("a.m", "am")
        .replace("p.m", "pm");
    let mut tokens = Vec::new();
    for piece in text.split(|c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')' | '"')) {
        let piece = piece.trim_end_matches(['.', '!', '?', ';']);
        let mut rest = piece;
        while let Some(first) = rest.chars().next() {
            let numeric = first.is_ascii_digit();
            let end = rest
                .find(|c: char| {
                    if numeric {
                        !(c.is_ascii_digit() || matches!(c, ':' | '.' | '/' | '-'))
                    } else {
                        !(c.is_alphabetic() || c == '\'')
                    }
                })
                .unwrap_or(rest.len());
            let (run, after) = rest.split_at(end);
            if numeric {
                tokens.push(number(run.trim_end_matches(['-', '.', ':']))?);
            } else if run.is_empty() {
                // A hyphen joins words; "@" stands for "at".
                match first {
                    '-' => {}
                    '@' => tokens.push(Token::Word("at".to_owned())),
                    _ => return None,
                }
                rest = rest.strip_prefix(first).unwrap_or_default();
                continue;
            } else if matches!(run, "tonight" | "tonite") {
                tokens.extend(["today", "night"].map(|word| Token::Word(word.to_owned())));
            } else {
                tokens.push(Token::Word(run.to_owned()));
            }
            rest = after;
        }
    }
    (!tokens.is_empty()).then_some(tokens)
}

fn number(text: &str) -> Option<Token> {
    let part = |text: &str| text.parse::<u32>().ok();
    if let Some((hour, rest)) = text.split_once(':') {
        let (minute, second) = rest.split_once(':').unwrap_or((rest, "00"));
        if minute.len() != 2 || second.len() != 2 || part(second)? != 0 {
            return None;
        }
        let padded = hour.len() == 2;
        return Some(Token::Clock {
            hour: part(hour)?,
            minute: part(minute)?,
            padded,
        });
    }
    for separator in ['-', '/', '.'] {
        let Some((first, rest)) = text.split_once(separator) else {
            continue;
        };
        let Some((second, third)) = rest.split_once(separator) else {
            let (whole, tail) = (part(first)?, part(rest)?);
            return match separator {
                '.' => Some(Token::Dotted {
                    whole,
                    part: tail,
                    digits: rest.len(),
                }),
                '/' => Some(Token::Slashed(whole, tail)),
                _ => None,
            };
        };
        let (a, b, c) = (part(first)?, part(second)?, part(third)?);
        return match (separator, first.len(), third.len()) {
            (_, 4, _) => date(a, b, c),
            ('/', _, 4) => {
                let (day, month) = day_and_month(a, b)?;
                date(c, month, day)
            }
            ('.', _, 4) => date(c, b, a),
            _ => None,
        };
    }
    Some(Token::Number {
        value: part(text)?,
        digits: text.len(),
    })
}

fn date(year: u32, month: u32, day: u32) -> Option<Token> {
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day).map(Token::Date)
}

/// Which of two numbers is the day; `None` when both could be.
pub(super) fn day_and_month(a: u32, b: u32) -> Option<(u32, u32)> {
    match (a > 12, b > 12) {
        (true, false) => Some((a, b)),
        (false, true) => Some((b, a)),
        _ => (a == b).then_some((a, b)),
    }
}

/// Reads one thing, if it comes next.
type Reader<'r, 'a, T> = &'r dyn Fn(&mut Words<'a>) -> Option<T>;

/// A place in a phrase. Copies are cheap, so a reader that fails leaves the caller's untouched.
#[derive(Debug, Clone, Copy)]
pub(super) struct Words<'a>(&'a [Token]);

impl<'a> Words<'a> {
    pub(super) fn new(tokens: &'a [Token]) -> Self {
        Self(tokens)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The next token, taken.
    pub(super) fn next(&mut self) -> Option<&'a Token> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(first)
    }

    /// The next token, taken if it is a word.
    pub(super) fn word(&mut self) -> Option<&'a str> {
        match self.0.split_first() {
            Some((Token::Word(word), rest)) => {
                self.0 = rest;
                Some(word)
            }
            _ => None,
        }
    }

    /// The next token, taken if it is a number without a fraction.
    pub(super) fn number(&mut self) -> Option<(u32, usize)> {
        match self.0.split_first() {
            Some((Token::Number { value, digits }, rest)) => {
                self.0 = rest;
                Some((*value, *digits))
            }
            _ => None,
        }
    }

    /// Takes these words if they come next.
    pub(super) fn take(&mut self, phrase: &str) -> bool {
        let mut attempt = *self;
        let found = phrase
            .split(' ')
            .all(|expected| attempt.word() == Some(expected));
        if found {
            *self = attempt;
        }
        found
    }

    /// Takes the first of these phrases that comes next.
    pub(super) fn take_any(&mut self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| self.take(phrase))
    }

    /// What the first of these phrases that comes next stands for; it is taken.
    pub(super) fn take_from<T: Copy>(&mut self, table: &[(&str, T)]) -> Option<T> {
        table
            .iter()
            .find(|(phrase, _)| self.take(phrase))
            .map(|(_, meaning)| *meaning)
    }

    /// Reads with the first reader that understands; the words of the others are not taken.
    pub(super) fn first<T>(&mut self, readers: &[Reader<'_, 'a, T>]) -> Option<T> {
        readers.iter().find_map(|read| self.attempt(read))
    }

    /// Reads, and takes the words only if that succeeds.
    pub(super) fn attempt<T>(&mut self, read: impl Fn(&mut Self) -> Option<T>) -> Option<T> {
        let mut attempt = *self;
        let meaning = read(&mut attempt)?;
        *self = attempt;
        Some(meaning)
    }
}

/// Numbers as words.
pub(super) const COUNTS: &[(&str, u32)] = &[
    ("a couple of", 2),
    ("a couple", 2),
    ("couple of", 2),
    ("a few", 3),
    ("an", 1),
    ("a", 1),
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
];
