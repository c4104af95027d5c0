//! A sentence as words, and phrases of it.
//!
//! Words are compared in lower case and without the punctuation around them; what is taken over
//! into a title is cut out of the sentence as it was written.

use std::ops::Range;

/// What separates a word from the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gap {
    Space,
    Comma,
    Colon,
    /// The end of a sentence, a semicolon, or a new line.
    Stop,
}

#[derive(Debug, Clone)]
pub(super) struct Word {
    start: usize,
    end: usize,
    lower: String,
    /// Between which quotation marks, where nothing is taken for a request.
    quote: Option<usize>,
    gap: Gap,
}

/// A sentence, or several.
#[derive(Debug, Clone)]
pub(super) struct Sentence {
    source: String,
    words: Vec<Word>,
}

/// Some words of a sentence, in a row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Phrase<'a> {
    source: &'a str,
    words: &'a [Word],
}

const OPENING: &[char] = &['"', '“', '„', '«', '(', '[', '‘', '\'', '`', '*', '_'];
const CLOSING: &[char] = &[
    '"', '”', '“', '»', ')', ']', '’', '\'', '`', '*', '_', '.', ',', ';', ':', '!', '?', '…',
];

/// Words that are often written without their apostrophe and are no other words then.
const CONTRACTED: &[(&str, &str)] = &[
    ("dont", "don't"),
    ("didnt", "didn't"),
    ("doesnt", "doesn't"),
    ("havent", "haven't"),
    ("hasnt", "hasn't"),
    ("isnt", "isn't"),
    ("arent", "aren't"),
    ("wasnt", "wasn't"),
    ("ive", "i've"),
    ("im", "i'm"),
    ("whats", "what's"),
    ("thats", "that's"),
];

impl Sentence {
    pub(super) fn read(source: &str) -> Self {
        let mut words = Vec::new();
        let mut at = 0;
        for piece in source.split_inclusive(char::is_whitespace) {
            let text = piece.trim_end();
            if !text.is_empty() {
                words.push(word(text, at));
            }
            // What a colon announces may stand on the next line.
            if piece.ends_with('\n')
                && let Some(last) = words.last_mut()
                && last.gap != Gap::Colon
            {
                last.gap = Gap::Stop;
            }
            at += piece.len();
        }
        // A dash or a bullet on its own separates like a comma and says nothing.
        let mut kept: Vec<Word> = Vec::with_capacity(words.len());
        for word in words {
            if !word.lower.is_empty() {
                kept.push(word);
            } else if let Some(before) = kept.last_mut()
                && before.gap == Gap::Space
            {
                before.gap = Gap::Comma;
            }
        }
        quote(source, &mut kept);
        Self {
            source: source.to_owned(),
            words: kept,
        }
    }

    pub(super) fn phrase(&self) -> Phrase<'_> {
        Phrase {
            source: &self.source,
            words: &self.words,
        }
    }
}

fn word(text: &str, at: usize) -> Word {
    let body = text.trim_start_matches(OPENING);
    let start = at + (text.len() - body.len());
    let bare = body.trim_end_matches(CLOSING);
    let tail = body.get(bare.len()..).unwrap_or_default();
    let gap = if tail.contains(['.', ';', '!', '?', '…']) {
        Gap::Stop
    } else if tail.contains(':') {
        Gap::Colon
    } else if tail.contains(',') {
        Gap::Comma
    } else {
        Gap::Space
    };
    let lower = bare.to_lowercase().replace(['’', '‘'], "'");
    let lower = match lower.as_str() {
        "-" | "–" | "—" | "•" | "->" | "→" => String::new(),
        "&" | "+" => "and".to_owned(),
        _ => CONTRACTED
            .iter()
            .find(|(short, _)| *short == lower)
            .map_or(lower, |(_, full)| (*full).to_owned()),
    };
    Word {
        start,
        end: start + bare.len(),
        lower,
        quote: None,
        gap,
    }
}

