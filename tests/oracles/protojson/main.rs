//! ProtoJSON as we read and write it, as Python's protobuf does, and as prost-reflect does.
//!
//! The edge is asked as any caller asks it: a body becomes the bytes that the service hears, and the
//! bytes of its answer become JSON. `TASKCHAT_ORACLE_MESSAGES` and `TASKCHAT_ORACLE_SEED` make more
//! and other messages than CI has time for.

mod python;
mod texts;

use std::{collections::BTreeMap, time::Instant};

use axum::{Router, body::Body, extract::Request};
use bytes::Bytes;
use prost_reflect::DynamicMessage;
use serde_json::Value;
use taskchat_oracles::{Echo, ask, message};

use python::Made;

/// How many messages are made unless `TASKCHAT_ORACLE_MESSAGES` says otherwise.
const COUNT: usize = 2000;

fn setting(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{name}={text:?} is no number")),
    )
}

/// How many messages to make.
fn count() -> usize {
    let count = setting("TASKCHAT_ORACLE_MESSAGES").and_then(|count| usize::try_from(count).ok());
    count.unwrap_or(COUNT)
}

/// Where the dice begin.
fn seed() -> u64 {
    setting("TASKCHAT_ORACLE_SEED").unwrap_or(1)
}

/// The edge, and the service behind it.
struct Codec {
    echo: Echo,
    edge: Router,
}

impl Codec {
    fn new() -> Self {
        let echo = Echo::default();
        let edge = echo.edge();
        Self { echo, edge }
    }

    /// The bytes that a text becomes; else what is wrong with it.
    async fn read(&self, json: &str) -> Result<Bytes, String> {
        let request = Request::post("/v1/body").header("content-type", "application/json");
        let request = request.body(Body::from(json.to_owned()));
        let answer = ask(&self.edge, request.expect("a request")).await;
        match (answer.status, self.echo.heard()) {
            // The answer is the writer's; a number may be too odd to be written again.
            (200 | 500, Some(heard)) => Ok(heard.message),
            (400, None) => {
                let problem: Value = serde_json::from_slice(&answer.body).expect("a problem");
                Err(problem["detail"].as_str().expect("a detail").to_owned())
            }
            (status, heard) => panic!("{json} is answered {status}, and the service {heard:?}"),
        }
    }

    /// The text that bytes become.
    async fn write(&self, message: &Bytes) -> Result<String, String> {
        self.echo.answer_with(message.clone());
        let request = Request::get("/v1/query").body(Body::empty());
        let answer = ask(&self.edge, request.expect("a request")).await;
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        match answer.status {
            200 => Ok(text),
            _ => Err(text),
        }
    }
}

#[tokio::test]
async fn python_and_we_mean_the_same() {
    let began = Instant::now();
    let made = python::generate(seed(), count());
    let generated = began.elapsed();
    let (reader, writer) = (Codec::new(), Codec::new());
    let mut rows: Vec<(&Made, String, Bytes)> = Vec::new();
    let mut wrong = Vec::new();
    for made in &made {
        let read = reader.read(&made.json).await;
        let written = writer.write(&made.bytes).await;
        match (read, written) {
            (Ok(bytes), Ok(json)) => rows.push((made, json, bytes)),
            (Err(fault), _) => {
                wrong.push(format!("we refuse Python's JSON: {fault}\n  {}", made.json))
            }
            (_, Err(fault)) => wrong.push(format!("we cannot print: {fault}\n  {}", made.json)),
        }
    }
    let checked = python::check(
        rows.iter()
            .map(|(made, json, bytes)| (*made, json.as_str(), bytes)),
    );
    assert_eq!(checked.len(), rows.len(), "Python has checked all");
    for (problem, (made, json, _)) in checked.iter().zip(&rows) {
        if !problem.is_empty() {
            wrong.push(format!(
                "{problem}\n  theirs {}\n  ours   {json}",
                made.json
            ));
        }
    }
    println!(
        "{} messages, {} wrong; making them took {generated:?} of {:?}",
        made.len(),
        wrong.len(),
        began.elapsed()
    );
    let first: Vec<String> = wrong.into_iter().take(10).collect();
    assert!(first.is_empty(), "{}", first.join("\n"));
}

