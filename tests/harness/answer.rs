//! An HTTP answer, and what every refusal has to look like.

use http::HeaderMap;
use serde_json::Value;

/// What must never be in an answer: traces of how we are made, or of what went wrong inside.
const INSIDES: [&str; 14] = [
    "sqlx",
    "sqlite",
    "sea_orm",
    "sea-orm",
    "SELECT ",
    "INSERT ",
    "UPDATE \"",
    "panicked",
    "RUST_BACKTRACE",
    ".rs:",
    "argon2",
    "password_hash",
    "constraint",
    "refused by trigger",
];

/// A whole answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub text: String,
}

impl Answer {
    /// Reads a response to its end.
    pub async fn read(response: reqwest::Response) -> Self {
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let text = response.text().await.expect("a readable body");
        let answer = Self {
            status,
            headers,
            text,
        };
        answer.shows_no_insides();
        answer
    }

    /// One header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text)
            .unwrap_or_else(|error| panic!("not JSON ({error}): {} {}", self.status, self.text))
    }

    /// A success: status 200 and JSON.
    #[track_caller]
    pub fn ok(&self) -> Value {
        assert_eq!(self.status, 200, "{}", self.text);
        self.json()
    }

    /// A refusal as RFC 9457 has it, with this status.
    #[track_caller]
    pub fn refused(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        assert!(
            self.header("content-type")
                .is_some_and(|kind| kind.starts_with("application/problem+json")),
            "content type {:?} of {}",
            self.header("content-type"),
            self.text
        );
        let problem = self.json();
        for member in ["type", "title", "detail", "code", "request_id"] {
            assert!(problem[member].is_string(), "no {member} in {problem}");
        }
        assert_eq!(problem["status"], status, "{problem}");
        assert_eq!(
            problem["request_id"].as_str(),
            self.header("x-request-id"),
            "{problem}"
        );
        if status == 401 {
            let challenge = self.header("www-authenticate").unwrap_or_default();
            assert!(
                challenge.starts_with("Bearer"),
                "WWW-Authenticate: {challenge:?}"
            );
        }
        problem
    }

    /// A refusal with this status and `detail`.
    #[track_caller]
    pub fn refused_with(&self, status: u16, detail: &str) -> Value {
        let problem = self.refused(status);
        assert_eq!(problem["detail"], detail, "{problem}");
        problem
    }

    /// A 422 that names this field.
    #[track_caller]
    pub fn names(&self, field: &str) -> Value {
        let problem = self.refused(422);
        let named = problem["errors"]
            .as_array()
            .into_iter()
            .flatten()
            .any(|error| error["field"] == field && error["message"].is_string());
        assert!(named, "{field} is not named in {problem}");
        problem
    }

    /// What two refusals must share to be "the same": everything but the request's own id.
    #[track_caller]
    pub fn without_request_id(&self) -> (u16, Value) {
        let mut problem = self.json();
        if let Some(members) = problem.as_object_mut() {
            members.remove("request_id");
            members.remove("instance");
        }
        (self.status, problem)
    }

    #[track_caller]
    fn shows_no_insides(&self) {
        // The page and the API description speak freely.
        let is_ours = self
            .header("content-type")
            .is_some_and(|kind| kind.contains("json") || kind.starts_with("text/plain"));
        if self.status < 400 || !is_ours {
            return;
        }
        for inside in INSIDES {
            assert!(
                !self.text.contains(inside),
                "the answer shows {inside:?}: {} {}",
                self.status,
                self.text
            );
        }
    }
}
