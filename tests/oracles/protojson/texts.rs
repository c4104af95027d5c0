//! Texts that are hardly ProtoJSON: who takes them, and for what.

use std::{collections::BTreeMap, fs, path::PathBuf};

use serde_json::Value;

/// One way in which Python and we are allowed to differ.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Difference {
    /// What stands behind it.
    #[expect(dead_code, reason = "for readers of the file")]
    why: String,
    /// The texts that show it: `Python's verdict => ours`.
    pub(crate) texts: BTreeMap<String, String>,
}

/// All texts with their ids.
pub(crate) fn texts() -> BTreeMap<String, String> {
    let own = file("protojson/texts.txt");
    let bodies = file("envoy/requests.txt");
    let own = own.lines().filter(|line| !line.starts_with('#'));
    let own = own.filter_map(|line| line.split_once(": "));
    let bodies = bodies.lines().filter_map(|line| {
        let (id, line) = line.split_once(": ")?;
        Some((id, line.strip_prefix("POST /v1/body ")?))
    });
    let mut texts = BTreeMap::new();
    for (id, text) in own.chain(bodies.filter(|(_, text)| !text.trim().is_empty())) {
        let before = texts.insert(id.to_owned(), text.to_owned());
        assert_eq!(before, None, "two texts are called {id}");
    }
    texts
}

/// All differences, by id.
pub(crate) fn differences() -> BTreeMap<String, Difference> {
    toml::from_str(&file("protojson/texts.toml")).unwrap_or_else(|error| panic!("{error}"))
}

fn file(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Whether ours is theirs, but for the digits of numbers that are the same `float`.
pub(crate) fn are_near(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len()
                && one
                    .iter()
                    .zip(other)
                    .all(|(one, other)| are_near(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            let mut members = one.iter();
            one.len() == other.len()
                && members.all(|(name, value)| {
                    let other = other.get(name);
                    other.is_some_and(|other| are_near(value, other))
                })
        }
        (Value::Number(one), Value::Number(other)) => match (one.as_f64(), other.as_f64()) {
            (Some(one), Some(other)) => one == other || one as f32 == other as f32,
            _ => one == other,
        },
        // prost-reflect has no words for them inside of a wrapper.
        (Value::String(one), Value::Null) => {
            matches!(one.as_str(), "NaN" | "Infinity" | "-Infinity")
        }
        _ => one == other,
    }
}
