//! `ETag` and `If-None-Match` (RFC 9110, sections 8.8.3 and 13.1.2).
//!
//! All tags are weak: the same answer is also sent compressed, in other bytes.

use std::{
    fmt::Write as _,
    hash::{BuildHasher, Hasher},
};

use foldhash::quality::FixedState;
use http::{HeaderMap, HeaderValue, header::IF_NONE_MATCH};

/// The tag of some content: equal on all replicas, since its keys are fixed.
pub(crate) fn of(content: &[u8]) -> Option<HeaderValue> {
    let mut hasher = FixedState::default().build_hasher();
    hasher.write(content);
    of_digest(&hasher.finish().to_be_bytes())
}

/// The tag of content with this digest.
pub(crate) fn of_digest(digest: &[u8]) -> Option<HeaderValue> {
    let mut tag = String::from("W/\"");
    for byte in digest {
        // Writing to a string does not fail.
        let _ = write!(tag, "{byte:02x}");
    }
    tag.push('"');
    HeaderValue::try_from(tag).ok()
}

/// The weak form of a tag.
pub(crate) fn weakened(tag: &HeaderValue) -> Option<HeaderValue> {
    match tag.as_bytes() {
        weak if weak.starts_with(b"W/") => Some(tag.clone()),
        strong => HeaderValue::from_bytes(&[b"W/", strong].concat()).ok(),
    }
}

/// Whether the caller has the answer with this tag: weak comparison (section 8.8.3.2).
pub(crate) fn is_known(request: &HeaderMap, tag: &HeaderValue) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let Ok(tag) = tag.to_str().map(opaque) else {
        return false;
    };
    let mut known = request
        .get_all(IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    known.any(|known| known.trim() == "*" || opaque(known) == tag)
}
