//! Keys, and what they make: [`Verifier`] and [`Issuer`]. `jsonwebtoken` appears only here and in
//! `jwks`.
//!
//! **Invariant:** a key knows its algorithm. The header of a token may choose among our keys but
//! never how one of them is used: our own key only ever checks HS256, a key of a JWKS only the
//! algorithm it was published for.

use std::{sync::Arc, time::Duration};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use rand::RngCore;
use secrecy::ExposeSecret;
use taskchat_domain::{Clock, Error, Result, SessionId, TimeZone, Timestamp, UserId};
use tokio_util::task::TaskTracker;

use crate::{
    Caller, Config, LOCAL_ISSUER, Refusal,
    claims::{Claims, OwnClaims},
    jwks::Jwks,
};

/// The shortest secret or key, in bytes: the length of the hash (RFC 7518, section 3.2).
const SHORTEST_KEY: usize = 32;

/// A longer token is refused unread.
const LONGEST_TOKEN: usize = 8 * 1024;

/// How far ahead of ours a provider's clock may be when it says "not before". Expiry has no leeway.
const SKEW_SECONDS: f64 = 5.0;

/// What own tokens carry as `iss` and `aud` when nothing is configured.
const OWN_NAME: &str = "taskchat";

/// The type of an access token (RFC 9068, section 2.1).
const ACCESS_TOKEN: &str = "at+jwt";

/// A new random key for own tokens, to be kept in the database.
#[must_use]
pub fn generate_key() -> Vec<u8> {
    let mut key = vec![0; SHORTEST_KEY];
    rand::rng().fill_bytes(&mut key);
    key
}

/// Why keys cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The secret is too easy to guess.
    #[error("the token secret must be at least 32 bytes long, this one has {0}")]
    TooShort(usize),
    /// Neither a secret nor a JWKS address nor a stored key.
    #[error("there is no key: set a token secret or a JWKS address")]
    Missing,
}

/// All keys of a process.
#[derive(Debug)]
pub struct Keys {
    verifier: Verifier,
    issuer: Issuer,
}

impl Keys {
    /// Puts the configured keys together. `stored` is the generated key from the database; it
    /// serves where no secret is configured. Keys of an outside provider are fetched on the tracker.
    ///
    /// # Errors
    /// [`KeyError`] when a key is too short or there is none at all.
    pub fn new(
        config: &Config,
        stored: Option<Vec<u8>>,
        http: reqwest::Client,
        clock: Arc<dyn Clock>,
        tracker: TaskTracker,
    ) -> Result<Self, KeyError> {
        let secret = config.secret.as_ref();
        let own = match (secret, &stored) {
            (Some(secret), _) => Some(secret.expose_secret().as_bytes()),
            (None, Some(key)) => Some(key.as_slice()),
            (None, None) => None,
        };
        if let Some(key) = own
            && key.len() < SHORTEST_KEY
        {
            return Err(KeyError::TooShort(key.len()));
        }
        if own.is_none() && config.jwks_url.is_none() {
            return Err(KeyError::Missing);
        }
        let issuer = config.issuer.as_deref().unwrap_or(OWN_NAME);
        let audience = config.audience.as_deref().unwrap_or(OWN_NAME);
        let rules = Rules {
            own: own.map(DecodingKey::from_secret),
            secret_is_shared: secret.is_some(),
            jwks: config
                .jwks_url
                .clone()
                .map(|url| Arc::new(Jwks::new(url, http, Arc::clone(&clock), tracker))),
            issuer: issuer.into(),
            audience: audience.into(),
            issuer_is_configured: config.issuer.is_some(),
            audience_is_configured: config.audience.is_some(),
            local_issuer: LOCAL_ISSUER.into(),
            clock: Arc::clone(&clock),
        };
        Ok(Self {
            verifier: Verifier(Arc::new(rules)),
            issuer: Issuer(Arc::new(Signer {
                key: own.map(EncodingKey::from_secret),
                issuer: issuer.to_owned(),
                audience: audience.to_owned(),
                ttl: config.access_ttl,
                refresh_ttl: config.refresh_ttl,
                clock,
            })),
        })
    }

