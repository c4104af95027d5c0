//! What the program at the other end calls itself.

use tonic::metadata::MetadataMap;

/// What an edge in another process adds to the name.
const HOP: &str = " tonic/";

/// The name, without what was added on the way; empty when there is none that can be read. A page
/// says it in `user-agent`, since browsers let no script set that header.
pub(crate) fn of(metadata: &MetadataMap) -> &str {
    let name = metadata.get("user-agent");
    let name = name.and_then(|value| value.to_str().ok()).unwrap_or("");
    match name.rsplit_once(HOP) {
        Some((before, version)) if !version.contains(' ') => before,
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caller_is_named_and_not_the_edge() {
        for (header, expected) in [
            (None, ""),
            (Some("curl/8.5"), "curl/8.5"),
            (Some("Mozilla/5.0 (X11) tonic/0.14.2"), "Mozilla/5.0 (X11)"),
            (Some("tonic/0.14.2"), "tonic/0.14.2"),
            (Some("a tonic/1 b"), "a tonic/1 b"),
        ] {
            let mut metadata = MetadataMap::new();
            if let Some(header) = header {
                metadata.insert("user-agent", header.parse().unwrap());
            }
            assert_eq!(of(&metadata), expected);
        }
    }
}
