//! The data: requests, and the differences they are allowed to show.

use std::{collections::BTreeMap, fs, path::PathBuf};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, header::CONTENT_TYPE};
use http_body_util::Full;

/// A request of `requests.txt`.
#[derive(Debug)]
pub(crate) struct Case {
    /// Its name.
    pub(crate) id: String,
    /// Method, target and body, as written.
    pub(crate) line: String,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Case {
    /// The request; a body is JSON unless the headers say otherwise.
    pub(crate) fn request(&self) -> Request<Full<Bytes>> {
        let mut parts = self.line.splitn(3, ' ');
        let mut next = || parts.next().unwrap_or_default().to_owned();
        let (method, target, body) = (next(), next(), next());
        let mut request = Request::builder().method(method.as_str()).uri(target);
        if !body.is_empty() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        let body = Full::from(body);
        let mut request = request
            .body(body)
            .unwrap_or_else(|error| panic!("{}: {error}", self.id));
        for (name, value) in &self.headers {
            request.headers_mut().insert(name, value.clone());
        }
        request
    }

    /// Whether streams are wanted as server-sent events.
    pub(crate) fn wants_events(&self) -> bool {
        let mut headers = self.headers.iter();
        headers.any(|(name, value)| name == "accept" && value == "text/event-stream")
    }
}

/// One way in which the two are allowed to differ.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Difference {
    /// What Envoy does.
    pub(crate) envoy: String,
    /// What we do, and why.
    pub(crate) here: String,
    /// The requests that show it: `Envoy's outcome => ours`.
    #[serde(default)]
    pub(crate) requests: BTreeMap<String, String>,
}

/// All requests, in order.
pub(crate) fn requests() -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for line in file("envoy/requests.txt").lines() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(header) = line.strip_prefix("    ") {
            let (name, value) = header.split_once(": ").expect("a header has ': '");
            let name = name.parse().expect("a name of a header");
            let value = value.parse().expect("the value of a header");
            let case = cases.last_mut().expect("a header follows a request");
            case.headers.push((name, value));
            continue;
        }
        let (id, line) = line.split_once(": ").expect("a request has an id");
        let known = cases.iter().any(|case| case.id == id);
        assert!(!known, "two requests are called {id}");
        cases.push(Case {
            id: id.to_owned(),
            line: line.to_owned(),
            headers: Vec::new(),
        });
    }
    cases
}

/// All differences, by id.
pub(crate) fn differences() -> BTreeMap<String, Difference> {
    toml::from_str(&file("envoy/differences.toml")).unwrap_or_else(|error| panic!("{error}"))
}

/// The rows of the table that `edge/README.md` has under "Differences from Envoy".
pub(crate) fn told() -> Vec<String> {
    let text = file("../../edge/README.md");
    let section = text.split("Differences from Envoy").nth(1);
    let rows = section.unwrap_or_default().lines().skip(1);
    rows.take_while(|line| !line.starts_with('#'))
        .filter(|line| line.starts_with("| `"))
        .map(str::to_owned)
        .collect()
}

fn file(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
