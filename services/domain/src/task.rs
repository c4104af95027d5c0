//! Tasks: valid once constructed.

use std::{fmt, str::FromStr};

use chrono::DateTime;
use serde::{Deserialize, Serialize};

use crate::{Due, Error, Origin, Result, TaskId, Timestamp};

/// Something to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// What is to be done.
    pub title: Title,
    /// More about it; may be empty.
    pub description: Description,
    /// How far it has come.
    pub status: Status,
    /// How much it matters.
    pub priority: Priority,
    /// When it is due.
    #[serde(rename = "due_date")]
    pub due: Option<Due>,
    /// When it was completed; set exactly while `status` is completed.
    pub completed_at: Option<Timestamp>,
    /// Its labels.
    pub tags: Tags,
    /// How it repeats.
    pub recurrence: Option<Recurrence>,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// 1, and one more with every change.
    pub version: i32,
    /// By whose hand it was added.
    pub created_by: Origin,
}

/// What is needed to add a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewTask {
    /// What is to be done.
    pub title: Title,
    /// More about it.
    pub description: Description,
    /// How far it has come.
    pub status: Status,
    /// How much it matters.
    pub priority: Priority,
    /// When it is due.
    pub due: Option<Due>,
    /// Its labels.
    pub tags: Tags,
    /// How it repeats.
    pub recurrence: Option<Recurrence>,
}

impl NewTask {
    /// A pending task of medium priority with nothing but a title.
    #[must_use]
    pub fn titled(title: Title) -> Self {
        Self {
            title,
            description: Description::default(),
            status: Status::Pending,
            priority: Priority::Medium,
            due: None,
            tags: Tags::default(),
            recurrence: None,
        }
    }
}

/// What to change in a task: `None` leaves a field alone, `Some(None)` clears it. As JSON it holds
/// what is to be changed and no more, so that no two changes look the same.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct TaskPatch {
    /// What is to be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Title>,
    /// More about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Description>,
    /// How far it has come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// How much it matters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    /// When it is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<Option<Due>>,
    /// Its labels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Tags>,
    /// How it repeats.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recurrence: Option<Option<Recurrence>>,
}

impl TaskPatch {
    /// True when nothing is to be changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

macro_rules! text {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = Error;
            fn try_from(text: String) -> Result<Self> {
                Self::parse(&text)
            }
        }
    };
}

text! {
    /// What is to be done: 1 to 200 characters after trimming, on one line.
    Title
}

impl Title {
    /// The most characters.
    pub const MAX: usize = 200;

    /// Trims and checks a title; line breaks become spaces.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming `title`.
    pub fn parse(text: &str) -> Result<Self> {
        refuse_nul("title", text)?;
        let title = text.split_whitespace().collect::<Vec<_>>().join(" ");
        match title.chars().count() {
            0 => Err(Error::invalid("title", "field is required")),
            1..=Self::MAX => Ok(Self(title)),
            _ => Err(Error::invalid("title", "must be at most 200 characters")),
        }
    }
}

text! {
    /// More about a task: at most 1000 characters after trimming; may be empty.
    #[derive(Default)]
    Description
}

impl Description {
    /// The most characters.
    pub const MAX: usize = 1000;

    /// Trims and checks a description.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming `description`.
    pub fn parse(text: &str) -> Result<Self> {
        refuse_nul("description", text)?;
        let text = text.trim();
        if text.chars().count() > Self::MAX {
            return Err(Error::invalid(
                "description",
                "must be at most 1000 characters",
            ));
        }
        Ok(Self(text.to_owned()))
    }
}

/// Labels: at most 20 of 1 to 50 characters each, no two alike in whatever letter case.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<String>")]
pub struct Tags(Vec<String>);

