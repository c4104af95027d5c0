//! The page: files, and `index.html` for paths without a file of their own, so that the page can have
//! addresses of its own. Which files, and what HTML is sent with, is chosen in [`Page`].

use std::{borrow::Cow, fmt, sync::Arc};

use axum::body::Body;
use http::{
    HeaderMap, HeaderValue, Response, StatusCode,
    header::{
        ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
        ETAG, REFERRER_POLICY, VARY, X_FRAME_OPTIONS,
    },
};

use crate::etag;

/// Nothing from elsewhere, nothing inline, no framing.
const POLICY: &str = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; \
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

/// A page to be served where nothing else answers. [`Page::new`] has what is safe for most.
#[derive(Clone)]
pub struct Page {
    files: Arc<dyn Files>,
    /// What HTML is sent with, above all its Content-Security-Policy.
    pub headers: HeaderMap,
    /// What HTML in a folder such as `docs/` is sent with in place of that; other headers stay.
    pub folders: Vec<(String, HeaderMap)>,
    /// The folder such as `assets/` in which names change with content, so that browsers may keep
    /// its files for good.
    pub hashed: Option<String>,
    /// What people read when there is no `index.html`.
    pub missing: String,
}

impl fmt::Debug for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Page")
    }
}

impl Page {
    /// A page out of these files.
    #[must_use]
    pub fn new(files: impl Files) -> Self {
        let headers = [
            (CONTENT_SECURITY_POLICY, POLICY),
            (REFERRER_POLICY, "same-origin"),
            (X_FRAME_OPTIONS, "DENY"),
        ];
        let headers = headers.map(|(name, value)| (name, HeaderValue::from_static(value)));
        Self {
            files: Arc::new(files),
            headers: headers.into_iter().collect(),
            folders: Vec::new(),
            hashed: None,
            missing: "There is no page here.\n".to_owned(),
        }
    }

    /// True when a path is a file.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.files.get(name(path)).is_some()
    }

    /// Answers GET and HEAD of a path.
    pub(crate) fn answer(&self, path: &str, request: &HeaderMap) -> Response<Body> {
        let name = name(path);
        if let Some(file) = self.files.get(name) {
            return self.file(name, file, request);
        }
        let index = format!("{}/index.html", name.trim_end_matches('/'));
        if let Some(file) = self.files.get(&index) {
            return self.file(&index, file, request);
        }
        let last = name.rsplit('/').next().unwrap_or_default();
        match self.files.get("index.html") {
            // A missing script answered with HTML would only fail later, and worse.
            Some(_) if last.contains('.') => plain("There is no such file.\n".to_owned()),
            Some(index) => self.file("index.html", index, request),
            None => plain(self.missing.clone()),
        }
    }

    fn file(&self, name: &str, file: File, request: &HeaderMap) -> Response<Body> {
        let is_html = file.media_type == "text/html";
        let (encoding, file) = self.smallest(name, file, request);
        let tag = etag::of_digest(file.hash.get(..16).unwrap_or_default());

        let is_unchanged = tag.as_ref().is_some_and(|tag| etag::is_known(request, tag));
        let mut response = Response::new(match is_unchanged {
            true => Body::empty(),
            false => Body::from(match file.data {
                Cow::Borrowed(data) => bytes::Bytes::from_static(data),
                Cow::Owned(data) => data.into(),
            }),
        });
        let headers = response.headers_mut();
        let hashed = self.hashed.as_ref();
        let is_hashed = hashed.is_some_and(|folder| name.starts_with(folder));
        headers.insert(
            CACHE_CONTROL,
            HeaderValue::from_static(match is_hashed {
                // The name changes with the content.
                true => "public, max-age=31536000, immutable",
                false => "no-cache",
            }),
        );
        headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
        if let Some(tag) = tag {
            headers.insert(ETAG, tag);
        }
        if is_html {
            self.dress(name, headers);
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

    /// Adds what HTML is sent with.
    fn dress(&self, name: &str, headers: &mut HeaderMap) {
        let mut folders = self.folders.iter();
        let folder = folders.find(|(folder, _)| name.starts_with(folder));
        let own = folder.map(|(_, headers)| headers);
        for (name, value) in [Some(&self.headers), own].into_iter().flatten().flatten() {
            headers.insert(name.clone(), value.clone());
        }
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
                && let Some(packed) = self.files.get(&format!("{name}{suffix}"))
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

fn plain(text: String) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = StatusCode::NOT_FOUND;
    let media_type = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, media_type);
    response
}
