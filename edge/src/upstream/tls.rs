//! Whom to believe when the services speak TLS.

use std::sync::Arc;

use rustls::{
    ClientConfig, RootCertStore,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, pem::PemObject as _},
};

/// Authorities that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RootsError {
    /// The text holds no certificate that can be used.
    #[error("no certificate of an authority in PEM")]
    NoCertificate,
    /// TLS cannot be set up.
    #[error(transparent)]
    Setup(#[from] rustls::Error),
}

/// TLS that believes the system's authorities, and those in `authorities` (PEM) as well.
///
/// # Errors
/// Text without certificates.
pub fn trusting(authorities: Option<&[u8]>) -> Result<Arc<ClientConfig>, RootsError> {
    let mut roots = RootCertStore::empty();
    if let Some(pem) = authorities {
        let certificates: Vec<_> = CertificateDer::pem_slice_iter(pem)
            .collect::<Result<_, _>>()
            .map_err(|_| RootsError::NoCertificate)?;
        if roots.add_parsable_certificates(certificates).0 == 0 {
            return Err(RootsError::NoCertificate);
        }
    }
    let native = rustls_native_certs::load_native_certs();
    for error in &native.errors {
        tracing::debug!(%error, "Some of the system's authorities cannot be read");
    }
    roots.add_parsable_certificates(native.certs);
    let mut config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec()];
    Ok(Arc::new(config))
}
