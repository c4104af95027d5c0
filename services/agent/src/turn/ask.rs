//! Asking the model: deadlines, second attempts, and limits on what it may say.

use std::time::Duration;

use futures::StreamExt;
use taskchat_domain::{Error, Usage};
use tokio::time::{Instant, sleep};
use tracing::{Instrument, Span, field, info_span};

use super::{
    speech::Speech,
    watch::{Interrupt, Watch},
};
use crate::{
    Journal, Limits, Model,
    model::{Delta, FinishReason, ModelError, ModelRequest, Retry},
};

/// The most text of one step, in bytes.
const TEXT: usize = 256 * 1024;

/// The most arguments of all calls of one step, in bytes.
const ARGUMENTS: usize = 512 * 1024;

/// So many times more calls than allowed are no longer a slip but garbage: nothing of it is done.
const FLOOD: usize = 8;

/// Attempts beyond the first when the model cannot be reached or is busy.
const RETRIES: u32 = 2;

/// The longest a server may have us wait before another attempt.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// How long the figures may still take once the answer is complete.
const AFTERTHOUGHT: Duration = Duration::from_secs(2);

/// The calls of a complete answer. Its text is in the [`Speech`].
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) calls: Vec<Asked>,
}

/// A call as the model wrote it.
#[derive(Debug, Default)]
pub(super) struct Asked {
    pub(super) tool: String,
    pub(super) arguments: String,
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum AskError {
    Model(ModelError),
    Interrupted(Interrupt),
    Journal(Error),
}

impl From<ModelError> for AskError {
    fn from(cause: ModelError) -> Self {
        Self::Model(cause)
    }
}

/// Asks, and asks again where that may help and nothing has been said yet.
pub(super) async fn ask(
    model: &dyn Model,
    request: &ModelRequest,
    limits: &Limits,
    watch: &Watch<'_>,
    journal: &dyn Journal,
    speech: &mut Speech<'_>,
) -> Result<Answer, AskError> {
    let mut attempt = 0;
    loop {
        let span = span(model);
        let mut listening = Listening {
            limits,
            speech: &mut *speech,
            calls: Vec::new(),
            arguments: 0,
            usage: None,
            finish: None,
            heard: false,
        };
        let listened = listening
            .listen(model, request, watch)
            .instrument(span.clone())
            .await;
        let (usage, calls) = (listening.usage, listening.calls);
        record(&span, usage, listening.finish.as_ref(), &listened);
        if let Some(usage) = usage {
            journal.used(usage).await.map_err(AskError::Journal)?;
        }
        let cause = match listened {
            Ok(()) => return Ok(Answer { calls }),
            Err(AskError::Model(cause)) => cause,
            Err(other) => return Err(other),
        };
        let Some(wait) = wait(&cause, attempt).filter(|_| speech.is_silent()) else {
            return Err(cause.into());
        };
        watch
            .until(Instant::now() + wait + LONGEST_WAIT, sleep(wait))
            .await
            .map_err(AskError::Interrupted)?;
        attempt += 1;
    }
}

/// How long to wait before another attempt; `None` when there is to be none.
fn wait(cause: &ModelError, attempt: u32) -> Option<Duration> {
    let backoff = Duration::from_millis(250) * 4_u32.pow(attempt.min(4));
    match cause.retry {
        Retry::No => None,
        Retry::Once => (attempt == 0).then_some(Duration::ZERO),
        Retry::After(_) if attempt >= RETRIES => None,
        Retry::After(None) => Some(backoff),
        Retry::After(Some(wait)) => (wait <= LONGEST_WAIT).then_some(wait),
    }
}

/// One attempt.
struct Listening<'a, 'j> {
    limits: &'a Limits,
    speech: &'a mut Speech<'j>,
    calls: Vec<Asked>,
    arguments: usize,
    usage: Option<Usage>,
    finish: Option<FinishReason>,
    /// True once a piece of the answer has come.
    heard: bool,
}

impl Listening<'_, '_> {
    async fn listen(
        &mut self,
        model: &dyn Model,
        request: &ModelRequest,
        watch: &Watch<'_>,
    ) -> Result<(), AskError> {
        let first = Instant::now() + self.limits.first_token;
        let mut deltas = watch
            .until(first, model.stream(request))
            .await
            .map_err(|interrupt| self.interrupted(interrupt))??;
        loop {
            let at = if self.finish.is_some() {
                Instant::now() + AFTERTHOUGHT.min(self.limits.idle)
            } else if self.heard {
                Instant::now() + self.limits.idle
            } else {
                first
            };
            match watch.until(at, deltas.next()).await {
                Ok(Some(Ok(delta))) => self.take(delta).await?,
                // What comes after a complete answer does not make it less so.
                Ok(Some(Err(_)) | None) | Err(Interrupt::Late) if self.finish.is_some() => break,
                Ok(Some(Err(cause))) => return Err(cause.into()),
                Ok(None) => return Err(ModelError::misbehaved("the answer was cut off").into()),
                Err(interrupt) => return Err(self.interrupted(interrupt)),
            }
        }
        self.judge().map_err(AskError::Model)
    }

