//! Taking back, or putting in effect again, all that the assistant did in one turn.

use taskchat_domain::{Error, Operation, OperationId, Receipt, Result, TurnId};

use crate::{By, Outcome, Tasks};

/// What became of one operation of a turn.
#[derive(Debug)]
pub struct TurnOutcome {
    /// The operation.
    pub operation_id: OperationId,
    /// What was done about it.
    pub result: Taken,
}

/// What was done about an operation.
#[derive(Debug)]
pub enum Taken {
    /// It was taken back, or put in effect again.
    Changed(Box<Receipt>),
    /// It was so already.
    Unchanged,
    /// Something it changed has changed since; nothing was overwritten.
    Conflict(Error),
}

impl Tasks {
    /// Takes back every operation of a turn that is in effect, the last one first. One that cannot
    /// be taken back keeps none of the others from it.
    ///
    /// # Errors
    /// Those of the store; conflicts are outcomes.
    pub async fn undo_turn(&self, by: &By, turn: TurnId) -> Result<Vec<TurnOutcome>> {
        let mut operations = self.of_turn(by, turn).await?;
        operations.reverse();
        let mut outcomes = Vec::new();
        for operation in operations {
            let result = match operation.undone_by {
                Some(_) => Taken::Unchanged,
                None => taken(self.undo(&by.plain(), operation.id).await)?,
            };
            outcomes.push(TurnOutcome {
                operation_id: operation.id,
                result,
            });
        }
        Ok(outcomes)
    }

    /// Puts every operation of a turn that was taken back in effect again, the first one first.
    ///
    /// # Errors
    /// Those of the store; conflicts are outcomes.
    pub async fn redo_turn(&self, by: &By, turn: TurnId) -> Result<Vec<TurnOutcome>> {
        let mut outcomes = Vec::new();
        for operation in self.of_turn(by, turn).await? {
            let result = match operation.undone_by {
                None => Taken::Unchanged,
                Some(_) => taken(self.redo(&by.plain(), operation.id).await)?,
            };
            outcomes.push(TurnOutcome {
                operation_id: operation.id,
                result,
            });
        }
        Ok(outcomes)
    }

    /// What a turn did, in order.
    async fn of_turn(&self, by: &By, turn: TurnId) -> Result<Vec<Operation>> {
        self.store.as_user(&by.user).turn_operations(turn).await
    }
}

impl By {
    /// The same hand without a key: undoing what is undone changes nothing, so that a retry needs
    /// none, and one key cannot stand for several operations.
    fn plain(&self) -> Self {
        Self {
            key: None,
            ..self.clone()
        }
    }
}

fn taken(outcome: Result<Outcome>) -> Result<Taken> {
    match outcome {
        Ok(Outcome {
            receipt: Some(receipt),
            ..
        }) => Ok(Taken::Changed(Box::new(receipt))),
        Ok(Outcome { receipt: None, .. }) | Err(Error::NotUndone(_)) => Ok(Taken::Unchanged),
        Err(conflict @ (Error::Conflict { .. } | Error::NotFound(_))) => {
            Ok(Taken::Conflict(conflict))
        }
        Err(error) => Err(error),
    }
}