/// Marks the words between quotation marks, where both stand.
fn quote(source: &str, words: &mut [Word]) {
    let mut open: Option<(usize, char)> = None;
    let mut before = ' ';
    let mut spans = Vec::new();
    for (at, mark) in source.char_indices() {
        let after = source
            .get(at + mark.len_utf8()..)
            .and_then(|rest| rest.chars().next());
        match (mark, open) {
            ('"', None) => open = Some((at, '"')),
            ('“' | '„', None) => open = Some((at, '”')),
            ('\'' | '‘', None) if before.is_whitespace() || before == '(' => {
                open = Some((at, if mark == '‘' { '’' } else { '\'' }));
            }
            (_, Some((from, closing))) if mark == closing || (mark == '“' && closing == '”') => {
                let ends = after.is_none_or(|next| !next.is_alphanumeric());
                if !matches!(closing, '\'' | '’') || ends {
                    spans.push((from, at));
                    open = None;
                }
            }
            _ => {}
        }
        before = mark;
    }
    for word in words {
        word.quote = spans
            .iter()
            .position(|(from, to)| (*from..*to).contains(&word.start));
    }
}

impl<'a> Phrase<'a> {
    /// All of the text that the phrase is from.
    pub(super) fn source(self) -> &'a str {
        self.source
    }

    pub(super) fn is_empty(self) -> bool {
        self.words.is_empty()
    }

    pub(super) fn len(self) -> usize {
        self.words.len()
    }

    /// The n-th word, in lower case; empty beyond the end.
    pub(super) fn word(self, at: usize) -> &'a str {
        self.words.get(at).map_or("", |word| word.lower.as_str())
    }

    /// What stands after the n-th word.
    pub(super) fn gap(self, at: usize) -> Gap {
        self.words.get(at).map_or(Gap::Stop, |word| word.gap)
    }

    pub(super) fn is_quoted(self, at: usize) -> bool {
        self.quote(at).is_some()
    }

    /// Between which quotation marks the n-th word stands.
    pub(super) fn quote(self, at: usize) -> Option<usize> {
        self.words.get(at)?.quote
    }

    pub(super) fn all_quoted(self) -> bool {
        !self.words.is_empty() && self.words.iter().all(|word| word.quote.is_some())
    }

    /// Words in lower case.
    pub(super) fn lowers(self) -> Vec<&'a str> {
        self.words.iter().map(|word| word.lower.as_str()).collect()
    }

    /// As it was written, without the punctuation around it.
    pub(super) fn text(self) -> &'a str {
        match (self.words.first(), self.words.last()) {
            (Some(first), Some(last)) => self.source.get(first.start..last.end).unwrap_or_default(),
            _ => "",
        }
    }

    /// True when it ends with a question mark.
    pub(super) fn asks(self) -> bool {
        self.words
            .last()
            .and_then(|word| self.source.get(word.end..))
            .is_some_and(|after| {
                after
                    .chars()
                    .take_while(|c| !c.is_alphanumeric())
                    .any(|c| c == '?')
            })
    }

    /// True when the phrase stands in parentheses.
    pub(super) fn text_is_parenthesised(self) -> bool {
        self.words
            .first()
            .and_then(|word| self.source.get(..word.start))
            .is_some_and(|before| before.ends_with('('))
    }

    pub(super) fn from(self, at: usize) -> Self {
        Self {
            words: self.words.get(at..).unwrap_or_default(),
            ..self
        }
    }

    pub(super) fn to(self, at: usize) -> Self {
        Self {
            words: self.words.get(..at).unwrap_or(self.words),
            ..self
        }
    }

    /// Where words about a date may begin that stand at the end: behind something else, and none is
    /// longer than so many words. Looking no further keeps long messages cheap.
    pub(super) fn ends(self) -> Range<usize> {
        const LONGEST: usize = 16;
        self.len().saturating_sub(LONGEST).max(1)..self.len()
    }

    /// True when the unquoted words at `at` are those of `pattern`.
    fn has_at(self, at: usize, pattern: &str) -> bool {
        pattern.split(' ').enumerate().all(|(n, expected)| {
            self.words
                .get(at + n)
                .is_some_and(|word| word.lower == expected && word.quote.is_none())
        })
    }

    /// What follows `pattern`, if the phrase begins with it.
    pub(super) fn after(self, pattern: &str) -> Option<Self> {
        self.has_at(0, pattern)
            .then(|| self.from(pattern.split(' ').count()))
    }

    /// What follows the first of `patterns` that the phrase begins with.
    pub(super) fn after_any(self, patterns: &[&str]) -> Option<Self> {
        patterns.iter().find_map(|pattern| self.after(pattern))
    }

    /// What precedes `pattern`, if the phrase ends with it.
    pub(super) fn before(self, pattern: &str) -> Option<Self> {
        let at = self.len().checked_sub(pattern.split(' ').count())?;
        self.has_at(at, pattern).then(|| self.to(at))
    }

    /// What precedes the first of `patterns` that the phrase ends with.
    pub(super) fn before_any(self, patterns: &[&str]) -> Option<Self> {
        patterns.iter().find_map(|pattern| self.before(pattern))
    }

    /// The phrase without whichever of `patterns` it begins with, again and again.
    pub(super) fn without_leading(mut self, patterns: &[&str]) -> Self {
        while let Some(rest) = self.after_any(patterns) {
            self = rest;
        }
        self
    }

    /// The phrase without whichever of `patterns` it ends with, again and again.
    pub(super) fn without_trailing(mut self, patterns: &[&str]) -> Self {
        while let Some(rest) = self.before_any(patterns) {
            self = rest;
        }
        self
    }

    /// True when the phrase is one of `patterns`.
    pub(super) fn is_any(self, patterns: &[&str]) -> bool {
        self.after_any_whole(patterns)
    }

    fn after_any_whole(self, patterns: &[&str]) -> bool {
        patterns
            .iter()
            .any(|pattern| self.after(pattern).is_some_and(Phrase::is_empty))
    }

    /// True when one of `patterns` is somewhere in the phrase.
    pub(super) fn has_any(self, patterns: &[&str]) -> bool {
        patterns
            .iter()
            .any(|pattern| (0..self.len()).any(|at| self.has_at(at, pattern)))
    }

    /// Both sides of every `pattern` in the phrase, neither of them empty.
    pub(super) fn splits(self, pattern: &str) -> Vec<(Self, Self)> {
        let length = pattern.split(' ').count();
        (1..self.len())
            .filter(|at| self.has_at(*at, pattern) && at + length < self.len())
            .map(|at| (self.to(at), self.from(at + length)))
            .collect()
    }

    /// Both sides of the first of `patterns` found.
    pub(super) fn split_any(self, patterns: &[&str]) -> Option<(Self, Self)> {
        patterns
            .iter()
            .find_map(|pattern| self.splits(pattern).into_iter().next())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_bare_and_text_is_as_written() {
        let sentence = Sentence::read("Add “Buy Milk, please” – it’s urgent!");
        let phrase = sentence.phrase();
        assert_eq!(
            phrase.lowers(),
            ["add", "buy", "milk", "please", "it's", "urgent"]
        );
        assert_eq!(phrase.from(1).to(3).text(), "Buy Milk, please");
        assert!(phrase.from(1).to(3).all_quoted());
        assert!(!phrase.is_quoted(4));
        assert_eq!(phrase.gap(2), Gap::Comma);
        assert_eq!(phrase.gap(3), Gap::Comma);
        assert_eq!(phrase.gap(5), Gap::Stop);
    }

    #[test]
    fn apostrophes_are_not_quotation_marks() {
        let sentence = Sentence::read("don't forget mum's 'big day' tomorrow");
        let quoted: Vec<bool> = (0..6).map(|at| sentence.phrase().is_quoted(at)).collect();
        assert_eq!(quoted, [false, false, false, true, true, false]);
    }
}
