//! An MCP server over fake tasks, with the ledger's promise and with faults on demand.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use rmcp::{
    ErrorData, RoleServer, ServerHandler, ServiceExt,
    model::{
        CallToolRequestParams, CallToolResponse, CallToolResult, ListToolsResult,
        PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool,
    },
    service::RequestContext,
};
use serde_json::{Value, json};
use tokio::io::DuplexStream;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::tasks::FakeTasks;
use crate::{Bench, Hands};

/// The tools there are; the last three misbehave.
const TOOLS: &[&str] = &[
    "add_task",
    "list_tasks",
    "get_task",
    "update_task",
    "complete_task",
    "reopen_task",
    "delete_task",
    "restore_task",
    "undo",
    "search_messages",
    "hang",
    "break_off",
    "add_and_break_off",
];

/// Hands over fake tasks; cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct FakeHands {
    pub(crate) tasks: Arc<Mutex<FakeTasks>>,
    /// Answers by call id: a call that is made again acts once.
    ledger: Arc<Mutex<HashMap<String, Value>>>,
    /// Ids of calls as they came in.
    pub(crate) ids: Arc<Mutex<Vec<String>>>,
    /// Connections opened.
    pub(crate) opened: Arc<AtomicUsize>,
    /// When set, connections are closed as soon as they are opened.
    pub(crate) closed: bool,
    /// Ends the connection; each has its own.
    cut: CancellationToken,
}

impl FakeHands {
    pub(crate) fn with(titles: &[&str]) -> Self {
        Self {
            tasks: Arc::new(Mutex::new(FakeTasks::with(titles))),
            ..Self::default()
        }
    }

    /// Tools called, with effect, in order.
    pub(crate) fn acted(&self) -> Vec<String> {
        let tasks = self.tasks.lock().unwrap();
        tasks.calls.iter().map(|(tool, _)| tool.clone()).collect()
    }
}

impl FakeHands {
    /// Acts once for each id; tells whether this was the time.
    fn once(&self, id: String, tool: &str, arguments: &Value) -> (Value, bool) {
        let mut ledger = self.ledger.lock().unwrap();
        if let Some(envelope) = ledger.get(&id) {
            return (envelope.clone(), false);
        }
        let tool = if tool == "add_and_break_off" {
            "add_task"
        } else {
            tool
        };
        let envelope = self.tasks.lock().unwrap().call(tool, arguments);
        ledger.insert(id, envelope.clone());
        (envelope, true)
    }
}

impl Hands for FakeHands {
    fn open(&self, _bench: &Bench) -> DuplexStream {
        self.opened.fetch_add(1, Ordering::Relaxed);
        let (mut ours, theirs) = tokio::io::duplex(4096);
        if !self.closed {
            let server = Self {
                cut: CancellationToken::new(),
                ..self.clone()
            };
            let cut = server.cut.clone();
            let (mut near, far) = tokio::io::duplex(4096);
            let tracker = TaskTracker::new();
            tracker.spawn(async move {
                if let Ok(service) = server.serve(far).await {
                    let _ = service.waiting().await;
                }
            });
            tracker.spawn(async move {
                tokio::select! {
                    () = cut.cancelled() => {}
                    _ = tokio::io::copy_bidirectional(&mut ours, &mut near) => {}
                }
            });
        }
        theirs
    }
}

impl ServerHandler for FakeHands {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
    }

    async fn list_tools(
        &self,
        _page: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let schema = json!({"type": "object", "properties": {}});
        let schema = Arc::new(schema.as_object().unwrap().clone());
        let tools = TOOLS
            .iter()
            .map(|name| Tool::new(*name, "does it", Arc::clone(&schema)))
            .collect();
        Ok(ListToolsResult::with_all_items(tools))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let id = context.meta.get("taskchat/call-id").and_then(Value::as_str);
        let id = id.expect("every call has an id").to_owned();
        self.ids.lock().unwrap().push(id.clone());
        match request.name.as_ref() {
            "hang" => std::future::pending().await,
            "break_off" => {
                self.cut.cancel();
                std::future::pending().await
            }
            _ => {}
        }
        let arguments = Value::Object(request.arguments.unwrap_or_default());
        let (envelope, is_first) = self.once(id, &request.name, &arguments);
        if is_first && request.name == "add_and_break_off" {
            self.cut.cancel();
            std::future::pending::<()>().await;
        }
        let result = if envelope["success"] == true {
            CallToolResult::structured(envelope)
        } else {
            CallToolResult::structured_error(envelope)
        };
        Ok(result.into())
    }
}
