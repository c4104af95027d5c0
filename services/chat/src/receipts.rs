//! Receipts as they stand now: what was undone since is not undoable any more.
//!
//! A turn's entries and events keep the receipt as it was given; whoever reads a turn again is told
//! how things are.

use taskchat_domain::{OperationId, Receipt, Result, ToolCall, UserId};

use crate::Chat;

impl Chat {
    /// Brings the receipts of these calls up to date.
    pub(crate) async fn refresh<'a>(
        &self,
        user: &UserId,
        calls: impl Iterator<Item = &'a mut ToolCall>,
    ) -> Result<()> {
        let mut receipts: Vec<&mut Receipt> =
            calls.filter_map(|call| call.receipt.as_mut()).collect();
        let ids: Vec<OperationId> = receipts.iter().map(|it| it.operation_id).collect();
        let undone = self.store.as_user(user).undone(&ids).await?;
        for receipt in &mut receipts {
            receipt.undone_by = undone.get(&receipt.operation_id).copied();
            receipt.undoable = receipt.undone_by.is_none();
        }
        Ok(())
    }
}
