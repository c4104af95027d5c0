//! What the README of the edge says about this example.

use axum::{Router, body::Body};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tonic::codegen::http::{Request, StatusCode};
use tower::ServiceExt as _;

use super::{http, v1};

async fn ask(
    method: &str,
    uri: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> (StatusCode, String) {
    let mut request = Request::builder().method(method).uri(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::from(body.to_owned())).unwrap();
    let response = http().unwrap().oneshot(request).await.unwrap();
    let status = response.status();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn a_book_is_printed_as_protojson_prints_by_default() {
    let (status, body) = ask("GET", "/v1/shelves/1/books/2", &[], "").await;
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(status, 200);
    assert_eq!(body["name"], "shelves/1/books/2");
    assert_eq!(body["binding"], "BINDING_HARDCOVER");
    assert_eq!(body["publishedAt"], "1851-10-18T00:00:00Z");
    assert_eq!(body["isbn"], "9780142437247");

    let json_body = [("content-type", "application/json")];
    let (_, body) = ask(
        "POST",
        "/v1/shelves/7/books",
        &json_body,
        r#"{"title":"New"}"#,
    )
    .await;
    assert_eq!(body, r#"{"name":"shelves/7/books/new","title":"New"}"#);
}

#[tokio::test]
async fn refusals_have_the_statuses_of_google_rpc() {
    let (status, body) = ask("GET", "/v1/shelves/1/books/404", &[], "").await;
    assert_eq!(status, 404);
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(
        (&body["detail"], &body["code"]),
        (&json!("Book not found"), &json!("NOT_FOUND"))
    );
    let (status, _) = ask("GET", "/v1/shelves/1/books?pageSize=9999", &[], "").await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn a_stream_is_events_that_can_be_resumed() {
    let uri = "/v1/shelves/1/books/2:read";
    let (status, body) = ask("GET", uri, &[("last-event-id", "3")], "").await;
    assert_eq!(status, 200);
    assert_eq!(
        body,
        "id: 4\nevent: end\ndata: {\"number\":4,\"end\":{\"lines\":3}}\n\n"
    );
    let (_, body) = ask("GET", uri, &[("accept", "application/x-ndjson")], "").await;
    assert_eq!(body.lines().count(), 4);
}

#[tokio::test]
async fn grpc_clients_use_the_same_port() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let edge: Router = http().unwrap();
    let mut servers = tokio::task::JoinSet::new();
    servers.spawn(async move { axum::serve(listener, edge).await });

    let uri = format!("http://{address}");
    let mut client = v1::library_client::LibraryClient::connect(uri)
        .await
        .unwrap();
    let name = "shelves/1/books/2".to_owned();
    let title = client.get_title(v1::GetBookRequest { name }).await.unwrap();
    assert_eq!(title.into_inner().title, "Moby-Dick; or, The Whale");
    let request = v1::ReadBookRequest {
        name: "shelves/1/books/2".to_owned(),
        after: 3,
    };
    let mut lines = client.read_book(request).await.unwrap().into_inner();
    assert_eq!(lines.message().await.unwrap().unwrap().number, 4);
    assert!(lines.message().await.unwrap().is_none());
}
