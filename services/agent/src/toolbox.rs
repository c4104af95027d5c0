//! The tools as the agent sees them: an MCP client with deadlines of its caller's and size limits
//! of its own.

mod envelope;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
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

pub(crate) use envelope::refusal;

/// The request metadata that carries the call's id; the tools' ledger key is derived from it.
const CALL_ID: &str = "taskchat/call-id";

/// The metadata of a tool whose effect cannot be undone.
const PERMANENT: &str = "taskchat/permanent";

/// An open connection to the tools of one person.
pub(crate) struct Toolbox {
    client: RunningService<RoleClient, ()>,
    known: Arc<Known>,
}

/// The tools as the server lists them, and what we make of that.
struct Known {
    tools: Vec<Tool>,
    specs: Arc<[ToolSpec]>,
    effects: Arc<HashMap<String, Effect>>,
}

/// The tools cannot be reached. What became of a call under way is not known.
#[derive(Debug, thiserror::Error)]
#[error("the tools cannot be reached")]
pub(crate) struct Unreachable(#[source] BoxError);

impl Toolbox {
    /// Shakes hands over `pipe` and asks what there is.
    pub(crate) async fn connect(pipe: DuplexStream) -> Result<Self, Unreachable> {
        let unreachable = |cause: BoxError| Unreachable(cause);
        let client = ().serve(pipe).await.map_err(|e| unreachable(e.into()))?;
        let tools = client
            .list_all_tools()
            .await
            .map_err(|e| unreachable(e.into()))?;
        Ok(Self {
            client,
            known: converted(tools),
        })
    }

    /// What can be called.
    pub(crate) fn specs(&self) -> Arc<[ToolSpec]> {
        Arc::clone(&self.known.specs)
    }

    /// True when there is a tool of that name.
    pub(crate) fn has(&self, tool: &str) -> bool {
        self.known.effects.contains_key(tool)
    }

    /// What each tool can do, by its name.
    pub(crate) fn effects(&self) -> &Arc<HashMap<String, Effect>> {
        &self.known.effects
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

/// What is made of the tools. Every turn asks and nearly always hears the same, so the latest
/// conversion is kept.
fn converted(tools: Vec<Tool>) -> Arc<Known> {
    static LATEST: Mutex<Option<Arc<Known>>> = Mutex::new(None);
    let mut latest = LATEST.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = &*latest
        && known.tools == tools
    {
        return Arc::clone(known);
    }
    let known = Arc::new(Known {
        specs: tools.iter().map(spec).collect(),
        effects: Arc::new(
            tools
                .iter()
                .map(|tool| (tool.name.to_string(), effect(tool)))
                .collect(),
        ),
        tools,
    });
    *latest = Some(Arc::clone(&known));
    known
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
