//! What a tool is, and a call of one.

use futures::future::BoxFuture;
use rmcp::model::ToolAnnotations;
use serde_json::Value;
use taskchat_domain::{Due, TimeZone, Timestamp};
use taskchat_tasks::{By, Outcome};

use crate::{
    Bench, Tools,
    args::Args,
    outcome::{Done, Refusal},
    schema::{self, Argument},
    when,
};

/// A tool: what models are told of it, and what it does.
#[derive(Debug)]
pub(crate) struct Tool {
    /// Its name.
    pub(crate) name: &'static str,
    /// Its name for people.
    pub(crate) title: &'static str,
    /// What it does and when to use it.
    pub(crate) about: &'static str,
    /// What it does to the world.
    pub(crate) effect: Effect,
    /// What it takes.
    pub(crate) arguments: &'static [Argument],
    /// The schema of `data` in its answer.
    pub(crate) data: fn() -> Value,
    /// Tells what an earlier call did, when this one turns out to be the same; `None` for tools
    /// that change nothing.
    pub(crate) retell: Option<Retell>,
    /// Does it.
    pub(crate) run: for<'a> fn(&'a Call<'a>) -> BoxFuture<'a, Result<Done, Refusal>>,
}

/// Tells what was done, in the person's zone.
pub(crate) type Retell = fn(Outcome, TimeZone) -> Result<Done, Refusal>;

/// What a tool does to the world, from which its annotations follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Nothing.
    Reads,
    /// Something comes into being with every call.
    Adds,
    /// A second call with the same arguments changes nothing more.
    Sets,
    /// Something is gone, until it is restored; a second call finds nothing.
    Removes,
    /// What an earlier call did is taken back; another call takes back more.
    Reverts,
}

impl Tool {
    /// The tool as MCP describes it.
    pub(crate) fn described(&self) -> rmcp::model::Tool {
        let annotations = ToolAnnotations::with_title(self.title)
            .read_only(self.effect == Effect::Reads)
            .destructive(matches!(self.effect, Effect::Removes | Effect::Reverts))
            .idempotent(matches!(
                self.effect,
                Effect::Reads | Effect::Sets | Effect::Removes
            ))
            .open_world(false);
        rmcp::model::Tool::new(self.name, self.about, schema::input(self.arguments))
            .with_title(self.title)
            .with_raw_output_schema(schema::output((self.data)()))
            .with_annotations(annotations)
    }
}

/// One call of a tool.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) tools: &'a Tools,
    pub(crate) bench: &'a Bench,
    pub(crate) args: Args,
    /// What makes the call's effect happen once.
    pub(crate) key: Option<String>,
}

impl Call<'_> {
    /// Who does it, for the ledger.
    pub(crate) fn by(&self) -> By {
        By {
            user: self.bench.user.clone(),
            origin: self.bench.origin,
            key: self.key.clone(),
        }
    }

    /// A due date, read in the person's zone; `None` when it is absent or blank.
    pub(crate) fn due(&self, name: &'static str) -> Result<Option<Due>, Refusal> {
        self.args.due(name, self.now(), self.bench.time_zone)
    }

    /// True when an argument names a day and leaves the time of day open, see [`when::is_day_alone`].
    pub(crate) fn names_day_alone(&self, name: &'static str) -> Result<bool, Refusal> {
        let said = self.args.given(name)?;
        Ok(said.is_some_and(|text| when::is_day_alone(text, self.now(), self.bench.time_zone)))
    }

    /// True when an argument names a time of day and leaves the day open, see [`when::is_time_alone`].
    pub(crate) fn names_time_alone(&self, name: &'static str) -> Result<bool, Refusal> {
        let said = self.args.given(name)?;
        Ok(said.is_some_and(|text| when::is_time_alone(text, self.now(), self.bench.time_zone)))
    }

    /// By the clock of this process.
    pub(crate) fn now(&self) -> Timestamp {
        self.tools.clock.now()
    }
}
