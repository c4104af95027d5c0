//! Answers to "which one do you mean?".

use super::{
    super::{
        grammar,
        memory::Known,
        reply::{self, Doing},
        request::{Request, Target},
        words::Sentence,
    },
    Waiting, Work,
};

impl Work {
    /// "Number two", said in answer to "which one?".
    pub(super) fn settle(&mut self, target: &Target) -> Result<String, Waiting> {
        if let Some(unsettled) = self.memory.unsettled.take() {
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
        if self.memory.unsettled.is_none() && self.asked_about.is_none() {
            return Ok(reply::not_understood());
        }
        let sentence = Sentence::read(said);
        let words = sentence.phrase();
        let words = words
            .after_any(&["the", "my"])
            .unwrap_or(words)
            .text()
            .to_lowercase();
        let exact = |known: &&Known| known.title.to_lowercase() == words;
        let close = |known: &&Known| known.title.to_lowercase().contains(&words);
        let listing = &self.memory.listing;
        let fits: Vec<&Known> = listing.iter().filter(exact).collect();
        let fits = if fits.is_empty() {
            listing.iter().filter(close).collect()
        } else {
            fits
        };
        match fits.as_slice() {
            [only] if !words.is_empty() => {
                let target = Target::Id(only.id.clone());
                self.settle(&target)
            }
            _ => Ok(reply::not_understood()),
        }
    }
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
        _ => return None,
    })
}
