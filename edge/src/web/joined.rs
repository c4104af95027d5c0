//! Small pieces of a body that are there at the same time, sent as one.
//!
//! An answer in gRPC-Web is a message, its trailers and the end: three frames of HTTP/2, which cost
//! more than what is in them. Nothing waits here for what is not there yet.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http_body::{Frame, SizeHint};

/// About what one frame of HTTP/2 holds.
const ENOUGH: usize = 16 * 1024;

/// A body whose small pieces are joined.
pub(super) struct Joined {
    body: Body,
    /// What came behind pieces that are joined already, and cannot be joined to them.
    next: Option<Result<Frame<Bytes>, axum::Error>>,
    is_ended: bool,
}

impl Joined {
    pub(super) const fn new(body: Body) -> Self {
        Self {
            body,
            next: None,
            is_ended: false,
        }
    }
}

impl http_body::Body for Joined {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = &mut *self;
        if let Some(next) = this.next.take() {
            return Poll::Ready(Some(next));
        }
        let mut first: Option<Bytes> = None;
        let mut joined = BytesMut::new();
        while !this.is_ended {
            let size = first.as_ref().map_or(0, Bytes::len).max(joined.len());
            if size >= ENOUGH {
                break;
            }
            match Pin::new(&mut this.body).poll_frame(cx) {
                Poll::Pending if first.is_none() => return Poll::Pending,
                Poll::Pending => break,
                Poll::Ready(None) => this.is_ended = true,
                Poll::Ready(Some(frame)) => match frame.map(Frame::into_data) {
                    Ok(Ok(data)) => match &first {
                        None => first = Some(data),
                        Some(before) => {
                            if joined.is_empty() {
                                joined.extend_from_slice(before);
                            }
                            joined.extend_from_slice(&data);
                        }
                    },
                    Ok(Err(other)) => {
                        this.next = Some(Ok(other));
                        break;
                    }
                    Err(error) => {
                        this.next = Some(Err(error));
                        break;
                    }
                },
            }
        }
        let data = match joined.is_empty() {
            true => first,
            false => Some(joined.freeze()),
        };
        match data {
            Some(data) => Poll::Ready(Some(Ok(Frame::data(data)))),
            None => Poll::Ready(this.next.take()),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.next.is_none() && (self.is_ended || self.body.is_end_stream())
    }

    fn size_hint(&self) -> SizeHint {
        match self.is_ended {
            true => SizeHint::with_exact(0),
            false => SizeHint::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use futures::{StreamExt, stream};
    use http_body::Body as _;
    use http_body_util::BodyExt;

    use super::*;

    async fn frames(pieces: Vec<Result<&'static str, io::Error>>) -> Vec<String> {
        let mut body = Joined::new(Body::from_stream(stream::iter(pieces)));
        let mut frames = Vec::new();
        while let Some(frame) = body.frame().await {
            frames.push(match frame {
                Ok(frame) => String::from_utf8(frame.into_data().unwrap().to_vec()).unwrap(),
                Err(_) => "broken".to_owned(),
            });
        }
        assert!(body.is_end_stream());
        frames
    }

    #[tokio::test]
    async fn what_is_there_is_joined() {
        assert_eq!(frames(vec![Ok("a"), Ok("b"), Ok("c")]).await, ["abc"]);
        assert_eq!(frames(vec![Ok("a")]).await, ["a"]);
        assert!(frames(vec![]).await.is_empty());
        let broken = Err(io::Error::other("gone"));
        assert_eq!(frames(vec![Ok("a"), broken]).await, ["a", "broken"]);
        let large = "x".repeat(ENOUGH).leak();
        assert_eq!(
            frames(vec![Ok(large), Ok("b"), Ok("c")]).await,
            [large, "bc"]
        );
    }

    #[tokio::test]
    async fn the_end_comes_with_the_last_piece() {
        let pieces = stream::iter([Ok::<_, io::Error>("a"), Ok("b")]);
        let mut body = Joined::new(Body::from_stream(pieces));
        assert!(!body.is_end_stream());
        body.frame().await.unwrap().unwrap();
        assert!(body.is_end_stream());
    }

    #[tokio::test]
    async fn nothing_waits_for_what_is_not_there() {
        let pieces = stream::iter([Ok::<_, io::Error>("a")]).chain(stream::pending());
        let mut body = Joined::new(Body::from_stream(pieces));
        let frame = body.frame().await.unwrap().unwrap();
        assert_eq!(frame.into_data().unwrap(), "a");
        assert!(!body.is_end_stream());
    }
}
