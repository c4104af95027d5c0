//! What MCP callers are told: the envelope, and the one translation of [`Error`] into its codes.
//!
//! Done: `{"success": true, "data": .., "receipt": .., "error": null}`. Refused: `{"success":
//! false, "data": null, "receipt": null, "error": {"code", "message", ..}}` with `isError`. The
//! same JSON stands in the structured content and, for clients without that, in the text.

use std::borrow::Cow;

use rmcp::model::CallToolResult;
use serde::Serialize;
use serde_json::{Value, json};
use taskchat_domain::{ApprovalId, Error, Noun, Receipt, Status, Task, TaskId, TimeZone};
use taskchat_tasks::Outcome;

/// What a tool has done.
#[derive(Debug)]
pub(crate) struct Done {
    data: Value,
    receipt: Option<Receipt>,
}

impl Done {
    /// Something was read.
    pub(crate) fn read(data: Value) -> Self {
        Self {
            data,
            receipt: None,
        }
    }

    /// A task was changed, or was already as asked for.
    pub(crate) fn task(outcome: Outcome, zone: TimeZone) -> Result<Self, Refusal> {
        Ok(Self {
            data: task(&outcome.task, zone)?,
            receipt: outcome.receipt,
        })
    }

    /// Something was changed, and this is to be told about it.
    pub(crate) fn with(data: Value, outcome: Outcome) -> Self {
        Self {
            data,
            receipt: outcome.receipt,
        }
    }
}

/// A domain value as JSON.
pub(crate) fn value(of: &impl Serialize) -> Result<Value, Refusal> {
    serde_json::to_value(of).map_err(|cause| Error::internal(cause).into())
}

/// A task as JSON. `due` has its date in words of the person's zone: what reads them, a model, reckons
/// badly from the UTC of `due_date`, and may say them to a tool again.
pub(crate) fn task(of: &Task, zone: TimeZone) -> Result<Value, Refusal> {
    let mut task = value(of)?;
    if let Value::Object(fields) = &mut task {
        fields.insert("due".to_owned(), json!(of.due.map(|due| due.words(zone))));
    }
    Ok(task)
}

/// The codes of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Code {
    MissingTitle,
    ValidationError,
    MissingTaskId,
    InvalidTaskId,
    TaskNotFound,
    OperationNotFound,
    NotFound,
    NoFieldsToUpdate,
    AmbiguousTask,
    AlreadyExists,
    ApprovalRequired,
    Denied,
    Expired,
    Conflict,
    LimitExceeded,
    Unauthenticated,
    Cancelled,
    DbError,
}

/// Why a tool has not done what was asked.
#[derive(Debug)]
pub(crate) struct Refusal {
    code: Code,
    message: Cow<'static, str>,
    field: Option<Cow<'static, str>>,
    choices: Vec<Choice>,
    /// What waits for the person's word, and the key under which to try again.
    asked: Option<Box<(ApprovalId, String)>>,
    /// For the log.
    pub(crate) cause: Option<Box<Error>>,
}

/// One of the tasks that a name may stand for.
#[derive(Debug, Serialize)]
pub(crate) struct Choice {
    task_id: TaskId,
    title: String,
    status: Status,
}

impl Refusal {
    /// A refusal in plain words.
    pub(crate) fn new(code: Code, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            message: message.into(),
            field: None,
            choices: Vec::new(),
            asked: None,
            cause: None,
        }
    }

    /// An argument is wrong; `problem` reads on from its name.
    pub(crate) fn invalid(field: impl Into<Cow<'static, str>>, problem: &str) -> Self {
        let field = field.into();
        Self {
            field: Some(field.clone()),
            ..Self::new(Code::ValidationError, format!("{field} {problem}"))
        }
    }

    /// A name fits several tasks, or perhaps this one.
    pub(crate) fn ambiguous(tasks: &[Task]) -> Self {
        let choices = tasks.iter().map(|task| Choice {
            task_id: task.id,
            title: task.title.to_string(),
            status: task.status,
        });
        let message = match tasks {
            [_] => {
                "no task has these words; ask whether this one is meant, then name it by its task_id"
            }
            _ => "several tasks fit; ask which one is meant, then name it by its task_id",
        };
        Self {
            choices: choices.collect(),
            ..Self::new(Code::AmbiguousTask, message)
        }
    }

    /// The person has been asked, and has not answered yet.
    pub(crate) fn asked(approval: ApprovalId, key: String) -> Self {
        Self {
            asked: Some(Box::new((approval, key))),
            ..Self::new(
                Code::ApprovalRequired,
                "the person wants to approve every change and was asked in taskchat; tell them, and \
                 once they have answered send the very same call again, with this idempotency_key \
                 as _meta \"taskchat/idempotency-key\"",
            )
        }
    }

    /// The code, for spans and tests.
    pub(crate) fn code(&self) -> Code {
        self.code
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        let (code, field) = match &error {
            Error::NotFound(Noun::Task) => (Code::TaskNotFound, None),
            Error::NotFound(Noun::Operation) => (Code::OperationNotFound, None),
            Error::NotFound(
                Noun::Conversation | Noun::Turn | Noun::User | Noun::Approval | Noun::Session,
            ) => (Code::NotFound, None),
            Error::Invalid { field, .. } => (Code::ValidationError, Some(field.clone())),
            Error::NothingToUpdate => (Code::NoFieldsToUpdate, None),
            Error::AlreadyExists(_) => (Code::AlreadyExists, None),
            Error::Conflict { field, .. } => (Code::Conflict, field.clone()),
            Error::Busy | Error::NotUndone(_) | Error::NotRetryable | Error::ApprovalClosed(_) => {
                (Code::Conflict, None)
            }
            Error::Exhausted { .. } => (Code::LimitExceeded, None),
            Error::WrongCredentials | Error::BadToken => (Code::Unauthenticated, None),
            Error::Unavailable(_) | Error::TimedOut | Error::Internal(_) => (Code::DbError, None),
        };
        Self {
            field,
            cause: (code == Code::DbError).then(|| Box::new(error)),
            ..Self::new(code, message)
        }
    }
}

