//! Results that say nothing was done, held against the ledger.
//!
//! A call may take effect and its answer still be lost: the process died in between, the tool was
//! too slow, the person asked for the turn to stop. Whoever closes the call then can only say that
//! it was not done, or that nobody knows. The ledger knows; and what it does not know of by then, it
//! will not let happen: the call may still be on its way, in a process that is slow or frozen.

use serde_json::json;
use taskchat_domain::{
    CallId, CallResult, EntryBody, Origin, ReceiptKind, Result, Timestamp, TurnId,
};
use taskchat_store::UserTx;

/// Puts right what `bodies` deny. Within `tx`, so that what is under way is waited for, and what they
/// deny rightly stays undone.
pub(crate) async fn put_right(
    tx: &UserTx,
    turn: TurnId,
    bodies: &mut [EntryBody],
    now: Timestamp,
) -> Result<()> {
    for body in bodies {
        if let EntryBody::Result(result) = body
            && result.is_error
            && result.receipt.is_none()
            && let Some(done) = done(tx, turn, &result.call_id, now).await?
        {
            *result = done;
        }
    }
    Ok(())
}

/// What a call has done, as the tool would have told it; `None` when it has changed nothing.
async fn done(
    tx: &UserTx,
    turn: TurnId,
    call: &CallId,
    now: Timestamp,
) -> Result<Option<CallResult>> {
    // The key under which the tools file the calls of a turn.
    let key = format!("turn:{turn}:{}", call.as_str());
    let Some((operation, _)) = tx.find_operation(&key).await? else {
        let origin = Origin::Turn { turn_id: turn };
        tx.give_up_operation(&key, origin, now).await?;
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
