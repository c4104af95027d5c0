//! What an answer comes to, so that answers of both can be compared.

use serde_json::Value;
use taskchat_oracles::{Answer, Heard};
use tonic::Code;

/// The RPC that was called, the status, and the content in one spelling.
///
/// The text of a refusal counts only when the service made it: what a transcoder says by itself is
/// its own affair. So is the form of a refusal, of which code and message are compared.
pub(crate) fn outcome(answer: Option<Answer>, heard: Option<&Heard>) -> String {
    let Some(answer) = answer else {
        return "no answer".to_owned();
    };
    let rpc = heard.and_then(|heard| heard.rpc.rsplit_once('/'));
    let rpc = rpc.map(|(_, name)| format!("{name} ")).unwrap_or_default();
    let cut = if answer.is_cut { " cut" } else { "" };
    let content = match answer.status {
        _ if answer.body.is_empty() => String::new(),
        200..300 => format!(" {}", content(&answer)),
        _ if heard.is_some() => format!(" {}", refusal(&answer)),
        _ => String::new(),
    };
    format!("{rpc}{}{content}{cut}", answer.status)
}

fn content(answer: &Answer) -> String {
    let text = String::from_utf8_lossy(&answer.body);
    match answer.content_type.as_str() {
        "application/json" => json(&text),
        "application/x-ndjson" => lines(&text),
        "text/event-stream" => events(&text),
        other => format!("{other} {text:?}"),
    }
}

fn json(text: &str) -> String {
    match serde_json::from_str(text) {
        Ok(value) => canonical(&value).to_string(),
        // Envoy calls its newline-delimited streams plain JSON.
        Err(_) if text.contains('\n') => lines(text),
        Err(_) => format!("not JSON: {text:?}"),
    }
}

fn lines(text: &str) -> String {
    let lines = text.lines().map(|line| match serde_json::from_str(line) {
        Ok(Value::Object(object)) if object.contains_key("error") => {
            format!("error {}", status(&object["error"]))
        }
        Ok(value) => canonical(&value).to_string(),
        Err(_) => format!("not JSON: {line:?}"),
    });
    lines.collect::<Vec<_>>().join(" ")
}

fn events(text: &str) -> String {
    let blocks = text.split("\n\n").filter(|block| !block.is_empty());
    let told = blocks.map(|block| {
        let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name));
        let data = field("data: ").unwrap_or_default();
        match field("event: ") {
            Some("error") => {
                let problem = serde_json::from_str(data).unwrap_or_default();
                format!("error {}", status(&problem))
            }
            _ => json(data),
        }
    });
    told.collect::<Vec<_>>().join(" ")
}

fn refusal(answer: &Answer) -> String {
    match serde_json::from_slice(&answer.body) {
        Ok(value) => status(&value),
        Err(_) => "in text".to_owned(),
    }
}

/// Code and message of a `google.rpc.Status` or of a problem document.
fn status(error: &Value) -> String {
    let code = match &error["code"] {
        Value::String(name) => name.clone(),
        code => {
            let number = code.as_i64().and_then(|code| i32::try_from(code).ok());
            name(Code::from(number.unwrap_or(2)))
        }
    };
    let message = error["message"].as_str().or(error["detail"].as_str());
    format!("{code} {:?}", message.unwrap_or_default())
}

/// `NOT_FOUND` for `NotFound`.
fn name(code: Code) -> String {
    let mut name = String::new();
    for letter in format!("{code:?}").chars() {
        if letter.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(letter.to_ascii_uppercase());
    }
    name
}

/// Members in order, and one spelling for each number.
fn canonical(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(canonical).collect(),
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(name, _)| *name);
            let members = members.into_iter();
            members
                .map(|(name, value)| (name.clone(), canonical(value)))
                .collect()
        }
        Value::Number(number) => match number.as_f64() {
            Some(number) => serde_json::json!(number),
            None => value.clone(),
        },
        other => other.clone(),
    }
}
