//! How path, query and body become the message that the service sees.

use serde_json::json;

use super::{Setup, like_taskchat, print};
use crate::Options;

#[tokio::test]
async fn path_query_and_body_make_a_message() {
    let setup = Setup::echo(like_taskchat());
    let rows = [
        ("GET /v1/items/5", json!({"id": "5"})),
        ("GET /v1/items/5/", json!({"id": "5"})),
        ("GET /v1/items/a%2Fb%20c%C3%BC", json!({"id": "a/b cü"})),
        (
            "GET /v1/items/5?reason=a+b%2Bc&revision=9007199254740993",
            json!({"id": "5", "reason": "a b+c", "revision": "9007199254740993"}),
        ),
        (
            "GET /v1/users/u/items/5?reason=",
            json!({"id": "5", "userId": "u"}),
        ),
        ("GET /v1/items/5?id=5", json!({"id": "5"})),
        (
            "GET /v1/items/5?&&reason=x&",
            json!({"id": "5", "reason": "x"}),
        ),
        ("POST /v1/items/5:archive", json!({"id": "5"})),
        ("POST /v1/items/5:archive {}", json!({"id": "5"})),
        (
            r#"POST /v1/items/5:archive {"reason":"r","userId":"u"}"#,
            json!({"id": "5", "reason": "r", "userId": "u"}),
        ),
        (r#"POST /v1/items/5:archive {"id":"5"}"#, json!({"id": "5"})),
        (
            r#"POST /v1/items/5:archive {"id":null,"reason":null}"#,
            json!({"id": "5"}),
        ),
        ("POST /v1/items/5:archive  \n ", json!({"id": "5"})),
        (
            r#"POST /v1/shelves/s1/items {"title":"t"}"#,
            json!({"parent": "shelves/s1", "item": {"title": "t"}}),
        ),
        (
            r#"POST /v1/shelves/s1/items?dry=true {"title":"t"}"#,
            json!({"parent": "shelves/s1", "item": {"title": "t"}, "dry": true}),
        ),
        ("POST /v1/shelves/s1/items", json!({"parent": "shelves/s1"})),
        (
            "POST /v1/shelves/s1/items null",
            json!({"parent": "shelves/s1"}),
        ),
        (
            r#"PUT /v1/items/5/tags ["a","b"]"#,
            json!({"id": 5, "tags": ["a", "b"]}),
        ),
        (
            "GET /v1/conversations/7%2F1/messages/a%20b",
            json!({"name": "conversations/7%2F1/messages/a b"}),
        ),
        (
            "GET /v1/files/a%2fb/c%3Ad/e:cat",
            json!({"name": "files/a%2fb/c:d/e"}),
        ),
        ("GET /v1/files:cat", json!({"name": "files"})),
        ("PURGE /v1/items/5", json!({"id": "5"})),
        (
            "DELETE /v1/whatever/5?reason=x",
            json!({"id": "5", "reason": "x"}),
        ),
        (
            "GET /v1/items?color=red&color=COLOR_DARK_BLUE&color=1",
            json!({"color": ["COLOR_RED", "COLOR_DARK_BLUE", "COLOR_RED"]}),
        ),
        (
            "GET /v1/items?page.size=3&page.token=x",
            json!({"page": {"size": 3, "token": "x"}}),
        ),
        (
            "GET /v1/items?since=2026-11-22T10:00:00Z&within=1.5s",
            json!({"since": "2026-11-22T10:00:00Z", "within": "1.500s"}),
        ),
        (
            "GET /v1/items?mask=parentName,page.size",
            json!({"mask": "parentName,page.size"}),
        ),
        (
            "GET /v1/items?archived=false&deep=true",
            json!({"archived": false, "deep": true}),
        ),
        (
            "GET /v1/items?weight=1e-3&blob=-_8&big=18446744073709551615",
            json!({"weight": 0.001, "blob": "+/8=", "big": "18446744073709551615"}),
        ),
        (
            "GET /v1/items?numbers=1&numbers=-2",
            json!({"numbers": ["1", "-2"]}),
        ),
        ("GET /v1/items?note=", json!({"note": ""})),
        // Every well-known type that is a single value, and lists of them.
        (
            "GET /v1/everything?w_timestamp=2026-11-22T12:00:00.5%2B02:00&w_duration=-1.5s&w_mask=a,bC.d",
            json!({"wTimestamp": "2026-11-22T10:00:00.500Z", "wDuration": "-1.500s", "wMask": "a,bC.d"}),
        ),
        (
            "GET /v1/everything?w_int32=-1&w_int64=5&w_string=&w_bool=true&w_bytes=-_8&w_double=1e3",
            json!({"wInt32": -1, "wInt64": "5", "wString": "", "wBool": true, "wBytes": "+/8=", "wDouble": 1000.0}),
        ),
        (
            "GET /v1/everything?rTimestamp=1970-01-01T00:00:00Z&r_timestamp=1970-01-02T00:00:00Z",
            json!({"rTimestamp": ["1970-01-01T00:00:00Z", "1970-01-02T00:00:00Z"]}),
        ),
        (
            "GET /v1/everything?f_float=NaN&f_double=-Infinity&f_sint64=-1&f_fixed64=1&f_sfixed32=-2&f_bool=false&f_enum=dark_blue",
            json!({"fFloat": "NaN", "fDouble": "-Infinity", "fSint64": "-1", "fFixed64": "1", "fSfixed32": -2, "fEnum": "COLOR_DARK_BLUE"}),
        ),
        (
            "GET /v1/everything?fMessage.maker.fullName=x&o_int32=0",
            json!({"fMessage": {"maker": {"fullName": "x"}}, "oInt32": 0}),
        ),
    ];
    for (line, expected) in rows {
        let answer = setup.ask(line, &[]).await;
        assert_eq!(answer.status, 200, "{line}: {}", answer.text());
        assert_eq!(print(&setup.last().message), expected, "{line}");
    }
}

#[tokio::test]
async fn wrong_requests_are_told_what_is_wrong() {
    let setup = Setup::echo(like_taskchat());
    let rows = [
        // The rows of the four transcoders, with our answers.
        (
            "GET /v1/items/1?id=2",
            "422 id differs from the value in the path [id]",
        ),
        (
            r#"POST /v1/items/5:archive {"id":"9"}"#,
            "422 id differs from the value in the path [id]",
        ),
        (
            r#"POST /v1/items/5:archive {"id":""}"#,
            "422 id differs from the value in the path [id]",
        ),
        (
            "GET /v1/items?unknown=1",
            "422 unknown is not a known parameter [unknown]",
        ),
        (
            r#"POST /v1/items/5:archive {"nope":1}"#,
            "422 nope is not a known field [nope]",
        ),
        (
            r#"POST /v1/items/5:archive {"reason":"a","reason":"b"}"#,
            "422 reason is given more than once [reason]",
        ),
        (
            "GET /v1/items?room=a&shelf=b",
            "422 shelf cannot be given together with room [shelf]",
        ),
        (
            "GET /v1/items?room=a&room=b",
            "422 room is given more than once [room]",
        ),
        (
            "GET /v1/items?page.size=1&page.size=2",
            "422 page.size is given more than once [page.size]",
        ),
        (
            "GET /v1/conversations/7",
            "404 there is nothing at this path []",
        ),
        // Types and places.
        (
            r#"PATCH /v1/items/5 {"id":"9"}"#,
            "422 item.id differs from the value in the path [item.id]",
        ),
        (
            "PATCH /v1/items/5?item.title=x {}",
            "422 item.title belongs into the body, not into the query [item.title]",
        ),
        (
            "POST /v1/items/5:archive?reason=x",
            "422 reason belongs into the body, not into the query [reason]",
        ),
        (
            "POST /v1/items/5:archive?id=6",
            "422 id differs from the value in the path [id]",
        ),
        (
            "PUT /v1/items/x/tags []",
            "422 id must be a whole number [id]",
        ),
        ("PUT /v1/items/5/tags {}", "422 the body must be a list []"),
        ("PUT /v1/items/5/tags [1]", "422 [0] must be a string [[0]]"),
        (
            r#"PATCH /v1/items/5 {"title":5,"maker":{"age":"x"}}"#,
            "422 title must be a string [title maker.age]",
        ),
        (
            "GET /v1/items/%zz",
            "422 id is badly encoded in the path [id]",
        ),
        (
            "GET /v1/items/%ff",
            "422 id is badly encoded in the path [id]",
        ),
        (
            "GET /v1/items?note=%ff",
            "422 note is badly encoded in the query [note]",
        ),
        (
            "GET /v1/items?color=blue",
            "422 color must be one of red, dark_blue [color]",
        ),
        (
            "GET /v1/items?deep=1",
            "422 deep must be true or false [deep]",
        ),
        (
            "GET /v1/items?weight=",
            "422 weight must be a number [weight]",
        ),
        (
            "GET /v1/items?page=1",
            "422 page is a message: give its fields, after a dot [page]",
        ),
        (
            "GET /v1/items?page.nope=1",
            "422 page.nope is not a known parameter [page.nope]",
        ),
        (
            "GET /v1/items?note.x=1",
            "422 note.x is not a known parameter [note.x]",
        ),
        (
            "GET /v1/items?labels=1",
            "422 labels cannot be given in the query [labels]",
        ),
        (
            "GET /v1/items?items=1",
            "422 items cannot be given in the query [items]",
        ),
        (
            "GET /v1/items?extra=1",
            "422 extra cannot be given in the query [extra]",
        ),
        (
            "GET /v1/items?since=now",
            "422 since must be an RFC 3339 timestamp such as 2026-11-22T10:00:00Z [since]",
        ),
        (
            "GET /v1/items?big=-1",
            "422 big must be a whole number from 0 to 18446744073709551615 [big]",
        ),
        (
            r#"POST /v1/everything [1]"#,
            "422 the body must be an object []",
        ),
        // Syntax comes before fields.
        (
            r#"POST /v1/items/5:archive {"nope":1,"#,
            "400 the body is not JSON: EOF while parsing a value at line 1 column 10 []",
        ),
        (
            "POST /v1/items/5:archive nonsense",
            "400 the body is not JSON: expected ident at line 1 column 2 []",
        ),
        // Paths and methods.
        ("GET /v1/nothing", "404 there is nothing at this path []"),
        (
            "POST /v1/items/5",
            "405 this path does not answer this method []",
        ),
        (
            "POST /v1/items/5%3Aarchive",
            "405 this path does not answer this method []",
        ),
        ("GET /elsewhere", "404 there is nothing at this path []"),
    ];
    for (line, expected) in rows {
        let answer = setup.ask(line, &[]).await;
        assert!(answer.json().is_object(), "{line}");
        let refusal = answer.refusal();
        // The body itself has an empty name.
        assert_eq!(refusal, expected, "{line}");
        assert_eq!(
            answer.header("content-type"),
            "application/problem+json",
            "{line}"
        );
    }
    assert_eq!(setup.calls(), 0, "nothing of this reached the service");
}

#[tokio::test]
async fn defaults_are_those_of_google() {
    let setup = Setup::echo(Options::default());
    let answer = setup.ask("GET /v1/items?unknown=1", &[]).await;
    assert_eq!(
        answer.refusal(),
        "400 unknown is not a known parameter [unknown]"
    );
    let answer = setup.ask("GET /v1/items?color=red", &[]).await;
    assert_eq!(
        answer.refusal(),
        "400 color must be one of COLOR_RED, COLOR_DARK_BLUE [color]"
    );
    let line = r#"POST /v1/everything {"f_enum":"COLOR_RED","oInt32":0,"wStruct":{"a":7}}"#;
    let answer = setup.ask(line, &[]).await;
    assert_eq!(
        answer.text(),
        r#"{"fEnum":"COLOR_RED","oInt32":0,"wStruct":{"a":7}}"#
    );
}
