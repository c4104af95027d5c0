//! One turn, driven: decide ([`next`]), act, have the outcome stored, again.
//!
//! The journal is told of a step before the step has any effect, and of every result before the
//! model is. Whatever stops the turn, what was said goes along with its end and no call is left
//! open.

mod ask;
mod backing;
mod budget;
mod calls;
mod entries;
mod failure;
mod permission;
mod reach;
mod settle;
mod speech;
#[cfg(test)]
mod tests;
mod watch;

use std::sync::Arc;

use taskchat_domain::{
    ApprovalReason, Call, CallResult, Entry, EntryBody, Error, FailureKind, Notice, NoticeKind,
    chain,
};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::{
    Agent, Bench, Ending, Journal, Model,
    model::{Message, ModelRequest, Offline},
    next::{GiveUp, OpenCall, Step, bodies, next},
    prompt,
    toolbox::{Toolbox, refusal},
};
use ask::AskError;
use backing::Verdict;
use settle::Scene;
use speech::Speech;
use watch::{Interrupt, Watch};

/// Works on a turn until it is answered, stopped or given up.
pub(crate) async fn drive(
    agent: &Agent,
    bench: &Bench,
    journal: &dyn Journal,
    cancel: &CancellationToken,
) -> Ending {
    let history = match journal.history().await {
        Ok(history) => history,
        Err(cause) => return Ending::Broken(cause),
    };
    let weight = bodies(&history, bench.turn_id).map(budget::weigh).sum();
    let mut turn = Turn {
        agent,
        bench,
        journal,
        watch: Watch::new(cancel, agent.limits.turn),
        history,
        weight,
        toolbox: None,
        said: String::new(),
    };
    match turn.work().await {
        Ok(Outcome::Answered(last)) => Ending::Completed { last },
        Ok(Outcome::Waiting) => Ending::Waiting,
        Err(Stop::Broken(cause)) => Ending::Broken(cause),
        Err(Stop::Cancelled) => turn.scene().cancelled(),
        Err(Stop::Failed(kind)) => turn.scene().failed(kind),
    }
}

/// Gives a turn up without any more work on it.
pub(crate) async fn give_up(
    agent: &Agent,
    bench: &Bench,
    journal: &dyn Journal,
    kind: FailureKind,
) -> Ending {
    match journal.history().await {
        Ok(history) => Scene {
            history: &history,
            turn: bench.turn_id,
            limits: &agent.limits,
            said: "",
        }
        .failed(kind),
        Err(cause) => Ending::Broken(cause),
    }
}

/// A turn at work.
struct Turn<'a> {
    agent: &'a Agent,
    bench: &'a Bench,
    journal: &'a dyn Journal,
    watch: Watch<'a>,
    /// What is stored, as far as it was read or appended here.
    history: Vec<Entry>,
    /// What the turn's entries come to.
    weight: usize,
    /// Opened when it is first needed.
    toolbox: Option<Toolbox>,
    /// Text of the current step that followers have seen and that is not stored yet.
    said: String,
}

/// Where the work on a turn has led.
#[derive(Debug)]
enum Outcome {
    /// There is an answer, with what of it is to be stored along with the end.
    Answered(Vec<EntryBody>),
    /// The person was asked; nothing more happens until they answer.
    Waiting,
}

/// Why a turn stopped before its answer.
#[derive(Debug)]
enum Stop {
    Cancelled,
    Failed(FailureKind),
    Broken(Error),
}

impl From<Error> for Stop {
    fn from(cause: Error) -> Self {
        Self::Broken(cause)
    }
}

impl From<Interrupt> for Stop {
    fn from(interrupt: Interrupt) -> Self {
        match interrupt {
            Interrupt::Cancelled => Self::Cancelled,
            Interrupt::TurnOver | Interrupt::Late => Self::Failed(FailureKind::TimedOut),
        }
    }
}

