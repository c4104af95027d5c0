//! The bench of the tests: real use cases over a real SQLite file, a clock that stands still, and
//! rmcp's own client at the other end of the pipe.

use std::sync::{Arc, Mutex};

use futures::FutureExt;
use rmcp::{
    RoleClient, ServiceError, ServiceExt,
    model::{CallToolRequestParams, JsonObject, RequestMetaObject},
    service::RunningService,
};
use serde_json::{Value, json};
use taskchat_domain::{
    Clock, ConversationId, Excerpt, Origin, Receipt, Role, TimeZone, Timestamp, TurnId, UserId,
};
use taskchat_store::Store;
use taskchat_tasks::Tasks;
use tempfile::TempDir;
use tokio::sync::watch;
use tokio_util::task::TaskTracker;

use crate::{Bench, Tools, in_process};

/// Wednesday, 25 November 2026, half past ten in Berlin.
pub(crate) const NOW: &str = "2026-11-25T09:30:00Z";

#[derive(Debug)]
pub(crate) struct StandingClock(Mutex<Timestamp>);

impl StandingClock {
    pub(crate) fn advance(&self, by: chrono::Duration) {
        *self.0.lock().unwrap() += by;
    }
}

impl Clock for StandingClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

struct Dropped(Arc<watch::Sender<u32>>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count += 1);
    }
}

/// Tools over a database of their own.
pub(crate) struct House {
    pub(crate) tools: Tools,
    pub(crate) clock: Arc<StandingClock>,
    pub(crate) tracker: TaskTracker,
    /// How many searches have ended, by an answer or by being given up.
    pub(crate) searches_ended: watch::Receiver<u32>,
    store: Store,
    _dir: TempDir,
}

impl House {
    pub(crate) async fn new() -> Self {
        let house = Self::unfinished().await;
        house.store.migrate().await.unwrap();
        house
    }

    /// With a database that has no tables, so that every statement fails.
    pub(crate) async fn unfinished() -> Self {
        let dir = TempDir::new().unwrap();
        let store = taskchat_store::Config::default()
            .open(dir.path())
            .await
            .unwrap();
        let clock = Arc::new(StandingClock(Mutex::new(NOW.parse().unwrap())));
        let tasks = Tasks::new(store.clone(), clock.clone());
        let search = store.clone();
        let (given_up, searches_ended) = watch::channel(0);
        let given_up = Arc::new(given_up);
        Self {
            tools: Tools::new(
                tasks,
                Arc::new(move |user, query, limit| {
                    let store = search.clone();
                    let dropped = Dropped(given_up.clone());
                    async move {
                        let _dropped = dropped;
                        if query == "forever" {
                            futures::future::pending::<()>().await;
                        }
                        if query != "milk" {
                            return store.as_user(&user).search_messages(&query, limit).await;
                        }
                        Ok(vec![Excerpt {
                            conversation_id: ConversationId::new(),
                            role: Role::User,
                            text: format!("{user} wants milk, at most {limit} times"),
                            created_at: NOW.parse().unwrap(),
                        }])
                    }
                    .boxed()
                }),
                clock.clone(),
            ),
            clock,
            tracker: TaskTracker::new(),
            searches_ended,
            store,
            _dir: dir,
        }
    }

    pub(crate) async fn user(&self, name: &str) -> UserId {
        let user = UserId::parse(name).unwrap();
        self.store
            .accounts()
            .ensure_external(&user, "tests", None, self.clock.now())
            .await
            .unwrap();
        user
    }

    /// The hands of somebody in Berlin, as another assistant sees them.
    pub(crate) async fn hands_of(&self, name: &str) -> Hands {
        let user = self.user(name).await;
        self.hands(user, Origin::Mcp).await
    }

    /// As our agent sees them in a turn.
    pub(crate) async fn hands_in_turn(&self, name: &str, turn_id: TurnId) -> Hands {
        let user = self.user(name).await;
        self.hands(user, Origin::Turn { turn_id }).await
    }

