//! The page and its files.

use std::borrow::Cow;

use super::{Setup, like_taskchat};
use crate::{File, Files, Options, Page, taskchat};

/// A page of five files.
struct Five;

impl Files for Five {
    fn get(&self, path: &str) -> Option<File> {
        let (media_type, data) = match path {
            "index.html" => ("text/html", "<p>hello"),
            "assets/app-1.js" => ("text/javascript", "a script"),
            "assets/app-1.js.br" => ("application/octet-stream", "smaller"),
            "docs/index.html" => ("text/html", "<p>the API"),
            "icon.png" => ("image/png", "png"),
            _ => return None,
        };
        Some(File {
            data: Cow::Borrowed(data.as_bytes()),
            hash: [u8::try_from(path.len()).unwrap(); 32],
            media_type: media_type.to_owned(),
        })
    }
}

#[tokio::test]
async fn the_page_is_served() {
    let page = Some(taskchat::page(Five));
    let setup = Setup::echo(Options {
        page,
        ..like_taskchat()
    });
    for path in ["/", "/index.html", "/conversations/1", "/v2"] {
        let answer = setup.ask(&format!("GET {path}"), &[]).await;
        assert_eq!(
            (answer.status.as_u16(), answer.text()),
            (200, "<p>hello"),
            "{path}"
        );
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
        assert_eq!(answer.header("cache-control"), "no-cache");
        assert!(
            answer
                .header("content-security-policy")
                .starts_with("default-src 'none'; script-src 'self'; ")
        );
        assert!(
            answer
                .header("content-security-policy")
                .ends_with("; trusted-types taskchat")
        );
    }
    for path in ["/docs", "/docs/", "/docs/index.html"] {
        let answer = setup.ask(&format!("GET {path}"), &[]).await;
        assert_eq!(answer.text(), "<p>the API", "{path}");
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; "));
        assert!(!policy.contains("trusted-types"));
    }
    let script = setup.ask("GET /assets/app-1.js", &[]).await;
    assert_eq!(script.text(), "a script");
    assert_eq!(
        script.header("cache-control"),
        "public, max-age=31536000, immutable"
    );
    let packed = setup
        .ask("GET /assets/app-1.js", &[("accept-encoding", "gzip, br")])
        .await;
    assert_eq!(
        (packed.text(), packed.header("content-encoding")),
        ("smaller", "br")
    );
    assert_eq!(
        packed.header("content-type"),
        "text/javascript; charset=utf-8"
    );
    assert_ne!(packed.header("etag"), script.header("etag"));
    for answer in [&packed, &script] {
        // Whoever takes neither of what was packed gets it packed otherwise.
        let tag = answer.header("etag");
        assert!(tag.starts_with("W/\""), "{tag}");
    }
    let refused = setup
        .ask("GET /assets/app-1.js", &[("accept-encoding", "br;q=0")])
        .await;
    assert_eq!(refused.header("content-encoding"), "");

    let again = setup
        .ask(
            "GET /icon.png",
            &[(
                "if-none-match",
                setup.ask("GET /icon.png", &[]).await.header("etag"),
            )],
        )
        .await;
    assert_eq!((again.status.as_u16(), again.text()), (304, ""));
    let head = setup.ask("HEAD /", &[]).await;
    assert_eq!(
        (head.status.as_u16(), head.header("content-length")),
        (200, "8")
    );

    for path in ["/missing.js", "/assets/app-2.js"] {
        assert_eq!(setup.ask(&format!("GET {path}"), &[]).await.status, 404);
    }
    // What is ours never turns into a page.
    assert_eq!(
        setup.ask("GET /v1/nothing", &[]).await.refusal(),
        "404 there is nothing at this path []"
    );
    assert_eq!(setup.ask("POST /somewhere {}", &[]).await.status, 404);
    assert_eq!(
        setup.ask("POST / {}", &[]).await.header("allow"),
        "GET, HEAD, OPTIONS"
    );
}

#[tokio::test]
async fn a_page_that_was_not_built_says_how() {
    struct None;
    impl Files for None {
        fn get(&self, _: &str) -> Option<File> {
            Option::None
        }
    }
    let page = Some(taskchat::page(None));
    let setup = Setup::echo(Options {
        page,
        ..like_taskchat()
    });
    let answer = setup.ask("GET /", &[]).await;
    assert_eq!(answer.status, 404);
    assert!(answer.text().contains("make web"));
}

#[tokio::test]
async fn a_page_of_somebody_else_is_served_with_nothing_of_ours() {
    let page = Some(Page::new(Five));
    let setup = Setup::echo(Options {
        page,
        ..Options::default()
    });
    for path in ["/", "/docs/"] {
        let answer = setup.ask(&format!("GET {path}"), &[]).await;
        assert_eq!(
            answer.header("content-security-policy"),
            "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; \
             frame-ancestors 'none'"
        );
        assert_eq!(answer.header("permissions-policy"), "");
    }
    let script = setup.ask("GET /assets/app-1.js", &[]).await;
    assert_eq!(script.header("cache-control"), "no-cache");
}
