//! `taskchat.v1` and the domain, one noun a file. A converter either cannot fail (out) or names the
//! field that is wrong (in).
//!
//! Owners are not part of domain values, so converters that show one are told whose it is.

pub(crate) mod approval;
pub(crate) mod conversation;
pub(crate) mod message;
pub(crate) mod operation;
pub(crate) mod task;
pub(crate) mod turn;
pub(crate) mod user;
pub(crate) mod value;

use taskchat_domain::Timestamp;

/// An instant, to the microsecond.
pub(crate) fn timestamp(at: Timestamp) -> prost_types::Timestamp {
    prost_types::Timestamp {
        seconds: at.timestamp(),
        // Less than a billion, even in a leap second of chrono's.
        nanos: i32::try_from(at.timestamp_subsec_nanos().min(999_999_999)).unwrap_or_default(),
    }
}
