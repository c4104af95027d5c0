//! From Markdown to sentences of tokens: what is quoted is set apart from what is said.
//!
//! One pass, no backtracking: a search for a closing quote looks at a bounded stretch of one line.

use super::words::{Class, Traits, traits};

/// A quote longer than this many bytes is not a title.
const LONGEST_QUOTE: usize = 300;

/// A sentence of more tokens than this is cut: what is read of each is quadratic in its length.
const LONGEST_SENTENCE: usize = 120;

/// A piece of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// A word in lower case, and what is known about it.
    Word(&'a str, Traits),
    /// Something in quotes, bold or code: a title, most often. Its words are not the speaker's.
    Title(&'a str),
    /// Punctuation within the sentence.
    Mark(Mark),
}

/// Punctuation within a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Comma,
    Semicolon,
    Colon,
    Dash,
    Open,
    Close,
    /// A check mark or any other picture.
    Emoji,
}

/// How a sentence ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Stop,
    Exclaimed,
    Asked,
    /// The line ends without punctuation.
    Line,
}

/// What sort of line a sentence stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Plain,
    Bullet,
    Heading,
    Table,
}

/// One sentence.
#[derive(Debug, Clone)]
pub(super) struct Sentence<'a> {
    pub(super) tokens: Vec<Token<'a>>,
    pub(super) kind: Kind,
    pub(super) end: End,
    /// As it was written, less the marks of a list.
    pub(super) said: &'a str,
    /// True for the first sentence of its line.
    pub(super) opens_line: bool,
    /// True when a list follows directly.
    pub(super) heads_list: bool,
}

/// A text made plain: typewriter apostrophes, no invisible characters, and the same in lower case.
pub(super) struct Plain {
    text: String,
    lower: String,
}

impl Plain {
    pub(super) fn new(text: &str) -> Self {
        let text: String = text
            .chars()
            .filter_map(|c| match c {
                '\u{2019}' | '\u{02bc}' => Some('\''),
                '\u{a0}' | '\u{202f}' | '\t' => Some(' '),
                '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{fe0f}' | '\r' => None,
                other => Some(other),
            })
            .collect();
        // ASCII only, so that both have the same offsets.
        let lower = text.to_ascii_lowercase();
        Self { text, lower }
    }

    /// The sentences of everything that is neither code nor a block quote.
    pub(super) fn sentences(&self) -> Vec<Sentence<'_>> {
        let mut sentences = Vec::new();
        let mut fenced = false;
        let mut start = 0;
        for line in self.lower.split('\n') {
            let offset = start;
            start += line.len() + 1;
            let trimmed = line.trim_start();
            if trimmed.starts_with("```") || trimmed.starts_with("~~~") {
                fenced = !fenced;
                continue;
            }
            if fenced || trimmed.starts_with('>') {
                continue;
            }
            let (kind, skipped) = line_kind(line);
            let said = self.text.get(offset + skipped..offset + line.len());
            if let (Some(said), Some(lower)) = (said, line.get(skipped..)) {
                Reader::new(said, lower, kind, &mut sentences).read();
            }
        }
        let mut below = false;
        for sentence in sentences.iter_mut().rev() {
            sentence.heads_list = below;
            below = sentence.kind == Kind::Bullet && sentence.opens_line;
        }
        sentences
    }
}

