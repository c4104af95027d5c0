//! Problems turned back into the statuses that they came from.

use std::sync::{
    Arc, LazyLock,
    atomic::{AtomicU64, Ordering},
};

use prost::Message as _;
use prost_reflect::DescriptorPool;
use rand::{Rng as _, seq::IndexedRandom as _};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use super::{POOL, SHAPES, Setup, like_taskchat, wire::maker::Maker};
use crate::{JsonStyle, Options, Problems, json::Plans};

const TYPES: [&str; 13] = [
    "google.rpc.BadRequest",
    "google.rpc.DebugInfo",
    "google.rpc.ErrorInfo",
    "google.rpc.Help",
    "google.rpc.LocalizedMessage",
    "google.rpc.PreconditionFailure",
    "google.rpc.QuotaFailure",
    "google.rpc.RequestInfo",
    "google.rpc.ResourceInfo",
    "google.rpc.RetryInfo",
    "google.protobuf.Duration",
    "shapes.v1.Oops",
    "no.such.Type",
];

/// A status with details that somebody might send.
fn status(seed: u64) -> Status {
    let mut maker = Maker::new(seed, 80);
    let code = Code::from_i32(maker.random.random_range(1..=16));
    let message = *["", "Task not found", "ünser \"Text\"\n"]
        .choose(&mut maker.random)
        .unwrap();
    let mut details = Vec::new();
    for _ in 0..maker.random.random_range(0..5) {
        let name = *TYPES.choose(&mut maker.random).unwrap();
        let mut value = Vec::new();
        if let Some(descriptor) = DETAILED.get_message_by_name(name) {
            maker.inside(&descriptor, &mut value);
        }
        let type_url = format!("type.googleapis.com/{name}");
        details.push(prost_types::Any { type_url, value });
    }
    let whole = tonic_types::Status {
        code: code.into(),
        message: message.to_owned(),
        details,
    };
    Status::with_details(code, message, whole.encode_to_vec().into())
}

static DETAILED: LazyLock<DescriptorPool> = LazyLock::new(|| {
    let mut pool = POOL.clone();
    crate::add_error_details(&mut pool);
    pool
});

static PLANS: LazyLock<Plans> = LazyLock::new(|| Plans::new(&DETAILED, &JsonStyle::default()));

/// Code, message and details of a status, the details as JSON.
fn outline(status: &Status) -> (Code, String, Vec<(String, String)>) {
    let whole = tonic_types::Status::decode(status.details()).unwrap();
    let details = whole.details.into_iter().filter_map(|any| {
        let plan = PLANS.by_name(any.type_url.rsplit('/').next()?)?;
        let json = String::from_utf8(PLANS.write(plan, &any.value).ok()?).unwrap();
        (!any.type_url.ends_with("DebugInfo")).then_some((any.type_url, json))
    });
    (
        status.code(),
        status.message().to_owned(),
        details.collect(),
    )
}

#[tokio::test]
async fn a_status_comes_back_as_it_went() {
    let mut detailed = 0;
    for options in [Options::default(), like_taskchat()] {
        let problems = Problems::new(&SHAPES, options.json).unwrap();
        let next = Arc::new(AtomicU64::new(0));
        let seed = Arc::clone(&next);
        let setup = Setup::failing(options, move || status(seed.load(Ordering::SeqCst)));
        for seed in 0..150 {
            next.store(seed, Ordering::SeqCst);
            let answer = setup.ask("GET /v1/items/5", &[]).await;
            let back = problems.status(&answer.body).unwrap();
            let mut expected = outline(&status(seed));
            if matches!(expected.0, Code::Internal | Code::Unknown | Code::DataLoss) {
                // Kept to ourselves.
                expected.1.clear();
            }
            detailed += expected.2.len();
            assert_eq!(outline(&back), expected, "seed {seed}: {}", answer.text());
        }
    }
    assert!(detailed > 100, "only {detailed} details");
}

#[tokio::test]
async fn what_the_edge_finds_wrong_is_a_bad_request() {
    let setup = Setup::echo(like_taskchat());
    let answer = setup.ask("GET /v1/items?nope=1", &[]).await;
    let problems = Problems::new(&SHAPES, like_taskchat().json).unwrap();
    let status = problems.status(&answer.body).unwrap();
    assert_eq!(status.code(), Code::InvalidArgument);
    assert_eq!(status.message(), "nope is not a known parameter");
    let violations = status.get_details_bad_request().unwrap().field_violations;
    assert_eq!(
        (
            violations[0].field.as_str(),
            violations[0].description.as_str()
        ),
        ("nope", "is not a known parameter")
    );
    let answer = setup.ask("GET /v1/nothing", &[]).await;
    let status = problems.status(&answer.body).unwrap();
    assert_eq!(
        (status.code(), status.details()),
        (Code::NotFound, &b""[..])
    );
}

#[test]
fn what_is_no_problem_is_refused() {
    let problems = Problems::new(&SHAPES, JsonStyle::default()).unwrap();
    for text in [
        "",
        "nonsense",
        "[]",
        "{}",
        r#"{"code":5}"#,
        r#"{"code":"OK"}"#,
        r#"{"code":"SO_SO"}"#,
    ] {
        assert!(problems.status(text.as_bytes()).is_err(), "{text}");
    }
    let unknown = br#"{"code":"NOT_FOUND","detail":"d","details":[{"@type":"x/no.Such"},7]}"#;
    let status = problems.status(unknown).unwrap();
    assert_eq!((status.message(), status.details()), ("d", &b""[..]));
    assert!(Problems::new(b"nonsense", JsonStyle::default()).is_err());
}
