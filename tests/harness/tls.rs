//! Certificates made for a test, and clients that believe in them.

use std::{fs, path::PathBuf, sync::Arc};

use rustls::{
    ClientConfig, RootCertStore,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio_rustls::{TlsConnector, client::TlsStream};

/// An authority, and the certificate it gave to 127.0.0.1 and localhost, in files.
#[derive(Debug)]
pub struct Certificates {
    folder: TempDir,
    issuer: rcgen::Issuer<'static, rcgen::KeyPair>,
    /// The authority's certificate in PEM.
    pub authority: String,
}

impl Certificates {
    /// A new authority and a first certificate.
    pub fn new() -> Self {
        let key = rcgen::KeyPair::generate().expect("a key");
        let mut params = rcgen::CertificateParams::new(Vec::new()).expect("parameters");
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let authority = params.self_signed(&key).expect("a certificate").pem();
        let made = Self {
            folder: tempfile::tempdir().expect("a folder"),
            issuer: rcgen::Issuer::new(params, key),
            authority,
        };
        fs::write(made.path("authority.pem"), &made.authority).expect("written");
        made.renew();
        made
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The setting for a file: `cert.pem`, `key.pem` or `authority.pem`.
    pub fn file(&self, name: &str) -> String {
        self.path(name)
            .to_str()
            .expect("a printable path")
            .to_owned()
    }

    /// Replaces certificate and key by new ones; returns the certificate.
    pub fn renew(&self) -> Vec<u8> {
        let key = rcgen::KeyPair::generate().expect("a key");
        let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
        let params = rcgen::CertificateParams::new(names).expect("parameters");
        let cert = params.signed_by(&key, &self.issuer).expect("a certificate");
        fs::write(self.path("key.pem"), key.serialize_pem()).expect("written");
        fs::write(self.path("cert.pem"), cert.pem()).expect("written");
        cert.der().to_vec()
    }

    /// Writes nonsense into the certificate's file.
    pub fn ruin(&self) {
        fs::write(self.path("cert.pem"), "half a certific").expect("written");
    }

    /// A client that believes this authority and offers these protocols.
    pub fn connector(&self, alpn: &[&str]) -> TlsConnector {
        let mut roots = RootCertStore::empty();
        let authority = CertificateDer::from_pem_slice(self.authority.as_bytes());
        roots
            .add(authority.expect("a certificate"))
            .expect("an authority");
        let mut config =
            ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
                .with_safe_default_protocol_versions()
                .expect("TLS 1.2 and 1.3")
                .with_root_certificates(roots)
                .with_no_client_auth();
        config.alpn_protocols = alpn.iter().map(|it| it.as_bytes().to_vec()).collect();
        TlsConnector::from(Arc::new(config))
    }

    /// A connection to a port of this machine.
    pub async fn connect(&self, port: u16, alpn: &[&str]) -> TlsStream<TcpStream> {
        let stream = TcpStream::connect(("127.0.0.1", port))
            .await
            .expect("a connection");
        let name = ServerName::try_from("localhost").expect("a name");
        let connector = self.connector(alpn);
        connector.connect(name, stream).await.expect("a handshake")
    }
}

impl Default for Certificates {
    fn default() -> Self {
        Self::new()
    }
}

/// The certificate that the other side has shown.
pub fn shown(stream: &TlsStream<TcpStream>) -> Vec<u8> {
    let shown = stream
        .get_ref()
        .1
        .peer_certificates()
        .expect("certificates");
    shown[0].to_vec()
}
