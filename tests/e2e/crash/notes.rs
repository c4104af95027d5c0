//! What the clients were told: the word that the product has to keep.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;

/// The notes of everybody.
#[derive(Debug, Default)]
pub struct Notes(Mutex<Written>);

#[derive(Debug, Default)]
pub struct Written {
    pub sent: Vec<Sent>,
    pub watched: Vec<Watched>,
    pub kept: Vec<Kept>,
    pub tried: Vec<String>,
}

/// A message that was sent.
#[derive(Debug)]
pub struct Sent {
    pub user: String,
    pub request_id: String,
    pub message: String,
    /// Into a new conversation.
    pub opens: bool,
    pub fate: Fate,
}

/// What is known of it.
#[derive(Debug, PartialEq)]
pub enum Fate {
    /// Nothing: the answer, if there was one, was lost.
    Unknown,
    /// It was accepted, as this turn.
    Accepted(String),
    /// It was refused.
    Refused,
}

/// Events that somebody has seen, from the first on.
#[derive(Debug)]
pub struct Watched {
    pub user: String,
    pub turn: String,
    pub events: Vec<Value>,
}

/// A task as its owner last heard of it; only the owner changes it.
#[derive(Debug, Clone)]
pub struct Kept {
    pub id: String,
    pub title: String,
    pub status: String,
    pub version: i64,
    pub is_deleted: bool,
    /// The latest change is neither the first nor an undo.
    pub is_undoable: bool,
}

impl Notes {
    pub fn write(&self) -> MutexGuard<'_, Written> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
