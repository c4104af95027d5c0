//! Python's protobuf, run beside the tests; what it does is in `oracle.py`.

use std::{
    fs::File,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use taskchat_oracles::DESCRIPTORS;

/// A made-up message.
#[derive(Debug, Clone)]
pub(crate) struct Made {
    /// As Python encodes it, deterministically.
    pub(crate) bytes: Bytes,
    /// As Python prints it.
    pub(crate) json: String,
}

/// Messages by the dice.
pub(crate) fn generate(seed: u64, count: usize) -> Vec<Made> {
    let output = run(&["generate", &seed.to_string(), &count.to_string()], "");
    let made = output.lines().map(|line| {
        let (bytes, json) = line.split_once('\t').expect("two columns");
        Made {
            bytes: decode(bytes),
            json: json.to_owned(),
        }
    });
    made.collect()
}

/// What is wrong with our JSON and our reading of Python's; empty texts where nothing is.
pub(crate) fn check<'c>(rows: impl Iterator<Item = (&'c Made, &'c str, &'c Bytes)>) -> Vec<String> {
    let lines = rows.map(|(made, json, bytes)| {
        let (theirs, ours) = (STANDARD.encode(&made.bytes), STANDARD.encode(bytes));
        format!("{theirs}\t{json}\t{ours}\n")
    });
    let output = run(&["check"], &lines.collect::<String>());
    output.lines().map(str::to_owned).collect()
}

/// The messages that texts are; `None` for those that are refused.
pub(crate) fn read<'t>(texts: impl Iterator<Item = &'t str>) -> Vec<Option<Bytes>> {
    let lines: String = texts.map(|text| format!("{text}\n")).collect();
    let output = run(&["read"], &lines);
    let messages = output.lines();
    messages
        .map(|line| line.strip_prefix('=').map(decode))
        .collect()
}

fn decode(text: &str) -> Bytes {
    STANDARD.decode(text).expect("base64").into()
}

fn run(arguments: &[&str], input: &str) -> String {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let python = here.join("../.venv/bin/python");
    assert!(
        python.is_file() && here.join("../.venv/.oracles").is_file(),
        "Python's protobuf is not installed: run tests/setup/oracles.sh (make test does)"
    );
    let folder = tempfile::tempdir().expect("a folder");
    let put = |name: &str, content: &[u8]| {
        let path = folder.path().join(name);
        let mut file = File::create(&path).expect("a file");
        file.write_all(content).expect("to write");
        path
    };
    let descriptors = put("descriptors.binpb", &DESCRIPTORS);
    let input = put("input", input.as_bytes());
    let output = Command::new(python)
        .arg(here.join("protojson/oracle.py"))
        .args([&descriptors])
        .args(arguments)
        .env("PYTHONIOENCODING", "utf-8")
        .stdin(open(&input))
        .stderr(Stdio::inherit())
        .output()
        .expect("to run Python");
    assert!(output.status.success(), "oracle.py {arguments:?} failed");
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn open(path: &Path) -> File {
    File::open(path).expect("the file that was just written")
}
