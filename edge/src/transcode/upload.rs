//! What is sent to a service: one message, or the pieces of a raw body as they come in.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use axum::body::Body;
use bytes::Bytes;
use futures::{Stream, StreamExt, stream::BoxStream};
use prost_reflect::DynamicMessage;
use tokio::sync::oneshot;

use super::http_body;
use crate::{problem::Refusal, rule::Rule};

/// The messages of a call.
pub(crate) enum Sending {
    /// The only one, until it is sent.
    One(Option<DynamicMessage>),
    /// One for each piece of the body.
    Pieces(BoxStream<'static, DynamicMessage>),
}

/// Comes when the caller's body breaks off: then the call must end without the service taking what it
/// has for the whole.
pub(crate) struct Broken(Option<oneshot::Receiver<()>>);

impl Sending {
    /// One message, which cannot break off.
    pub(crate) const fn one(message: DynamicMessage) -> (Self, Broken) {
        (Self::One(Some(message)), Broken(None))
    }

    /// A message for each piece of the body, the first one with all other fields. Nothing is read
    /// before the service asks for it.
    pub(crate) fn pieces(first: DynamicMessage, rule: &Arc<Rule>, body: Body) -> (Self, Broken) {
        let rule = Arc::clone(rule);
        let (broken, is_broken) = oneshot::channel();
        let mut pieces = body.into_data_stream();
        let messages = async_stream::stream! {
            let mut next = Some(first);
            loop {
                let piece = match pieces.next().await {
                    Some(Ok(piece)) => piece,
                    Some(Err(_)) => {
                        let _ = broken.send(());
                        return std::future::pending().await;
                    }
                    // Also an empty body is a message.
                    None if next.is_some() => Bytes::new(),
                    None => return,
                };
                let empty = || DynamicMessage::new(rule.method.input());
                let mut message = next.take().unwrap_or_else(empty);
                http_body::put(&mut message, &rule, piece);
                yield message;
            }
        };
        (Self::Pieces(messages.boxed()), Broken(Some(is_broken)))
    }
}

impl Stream for Sending {
    type Item = DynamicMessage;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<DynamicMessage>> {
        match &mut *self {
            Self::One(message) => Poll::Ready(message.take()),
            Self::Pieces(messages) => messages.poll_next_unpin(cx),
        }
    }
}

impl Broken {
    /// What comes of a call, unless its body breaks off first.
    pub(crate) async fn or<T>(self, call: impl Future<Output = T>) -> Result<T, Refusal> {
        let Some(broken) = self.0 else {
            return Ok(call.await);
        };
        let broken = async {
            if broken.await.is_err() {
                // The body is through, or nobody wants more of it.
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            biased;
            () = broken => Err(Refusal::Cut),
            answer = call => Ok(answer),
        }
    }
}
