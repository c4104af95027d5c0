//! The built-in assistant: no network, no model, the same trait.
//!
//! It understands everyday sentences about tasks ([`grammar`]), makes the same calls a model would
//! ([`work`]), and words its reply from their results only ([`reply`]). It remembers nothing: what
//! "it" and "number two" are, it reads from the messages it is given ([`memory`]).

mod arguments;
mod dates;
mod due;
mod grammar;
mod memory;
mod reference;
mod repeat;
mod reply;
mod request;
#[cfg(test)]
mod tests;
mod words;
mod work;

use async_trait::async_trait;
use futures::stream;

use super::{CallFragment, Delta, Deltas, FinishReason, Model, ModelError, ModelRequest};
use memory::Talk;
use work::Move;

/// Words of a reply that are streamed at once.
const PIECE: usize = 4;

/// The built-in assistant.
#[derive(Debug, Clone, Copy, Default)]
pub struct Offline;

impl Offline {
    /// Its name among the providers.
    pub const PROVIDER: &'static str = "taskchat";
}

#[async_trait]
impl Model for Offline {
    fn name(&self) -> &'static str {
        "offline"
    }

    fn provider(&self) -> &'static str {
        Self::PROVIDER
    }

    async fn stream(&self, request: &ModelRequest) -> Result<Deltas, ModelError> {
        let mut deltas = match work::next(Talk::read(&request.messages, request.time_zone)) {
            Move::Call(calls) => calls
                .into_iter()
                .enumerate()
                .map(|(slot, (tool, arguments))| {
                    Delta::Call(CallFragment {
                        slot,
                        tool: tool.to_owned(),
                        arguments: arguments.to_string(),
                    })
                })
                .collect(),
            Move::Say(text) => pieces(&text),
        };
        deltas.push(Delta::Finish(FinishReason::Done));
        Ok(Box::pin(stream::iter(deltas.into_iter().map(Ok))))
    }
}

/// A text in pieces of a few words.
fn pieces(text: &str) -> Vec<Delta> {
    let words: Vec<&str> = text.split_inclusive(' ').collect();
    words
        .chunks(PIECE)
        .map(|words| Delta::Text(words.concat()))
        .collect()
}
