//! What a step of the model is stored as, and whether the turn ends with it.

use taskchat_domain::{Call, CallId, Entry, EntryBody, EntryId};

use super::{Turn, ask::Answer, backing::Verdict, calls};
use crate::next::{Step, bodies, next};

impl Turn<'_> {
    /// A step as entries: its text, if any, then its calls, numbered on through the turn.
    pub(super) fn step_bodies(&self, answer: Answer) -> Vec<EntryBody> {
        let before = bodies(&self.history, self.bench.turn_id)
            .filter(|body| matches!(body, EntryBody::Call(_)))
            .count();
        let mut step = Vec::with_capacity(answer.calls.len() + 1);
        if !self.said.is_empty() {
            step.push(EntryBody::Model {
                text: self.said.clone(),
            });
        }
        for (at, asked) in answer.calls.into_iter().enumerate() {
            step.push(EntryBody::Call(Call {
                id: CallId::nth(before + at + 1),
                arguments: calls::arguments(&asked.arguments),
                tool: asked.tool,
            }));
        }
        step
    }

    /// True when nothing is left to be done once these entries are stored.
    pub(super) fn would_end(&mut self, bodies: &[EntryBody]) -> bool {
        let (before, at) = (self.history.len(), self.agent.clock.now());
        let (turn_id, seq) = (self.bench.turn_id, i32::MAX);
        self.history.extend(bodies.iter().map(|body| Entry {
            id: EntryId::new(),
            turn_id,
            seq,
            body: body.clone(),
            created_at: at,
        }));
        let step = next(&self.history, turn_id, &self.agent.limits);
        let would_end = step == Step::Finish && self.verdict() == Verdict::Stands;
        self.history.truncate(before);
        would_end
    }
}
