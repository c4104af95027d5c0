//! What is found at start-up.

use protox::file::{
    ChainFileResolver, File, FileResolver, GoogleFileResolver, IncludeFileResolver,
};

use crate::{Options, here, router};

/// Serves `test.proto` from memory and the rest from the contract's folder.
struct Source(String);

impl FileResolver for Source {
    fn open_file(&self, name: &str) -> Result<File, protox::Error> {
        match name {
            "test.proto" => File::from_source(name, &self.0),
            _ => Err(protox::Error::file_not_found(name)),
        }
    }
}

/// What starting with these RPCs fails with; empty when it works.
fn start(rpcs: &str) -> String {
    start_with(rpcs, Options::default())
}

fn start_with(rpcs: &str, options: Options) -> String {
    let source = format!(
        r#"syntax = "proto3"; package t; import "google/api/annotations.proto";
        import "google/protobuf/wrappers.proto";
        message M {{ string a = 1; M m = 2; repeated string r = 3; map<string, string> k = 4; int32 n = 5;
            oneof o {{ string p = 6; string q = 7; }} google.protobuf.Int64Value w = 8; }}
        service S {{ {rpcs} }}"#
    );
    let mut resolver = ChainFileResolver::new();
    resolver.add(Source(source));
    resolver.add(IncludeFileResolver::new(
        concat!(env!("CARGO_MANIFEST_DIR"), "/../proto").into(),
    ));
    resolver.add(GoogleFileResolver::new());
    let mut compiler = protox::Compiler::with_file_resolver(resolver);
    compiler.include_imports(true);
    compiler.open_file("test.proto").unwrap();
    let set = compiler.encode_file_descriptor_set();
    match router(here(axum::Router::new()), &set, options) {
        Ok(_) => String::new(),
        Err(error) => error.to_string(),
    }
}

fn rpc(name: &str, rule: &str) -> String {
    format!("rpc {name}(M) returns (M) {{ option (google.api.http) = {{ {rule} }}; }}")
}

#[test]
fn bad_annotations_are_found_at_the_start() {
    let rows = [
        (r#"get: "/a/{a}/{m.a}/{n}""#, ""),
        (r#"post: "/a/{m.a}" body: "m""#, ""),
        (r#"get: "a""#, "t.S.X: the template a must begin with '/'"),
        (
            r#"get: "/a/{b}""#,
            "t.S.X: path variable 'b' is not a field of t.M",
        ),
        (
            r#"get: "/a/{a.b}""#,
            "t.S.X: path variable 'a.b' goes through a field that is no message",
        ),
        (r#"get: "/a/{r}""#, "t.S.X: path variable 'r' is repeated"),
        (r#"get: "/a/{k}""#, "t.S.X: path variable 'k' is repeated"),
        (r#"get: "/a/{m}""#, "t.S.X: path variable 'm' is a message"),
        (
            r#"post: "/a" body: "b""#,
            "t.S.X: body 'b' is not a field of t.M",
        ),
        (
            r#"post: "/a" body: "m.a""#,
            "t.S.X: body 'm.a' is not a field of t.M",
        ),
        (
            r#"post: "/a/{a}" body: "a""#,
            "t.S.X: 'a' is bound by both path and body",
        ),
        (
            r#"get: "/a" response_body: "b""#,
            "t.S.X: response_body 'b' is not a field of t.M",
        ),
        (r#"body: "*""#, "t.S.X: the rule has no pattern"),
        (
            r#"custom { kind: "NO WAY" path: "/a" }"#,
            "t.S.X: \"NO WAY\" is not an HTTP method",
        ),
        (
            r#"get: "/a" additional_bindings { get: "/b" additional_bindings { get: "/c" } }"#,
            "t.S.X: additional_bindings inside additional_bindings",
        ),
        (
            r#"get: "/a" additional_bindings { get: "/a" }"#,
            "t.S.X and t.S.X are both bound to GET /a",
        ),
    ];
    for (rule, expected) in rows {
        assert_eq!(start(&rpc("X", rule)), expected, "{rule}");
    }
}

#[test]
fn rival_rpcs_are_both_named() {
    let rpcs = [rpc("X", r#"get: "/a/{a}""#), rpc("Y", r#"get: "/a/{n=*}""#)].concat();
    assert_eq!(
        start(&rpcs),
        "t.S.X and t.S.Y are both bound to GET /a/{n=*}"
    );
}

#[test]
fn client_streams_are_refused() {
    let rpcs =
        r#"rpc X(stream M) returns (M) { option (google.api.http) = { post: "/a" body: "*" }; }"#;
    assert_eq!(
        start(rpcs),
        "t.S.X: a client stream can be mapped to HTTP only as google.api.HttpBody"
    );
}

#[test]
fn what_resumes_a_stream_is_one_value_and_not_of_the_path() {
    let rows = [
        ("a", "/x", ""),
        ("n", "/x/{a}", ""),
        ("w", "/x", ""),
        ("missing", "/x", ""),
        ("q", "/x/{a}", ""),
        (
            "r",
            "/x",
            "t.S.X: last-event-id cannot set 'r', which is not one value",
        ),
        (
            "k",
            "/x",
            "t.S.X: last-event-id cannot set 'k', which is not one value",
        ),
        (
            "m",
            "/x",
            "t.S.X: last-event-id cannot set 'm', which is not one value",
        ),
        (
            "a",
            "/x/{a}",
            "t.S.X: 'a' is bound by both path and last-event-id",
        ),
        (
            "q",
            "/x/{p}",
            "t.S.X: 'q' is bound by both path and last-event-id",
        ),
    ];
    for (field, path, expected) in rows {
        let options = Options {
            resume_field: Some(field.to_owned()),
            ..Options::default()
        };
        let rule = format!("option (google.api.http) = {{ get: \"{path}\" }};");
        let stream = format!("rpc X(M) returns (stream M) {{ {rule} }}");
        assert_eq!(
            start_with(&stream, options.clone()),
            expected,
            "{field} {path}"
        );
        // Without a stream there is nothing to resume.
        let unary = format!("rpc X(M) returns (M) {{ {rule} }}");
        assert_eq!(start_with(&unary, options), "", "{field} {path}");
    }
}

#[test]
fn the_public_option_must_be_one() {
    for option in ["shapes.v1.closed", "google.api.http"] {
        let options = Options {
            public_option: Some(option.to_owned()),
            ..Options::default()
        };
        let error = router(here(axum::Router::new()), &super::SHAPES, options).unwrap_err();
        assert!(error.to_string().contains(option), "{error}");
    }
}
