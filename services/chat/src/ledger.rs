//! Results that say nothing was done, held against the ledger.
//!
//! A call may take effect and its answer still be lost: the process died in between, the tool was
//! too slow, the person asked for the turn to stop. Whoever closes the call then can only say that
//! it was not done, or that nobody knows. The ledger knows.

use serde_json::json;
use taskchat_domain::{CallId, CallResult, EntryBody, ReceiptKind, Result, TurnId};
use taskchat_store::UserTx;

/// Puts right what `bodies` deny. Within `tx`, so that what is under way is waited for.
pub(crate) async fn put_right(tx: &UserTx, turn: TurnId, bodies: &mut [EntryBody]) -> Result<()> {
    for body in bodies {
        if let EntryBody::Result(result) = body
            && result.is_error
            && result.receipt.is_none()
            && let Some(done) = done(tx, turn, &result.call_id).await?
        {
            *result = done;
        }
    }
    Ok(())
}

/// What a call has done, as the tool would have told it; `None` when it has changed nothing.
async fn done(tx: &UserTx, turn: TurnId, call: &CallId) -> Result<Option<CallResult>> {
    // The key under which the tools file the calls of a turn.
    let key = format!("turn:{turn}:{}", call.as_str());
    let Some((operation, _)) = tx.find_operation(&key).await? else {
        return Ok(None);
    };
    let has_changed = operation
        .changes
        .iter()
        .any(|change| change.before != change.after);
    let Some(receipt) = operation.receipt().filter(|_| has_changed) else {
        return Ok(None);
    };
    let data = match receipt.kind {
        ReceiptKind::Deleted => json!({ "task_id": receipt.task.id, "deleted": true }),
        _ => json!(receipt.task),
    };
    Ok(Some(CallResult {
        call_id: call.clone(),
        content: json!({ "success": true, "data": data, "receipt": receipt, "error": null }),
        is_error: false,
        receipt: Some(receipt),
    }))
}
