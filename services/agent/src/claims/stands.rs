//! Whether a verb of change, used as it is, reports a change made in this turn: not a state, a past
//! fact, a habit, a heading or a date in a listing.

use super::{
    read::{Scan, Use},
    text::{End, Kind, Mark, Token},
    words::{Class, number, traits},
};

impl Scan<'_, '_> {
    /// Whether a verb used so asserts a change made in this turn.
    pub(super) fn stands(&self, at: usize, verb: &str, usage: Use) -> bool {
        let next = self.text(at + 1);
        if matches!(
            next,
            "no" | "nothing" | "none" | "neither" | "nor" | "zero" | "0" | "or"
        ) {
            return false;
        }
        if self.past_time() {
            return false;
        }
        let already = self.adverb_before(at, "already")
            || self
                .left_of(at)
                .is_some_and(|left| self.adverb_before(left, "already"));
        let completes = matches!(verb, "completed" | "finished" | "closed");
        if self.hushed && matches!(usage, Use::Bare | Use::Headline) {
            return false;
        }
        let fresh = ["now", "successfully", "just"].iter().any(|adverb| {
            self.left_of(at)
                .is_some_and(|left| self.text(left) == "that's")
                || self.adverb_before(at, adverb)
                || next == *adverb
        }) || self.text(self.clause_end(at).saturating_sub(1)) == "now";
        match usage {
            Use::Active => true,
            Use::Perfect => !already && !matches!(next, "already" | "since"),
            Use::Was => !already && !self.dated(at) && self.closed(at),
            Use::Is => {
                !already
                    && (fresh || !self.habitual(at))
                    && (fresh || !traits(verb).is(Class::Stative))
                    && (fresh || self.definite(at))
            }
            Use::Bare => {
                self.sentence.kind != Kind::Table
                    && !self.metadata(at)
                    && self.bare_stands(at, verb, completes)
            }
            Use::Headline => {
                self.sentence.kind != Kind::Table
                    && !self.metadata(at)
                    && self.headline_stands(at, verb, completes)
            }
        }
    }

    fn bare_stands(&self, at: usize, verb: &str, completes: bool) -> bool {
        let next = self.text(at + 1);
        let alone = self.ends(at + 1);
        if self.sentence.kind == Kind::Heading && alone {
            return false;
        }
        let ends = self.clause_end(at);
        let predicate = (at + 1..ends).any(|place| {
            matches!(
                self.text(place),
                "is" | "are"
                    | "was"
                    | "were"
                    | "has"
                    | "have"
                    | "will"
                    | "can"
                    | "stay"
                    | "show"
                    | "work"
                    | "move"
            )
        });
        if self.before_noun(at)
            && (completes || predicate || matches!(verb, "deleted" | "updated"))
            && !(self.is(at + 2, Class::Adverb))
        {
            return false;
        }
        if predicate
            || self.adverb_before(at, "recently")
            || verb == "set"
                && self.claimed != Some(true)
                && matches!(next, "a" | "an" | "your" | "up")
        {
            return false;
        }
        if verb == "updated" && next == "list" {
            return false;
        }
        if !completes {
            return true;
        }
        // "Completed" heads lists of what is done; "Completed: 3" counts them.
        let listed = alone && self.sentence.end == End::Line && !self.pictured();
        let heads = self.mark(at + 1) == Some(Mark::Colon)
            && !(self.pictured()
                && matches!(self.sentence.tokens.get(at + 2), Some(Token::Title(_)))
                && self.ends(at + 3));
        let counted = self.mark(at + 1) == Some(Mark::Open)
            || next.starts_with(|c: char| c.is_ascii_digit())
                && matches!(self.text(at + 2), "of" | "out");
        !(listed
            || heads
            || counted
            || self.sentence.kind == Kind::Bullet
                && self
                    .mark(at.wrapping_sub(1))
                    .is_some_and(|mark| mark != Mark::Emoji))
    }

    fn headline_stands(&self, at: usize, verb: &str, completes: bool) -> bool {
        let noun = self.left_of(at).unwrap_or_default();
        let all = (0..at).any(|place| matches!(self.text(place), "all" | "both"));
        let plural = matches!(
            self.text(noun),
            "tasks" | "items" | "reminders" | "entries" | "ones" | "to-dos"
        );
        let counted = (0..at).any(|place| number(self.text(place)).is_some());
        let period = matches!(
            self.text(at + 1),
            "today" | "this" | "since" | "in" | "on" | "last" | "between"
        );
        if plural
            && !all
            && (traits(verb).is(Class::Stative)
                || period
                || !counted && self.mark(at + 1) == Some(Mark::Colon))
        {
            return false;
        }
        // "4 added": a statistic.
        if counted && !all && (completes || number(self.text(noun)).is_some()) {
            return false;
        }
        let title = matches!(self.sentence.tokens.get(noun), Some(Token::Title(_)));
        let task = matches!(self.text(noun), "task" | "reminder" | "item");
        let exclaims = self.sentence.end == End::Exclaimed || self.pictured();
        !completes || task || all || (title && exclaims && self.sentence.kind == Kind::Plain)
    }

