//! Request bodies that do not come.
//!
//! A body has so much time from when it is first waited for. In a gRPC stream the time counts for each
//! message, from its first byte on, and for the first one from the start: between messages a caller
//! may be silent.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::{
    sync::oneshot,
    time::{Instant, Sleep, sleep_until},
};

/// A request body with a deadline.
pub(super) struct TimedBody<B = Incoming> {
    body: B,
    patience: Duration,
    until: Option<Pin<Box<Sleep>>>,
    /// Only for gRPC: where in its messages the body is.
    messages: Option<Messages>,
    late: Option<oneshot::Sender<()>>,
}

/// Tells that a body was too slow.
pub(super) type Late = oneshot::Receiver<()>;

impl<B> TimedBody<B> {
    /// The body, and what tells when it is late.
    pub(super) fn new(body: B, patience: Duration, is_grpc: bool) -> (Self, Late) {
        let (late, told) = oneshot::channel();
        let timed = Self {
            body,
            patience,
            until: None,
            messages: is_grpc.then(Messages::default),
            late: Some(late),
        };
        (timed, told)
    }
}

impl<B: Body<Data = Bytes> + Unpin> TimedBody<B> {
    /// True while the caller owes the rest of something.
    fn is_owed(&self) -> bool {
        self.messages.as_ref().is_none_or(Messages::is_owed)
    }

    fn arrived(&mut self, data: &Bytes) {
        if let Some(messages) = &mut self.messages {
            let message = messages.ended;
            messages.read(data);
            if messages.ended != message {
                // The next one has a time of its own.
                self.until = None;
            }
        }
    }

    fn poll_late(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.patience.is_zero() || !self.is_owed() {
            self.until = None;
            return Poll::Pending;
        }
        let patience = self.patience;
        let until = self
            .until
            .get_or_insert_with(|| Box::pin(sleep_until(Instant::now() + patience)));
        until.as_mut().poll(cx)
    }
}

impl<B> Body for TimedBody<B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: std::error::Error + Send + Sync + 'static,
{
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let this = &mut *self;
        match Pin::new(&mut this.body).poll_frame(cx) {
            Poll::Ready(Some(Ok(frame))) => {
                if let Some(data) = frame.data_ref() {
                    this.arrived(data);
                }
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(Some(Err(error))) => Poll::Ready(Some(Err(io::Error::other(error)))),
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending => this.poll_late(cx).map(|()| {
                // Nobody listens once the answer has begun.
                let _ = this.late.take().map(|late| late.send(()));
                Some(Err(io::ErrorKind::TimedOut.into()))
            }),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Where a body is in its gRPC messages: a byte of flags, four of length, and so many bytes, again
/// and again.
#[derive(Debug, Default)]
struct Messages {
    prefix: u8,
    length: u32,
    left: u32,
    ended: u64,
}

impl Messages {
    fn is_owed(&self) -> bool {
        self.ended == 0 || self.prefix > 0
    }

    fn read(&mut self, mut data: &[u8]) {
        while let Some((byte, rest)) = data.split_first() {
            match self.prefix {
                0 => self.length = 0,
                1..=4 => self.length = self.length << 8 | u32::from(*byte),
                _ => {
                    let now = data
                        .len()
                        .min(usize::try_from(self.left).unwrap_or(usize::MAX));
                    self.left = self
                        .left
                        .saturating_sub(u32::try_from(now).unwrap_or(u32::MAX));
                    data = data.get(now..).unwrap_or_default();
                    self.end_if_whole();
                    continue;
                }
            }
            data = rest;
            self.prefix += 1;
            if self.prefix == 5 {
                self.left = self.length;
                self.end_if_whole();
            }
        }
    }

    fn end_if_whole(&mut self) {
        if self.left == 0 {
            self.prefix = 0;
            self.ended += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::{StreamExt as _, channel::mpsc};
    use std::future::poll_fn;

    #[test]
    fn messages_are_counted_however_they_are_cut() {
        let whole = [0, 0, 0, 0, 3, 1, 2, 3, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0];
        for cut in 0..=whole.len() {
            let mut messages = Messages::default();
            assert!(messages.is_owed(), "the first one is owed from the start");
            let (start, end) = whole.split_at(cut);
            messages.read(start);
            let owed = cut == 0 || ![8, 13].contains(&cut);
            assert_eq!(messages.is_owed(), owed, "after {cut} bytes");
            messages.read(end);
            assert_eq!((messages.ended, messages.left), (2, 256));
        }
    }

    struct Pieces(mpsc::UnboundedReceiver<Bytes>);

    impl Body for Pieces {
        type Data = Bytes;
        type Error = std::convert::Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
            self.0
                .poll_next_unpin(cx)
                .map(|it| it.map(Frame::data).map(Ok))
        }
    }

    const PATIENCE: Duration = Duration::from_millis(200);
    /// More than anything here takes.
    const LONG: Duration = Duration::from_secs(30);

    fn body(is_grpc: bool) -> (mpsc::UnboundedSender<Bytes>, TimedBody<Pieces>, Late) {
        let (send, pieces) = mpsc::unbounded();
        let (body, late) = TimedBody::new(Pieces(pieces), PATIENCE, is_grpc);
        (send, body, late)
    }

    /// What comes within `wait`: data, an error, or nothing yet.
    async fn next(body: &mut TimedBody<Pieces>, wait: Duration) -> Option<bool> {
        let frame = poll_fn(|cx| Pin::new(&mut *body).poll_frame(cx));
        let frame = tokio::time::timeout(wait, frame).await.ok()?;
        Some(frame.unwrap().is_ok())
    }

    #[tokio::test]
    async fn drops_do_not_buy_time() {
        let (send, mut body, mut late) = body(false);
        let begun = Instant::now();
        let mut drops = 0;
        loop {
            send.unbounded_send("{".into()).unwrap();
            assert_eq!(next(&mut body, LONG).await, Some(true));
            assert!(late.try_recv().is_err());
            drops += 1;
            match next(&mut body, PATIENCE / 4).await {
                None => {}
                Some(went_on) => break assert!(!went_on),
            }
        }
        assert!(begun.elapsed() >= PATIENCE && drops > 0);
        assert!(late.try_recv().is_ok());
    }

    #[tokio::test]
    async fn a_grpc_stream_may_be_silent_between_messages_only() {
        let (send, mut body, mut late) = body(true);
        let message = Bytes::from_static(&[0, 0, 0, 0, 1, 7]);
        send.unbounded_send(message).unwrap();
        assert_eq!(next(&mut body, LONG).await, Some(true));
        assert_eq!(next(&mut body, PATIENCE * 3).await, None);
        send.unbounded_send(Bytes::from_static(&[0, 0])).unwrap();
        assert_eq!(next(&mut body, LONG).await, Some(true));
        assert_eq!(next(&mut body, LONG).await, Some(false));
        assert!(late.try_recv().is_ok());
    }

    #[tokio::test]
    async fn the_first_message_is_owed() {
        let (_send, mut body, mut late) = body(true);
        assert_eq!(next(&mut body, LONG).await, Some(false));
        assert!(late.try_recv().is_ok());
    }
}
