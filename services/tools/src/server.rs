//! The MCP server of one person: which tools there are, and calls routed to them.
//!
//! MCP's own errors are for what is not a call of a tool that exists. Everything else, wrong
//! arguments included, is an envelope (`outcome`), because models can read that and act on it.

use std::error::Error as _;

use rmcp::{
    ErrorData, RoleServer, ServerHandler,
    model::{
        CallToolRequestMethod, CallToolRequestParams, CallToolResponse, CallToolResult,
        ConstString, CustomRequest, CustomResult, Implementation, ListToolsResult,
        PaginatedRequestParams, RequestMetaObject, ServerCapabilities, ServerConfig, Tool,
    },
    service::{NotificationContext, RequestContext},
};
use serde_json::Value;
use taskchat_domain::Origin;
use tracing::Instrument;

use crate::{
    Bench, Tools,
    args::Args,
    catalog,
    outcome::{Code, Done, Refusal, envelope},
    permission,
    tool::{self, Call},
    trace,
};

/// In the `_meta` of a call by our agent: which call of the turn it is.
const CALL_ID: &str = "taskchat/call-id";

/// In the `_meta` of a call by anybody else: what makes a retry of it safe.
const IDEMPOTENCY_KEY: &str = "taskchat/idempotency-key";

/// The longest key, in bytes.
const MAX_KEY: usize = 200;

/// The list of tools is the same for everybody until the next release.
const TOOLS_TTL_MS: u64 = 60 * 60 * 1000;

const INSTRUCTIONS: &str = "\
taskchat keeps one person's list of tasks; these tools read and change it. \
Name a task by its id or by words of its title; if that leaves a doubt, the error lists choices: ask which one is meant. \
Pass dates as the person said them (\"next friday 5pm\"). \
Every change returns a receipt: report what the receipt says, and nothing without one. \
Changes can be undone. \
After APPROVAL_REQUIRED tell the person to answer in taskchat, then send the same call again with the key from the error. \
To retry a call safely, send the same _meta \"taskchat/idempotency-key\".";

/// An MCP server that works for one person.
#[derive(Debug, Clone)]
pub struct ToolServer {
    tools: Tools,
    bench: Bench,
    /// The span that asked for this server; calls without a trace context of their own belong to it.
    span: tracing::Span,
}

impl ToolServer {
    /// A server for the person of `bench`.
    #[must_use]
    pub fn new(tools: Tools, bench: Bench) -> Self {
        Self {
            tools,
            bench,
            span: tracing::Span::current(),
        }
    }

    async fn call(
        &self,
        tool: &tool::Tool,
        arguments: Option<rmcp::model::JsonObject>,
        meta: &RequestMetaObject,
    ) -> Result<Done, Refusal> {
        let key = key(self.bench.origin, meta)?;
        let asked = permission::question(&self.tools, &self.bench, tool, arguments.as_ref());
        let args = Args::new(tool.arguments, arguments)?;
        if let Some(asked) = asked {
            asked.answer(key.as_deref()).await?;
        }
        let call = Call {
            tools: &self.tools,
            bench: &self.bench,
            args,
            key,
        };
        match (tool.run)(&call).await {
            Err(refusal) => again(tool, &call, refusal).await,
            done => done,
        }
    }

    /// One call, from its span to its envelope.
    async fn answer(
        &self,
        tool: &tool::Tool,
        arguments: Option<rmcp::model::JsonObject>,
        meta: &RequestMetaObject,
    ) -> CallToolResult {
        let span = trace::execute_tool(tool.name, meta, &self.span);
        let answer = self
            .call(tool, arguments, meta)
            .instrument(span.clone())
            .await;
        if let Err(refusal) = &answer {
            trace::refused(&span, refusal.code());
            if let Some(error) = &refusal.cause {
                let cause = error.source().map(ToString::to_string);
                span.in_scope(|| {
                    tracing::error!(
                        gen_ai.tool.name = tool.name,
                        exception.message = cause.as_deref().unwrap_or_default(),
                        "a tool failed: {error}"
                    );
                });
            }
        }
        envelope(answer)
    }
}