/// What a line is, and how many bytes its marks take.
fn line_kind(line: &str) -> (Kind, usize) {
    let trimmed = line.trim_start();
    let indent = line.len() - trimmed.len();
    if trimmed.starts_with('#') {
        let marks = trimmed.len() - trimmed.trim_start_matches(['#', ' ']).len();
        return (Kind::Heading, indent + marks);
    }
    if trimmed.starts_with('|') {
        return (Kind::Table, indent);
    }
    let digits = trimmed.len()
        - trimmed
            .trim_start_matches(|c: char| c.is_ascii_digit())
            .len();
    let marks = if let Some(rest) = trimmed.strip_prefix(['-', '*', '+', '•', '·', '–']) {
        rest.starts_with(' ')
            .then(|| trimmed.len() - rest.trim_start().len())
    } else if (1..=3).contains(&digits) {
        trimmed
            .get(digits..)
            .and_then(|rest| rest.strip_prefix(['.', ')']))
            .filter(|rest| rest.starts_with(' '))
            .map(|rest| trimmed.len() - rest.trim_start().len())
    } else {
        None
    };
    let Some(marks) = marks else {
        return (Kind::Plain, indent);
    };
    let rest = trimmed.get(marks..).unwrap_or_default();
    let boxed = ["[ ] ", "[x] "].iter().any(|mark| rest.starts_with(mark));
    (Kind::Bullet, indent + marks + if boxed { 4 } else { 0 })
}

/// Reads one line.
struct Reader<'a, 'out> {
    said: &'a str,
    lower: &'a str,
    at: usize,
    from: usize,
    kind: Kind,
    opens_line: bool,
    tokens: Vec<Token<'a>>,
    /// Up to where none of these quotes closes.
    barren: ([char; 2], usize),
    out: &'out mut Vec<Sentence<'a>>,
}

impl<'a, 'out> Reader<'a, 'out> {
    fn new(said: &'a str, lower: &'a str, kind: Kind, out: &'out mut Vec<Sentence<'a>>) -> Self {
        Self {
            said,
            lower,
            at: 0,
            from: 0,
            kind,
            opens_line: true,
            tokens: Vec::new(),
            barren: ([' '; 2], 0),
            out,
        }
    }

