//! TLS on the listening socket: one certificate from two files, looked at again while it runs.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use rustls::{
    ServerConfig,
    crypto::{CryptoProvider, aws_lc_rs},
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use crate::{Lifecycle, config};

const CERT: &str = "TASKCHAT_TLS__CERT";
const KEY: &str = "TASKCHAT_TLS__KEY";

/// What is wrong with the files.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TlsError {
    #[error("{there} is set and {missing} is not: TLS needs both")]
    Half {
        there: &'static str,
        missing: &'static str,
    },
    #[error("{setting}: {} cannot be read: {cause}", path.display())]
    Unreadable {
        setting: &'static str,
        path: PathBuf,
        cause: io::Error,
    },
    #[error("{setting}: {} {problem}", path.display())]
    Wrong {
        setting: &'static str,
        path: PathBuf,
        problem: String,
    },
    #[error("TLS cannot be set up: {0}")]
    Setup(#[from] rustls::Error),
}

/// A certificate in force, and the files it came from.
#[derive(Clone)]
pub(crate) struct Tls {
    files: Arc<Files>,
    current: Arc<Current>,
    acceptor: TlsAcceptor,
}

struct Files {
    cert: PathBuf,
    key: PathBuf,
}

/// Handed out to every handshake, so that a new one reaches new connections and no old ones.
struct Current(RwLock<Arc<CertifiedKey>>);

impl fmt::Debug for Current {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Current").finish_non_exhaustive()
    }
}

impl ResolvesServerCert for Current {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(
            &self.0.read().unwrap_or_else(PoisonError::into_inner),
        ))
    }
}

impl Tls {
    /// Reads the files; `None` when the settings name none.
    ///
    /// # Errors
    /// Files that cannot be read or do not belong together, by the setting that names them.
    pub(crate) fn load(config: &config::Tls) -> Result<Option<Self>, TlsError> {
        let (there, missing) = match (&config.cert, &config.key) {
            (None, None) => return Ok(None),
            (Some(cert), Some(key)) => {
                let files = Files {
                    cert: cert.clone(),
                    key: key.clone(),
                };
                return Self::from_files(files).map(Some);
            }
            (Some(_), None) => (CERT, KEY),
            (None, Some(_)) => (KEY, CERT),
        };
        Err(TlsError::Half { there, missing })
    }

    fn from_files(files: Files) -> Result<Self, TlsError> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let certified = files.read()?.certified(&files, &provider)?;
        let current = Arc::new(Current(RwLock::new(Arc::new(certified))));
        let resolver: Arc<dyn ResolvesServerCert> = Arc::clone(&current) as _;
        let mut config = ServerConfig::builder_with_provider(provider)
            // TLS 1.2 and 1.3.
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(resolver);
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self {
            files: Arc::new(files),
            current,
            acceptor: TlsAcceptor::from(Arc::new(config)),
        })
    }

    /// Makes a connection secret; tells as well whether both sides want HTTP/2, if they said.
    pub(crate) async fn handshake<IO: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: IO,
        patience: Duration,
    ) -> io::Result<(TlsStream<IO>, Option<bool>)> {
        let shaking = self.acceptor.accept(stream);
        let stream = match patience.is_zero() {
            true => shaking.await?,
            false => tokio::time::timeout(patience, shaking)
                .await
                .map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??,
        };
        let is_http2 = stream.get_ref().1.alpn_protocol().map(|it| it == b"h2");
        Ok((stream, is_http2))
    }

    /// Looks at the files every so often and takes on what has changed. A pair that cannot be used
    /// is told of once, and the old one stays.
    pub(crate) fn watch(&self, every: Duration, life: &Lifecycle) {
        if every.is_zero() {
            return;
        }
        let (tls, stop) = (self.clone(), life.draining());
        life.tracker().spawn(async move {
            let mut seen = tls.files.read_off().await.ok();
            while tokio::time::timeout(every, stop.cancelled()).await.is_err() {
                let now = tls.files.read_off().await;
                match now {
                    Ok(now) if seen.as_ref() == Some(&now) => {}
                    Ok(now) => {
                        tls.take_on(&now);
                        seen = Some(now);
                    }
                    Err(error) => {
                        if seen.take().is_some() {
                            tracing::error!(%error, "The old certificate stays in force");
                        }
                    }
                }
            }
        });
    }

    fn take_on(&self, pair: &Pair) {
        let provider = aws_lc_rs::default_provider();
        match pair.certified(&self.files, &provider) {
            Ok(certified) => {
                let mut current = self
                    .current
                    .0
                    .write()
                    .unwrap_or_else(PoisonError::into_inner);
                *current = Arc::new(certified);
                tracing::info!("A new certificate is in force");
            }
            Err(error) => tracing::error!(%error, "The old certificate stays in force"),
        }
    }
}

/// What stands in the two files.
#[derive(PartialEq, Eq)]
struct Pair {
    cert: Vec<u8>,
    key: Vec<u8>,
}

impl Files {
    fn read(&self) -> Result<Pair, TlsError> {
        Ok(Pair {
            cert: read(CERT, &self.cert)?,
            key: read(KEY, &self.key)?,
        })
    }

    /// The same without holding up others.
    async fn read_off(self: &Arc<Self>) -> Result<Pair, TlsError> {
        let files = Arc::clone(self);
        let reading = tokio::task::spawn_blocking(move || files.read()).await;
        reading.unwrap_or_else(|cause| {
            Err(TlsError::Unreadable {
                setting: CERT,
                path: self.cert.clone(),
                cause: io::Error::other(cause),
            })
        })
    }
}

fn read(setting: &'static str, path: &Path) -> Result<Vec<u8>, TlsError> {
    fs::read(path).map_err(|cause| TlsError::Unreadable {
        setting,
        path: path.to_owned(),
        cause,
    })
}

impl Pair {
    fn certified(
        &self,
        files: &Files,
        provider: &CryptoProvider,
    ) -> Result<CertifiedKey, TlsError> {
        let wrong = |setting, path: &Path, problem: String| TlsError::Wrong {
            setting,
            path: path.to_owned(),
            problem,
        };
        let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&self.cert)
            .collect::<Result<_, _>>()
            .map_err(|cause| wrong(CERT, &files.cert, format!("is not a PEM file: {cause}")))?;
        if chain.is_empty() {
            return Err(wrong(CERT, &files.cert, "holds no certificate".to_owned()));
        }
        let key = PrivateKeyDer::from_pem_slice(&self.key)
            .map_err(|_| wrong(KEY, &files.key, "holds no private key in PEM".to_owned()))?;
        CertifiedKey::from_der(chain, key, provider).map_err(|cause| match cause {
            rustls::Error::InconsistentKeys(_) => wrong(
                KEY,
                &files.key,
                format!(
                    "does not belong to the certificate of {CERT} ({})",
                    files.cert.display()
                ),
            ),
            rustls::Error::InvalidCertificate(cause) => wrong(
                CERT,
                &files.cert,
                format!("holds a certificate that cannot be used: {cause:?}"),
            ),
            cause => wrong(KEY, &files.key, format!("cannot be used: {cause}")),
        })
    }
}

#[cfg(test)]
mod tests;
