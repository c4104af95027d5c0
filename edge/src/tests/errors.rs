//! What refusals of the service look like in HTTP.

use std::time::Duration;

use serde_json::json;
use tonic::{Code, Status, metadata::MetadataMap};
use tonic_types::{ErrorDetails, StatusExt};

use super::{POOL, Setup, like_taskchat, message, parse};
use crate::{Guard, Incoming, Options};

#[tokio::test]
async fn codes_have_their_statuses() {
    let rows = [
        (Code::Cancelled, 499, "why"),
        (Code::Unknown, 500, "something went wrong on our side"),
        (Code::InvalidArgument, 422, "why"),
        (Code::DeadlineExceeded, 504, "why"),
        (Code::NotFound, 404, "why"),
        (Code::AlreadyExists, 409, "why"),
        (Code::PermissionDenied, 403, "why"),
        (Code::ResourceExhausted, 429, "why"),
        (Code::FailedPrecondition, 409, "why"),
        (Code::Aborted, 409, "why"),
        (Code::OutOfRange, 400, "why"),
        (Code::Unimplemented, 501, "why"),
        (Code::Internal, 500, "something went wrong on our side"),
        (Code::Unavailable, 503, "why"),
        (Code::DataLoss, 500, "something went wrong on our side"),
        (Code::Unauthenticated, 401, "why"),
    ];
    for (code, status, detail) in rows {
        let setup = Setup::failing(like_taskchat(), move || Status::new(code, "why"));
        let answer = setup
            .ask("GET /v1/items/5", &[("x-request-id", "r1")])
            .await;
        assert_eq!(answer.status.as_u16(), status, "{code:?}");
        let body = answer.json();
        assert_eq!(body["status"], status);
        assert_eq!(body["detail"], detail, "{code:?}");
        assert_eq!(body["code"], crate::problem::code_name(code));
        assert_eq!(body["request_id"], "r1");
        assert_eq!(answer.header("cache-control"), "no-store");
    }
}

#[tokio::test]
async fn a_problem_is_whole() {
    let setup = Setup::failing(like_taskchat(), || {
        Status::unauthenticated("Not authenticated")
    });
    let answer = setup
        .ask("GET /v1/items/5", &[("x-request-id", "r1")])
        .await;
    assert_eq!(answer.header("www-authenticate"), "Bearer");
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert_eq!(
        answer.text(),
        r#"{"type":"about:blank","title":"Unauthorized","status":401,"detail":"Not authenticated","code":"UNAUTHENTICATED","request_id":"r1"}"#
    );
}

