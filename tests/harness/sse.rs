//! Server-sent events, read as a browser would.

use std::pin::Pin;

use futures::{Stream, StreamExt};
use serde_json::Value;

use crate::Answer;

/// One event of a stream.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The `id:` line; absent on what is not stored.
    pub id: Option<u32>,
    /// The `event:` line.
    pub kind: String,
    /// The `data:` lines.
    pub data: Value,
}

/// An open stream of events.
pub struct Events {
    bytes: Pin<Box<dyn Stream<Item = reqwest::Result<bytes::Bytes>> + Send>>,
    unread: Vec<u8>,
}

impl Events {
    /// Sends a request that must be answered by a stream.
    pub async fn open(request: reqwest::RequestBuilder) -> Self {
        match Self::try_open(request).await {
            Ok(events) => events,
            Err(answer) => panic!("no stream but {} {}", answer.status, answer.text),
        }
    }

    /// Sends a request that may be refused instead.
    pub async fn try_open(request: reqwest::RequestBuilder) -> Result<Self, Answer> {
        let response = request.send().await.expect("an answer");
        let is_stream = response
            .headers()
            .get("content-type")
            .is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"));
        if !is_stream || response.status() != 200 {
            return Err(Answer::read(response).await);
        }
        Ok(Self {
            bytes: response.bytes_stream().boxed(),
            unread: Vec::new(),
        })
    }

    /// The next event; `None` once the stream has ended. Comments are passed over.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            while let Some(end) = self.unread.windows(2).position(|pair| pair == b"\n\n") {
                let block: Vec<u8> = self.unread.drain(..end + 2).collect();
                let block = String::from_utf8(block).expect("UTF-8");
                if let Some(event) = parse(&block) {
                    return Some(event);
                }
            }
            self.unread
                .extend(self.bytes.next().await?.expect("an unbroken stream"));
        }
    }

    /// Everything up to the next event of this kind, that one included.
    #[track_caller]
    pub fn until(&mut self, kind: &'static str) -> impl Future<Output = Vec<Event>> {
        let at = std::panic::Location::caller();
        async move {
            let mut events = Vec::new();
            while let Some(event) = self.next().await {
                let found = event.kind == kind;
                events.push(event);
                if found {
                    return events;
                }
            }
            panic!("{at}: no {kind} in {events:?}")
        }
    }

    /// Everything that is still to come.
    pub async fn rest(&mut self) -> Vec<Event> {
        let mut events = Vec::new();
        while let Some(event) = self.next().await {
            events.push(event);
        }
        events
    }
}

fn parse(block: &str) -> Option<Event> {
    let mut event = Event {
        id: None,
        kind: "message".to_owned(),
        data: Value::Null,
    };
    let mut data = Vec::new();
    for line in block.lines() {
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "id" => event.id = Some(value.parse().expect("a number as id")),
            "event" => value.clone_into(&mut event.kind),
            "data" => data.push(value),
            _ => {}
        }
    }
    if data.is_empty() {
        return None;
    }
    event.data = serde_json::from_str(&data.join("\n")).expect("JSON data");
    Some(event)
}

/// The text of all deltas, joined.
pub fn text_of(events: &[Event]) -> String {
    events
        .iter()
        .filter_map(|event| event.data["text_delta"]["text"].as_str())
        .collect()
}

/// Fails unless stored events are numbered 1, 2, 3 ... from `first` without gaps.
#[track_caller]
pub fn assert_contiguous(events: &[Event], first: u32) {
    let ids: Vec<u32> = events.iter().filter_map(|event| event.id).collect();
    let wanted: Vec<u32> = (first..).take(ids.len()).collect();
    assert_eq!(ids, wanted, "{events:?}");
    for event in events {
        assert_eq!(
            event.data["seq"].as_u64(),
            Some(u64::from(event.id.unwrap_or(0)))
        );
    }
}
