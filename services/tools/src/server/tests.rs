//! The tools over the real protocol and a real database.

mod protocol;
mod refusals;
mod tasks;
