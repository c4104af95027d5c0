//! What every request to a model must look like, whatever the scenario.

use std::collections::HashSet;

use serde_json::Value;

use super::{KEY, NAME, Seen};

/// Everything that is wrong with a request.
pub fn violations(seen: &Seen) -> Vec<String> {
    let mut problems = Vec::new();
    envelope(seen, &mut problems);
    tools(seen, &mut problems);
    order(seen.messages(), &mut problems);
    calls_and_results(seen.messages(), &mut problems);
    problems
}

fn envelope(seen: &Seen, problems: &mut Vec<String>) {
    if seen.authorization.as_deref() != Some(&format!("Bearer {KEY}")) {
        problems.push("the model's key is missing or another".to_owned());
    }
    if seen.body["model"] != NAME {
        problems.push(format!("asks for model {}", seen.body["model"]));
    }
    if seen.body["stream"] != true {
        problems.push("does not ask for a stream".to_owned());
    }
}

fn tools(seen: &Seen, problems: &mut Vec<String>) {
    for tool in seen.body["tools"].as_array().into_iter().flatten() {
        let function = &tool["function"];
        let name = function["name"].as_str().unwrap_or("a tool without a name");
        if function["parameters"]["type"] != "object" {
            problems.push(format!("{name}: its parameters are not an object schema"));
        }
        let properties = function["parameters"]["properties"].as_object();
        for field in properties.into_iter().flat_map(serde_json::Map::keys) {
            if field.contains("user") {
                problems.push(format!("{name}: has the user field {field}"));
            }
        }
    }
}

fn order(messages: &[Value], problems: &mut Vec<String>) {
    let role = |message: &Value| message["role"].as_str().unwrap_or_default().to_owned();
    match messages.first() {
        Some(first) if role(first) == "system" => {}
        _ => problems.push("does not begin with the system prompt".to_owned()),
    }
    if messages
        .iter()
        .skip(1)
        .any(|message| role(message) == "system")
    {
        problems.push("has a second system message".to_owned());
    }
    match messages.last() {
        Some(last) if matches!(role(last).as_str(), "user" | "tool") => {}
        Some(last) => problems.push(format!("ends with a message of role {:?}", role(last))),
        None => problems.push("has no messages".to_owned()),
    }
}

/// No result without its call, no call without its result, results right behind their calls.
fn calls_and_results(messages: &[Value], problems: &mut Vec<String>) {
    let mut open: Vec<String> = Vec::new();
    let mut known: HashSet<String> = HashSet::new();
    for (at, message) in messages.iter().enumerate() {
        let role = message["role"].as_str().unwrap_or_default();
        if role == "tool" {
            let id = message["tool_call_id"].as_str().unwrap_or_default();
            match open.iter().position(|call| call == id) {
                Some(found) => {
                    open.remove(found);
                }
                None => problems.push(format!("message {at}: a result without its call ({id:?})")),
            }
            continue;
        }
        if !open.is_empty() {
            problems.push(format!(
                "message {at}: before it, unanswered calls {open:?}"
            ));
            open.clear();
        }
        if role == "user" && super::request::content(message).is_empty() {
            problems.push(format!("message {at}: an empty message of the person"));
        }
        for call in message["tool_calls"].as_array().into_iter().flatten() {
            let id = call["id"].as_str().unwrap_or_default().to_owned();
            if id.is_empty() || !known.insert(id.clone()) {
                problems.push(format!(
                    "message {at}: call id {id:?} is empty or used twice"
                ));
            }
            let arguments = call["function"]["arguments"].as_str().unwrap_or_default();
            if !serde_json::from_str::<Value>(arguments).is_ok_and(|value| value.is_object()) {
                problems.push(format!(
                    "message {at}: arguments are not an object: {arguments:?}"
                ));
            }
            open.push(id);
        }
    }
    if !open.is_empty() {
        problems.push(format!("ends with unanswered calls {open:?}"));
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderMap;
    use serde_json::json;

    use super::*;

    fn problems(messages: Value) -> Vec<String> {
        let mut headers = HeaderMap::new();
        headers.insert("authorization", format!("Bearer {KEY}").parse().unwrap());
        let body = json!({ "model": NAME, "stream": true, "messages": messages });
        violations(&Seen::new(body, &headers))
    }

    #[test]
    fn a_sound_transcript_passes() {
        let found = problems(json!([
            { "role": "system", "content": "rules" },
            { "role": "user", "content": "add milk" },
            { "role": "assistant", "tool_calls": [
                { "id": "a", "function": { "name": "add_task", "arguments": "{}" } },
                { "id": "b", "function": { "name": "add_task", "arguments": "{}" } } ] },
            { "role": "tool", "tool_call_id": "b", "content": "{}" },
            { "role": "tool", "tool_call_id": "a", "content": "{}" },
        ]));
        assert_eq!(found, Vec::<String>::new());
    }

    #[test]
    fn each_breach_is_found() {
        let system = json!({ "role": "system", "content": "rules" });
        let user = json!({ "role": "user", "content": "hi" });
        let asks = json!({ "role": "assistant", "tool_calls": [
            { "id": "a", "function": { "name": "add_task", "arguments": "{}" } } ] });
        let broken = json!({ "role": "assistant", "tool_calls": [
            { "id": "a", "function": { "name": "add_task", "arguments": "{" } } ] });
        let result = json!({ "role": "tool", "tool_call_id": "a", "content": "{}" });
        for (messages, words) in [
            (json!([user]), "system prompt"),
            (json!([system, user, result]), "without its call"),
            (json!([system, user, asks]), "unanswered"),
            (json!([system, user, asks, user]), "unanswered"),
            (
                json!([system, user, asks, result, asks, result]),
                "used twice",
            ),
            (json!([system, user, broken, result]), "not an object"),
            (
                json!([system, user, { "role": "assistant", "content": "x" }]),
                "ends with",
            ),
            (json!([system, system, user]), "second system"),
        ] {
            let found = problems(messages.clone());
            assert!(
                found.iter().any(|problem| problem.contains(words)),
                "{messages}: {found:?}"
            );
        }
    }
}
