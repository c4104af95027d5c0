//! Request ids: what makes a retry safe (AIP-155, and the `idempotency-key` header).

use taskchat_domain::{Error, Result};
use tonic::metadata::MetadataMap;
use uuid::Uuid;

const HEADER: &str = "idempotency-key";

/// The longest key in the header.
const LONGEST: usize = 255;

/// The request id of a message: its field, else the header, else none.
///
/// # Errors
/// [`Error::Invalid`] when the field is not a UUID or the header not 1 to 255 visible characters.
pub(crate) fn request_id(field: &str, metadata: &MetadataMap) -> Result<Option<String>> {
    if !field.is_empty() {
        let id = Uuid::try_parse(field);
        // One spelling, so that the same id in another one is still the same.
        return id
            .map(|id| Some(id.to_string()))
            .map_err(|_| Error::invalid("request_id", "must be a UUID"));
    }
    let Some(value) = metadata.get(HEADER) else {
        return Ok(None);
    };
    let key = value.as_encoded_bytes();
    let is_visible = key.iter().all(|byte| (0x21..=0x7e).contains(byte));
    if key.is_empty() || key.len() > LONGEST || !is_visible {
        return Err(Error::invalid(
            HEADER,
            "must be 1 to 255 visible ASCII characters",
        ));
    }
    Ok(value.to_str().ok().map(str::to_owned))
}

/// The key in the ledger that a request id becomes.
pub(crate) fn ledger_key(field: &str, metadata: &MetadataMap) -> Result<Option<String>> {
    Ok(request_id(field, metadata)?.map(|id| format!("req:{id}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_field_goes_before_the_header() {
        let id = "0192F5E4-3B5B-7C3A-8000-000000000001";
        let long = "k".repeat(256);
        for (field, header, expected) in [
            ("", None, Some(None)),
            ("", Some("order-17"), Some(Some("order-17".to_owned()))),
            (id, Some("order-17"), Some(Some(id.to_lowercase()))),
            ("order-17", None, None),
            ("", Some(""), None),
            ("", Some("two words"), None),
            ("", Some(long.as_str()), None),
        ] {
            let mut metadata = MetadataMap::new();
            if let Some(header) = header {
                metadata.insert(HEADER, header.parse().unwrap());
            }
            assert_eq!(
                request_id(field, &metadata).ok(),
                expected,
                "{field} {header:?}"
            );
        }
    }
}
