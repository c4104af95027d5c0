//! The body of an answer → deltas, with limits on what is read.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use async_stream::try_stream;
use eventsource_stream::{EventStreamError, Eventsource};
use futures::{Stream, StreamExt};
use reqwest::{Response, header::CONTENT_TYPE};

use super::chunk::{Assembly, Chunk};
use crate::model::{Delta, Deltas, ModelError};

/// The most of an answer, framing included, in bytes.
const WHOLE: usize = 64 * 1024 * 1024;

/// The most of one event, in bytes.
const EVENT: usize = 1024 * 1024;

/// What ends a stream.
const DONE: &str = "[DONE]";

/// Reads a successful answer.
pub(super) async fn deltas(response: Response) -> Result<Deltas, ModelError> {
    let kind = response
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or_default()
        .to_ascii_lowercase();
    if kind.contains("json") && !kind.contains("ndjson") {
        return whole(response).await;
    }
    if kind.contains("html") {
        return Err(ModelError::misbehaved("the answer is a web page"));
    }
    Ok(Box::pin(events(response)))
}

/// A server that does not stream answers at once.
async fn whole(mut response: Response) -> Result<Deltas, ModelError> {
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(cut_off)? {
        body.extend_from_slice(&piece);
        if body.len() > EVENT {
            return Err(too_large());
        }
    }
    let chunk: Chunk = serde_json::from_slice(&body).map_err(no_chunk)?;
    let deltas = Assembly::default().read(chunk)?;
    Ok(Box::pin(futures::stream::iter(deltas.into_iter().map(Ok))))
}

fn events(response: Response) -> impl Stream<Item = Result<Delta, ModelError>> + Send {
    try_stream! {
        let since_event = Arc::new(AtomicUsize::new(0));
        let pieces = limited(response, Arc::clone(&since_event));
        let mut events = std::pin::pin!(pieces.eventsource());
        let mut assembly = Assembly::default();
        while let Some(event) = events.next().await {
            let event = event.map_err(no_event)?;
            since_event.store(0, Ordering::Relaxed);
            let data = event.data.trim();
            if data == DONE {
                break;
            }
            if data.is_empty() {
                continue;
            }
            let chunk: Chunk = serde_json::from_str(data).map_err(no_chunk)?;
            for delta in assembly.read(chunk)? {
                yield delta;
            }
        }
    }
}

/// The bytes of the body, as long as they stay within the limits.
fn limited(
    response: Response,
    since_event: Arc<AtomicUsize>,
) -> impl Stream<Item = Result<impl AsRef<[u8]>, ModelError>> + Send {
    let mut total = 0_usize;
    response.bytes_stream().map(move |piece| {
        let piece = piece.map_err(cut_off)?;
        total = total.saturating_add(piece.len());
        let waiting = since_event.fetch_add(piece.len(), Ordering::Relaxed);
        if total > WHOLE || waiting > EVENT {
            return Err(too_large());
        }
        Ok(piece)
    })
}

fn cut_off(cause: reqwest::Error) -> ModelError {
    ModelError::misbehaved("the answer was cut off").because(cause.without_url())
}

fn too_large() -> ModelError {
    ModelError::misbehaved("the answer is too large")
}

/// The parser's own words quote what it read, so they are not kept.
fn no_event(error: EventStreamError<ModelError>) -> ModelError {
    match error {
        EventStreamError::Transport(cause) => cause,
        EventStreamError::Utf8(_) => ModelError::misbehaved("the answer is not UTF-8"),
        EventStreamError::Parser(_) => ModelError::misbehaved("the answer is no event stream"),
    }
}

fn no_chunk(error: serde_json::Error) -> ModelError {
    ModelError::misbehaved(format!(
        "an event of the answer is not what was expected ({:?} error)",
        error.classify()
    ))
}