impl Turn<'_> {
    /// The loop. Its bound is that of the steps.
    async fn work(&mut self) -> Result<Outcome, Stop> {
        loop {
            self.watch.check()?;
            match next(&self.history, self.bench.turn_id, &self.agent.limits) {
                Step::Finish => match self.verdict() {
                    Verdict::Stands => return Ok(Outcome::Answered(Vec::new())),
                    Verdict::AskAgain(facts) => {
                        if let Some(answered) = self.step(Some(facts)).await? {
                            return Ok(answered);
                        }
                    }
                    Verdict::Label(notice) => {
                        self.append(vec![EntryBody::Notice(notice)]).await?;
                    }
                },
                Step::Wait(_) => return Ok(Outcome::Waiting),
                Step::GiveUp(GiveUp::TooManySteps) => {
                    return Err(Stop::Failed(FailureKind::TooManySteps));
                }
                Step::CallTools(calls) => {
                    if let Some((calls, reason)) = self.must_ask(&calls).await? {
                        self.journal.ask_person(calls, reason).await?;
                        return Ok(Outcome::Waiting);
                    }
                    for open in calls {
                        self.watch.check()?;
                        let result = self.answer(&open).await?;
                        self.keep(result).await?;
                    }
                }
                Step::AskModel => {
                    if let Some(answered) = self.step(None).await? {
                        return Ok(answered);
                    }
                }
            }
        }
    }

    /// Asks the model, and stores what it says and calls, unless that ends the turn. It is told the
    /// facts first if its answer did not fit them.
    async fn step(&mut self, facts: Option<String>) -> Result<Option<Outcome>, Stop> {
        let mut request = self.request().await?;
        request.messages.extend(facts.map(Message::User));
        let model = self.model();
        let lead = if self.has_said_something() {
            "\n\n"
        } else {
            ""
        };
        let mut speech = Speech::new(self.journal, lead);
        let asked = ask::ask(
            &*model,
            &request,
            &self.agent.limits,
            &self.watch,
            self.journal,
            &mut speech,
        )
        .await;
        self.said = speech.into_text();
        match asked {
            Ok(answer) => {
                let bodies = self.step_bodies(answer);
                if budget::is_too_much(self.weight, &bodies) {
                    warn!("the model says and calls more than a turn can hold");
                    return Err(Stop::Failed(FailureKind::ModelMisbehaved));
                }
                if self.would_end(&bodies) {
                    return Ok(Some(Outcome::Answered(bodies)));
                }
                self.append(bodies).await?;
            }
            Err(AskError::Interrupted(interrupt)) => return Err(interrupt.into()),
            Err(AskError::Journal(cause)) => return Err(Stop::Broken(cause)),
            Err(AskError::Model(cause)) => {
                let kind = cause.failure();
                warn!(error = %chain(&cause), "the model failed");
                if !self.can_fall_back() {
                    return Err(Stop::Failed(kind));
                }
                self.append(vec![EntryBody::Notice(without_ai())]).await?;
            }
        }
        Ok(None)
    }

    /// What the model is asked.
    async fn request(&mut self) -> Result<ModelRequest, Stop> {
        let tools = self.known().await?.specs;
        let messages = prompt::messages(
            &self.history,
            self.bench.turn_id,
            self.agent.limits.history,
            self.agent.clock.now(),
            self.bench.time_zone,
        );
        Ok(ModelRequest {
            messages,
            tools,
            time_zone: self.bench.time_zone,
        })
    }

    /// The calls that wait for the person's word before any call of the step is made.
    async fn must_ask(
        &mut self,
        open: &[OpenCall],
    ) -> Result<Option<(Vec<Call>, ApprovalReason)>, Stop> {
        let most = self.agent.limits.calls;
        let effects = self.known().await?.effects;
        let effect = |open: &OpenCall| match calls::refused(open, most) {
            Some(_) => None,
            None => effects.get(&open.call.tool).copied(),
        };
        let (turn, policy) = (self.bench.turn_id, self.bench.approval_policy);
        Ok(permission::to_ask(
            &self.history,
            turn,
            open,
            policy,
            effect,
        ))
    }

    /// What a call comes to: a refusal of ours, or the tool's answer.
    async fn answer(&mut self, open: &OpenCall) -> Result<CallResult, Stop> {
        if let Some(refused) = calls::refused(open, self.agent.limits.calls) {
            return Ok(refused);
        }
        let known = self.known().await?;
        if !known.has(&open.call.tool) {
            return Ok(calls::unknown(&open.call, &known.specs));
        }
        self.call(&open.call).await
    }

    /// Has the tool called; once more if the connection breaks, which is safe under the same id.
    async fn call(&mut self, call: &Call) -> Result<CallResult, Stop> {
        let limit = self.agent.limits.tool;
        for _ in 0..2 {
            let watch = self.watch;
            let toolbox = self.toolbox().await?;
            match calls::run(toolbox, call, limit, &watch).await {
                Ok(Ok(result)) => return Ok(result),
                Ok(Err(cause)) => {
                    warn!(error = %chain(&cause), call.id = call.id.as_str(), "a tool call broke off");
                    self.toolbox = None;
                }
                Err((interrupt, result)) => {
                    self.keep(result).await?;
                    return Err(interrupt.into());
                }
            }
        }
        let message = "the tool did not answer; whether it took effect is not known";
        let lost = refusal(&call.id, "TOOLS_UNAVAILABLE", message);
        self.keep(lost).await?;
        Err(Stop::Failed(FailureKind::ToolsUnavailable))
    }

    /// Stores a result, as far as there is room for it.
    async fn keep(&mut self, result: CallResult) -> Result<(), Stop> {
        let result = budget::kept(result, self.weight);
        self.append(vec![EntryBody::Result(result)]).await
    }

    async fn append(&mut self, bodies: Vec<EntryBody>) -> Result<(), Stop> {
        let entries = self.journal.append(bodies).await?;
        let stored = entries.iter().map(|entry| budget::weigh(&entry.body));
        self.weight += stored.sum::<usize>();
        self.history.extend(entries);
        self.said.clear();
        Ok(())
    }

    /// What the end of a turn that was stopped is made from.
    fn scene(&self) -> Scene<'_> {
        Scene {
            history: &self.history,
            turn: self.bench.turn_id,
            limits: &self.agent.limits,
            said: &self.said,
        }
    }

    /// What to do about the answer. The built-in assistant words its answers from receipts.
    fn verdict(&self) -> Verdict {
        if self.model().provider() == Offline::PROVIDER {
            return Verdict::Stands;
        }
        backing::verdict(&self.history, self.bench.turn_id)
    }

    /// The model that answers this turn; the notice that it is the other one is stored first, so
    /// that a turn taken up again stays with it.
    fn model(&self) -> Arc<dyn Model> {
        let standing_in = self.agent.fallback.as_ref().filter(|_| self.fell_back());
        Arc::clone(standing_in.unwrap_or(&self.agent.model))
    }

    fn fell_back(&self) -> bool {
        bodies(&self.history, self.bench.turn_id).any(|body| {
            matches!(body, EntryBody::Notice(notice) if notice.kind == NoticeKind::AnsweredWithoutAi)
        })
    }

    /// True as long as the turn holds nothing but the person's message.
    fn can_fall_back(&self) -> bool {
        self.agent.fallback.is_some()
            && self.said.is_empty()
            && bodies(&self.history, self.bench.turn_id)
                .all(|body| matches!(body, EntryBody::User { .. }))
    }

    fn has_said_something(&self) -> bool {
        bodies(&self.history, self.bench.turn_id)
            .any(|body| matches!(body, EntryBody::Model { .. }))
    }
}

fn without_ai() -> Notice {
    Notice {
        kind: NoticeKind::AnsweredWithoutAi,
        text: "The AI model could not be used, so the built-in assistant answered.".to_owned(),
    }
}
