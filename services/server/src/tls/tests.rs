//! Files that are good, and every way in which they are not.

use super::*;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A certificate for `localhost` in `NAME.crt` and `NAME.key`.
    fn pair(&self, name: &str) {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        fs::write(self.path(&format!("{name}.crt")), made.cert.pem()).unwrap();
        fs::write(
            self.path(&format!("{name}.key")),
            made.signing_key.serialize_pem(),
        )
        .unwrap();
    }

    fn load(&self, cert: Option<&str>, key: Option<&str>) -> Result<Option<Tls>, TlsError> {
        Tls::load(&config::Tls {
            cert: cert.map(|name| self.path(name)),
            key: key.map(|name| self.path(name)),
            ..config::Tls::default()
        })
    }

    fn error(&self, cert: Option<&str>, key: Option<&str>) -> String {
        let loaded = self.load(cert, key).map(|tls| tls.is_some());
        loaded.unwrap_err().to_string()
    }
}

#[test]
fn two_files_or_none() {
    let folder = Folder::new();
    folder.pair("a");
    assert!(folder.load(None, None).unwrap().is_none());
    assert!(folder.load(Some("a.crt"), Some("a.key")).unwrap().is_some());
}

#[test]
fn what_is_wrong_is_told_by_its_setting() {
    let folder = Folder::new();
    folder.pair("a");
    folder.pair("b");
    fs::write(folder.path("text"), "not a certificate").unwrap();
    fs::write(
        folder.path("garbage.crt"),
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    )
    .unwrap();
    let rows = [
        (Some("a.crt"), None, KEY, "needs both"),
        (None, Some("a.key"), CERT, "needs both"),
        (Some("no.crt"), Some("a.key"), CERT, "cannot be read"),
        (Some("a.crt"), Some("no.key"), KEY, "cannot be read"),
        (Some("text"), Some("a.key"), CERT, "holds no certificate"),
        (Some("a.crt"), Some("text"), KEY, "holds no private key"),
        (Some("a.crt"), Some("a.crt"), KEY, "holds no private key"),
        (Some("a.crt"), Some("b.key"), KEY, "does not belong"),
        (Some("garbage.crt"), Some("a.key"), CERT, "cannot be used"),
    ];
    for (cert, key, setting, problem) in rows {
        let error = folder.error(cert, key);
        assert!(
            error.contains(setting) && error.contains(problem),
            "{error}"
        );
    }
}

#[test]
fn a_broken_pair_leaves_the_old_one_in_force() {
    let folder = Folder::new();
    folder.pair("a");
    folder.pair("b");
    let tls = folder.load(Some("a.crt"), Some("a.key")).unwrap().unwrap();
    let in_force = || tls.current.0.read().unwrap().cert.clone();
    let first = in_force();
    fs::copy(folder.path("b.crt"), folder.path("a.crt")).unwrap();
    tls.take_on(&tls.files.read().unwrap());
    assert_eq!(in_force(), first);
    fs::copy(folder.path("b.key"), folder.path("a.key")).unwrap();
    tls.take_on(&tls.files.read().unwrap());
    assert_ne!(in_force(), first);
}
