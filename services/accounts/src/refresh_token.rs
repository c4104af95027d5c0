//! Refresh tokens: opaque, random, and known to us by their hash only.

use std::fmt;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use rand::RngCore;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use taskchat_domain::{Error, Result};

/// Nobody guesses 256 random bits.
const BYTES: usize = 32;

/// A refresh token. It is no JWT, so it cannot pass as an access token.
pub(crate) struct RefreshToken(SecretString);

impl RefreshToken {
    pub(crate) fn generate() -> Self {
        let mut bytes = [0; BYTES];
        rand::rng().fill_bytes(&mut bytes);
        Self(BASE64_URL_SAFE_NO_PAD.encode(bytes).into())
    }

    /// Reads a token as it was presented.
    ///
    /// # Errors
    /// [`Error::Invalid`] when there is none, [`Error::BadToken`] when it is not one of ours.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        if text.is_empty() {
            return Err(Error::invalid("refresh_token", "field is required"));
        }
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text);
        if !bytes.is_ok_and(|bytes| bytes.len() == BYTES) {
            return Err(Error::BadToken);
        }
        Ok(Self(text.into()))
    }

    /// The token, for its owner.
    pub(crate) fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// What is stored. A random token needs no salt and no slow hash.
    pub(crate) fn hash(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(self.expose()))
    }
}

impl fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RefreshToken([REDACTED])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_random_and_read_back() {
        let (one, two) = (RefreshToken::generate(), RefreshToken::generate());
        assert_ne!(one.expose(), two.expose());
        assert_eq!(one.expose().len(), 43);
        assert_eq!(
            RefreshToken::parse(one.expose()).unwrap().hash(),
            one.hash()
        );
        assert_ne!(one.hash(), one.expose());
        assert!(!format!("{one:?}").contains(one.expose()));
        for bad in ["", "x", "a.b.c", &"a".repeat(44), &"=".repeat(43)] {
            assert!(RefreshToken::parse(bad).is_err(), "{bad}");
        }
    }
}
