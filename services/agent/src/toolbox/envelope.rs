//! MCP results → what is stored: the tools' envelope, or one of our own where there is none.

use rmcp::model::{CallToolResult, ErrorCode, ErrorData};
use serde_json::{Value, json};
use taskchat_domain::{CallId, CallResult};

/// The most of a result that is kept, in bytes.
const MAX: usize = 256 * 1024;

/// Reads a tool's answer.
pub(super) fn read(call_id: &CallId, answer: CallToolResult) -> CallResult {
    let failed = answer.is_error.unwrap_or_default();
    let content = answer
        .structured_content
        .filter(Value::is_object)
        .unwrap_or_else(|| wrapped(&text_of(&answer.content), failed));
    let is_error = failed || content.get("success") == Some(&Value::Bool(false));
    let receipt = content
        .get("receipt")
        .and_then(|receipt| serde_json::from_value(receipt.clone()).ok());
    let is_too_large = content.to_string().len() > MAX;
    let result = CallResult {
        call_id: call_id.clone(),
        content,
        is_error,
        receipt,
    };
    if is_too_large {
        without_data(result)
    } else {
        result
    }
}

/// A result that is too large to be kept. What it changed is changed, and its receipt says so.
pub(crate) fn without_data(result: CallResult) -> CallResult {
    let Some(receipt) = &result.receipt else {
        let message = "the result is too large to be used; ask for less";
        return refusal(&result.call_id, "RESULT_TOO_LARGE", message);
    };
    CallResult {
        content: json!({
            "success": true,
            "data": null,
            "receipt": {"summary": receipt.summary},
            "error": null,
        }),
        ..result
    }
}

/// Reads a refusal of the protocol: nothing was done.
pub(super) fn refused(call_id: &CallId, refused: &ErrorData) -> CallResult {
    let (code, message) = match refused.code {
        ErrorCode::INVALID_PARAMS => ("VALIDATION_ERROR", "the arguments do not fit the tool"),
        ErrorCode::METHOD_NOT_FOUND => ("UNKNOWN_TOOL", "there is no such tool"),
        _ => ("TOOL_FAILED", "the tool failed"),
    };
    refusal(call_id, code, message)
}

/// An answer of our own to a call: it did not succeed, and why.
pub(crate) fn refusal(call_id: &CallId, code: &str, message: &str) -> CallResult {
    CallResult {
        call_id: call_id.clone(),
        content: json!({
            "success": false,
            "data": null,
            "receipt": null,
            "error": {"code": code, "message": message},
        }),
        is_error: true,
        receipt: None,
    }
}

/// The texts of an answer, joined.
fn text_of(content: &[rmcp::model::ContentBlock]) -> String {
    let texts: Vec<&str> = content
        .iter()
        .filter_map(|block| block.as_text())
        .map(|text| text.text.as_str())
        .collect();
    texts.join("\n")
}

/// The envelope in `text`, or an envelope around it.
fn wrapped(text: &str, failed: bool) -> Value {
    if let Ok(envelope @ Value::Object(_)) = serde_json::from_str(text) {
        return envelope;
    }
    if failed {
        json!({
            "success": false,
            "data": null,
            "receipt": null,
            "error": {"code": "TOOL_FAILED", "message": text},
        })
    } else {
        json!({"success": true, "data": {"text": text}, "receipt": null, "error": null})
    }
}

#[cfg(test)]
mod tests {
    use rmcp::model::ContentBlock;

    use super::*;

    #[test]
    fn answers_of_every_shape_become_envelopes() {
        let id = CallId::nth(1);
        let ok = json!({"success": true, "data": {"n": 1}, "receipt": null, "error": null});
        let no = json!({"success": false, "data": null, "error": {"code": "X", "message": "y"}});
        let mut contradictory = CallToolResult::structured(no.clone());
        contradictory.is_error = Some(false);
        for (answer, content, is_error) in [
            (CallToolResult::structured(ok.clone()), ok.clone(), false),
            (
                CallToolResult::structured_error(no.clone()),
                no.clone(),
                true,
            ),
            (contradictory, no, true),
            (
                CallToolResult::success(vec![ContentBlock::text(ok.to_string())]),
                ok,
                false,
            ),
            (
                CallToolResult::success(vec![ContentBlock::text("fine")]),
                json!({"success": true, "data": {"text": "fine"}, "receipt": null, "error": null}),
                false,
            ),
        ] {
            let result = read(&id, answer);
            assert_eq!(result.content, content);
            assert_eq!(result.is_error, is_error);
            assert_eq!(result.receipt, None);
        }
    }

    #[test]
    fn huge_answers_are_refused() {
        let huge = CallToolResult::structured(json!({"data": "x".repeat(MAX)}));
        let result = read(&CallId::nth(1), huge);
        assert_eq!(result.content["error"]["code"], "RESULT_TOO_LARGE");
    }
}
