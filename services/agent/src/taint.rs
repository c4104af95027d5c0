//! Stored text that addresses the assistant: it taints the turn it is read in.
//!
//! What a person stores (titles, descriptions, tags, messages) reaches the model as data. Text that
//! tries to be more than that is recognised here by its wording, its disguise or its markup. What a
//! tainted turn may not do is said in `consent`; nothing is ever blocked or changed because of this
//! alone, so a wrong guess costs a question and not a task.
//!
//! No single rule finds everything; a model that obeys unrecognised text still meets the limits on
//! bulk changes and on what only a person may approve.

mod blob;
mod disguise;
mod letters;
mod lists;
mod wording;

#[cfg(test)]
mod tests;

use serde_json::Value;

use self::letters::Letters;

/// The most bytes of one text that are read; titles, descriptions and excerpts are shorter.
const READ: usize = 16 * 1024;

/// Values nested deeper than this come from nobody honest.
const DEEPEST: usize = 64;

/// True when a stored text addresses the assistant, or hides something from the person.
#[must_use]
pub fn looks_like_instructions(text: &str) -> bool {
    let text = capped(text);
    if text.bytes().all(technical) {
        return false;
    }
    disguise::hides(text) || disguise::marks_up(text) || worded(text) || blob::hides(text, worded)
}

/// True when any text of a tool's result does.
#[must_use]
pub fn tainted(result: &Value) -> bool {
    tainted_at(result, 0)
}

fn tainted_at(value: &Value, depth: usize) -> bool {
    if depth > DEEPEST {
        return true;
    }
    match value {
        Value::String(text) => looks_like_instructions(text),
        Value::Array(values) => values.iter().any(|value| tainted_at(value, depth + 1)),
        Value::Object(fields) => fields.values().any(|value| tainted_at(value, depth + 1)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// True when the words, whatever letters they are written in, address the assistant.
fn worded(text: &str) -> bool {
    let letters = Letters::new(text);
    wording::addresses(&letters.words())
        || wording::squeezed(letters.squeezed())
        || letters.spelled() && wording::destroys(letters.squeezed())
        || wording::foreign(text)
}

/// What ids, dates and numbers are made of: nothing can be said in it.
const fn technical(byte: u8) -> bool {
    byte.is_ascii_hexdigit() || matches!(byte, b'-' | b':' | b'.' | b'T' | b'Z')
}

fn capped(text: &str) -> &str {
    let mut end = text.len().min(READ);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or(text)
}
