//! The product in this process: the real composition on a free port and a database of its own.

use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    Answer, PATIENCE, User,
    database::Database,
    fake_model::{FakeModel, KEY, NAME},
    home::Home,
    tls::Certificates,
    topology::{self, Part, Topology},
};

/// A password that passes the rules.
pub const PASSWORD: &str = "a quiet harbour 42";

/// A running product.
pub struct App {
    /// Where it listens.
    pub address: SocketAddr,
    /// The client that scenarios speak HTTP with.
    pub http: reqwest::Client,
    /// The scripted model, when there is one.
    pub model: Option<FakeModel>,
    /// Its parts, the outermost first.
    pub parts: Vec<Part>,
    setup: Setup,
    dir: Arc<TempDir>,
}

/// What a product is started with.
#[derive(Clone, Default)]
pub struct Setup {
    env: Vec<(String, String)>,
    /// Only for the services of a split.
    services: Vec<(String, String)>,
    topology: Option<Topology>,
    certificates: Option<Arc<Certificates>>,
    model: Option<FakeModel>,
}

impl Setup {
    /// One setting, as the environment would give it.
    #[must_use]
    pub fn set(mut self, name: &str, value: impl Into<String>) -> Self {
        self.env.push((name.to_owned(), value.into()));
        self
    }

    /// One setting of the services, when they stand apart from the edge.
    #[must_use]
    pub fn set_services(mut self, name: &str, value: impl Into<String>) -> Self {
        self.services.push((name.to_owned(), value.into()));
        self
    }

    /// Services and edge on two ports, whatever is usual.
    #[must_use]
    pub fn split(mut self) -> Self {
        self.topology = Some(Topology::Split);
        self
    }

    /// TLS to the outside.
    #[must_use]
    pub fn tls(mut self, certificates: &Arc<Certificates>) -> Self {
        self.certificates = Some(Arc::clone(certificates));
        self.set("TASKCHAT_TLS__CERT", certificates.file("cert.pem"))
            .set("TASKCHAT_TLS__KEY", certificates.file("key.pem"))
    }

    /// On this database.
    #[must_use]
    pub fn on(self, home: &Home) -> Self {
        let set = |setup: Self, (name, value): (String, String)| setup.set(&name, value);
        home.settings().into_iter().fold(self, set)
    }

    /// Answers come from this model.
    #[must_use]
    pub fn model(mut self, model: &FakeModel) -> Self {
        self.model = Some(model.clone());
        self.set("TASKCHAT_MODEL__PROVIDER", "openai")
            .set("OPENAI_BASE_URL", model.base_url())
            .set("OPENAI_API_KEY", KEY)
            .set("OPENAI_MODEL", NAME)
            // A scenario about a failing model wants to see it fail.
            .set("TASKCHAT_MODEL__FALLBACK", "false")
    }

    /// Starts it.
    pub async fn start(self) -> App {
        App::run(self, Arc::new(tempfile::tempdir().expect("a folder"))).await
    }
}

impl App {
    /// With the offline assistant and the defaults.
    pub async fn start() -> Self {
        Self::setup().start().await
    }

    /// With a scripted model.
    pub async fn scripted() -> (Self, FakeModel) {
        let model = FakeModel::start().await;
        (Self::setup().model(&model).start().await, model)
    }

    /// With settings of one's own.
    pub fn setup() -> Setup {
        Setup::default()
    }

    async fn run(setup: Setup, dir: Arc<TempDir>) -> Self {
        let topology = setup.topology.unwrap_or_else(Topology::usual);
        let parts = topology::start(topology, dir.path(), &setup.env, &setup.services).await;
        Self {
            address: parts[0].address,
            http: client_believing(setup.certificates.as_deref()),
            model: setup.model.clone(),
            parts,
            setup,
            dir,
        }
    }

    /// Stops it in an orderly way and starts it again on the same database.
    pub async fn restart(self) -> Self {
        let (setup, dir) = (self.setup.clone(), Arc::clone(&self.dir));
        self.stop().await;
        Self::run(setup, dir).await
    }

    /// Stops it in an orderly way; fails when it does not end well.
    pub async fn stop(mut self) {
        for part in self.parts.drain(..) {
            part.stop().await;
        }
    }

    /// An address of this product.
    pub fn url(&self, path: &str) -> String {
        format!("{}://{}{path}", self.scheme(), self.address)
    }

    pub(crate) fn scheme(&self) -> &'static str {
        if self.setup.certificates.is_some() {
            "https"
        } else {
            "http"
        }
    }

    pub(crate) fn certificates(&self) -> Option<Arc<Certificates>> {
        self.setup.certificates.clone()
    }

    /// Its database, past all rules.
    pub async fn database(&self) -> Database {
        // Answers only once the tables are there.
        assert_eq!(self.get("/readyz").await.status, 200);
        Database::open(&self.dir.path().join("taskchat.db")).await
    }

    /// A new account, signed in.
    pub async fn sign_up(&self, name: &str) -> User {
        let email = format!("{name}@example.com");
        let body = json!({ "email": email, "password": PASSWORD, "confirm_password": PASSWORD });
        let session = self.post("/api/auth/signup", &body).await.ok();
        let user = User::new(self, &email, &session);
        if let Some(model) = &self.model {
            model.must_not_see(&user.id);
            model.must_not_see(&user.access);
        }
        user
    }

    /// A session for an existing account.
    pub async fn sign_in(&self, email: &str) -> User {
        let body = json!({ "email": email, "password": PASSWORD });
        let session = self.post("/api/auth/signin", &body).await.ok();
        User::new(self, email, &session)
    }

    /// The same person on another start of the product.
    pub fn again(&self, user: &User) -> User {
        user.at(self)
    }

    /// `GET`, as nobody.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    /// `POST`, as nobody.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, Some(body)).await
    }

    /// Any request, as nobody.
    pub async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let mut request = self.http.request(method, self.url(path));
        if let Some(body) = body {
            request = request.json(body);
        }
        Answer::read(request.send().await.expect("an answer")).await
    }
}

/// Settings that every scenario shares.
pub(crate) fn defaults(data_dir: PathBuf) -> Vec<(String, String)> {
    [
        (
            "TASKCHAT_DATA_DIR",
            data_dir.to_str().expect("a printable path"),
        ),
        ("TASKCHAT_LISTEN", "127.0.0.1:0"),
        ("TASKCHAT_MODEL__PROVIDER", "offline"),
        ("TASKCHAT_GRACE", "5s"),
        // Scenarios come from one address and in a hurry.
        ("TASKCHAT_LIMITS__SIGN_INS_PER_MINUTE", "0"),
        ("TASKCHAT_LIMITS__SIGN_UPS_PER_MINUTE", "0"),
        ("TASKCHAT_LIMITS__REQUESTS_PER_MINUTE", "0"),
        ("TASKCHAT_LIMITS__CONCURRENT_TURNS", "0"),
        ("TASKCHAT_LIMITS__CONCURRENT_REQUESTS", "0"),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .collect()
}

pub(crate) fn client() -> reqwest::Client {
    client_believing(None)
}

fn client_believing(certificates: Option<&Certificates>) -> reqwest::Client {
    let client = match certificates {
        Some(certificates) => {
            let authority = certificates.authority.as_bytes();
            let authority = reqwest::Certificate::from_pem(authority).expect("a certificate");
            reqwest::Client::builder().tls_certs_merge([authority])
        }
        None => reqwest::Client::builder(),
    };
    client
        .timeout(PATIENCE)
        .connect_timeout(Duration::from_secs(5))
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("an HTTP client")
}