    /// What checks tokens.
    #[must_use]
    pub fn verifier(&self) -> Verifier {
        self.verifier.clone()
    }

    /// What makes tokens.
    #[must_use]
    pub fn issuer(&self) -> Issuer {
        self.issuer.clone()
    }
}

/// Makes own access tokens.
#[derive(Debug, Clone)]
pub struct Issuer(Arc<Signer>);

#[derive(Debug)]
struct Signer {
    key: Option<EncodingKey>,
    issuer: String,
    audience: String,
    ttl: Duration,
    refresh_ttl: Duration,
    clock: Arc<dyn Clock>,
}

impl Issuer {
    /// How long a refresh token that goes with a token from here is good.
    #[must_use]
    pub fn refresh_ttl(&self) -> Duration {
        self.0.refresh_ttl
    }

    /// A token for `user`, and how long it is good. `ttl` is the configured lifetime unless given.
    ///
    /// # Errors
    /// [`Error::Internal`] when there is no key of our own, or signing fails.
    pub fn issue(
        &self,
        user: &UserId,
        email: Option<&str>,
        session: Option<SessionId>,
        ttl: Option<Duration>,
    ) -> Result<(String, Duration)> {
        let signer = &self.0;
        let key = signer
            .key
            .as_ref()
            .ok_or_else(|| Error::internal(KeyError::Missing))?;
        let ttl = ttl.unwrap_or(signer.ttl);
        let iat = signer.clock.now().timestamp();
        let mut jti = [0; 16];
        rand::rng().fill_bytes(&mut jti);
        let mut header = Header::new(Algorithm::HS256);
        header.typ = Some(ACCESS_TOKEN.to_owned());
        let claims = OwnClaims {
            sub: user.as_str(),
            email,
            iat,
            exp: iat.saturating_add(i64::try_from(ttl.as_secs()).unwrap_or(i64::MAX)),
            jti: BASE64_URL_SAFE_NO_PAD.encode(jti),
            iss: &signer.issuer,
            aud: &signer.audience,
            sid: session.map(|id| id.to_string()),
        };
        let token = jsonwebtoken::encode(&header, &claims, key).map_err(Error::internal)?;
        Ok((token, ttl))
    }
}

/// Checks tokens.
#[derive(Debug, Clone)]
pub struct Verifier(Arc<Rules>);

#[derive(Debug)]
struct Rules {
    own: Option<DecodingKey>,
    /// Whether an outside provider may have made a token of ours.
    secret_is_shared: bool,
    jwks: Option<Arc<Jwks>>,
    issuer: Arc<str>,
    audience: Arc<str>,
    issuer_is_configured: bool,
    audience_is_configured: bool,
    local_issuer: Arc<str>,
    clock: Arc<dyn Clock>,
}

impl Verifier {
    /// Checks a token: signature, type, times, issuer, audience.
    ///
    /// # Errors
    /// [`Refusal::Rejected`] for whatever is not a good token, also for what is no JWT at all;
    /// [`Refusal::Unavailable`] when the keys of the outside provider cannot be had.
    pub async fn verify(&self, bearer: &str) -> Result<Caller, Refusal> {
        if bearer.len() > LONGEST_TOKEN {
            return Err(Refusal::Rejected);
        }
        let header = jsonwebtoken::decode_header(bearer).map_err(|_| Refusal::Rejected)?;
        // Extensions that must be understood are not (RFC 7515, section 4.1.11).
        if header.crit.is_some() {
            return Err(Refusal::Rejected);
        }
        let kind = TokenType::of(&header)?;
        let rules = &self.0;
        if header.alg == Algorithm::HS256 {
            let key = rules.own.as_ref().ok_or(Refusal::Rejected)?;
            let claims = check_signature(bearer, key, Algorithm::HS256)?;
            rules.own_caller(claims, kind)
        } else {
            let jwks = rules.jwks.as_ref().ok_or(Refusal::Rejected)?;
            let claims = jwks.check_signature(bearer, &header).await?;
            rules.outside_caller(claims)
        }
    }
}

