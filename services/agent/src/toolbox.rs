//! The tools as the agent sees them: an MCP client with deadlines of its caller's and size limits
//! of its own.

mod envelope;

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
};

use opentelemetry::{global, propagation::Injector};
use rmcp::{
    RoleClient, ServiceExt,
    model::{CallToolRequestParams, RequestMetaObject, Tool},
    service::{RunningService, ServiceError},
};
use serde_json::Value;
use taskchat_domain::{BoxError, Call, CallResult};
use tokio::io::DuplexStream;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

use crate::{consent::Effect, model::ToolSpec};

pub(crate) use envelope::{refusal, without_data};

/// The request metadata that carries the call's id; the tools' ledger key is derived from it.
const CALL_ID: &str = "taskchat/call-id";

/// The metadata of a tool whose effect cannot be undone.
const PERMANENT: &str = "taskchat/permanent";

/// An open connection to the tools of one person.
pub(crate) struct Toolbox {
    client: RunningService<RoleClient, ()>,
}

/// The tools as the server lists them, and what we make of that. They are part of the program and
/// the same for everybody, so the first turn asks for all that follow.
#[derive(Default)]
pub(crate) struct Catalog(OnceLock<Known>);

/// What is known of the tools; cheap to clone.
#[derive(Clone)]
pub(crate) struct Known {
    /// What a model is told of them.
    pub(crate) specs: Arc<[ToolSpec]>,
    /// What each can do, by its name.
    pub(crate) effects: Arc<HashMap<String, Effect>>,
}

/// The tools cannot be reached. What became of a call under way is not known.
#[derive(Debug, thiserror::Error)]
#[error("the tools cannot be reached")]
pub(crate) struct Unreachable(#[source] BoxError);

impl Catalog {
    /// The tools, once somebody has asked.
    pub(crate) fn known(&self) -> Option<Known> {
        self.0.get().cloned()
    }
}

impl Known {
    /// True when there is a tool of that name.
    pub(crate) fn has(&self, tool: &str) -> bool {
        self.effects.contains_key(tool)
    }
}

impl Toolbox {
    /// Shakes hands over `pipe`.
    pub(crate) async fn connect(pipe: DuplexStream) -> Result<Self, Unreachable> {
        match ().serve(pipe).await {
            Ok(client) => Ok(Self { client }),
            Err(cause) => Err(Unreachable(cause.into())),
        }
    }

    /// Asks what there is, unless `catalog` knows.
    pub(crate) async fn list(&self, catalog: &Catalog) -> Result<Known, Unreachable> {
        if let Some(known) = catalog.known() {
            return Ok(known);
        }
        let tools = self.client.list_all_tools().await;
        let tools = tools.map_err(|cause| Unreachable(cause.into()))?;
        Ok(catalog.0.get_or_init(|| known(&tools)).clone())
    }

    /// Makes a call. Dropping the future tells the tool that nobody waits any more.
    pub(crate) async fn call(&self, call: &Call) -> Result<CallResult, Unreachable> {
        let mut params = CallToolRequestParams::new(call.tool.clone());
        params.arguments = call.arguments.as_object().cloned();
        params.meta = Some(meta(call));
        match self.client.call_tool(params).await {
            Ok(answer) => Ok(envelope::read(&call.id, answer)),
            Err(ServiceError::McpError(refused)) => Ok(envelope::refused(&call.id, &refused)),
            Err(cause) => Err(Unreachable(cause.into())),
        }
    }
}

/// The call's id, and the trace it belongs to.
fn meta(call: &Call) -> RequestMetaObject {
    let mut meta = RequestMetaObject::new();
    let id = Value::String(call.id.as_str().to_owned());
    meta.insert(CALL_ID.to_owned(), id);
    let context = Span::current().context();
    global::get_text_map_propagator(|propagator| {
        propagator.inject_context(&context, &mut MetaInjector(&mut meta));
    });
    meta
}

struct MetaInjector<'a>(&'a mut RequestMetaObject);

impl Injector for MetaInjector<'_> {
    fn set(&mut self, key: &str, value: String) {
        if !value.is_empty() {
            self.0.insert(key.to_owned(), Value::String(value));
        }
    }
}

fn known(tools: &[Tool]) -> Known {
    let effects = tools
        .iter()
        .map(|tool| (tool.name.to_string(), effect(tool)));
    Known {
        specs: tools.iter().map(spec).collect(),
        effects: Arc::new(effects.collect()),
    }
}

fn effect(tool: &Tool) -> Effect {
    let hints = tool.annotations.as_ref();
    let permanent = tool.meta.as_ref().and_then(|meta| meta.get(PERMANENT));
    Effect::annotated(
        hints.and_then(|hints| hints.read_only_hint),
        hints.and_then(|hints| hints.destructive_hint),
        permanent.and_then(Value::as_bool),
    )
}

fn spec(tool: &Tool) -> ToolSpec {
    let mut parameters = (*tool.input_schema).clone();
    // Models are told what to pass; which dialect of JSON Schema says so is noise to them.
    parameters.remove("$schema");
    parameters.remove("title");
    ToolSpec {
        name: tool.name.to_string(),
        description: tool.description.as_deref().unwrap_or_default().to_owned(),
        parameters: Value::Object(parameters),
    }
}
