//! HTTP/JSON.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Asked, Happening, Receipt, Refusal, Reply, Say, TaskSeen, member};
use crate::{Answer, User, sse};

pub(super) async fn chat(user: &User, say: Say) -> Result<Reply, Refusal> {
    let path = format!("{}/chat", home(user, &say));
    let answer = user.post(&path, body(&say)).await;
    read(&answer).map(|reply| Reply::from(&reply))
}

pub(super) async fn stream(user: &User, say: Say) -> Result<Vec<Happening>, Refusal> {
    let path = format!("{}/chat:stream", home(user, &say));
    let request = user.request(Method::POST, &path).json(&body(&say));
    happenings(request).await
}

pub(super) async fn follow(user: &User, turn: &str, after: u32) -> Result<Vec<Happening>, Refusal> {
    // As a browser resumes.
    let request = user
        .request(Method::GET, &format!("/api/turns/{turn}/events"))
        .header("last-event-id", after.to_string());
    happenings(request).await
}

pub(super) async fn tasks(user: &User) -> Result<Vec<TaskSeen>, Refusal> {
    let page = read(&user.get("/api/{me}/tasks").await)?;
    let tasks = page["tasks"].as_array().expect("a list of tasks");
    Ok(tasks.iter().map(TaskSeen::from).collect())
}

pub(super) async fn task(user: &User, id: &str) -> Result<TaskSeen, Refusal> {
    read(&user.get(&format!("/api/{{me}}/tasks/{id}")).await).map(|task| TaskSeen::from(&task))
}

pub(super) async fn add(user: &User, title: &str, request_id: &str) -> Result<TaskSeen, Refusal> {
    let user = if request_id.is_empty() {
        user.clone()
    } else {
        user.with_header("idempotency-key", request_id)
    };
    let answer = user
        .post("/api/{me}/tasks", json!({ "title": title }))
        .await;
    read(&answer).map(|task| TaskSeen::from(&task))
}

pub(super) async fn undo(user: &User, operation: &str) -> Result<Receipt, Refusal> {
    let answer = user
        .post(&format!("/api/operations/{operation}:undo"), json!({}))
        .await;
    read(&answer).map(|undone| Receipt::from(&undone["receipt"]))
}

pub(super) async fn decide(user: &User, approval: &str, decision: &str) -> Result<Asked, Refusal> {
    let body = json!({ "decision": decision });
    let answer = user
        .post(&format!("/api/approvals/{approval}:decide"), body)
        .await;
    read(&answer).map(|decided| Asked::from(&decided))
}

/// The path of the user that the message names.
fn home(user: &User, say: &Say) -> String {
    let id = if say.user_id.is_empty() {
        &user.id
    } else {
        &say.user_id
    };
    format!("/api/{id}")
}

fn body(say: &Say) -> Value {
    let mut body = json!({ "message": say.message });
    if !say.conversation_id.is_empty() {
        body["conversation_id"] = json!(say.conversation_id);
    }
    if !say.request_id.is_empty() {
        body["request_id"] = json!(say.request_id);
    }
    if say.reject_if_busy {
        body["if_busy"] = json!("reject");
    }
    body
}

async fn happenings(request: reqwest::RequestBuilder) -> Result<Vec<Happening>, Refusal> {
    match sse::Events::try_open(request).await {
        Ok(mut events) => Ok(events
            .rest()
            .await
            .into_iter()
            .map(Happening::from)
            .collect()),
        Err(answer) => Err(refusal(&answer)),
    }
}

pub(super) fn read(answer: &Answer) -> Result<Value, Refusal> {
    if answer.status == 200 {
        Ok(answer.json())
    } else {
        Err(refusal(answer))
    }
}

pub(super) fn refusal(answer: &Answer) -> Refusal {
    let problem = answer.refused(answer.status);
    let errors = problem["errors"].as_array().cloned().unwrap_or_default();
    Refusal {
        code: member(&problem, "code"),
        detail: member(&problem, "detail"),
        fields: errors.iter().map(|error| member(error, "field")).collect(),
        response_text: member(&problem, "response_text"),
    }
}
