//! Finds the claims in a sentence: which verbs of change are asserted, by whom, and of what.
//!
//! One walk over the tokens with a little state (is this negated, conditional, reported?); at each
//! verb of change a look to the left says how it is used. Nothing here knows receipts.

use super::{
    ClaimKind, complement,
    object::{self, Object},
    phrase,
    text::{End, Kind, Mark, Sentence, Token},
    words::{Class, Traits},
};

/// A claim found in a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reading<'a> {
    pub(super) kind: ClaimKind,
    /// Another kind that would do as well: what is off the list is deleted or done.
    pub(super) or: Option<ClaimKind>,
    pub(super) object: Object<'a>,
}

/// How a verb of change is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// "I added", "I've added".
    Active,
    /// "has been added".
    Perfect,
    /// "was added".
    Was,
    /// "is added".
    Is,
    /// "Added milk": no subject, no auxiliary.
    Bare,
    /// "Milk added": a subject, no auxiliary.
    Headline,
}

/// A place in a sentence, with what has been said up to there.
pub(super) struct Scan<'s, 'a> {
    pub(super) sentence: &'s Sentence<'a>,
    negated: bool,
    verb_since: bool,
    subordinate: bool,
    reported: bool,
    pub(super) speaker: Option<Class>,
    /// Whether the last verb of change was a claim.
    pub(super) claimed: Option<bool>,
    question_from: usize,
    /// Set for bullets below a line that makes no report of them.
    pub(super) hushed: bool,
}

/// All claims of a sentence, in order; a bullet is `hushed` by the line above its list.
pub(super) fn readings<'a>(sentence: &Sentence<'a>, hushed: bool) -> Vec<Reading<'a>> {
    walk(sentence, hushed && sentence.kind == Kind::Bullet).0
}

/// True for a line below which bullets are no reports of changes: "You completed:", "I can:".
pub(super) fn hushes(sentence: &Sentence<'_>) -> bool {
    let (found, scan) = walk(sentence, false);
    let others = (0..sentence.tokens.len()).any(|at| {
        scan.is(at, Class::OtherPerson)
            && (at + 1..at + 4)
                .find(|place| !scan.is(*place, Class::Adverb) && scan.text(*place) != "have")
                .is_some_and(|place| {
                    scan.word(place)
                        .is_some_and(|(_, word)| word.verb.is_some())
                })
    });
    let listing = (0..sentence.tokens.len()).any(|at| scan.is(at, Class::Heading));
    found.is_empty()
        && (others
            || listing
            || scan.negated
            || scan.subordinate
            || scan.reported
            || sentence.end == End::Asked)
}

fn walk<'s, 'a>(sentence: &'s Sentence<'a>, hushed: bool) -> (Vec<Reading<'a>>, Scan<'s, 'a>) {
    let mut scan = Scan {
        sentence,
        negated: false,
        verb_since: false,
        subordinate: false,
        reported: false,
        speaker: None,
        claimed: None,
        question_from: question_from(sentence),
        hushed,
    };
    let mut found = Vec::new();
    for at in 0..sentence.tokens.len() {
        scan.see(at);
        if at < scan.question_from {
            found.extend(scan.read(at));
        }
    }
    (found, scan)
}

/// Where the sentence turns into a question; past its end when it does not.
fn question_from(sentence: &Sentence<'_>) -> usize {
    // "Tell me which ones, and they're gone."
    let told = sentence.tokens.iter().take(2).any(|token| {
        matches!(
            token,
            Token::Word("tell" | "say" | "give" | "send" | "reply" | "type", _)
        )
    });
    if told {
        return 0;
    }
    if sentence.end != End::Asked {
        return usize::MAX;
    }
    let mut opens = true;
    for (at, token) in sentence.tokens.iter().enumerate() {
        match token {
            Token::Mark(_) => opens = true,
            Token::Word(_, word) if opens && word.is(Class::Question) => return at,
            Token::Word(word, traits) => {
                opens = matches!(*word, "and" | "but" | "so" | "or")
                    || opens && traits.is(Class::Interjection);
            }
            Token::Title(_) => opens = false,
        }
    }
    0
}

