//! The description of the API from outside; what it says is tested beside it.

use super::{Setup, like_taskchat};
use crate::{OpenApi, Options};

#[tokio::test]
async fn the_description_is_served() {
    let about = OpenApi {
        path: "/openapi.json".to_owned(),
        title: "Shapes".to_owned(),
        version: "1".to_owned(),
        description: String::new(),
        headers: Vec::new(),
        path_formats: Vec::new(),
    };
    let setup = Setup::echo(Options {
        openapi: Some(about),
        ..like_taskchat()
    });
    let answer = setup.ask("GET /openapi.json", &[]).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.json()["info"]["title"], "Shapes");
    let tag = answer.header("etag");
    let again = setup
        .ask("GET /openapi.json", &[("if-none-match", tag)])
        .await;
    assert_eq!((again.status.as_u16(), again.text()), (304, ""));
    let other = setup.ask("POST /openapi.json {}", &[]).await;
    assert_eq!(other.status, 405);
    assert_eq!(other.header("allow"), "GET, HEAD, OPTIONS");
    assert_eq!(setup.calls(), 0);

    let silent = Setup::echo(Options {
        openapi: None,
        ..like_taskchat()
    });
    assert_eq!(silent.ask("GET /openapi.json", &[]).await.status, 404);
}
