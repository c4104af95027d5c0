//! Whether a client takes what it is sent.
//!
//! Watched below TLS, which would otherwise swallow what nobody takes.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::Instant,
};

/// How the bytes of one connection flow out.
#[derive(Debug)]
pub(super) struct Outflow(Mutex<Flow>);

/// Where the bytes to be sent are.
#[derive(Debug, Clone, Copy)]
pub(super) enum Flow {
    /// On their way: since then there was room for all of them.
    Free(Instant),
    /// Here: since then the other side has taken nothing.
    Stuck(Instant),
}

impl Outflow {
    /// Of a connection that has just been made.
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new(Flow::Free(Instant::now()))))
    }

    /// How it is now.
    pub(super) fn flow(&self) -> Flow {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wrote<T>(&self, polled: Poll<T>) -> Poll<T> {
        let mut flow = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match (*flow, polled.is_ready()) {
            (Flow::Free(_), false) => *flow = Flow::Stuck(Instant::now()),
            (Flow::Stuck(_), true) => *flow = Flow::Free(Instant::now()),
            (Flow::Free(_), true) | (Flow::Stuck(_), false) => {}
        }
        polled
    }
}

/// A connection that tells its [`Outflow`] how writing goes.
#[derive(Debug)]
pub(super) struct Outgoing<IO> {
    io: IO,
    outflow: Arc<Outflow>,
}

impl<IO> Outgoing<IO> {
    /// The connection, watched.
    pub(super) fn new(io: IO, outflow: Arc<Outflow>) -> Self {
        Self { io, outflow }
    }
}

impl<IO: AsyncRead + Unpin> AsyncRead for Outgoing<IO> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(cx, into)
    }
}

impl<IO: AsyncWrite + Unpin> AsyncWrite for Outgoing<IO> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.io).poll_write(cx, bytes);
        self.outflow.wrote(polled)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.io).poll_write_vectored(cx, slices);
        self.outflow.wrote(polled)
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
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    #[tokio::test]
    async fn bytes_are_stuck_until_some_are_taken() {
        let (mut client, server) = tokio::io::duplex(4);
        let outflow = Outflow::new();
        let mut io = Outgoing::new(server, Arc::clone(&outflow));
        io.write_all(b"four").await.unwrap();
        let Flow::Free(made) = outflow.flow() else {
            panic!("there was room")
        };
        let more = io.write_all(b"more");
        tokio::pin!(more);
        assert!(futures::poll!(&mut more).is_pending());
        let Flow::Stuck(since) = outflow.flow() else {
            panic!("there is no room")
        };
        assert!(futures::poll!(&mut more).is_pending());
        assert!(matches!(outflow.flow(), Flow::Stuck(still) if still == since));
        client.read_exact(&mut [0; 4]).await.unwrap();
        more.await.unwrap();
        assert!(matches!(outflow.flow(), Flow::Free(again) if again > made));
    }
}
