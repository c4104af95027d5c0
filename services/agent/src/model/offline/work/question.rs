//! Answers to "which one do you mean?".

use super::{
    super::{
        due, grammar,
        memory::Known,
        reply::{self, Doing},
        request::{Change, NewTask, Request, Shift, Target},
        words::{Phrase, Sentence},
    },
    Waiting, Work,
};

impl Work {
    /// True while the assistant has asked the person something.
    pub(super) fn is_asked(&self) -> bool {
        self.memory.unsettled.is_some() || self.asked_about.is_some()
    }

    /// "Yes", said to "shall I add it?".
    pub(super) fn agree(&mut self) -> Result<String, Waiting> {
        let asked = self.asked_about.take().unwrap_or_default();
        let asked = Sentence::read(&asked);
        let mut offered: Vec<NewTask> = grammar::read(asked.phrase())
            .into_iter()
            .filter_map(|request| match request {
                Ok(Request::Offer(tasks)) => Some(tasks),
                _ => None,
            })
            .flatten()
            .collect();
        if offered.is_empty() {
            offered = grammar::offer(asked.phrase());
        }
        if offered.is_empty() {
            return Ok(reply::nothing_to_decide());
        }
        let mut sentences = Vec::new();
        for task in offered {
            // Asked for together, so that a half success is known as one.
            if let Ok(said) = self.add(&task) {
                sentences.push(said);
            }
        }
        if self.wanted.is_empty() {
            Ok(reply::join(&sentences))
        } else {
            Err(Waiting)
        }
    }

    /// What was said if it can be nothing but an answer to the question.
    pub(super) fn meant(&self, said: Phrase<'_>) -> Option<Request> {
        let choice = || self.chosen(said).map(Request::Bare);
        self.shifted(said).or_else(choice)
    }

    /// "Later", said to "earlier or later?".
    fn shifted(&self, said: Phrase<'_>) -> Option<Request> {
        let earlier = grammar::which_way(said)?;
        let Request::EitherWay(target, length) = only_request(self.asked_about.as_deref()?)? else {
            return None;
        };
        Some(Request::Shift(target, Shift { length, earlier }))
    }

    /// The task of the question whose very title was said, even if the title sounds like a request.
    fn chosen(&self, said: Phrase<'_>) -> Option<Target> {
        let words = said.without_leading(&["the", "my"]).lowers();
        let exact = |known: &&Known| lowers(&known.title) == words;
        let mut fits = self.memory.listing.iter().filter(exact);
        match (fits.next(), fits.next()) {
            (Some(only), None) if self.is_asked() => Some(Target::Id(only.id.clone())),
            _ => None,
        }
    }

    /// "Number two", said in answer to "which one?".
    pub(super) fn settle(&mut self, target: &Target) -> Result<String, Waiting> {
        // What was only looked up was looked up for what was asked.
        let unsettled = self.memory.unsettled.take();
        if let Some(unsettled) = unsettled.filter(|unsettled| unsettled.tool != "get_task") {
            let (tool, doing) = match unsettled.tool.as_str() {
                "update_task" => ("update_task", Doing::Change),
                "complete_task" => ("complete_task", Doing::Complete),
                "reopen_task" => ("reopen_task", Doing::Reopen),
                "delete_task" => ("delete_task", Doing::Delete),
                "restore_task" => ("restore_task", Doing::Restore),
                _ => ("get_task", Doing::LookUp),
            };
            let arguments = unsettled.arguments.as_object().cloned().unwrap_or_default();
            return self.act(target, doing, tool, arguments);
        }
        let asked = self.asked_about.take();
        let Some(request) = asked.and_then(|asked| only_request(&asked)) else {
            return Ok(reply::what_with_it());
        };
        match with_target(request, target.clone()) {
            Some(request) => self.carry_out(request),
            None => Ok(reply::what_with_it()),
        }
    }

    /// What is no request may be a title, said in answer to "which one?".
    pub(super) fn answer_to_question(&mut self, said: &str) -> Result<String, Waiting> {
        let sentence = Sentence::read(said);
        if !self.is_asked() {
            return Ok(offered(sentence.phrase()));
        }
        let words = sentence.phrase();
        if let Some(change) = self.put_off_until(words) {
            return self.carry_out(change);
        }
        let words = words
            .without_leading(&["no", "yes", "i mean", "i meant", "the", "my"])
            .lowers();
        let close = |known: &&Known| {
            let title = lowers(&known.title);
            !words.is_empty() && title.windows(words.len()).any(|some| some == words)
        };
        let fits: Vec<&Known> = self.memory.listing.iter().filter(close).collect();
        match fits.as_slice() {
            [only] => {
                let target = Target::Id(only.id.clone());
                self.settle(&target)
            }
            _ => Ok(offered(sentence.phrase())),
        }
    }

    /// "Friday", said to "until when?".
    fn put_off_until(&self, said: Phrase<'_>) -> Option<Request> {
        let Request::PutOff(target) = only_request(self.asked_about.as_deref()?)? else {
            return None;
        };
        let due = due::whole(said.after("to").unwrap_or(said))?;
        Some(Request::Change(target, Change::Due(due.text)))
    }
}

/// What is no request at all may be a task to be added.
fn offered(said: Phrase<'_>) -> String {
    match grammar::offer(said).as_slice() {
        [] => reply::not_understood(),
        tasks => reply::offer(tasks),
    }
}

/// The words of a title.
fn lowers(title: &str) -> Vec<String> {
    let title = Sentence::read(title);
    let words = title.phrase().lowers();
    words.into_iter().map(str::to_owned).collect()
}

/// The request of a message that holds just one.
fn only_request(said: &str) -> Option<Request> {
    let sentence = Sentence::read(said);
    match grammar::read(sentence.phrase()).as_slice() {
        [Ok(only)] => Some(only.clone()),
        _ => None,
    }
}

/// The same request for another task.
fn with_target(request: Request, target: Target) -> Option<Request> {
    Some(match request {
        Request::Look(_) => Request::Look(target),
        Request::Change(_, change) => Request::Change(target, change),
        Request::Complete(_) => Request::Complete(target),
        Request::Reopen(_) => Request::Reopen(target),
        Request::Delete(_) => Request::Delete(target),
        Request::Restore(_) => Request::Restore(target),
        Request::Shift(_, shift) => Request::Shift(target, shift),
        Request::Label(_, labels) => Request::Label(target, labels),
        Request::PutOff(_) => Request::PutOff(target),
        _ => return None,
    })
}
