//! A model that follows a script, one line a request.

use std::{collections::VecDeque, sync::Mutex};

use async_trait::async_trait;
use futures::{StreamExt, stream};
use serde_json::Value;
use taskchat_domain::Usage;

use crate::model::{CallFragment, Delta, Deltas, FinishReason, Model, ModelError, ModelRequest};

/// What a request comes to.
#[derive(Debug)]
pub(crate) enum Scene {
    /// No answer at all.
    Refuse(ModelError),
    /// These deltas, and then the end of the stream.
    Say(Vec<Delta>),
    /// These deltas, and then a failure.
    Fail(Vec<Delta>, ModelError),
    /// These deltas, and then nothing, for ever.
    Stall(Vec<Delta>),
}

#[derive(Debug, Default)]
pub(crate) struct ScriptedModel {
    scenes: Mutex<VecDeque<Scene>>,
    requests: Mutex<Vec<ModelRequest>>,
}

impl ScriptedModel {
    pub(crate) fn new(scenes: Vec<Scene>) -> Self {
        Self {
            scenes: Mutex::new(scenes.into()),
            requests: Mutex::default(),
        }
    }

    pub(crate) fn requests(&self) -> Vec<ModelRequest> {
        self.requests.lock().unwrap().clone()
    }
}

pub(crate) fn text(text: &str) -> Delta {
    Delta::Text(text.to_owned())
}

pub(crate) fn call(slot: usize, tool: &str, arguments: Value) -> Delta {
    raw_call(slot, tool, &arguments.to_string())
}

pub(crate) fn raw_call(slot: usize, tool: &str, arguments: &str) -> Delta {
    Delta::Call(CallFragment {
        slot,
        tool: tool.to_owned(),
        arguments: arguments.to_owned(),
    })
}

pub(crate) fn used() -> Delta {
    Delta::Usage(Usage {
        input_tokens: 10,
        output_tokens: 2,
    })
}

/// A complete answer.
pub(crate) fn say(mut deltas: Vec<Delta>) -> Scene {
    deltas.push(Delta::Finish(FinishReason::Done));
    Scene::Say(deltas)
}

#[async_trait]
impl Model for ScriptedModel {
    fn name(&self) -> &'static str {
        "scripted"
    }

    fn provider(&self) -> &'static str {
        "test"
    }

    async fn stream(&self, request: &ModelRequest) -> Result<Deltas, ModelError> {
        self.requests.lock().unwrap().push(request.clone());
        let scene = self.scenes.lock().unwrap().pop_front();
        let ok = |deltas: Vec<Delta>| stream::iter(deltas.into_iter().map(Ok));
        match scene.expect("the script has ended") {
            Scene::Refuse(error) => Err(error),
            Scene::Say(deltas) => Ok(Box::pin(ok(deltas))),
            Scene::Fail(deltas, error) => Ok(Box::pin(
                ok(deltas).chain(stream::once(async move { Err(error) })),
            )),
            Scene::Stall(deltas) => Ok(Box::pin(ok(deltas).chain(stream::pending()))),
        }
    }
}
