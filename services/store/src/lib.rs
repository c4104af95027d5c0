//! The facts: everything taskchat knows, in SQLite or PostgreSQL.
//!
//! **Invariant:** what belongs to a person is reached only through [`Store::as_user`] (reads) and
//! [`Store::begin`] (one write transaction), and every query made there filters by that person.
//! The two exceptions have types of their own: [`Accounts`], for people who are not known yet, and
//! [`Leases`], for the process that runs everybody's turns.
//!
//! Entities are private; domain types go in and come out. Nothing of the database shows in errors.
//! What a change means is not decided here but in the use cases.
//!
//! To add a table: a migration, a file in `entity/`, and a file named after the noun with its
//! queries on [`UserScope`] and [`UserTx`].

mod accounts;
mod approvals;
mod config;
mod conversations;
mod convert;
mod entity;
mod entries;
mod erase;
mod error;
mod events;
mod keyset;
mod leases;
mod ledger;
mod news;
mod passages;
mod scope;
mod search;
mod sessions;
mod store;
mod task_list;
mod tasks;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod texts;
mod turns;
mod turnstile;

pub use accounts::{Account, Accounts};
pub use config::{Config, OpenError};
pub use entries::EntryNumbers;
pub use events::EventNumbers;
pub use leases::{Claimed, Lease, Leases};
pub use news::{Exchange, Heard, Listener, News};
pub use scope::{UserScope, UserTx};
pub use sessions::{NewSession, NextToken, Rotation, Session};
pub use store::Store;
