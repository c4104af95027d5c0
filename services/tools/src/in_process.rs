//! The tools for our own agent: a pipe within this process, with the real protocol on it.

use std::{
    io::{self, ErrorKind},
    pin::Pin,
    task::{Context, Poll},
};

use rmcp::ServiceExt;
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf};
use tokio_util::task::TaskTracker;

use crate::{Bench, ToolServer, Tools};

/// How much a side may write ahead of the other, in bytes.
const PIPE: usize = 64 * 1024;

/// Starts a server for the person of `bench` and returns the client's end of the pipe. The server
/// ends when that end is dropped.
#[must_use]
pub fn in_process(tools: &Tools, bench: Bench, tracker: &TaskTracker) -> DuplexStream {
    let (ours, theirs) = tokio::io::duplex(PIPE);
    let server = ToolServer::new(tools.clone(), bench);
    tracker.spawn(async move {
        // Both failures mean that the client has gone, which is its right.
        match server.serve(Outlived(ours)).await {
            Ok(running) => {
                if let Err(cause) = running.waiting().await {
                    tracing::debug!(error = %cause, "the tools of a turn stopped");
                }
            }
            Err(cause) => tracing::debug!(error = %cause, "nobody shook hands with the tools"),
        }
    });
    theirs
}

/// A pipe whose other end may be gone. What is written then is lost without an error: whoever gave a
/// call up does not wait for its answer, and the SDK would call that a fault. Reading ends, and with
/// it the server.
#[derive(Debug)]
struct Outlived(DuplexStream);

impl Outlived {
    /// The same, unless it says that the other end is gone.
    fn or<T>(outcome: Poll<io::Result<T>>, lost: T) -> Poll<io::Result<T>> {
        match outcome {
            Poll::Ready(Err(cause)) if cause.kind() == ErrorKind::BrokenPipe => {
                Poll::Ready(Ok(lost))
            }
            other => other,
        }
    }
}

impl AsyncRead for Outlived {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl AsyncWrite for Outlived {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Self::or(
            Pin::new(&mut self.0).poll_write(context, bytes),
            bytes.len(),
        )
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Self::or(Pin::new(&mut self.0).poll_flush(context), ())
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Self::or(Pin::new(&mut self.0).poll_shutdown(context), ())
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[tokio::test]
    async fn an_answer_that_nobody_waits_for_is_no_error() {
        let (ours, mut theirs) = tokio::io::duplex(8);
        let mut ours = Outlived(ours);
        ours.write_all(b"heard").await.unwrap();
        let mut heard = [0; 5];
        theirs.read_exact(&mut heard).await.unwrap();
        assert_eq!(&heard, b"heard");
        drop(theirs);
        ours.write_all(b"longer than the pipe").await.unwrap();
        ours.flush().await.unwrap();
        ours.shutdown().await.unwrap();
        assert_eq!(ours.read(&mut heard).await.unwrap(), 0, "the end");
    }
}