impl<'a> Scan<'_, 'a> {
    pub(super) fn word(&self, at: usize) -> Option<(&'a str, Traits)> {
        match self.sentence.tokens.get(at) {
            Some(Token::Word(word, traits)) => Some((word, *traits)),
            _ => None,
        }
    }

    /// The text of the word at a place; empty for anything else.
    pub(super) fn text(&self, at: usize) -> &'a str {
        self.word(at).map_or("", |(word, _)| word)
    }

    pub(super) fn is(&self, at: usize, class: Class) -> bool {
        self.word(at).is_some_and(|(_, traits)| traits.is(class))
    }

    pub(super) fn mark(&self, at: usize) -> Option<Mark> {
        match self.sentence.tokens.get(at) {
            Some(Token::Mark(mark)) => Some(*mark),
            _ => None,
        }
    }

    /// True when the first person was the last to act before `at`.
    pub(super) fn speaks(&self) -> bool {
        self.speaker == Some(Class::FirstPerson)
    }

    pub(super) fn ends(&self, at: usize) -> bool {
        at >= self.sentence.tokens.len()
    }

    /// The nearest place to the left, from `at` on, that is no adverb.
    pub(super) fn left_of(&self, at: usize) -> Option<usize> {
        let mut place = at.checked_sub(1)?;
        while self.is(place, Class::Adverb) {
            place = place.checked_sub(1)?;
        }
        Some(place)
    }

    /// True when an adverb of that text stands directly before `at`.
    pub(super) fn adverb_before(&self, at: usize, text: &str) -> bool {
        (0..at)
            .rev()
            .take_while(|place| self.is(*place, Class::Adverb))
            .any(|place| self.text(place) == text)
    }

    /// Takes note of a token.
    fn see(&mut self, at: usize) {
        let (text, traits) = match self.sentence.tokens.get(at) {
            Some(Token::Word(word, traits)) => (*word, *traits),
            Some(Token::Mark(Mark::Comma)) => {
                self.subordinate = false;
                self.reported = false;
                self.forget_negation();
                let next = self.text(at + 1);
                if matches!(
                    next,
                    "it" | "it's" | "that's" | "they" | "they're" | "everything"
                ) {
                    self.negated = false;
                }
                return;
            }
            // "It could not be undone: the title was changed" explains, and reports nothing.
            Some(Token::Mark(Mark::Colon)) => {
                let explains =
                    (self.negated || self.subordinate) && !self.is(at + 1, Class::FirstPerson);
                return self.turn(self.reported || explains);
            }
            Some(Token::Mark(_)) => return self.turn(false),
            Some(Token::Title(_)) | None => return,
        };
        match text {
            "but" | "however" | "instead" => self.turn(false),
            "and" | "or" | "then" | "plus" => self.forget_negation(),
            "because" if self.is(at + 1, Class::FirstPerson) => self.turn(false),
            "because" => self.subordinate = true,
            "was" | "were" if self.dated(at + 1) => self.reported = true,
            "soon" | "long" | "so" if matches!(self.text(at + 1), "as" | "that") => {
                self.subordinate = true;
            }
            "so" => self.turn(false),
            "what" | "whatever" | "how" | "where" | "why" => {
                self.subordinate |= !self.is(at + 1, Class::FirstPerson);
            }
            "which" if self.is(at + 1, Class::FirstPerson) => return,
            "that" => self.subordinate |= self.relative(at),
            _ => {}
        }
        let dismissed = text == "no" || text == "not";
        if traits.is(Class::Negation) && !(dismissed && self.dismisses(at)) {
            self.negated = true;
            self.verb_since = traits.is(Class::Finite);
        }
        self.subordinate |= traits.is(Class::Subordinate)
            && !self.dismisses(at)
            && !(text == "after" && self.is(at + 1, Class::FirstPerson));
        self.reported |= traits.is(Class::Report)
            && !(text == "appears" && matches!(self.text(at + 1), "in" | "on"))
            && !self.gladly(at)
            && !(self.is(at + 1, Class::Finite) && at > 0 && self.text(at - 1) == "you");
        if traits.is(Class::FirstPerson) {
            self.speaker = Some(Class::FirstPerson);
        } else if traits.is(Class::OtherPerson) && !self.aside(at) {
            self.speaker = Some(Class::OtherPerson);
            self.claimed = None;
        }
        self.verb_since |= traits.is(Class::Finite) || traits.verb.is_some();
    }

    /// "I'm happy to say".
    fn gladly(&self, at: usize) -> bool {
        let before = |n: usize| at.checked_sub(n).map_or("", |place| self.text(place));
        before(1) == "to"
            && matches!(
                before(2),
                "happy" | "pleased" | "glad" | "delighted" | "proud"
            )
    }

    /// "for you", "as you asked": not who acts.
    fn aside(&self, at: usize) -> bool {
        let asks = matches!(
            self.text(at + 1),
            "asked" | "wanted" | "requested" | "wished"
        );
        asks || at
            .checked_sub(1)
            .is_some_and(|left| matches!(self.text(left), "for" | "to" | "with" | "of" | "than"))
    }

    /// A new clause that owes nothing to the one before.
    const fn turn(&mut self, reported: bool) {
        self.negated = false;
        self.subordinate = false;
        self.reported = reported;
    }

    const fn forget_negation(&mut self) {
        if self.verb_since {
            self.negated = false;
        }
    }

    /// "tasks that were deleted", not "that was deleted".
    fn relative(&self, at: usize) -> bool {
        let follows_noun = at > 0
            && self
                .word(at - 1)
                .is_some_and(|(_, left)| left.verb.is_none() && !left.is(Class::Interjection));
        let next = self.word(at + 1);
        follows_noun
            && next.is_some_and(|(text, next)| {
                next.is(Class::Finite) && !text.starts_with(['i', 'w'])
                    || next.is(Class::OtherPerson)
                    || matches!(text, "was" | "were" | "is")
            })
    }

    /// "No, ...", "no problem", "not only", "this time", "in any case".
    fn dismisses(&self, at: usize) -> bool {
        let next = self.text(at + 1);
        match self.text(at) {
            "no" => {
                self.ends(at + 1)
                    || self.mark(at + 1).is_some()
                    || matches!(
                        next,
                        "problem" | "worries" | "need" | "doubt" | "longer" | "trouble"
                    )
            }
            "not" => {
                next == "only"
                    || matches!(self.text(at + 2), "problem" | "bother")
                    || matches!(next, "done" | "completed" | "complete" | "finished")
                        && self.after_as(at)
            }
            "without" => matches!(next, "any" | "trouble" | "problems"),
            "time" => !matches!(
                at.checked_sub(1).map(|left| self.text(left)),
                Some("next" | "each" | "every" | "first" | "second" | "third" | "last")
            ),
            "case" => at.checked_sub(1).map(|left| self.text(left)) != Some("in"),
            _ => false,
        }
    }

    /// "marked as not done".
    fn after_as(&self, at: usize) -> bool {
        at.checked_sub(1)
            .is_some_and(|left| matches!(self.text(left), "as" | "it" | "to"))
    }

    /// The claim made at a token, if one is.
    fn read(&mut self, at: usize) -> Option<Reading<'a>> {
        let asserted = !(self.negated || self.subordinate || self.reported);
        if let Some((usage, verb, text)) = self.verb_at(at) {
            let stands = usage.is_some_and(|usage| asserted && self.stands(at, text, usage));
            let kind = usage.and_then(|usage| complement::kind(self, at, verb, usage));
            // "I checked the list and marked it": checking it is no change, and no refusal
            // either; nor is "done" in "as done".
            let complement = self
                .left_of(at)
                .is_some_and(|left| self.is(left, Class::Preposition));
            if (kind.is_some() || !stands) && !(usage.is_none() && complement) {
                self.claimed = Some(stands);
            }
            let (usage, kind) = (usage.filter(|_| stands)?, kind?);
            return Some(Reading {
                kind,
                or: self.alternative(at, kind),
                object: object::of(self, at, usage, kind),
            });
        }
        let kind = phrase::kind(self, at).filter(|_| asserted && !self.hushed)?;
        self.claimed = Some(true);
        let object = match kind {
            ClaimKind::Changed => Object::default(),
            kind => object::of(self, at, Use::Is, kind),
        };
        let or = self.alternative(at, kind);
        Some(Reading { kind, or, object })
    }

    /// Another kind of receipt that would back the claim as well.
    fn alternative(&self, at: usize, kind: ClaimKind) -> Option<ClaimKind> {
        let off = (at..self.clause_end(at)).any(|place| self.text(place) == "off");
        match (self.text(at), kind) {
            ("off" | "took" | "archived" | "cleared", ClaimKind::Deleted) => {
                Some(ClaimKind::Completed)
            }
            ("crossed" | "struck" | "knocked", _) => Some(ClaimKind::Deleted),
            ("cancelled" | "canceled", _) => Some(ClaimKind::Updated),
            (_, ClaimKind::Deleted) if off => Some(ClaimKind::Completed),
            _ => None,
        }
    }

    /// True when the sentence has a check mark or another picture in it.
    pub(super) fn pictured(&self) -> bool {
        self.sentence.tokens.contains(&Token::Mark(Mark::Emoji))
    }

    /// Where the clause that `at` stands in ends.
    pub(super) fn clause_end(&self, at: usize) -> usize {
        (at..self.sentence.tokens.len())
            .find(|place| {
                self.mark(*place).is_some()
                    || matches!(self.text(*place), "which" | "because" | "so" | "but")
                    || self.text(*place) == "that" && self.relative(*place)
            })
            .unwrap_or(self.sentence.tokens.len())
    }
}