impl Tags {
    /// Trims the labels, drops repeated ones, and checks the rest.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming `tags`.
    pub fn parse(labels: &[String]) -> Result<Self> {
        let mut tags: Vec<String> = Vec::new();
        for label in labels {
            refuse_nul("tags", label)?;
            let label = label.trim().trim_start_matches('#');
            if label.is_empty() || label.chars().count() > 50 {
                return Err(Error::invalid("tags", "must be 1 to 50 characters each"));
            }
            if !tags
                .iter()
                .any(|tag| tag.to_lowercase() == label.to_lowercase())
            {
                tags.push(label.to_owned());
            }
        }
        if tags.len() > 20 {
            return Err(Error::invalid("tags", "must be at most 20"));
        }
        Ok(Self(tags))
    }

    /// The labels.
    #[must_use]
    pub fn as_slice(&self) -> &[String] {
        &self.0
    }
}

impl TryFrom<Vec<String>> for Tags {
    type Error = Error;
    fn try_from(labels: Vec<String>) -> Result<Self> {
        Self::parse(&labels)
    }
}

impl From<Tags> for Vec<String> {
    fn from(tags: Tags) -> Self {
        tags.0
    }
}

text! {
    /// How a task repeats: an RFC 5545 RRULE without its name.
    Recurrence
}

impl Recurrence {
    /// Checks a rule such as "FREQ=WEEKLY;BYDAY=MO"; an "RRULE:" in front is dropped.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming `recurrence`.
    pub fn parse(rule: &str) -> Result<Self> {
        let rule = rule.trim();
        let rule = rule.strip_prefix("RRULE:").unwrap_or(rule);
        let start = DateTime::UNIX_EPOCH.with_timezone(&rrule::Tz::UTC);
        let valid = rule.len() <= 200
            && rule
                .parse::<rrule::RRule<rrule::Unvalidated>>()
                .is_ok_and(|rule| rule.validate(start).is_ok());
        if !valid {
            return Err(Error::invalid("recurrence", "must be an RFC 5545 RRULE"));
        }
        Ok(Self(rule.to_owned()))
    }
}

/// How far a task has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Not begun.
    Pending,
    /// Begun.
    InProgress,
    /// Done.
    Completed,
}

impl Status {
    /// The name in the API and in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::InProgress => "in_progress",
            Self::Completed => "completed",
        }
    }
}

impl FromStr for Status {
    type Err = Error;
    fn from_str(name: &str) -> Result<Self> {
        match name {
            "pending" => Ok(Self::Pending),
            "in_progress" => Ok(Self::InProgress),
            "completed" => Ok(Self::Completed),
            _ => Err(Error::invalid(
                "status",
                "must be pending, in_progress or completed",
            )),
        }
    }
}

/// How much a task matters, least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Can wait.
    Low,
    /// The default.
    Medium,
    /// Before the others.
    High,
    /// Now.
    Urgent,
}

impl Priority {
    /// The name in the API and in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Urgent => "urgent",
        }
    }
}

impl FromStr for Priority {
    type Err = Error;
    fn from_str(name: &str) -> Result<Self> {
        match name {
            "low" => Ok(Self::Low),
            "medium" => Ok(Self::Medium),
            "high" => Ok(Self::High),
            "urgent" => Ok(Self::Urgent),
            _ => Err(Error::invalid(
                "priority",
                "must be low, medium, high or urgent",
            )),
        }
    }
}

/// PostgreSQL cannot store NUL, and nobody types it.
pub(crate) fn refuse_nul(field: &'static str, text: &str) -> Result<()> {
    if text.contains('\0') {
        return Err(Error::invalid(field, "must not contain NUL"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_trimmed_and_bounded() {
        assert_eq!(Title::parse("  buy\n milk ").unwrap().as_str(), "buy milk");
        assert!(Title::parse(&"é".repeat(200)).is_ok());
        for bad in ["", " \t", &"é".repeat(201), "a\0b"] {
            assert!(Title::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn recurrence_is_an_rrule() {
        assert!(Recurrence::parse("FREQ=WEEKLY;BYDAY=MO").is_ok());
        assert!(Recurrence::parse("RRULE:FREQ=DAILY;COUNT=3").is_ok());
        for bad in ["", "weekly", "FREQ=SOMETIMES", "FREQ=WEEKLY\nDTSTART:1"] {
            assert!(Recurrence::parse(bad).is_err(), "{bad:?}");
        }
    }
}
