//! Who is calling: tokens, the keys that make them true, and one tower layer for every door.
//!
//! Read [`identity`] first: a [`Caller`] can only come out of a [`Verifier`], so holding one is the
//! proof. [`AuthLayer`] puts an [`Identity`] into the extensions of every request and never answers
//! by itself; each door refuses in its own dialect.
//!
//! Passwords, refresh tokens and the store are not here: this crate is linked by the edge, which
//! has no database. What only the database knows (is the account active, is the session revoked) is
//! asked through [`Admission`].

mod claims;
mod config;
pub mod identity;
mod jwks;
mod keys;
pub mod layer;

pub use config::Config;
pub use identity::{Admission, Caller, ClientAddress, Identity, LOCAL_ISSUER, Refusal};
pub use keys::{Issuer, KeyError, Keys, Verifier, generate_key};
pub use layer::AuthLayer;

#[cfg(test)]
mod testing;
