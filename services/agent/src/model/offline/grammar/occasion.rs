//! When something is to be done, and how often: "tomorrow", "every weekday at nine".

use crate::model::offline::{
    due::{self, Due},
    repeat::{self, Repeat},
    request::NewTask,
    words::Phrase,
};

#[derive(Debug, Default)]
pub(super) struct Occasion {
    pub(super) due: Option<Due>,
    pub(super) repeat: Option<Repeat>,
}

/// The whole phrase as an occasion.
pub(super) fn whole(phrase: Phrase<'_>) -> Option<Occasion> {
    let (mut rest, mut occasion) = (phrase, Occasion::default());
    while let Some(before) = occasion.whole(rest).or_else(|| occasion.at_end(rest)) {
        rest = before;
        if rest.is_empty() {
            return Some(occasion);
        }
    }
    None
}

/// The phrase without what it says at its end about when and how often, and that.
pub(super) fn at_end(phrase: Phrase<'_>) -> (Phrase<'_>, Occasion) {
    let (mut rest, mut occasion) = (phrase, Occasion::default());
    while let Some(before) = occasion.at_end(rest) {
        rest = before;
    }
    (rest, occasion)
}

/// The occasion that a phrase begins with, and what follows it: "every Monday remind me to X".
pub(super) fn at_start(phrase: Phrase<'_>) -> impl Iterator<Item = (Occasion, Phrase<'_>)> {
    /// The words of "on the first Monday of next month at half past nine".
    const LONGEST: usize = 10;
    (1..phrase.len().min(LONGEST + 1))
        .rev()
        .filter_map(move |at| Some((whole(phrase.to(at))?, phrase.from(at))))
}

impl Occasion {
    /// Takes in what a phrase says at its end, and gives the rest.
    pub(super) fn at_end<'a>(&mut self, phrase: Phrase<'a>) -> Option<Phrase<'a>> {
        if self.repeat.is_none()
            && let Some((rest, repeat)) = repeat::at_end(phrase)
        {
            self.repeat = Some(repeat);
            return Some(rest);
        }
        let (rest, due) = due::at_end(phrase).filter(|_| self.due.is_none())?;
        self.due = Some(due);
        Some(rest)
    }

    /// The same, where the phrase says nothing else.
    fn whole<'a>(&mut self, phrase: Phrase<'a>) -> Option<Phrase<'a>> {
        if self.repeat.is_none() {
            self.repeat = repeat::whole(phrase);
            if self.repeat.is_some() {
                return Some(phrase.to(0));
            }
        }
        self.due = Some(due::whole(phrase).filter(|_| self.due.is_none())?);
        Some(phrase.to(0))
    }

    /// Says so of a task, as far as it is not said yet.
    pub(super) fn tell(self, task: &mut NewTask) {
        // "Every Monday at nine" begins on a Monday.
        let day = self
            .repeat
            .as_ref()
            .and_then(|repeat| repeat.begins.clone());
        let due = match (day, self.due) {
            (Some(day), Some(due)) if !due.dated => Some(format!("{day} {}", due.text)),
            (Some(day), None) => Some(day),
            (_, due) => due.map(|due| due.text),
        };
        task.recurrence = task
            .recurrence
            .take()
            .or(self.repeat.map(|repeat| repeat.rule));
        task.due = match (due, task.due.take()) {
            // "Remind me tomorrow to call mum at five".
            (Some(day), Some(time)) => Some(format!("{day} {time}")),
            (due, said) => due.or(said),
        };
    }
}
