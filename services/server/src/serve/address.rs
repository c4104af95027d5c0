//! Whom a request comes from, when proxies that are trusted stand between.

use std::net::IpAddr;

use http::{HeaderMap, HeaderName, HeaderValue, header::FORWARDED};

use crate::config::Network;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// What proxies say about a request. From anybody else it says nothing.
const HEARSAY: [HeaderName; 6] = [
    FORWARDED,
    X_FORWARDED_FOR,
    HeaderName::from_static("x-forwarded-host"),
    HeaderName::from_static("x-forwarded-port"),
    HeaderName::from_static("x-forwarded-proto"),
    HeaderName::from_static("x-real-ip"),
];

/// The client's address, and the headers without hearsay: whoever reads them further in, can only
/// have been told by us.
pub(super) fn client(peer: IpAddr, headers: &mut HeaderMap, trusted: &[Network]) -> IpAddr {
    let peer = peer.to_canonical();
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let address = match is_trusted(peer) {
        true => last_stranger(peer, headers, is_trusted),
        false => peer,
    };
    for name in HEARSAY {
        headers.remove(name);
    }
    address
}

/// Proxies append. So the last address that is not one of theirs is what the outermost of them saw;
/// what stands before it, the client may have made up.
fn last_stranger(peer: IpAddr, headers: &HeaderMap, is_trusted: impl Fn(IpAddr) -> bool) -> IpAddr {
    let listed = addresses(headers, &X_FORWARDED_FOR, |element| Some(element));
    let standard = addresses(headers, &FORWARDED, forwarded_for);
    let hops = match (listed.is_empty(), standard.is_empty()) {
        (_, true) => listed,
        (true, false) => standard,
        // A proxy writes one of the two and may pass on the other as it came.
        (false, false) if listed == standard => listed,
        (false, false) => return peer,
    };
    let mut last = peer;
    for hop in hops.into_iter().rev() {
        let Some(hop) = hop else { break };
        last = hop;
        if !is_trusted(hop) {
            break;
        }
    }
    last
}

/// The addresses in all headers of a name, `None` where there is no address.
fn addresses(
    headers: &HeaderMap,
    name: &HeaderName,
    pick: impl Fn(&str) -> Option<&str>,
) -> Vec<Option<IpAddr>> {
    let values = headers.get_all(name).iter().map(HeaderValue::to_str);
    let elements = values.flat_map(|value| value.unwrap_or("?").split(','));
    elements
        .map(|element| pick(element).and_then(node))
        .collect()
}

/// The `for` of one element of `Forwarded` (RFC 7239, section 4).
fn forwarded_for(element: &str) -> Option<&str> {
    let mut pairs = element.split(';').filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(name, _)| name.trim().eq_ignore_ascii_case("for"))?;
    Some(value)
}

/// An address with or without port, brackets and quotes.
fn node(text: &str) -> Option<IpAddr> {
    let text = text.trim().trim_matches('"');
    let address = match text.strip_prefix('[') {
        Some(rest) => rest.split(']').next()?.parse().ok(),
        None => text.parse().ok().or_else(|| {
            let (address, _) = text.rsplit_once(':')?;
            address.parse().ok()
        }),
    };
    address.map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, headers: &[(&'static str, &'static str)]) -> String {
        let trusted = ["10.0.0.0/8", "::1"].map(|network| network.parse().unwrap());
        let mut headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            })
            .collect();
        let address = client(peer.parse().unwrap(), &mut headers, &trusted);
        assert!(headers.is_empty(), "hearsay stays: {headers:?}");
        address.to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        /// Who connects, what the headers say, and who it is.
        type Row<'r> = (&'r str, &'r [(&'static str, &'static str)], &'r str);
        let list = "x-forwarded-for";
        let rows: [Row<'_>; 14] = [
            ("203.0.113.1", &[], "203.0.113.1"),
            ("203.0.113.1", &[(list, "1.2.3.4")], "203.0.113.1"),
            (
                "203.0.113.1",
                &[("forwarded", "for=1.2.3.4")],
                "203.0.113.1",
            ),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("::ffff:10.0.0.1", &[(list, "1.2.3.4")], "1.2.3.4"),
            ("10.0.0.1", &[(list, "9.9.9.9, 1.2.3.4")], "1.2.3.4"),
            (
                "10.0.0.1",
                &[(list, "9.9.9.9"), (list, "1.2.3.4, 10.0.0.2")],
                "1.2.3.4",
            ),
            ("10.0.0.1", &[(list, "10.0.0.3, 10.0.0.2")], "10.0.0.3"),
            ("10.0.0.1", &[(list, "1.2.3.4, unknown")], "10.0.0.1"),
            ("10.0.0.1", &[(list, "1.2.3.4:555")], "1.2.3.4"),
            ("::1", &[(list, "[2001:db8::1]:555")], "2001:db8::1"),
            (
                "::1",
                &[(
                    "forwarded",
                    "for=9.9.9.9, proto=https;For=\"[2001:db8::1]:1\"",
                )],
                "2001:db8::1",
            ),
            (
                "::1",
                &[("forwarded", "for=1.2.3.4"), (list, "1.2.3.4")],
                "1.2.3.4",
            ),
            (
                "::1",
                &[("forwarded", "for=9.9.9.9"), (list, "1.2.3.4")],
                "::1",
            ),
        ];
        for (peer, headers, expected) in rows {
            assert_eq!(seen(peer, headers), expected, "{peer} {headers:?}");
        }
        seen(
            "10.0.0.1",
            &[("x-real-ip", "1.2.3.4"), ("x-forwarded-proto", "https")],
        );
    }
}
