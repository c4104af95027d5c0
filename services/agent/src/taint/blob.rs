//! Encoded text: base64 that decodes to instructions, or comes with the request to decode it.

/// Shorter runs are names, numbers and keys.
const SHORTEST: usize = 24;

/// True when an encoded run decodes to something that `addresses` the assistant, or the reader is
/// asked to decode and act.
pub(super) fn hides(text: &str, addresses: fn(&str) -> bool) -> bool {
    let mut runs = text
        .split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=' | '-' | '_')))
        .filter(|run| run.len() >= SHORTEST)
        .peekable();
    // Most texts hold no such run; only then is it worth reading what is asked.
    let asked = (runs.peek().is_some() || text.contains("13")) && asks(text);
    runs.any(|run| asked && mixed(run) || decoded(run).is_some_and(|text| addresses(&text)))
        || asked && text.to_ascii_lowercase().contains("rot13")
}

/// "decode this and do what it says".
fn asks(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    has(&[
        "decode",
        "base64",
        "rot13",
        "decrypt",
        "dekodier",
        "décode",
        "decodifica",
    ]) && has(&[
        "execute",
        "obey",
        "follow",
        "do what",
        "do it",
        "act on",
        "comply",
        "run it",
        "instructions",
    ])
}

/// Upper and lower case in one run: no word, no hash.
fn mixed(run: &str) -> bool {
    run.bytes().any(|byte| byte.is_ascii_uppercase())
        && run.bytes().any(|byte| byte.is_ascii_lowercase())
}

/// The text that a base64 run stands for, if it is one and is text.
fn decoded(run: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(run.len() * 3 / 4);
    let (mut bits, mut held) = (0_u32, 0_u32);
    for byte in run.trim_end_matches('=').bytes() {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(six);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xff).ok()?);
        }
    }
    let text = String::from_utf8(bytes).ok()?;
    text.chars()
        .all(|c| !c.is_control() || c.is_whitespace())
        .then_some(text)
}
