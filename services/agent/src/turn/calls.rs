//! The calls of a step: what is passed on to a tool, and what is refused here.

use std::{pin::pin, time::Duration};

use serde_json::{Value, json};
use taskchat_domain::{ApprovalState, Call, CallResult};
use tokio::time::timeout;
use tracing::{Instrument, field, info_span};

use super::watch::{Interrupt, Watch};
use crate::{
    model::ToolSpec,
    next::OpenCall,
    toolbox::{Toolbox, Unreachable, refusal},
};

/// Where arguments are kept that are no JSON object.
const RAW: &str = "_raw";

/// How long a tool that is at work is heard out after the turn was stopped: what it does may have
/// taken effect already, and its receipt should not be lost.
const HEAR_OUT: Duration = Duration::from_secs(1);

/// What a model wrote as arguments, as an object.
pub(super) fn arguments(text: &str) -> Value {
    // Some models leave the braces out when there is nothing to pass.
    if text.trim().is_empty() {
        return json!({});
    }
    match serde_json::from_str(text) {
        Ok(Value::Object(object)) => without_nul(Value::Object(object)),
        _ => json!({RAW: text.replace('\0', "")}),
    }
}

/// PostgreSQL cannot store NUL.
fn without_nul(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(text.replace('\0', "")),
        Value::Array(items) => items.into_iter().map(without_nul).collect(),
        Value::Object(members) => members
            .into_iter()
            .map(|(name, value)| (name.replace('\0', ""), without_nul(value)))
            .collect(),
        other => other,
    }
}

/// The answer to a call that is not passed on, if it is not.
pub(super) fn refused(open: &OpenCall, most: usize) -> Option<CallResult> {
    let id = &open.call.id;
    if open.surplus {
        let message = format!("not done: at most {most} calls can be made at once");
        return Some(refusal(id, "TOO_MANY_CALLS", &message));
    }
    match open.word {
        Some(ApprovalState::Denied) => {
            let message = "the person did not allow this; nothing was changed by it";
            return Some(refusal(id, "DENIED", message));
        }
        Some(ApprovalState::Expired) => {
            let message = "nobody allowed this in time; nothing was changed by it";
            return Some(refusal(id, "EXPIRED", message));
        }
        Some(ApprovalState::Pending | ApprovalState::Approved) | None => {}
    }
    let members = open.call.arguments.as_object();
    if members.is_none_or(|members| members.len() == 1 && members.contains_key(RAW)) {
        let message = "the arguments must be a JSON object";
        return Some(refusal(id, "VALIDATION_ERROR", message));
    }
    None
}

/// The answer to a call of a tool that does not exist.
pub(super) fn unknown(call: &Call, specs: &[ToolSpec]) -> CallResult {
    let names: Vec<&str> = specs.iter().map(|spec| spec.name.as_str()).collect();
    let message = format!("there is no such tool; there are {}", names.join(", "));
    refusal(&call.id, "UNKNOWN_TOOL", &message)
}

/// Makes a call. When the turn is stopped meanwhile, says so along with the result to be stored.
pub(super) async fn run(
    toolbox: &Toolbox,
    call: &Call,
    limit: Duration,
    watch: &Watch<'_>,
) -> Result<Result<CallResult, Unreachable>, (Interrupt, CallResult)> {
    let span = info_span!(
        "execute_tool",
        otel.name = format!("execute_tool {}", call.tool),
        gen_ai.operation.name = "execute_tool",
        gen_ai.tool.name = call.tool,
        gen_ai.tool.call.id = call.id.as_str(),
        gen_ai.tool.type = "function",
        error.type = field::Empty,
    );
    let mut work = pin!(toolbox.call(call).instrument(span.clone()));
    let outcome = watch.within(limit, &mut work).await;
    let (interrupt, code, message) = match outcome {
        Ok(answered) => {
            if let Ok(result) = &answered
                && let Some(code) = result
                    .content
                    .pointer("/error/code")
                    .and_then(Value::as_str)
            {
                span.record("error.type", code);
            }
            return Ok(answered);
        }
        Err(Interrupt::Late) => {
            span.record("error.type", "timeout");
            let message = "the tool did not answer in time; whether it took effect is not known";
            return Ok(Ok(refusal(&call.id, "TIMED_OUT", message)));
        }
        Err(interrupt @ Interrupt::Cancelled) => (
            interrupt,
            "CANCELLED",
            "cancelled while it was being done; whether it took effect is not known",
        ),
        Err(interrupt @ Interrupt::TurnOver) => (
            interrupt,
            "TIMED_OUT",
            "there was no time left while it was being done; whether it took effect is not known",
        ),
    };
    let result = match timeout(HEAR_OUT, work).await {
        Ok(Ok(result)) => result,
        Ok(Err(_)) | Err(_) => refusal(&call.id, code, message),
    };
    Err((interrupt, result))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_an_object_or_kept_as_they_are() {
        for (text, expected) in [
            ("", json!({})),
            ("  ", json!({})),
            (r#"{"title":"x"}"#, json!({"title": "x"})),
            (r#"{"title":"a\u0000b"}"#, json!({"title": "ab"})),
            (r#"{"title":"x""#, json!({"_raw": r#"{"title":"x""#})),
            ("[1]", json!({"_raw": "[1]"})),
            ("null", json!({"_raw": "null"})),
        ] {
            assert_eq!(arguments(text), expected, "{text}");
        }
    }
}
