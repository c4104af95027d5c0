//! The tools for our own agent: a pipe within this process, with the real protocol on it.

use rmcp::ServiceExt;
use tokio::io::DuplexStream;
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
        match server.serve(ours).await {
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