/// A call of a turn that was taken up again may be refused only because it was done before: a task
/// named by its old title, a phrase that means another instant by now. Then what was done is told.
/// The arguments of a turn's call are stored before it is made, so its key alone says that it is the
/// same; other callers choose their keys themselves, and theirs must fit the arguments too.
async fn again(tool: &tool::Tool, call: &Call<'_>, refusal: Refusal) -> Result<Done, Refusal> {
    let (Some(retell), Origin::Turn { .. }) = (tool.retell, call.bench.origin) else {
        return Err(refusal);
    };
    let is_telling = matches!(
        refusal.code(),
        Code::AlreadyExists | Code::TaskNotFound | Code::AmbiguousTask
    );
    if !is_telling {
        return Err(refusal);
    }
    match call.tools.tasks.earlier(&call.by()).await? {
        Some(outcome) => retell(outcome, call.bench.time_zone),
        None => Err(refusal),
    }
}

/// The ledger's key of a call: the same call gives the same key, and different people or turns
/// cannot give the same one.
fn key(origin: Origin, meta: &RequestMetaObject) -> Result<Option<String>, Refusal> {
    let (name, prefix) = match origin {
        Origin::Turn { turn_id } => (CALL_ID, format!("turn:{turn_id}:")),
        Origin::Mcp => (IDEMPOTENCY_KEY, permission::PREFIX.to_owned()),
        Origin::Hand => return Ok(None),
    };
    let key = match meta.get(name) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(key)) => key,
        Some(_) => return Err(Refusal::invalid(name, "must be text")),
    };
    if key.is_empty() || key.len() > MAX_KEY || key.chars().any(char::is_control) {
        return Err(Refusal::invalid(
            name,
            "must be 1 to 200 bytes of plain text",
        ));
    }
    Ok(Some(prefix + key))
}

impl ServerHandler for ToolServer {
    fn get_info(&self) -> ServerConfig {
        let server = Implementation::new("taskchat", env!("CARGO_PKG_VERSION"))
            .with_title("taskchat")
            .with_description("A person's list of tasks.");
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(server)
            .with_instructions(INSTRUCTIONS)
    }

    async fn list_tools(
        &self,
        _page: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(
            ListToolsResult::with_all_items(catalog::described().to_vec())
                .with_ttl_ms(TOOLS_TTL_MS),
        )
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        catalog::described()
            .iter()
            .find(|tool| tool.name == name)
            .cloned()
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let Some(tool) = catalog::find(&request.name) else {
            let unknown = format!("unknown tool: {}", request.name);
            return Err(ErrorData::invalid_params(unknown, None));
        };
        // Dropped in the middle, a change is rolled back, so that a call that nobody waits for any
        // more does not act behind the back of whoever gave it up.
        let result = tokio::select! {
            biased;
            result = self.answer(tool, request.arguments, &context.meta) => result,
            () = context.ct.cancelled() => {
                envelope(Err(Refusal::new(Code::Cancelled, "the call was given up")))
            }
        };
        Ok(result.into())
    }

    /// A `tools/call` that does not fit its type ends up here: its arguments are no object.
    async fn on_custom_request(
        &self,
        request: CustomRequest,
        _context: RequestContext<RoleServer>,
    ) -> Result<CustomResult, ErrorData> {
        Err(if request.method == CallToolRequestMethod::VALUE {
            ErrorData::invalid_params("name must be text and arguments an object", None)
        } else {
            ErrorData::new(
                rmcp::model::ErrorCode::METHOD_NOT_FOUND,
                request.method,
                None,
            )
        })
    }

    /// Nothing to do, and nothing to log: every turn of the agent begins with it.
    async fn on_initialized(&self, _context: NotificationContext<RoleServer>) {}
}

#[cfg(test)]
mod tests;
