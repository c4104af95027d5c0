//! How large a turn may grow.
//!
//! All that a turn has stored goes into its last event and into every answer about it: one message
//! of 4 MiB at most, in which the calls of a failed turn stand twice.

use serde_json::{Value, json};
use taskchat_domain::{Call, CallResult, EntryBody};

use crate::toolbox::without_data;

/// The most that a turn may weigh for the data of one more result to be kept.
const RESULTS: usize = 1024 * 1024;

/// The most that a turn may weigh with the texts and calls of one more step. Beyond it come only the
/// receipts of that step, which are never left out.
const STEPS: usize = RESULTS + 256 * 1024;

/// A result that weighs no more than this is kept anyway: what went wrong, or next to nothing.
const SMALL: usize = 1024;

/// Bytes beside those of its text that a value may take in a message, and a name before it.
const VALUE: usize = 12;
const NAME: usize = 6;

/// Whether a step is more than a turn of `weight` can take.
pub(super) fn is_too_much(weight: usize, step: &[EntryBody]) -> bool {
    weight + step.iter().map(weigh).sum::<usize>() > STEPS
}

/// A result as it is stored in a turn of `weight`: without its data where there is no room for it.
pub(super) fn kept(result: CallResult, weight: usize) -> CallResult {
    let size = of_result(&result);
    if size > SMALL && weight + size > RESULTS {
        without_data(result)
    } else {
        result
    }
}

/// What an entry adds to a turn, in bytes; rather too much than too little.
pub(super) fn weigh(body: &EntryBody) -> usize {
    match body {
        // The person's message stands for itself.
        EntryBody::User { .. } | EntryBody::ApprovalDecided(_) => 0,
        EntryBody::Model { text } => text.len(),
        EntryBody::Call(call) => of_call(call),
        EntryBody::Result(result) => of_result(result),
        EntryBody::ApprovalRequested(asked) => asked.calls.iter().map(of_call).sum(),
        EntryBody::Notice(notice) => notice.text.len(),
    }
}

fn of_call(call: &Call) -> usize {
    call.tool.len() + of_value(&call.arguments)
}

fn of_result(result: &CallResult) -> usize {
    let receipt = result.receipt.as_ref().map_or(0, |it| of_value(&json!(it)));
    of_value(&result.content) + receipt
}

/// No less than the value takes as `google.protobuf.Value`.
fn of_value(value: &Value) -> usize {
    VALUE
        + match value {
            Value::Null | Value::Bool(_) | Value::Number(_) => 0,
            Value::String(text) => text.len(),
            Value::Array(items) => items.iter().map(of_value).sum(),
            Value::Object(members) => members
                .iter()
                .map(|(name, value)| NAME + name.len() + of_value(value))
                .sum(),
        }
}

#[cfg(test)]
mod tests {
    use taskchat_domain::CallId;

    use super::*;

    fn read(data: &str) -> CallResult {
        CallResult {
            call_id: CallId::nth(1),
            content: json!({"success": true, "data": data, "receipt": null, "error": null}),
            is_error: false,
            receipt: None,
        }
    }

    #[test]
    fn data_is_kept_while_there_is_room() {
        let result = read(&"x".repeat(2 * SMALL));
        assert_eq!(kept(result.clone(), 0), result);
        assert_eq!(kept(result.clone(), RESULTS - 3 * SMALL), result);
        let small = read("x");
        assert_eq!(kept(small.clone(), RESULTS), small);
        let left_out = kept(result, RESULTS - SMALL);
        assert!(left_out.is_error);
        assert_eq!(left_out.content["error"]["code"], "RESULT_TOO_LARGE");
    }

    #[test]
    fn a_step_has_to_fit() {
        let step = [EntryBody::Model {
            text: "x".repeat(1000),
        }];
        assert!(!is_too_much(STEPS - 1000, &step));
        assert!(is_too_much(STEPS - 999, &step));
    }
}
