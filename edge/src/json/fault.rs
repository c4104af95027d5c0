//! What can be wrong with a field of a request.

use std::{borrow::Cow, fmt};

/// One field and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Where it is, as the caller wrote it: `tags[1]`, `created_by.origin`; empty for all of it.
    pub(crate) field: String,
    /// What is wrong; reads on from the field's name.
    pub(crate) problem: Cow<'static, str>,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.field.as_str() {
            "" => write!(f, "the body {}", self.problem),
            field => write!(f, "{field} {}", self.problem),
        }
    }
}

/// Everything wrong with a request, up to a limit.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Faults(Vec<Fault>);

/// More than a reader can use; also bounds the size of an answer.
const MOST: usize = 16;

impl Faults {
    /// Remembers one more.
    pub(crate) fn push(&mut self, field: impl Into<String>, problem: impl Into<Cow<'static, str>>) {
        if self.0.len() < MOST {
            self.0.push(Fault {
                field: field.into(),
                problem: problem.into(),
            });
        }
    }

    /// Fails when there are any.
    pub(crate) fn into_result(self) -> Result<(), Vec<Fault>> {
        match self.0.is_empty() {
            true => Ok(()),
            false => Err(self.0),
        }
    }
}
