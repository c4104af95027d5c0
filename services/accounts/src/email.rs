//! E-mail addresses: what is taken for one. Whether mail arrives there is not found out.

use email_address::{EmailAddress, Options};
use taskchat_domain::{Error, Result};

/// The longest address that mail can be sent to, in bytes (RFC 5321, section 4.5.3.1.3).
const LONGEST: usize = 254;

/// An address as its owner wrote it, without surrounding space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Email(String);

impl Email {
    /// Reads an address: a local part, and a domain of at least two names.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Error::invalid("email", "field is required"));
        }
        let options = Options::default()
            .with_required_tld()
            .without_domain_literal()
            .without_display_text();
        // Quoted local parts may hold spaces; nobody has such an address, and it misleads the eye.
        let plain = !text.chars().any(|c| c.is_whitespace() || c.is_control());
        if !plain
            || text.len() > LONGEST
            || EmailAddress::parse_with_options(text, options).is_err()
        {
            return Err(Error::invalid("email", "must be an e-mail address"));
        }
        Ok(Self(text.to_owned()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands before the last `@`.
    pub(crate) fn local_part(&self) -> &str {
        self.0.rsplit_once('@').map_or(&self.0, |(local, _)| local)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        let long_domain = format!("a@{}.example", "d.".repeat(130).trim_end_matches('.'));
        for (text, accepted) in [
            ("ann@example.org", true),
            (" Ann.Lee+tasks@mail.example.org\t", true),
            ("ünal@bücher.example", true),
            ("o'brien@example.org", true),
            ("", false),
            ("  ", false),
            ("ann", false),
            ("ann@", false),
            ("@example.org", false),
            ("ann@localhost", false),
            ("ann@@example.org", false),
            ("ann@example..org", false),
            ("ann@-example.org", false),
            ("ann lee@example.org", false),
            ("\"ann lee\"@example.org", false),
            ("Ann <ann@example.org>", false),
            ("ann@[127.0.0.1]", false),
            ("ann@example.org, bob@example.org", false),
            ("ann@example.org\r\nBcc: x@y.example", false),
            ("ann\0@example.org", false),
            (long_domain.as_str(), false),
        ] {
            assert_eq!(Email::parse(text).is_ok(), accepted, "{text:?}");
        }
        let email = Email::parse(" Ann@Example.org ").unwrap();
        assert_eq!(
            (email.as_str(), email.local_part()),
            ("Ann@Example.org", "Ann")
        );
    }
}
