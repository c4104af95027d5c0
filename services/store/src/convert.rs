//! Small conversions that several nouns share.

use chrono::SubsecRound;
use serde::{Serialize, de::DeserializeOwned};
use taskchat_domain::{Error, Origin, Result, Timestamp};
use uuid::Uuid;

use crate::error::corrupt;

/// Whole microseconds: PostgreSQL keeps no more, and both databases must give back what went in.
pub(crate) fn micros(at: Timestamp) -> Timestamp {
    at.trunc_subsecs(6)
}

pub(crate) fn to_json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(Error::internal)
}

pub(crate) fn from_json<T: DeserializeOwned>(table: &'static str, text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|cause| corrupt(table, cause))
}

/// The name of a value whose JSON is a string, such as a unit variant.
pub(crate) fn to_name(value: &impl Serialize) -> Result<String> {
    match serde_json::to_value(value).map_err(Error::internal)? {
        serde_json::Value::String(name) => Ok(name),
        _ => Err(Error::internal("a name is not a string")),
    }
}

/// The inverse of [`to_name`].
pub(crate) fn from_name<T: DeserializeOwned>(table: &'static str, name: String) -> Result<T> {
    serde_json::from_value(serde_json::Value::String(name)).map_err(|cause| corrupt(table, cause))
}

/// Text that can be searched in any letter case, without what PostgreSQL cannot store.
pub(crate) fn folded(text: &str) -> String {
    text.to_lowercase().replace('\0', "\u{fffd}")
}

pub(crate) fn origin_columns(origin: Origin) -> (String, Option<Uuid>) {
    match origin {
        Origin::Hand => ("hand".to_owned(), None),
        Origin::Mcp => ("mcp".to_owned(), None),
        Origin::Turn { turn_id } => ("turn".to_owned(), Some(turn_id.uuid())),
    }
}

pub(crate) fn origin(table: &'static str, name: &str, turn: Option<Uuid>) -> Result<Origin> {
    match (name, turn) {
        ("hand", None) => Ok(Origin::Hand),
        ("mcp", None) => Ok(Origin::Mcp),
        ("turn", Some(id)) => Ok(Origin::Turn { turn_id: id.into() }),
        _ => Err(corrupt(table, "origin")),
    }
}
