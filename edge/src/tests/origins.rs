//! What pages of other origins may do and read (CORS).

use axum::{
    body::Body,
    middleware::{self, Next},
    response::IntoResponse as _,
};
use http::{Request, StatusCode};
use tower::ServiceExt as _;

use super::{SHAPES, Setup, like_taskchat, request};
use crate::{here, router, with_cors};

#[tokio::test]
async fn other_origins_need_leave() {
    let preflight = [
        ("origin", "https://app.example.com"),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "authorization,x-grpc-web"),
    ];
    let closed = Setup::echo(like_taskchat());
    let answer = closed.ask("OPTIONS /v1/items/5", &preflight).await;
    assert_eq!(answer.header("access-control-allow-origin"), "");

    let mut options = like_taskchat();
    options.config.cors_origins = vec!["https://app.example.com/".to_owned()];
    let open = Setup::echo(options);
    for path in ["/v1/items/5", "/shapes.v1.Shapes/GetItem"] {
        let answer = open.ask(&format!("OPTIONS {path}"), &preflight).await;
        assert_eq!(answer.status, 200);
        assert_eq!(
            answer.header("access-control-allow-origin"),
            "https://app.example.com"
        );
        assert!(
            answer
                .header("access-control-allow-headers")
                .contains("x-grpc-web")
        );
    }
    let answer = open.ask("GET /v1/items/5", &preflight[..1]).await;
    let exposed = answer.header("access-control-expose-headers");
    for name in [
        "grpc-status",
        "grpc-message",
        "grpc-status-details-bin",
        "etag",
        "retry-after",
        "www-authenticate",
    ] {
        assert!(exposed.contains(name), "{name} is not in {exposed}");
    }
    let other = open
        .ask("GET /v1/items/5", &[("origin", "https://evil.example.com")])
        .await;
    assert_eq!(other.header("access-control-allow-origin"), "");

    for origin in ["no\norigin", "*"] {
        let mut options = like_taskchat();
        options.config.cors_origins = vec![origin.to_owned()];
        assert!(router(here(axum::Router::new()), &SHAPES, options).is_err());
    }
}

#[tokio::test]
async fn only_preflights_are_answered_for_other_origins() {
    let mut options = like_taskchat();
    options.config.cors_origins = vec!["https://app.example.com".to_owned()];
    let open = Setup::echo(options);
    let rows: [&[(&str, &str)]; 3] = [
        &[],
        &[("origin", "https://app.example.com")],
        &[("access-control-request-method", "POST")],
    ];
    for headers in rows {
        let answer = open.ask("OPTIONS /v1/items/7", headers).await;
        assert_eq!(answer.status, 204, "{headers:?}");
        let allow = "GET, HEAD, OPTIONS, PATCH, PURGE, PUT";
        assert_eq!(answer.header("allow"), allow, "{headers:?}");
        let nothing = open.ask("OPTIONS /v1/nothing", headers).await;
        assert_eq!(nothing.status, 404, "{headers:?}");
    }
}

#[tokio::test]
async fn refusals_in_front_of_the_edge_can_be_read_by_other_origins() {
    let mut options = like_taskchat();
    options.config.cors_origins = vec!["https://app.example.com".to_owned()];
    let edge = Setup::echo(options.clone()).edge;
    let strict = middleware::from_fn(async |request: Request<Body>, next: Next| {
        match request.headers().contains_key("x-too-many") {
            true => StatusCode::TOO_MANY_REQUESTS.into_response(),
            false => next.run(request).await,
        }
    });
    let doors = with_cors(edge.layer(strict), &options).unwrap();
    let origin = ("origin", "https://app.example.com");
    for (headers, status) in [(&[origin, ("x-too-many", "1")][..], 429), (&[origin], 404)] {
        let request = request("GET /v1/nothing", headers);
        let answer = doors.clone().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), status);
        let told = |name: &str| answer.headers().get_all(name).iter().count();
        assert_eq!(told("access-control-allow-origin"), 1);
        assert_eq!(answer.headers()["access-control-allow-origin"], origin.1);
        let varies = answer.headers().get_all("vary").iter();
        let by_origin = varies.filter(|it| it.to_str().unwrap().contains("origin"));
        assert_eq!(by_origin.count(), 1, "{:?}", answer.headers());
    }
}
