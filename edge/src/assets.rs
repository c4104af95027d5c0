//! The page: the files of the web client, embedded when this crate is built.
//!
//! Paths without a file of their own get `index.html`, so that the page can have addresses of its
//! own. What the page does is in `web-client/`.

use std::{borrow::Cow, fmt, fmt::Write as _, sync::Arc};

use axum::body::Body;
use http::{
    HeaderMap, HeaderName, HeaderValue, Response, StatusCode,
    header::{
        ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
        ETAG, REFERRER_POLICY, VARY,
    },
};

use crate::transcode::is_known;

/// Nothing inline, nothing from elsewhere, no framing; scripts may not even write HTML, and the one
/// address that the page makes into a script is that of its service worker.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; \
    form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
    trusted-types taskchat";

/// The same for the API viewer below `docs/`, a library that writes HTML.
const VIEWER_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

/// The files of a page, by path without the first slash.
pub trait Files: Send + Sync + 'static {
    /// A file, if there is one.
    fn get(&self, path: &str) -> Option<File>;
}

/// One file.
#[derive(Debug, Clone)]
pub struct File {
    /// Its bytes.
    pub data: Cow<'static, [u8]>,
    /// SHA-256 of its bytes.
    pub hash: [u8; 32],
    /// Its media type.
    pub media_type: String,
}

/// A page to be served where nothing else answers.
#[derive(Clone)]
pub struct Page(Arc<dyn Files>);

impl fmt::Debug for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Page")
    }
}

#[cfg(feature = "taskchat")]
#[derive(rust_embed::Embed)]
#[folder = "$CARGO_MANIFEST_DIR/../web-client/dist"]
#[allow_missing = true]
struct Built;

#[cfg(feature = "taskchat")]
impl Files for Built {
    fn get(&self, path: &str) -> Option<File> {
        let file = <Self as rust_embed::Embed>::get(path)?;
        Some(File {
            hash: file.metadata.sha256_hash(),
            media_type: file.metadata.mimetype().to_owned(),
            data: file.data,
        })
    }
}

impl Page {
    /// A page out of these files.
    #[must_use]
    pub fn new(files: impl Files) -> Self {
        Self(Arc::new(files))
    }

    /// The built web client; empty when it was not built.
    #[cfg(feature = "taskchat")]
    #[must_use]
    pub fn embedded() -> Self {
        Self::new(Built)
    }

    /// True when a path is a file.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.0.get(name(path)).is_some()
    }

    /// Answers GET and HEAD of a path.
    pub(crate) fn answer(&self, path: &str, request: &HeaderMap) -> Response<Body> {
        let name = name(path);
        if let Some(file) = self.0.get(name) {
            return self.file(name, file, request);
        }
        let index = format!("{}/index.html", name.trim_end_matches('/'));
        if let Some(file) = self.0.get(&index) {
            return self.file(&index, file, request);
        }
        let last = name.rsplit('/').next().unwrap_or_default();
        match self.0.get("index.html") {
            // A missing script answered with HTML would only fail later, and worse.
            Some(_) if last.contains('.') => plain("There is no such file.\n"),
            Some(index) => self.file("index.html", index, request),
            None => plain("The page was not built: run `make web`, then build again.\n"),
        }
    }

    fn file(&self, name: &str, file: File, request: &HeaderMap) -> Response<Body> {
        let is_html = file.media_type == "text/html";
        let (encoding, file) = self.smallest(name, file, request);
        let mut tag = String::from("\"");
        for byte in file.hash.iter().take(16) {
            // Writing to a string does not fail.
            let _ = write!(tag, "{byte:02x}");
        }
        tag.push('"');

        let is_unchanged = is_known(request, &tag);
        let mut response = Response::new(match is_unchanged {
            true => Body::empty(),
            false => Body::from(match file.data {
                Cow::Borrowed(data) => bytes::Bytes::from_static(data),
                Cow::Owned(data) => data.into(),
            }),
        });
        let headers = response.headers_mut();
        let is_hashed = name.starts_with("assets/");
        headers.insert(
            CACHE_CONTROL,
            HeaderValue::from_static(match is_hashed {
                // The name changes with the content.
                true => "public, max-age=31536000, immutable",
                false => "no-cache",
            }),
        );
        headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
        if let Ok(tag) = HeaderValue::try_from(tag) {
            headers.insert(ETAG, tag);
        }
        if is_html {
            secure(headers, policy(name));
        }
        if is_unchanged {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            return response;
        }
        let media_type = match file.media_type.as_str() {
            text @ ("text/html" | "text/javascript" | "text/css" | "text/plain") => {
                format!("{text}; charset=utf-8")
            }
            other => other.to_owned(),
        };
        if let Ok(media_type) = HeaderValue::try_from(media_type) {
            response.headers_mut().insert(CONTENT_TYPE, media_type);
        }
        if let Some(encoding) = encoding {
            response
                .headers_mut()
                .insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        response
    }

    /// The file as the build compressed it, where the caller takes that.
    fn smallest(
        &self,
        name: &str,
        file: File,
        request: &HeaderMap,
    ) -> (Option<&'static str>, File) {
        for (encoding, suffix) in [("br", ".br"), ("gzip", ".gz")] {
            if accepts(request, encoding)
                && let Some(packed) = self.0.get(&format!("{name}{suffix}"))
            {
                let media_type = file.media_type;
                return (
                    Some(encoding),
                    File {
                        media_type,
                        ..packed
                    },
                );
            }
        }
        (None, file)
    }
}

fn name(path: &str) -> &str {
    match path.trim_start_matches('/') {
        "" => "index.html",
        name => name,
    }
}

fn accepts(request: &HeaderMap, encoding: &str) -> bool {
    let values = request.get_all(ACCEPT_ENCODING).iter();
    let mut offers = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    offers.any(|offer| {
        let mut parts = offer.split(';').map(str::trim);
        let is_named = parts
            .next()
            .is_some_and(|name| name.eq_ignore_ascii_case(encoding));
        let is_refused = parts.any(|part| {
            part.strip_prefix("q=").is_some_and(|q| {
                q.trim_end_matches('0')
                    .trim_end_matches('.')
                    .trim_end_matches('0')
                    .is_empty()
            })
        });
        is_named && !is_refused
    })
}

fn policy(name: &str) -> &'static str {
    match name.starts_with("docs/") {
        true => VIEWER_POLICY,
        false => POLICY,
    }
}

fn secure(headers: &mut HeaderMap, policy: &'static str) {
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    for (name, value) in [
        ("cross-origin-opener-policy", "same-origin"),
        (
            "permissions-policy",
            "camera=(), geolocation=(), microphone=()",
        ),
        ("x-frame-options", "DENY"),
    ] {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
}

fn plain(text: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = StatusCode::NOT_FOUND;
    let media_type = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, media_type);
    response
}