    /// "yesterday", "last week", "in a previous conversation", "by you".
    fn past_time(&self) -> bool {
        (0..self.sentence.tokens.len()).any(|at| {
            let next = self.text(at + 1);
            let from = at
                .checked_sub(1)
                .is_some_and(|left| matches!(self.text(left), "from" | "to" | "for" | "of" | "an"));
            match self.text(at) {
                "last" => {
                    !from
                        && (matches!(next, "week" | "month" | "night" | "year" | "time")
                            || next.ends_with("day"))
                }
                "previous" => ["message", "turn", "conversation", "chat", "session"]
                    .iter()
                    .any(|noun| next.starts_with(noun)),
                "this" => matches!(next, "morning" | "afternoon"),
                "since" => matches!(next, "then" | "that"),
                "so" => next == "far",
                "except" => true,
                "after" => next == "my",
                "on" | "in" => at == 0 && self.is(at + 1, Class::Date),
                "by" => matches!(
                    next,
                    "you" | "yourself" | "hand" | "someone" | "somebody" | "another" | "anyone"
                ),
                _ => !from && self.is(at, Class::PastTime),
            }
        })
    }

    /// After "was added": nothing more, or where to, or for whom. What else follows tells history:
    /// "was moved twice", "was changed by mistake".
    fn closed(&self, at: usize) -> bool {
        let after = self.text(at + 1);
        let places = [
            "list",
            "lists",
            "tasks",
            "calendar",
            "status",
            "description",
            "high",
            "low",
        ];
        self.ends(at + 1)
            || self.mark(at + 1).is_some()
            || matches!(
                after,
                "to" | "from"
                    | "and"
                    | "but"
                    | "for"
                    | "as"
                    | "with"
                    | "off"
                    | "successfully"
                    | "under"
                    | "instead"
                    | "too"
                    | "accordingly"
                    | "just"
                    | "now"
                    | "without"
                    | "again"
                    | "complete"
                    | "done"
                    | "because"
                    | "so"
                    | "into"
                    | "down"
            )
            || matches!(after, "in" | "on")
                && (at + 2..at + 5).any(|place| places.contains(&self.text(place)))
    }

    /// "was completed on Monday", "was created 3 days ago".
    pub(super) fn dated(&self, at: usize) -> bool {
        matches!(self.text(at + 1), "on" | "in" | "at" | "back" | "since")
            && (self.is(at + 2, Class::Date) || self.text(at + 2) == "may")
    }

    /// "Created: 3 November", "(completed 2 Nov)", "Updated yesterday".
    fn metadata(&self, at: usize) -> bool {
        let value = match self.text(at + 1) {
            "on" | "at" | "in" | "since" => at + 2,
            _ if matches!(self.mark(at + 1), Some(Mark::Colon | Mark::Open)) => at + 2,
            _ => at + 1,
        };
        let (Some((text, word)), after) = (self.word(value), self.word(value + 1)) else {
            return false;
        };
        if !word.is(Class::Date) {
            return false;
        }
        let digits = text.starts_with(|c: char| c.is_ascii_digit());
        !digits
            || text.contains('-')
            || text.contains(':') && !text.ends_with(':')
            || self.mark(at + 1) == Some(Mark::Colon)
                && (after.is_none() || after.is_some_and(|(_, after)| after.is(Class::Date)))
            || after.is_none_or(|(_, after)| after.is(Class::Date))
                && !self.is(value + 1, Class::TaskNoun)
                && text.parse::<u32>().is_ok()
                && (after.is_some() || value > at + 1)
    }

    /// "are created again each time", "is updated every night".
    fn habitual(&self, at: usize) -> bool {
        (at + 1..self.sentence.tokens.len()).any(|place| {
            matches!(
                self.text(place),
                "when" | "whenever" | "each" | "every" | "once" | "if" | "by"
            )
        }) || self.adverb_before(at, "automatically")
    }

    /// "the task is", "“Milk” is"; not "deleted tasks are".
    fn definite(&self, at: usize) -> bool {
        if self.left_of(at).is_some_and(|aux| self.text(aux) != "are") {
            return true;
        }
        (0..at).any(|place| {
            matches!(self.sentence.tokens.get(place), Some(Token::Title(_)))
                || matches!(
                    self.text(place),
                    "the" | "both" | "all" | "your" | "these" | "those" | "they" | "everything"
                )
                || self.is(place, Class::Date)
        })
    }
}
