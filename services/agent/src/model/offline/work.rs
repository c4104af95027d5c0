//! Requests → calls and sentences.
//!
//! The work is done over from the start in every step: calls that have been answered already are
//! not made again but taken from their answers, in order, until one has no answer yet. Everything
//! here is a function of the messages, so the same step always comes out.

mod back;
mod label;
mod later;
mod question;

use std::collections::VecDeque;

use serde_json::{Map, Value, json};

use super::{
    arguments::{changed, new_task},
    grammar,
    memory::{Answered, Known, Memory, Talk, known},
    reply::{self, Doing},
    request::{NewTask, Rename, Request, Target},
    words::Sentence,
};

/// What the assistant does next.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Move {
    Call(Vec<(&'static str, Value)>),
    Say(String),
}

/// A call has been asked for and is not answered yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Waiting;

/// Work on one message.
struct Work {
    memory: Memory,
    /// The tasks of the latest listing that the person has seen.
    shown: Vec<Known>,
    answers: VecDeque<Answered>,
    wanted: Vec<(&'static str, Value)>,
    /// True when what follows has to wait for the answers to what is wanted.
    blocked: bool,
    asked_about: Option<String>,
}

/// How a task is named to a tool, and to the person.
struct Named {
    argument: String,
    shown: String,
}

/// The longest message that is read, in bytes: nobody says so much to an assistant of this kind,
/// and reading takes time that grows faster than the message.
const LONGEST: usize = 1000;

/// Requests of one message that take two steps each: a turn has eight unless it is configured
/// otherwise, and half a message is not to be done.
const MOST_LOOKED_FOR: usize = 3;

/// Decides on the next move.
pub(super) fn next(talk: Talk) -> Move {
    if talk.said.len() > LONGEST {
        return Move::Say(reply::too_long());
    }
    let mut work = Work {
        shown: talk.memory.listing.clone(),
        memory: talk.memory,
        answers: talk.done.into(),
        wanted: Vec::new(),
        blocked: false,
        asked_about: talk.asked_about,
    };
    let sentence = Sentence::read(&talk.said);
    let mut requests = match work.meant(sentence.phrase()) {
        Some(request) => vec![Ok(request)],
        None => grammar::read(sentence.phrase()),
    };
    if !requests.iter().any(Result::is_ok) {
        requests = vec![Err(talk.said)];
    }
    let looks_first =
        |request: &&Result<Request, String>| request.as_ref().is_ok_and(Request::looks_first);
    if requests.iter().filter(looks_first).count() > MOST_LOOKED_FOR {
        return Move::Say(reply::too_much());
    }
    let alone = requests.len() == 1;
    let mut sentences = Vec::new();
    for request in requests {
        let said = match request {
            Ok(request) => work.carry_out(request),
            Err(text) if alone => work.answer_to_question(&text),
            // Half a message that is not understood does not spoil the other half.
            Err(text) => Ok(reply::half_understood(&text)),
        };
        if let Ok(said) = said {
            sentences.push(said);
        }
        if work.blocked {
            break;
        }
    }
    if work.wanted.is_empty() {
        Move::Say(reply::join(&sentences))
    } else {
        Move::Call(work.wanted)
    }
}

impl Work {
    fn carry_out(&mut self, request: Request) -> Result<String, Waiting> {
        match request {
            Request::Add(task) => self.add(&task),
            Request::List(listing) => {
                let envelope = self.call("list_tasks", reply::listing_arguments(&listing))?;
                Ok(reply::listing(&listing, &envelope))
            }
            Request::Look(target) => self.act(&target, Doing::LookUp, "get_task", Map::new()),
            Request::Change(target, change) => {
                self.act(&target, Doing::Change, "update_task", changed(&change))
            }
            Request::Rename(rename) => self.rename(&rename),
            Request::Complete(target) => {
                self.act(&target, Doing::Complete, "complete_task", Map::new())
            }
            Request::Reopen(target) => self.act(&target, Doing::Reopen, "reopen_task", Map::new()),
            Request::Delete(target) => self.act(&target, Doing::Delete, "delete_task", Map::new()),
            Request::Restore(target) => {
                self.act(&target, Doing::Restore, "restore_task", Map::new())
            }
            Request::DeleteTitled(title) => self.delete_titled(&title),
            Request::Undo => self.undo(),
            Request::StepBack => self.step_back(),
            Request::Redo => self.redo(),
            Request::Search(words) => {
                let envelope = self.call("search_messages", json!({"query": words}))?;
                Ok(reply::excerpts(&words, &envelope))
            }
            Request::Bare(target) => self.settle(&target),
            Request::NoSuchPriority(said) => Ok(reply::no_such_priority(&said)),
            Request::Greeting => Ok(reply::greeting()),
            Request::Thanks => Ok(reply::thanks()),
            Request::Help => Ok(reply::help()),
            Request::Yes => self.agree(),
            Request::Answer => Ok(reply::nothing_to_decide()),
            Request::Offer(tasks) => Ok(reply::doubtful_offer(&tasks)),
            Request::TooMany(count, most) => Ok(reply::too_many(count, most)),
            Request::Unsure(text) => Ok(reply::unsure(&text)),
            Request::PutOff(target) => Ok(match target {
                Target::Named(title) => reply::until_when(Some(&title)),
                _ => reply::until_when(None),
            }),
            Request::EitherWay(..) => Ok(reply::either_way()),
            Request::Label(target, labels) => self.label(&target, &labels),
            Request::Shift(target, shift) => self.shift(&target, &shift),
            Request::Vague => Ok(reply::vague()),
        }
    }

    /// The answer to a call; [`Waiting`] as long as there is none.
    fn call(&mut self, tool: &'static str, arguments: Value) -> Result<Value, Waiting> {
        let answered = self.answer(tool, arguments)?;
        self.memory.note(&answered, None);
        Ok(answered.envelope)
    }

    /// The same, for an answer that is not told about and so must not be remembered as told.
    fn answer(&mut self, tool: &'static str, arguments: Value) -> Result<Answered, Waiting> {
        let answered = match self.answers.front() {
            Some(answer) if answer.tool == tool => self.answers.pop_front(),
            _ => None,
        };
        let Some(answered) = answered else {
            self.wanted.push((tool, arguments));
            return Err(Waiting);
        };
        Ok(answered)
    }

    /// A call on whose answer the next one depends.
    fn look_up(&mut self, tool: &'static str, arguments: Value) -> Result<Value, Waiting> {
        let answer = self.call(tool, arguments);
        self.blocked |= answer.is_err();
        answer
    }

    /// The tasks with these words, not shown to the person, and the answer they are from.
    fn consult(&mut self, query: &str) -> Result<(Vec<Known>, Value), Waiting> {
        self.after_the_rest()?;
        let answer = self.answer("list_tasks", json!({"query": query, "limit": 200}));
        self.blocked |= answer.is_err();
        let envelope = answer?.envelope;
        let tasks = envelope.pointer("/data/tasks").and_then(Value::as_array);
        let known = tasks.into_iter().flatten().filter_map(known).collect();
        Ok((known, envelope))
    }

    /// Waits until everything wanted so far is answered.
    fn after_the_rest(&mut self) -> Result<(), Waiting> {
        if self.wanted.is_empty() {
            return Ok(());
        }
        self.blocked = true;
        Err(Waiting)
    }

    fn add(&mut self, task: &NewTask) -> Result<String, Waiting> {
        if task.title.is_empty() {
            return Ok(reply::no_title());
        }
        let envelope = self.call("add_task", new_task(task))?;
        Ok(reply::done(Doing::Add, &task.title, &envelope))
    }

    /// A call about one task.
    fn act(
        &mut self,
        target: &Target,
        doing: Doing,
        tool: &'static str,
        mut arguments: Map<String, Value>,
    ) -> Result<String, Waiting> {
        if let Target::Each(targets) = target {
            if self.shown.is_empty() {
                return Ok(self.ask_which(target, doing)?.err().unwrap_or_default());
            }
            let mut sentences = Vec::new();
            for target in targets {
                sentences.push(self.act(target, doing, tool, arguments.clone())?);
            }
            return Ok(reply::join(&sentences));
        }
        let named = match self.find(target, doing)? {
            Ok(named) => named,
            Err(question) => return Ok(question),
        };
        if let Target::Named(words) = target
            && let Some((first, second)) = joined(words).filter(|_| doing.is_for_several())
        {
            return self.act_on_both(words, (first, second), doing, tool);
        }
        arguments.insert("task_id".to_owned(), named.argument.into());
        let said = arguments
            .get("due")
            .and_then(Value::as_str)
            .map(str::to_owned);
        let envelope = self.call(tool, Value::Object(arguments))?;
        Ok(reply::done_with(
            doing,
            &named.shown,
            said.as_deref(),
            &envelope,
        ))
    }

    /// "X and Y": one task of that name, or else one called X and one called Y.
    fn act_on_both(
        &mut self,
        whole: &str,
        parts: (&str, &str),
        doing: Doing,
        tool: &'static str,
    ) -> Result<String, Waiting> {
        self.after_the_rest()?;
        let envelope = self.look_up(tool, json!({"task_id": whole}))?;
        let code = envelope.pointer("/error/code").and_then(Value::as_str);
        if code != Some("TASK_NOT_FOUND") {
            return Ok(reply::done(doing, whole, &envelope));
        }
        let mut sentences = Vec::new();
        for part in [parts.0, parts.1] {
            // Asked for together, so that a half success is known as one.
            if let Ok(envelope) = self.call(tool, json!({"task_id": part})) {
                sentences.push(reply::done(doing, part, &envelope));
            }
        }
        if self.wanted.is_empty() {
            Ok(reply::join(&sentences))
        } else {
            Err(Waiting)
        }
    }

    /// The task that is meant, or a question that asks which.
    fn find(&mut self, target: &Target, doing: Doing) -> Result<Result<Named, String>, Waiting> {
        let known = match target {
            Target::Named(words) => {
                return Ok(Ok(Named {
                    argument: words.clone(),
                    shown: words.clone(),
                }));
            }
            Target::Id(id) => {
                return Ok(Ok(Named {
                    argument: id.clone(),
                    shown: String::new(),
                }));
            }
            Target::Many | Target::Each(_) => return Ok(Err(reply::one_at_a_time(doing))),
            Target::Unsaid => return self.ask_which(target, doing),
            Target::It => {
                self.after_the_rest()?;
                self.memory.focus.clone()
            }
            Target::Nth(n) => {
                self.after_the_rest()?;
                let listing = &self.shown;
                match listing.get(n.saturating_sub(1)) {
                    None if !listing.is_empty() => {
                        return Ok(Err(reply::no_such_number(*n, listing.len())));
                    }
                    found => found.cloned(),
                }
            }
            Target::Last => {
                self.after_the_rest()?;
                self.shown.last().cloned()
            }
        };
        match known {
            Some(task) => Ok(Ok(named(task))),
            None => self.ask_which(target, doing),
        }
    }

    /// Nothing said so far tells which task is meant: shows those there are and asks. The only
    /// open task is "it", as long as nothing worse can come of it than a changed field.
    fn ask_which(
        &mut self,
        target: &Target,
        doing: Doing,
    ) -> Result<Result<Named, String>, Waiting> {
        let envelope = self.look_up("list_tasks", json!({"status": "open"}))?;
        if let ([only], Target::It, Doing::Change) = (self.memory.listing.as_slice(), target, doing)
        {
            return Ok(Ok(named(only.clone())));
        }
        // One task that was shown is not one that was talked about.
        self.memory.focus = None;
        Ok(Err(reply::which(&envelope)))
    }

    /// "Call X Y from now on": X is the longest beginning that is a title.
    fn rename(&mut self, rename: &Rename) -> Result<String, Waiting> {
        let first = rename.words.split_whitespace().next().unwrap_or_default();
        let query = first.trim_matches(|letter: char| !letter.is_alphanumeric());
        let (listing, envelope) = self.consult(query)?;
        let reading = rename.readings.iter().rev().find_map(|(task, name)| {
            let known = listing
                .iter()
                .find(|known| known.title.to_lowercase() == task.to_lowercase())?;
            Some((known.clone(), name.clone()))
        });
        let Some((known, name)) = reading else {
            return Ok(reply::no_such_title(&rename.words, &envelope));
        };
        let arguments = json!({"task_id": known.id, "title": name});
        let envelope = self.call("update_task", arguments)?;
        Ok(reply::done(Doing::Change, &known.title, &envelope))
    }

    /// "I don't need X": no more than a task of just that title can be meant.
    fn delete_titled(&mut self, title: &str) -> Result<String, Waiting> {
        let (listing, _) = self.consult(title)?;
        let exact = listing
            .iter()
            .find(|known| known.title.to_lowercase() == title.to_lowercase());
        match exact {
            Some(known) => {
                let target = Target::Id(known.id.clone());
                self.act(&target, Doing::Delete, "delete_task", Map::new())
            }
            None => Ok(reply::no_such_exact_title(title)),
        }
    }
}

/// Both sides of the only "and" of a name.
fn joined(words: &str) -> Option<(&str, &str)> {
    let (first, second) = words.split_once(" and ")?;
    let (first, second) = (first.trim(), second.trim());
    let both = !first.is_empty() && !second.is_empty() && !second.contains(" and ");
    both.then_some((first, second))
}

fn named(task: Known) -> Named {
    Named {
        argument: task.id,
        shown: task.title,
    }
}