    pub(crate) async fn hands(&self, user: UserId, origin: Origin) -> Hands {
        let bench = Bench {
            user,
            origin,
            time_zone: TimeZone::parse("Europe/Berlin").unwrap(),
        };
        let pipe = in_process(&self.tools, bench, &self.tracker);
        Hands(().serve(pipe).await.unwrap())
    }
}

/// A client with words for what tests want.
pub(crate) struct Hands(pub(crate) RunningService<RoleClient, ()>);

impl Hands {
    pub(crate) async fn raw(
        &self,
        tool: &str,
        args: Value,
        meta: Value,
    ) -> Result<Value, ServiceError> {
        let mut params = CallToolRequestParams::new(tool.to_owned());
        params.arguments = args.as_object().cloned();
        params.meta = serde_json::from_value::<Option<RequestMetaObject>>(meta).unwrap();
        let result = self.0.call_tool(params).await?;
        let envelope = result.structured_content.unwrap();
        let text = &result.content[0].as_text().unwrap().text;
        assert_eq!(serde_json::from_str::<Value>(text).unwrap(), envelope);
        assert_eq!(result.is_error, Some(envelope["success"] == false));
        let schema = crate::catalog::find(tool)
            .unwrap()
            .described()
            .output_schema
            .unwrap();
        conforms(&schema, &envelope, tool);
        Ok(envelope)
    }

    pub(crate) async fn call(&self, tool: &str, args: Value) -> Value {
        self.raw(tool, args, json!(null)).await.unwrap()
    }

    /// The data and receipt of a call that succeeds.
    pub(crate) async fn done(&self, tool: &str, args: Value) -> (Value, Option<Receipt>) {
        let envelope = self.call(tool, args).await;
        assert_eq!(envelope["success"], true, "{tool}: {envelope}");
        let receipt = serde_json::from_value(envelope["receipt"].clone()).unwrap();
        (envelope["data"].clone(), receipt)
    }

    /// The error of a call that is refused.
    pub(crate) async fn refused(&self, tool: &str, args: Value) -> Value {
        let envelope = self.call(tool, args).await;
        assert_eq!(envelope["success"], false, "{tool}: {envelope}");
        envelope["error"].clone()
    }

    /// Adds a task and returns its id.
    pub(crate) async fn add(&self, title: &str) -> String {
        let (task, _) = self.done("add_task", json!({"title": title})).await;
        task["id"].as_str().unwrap().to_owned()
    }

    /// The titles on the list, oldest first.
    pub(crate) async fn titles(&self, args: Value) -> Vec<String> {
        let (data, _) = self.done("list_tasks", args).await;
        let tasks = data["tasks"].as_array().unwrap();
        assert_eq!(data["count"], tasks.len());
        let title = |task: &Value| task["title"].as_str().unwrap().to_owned();
        tasks.iter().rev().map(title).collect()
    }
}

/// Checks a value against the part of JSON Schema that our schemas use.
fn conforms(schema: &JsonObject, value: &Value, at: &str) {
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let is_kind = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().any(|one| one == kind),
        one => one == kind,
    };
    assert!(is_kind, "{at} is {kind}: {value}");
    if let Some(words) = schema.get("enum").and_then(Value::as_array) {
        assert!(words.contains(value), "{at}: {value}");
    }
    if let (Some(items), Some(values)) = (schema.get("items"), value.as_array()) {
        for value in values {
            conforms(items.as_object().unwrap(), value, at);
        }
    }
    let Some(fields) = value.as_object() else {
        return;
    };
    for required in schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let required = required.as_str().unwrap();
        assert!(
            fields.contains_key(required),
            "{at} lacks {required}: {value}"
        );
    }
    if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
        for (name, value) in fields {
            let at = format!("{at}.{name}");
            let schema = properties
                .get(name)
                .unwrap_or_else(|| panic!("{at} is not in the schema"));
            conforms(schema.as_object().unwrap(), value, &at);
        }
    }
}
