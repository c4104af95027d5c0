//! The use cases against a real store.

mod change;
mod find;
mod once;
mod random;
mod series;
mod undo;
mod watch;