impl Rules {
    /// The caller of a token made with our key: by us, or by a provider that shares the secret.
    fn own_caller(&self, claims: Claims, kind: TokenType) -> Result<Caller, Refusal> {
        let session = claims
            .sid
            .as_deref()
            .filter(|_| kind == TokenType::Access)
            .and_then(|sid| SessionId::parse(sid).ok());
        let ours = session.is_some() || !self.secret_is_shared;
        self.check(&claims, ours)?;
        let is_outside = session.is_none() && self.secret_is_shared;
        caller(claims, session, Arc::clone(&self.local_issuer), is_outside)
    }

    /// The caller of a token made with a key of the JWKS.
    fn outside_caller(&self, claims: Claims) -> Result<Caller, Refusal> {
        self.check(&claims, false)?;
        let issuer = match claims.iss.as_deref() {
            // Nobody from outside may pass as one of ours.
            Some(LOCAL_ISSUER) => return Err(Refusal::Rejected),
            Some(issuer) => issuer.into(),
            None => "jwks".into(),
        };
        caller(claims, None, issuer, true)
    }

    fn check(&self, claims: &Claims, ours: bool) -> Result<(), Refusal> {
        #[expect(
            clippy::cast_precision_loss,
            reason = "microseconds stay exact until the year 2255"
        )]
        let now = self.clock.now().timestamp_micros() as f64 / 1e6;
        let good = claims.exp > now
            && claims.nbf.is_none_or(|nbf| nbf <= now + SKEW_SECONDS)
            && (!(ours || self.issuer_is_configured)
                || claims.iss.as_deref() == Some(&*self.issuer))
            && (!(ours || self.audience_is_configured) || claims.aud.names(&self.audience));
        if good { Ok(()) } else { Err(Refusal::Rejected) }
    }
}

fn caller(
    claims: Claims,
    session_id: Option<SessionId>,
    issuer: Arc<str>,
    is_outside: bool,
) -> Result<Caller, Refusal> {
    Ok(Caller {
        user_id: UserId::parse(&claims.sub).map_err(|_| Refusal::Rejected)?,
        session_id,
        email: claims
            .email
            .filter(|_| claims.email_verified != Some(false)),
        issuer,
        is_outside,
        expires_at: instant(claims.exp),
        time_zone: TimeZone::UTC,
        is_admitted: false,
    })
}

/// Seconds since the epoch as an instant; what is beyond all instants is never.
fn instant(seconds: f64) -> Timestamp {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "what is out of range becomes the nearest number that is in it"
    )]
    let micros = (seconds * 1e6) as i64;
    Timestamp::from_timestamp_micros(micros).unwrap_or(Timestamp::MAX_UTC)
}

/// Checks a signature and nothing else: times and names are checked by [`Rules::check`], against
/// our clock.
pub(crate) fn check_signature(
    token: &str,
    key: &DecodingKey,
    algorithm: Algorithm,
) -> Result<Claims, Refusal> {
    let mut validation = Validation::new(algorithm);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    jsonwebtoken::decode(token, key, &validation)
        .map(|token| token.claims)
        .map_err(|_| Refusal::Rejected)
}

/// What a token says it is, in its header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TokenType {
    /// `at+jwt`: as we make them.
    Access,
    /// `JWT`, or nothing.
    Plain,
}

impl TokenType {
    /// Any other type was made for another purpose (RFC 8725, section 3.11).
    fn of(header: &Header) -> Result<Self, Refusal> {
        let Some(typ) = &header.typ else {
            return Ok(Self::Plain);
        };
        let typ = typ.to_ascii_lowercase();
        match typ.strip_prefix("application/").unwrap_or(&typ) {
            ACCESS_TOKEN => Ok(Self::Access),
            "jwt" => Ok(Self::Plain),
            _ => Err(Refusal::Rejected),
        }
    }
}

#[cfg(test)]
mod tests;