/// The envelope of an answer.
pub(crate) fn envelope(answer: Result<Done, Refusal>) -> CallToolResult {
    match answer {
        Ok(Done { data, receipt }) => CallToolResult::structured(json!({
            "success": true,
            "data": data,
            "receipt": receipt,
            "error": null,
        })),
        Err(refusal) => {
            let mut error = json!({"code": refusal.code, "message": refusal.message});
            if let Value::Object(error) = &mut error {
                if let Some(field) = refusal.field {
                    error.insert("field".to_owned(), field.into());
                }
                if let Some(asked) = refusal.asked {
                    let (approval, key) = *asked;
                    error.insert("approval_id".to_owned(), json!(approval));
                    error.insert("idempotency_key".to_owned(), key.into());
                }
                if !refusal.choices.is_empty() {
                    error.insert("choices".to_owned(), json!(refusal.choices));
                }
            }
            CallToolResult::structured_error(json!({
                "success": false,
                "data": null,
                "receipt": null,
                "error": error,
            }))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn every_error_has_a_code_and_a_public_text() {
        let secret = "near \"FROM\": syntax error in SELECT password FROM users";
        for (error, code, message) in [
            (
                Error::NotFound(Noun::Task),
                "TASK_NOT_FOUND",
                "Task not found",
            ),
            (
                Error::NotFound(Noun::Operation),
                "OPERATION_NOT_FOUND",
                "Operation not found",
            ),
            (
                Error::invalid("tags", "must be at most 20"),
                "VALIDATION_ERROR",
                "tags must be at most 20",
            ),
            (
                Error::NothingToUpdate,
                "NO_FIELDS_TO_UPDATE",
                "no fields to update",
            ),
            (
                Error::AlreadyExists("it is there".into()),
                "ALREADY_EXISTS",
                "it is there",
            ),
            (
                Error::Conflict {
                    field: Some("title".into()),
                    problem: "title has changed since".into(),
                },
                "CONFLICT",
                "title has changed since",
            ),
            (
                Error::Exhausted {
                    what: "too many".into(),
                    retry_after: Duration::from_secs(1),
                },
                "LIMIT_EXCEEDED",
                "too many",
            ),
            (
                Error::Unavailable(secret.into()),
                "DB_ERROR",
                "the service is not available right now",
            ),
            (
                Error::internal(secret),
                "DB_ERROR",
                "something went wrong on our side",
            ),
            (Error::TimedOut, "DB_ERROR", "this took too long"),
        ] {
            let field = match &error {
                Error::Invalid { field, .. } => Some(field.to_string()),
                Error::Conflict { field, .. } => field.as_ref().map(ToString::to_string),
                _ => None,
            };
            let result = envelope(Err(error.into()));
            let envelope = result.structured_content.unwrap();
            assert_eq!(envelope["error"]["code"], code);
            assert_eq!(envelope["error"]["message"], message);
            assert_eq!(envelope["error"]["field"].as_str(), field.as_deref());
            assert_eq!(envelope["success"], false);
            assert!(envelope["data"].is_null() && envelope["receipt"].is_null());
            assert_eq!(result.is_error, Some(true));
        }
    }

    #[test]
    fn text_and_structured_content_are_the_same() {
        let result = envelope(Ok(Done::read(json!({"count": 0}))));
        let text = &result.content[0].as_text().unwrap().text;
        let said: Value = serde_json::from_str(text).unwrap();
        assert_eq!(Some(said), result.structured_content);
        assert_eq!(result.is_error, Some(false));
    }
}
