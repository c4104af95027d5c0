//! The rules in the comments of `google/api/http.proto`, each with requests that show it, and the rows
//! of four transcoders compared. What has a table of its own elsewhere is here only once.

use serde_json::{Value, json};

use super::{Setup, print};
use crate::Options;

/// What the service is told, or else the status.
async fn outcome(setup: &Setup, line: &str) -> Value {
    let before = setup.calls();
    let answer = setup.ask(line, &[]).await;
    match setup.calls() > before {
        true => print(&setup.last().message),
        false => json!(answer.status.as_u16()),
    }
}

#[tokio::test]
async fn what_http_proto_says_holds() {
    let setup = Setup::echo(Options::default());
    let item = |id: &str| json!({ "id": id });
    let name = |name: &str| json!({ "name": name });
    let rules: Vec<(&str, Vec<(&str, Value)>)> = vec![
        (
            "Any fields in the request message which are not bound by the path template \
             automatically become HTTP query parameters if there is no HTTP request body.",
            vec![(
                "GET /v1/items/5?revision=2&reason=x",
                json!({"id": "5", "revision": "2", "reason": "x"}),
            )],
        ),
        (
            "each field of the message is mapped to a separate parameter, such as ?foo.a=A&foo.b=B",
            vec![
                (
                    "GET /v1/items?page.size=2&page.token=t",
                    json!({"page": {"size": 2, "token": "t"}}),
                ),
                ("GET /v1/items?page=2", json!(400)),
            ],
        ),
        (
            "fields which are mapped to URL query parameters must have a primitive type or a repeated \
             primitive type or a non-repeated message type",
            vec![
                (
                    "GET /v1/items?numbers=1&numbers=2",
                    json!({"numbers": ["1", "2"]}),
                ),
                ("GET /v1/items?items.id=1", json!(400)),
                ("GET /v1/items?labels.a=1", json!(400)),
            ],
        ),
        (
            "the representation of the JSON in the request body is determined by protos JSON encoding",
            vec![(
                r#"PATCH /v1/items/5 {"title":"t","color":"COLOR_RED","madeAt":"1970-01-01T00:00:00Z"}"#,
                json!({
                    "item": {"id": "5", "title": "t", "color": "COLOR_RED", "madeAt": "1970-01-01T00:00:00Z"},
                    "updateMask": "title,color,madeAt",
                }),
            )],
        ),
        (
            "The special name * can be used in the body mapping to define that every field not bound \
             by the path template should be mapped to the request body.",
            vec![(
                r#"POST /v1/items/5:archive {"reason":"r","revision":"1"}"#,
                json!({"id": "5", "reason": "r", "revision": "1"}),
            )],
        ),
        (
            "when using * in the body mapping, it is not possible to have HTTP parameters",
            vec![("POST /v1/items/5:archive?reason=r {}", json!(400))],
        ),
        (
            "It is possible to define multiple HTTP methods for one RPC by using the \
             additional_bindings option.",
            vec![
                (
                    "GET /v1/users/me/items/5",
                    json!({"id": "5", "userId": "me"}),
                ),
                (
                    r#"PUT /v1/items/5 {"title":"t"}"#,
                    json!({"item": {"id": "5", "title": "t"}}),
                ),
            ],
        ),
        (
            "If HttpRule.body is omitted, there is no HTTP request body",
            vec![
                (
                    "PURGE /v1/items/5?reason=r",
                    json!({"id": "5", "reason": "r"}),
                ),
                (r#"PURGE /v1/items/5 {"reason":"r"}"#, item("5")),
            ],
        ),
        (
            "The syntax * matches a single URL path segment.",
            vec![
                ("GET /v1/items/5", item("5")),
                ("GET /v1/users//items/5", json!(404)),
                ("GET /v1/items/5/6", json!(404)),
            ],
        ),
        (
            "The syntax ** matches zero or more URL path segments, which must be the last part of the \
             URL path except the Verb.",
            vec![
                ("GET /v1/files:cat", name("files")),
                ("GET /v1/files/a:cat", name("files/a")),
                ("GET /v1/files/a/b/c:cat", name("files/a/b/c")),
                ("GET /v1/files/a/b/c", json!(404)),
            ],
        ),
        (
            "If the LITERAL contains any reserved character, such characters should be \
             percent-encoded before the matching.",
            vec![
                ("GET /v1/%69tems/5", item("5")),
                ("POST /v1/items/5:%61rchive", item("5")),
            ],
        ),
        (
            "If a variable contains exactly one path segment [...] the server side does the reverse \
             decoding.",
            vec![
                ("GET /v1/items/a%2Fb%3Ac%3Fd", item("a/b:c?d")),
                ("GET /v1/items/-_.~", item("-_.~")),
                ("GET /v1/items/%E2%98%83", item("☃")),
            ],
        ),
        (
            "If a variable contains multiple path segments [...] the server side does the reverse \
             decoding, except %2F and %2f are left unchanged.",
            vec![
                (
                    "GET /v1/conversations/a%2Fb/messages/c%2fd%3F",
                    name("conversations/a%2Fb/messages/c%2fd?"),
                ),
                ("GET /v1/files/a%2Fb/%E2%98%83:cat", name("files/a%2Fb/☃")),
            ],
        ),
        (
            "The path variables must not capture the leading / character.",
            vec![(
                "GET /v1/conversations/1/messages/2",
                name("conversations/1/messages/2"),
            )],
        ),
        (
            "[custom] The custom pattern is used for specifying an HTTP method that is not included in \
             the pattern field, such as HEAD, or * to leave the HTTP method unspecified for this rule.",
            vec![
                ("PURGE /v1/items/5", item("5")),
                ("POST /v1/whatever/5", item("5")),
                ("ANYTHING /v1/whatever/5", item("5")),
            ],
        ),
    ];
    for (rule, rows) in rules {
        for (line, expected) in rows {
            assert_eq!(outcome(&setup, line).await, expected, "{line}: {rule}");
        }
    }
}

#[tokio::test]
async fn what_four_transcoders_do_not_agree_on() {
    let setup = Setup::echo(Options::default());
    let rows = [
        ("GET /v1/items/1?id=2", json!(400)),
        (r#"POST /v1/items/5:archive {"id":"9"}"#, json!(400)),
        // The path is known, only with GET, so it is not 404.
        ("POST /v1/items/5%3Aarchive", json!(405)),
        ("GET /v1/items?unknown=1", json!(400)),
        (r#"POST /v1/items/5:archive {"unknown":1}"#, json!(400)),
        (
            r#"POST /v1/items/5:archive {"reason":"a","reason":"b"}"#,
            json!(400),
        ),
        (
            r#"POST /v1/items/5:archive {"reason":null}"#,
            json!({"id": "5"}),
        ),
        (r#"POST /v1/items/5:archive {"reason":"#, json!(400)),
        ("POST /v1/items/5:archive", json!({"id": "5"})),
        (
            "GET /v1/items?mask=parentName,page.size",
            json!({"mask": "parentName,page.size"}),
        ),
        ("GET /v1/items?room=a&shelf=b", json!(400)),
        (
            "GET /v1/conversations/7%2F1/messages/a%20b",
            json!({"name": "conversations/7%2F1/messages/a b"}),
        ),
        ("GET /v1/conversations/7", json!(404)),
        ("DELETE /v1/items/5", json!(405)),
        ("HEAD /v1/items/5", json!({"id": "5"})),
        ("OPTIONS /v1/items/5", json!(204)),
    ];
    for (line, expected) in rows {
        assert_eq!(outcome(&setup, line).await, expected, "{line}");
    }
    // A response_body that is not set; errors and streams are in `errors.rs` and `streams.rs`.
    assert_eq!(setup.ask("GET /v1/items/5", &[]).await.text(), "null");
}
