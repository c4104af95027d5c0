//! Does a model's text claim a change that no receipt of its turn backs?
//!
//! Plain English, by rule: sentences are read for statements that a change was carried out, and each
//! is compared with the receipts. Offers, questions, conditions, negations, promises, listings and
//! quoted words are no claims. Linear in the text; nothing here asks a model.
//!
//! `data/` holds the words and the corpus that the rules are measured on.

mod back;
mod complement;
mod object;
mod phrase;
mod read;
mod stands;
mod text;
mod usage;
mod words;

#[cfg(test)]
mod corpus;

use std::borrow::Cow;

use taskchat_domain::Receipt;

use self::{
    back::Facts,
    text::{Kind, Plain, Sentence, Token},
    words::Class,
};

/// The most bytes of a reply that are read; claims stand near the beginning or the end.
const READ: usize = 16 * 1024;

/// What a claim says was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimKind {
    /// A task was added.
    Created,
    /// A task was marked as done.
    Completed,
    /// Something about a task was changed.
    Updated,
    /// A task was deleted.
    Deleted,
    /// A task is open again.
    Reopened,
    /// A deleted task is back.
    Restored,
    /// An earlier change was taken back.
    Undone,
    /// Something was done; it does not say what ("Done!").
    Changed,
}

impl ClaimKind {
    /// True for kinds whose bullets below are tasks, not fields.
    const fn names_tasks(self) -> bool {
        match self {
            Self::Created | Self::Completed | Self::Deleted | Self::Reopened | Self::Restored => {
                true
            }
            Self::Updated | Self::Undone | Self::Changed => false,
        }
    }
}

/// A statement of the assistant that a change was carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// What is claimed.
    pub kind: ClaimKind,
    /// The sentence that claims it.
    pub sentence: String,
}

/// The first claim in a reply that the turn's receipts do not back.
#[must_use]
pub fn unbacked(text: &str, receipts: &[&Receipt]) -> Option<Claim> {
    let plain = Plain::new(&capped(text));
    let sentences = plain.sentences();
    let facts = Facts::new(receipts);
    let mut hushed = false;
    for (at, sentence) in sentences.iter().enumerate() {
        if sentence.kind != Kind::Bullet {
            hushed = sentence.heads_list && read::hushes(sentence);
        }
        for claim in read::readings(sentence, hushed) {
            let listed = if claim.object.lists && claim.kind.names_tasks() {
                items(&sentences, at)
            } else {
                Vec::new()
            };
            if !facts.back(&claim, &listed) {
                return Some(Claim {
                    kind: claim.kind,
                    sentence: sentence.said.to_owned(),
                });
            }
        }
    }
    None
}

/// The bullets below a sentence, as far as they are names of tasks.
fn items<'a>(sentences: &[Sentence<'a>], at: usize) -> Vec<&'a str> {
    sentences
        .iter()
        .skip(at + 1)
        .take_while(|item| item.kind == Kind::Bullet)
        .filter(|item| item.opens_line && read::readings(item, false).is_empty())
        .filter_map(|item| match item.tokens.first()? {
            Token::Title(title) => Some(*title),
            Token::Word(_, word) if word.is(Class::FieldNoun) => None,
            _ => item.said.split(['(', '—', ':', ',', '–']).next(),
        })
        .collect()
}

/// The beginning and the end of a text that is too long to be read.
fn capped(text: &str) -> Cow<'_, str> {
    if text.len() <= READ {
        return Cow::Borrowed(text);
    }
    let mut head = READ * 3 / 4;
    while !text.is_char_boundary(head) {
        head -= 1;
    }
    let mut tail = text.len() - READ / 4;
    while !text.is_char_boundary(tail) {
        tail += 1;
    }
    let (head, tail) = (text.get(..head), text.get(tail..));
    Cow::Owned([head.unwrap_or_default(), tail.unwrap_or_default()].join("\n"))
}