    async fn take(&mut self, delta: Delta) -> Result<(), AskError> {
        match delta {
            Delta::Text(text) => {
                self.heard |= !text.is_empty();
                if self.speech.len().saturating_add(text.len()) > TEXT {
                    return Err(ModelError::misbehaved("the text is too long").into());
                }
                self.speech.say(&text).await.map_err(AskError::Journal)?;
            }
            Delta::Call(fragment) => {
                self.heard = true;
                self.arguments = self.arguments.saturating_add(fragment.arguments.len());
                let most = self.limits.calls.saturating_mul(FLOOD);
                if fragment.slot >= most || self.arguments > ARGUMENTS {
                    return Err(ModelError::misbehaved("too many calls").into());
                }
                if fragment.slot >= self.calls.len() {
                    self.calls.resize_with(fragment.slot + 1, Asked::default);
                }
                if let Some(call) = self.calls.get_mut(fragment.slot) {
                    if call.tool.is_empty() {
                        call.tool = tool_name(&fragment.tool);
                    }
                    call.arguments.push_str(&fragment.arguments);
                }
            }
            Delta::Thinking => self.heard = true,
            Delta::Usage(usage) => self.usage = Some(usage),
            Delta::Finish(reason) => self.finish = Some(reason),
        }
        Ok(())
    }

    /// Whether a complete answer can be used.
    fn judge(&self) -> Result<(), ModelError> {
        match self.finish {
            Some(FinishReason::Length) => {
                return Err(ModelError::misbehaved("the answer ran out of room"));
            }
            Some(FinishReason::Filtered) => {
                return Err(ModelError::misbehaved("the provider withheld the answer"));
            }
            Some(FinishReason::Done | FinishReason::Other(_)) | None => {}
        }
        if self.speech.is_silent() && self.calls.is_empty() {
            return Err(ModelError::misbehaved("the answer is empty"));
        }
        Ok(())
    }

    fn interrupted(&self, interrupt: Interrupt) -> AskError {
        match interrupt {
            Interrupt::Late if self.heard => {
                ModelError::timed_out("nothing more came in time").into()
            }
            Interrupt::Late => ModelError::timed_out("no answer came in time").into(),
            other => AskError::Interrupted(other),
        }
    }
}

/// The name of a tool, or as much of it as can be one.
fn tool_name(name: &str) -> String {
    name.chars()
        .filter(|letter| !letter.is_control())
        .take(128)
        .collect()
}

fn span(model: &dyn Model) -> Span {
    info_span!(
        "chat",
        otel.name = format!("chat {}", model.name()),
        otel.kind = "client",
        gen_ai.operation.name = "chat",
        gen_ai.provider.name = model.provider(),
        gen_ai.request.model = model.name(),
        gen_ai.usage.input_tokens = field::Empty,
        gen_ai.usage.output_tokens = field::Empty,
        gen_ai.response.finish_reasons = field::Empty,
        error.type = field::Empty,
        otel.status_code = field::Empty,
    )
}

fn record(
    span: &Span,
    usage: Option<Usage>,
    finish: Option<&FinishReason>,
    listened: &Result<(), AskError>,
) {
    if let Some(usage) = usage {
        span.record("gen_ai.usage.input_tokens", usage.input_tokens);
        span.record("gen_ai.usage.output_tokens", usage.output_tokens);
    }
    if let Some(finish) = finish {
        span.record("gen_ai.response.finish_reasons", finish.as_str());
    }
    if let Err(AskError::Model(cause)) = listened {
        span.record("error.type", field::debug(cause.kind));
        span.record("otel.status_code", "ERROR");
    }
}
