//! The tools on standard input and output, for assistants on the same machine.

use rmcp::{ServiceExt, transport};
use tokio_util::sync::CancellationToken;

use crate::{Bench, ToolServer, Tools};

/// The conversation with the assistant broke.
#[derive(Debug, thiserror::Error)]
#[error("MCP over standard input and output failed")]
pub struct StdioError(#[source] Box<dyn std::error::Error + Send + Sync>);

/// Serves the person of `bench` until the input ends or `shutdown` is cancelled. Nothing else may
/// write to standard output meanwhile.
///
/// # Errors
/// When the other side does not speak MCP.
pub async fn stdio(
    tools: Tools,
    bench: Bench,
    shutdown: CancellationToken,
) -> Result<(), StdioError> {
    let server = ToolServer::new(tools, bench);
    match server
        .serve_with_ct(transport::stdio(), shutdown.clone())
        .await
    {
        Ok(running) => running
            .waiting()
            .await
            .map(drop)
            .map_err(|cause| StdioError(cause.into())),
        Err(_) if shutdown.is_cancelled() => Ok(()),
        Err(cause) => Err(StdioError(cause.into())),
    }
}
