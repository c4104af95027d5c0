//! Tasks in memory that answer tool calls as the real ones do, as far as the agent can tell.

use serde_json::{Value, json};
use taskchat_domain::{Due, TaskId};

/// Somebody's tasks.
#[derive(Debug, Default)]
pub(crate) struct FakeTasks {
    tasks: Vec<Value>,
    deleted: Vec<Value>,
    /// What every operation would have to put back: the task before, by operation.
    operations: Vec<Option<Value>>,
    /// Calls in order.
    pub(crate) calls: Vec<(String, Value)>,
}

/// The id of the n-th task ever.
pub(crate) fn task_id(n: usize) -> String {
    format!("00000000-0000-7000-8000-{n:012}")
}

/// The id of the n-th operation ever.
pub(crate) fn operation_id(n: usize) -> String {
    format!("00000000-0000-7000-9000-{n:012}")
}

impl FakeTasks {
    pub(crate) fn with(titles: &[&str]) -> Self {
        let mut tasks = Self::default();
        for title in titles {
            let (title, done) = match title.strip_prefix("done: ") {
                Some(title) => (title, true),
                None => (*title, false),
            };
            let task = tasks.insert(&json!({"title": title}));
            if done {
                tasks.set(&task, "status", "completed".into());
            }
        }
        tasks
    }

    pub(crate) fn task(&self, n: usize) -> Option<&Value> {
        let id = task_id(n);
        self.tasks.iter().find(|task| task["id"] == id.as_str())
    }

    pub(crate) fn call(&mut self, tool: &str, arguments: &Value) -> Value {
        self.calls.push((tool.to_owned(), arguments.clone()));
        match tool {
            "add_task" => {
                let task = self.insert(arguments);
                self.changed("created", None, &task)
            }
            "list_tasks" => self.list(arguments),
            "undo" => self.undo(arguments),
            "search_messages" => json!({"success": true, "data": {"messages": [], "count": 0}}),
            "restore_task" => {
                let Some(at) = self.deleted.iter().position(|task| names(task, arguments)) else {
                    return refused("TASK_NOT_FOUND", "Task not found");
                };
                let task = self.deleted.remove(at);
                self.tasks.push(task.clone());
                self.changed("restored", None, &task)
            }
            _ => match self.find(arguments) {
                Ok(task) => self.act(tool, arguments, &task),
                Err(refusal) => refusal,
            },
        }
    }

    fn act(&mut self, tool: &str, arguments: &Value, task: &Value) -> Value {
        match tool {
            "get_task" => json!({"success": true, "data": task, "receipt": null, "error": null}),
            "complete_task" if task["status"] == "completed" => {
                json!({"success": true, "data": task, "receipt": null, "error": null})
            }
            "complete_task" => self.put("completed", task, "status", "completed".into()),
            "reopen_task" => self.put("reopened", task, "status", "pending".into()),
            "delete_task" => {
                self.tasks.retain(|other| other["id"] != task["id"]);
                self.deleted.push(task.clone());
                let mut answer = self.changed("deleted", Some(task), task);
                answer["data"] = json!({"task_id": task["id"], "deleted": true});
                answer
            }
            "update_task" => {
                let due = arguments["due"].as_str().unwrap_or_default();
                if due.contains("nonsense") {
                    let mut refusal = refused("VALIDATION_ERROR", "due must be a date");
                    refusal["error"]["field"] = "due".into();
                    return refusal;
                }
                let mut answer = Value::Null;
                for (name, value) in arguments.as_object().unwrap() {
                    if name != "task_id" {
                        answer = self.put("updated", task, name, value.clone());
                    }
                }
                answer
            }
            _ => refused("UNKNOWN_TOOL", "there is no such tool"),
        }
    }

    fn insert(&mut self, arguments: &Value) -> Value {
        let n = self.tasks.len() + self.deleted.len() + 1;
        let task = json!({
            "id": task_id(n),
            "title": arguments["title"],
            "description": "",
            "status": "pending",
            "priority": arguments.get("priority").unwrap_or(&json!("medium")),
            "due_date": null,
            "completed_at": null,
            "tags": [],
            "recurrence": null,
            "created_at": "2026-11-22T09:00:00Z",
            "updated_at": "2026-11-22T09:00:00Z",
            "version": 1,
            "created_by": {"origin": "hand"},
        });
        self.tasks.push(task.clone());
        task
    }

