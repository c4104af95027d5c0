//! A request body that does not say how long it is.
//!
//! gRPC counts its messages by itself. Where gRPC-Web text was decoded on the way, the length that is
//! known is the text's, and HTTP/2 would hold the sender to it.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use axum::body::Body;
use bytes::Bytes;
use http_body::Frame;

/// A body whose length is not told.
pub(super) struct Unsized(pub(super) Body);

impl http_body::Body for Unsized {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.0).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }
}
