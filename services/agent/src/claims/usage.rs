//! How a verb of change is used, from what stands left of it.

use super::{
    read::{Scan, Use},
    text::{Mark, Token},
    words::{Class, Verb, traits},
};

impl<'a> Scan<'_, 'a> {
    /// A verb of change, and how it is used; no use when it is used in no assertive way.
    pub(super) fn verb_at(&self, at: usize) -> Option<(Option<Use>, Verb, &'a str)> {
        let (text, word) = self.word(at)?;
        if let Some(past) = word.past
            && self.managed(at)
            && let Some(verb) = traits(past).verb
        {
            return Some((Some(Use::Active), verb, past));
        }
        Some((self.usage(at), word.verb?, text))
    }

    /// "I was able to delete", "I managed to delete", "took the liberty of deleting".
    fn managed(&self, at: usize) -> bool {
        let before = |n: usize| at.checked_sub(n).map_or("", |place| self.text(place));
        match before(1) {
            "to" => {
                self.speaker == Some(Class::FirstPerson)
                    && (before(2) == "managed"
                        || matches!(before(2), "proceeded" | "opportunity" | "liberty")
                        || (0..at).any(|place| self.text(place) == "used")
                        || before(2) == "able" && matches!(before(3), "was" | "were" | "been"))
            }
            "of" => before(2) == "liberty",
            "have" | "did" => self.is(at.saturating_sub(2), Class::FirstPerson),
            _ => false,
        }
    }

    /// How the participle at a place is used, from what stands left of it.
    fn usage(&self, at: usize) -> Option<Use> {
        let Some(left) = self.left_of(at) else {
            return Some(Use::Bare);
        };
        let (text, word) = match self.sentence.tokens.get(left)? {
            Token::Title(_) => return self.headline(at).then_some(Use::Headline),
            Token::Mark(Mark::Comma) => {
                let opens = self.opening(left) || self.claimed == Some(true);
                return opens.then_some(Use::Bare);
            }
            // What stands in brackets is a remark on a state: "(done)", "(added 3 May)".
            Token::Mark(Mark::Open) => return None,
            Token::Mark(_) => return Some(Use::Bare),
            Token::Word(text, word) => (*text, *word),
        };
        match text {
            "i" | "we" | "i've" | "we've" | "ive" => Some(Use::Active),
            "have" => match self.left_of(left) {
                Some(subject) => self.is(subject, Class::FirstPerson).then_some(Use::Active),
                None => Some(Use::Active),
            },
            "has" => {
                let subject = self.left_of(left)?;
                matches!(self.text(subject), "system" | "assistant").then_some(Use::Active)
            }
            "been" => self.perfect(left).then_some(Use::Perfect),
            "was" | "were" => Some(Use::Was),
            "is" | "are" | "they're" => Some(Use::Is),
            "got" if word.verb == Some(Verb::Got) => Some(Use::Was),
            "and" | "then" | "but" | "plus" => match self.claimed {
                Some(claimed) => claimed.then_some(Use::Bare),
                None if self.opening(left) => Some(Use::Bare),
                None if self.speaker.is_none() => self.shared(left),
                None => (self.speaker == Some(Class::FirstPerson) && !self.before_noun(at))
                    .then_some(Use::Bare),
            },
            _ if text.ends_with("'s") => Some(Use::Is),
            _ if word.is(Class::Interjection)
                && self.opening(left + 1)
                && self.plain_start(left) =>
            {
                Some(Use::Bare)
            }
            _ if self.text(0) == "consider" && self.ends(at + 1) => Some(Use::Headline),
            _ => self.headline(at).then_some(Use::Headline),
        }
    }

    /// "were found and removed": the auxiliary of the verb before.
    fn shared(&self, and: usize) -> Option<Use> {
        let from = and.saturating_sub(3);
        (from..and).find_map(|place| match self.text(place) {
            "was" | "were" => Some(Use::Was),
            "been" => Some(Use::Perfect),
            _ => None,
        })
    }

    /// True when the words up to `end` are an interjection or none.
    pub(super) fn opening(&self, end: usize) -> bool {
        end <= 4 && (0..end).all(|at| self.is(at, Class::Interjection) || self.mark(at).is_some())
    }

    /// Not "you set", "it set": those interjections are pronouns too.
    fn plain_start(&self, at: usize) -> bool {
        !matches!(self.text(at), "you" | "it" | "there" | "thing" | "and")
    }

    /// "has been", "have been", "it's been"; not "had been", "may have been", "to have been".
    fn perfect(&self, been: usize) -> bool {
        let Some(aux) = self.left_of(been) else {
            return true;
        };
        match self.text(aux) {
            "have" => {
                let before = self.left_of(aux).map_or("", |left| self.text(left));
                !matches!(
                    before,
                    "would"
                        | "could"
                        | "should"
                        | "might"
                        | "may"
                        | "must"
                        | "to"
                        | "will"
                        | "cannot"
                )
            }
            "has" => true,
            text => {
                text.ends_with("'s") || text.ends_with("'ve") && !self.is(aux, Class::FirstPerson)
            }
        }
    }

    /// "Milk added to your list", "Task created: milk", "Both deleted".
    fn headline(&self, at: usize) -> bool {
        let from = (0..at)
            .rev()
            .find(|place| self.mark(*place).is_some_and(|mark| mark != Mark::Comma))
            .map_or(0, |place| place + 1);
        let from = match (from..at).find(|place| self.mark(*place).is_some()) {
            Some(comma) if self.opening(comma) => comma + 1,
            _ => from,
        };
        let bare = (from..at).all(|place| {
            self.mark(place).is_none()
                && self.word(place).is_none_or(|(text, word)| {
                    !word.is(Class::Finite)
                        && !word.is(Class::FirstPerson)
                        && !word.is(Class::OtherPerson)
                        && !text.ends_with("'s")
                        && (word.verb.is_none() || text == "set")
                        && !matches!(
                            text,
                            "with"
                                | "that"
                                | "your"
                                | "to"
                                | "gets"
                                | "get"
                                | "being"
                                | "having"
                                | "had"
                        )
                })
        });
        let next = self.text(at + 1);
        let closed = self.ends(at + 1)
            || self.mark(at + 1).is_some()
            || self.is(at + 1, Class::Adverb)
            || matches!(
                next,
                "to" | "from" | "as" | "for" | "in" | "on" | "with" | "off" | "at" | "and" | "back"
            );
        at - from <= 7 && bare && closed
    }

    /// "completed tasks": there it is an adjective.
    pub(super) fn before_noun(&self, at: usize) -> bool {
        matches!(
            self.text(at + 1),
            "tasks" | "items" | "ones" | "entries" | "to-dos" | "reminders"
        )
    }
}
