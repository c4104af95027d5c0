//! Passwords: which may be chosen, and how they are kept (argon2id, RFC 9106).

use std::{fmt, sync::Arc, time::Duration};

use argon2::{
    Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version,
    password_hash::phc::PasswordHash,
};
use base64::{Engine, prelude::BASE64_STANDARD_NO_PAD};
use rand::RngCore;
use secrecy::{ExposeSecret, SecretString};
use taskchat_domain::{Error, Result};
use tokio::sync::Semaphore;

use crate::email::Email;

mod obvious;

const SHORTEST: usize = 8;
const LONGEST: usize = 256;

/// How long a request waits for its turn to hash before it is told to come back.
const PATIENCE: Duration = Duration::from_secs(10);

/// Checks a password that somebody wants to use from now on.
///
/// # Errors
/// [`Error::Invalid`] naming `password`.
pub(crate) fn check_choice(password: &SecretString, email: &Email) -> Result<()> {
    let password = password.expose_secret();
    let bad = |problem| Err(Error::invalid("password", problem));
    match password.chars().count() {
        0 => return bad("field is required"),
        SHORTEST..=LONGEST => {}
        _ => return bad("must be 8 to 256 characters"),
    }
    if password.contains('\0') {
        return bad("must not contain NUL");
    }
    let lower = password.to_lowercase();
    if lower == email.as_str().to_lowercase() || lower == email.local_part().to_lowercase() {
        return bad("must not be the e-mail address");
    }
    if obvious::is_obvious(&lower) {
        return bad("is too easy to guess");
    }
    Ok(())
}

/// Makes and checks hashes, off the async threads and not too many at once: each takes a core for
/// tens of milliseconds, and the configured memory.
#[derive(Clone)]
pub(crate) struct Hasher {
    argon2: Argon2<'static>,
    permits: Arc<Semaphore>,
    /// The hash of a password nobody has: checking it takes as long as checking a real one.
    nobody: Arc<str>,
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hasher").finish_non_exhaustive()
    }
}

/// What became of a password that was tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Right,
    Wrong,
}

impl Hasher {
    /// `memory` is in KiB.
    ///
    /// # Errors
    /// [`Error::Invalid`] when argon2 cannot work with these values.
    pub(crate) fn new(memory: u32, iterations: u32, at_once: usize) -> Result<Self> {
        let params = Params::new(memory, iterations, Params::DEFAULT_P_COST, None)
            .map_err(|_| Error::invalid("accounts", "has argon2 parameters out of range"))?;
        Ok(Self {
            argon2: Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
            permits: Arc::new(Semaphore::new(at_once.max(1))),
            nobody: nobodys_hash(memory, iterations).into(),
        })
    }

    /// The hash to keep, in PHC form.
    pub(crate) async fn hash(&self, password: SecretString) -> Result<String> {
        let argon2 = self.argon2.clone();
        self.off_thread(move || {
            let hash: PasswordHash = argon2
                .hash_password(password.expose_secret().as_bytes())
                .map_err(Error::internal)?;
            Ok(hash.to_string())
        })
        .await
    }

    /// Checks a password against a kept hash. Without a hash it is wrong, after the same time.
    pub(crate) async fn verify(
        &self,
        password: SecretString,
        hash: Option<String>,
    ) -> Result<Verdict> {
        let argon2 = self.argon2.clone();
        let nobody = Arc::clone(&self.nobody);
        self.off_thread(move || {
            let kept = hash.as_deref().unwrap_or(&nobody);
            let kept = PasswordHash::new(kept).map_err(Error::internal)?;
            let matches = argon2
                .verify_password(password.expose_secret().as_bytes(), &kept)
                .is_ok();
            Ok(match (matches, &hash) {
                (true, Some(_)) => Verdict::Right,
                _ => Verdict::Wrong,
            })
        })
        .await
    }

    async fn off_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let permit = Arc::clone(&self.permits).acquire_owned();
        let permit = match tokio::time::timeout(PATIENCE, permit).await {
            Ok(permit) => permit.map_err(Error::internal)?,
            Err(_) => {
                return Err(Error::Exhausted {
                    what: "too many people are signing in right now".into(),
                    retry_after: PATIENCE,
                });
            }
        };
        tokio::task::spawn_blocking(move || {
            // Held until the work is done, even when nobody waits for it any more.
            let _permit = permit;
            work()
        })
        .await
        .map_err(Error::internal)?
    }
}

/// A well-formed hash with the given costs and a random outcome: no password matches it.
fn nobodys_hash(memory: u32, iterations: u32) -> String {
    let mut random = [0; 16 + Params::DEFAULT_OUTPUT_LEN];
    rand::rng().fill_bytes(&mut random);
    let (salt, hash) = random.split_at(16);
    format!(
        "$argon2id$v=19$m={memory},t={iterations},p={}${}${}",
        Params::DEFAULT_P_COST,
        BASE64_STANDARD_NO_PAD.encode(salt),
        BASE64_STANDARD_NO_PAD.encode(hash),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> SecretString {
        SecretString::from(text)
    }

    #[test]
    fn choices() {
        let email = Email::parse("Longname@example.org").unwrap();
        for (password, accepted) in [
            ("correct horse battery staple", true),
            ("Zürich-Höngg", true),
            ("pässwörd", true),
            ("x7#kQ9!m", true),
            ("", false),
            ("short7!", false),
            (&"ab1!".repeat(65), false),
            ("longname@EXAMPLE.org", false),
            ("LONGNAME", false),
            ("password", false),
            ("Password1!", false),
            ("P@ssw0rd", false),
            ("12345678", false),
            ("qwertyuiop", false),
            ("aaaaaaaa", false),
            ("nul\0inside", false),
        ] {
            let verdict = check_choice(&secret(password), &email);
            assert_eq!(verdict.is_ok(), accepted, "{password:?}");
        }
    }

    #[tokio::test]
    async fn hashes_are_salted_and_checked() {
        let hasher = Hasher::new(64, 1, 2).unwrap();
        let one = hasher.hash(secret("correct horse")).await.unwrap();
        let two = hasher.hash(secret("correct horse")).await.unwrap();
        assert!(one.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{one}");
        assert_ne!(one, two);
        for (password, hash, verdict) in [
            ("correct horse", Some(one.clone()), Verdict::Right),
            ("correct horse ", Some(one), Verdict::Wrong),
            ("correct horse", None, Verdict::Wrong),
            ("", None, Verdict::Wrong),
        ] {
            assert_eq!(
                hasher.verify(secret(password), hash).await.unwrap(),
                verdict
            );
        }
    }

    #[test]
    fn nobodys_hash_costs_as_much_as_a_real_one() {
        let hash = nobodys_hash(19_456, 2);
        let hash = PasswordHash::new(&hash).unwrap();
        let params = Params::try_from(&hash).unwrap();
        assert_eq!(
            (params.m_cost(), params.t_cost(), params.p_cost()),
            (19_456, 2, 1)
        );
        assert_eq!(hash.hash.unwrap().len(), Params::DEFAULT_OUTPUT_LEN);
    }
}
