//! What taskchat chooses of the edge's options. Everything else in this crate serves any proto.

use std::sync::Arc;

use http::{
    HeaderName, HeaderValue, Method, StatusCode,
    header::{CONTENT_SECURITY_POLICY, USER_AGENT},
};
use taskchat_auth::Identity;
use tonic::Status;

use crate::{
    Config, File, Files, Guard, Incoming, JsonStyle, OpenApi, Options, Page, RequestHeader,
    json::{Defaults, EnumNames, FieldNames, UnknownFields, Unset},
};

/// Nothing inline, nothing from elsewhere, no framing; scripts may not even write HTML, and all that the
/// page makes into scripts are its own workers.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; \
    form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
    trusted-types taskchat";

/// The same for the API viewer below `docs/`, a library that writes HTML.
const VIEWER_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

/// The options of taskchat.
#[must_use]
pub fn options(config: Config) -> Options {
    Options {
        config,
        json: JsonStyle {
            field_names: FieldNames::Proto,
            enum_names: EnumNames::Short,
            unset: Unset::Null,
            defaults: Defaults::Print,
            unknown_fields: UnknownFields::Refuse,
        },
        invalid_argument: StatusCode::UNPROCESSABLE_ENTITY,
        failed_precondition: StatusCode::CONFLICT,
        reasons: [("MODEL_MISBEHAVED".to_owned(), StatusCode::BAD_GATEWAY)].into(),
        public_option: Some("taskchat.v1.public".to_owned()),
        guard: Some(Arc::new(OwnPathsOnly)),
        resume_field: Some("after".to_owned()),
        event_id_field: Some("seq".to_owned()),
        update_mask: Some(("update_mask".to_owned(), vec![Method::PATCH, Method::PUT])),
        forwarded_headers: vec![
            HeaderName::from_static("x-taskchat-session"),
            // What the list of sessions shows.
            USER_AGENT,
        ],
        cors_headers: vec![HeaderName::from_static("mcp-protocol-version")],
        pass_through: [
            "/mcp",
            "/.well-known/oauth-protected-resource",
            "/healthz",
            "/readyz",
        ]
        .map(str::to_owned)
        .into(),
        openapi: Some(openapi()),
        page: Some(page(Built)),
        ..Options::default()
    }
}

/// The built web client, embedded when this crate is built; empty when it was not built.
#[derive(rust_embed::Embed)]
#[folder = "$CARGO_MANIFEST_DIR/../web-client/dist"]
#[allow_missing = true]
struct Built;

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

/// The page with what its HTML is sent with.
pub(crate) fn page(files: impl Files) -> Page {
    let mut page = Page::new(files);
    let own = [
        (CONTENT_SECURITY_POLICY, POLICY),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), geolocation=(), microphone=()",
        ),
    ];
    for (name, value) in own {
        page.headers.insert(name, HeaderValue::from_static(value));
    }
    let policy = HeaderValue::from_static(VIEWER_POLICY);
    let viewer = [(CONTENT_SECURITY_POLICY, policy)].into_iter().collect();
    page.folders = vec![("docs/".to_owned(), viewer)];
    page.hashed = Some("assets/".to_owned());
    page.missing = "The page was not built: run `make web`, then build again.\n".to_owned();
    page
}

fn openapi() -> OpenApi {
    OpenApi {
        path: "/openapi.json".to_owned(),
        title: "taskchat".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        description: "Tasks by hand and by talking to an assistant.\n\nA final slash makes no \
            difference. Requests may spell fields in camel case too, and whole numbers as text. Every \
            path with a `{user_id}` is for the owner of the token only."
            .to_owned(),
        path_formats: [
            "conversation_id",
            "operation_id",
            "session_id",
            "task_id",
            "turn_id",
        ]
            .map(|name| (name.to_owned(), "uuid".to_owned()))
            .into(),
        headers: vec![RequestHeader {
            name: HeaderName::from_static("idempotency-key"),
            field: "request_id".to_owned(),
            description: "Makes a retry safe, as `request_id` does, which wins over it.".to_owned(),
            schema: serde_json::json!({
                "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$",
            }),
        }],
    }
}

/// Lets in those with a good token, and only on paths that name nobody else.
struct OwnPathsOnly;

impl Guard for OwnPathsOnly {
    fn check(&self, call: &Incoming<'_>) -> Result<(), Status> {
        if call.is_public {
            return Ok(());
        }
        let caller = match call.extensions.get::<Identity>() {
            // An edge without keys cannot tell who calls. The services can, and refuse by themselves.
            None => return Ok(()),
            Some(Identity::Caller(caller)) => caller,
            Some(Identity::Anonymous) => return Err(Status::unauthenticated("Not authenticated")),
            Some(Identity::Rejected) => {
                return Err(Status::unauthenticated("Invalid token or expired token."));
            }
            Some(Identity::Unavailable) => {
                return Err(Status::unavailable(
                    "the service is not available right now",
                ));
            }
        };
        match call.path_value("user_id") {
            Some(user) if user != caller.user_id().as_str() => {
                Err(Status::permission_denied("User ID mismatch"))
            }
            _ => Ok(()),
        }
    }
}