#[tokio::test]
async fn prost_reflect_and_we_mean_the_same() {
    let (reader, writer) = (Codec::new(), Codec::new());
    let mut wrong = Vec::new();
    for made in python::generate(seed() + 1, count() / 4) {
        let Made { bytes, json } = &made;
        // prost-reflect wants the fields of an Empty inside of an Any under `value`, others do not.
        if json.contains("/google.protobuf.Empty") {
            continue;
        }
        let theirs = DynamicMessage::decode(message("Call"), bytes.clone()).expect("a Call");
        let mut text = serde_json::Deserializer::from_str(json);
        let read = DynamicMessage::deserialize(message("Call"), &mut text).expect("a Call");
        let ours = reader
            .read(json)
            .await
            .map(|bytes| DynamicMessage::decode(message("Call"), bytes).expect("bytes of a Call"));
        // As JSON, because NaN is not equal to itself.
        let print = |message: &DynamicMessage| serde_json::to_value(message).expect("JSON");
        if ours.as_ref().map(print) != Ok(print(&read)) {
            wrong.push(format!("read {ours:?} out of\n  {json}"));
        }
        let written = writer.write(bytes).await.expect("JSON");
        let written: Value = serde_json::from_str(&written).expect("JSON");
        if !texts::are_near(&written, &print(&theirs)) {
            wrong.push(format!("wrote {written}\n  and not {}", print(&theirs)));
        }
    }
    println!("{} wrong", wrong.len());
    let first: Vec<String> = wrong.into_iter().take(10).collect();
    assert!(first.is_empty(), "{}", first.join("\n"));
}

#[tokio::test]
async fn texts_that_are_hardly_json_divide_us_only_where_we_say_so() {
    let texts = texts::texts();
    let theirs = python::read(texts.values().map(String::as_str));
    assert_eq!(theirs.len(), texts.len(), "Python has read all");
    let codec = Codec::new();
    let mut found = BTreeMap::new();
    for ((id, text), theirs) in texts.iter().zip(theirs) {
        let ours = codec.read(text).await;
        println!("{id}: {text}\n  Python {theirs:?}\n  here   {ours:?}");
        let difference = match (theirs, ours) {
            (None, Err(_)) => continue,
            (None, Ok(_)) => "refused => taken",
            (Some(_), Err(_)) => "taken => refused",
            (Some(theirs), Ok(ours)) if means_the_same(text, &theirs, &ours) => continue,
            (Some(_), Ok(_)) => "taken => taken for something else",
        };
        found.insert(id.clone(), difference.to_owned());
    }
    println!("{} texts, {} divide us", texts.len(), found.len());
    let listed = texts::differences().into_values();
    let listed: BTreeMap<_, _> = listed.flat_map(|difference| difference.texts).collect();
    let only = |these: &BTreeMap<String, String>, those: &BTreeMap<String, String>| {
        let these = these
            .iter()
            .filter(|(id, what)| those.get(*id) != Some(*what));
        these
            .map(|(id, what)| format!("{id} = \"{what}\""))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        only(&found, &listed),
        <[String; 0]>::default(),
        "not listed, or listed otherwise"
    );
    assert_eq!(
        only(&listed, &found),
        <[String; 0]>::default(),
        "listed, and no difference"
    );
}

fn means_the_same(text: &str, theirs: &Bytes, ours: &Bytes) -> bool {
    if text.contains("-0.0") {
        // It is equal to 0.0, but not as long.
        return theirs == ours;
    }
    let read = |bytes: &Bytes| DynamicMessage::decode(message("Call"), bytes.clone());
    let (theirs, ours) = (read(theirs).expect("a Call"), read(ours).expect("a Call"));
    let print = |message: &DynamicMessage| serde_json::to_value(message).ok();
    match text.contains("NaN") {
        // It is not equal to itself, but its JSON is.
        true => print(&theirs) == print(&ours),
        false => theirs == ours,
    }
}
