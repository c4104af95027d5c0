//! The bytes of a connection, watched, with those given back that were read to find out the protocol.

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use bytes::{Buf as _, Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, ReadBuf};

use super::activity::Activity;

/// What a client that speaks HTTP/2 from the start sends first (RFC 9113, section 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// A connection whose bytes are told to its [`Activity`].
pub(super) struct Watched<IO> {
    io: IO,
    before: Bytes,
    activity: Option<Arc<Activity>>,
}

impl<IO> Watched<IO> {
    /// `before` has been read already. Without an activity nobody is told: HTTP/2 sends more than
    /// requests.
    pub(super) fn new(io: IO, before: Bytes, activity: Option<Arc<Activity>>) -> Self {
        Self {
            io,
            before,
            activity,
        }
    }

    /// The connection itself.
    pub(super) fn into_inner(self) -> IO {
        self.io
    }
}

/// The protocol that a connection begins with.
#[derive(Debug)]
pub(super) enum Opening {
    /// HTTP/1.1, and what has been read of it.
    Http1(Bytes),
    /// HTTP/2, and what has been read of it.
    Http2(Bytes),
    /// The client went away, or said nothing for too long.
    Nothing,
    /// It said something, but not enough to tell.
    TooSlow,
}

/// Reads as much as it takes to tell HTTP/2 from HTTP/1.1.
pub(super) async fn opening<IO: AsyncRead + Unpin>(io: &mut IO, patience: Duration) -> Opening {
    let mut read = BytesMut::with_capacity(256);
    let reading = async {
        loop {
            match io.read_buf(&mut read).await {
                Ok(0) | Err(_) => return None,
                Ok(_) if read.starts_with(PREFACE) => return Some(true),
                Ok(_) if PREFACE.starts_with(&read) => {}
                Ok(_) => return Some(false),
            }
        }
    };
    let told = match patience.is_zero() {
        true => Ok(reading.await),
        false => tokio::time::timeout(patience, reading).await,
    };
    match told {
        Ok(Some(true)) => Opening::Http2(read.freeze()),
        Ok(Some(false)) => Opening::Http1(read.freeze()),
        Ok(None) => Opening::Nothing,
        Err(_) if read.is_empty() => Opening::Nothing,
        Err(_) => Opening::TooSlow,
    }
}

impl<IO: AsyncRead + Unpin> AsyncRead for Watched<IO> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.before.has_remaining() {
            let length = this.before.len().min(into.remaining());
            into.put_slice(&this.before.split_to(length));
            return Poll::Ready(Ok(()));
        }
        let filled = into.filled().len();
        let polled = Pin::new(&mut this.io).poll_read(cx, into);
        if let Some(activity) = &this.activity
            && into.filled().len() > filled
        {
            activity.heard();
        }
        polled
    }
}

impl<IO: AsyncWrite + Unpin> AsyncWrite for Watched<IO> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncWriteExt as _;

    async fn tell(pieces: &[&[u8]], closes: bool) -> Opening {
        let (mut client, mut server) = tokio::io::duplex(64);
        for piece in pieces {
            client.write_all(piece).await.unwrap();
        }
        let _open = (!closes).then_some(client);
        opening(&mut server, Duration::from_millis(200)).await
    }

    #[tokio::test]
    async fn the_first_bytes_tell_the_protocol() {
        assert!(matches!(
            tell(&[b"GET / HTTP/1.1\r\n"], false).await,
            Opening::Http1(_)
        ));
        assert!(matches!(
            tell(&[b"PRI / HTTP/1.1\r\n"], false).await,
            Opening::Http1(_)
        ));
        let (start, rest) = PREFACE.split_at(5);
        let both = tell(&[start, rest, b"more"], false).await;
        assert!(matches!(both, Opening::Http2(read) if read.starts_with(PREFACE)));
        assert!(matches!(
            tell(&[b"PRI * HT"], false).await,
            Opening::TooSlow
        ));
        assert!(matches!(tell(&[], false).await, Opening::Nothing));
        assert!(matches!(tell(&[b"PRI * HT"], true).await, Opening::Nothing));
    }
}