#[tokio::test]
async fn details_become_members() {
    let details = || {
        let mut details = ErrorDetails::new();
        details
            .add_bad_request_violation("message", "field is required")
            .set_retry_info(Some(Duration::from_millis(2500)))
            .set_error_info(
                "TOO_FAST",
                "taskchat",
                [("limit".to_owned(), "3".to_owned())],
            )
            .set_debug_info(vec!["main.rs:1".to_owned()], "secret");
        Status::with_error_details(Code::InvalidArgument, "message field is required", details)
    };
    let reasons = [("TOO_FAST".to_owned(), http::StatusCode::IM_A_TEAPOT)].into();
    let setup = Setup::failing(
        Options {
            reasons,
            ..like_taskchat()
        },
        details,
    );
    let answer = setup
        .ask("GET /v1/items/5", &[("x-request-id", "r1")])
        .await;
    assert_eq!(answer.header("retry-after"), "3");
    assert_eq!(
        answer.json(),
        json!({
            "type": "about:blank", "title": "I'm a teapot", "status": 418,
            "detail": "message field is required", "code": "INVALID_ARGUMENT", "request_id": "r1",
            "errors": [{"field": "message", "message": "field is required"}],
            "retry_delay": "2.500s",
            "reason": "TOO_FAST", "domain": "taskchat", "metadata": {"limit": "3"},
            "details": [
                {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retry_delay": "2.500s"},
                {
                    "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                    "reason": "TOO_FAST", "domain": "taskchat", "metadata": {"limit": "3"},
                },
                {
                    "@type": "type.googleapis.com/google.rpc.BadRequest",
                    "field_violations": [{
                        "field": "message", "description": "field is required",
                        "reason": "", "localized_message": null,
                    }],
                },
            ],
        })
    );
}

#[tokio::test]
async fn own_details_become_members_and_unknown_ones_are_dropped() {
    use prost::Message;
    let status = || {
        let oops = parse(
            &message("Oops"),
            r#"{"code":"MINE","turnId":"t1","happened":["a"]}"#,
        );
        let any = |name: &str, value: Vec<u8>| prost_types::Any {
            type_url: format!("type.googleapis.com/{name}"),
            value,
        };
        let rpc_status = tonic_types::Status {
            code: 14,
            message: String::new(),
            details: vec![
                any("no.Such", vec![1, 2, 3]),
                any("shapes.v1.Item", vec![0xff]),
                any("shapes.v1.Oops", oops.encode_to_vec()),
            ],
        };
        Status::with_details(Code::Unavailable, "gone", rpc_status.encode_to_vec().into())
    };
    let setup = Setup::failing(like_taskchat(), status);
    let body = setup.ask("GET /v1/items/5", &[]).await.json();
    assert_eq!(body["code"], "UNAVAILABLE");
    assert_eq!(body["turn_id"], "t1");
    assert_eq!(body["happened"], json!(["a"]));
    assert!(POOL.get_message_by_name("no.Such").is_none());
}

#[tokio::test]
async fn metadata_of_a_status_goes_out() {
    let setup = Setup::failing(like_taskchat(), || {
        let mut metadata = MetadataMap::new();
        metadata.insert(
            "www-authenticate",
            "Bearer error=\"invalid_token\"".parse().unwrap(),
        );
        metadata.insert("set-cookie", "a=; Max-Age=0".parse().unwrap());
        Status::with_metadata(Code::Unauthenticated, "no", metadata)
    });
    let answer = setup.ask("GET /v1/items/5", &[]).await;
    assert_eq!(
        answer.header("www-authenticate"),
        "Bearer error=\"invalid_token\""
    );
    assert_eq!(answer.header("set-cookie"), "a=; Max-Age=0");
    assert_eq!(answer.header("grpc-status"), "");
}

#[tokio::test]
async fn a_service_that_never_answers_is_given_up() {
    let setup = Setup::answering(like_taskchat(), &[]);
    let answer = setup
        .ask("GET /v1/items/5", &[("grpc-timeout", "20m")])
        .await;
    assert_eq!(answer.refusal(), "504 this took too long []");
    let mut options = like_taskchat();
    options.config.unary_timeout = Duration::from_millis(20);
    let setup = Setup::answering(options, &[]);
    let answer = setup
        .ask("GET /v1/items/5", &[("grpc-timeout", "1H")])
        .await;
    assert_eq!(answer.refusal(), "504 this took too long []");
}

#[tokio::test]
async fn a_bug_is_still_an_answer() {
    let setup = Setup::new(like_taskchat(), |_, _| panic!("a bug"));
    let answer = setup
        .ask("GET /v1/items/5", &[("x-request-id", "r1")])
        .await;
    assert_eq!(answer.refusal(), "500 something went wrong on our side []");
    assert_eq!(answer.header("x-request-id"), "r1");
    assert_eq!(answer.json()["request_id"], "r1");
}

/// Wants a header-less token in the extensions, and the path to name its owner.
struct Door;

impl Guard for Door {
    fn check(&self, call: &Incoming<'_>) -> Result<(), Status> {
        match call.extensions.get::<&'static str>() {
            _ if call.is_public => Ok(()),
            None => Err(Status::unauthenticated("Not authenticated")),
            Some(user) => match call.path_value("user_id") {
                Some(other) if other != *user => Err(Status::permission_denied("User ID mismatch")),
                _ => Ok(()),
            },
        }
    }
}

#[tokio::test]
async fn checks_come_in_order() {
    let options = Options {
        guard: Some(std::sync::Arc::new(Door)),
        public_option: Some("shapes.v1.open".to_owned()),
        ..like_taskchat()
    };
    let setup = Setup::echo(options);
    let ask = async |line: &str, user: Option<&'static str>| {
        let mut request = super::request(line, &[]);
        if let Some(user) = user {
            request.extensions_mut().insert(user);
        }
        setup.send(request).await
    };
    // Token, then path, then syntax, then fields.
    let everything_wrong = "GET /v1/users/u2/items/5?nope=1";
    assert_eq!(
        ask(everything_wrong, None).await.refusal(),
        "401 Not authenticated []"
    );
    assert_eq!(
        ask(everything_wrong, Some("u1")).await.refusal(),
        "403 User ID mismatch []"
    );
    let answer = ask(everything_wrong, Some("u2")).await;
    assert_eq!(answer.refusal(), "422 nope is not a known parameter [nope]");
    let answer = ask("POST /v1/items/5:archive {nonsense", None).await;
    assert_eq!(answer.refusal(), "401 Not authenticated []");
    // A path that is not there, or not with this method, is nobody's.
    assert_eq!(ask("GET /v1/nothing", None).await.status, 404);
    // Public methods ask nobody.
    assert_eq!(ask("POST /v1/everything {}", None).await.status, 200);
    assert_eq!(setup.calls(), 1);
}
