//! Which tasks, in which order.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{Due, Error, Priority, Result, Status, Timestamp, task::refuse_nul};

/// Which tasks of a person are wanted; empty parts do not narrow anything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TaskFilter {
    /// With one of these.
    pub status: Vec<Status>,
    /// With one of these.
    pub priority: Vec<Priority>,
    /// Due before this; tasks without a due date do not match.
    pub due_before: Option<Due>,
    /// Due at this or later; tasks without a due date do not match.
    pub due_after: Option<Due>,
    /// Completed before this; tasks that are not completed do not match.
    pub completed_before: Option<Timestamp>,
    /// Completed at this or later; tasks that are not completed do not match.
    pub completed_after: Option<Timestamp>,
    /// With this in title, description or a tag, in any letter case.
    pub query: Option<String>,
    /// In this order.
    pub order: TaskOrder,
}

/// The most characters of words to look for: no title is longer.
const LONGEST_QUERY: usize = 200;

/// Words to look for, trimmed: at most 200 characters, `None` when there are none.
///
/// # Errors
/// [`Error::Invalid`] naming `query`.
pub fn search_words(text: &str) -> Result<Option<String>> {
    refuse_nul("query", text)?;
    let words = text.trim();
    if words.chars().count() > LONGEST_QUERY {
        return Err(Error::invalid("query", "must be at most 200 characters"));
    }
    Ok((!words.is_empty()).then(|| words.to_owned()))
}

/// By what tasks are ordered. Ties are broken by age, so every order is total.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskOrder(Vec<(OrderKey, bool)>);

impl TaskOrder {
    /// The keys, most important first; `true` means descending.
    #[must_use]
    pub fn keys(&self) -> &[(OrderKey, bool)] {
        &self.0
    }
}

impl Default for TaskOrder {
    /// Newest first.
    fn default() -> Self {
        Self(vec![(OrderKey::CreatedAt, true)])
    }
}

/// A field that tasks can be ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderKey {
    /// When it was added.
    CreatedAt,
    /// When it last changed.
    UpdatedAt,
    /// When it is due; tasks without a due date come last, in both directions.
    DueDate,
    /// Low, medium, high, urgent.
    Priority,
    /// By title, in the order of Unicode code points.
    Title,
}

impl FromStr for TaskOrder {
    type Err = Error;

    /// Reads AIP-132 syntax: "priority desc, due_date". Empty is the default.
    fn from_str(text: &str) -> Result<Self> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        let bad = || {
            Error::invalid(
                "order_by",
                "must be a list of created_at, updated_at, due_date, priority, title, each with an optional desc",
            )
        };
        let mut keys: Vec<(OrderKey, bool)> = Vec::new();
        for part in text.split(',') {
            let mut words = part.split_whitespace();
            let key = match words.next() {
                Some("created_at") => OrderKey::CreatedAt,
                Some("updated_at") => OrderKey::UpdatedAt,
                Some("due_date") => OrderKey::DueDate,
                Some("priority") => OrderKey::Priority,
                Some("title") => OrderKey::Title,
                _ => return Err(bad()),
            };
            let descending = match (words.next(), words.next()) {
                (None | Some("asc"), None) => false,
                (Some("desc"), None) => true,
                _ => return Err(bad()),
            };
            if keys.iter().any(|(seen, _)| *seen == key) {
                return Err(bad());
            }
            keys.push((key, descending));
        }
        Ok(Self(keys))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_to_look_for_are_bounded() {
        let most = "é".repeat(200);
        for (text, words) in [
            ("", None),
            (" \t", None),
            (" milk ", Some("milk")),
            (&most, Some(&most)),
        ] {
            assert_eq!(search_words(text).unwrap().as_deref(), words);
        }
        for bad in ["a\0b", &"é".repeat(201)] {
            assert!(search_words(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn order_by_is_aip_132() {
        let order: TaskOrder = "priority desc, due_date".parse().unwrap();
        assert_eq!(
            order.keys(),
            [(OrderKey::Priority, true), (OrderKey::DueDate, false)]
        );
        for bad in [
            "nonsense",
            "title,",
            "title title",
            "title desc x",
            "title, title desc",
        ] {
            assert!(bad.parse::<TaskOrder>().is_err(), "{bad}");
        }
    }
}
