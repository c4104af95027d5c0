//! Whole turns at every door: taken back, done again, tried again.

use serde_json::{Value, json};
use taskchat_proto::v1::{self, chat_service_client::ChatServiceClient};

use super::{
    Door, Refusal, Through, grpc,
    grpc_web::{self, Framing},
    member, rest,
};

/// What became of one operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// `undone`, `redone`, `unchanged` or `conflict`.
    pub kind: String,
    /// On a conflict, the field that has changed since.
    pub field: String,
}

impl Outcome {
    /// One without a conflict.
    pub fn is(kind: &str) -> Self {
        Self {
            kind: kind.to_owned(),
            field: String::new(),
        }
    }
}

impl Through<'_> {
    /// Takes back what a turn did.
    pub async fn undo_turn(&self, turn: &str) -> Result<Vec<Outcome>, Refusal> {
        let request = v1::UndoTurnRequest {
            turn_id: turn.to_owned(),
        };
        let undone = match self.door {
            Door::Rest => return self.outcomes(turn, "undo").await,
            Door::Grpc => {
                let mut client = ChatServiceClient::new(grpc::channel(self.user).await);
                let undone = client.undo_turn(grpc::authorized(self.user, request)).await;
                undone.map_err(|it| grpc::refusal(&it))?.into_inner()
            }
            door => {
                let framing = Framing::of(door);
                grpc_web::unary(self.user, framing, "ChatService/UndoTurn", &request).await?
            }
        };
        Ok(undone.outcomes.into_iter().map(Outcome::from).collect())
    }

    /// Does again what was taken back.
    pub async fn redo_turn(&self, turn: &str) -> Result<Vec<Outcome>, Refusal> {
        let request = v1::RedoTurnRequest {
            turn_id: turn.to_owned(),
        };
        let redone = match self.door {
            Door::Rest => return self.outcomes(turn, "redo").await,
            Door::Grpc => {
                let mut client = ChatServiceClient::new(grpc::channel(self.user).await);
                let redone = client.redo_turn(grpc::authorized(self.user, request)).await;
                redone.map_err(|it| grpc::refusal(&it))?.into_inner()
            }
            door => {
                let framing = Framing::of(door);
                grpc_web::unary(self.user, framing, "ChatService/RedoTurn", &request).await?
            }
        };
        Ok(redone.outcomes.into_iter().map(Outcome::from).collect())
    }

    /// Tries a turn again: the id of the new one.
    pub async fn retry_turn(&self, turn: &str) -> Result<String, Refusal> {
        let request = v1::RetryTurnRequest {
            turn_id: turn.to_owned(),
        };
        let retried = match self.door {
            Door::Rest => {
                let path = format!("/api/turns/{turn}:retry");
                let retried = rest::read(&self.user.post(&path, json!({})).await)?;
                return Ok(member(&retried, "id"));
            }
            Door::Grpc => {
                let mut client = ChatServiceClient::new(grpc::channel(self.user).await);
                let retried = client
                    .retry_turn(grpc::authorized(self.user, request))
                    .await;
                retried.map_err(|it| grpc::refusal(&it))?.into_inner()
            }
            door => {
                let framing = Framing::of(door);
                grpc_web::unary(self.user, framing, "ChatService/RetryTurn", &request).await?
            }
        };
        Ok(retried.turn.expect("a turn").id)
    }

    /// Stops a turn: how it ended.
    pub async fn cancel_turn(&self, turn: &str) -> Result<String, Refusal> {
        let request = v1::CancelTurnRequest {
            turn_id: turn.to_owned(),
        };
        let stopped = match self.door {
            Door::Rest => {
                let path = format!("/api/turns/{turn}:cancel");
                let stopped = rest::read(&self.user.post(&path, json!({})).await)?;
                return Ok(member(&stopped, "state"));
            }
            Door::Grpc => {
                let mut client = ChatServiceClient::new(grpc::channel(self.user).await);
                let stopped = client
                    .cancel_turn(grpc::authorized(self.user, request))
                    .await;
                stopped.map_err(|it| grpc::refusal(&it))?.into_inner()
            }
            door => {
                let framing = Framing::of(door);
                grpc_web::unary(self.user, framing, "ChatService/CancelTurn", &request).await?
            }
        };
        let state = stopped.turn.expect("a turn").state().as_str_name();
        Ok(state.trim_start_matches("TURN_STATE_").to_lowercase())
    }

    async fn outcomes(&self, turn: &str, verb: &str) -> Result<Vec<Outcome>, Refusal> {
        let path = format!("/api/turns/{turn}:{verb}");
        let answer = rest::read(&self.user.post(&path, json!({})).await)?;
        let outcomes = answer["outcomes"].as_array().expect("outcomes");
        Ok(outcomes.iter().map(Outcome::from).collect())
    }
}

impl From<v1::OperationOutcome> for Outcome {
    fn from(outcome: v1::OperationOutcome) -> Self {
        let kind = outcome.kind().as_str_name();
        Self {
            kind: kind.trim_start_matches("OUTCOME_KIND_").to_lowercase(),
            field: outcome.field,
        }
    }
}

impl From<&Value> for Outcome {
    fn from(outcome: &Value) -> Self {
        Self {
            kind: member(outcome, "kind"),
            field: member(outcome, "field"),
        }
    }
}
