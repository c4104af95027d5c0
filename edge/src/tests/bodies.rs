//! Bodies of all sorts, and the headers around them.

use std::io;

use axum::body::Body;
use futures::stream;
use serde_json::json;

use super::{Setup, like_taskchat, print, request};
use crate::{Config, Options};

#[tokio::test]
async fn the_answer_may_be_one_field() {
    let setup = Setup::answering(like_taskchat(), &[r#"{"tags":["a"]}"#]);
    let answer = setup.ask("PUT /v1/items/5/tags []", &[]).await;
    assert_eq!(answer.text(), r#"["a"]"#);
    let setup = Setup::answering(Options::default(), &["{}"]);
    assert_eq!(setup.ask("GET /v1/items/5", &[]).await.text(), "null");
    assert_eq!(
        setup.ask("POST /v1/items/5:archive", &[]).await.text(),
        "{}"
    );
}

#[tokio::test]
async fn a_body_must_be_json_and_not_too_large() {
    let config = Config {
        body_limit: 100,
        ..Config::default()
    };
    let setup = Setup::echo(Options {
        config,
        ..like_taskchat()
    });
    let line = r#"POST /v1/items/5:archive {"reason":"r"}"#;
    for (content_type, status) in [
        ("application/json", 200),
        ("application/json; charset=utf-8", 200),
        ("Application/JSON;charset=\"UTF-8\"", 200),
        ("application/merge-patch+json", 200),
        ("application/json; charset=latin1", 415),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("", 415),
    ] {
        let answer = setup.ask(line, &[("content-type", content_type)]).await;
        assert_eq!(answer.status.as_u16(), status, "{content_type}");
    }
    // Nothing is of no type.
    let answer = setup
        .ask(
            "POST /v1/items/5:archive ",
            &[("content-type", "text/plain")],
        )
        .await;
    assert_eq!(answer.status, 200);

    let large = format!(
        r#"POST /v1/items/5:archive {{"reason":"{}"}}"#,
        "x".repeat(100)
    );
    let answer = setup.ask(&large, &[]).await;
    assert_eq!(answer.refusal(), "413 the body is larger than 100 bytes []");
    assert_eq!(answer.json()["code"], "RESOURCE_EXHAUSTED");
    let mut lying = request(&large, &[]);
    lying.headers_mut().remove("content-length");
    assert_eq!(setup.send(lying).await.status, 413);
}

#[tokio::test]
async fn a_body_says_which_fields_it_means() {
    let setup = Setup::echo(like_taskchat());
    let rows = [
        (
            r#"PATCH /v1/items/5 {"title":"t","madeAt":null}"#,
            json!("title,madeAt"),
        ),
        (r#"PUT /v1/items/5 {"made_at":null}"#, json!("madeAt")),
        (
            r#"PATCH /v1/items/5?update_mask=note {"title":"t"}"#,
            json!("note"),
        ),
        ("PATCH /v1/items/5 {}", json!(null)),
        ("PATCH /v1/items/5", json!(null)),
    ];
    for (line, expected) in rows {
        assert_eq!(setup.ask(line, &[]).await.status, 200, "{line}");
        assert_eq!(
            print(&setup.last().message)["updateMask"],
            expected,
            "{line}"
        );
    }
    let setup = Setup::echo(Options::default());
    setup.ask(r#"PUT /v1/items/5 {"title":"t"}"#, &[]).await;
    assert_eq!(print(&setup.last().message)["updateMask"], json!(null));
}

#[tokio::test]
async fn parameters_can_be_ignored_and_are_limited() {
    let ignored_parameters = vec!["key".to_owned()];
    let setup = Setup::echo(Options {
        ignored_parameters,
        ..like_taskchat()
    });
    assert_eq!(setup.ask("GET /v1/items?key=x", &[]).await.status, 200);
    let many = format!("GET /v1/items?{}", "numbers=1&".repeat(600));
    let answer = setup.ask(&many, &[]).await;
    assert_eq!(
        answer.refusal(),
        "422 query has more than 512 parameters [query]"
    );
}

#[tokio::test]
async fn headers_become_metadata() {
    let setup = Setup::echo(like_taskchat());
    let headers = [
        ("authorization", "Bearer x"),
        ("idempotency-key", "k"),
        ("x-taskchat-session", "cookie"),
        ("cookie", "a=b"),
        ("x-internal", "secret"),
        ("x-request-id", "req-1"),
        ("grpc-timeout", "5000000u"),
    ];
    let answer = setup.ask("GET /v1/items/5", &headers).await;
    assert_eq!(answer.header("x-request-id"), "req-1");
    let metadata = setup.last().metadata;
    for (name, value) in headers {
        let seen = metadata.get(name).map(|value| value.to_str().unwrap());
        assert_eq!(seen, (name != "x-internal").then_some(value), "{name}");
    }
    for name in ["grpc-timeout", "x-timeout"] {
        let answer = setup.ask("GET /v1/items/5", &[(name, "soon")]).await;
        assert_eq!(answer.status, 400, "{name}");
        assert!(
            answer
                .refusal()
                .starts_with(&format!("400 {name} must be "))
        );
    }
    setup.ask("GET /v1/items/5", &[("x-timeout", "1.5")]).await;
    assert_eq!(setup.last().metadata["grpc-timeout"], "1500000u");
}

#[tokio::test]
async fn a_raw_body_stays_raw() {
    let setup = Setup::echo(like_taskchat());
    let answer = setup
        .ask(
            "POST /v1/upload/n {not json",
            &[("content-type", "text/csv")],
        )
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let expected =
        json!({"name": "n", "file": {"contentType": "text/csv", "data": "e25vdCBqc29u"}});
    assert_eq!(print(&setup.last().message), expected);

    let setup = Setup::answering(
        like_taskchat(),
        &[r#"{"contentType":"text/csv","data":"YSxi"}"#],
    );
    let answer = setup.ask("GET /v1/download/n", &[]).await;
    assert_eq!(
        (answer.header("content-type"), answer.text()),
        ("text/csv", "a,b")
    );
}

#[tokio::test]
async fn a_raw_body_may_come_in_pieces() {
    let setup = Setup::echo(like_taskchat());
    let upload = |line: &str, pieces: Vec<Result<&'static [u8], io::Error>>| {
        let mut request = request(line, &[("content-type", "text/csv")]);
        *request.body_mut() = Body::from_stream(stream::iter(pieces));
        request
    };
    // As large as it likes: nobody keeps all of it.
    let large = vec![b'x'; 2 * 1024 * 1024].leak();
    let pieces = vec![Ok(&*large), Ok(b"".as_slice()), Ok(b"end".as_slice())];
    let answer = setup.send(upload("POST /v1/uploads/n", pieces)).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let seen = print(&setup.last().message);
    assert_eq!(
        (&seen["name"], &seen["file"]["contentType"]),
        (&json!("n"), &json!("text/csv"))
    );
    assert_eq!(
        seen["file"]["data"].as_str().unwrap().len(),
        (large.len() + 3).div_ceil(3) * 4
    );

    // Both ways, and nothing at all.
    let answer = setup
        .send(upload("POST /v1/turn", vec![Ok(b"a"), Ok(b"b")]))
        .await;
    assert_eq!(
        (answer.header("content-type"), answer.text()),
        ("text/csv", "ab")
    );
    let answer = setup.send(upload("POST /v1/turn", Vec::new())).await;
    assert_eq!((answer.status.as_u16(), answer.text()), (200, ""));

    // What breaks off is not taken for the whole.
    let calls = setup.calls();
    for line in ["POST /v1/uploads/n", "POST /v1/turn"] {
        let pieces = vec![Ok(b"a".as_slice()), Err(io::Error::other("gone"))];
        let answer = setup.send(upload(line, pieces)).await;
        assert_eq!(answer.refusal(), "400 the body ended too early []");
    }
    assert_eq!(setup.calls(), calls);
}

#[tokio::test]
async fn raw_pieces_may_be_a_field_of_what_is_streamed() {
    let pieces: &[&str] = &[
        r#"{"number":1,"file":{"contentType":"text/csv","data":"YSxi"}}"#,
        r#"{"number":2,"file":{"data":"Cg=="}}"#,
        r#"{"number":3}"#,
    ];
    let setup = Setup::answering(like_taskchat(), pieces);
    let answer = setup.ask("GET /v1/pieces/n", &[]).await;
    assert_eq!(
        (answer.header("content-type"), answer.text()),
        ("text/csv", "a,b\n")
    );
}