    fn rest(&self) -> &'a str {
        self.lower.get(self.at..).unwrap_or_default()
    }

    fn read(mut self) {
        while let Some(next) = self.rest().chars().next() {
            self.step(next);
            if self.tokens.len() >= LONGEST_SENTENCE {
                self.close(End::Line);
            }
        }
        self.close(End::Line);
    }

    fn step(&mut self, next: char) {
        let width = next.len_utf8();
        let after = self.rest().get(width..).unwrap_or_default();
        let mark = match next {
            ' ' | '_' => return self.at += width,
            '*' => return self.bold(),
            '`' => return self.quote(1, '`'),
            '"' => return self.quote(1, '"'),
            '“' | '„' | '”' => return self.quote_any(width, ['”', '“']),
            '«' => return self.quote(width, '»'),
            '‘' => return self.quote(width, '\''),
            '\'' => return self.quote(1, '\''),
            '.' if after.starts_with("..") => {
                self.at += 3;
                return self.close(End::Stop);
            }
            '.' | '…' => {
                self.at += width;
                return self.close(End::Stop);
            }
            '!' | '?' => {
                let more = after.len() - after.trim_start_matches(['!', '?']).len();
                self.at += width + more;
                let end = if next == '?' {
                    End::Asked
                } else {
                    End::Exclaimed
                };
                return self.close(end);
            }
            ',' => Mark::Comma,
            ';' => Mark::Semicolon,
            ':' => Mark::Colon,
            '—' | '–' | '→' => Mark::Dash,
            '-' => Mark::Dash,
            '(' | '[' => Mark::Open,
            ')' | ']' => Mark::Close,
            '|' => Mark::Emoji,
            '&' => {
                self.at += width;
                return self.tokens.push(Token::Word("and", traits("and")));
            }
            c if c.is_alphanumeric() => return self.word(),
            c if c.is_ascii() => return self.at += width,
            _ => Mark::Emoji,
        };
        self.at += width;
        if self.tokens.last() != Some(&Token::Mark(mark)) {
            self.tokens.push(Token::Mark(mark));
        }
    }

    /// A word: letters and digits, with apostrophes, hyphens, points and the like inside.
    fn word(&mut self) {
        let rest = self.rest();
        let mut end = 0;
        let mut chars = rest.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            let inside = matches!(c, '\'' | '-' | '.' | '/' | ':' | '_' | '%' | '@')
                && chars.peek().is_some_and(|(_, next)| next.is_alphanumeric());
            if !(c.is_alphanumeric() || inside || c == '%') {
                break;
            }
            end = at + c.len_utf8();
        }
        if let Some(word) = rest.get(..end) {
            self.tokens.push(Token::Word(word, traits(word)));
        }
        self.at += end.max(1);
    }

    /// Bold words are a title unless the assistant speaks in them ("**Done!**", "**Title:**").
    fn bold(&mut self) {
        let marks = if self.rest().starts_with("**") { 2 } else { 1 };
        let fence = if marks == 2 { "**" } else { "*" };
        let rest = self.rest().get(marks..).unwrap_or_default();
        let inner = window(rest).find(fence).and_then(|end| rest.get(..end));
        let Some(inner) = inner.filter(|inner| is_title(inner)) else {
            return self.at += marks;
        };
        self.title(self.at + marks, inner.len());
        self.at += marks + inner.len() + marks;
    }

    fn quote(&mut self, width: usize, closing: char) {
        self.quote_any(width, [closing, closing]);
    }

    fn quote_any(&mut self, width: usize, closing: [char; 2]) {
        let rest = self.rest().get(width..).unwrap_or_default();
        let opens = rest.starts_with(|c: char| !c.is_whitespace());
        // Where no quote closes, none closes for the next opening one either.
        let from = if self.barren.0 == closing {
            self.barren.1
        } else {
            0
        };
        let from = from.saturating_sub(self.at + width);
        let searched = window(rest);
        let end = searched
            .get(from..)
            .unwrap_or_default()
            .char_indices()
            .find_map(|(at, c)| {
                let at = from + at;
                let apostrophe = c == '\''
                    && rest
                        .get(at + 1..)
                        .is_some_and(|after| after.starts_with(char::is_alphanumeric));
                (closing.contains(&c) && at > 0 && !apostrophe).then_some((at, c.len_utf8()))
            });
        if end.is_none() {
            self.barren = (closing, self.at + width + searched.len());
        }
        match end {
            Some((end, closing)) if opens => {
                self.title(self.at + width, end);
                self.at += width + end + closing;
            }
            _ => self.at += width,
        }
    }

    fn title(&mut self, from: usize, len: usize) {
        if let Some(title) = self.said.get(from..from + len) {
            self.tokens.push(Token::Title(title));
        }
    }

    fn close(&mut self, end: End) {
        let said = self.said.get(self.from..self.at).unwrap_or_default();
        self.from = self.at;
        let tokens = std::mem::take(&mut self.tokens);
        if tokens.iter().all(|token| matches!(token, Token::Mark(_))) {
            // A picture at the end of a sentence belongs to none.
            return;
        }
        self.out.push(Sentence {
            tokens,
            kind: self.kind,
            end,
            said: said.trim().trim_matches(['*', '_']).trim(),
            opens_line: std::mem::take(&mut self.opens_line),
            heads_list: false,
        });
    }
}

/// The stretch of a line in which a quote may close.
fn window(rest: &str) -> &str {
    let mut end = rest.len().min(LONGEST_QUOTE);
    while !rest.is_char_boundary(end) {
        end -= 1;
    }
    rest.get(..end).unwrap_or_default()
}

/// True when bold words can only be a name: the assistant does not speak in them.
fn is_title(inner: &str) -> bool {
    !inner.is_empty()
        && !inner.starts_with(' ')
        && !inner.ends_with([':', '.', '!', '?', ' '])
        && !inner
            .split(|c: char| !c.is_alphanumeric() && c != '\'')
            .any(|word| {
                let word = traits(word);
                word.verb.is_some() || word.is(Class::FirstPerson) || word.is(Class::Negation)
            })
        && !inner
            .split_whitespace()
            .any(|word| matches!(word, "done" | "is" | "are" | "set"))
        && !inner
            .split_whitespace()
            .all(|word| traits(word).says_nothing())
}