    fn set(&mut self, task: &Value, name: &str, value: Value) -> Value {
        let place = self
            .tasks
            .iter_mut()
            .find(|other| other["id"] == task["id"]);
        let place = place.unwrap();
        if name != "due" {
            place[name] = value;
        } else if value.as_str().is_some_and(|due| Due::parse(due).is_ok()) {
            place["due_date"] = value;
        }
        place.clone()
    }

    fn put(&mut self, kind: &str, task: &Value, name: &str, value: Value) -> Value {
        let after = self.set(task, name, value);
        self.changed(kind, Some(task), &after)
    }

    fn changed(&mut self, kind: &str, before: Option<&Value>, after: &Value) -> Value {
        self.operations.push(before.cloned());
        let summary = format!("{kind}: “{}”.", after["title"].as_str().unwrap());
        json!({
            "success": true,
            "data": after,
            "receipt": {
                "operation_id": operation_id(self.operations.len()),
                "kind": kind,
                "summary": summary,
                "task": after,
                "changes": [],
                "undoable": true,
                "undone_by": null,
            },
            "error": null,
        })
    }

    fn list(&self, arguments: &Value) -> Value {
        let query = arguments["query"]
            .as_str()
            .unwrap_or_default()
            .to_lowercase();
        let status = arguments["status"].as_str().unwrap_or("all");
        let tasks: Vec<&Value> = self
            .tasks
            .iter()
            .filter(|task| match status {
                "all" => true,
                "open" => task["status"] != "completed",
                other => task["status"] == other,
            })
            .filter(|task| {
                task["title"]
                    .as_str()
                    .unwrap()
                    .to_lowercase()
                    .contains(&query)
            })
            .collect();
        let count = tasks.len();
        json!({
            "success": true,
            "data": {"tasks": tasks, "count": count, "more": false},
            "receipt": null,
            "error": null,
        })
    }

    fn undo(&mut self, arguments: &Value) -> Value {
        let at = match arguments["operation_id"].as_str() {
            None => self.operations.len().checked_sub(1),
            Some(id) => (0..self.operations.len()).find(|at| operation_id(at + 1) == id),
        };
        let Some(at) = at else {
            return refused("OPERATION_NOT_FOUND", "there is nothing to undo");
        };
        let task = self.operations[at]
            .clone()
            .or_else(|| self.tasks.last().cloned());
        let task = task.unwrap();
        self.changed("updated", None, &task)
    }

    fn find(&self, arguments: &Value) -> Result<Value, Value> {
        let found: Vec<&Value> = self
            .tasks
            .iter()
            .filter(|task| names(task, arguments))
            .collect();
        match found.as_slice() {
            [] => Err(refused("TASK_NOT_FOUND", "Task not found")),
            [only] => Ok((*only).clone()),
            several => {
                let mut refusal = refused("AMBIGUOUS_TASK", "several tasks fit");
                refusal["error"]["choices"] = several
                    .iter()
                    .map(|task| {
                        json!({"task_id": task["id"], "title": task["title"], "status": task["status"]})
                    })
                    .collect();
                Err(refusal)
            }
        }
    }
}

/// True when the arguments name the task by its id or by words of its title.
fn names(task: &Value, arguments: &Value) -> bool {
    let name = arguments["task_id"].as_str().unwrap_or_default();
    if TaskId::parse(name).is_ok() {
        return task["id"] == name;
    }
    let title = task["title"].as_str().unwrap().to_lowercase();
    !name.is_empty()
        && name
            .to_lowercase()
            .split(' ')
            .all(|word| title.contains(word))
}

fn refused(code: &str, message: &str) -> Value {
    json!({
        "success": false,
        "data": null,
        "receipt": null,
        "error": {"code": code, "message": message},
    })
}
