//! JSON's small change: numbers, text and instants, straight into bytes.

use std::io::Write as _;

use base64::{Engine, engine::general_purpose::STANDARD};

use super::time;

/// Below this, every whole float is exact.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A whole number.
pub(super) fn integer(out: &mut Vec<u8>, value: impl itoa::Integer) {
    out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}

/// A whole number in quotes.
pub(super) fn quoted(out: &mut Vec<u8>, value: impl itoa::Integer) {
    out.push(b'"');
    integer(out, value);
    out.push(b'"');
}

/// A double; whole ones without `.0`.
pub(super) fn double(out: &mut Vec<u8>, value: f64) {
    if !special(out, value) {
        // Writing to memory does not fail.
        let _ = write!(out, "{value:?}");
    }
}

/// A float; with fewer digits than the double it would become.
pub(super) fn float(out: &mut Vec<u8>, value: f32) {
    if !special(out, value.into()) {
        let _ = write!(out, "{value:?}");
    }
}

/// What has names, and whole numbers; false for all others.
fn special(out: &mut Vec<u8>, value: f64) -> bool {
    if value.is_nan() {
        out.extend_from_slice(b"\"NaN\"");
    } else if value.is_infinite() {
        let name: &[u8] = if value > 0.0 {
            b"\"Infinity\""
        } else {
            b"\"-Infinity\""
        };
        out.extend_from_slice(name);
    } else if value.fract() == 0.0
        && value.abs() < EXACT
        && !(value == 0.0 && value.is_sign_negative())
    {
        // Whole and exact, so nothing is lost.
        integer(out, value as i64);
    } else {
        return false;
    }
    true
}

/// Text in quotes, escaped.
pub(super) fn string(out: &mut Vec<u8>, value: &str) {
    out.push(b'"');
    let mut rest = value.as_bytes();
    loop {
        let (plain, special) = rest.split_at(plain(rest));
        out.extend_from_slice(plain);
        let Some((byte, after)) = special.split_first() else {
            break;
        };
        rest = after;
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', *byte]),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            8 => out.extend_from_slice(b"\\b"),
            12 => out.extend_from_slice(b"\\f"),
            // Writing to memory does not fail.
            byte => drop(write!(out, "\\u{byte:04x}")),
        }
    }
    out.push(b'"');
}

/// How many bytes there are before the first one that must be escaped.
fn plain(bytes: &[u8]) -> usize {
    let mut rest = bytes;
    // Eight at a time; texts are long and escapes are few.
    while let Some((word, after)) = rest.split_first_chunk() {
        if has_special(u64::from_le_bytes(*word)) {
            break;
        }
        rest = after;
    }
    let special = |byte: &u8| matches!(byte, 0..0x20 | b'"' | b'\\');
    let found = rest.iter().position(special).unwrap_or(rest.len());
    bytes.len() - rest.len() + found
}

/// Whether one of eight bytes is below a blank, a quote or a backslash (Henry Warren, "Hacker's
/// Delight", section 6-1).
const fn has_special(word: u64) -> bool {
    const ONES: u64 = u64::MAX / 255;
    const HIGH: u64 = ONES * 0x80;
    const fn less(word: u64, than: u64) -> u64 {
        word.wrapping_sub(ONES * than) & !word & HIGH
    }
    let quote = less(word ^ (ONES * b'"' as u64), 1);
    let backslash = less(word ^ (ONES * b'\\' as u64), 1);
    less(word, 0x20) | quote | backslash != 0
}

/// Bytes in base64, in quotes.
pub(super) fn base64(out: &mut Vec<u8>, bytes: &[u8]) {
    out.push(b'"');
    let start = out.len();
    out.resize(start + bytes.len().div_ceil(3) * 4, 0);
    if let Some(room) = out.get_mut(start..) {
        // The room is exactly as large as it has to be.
        let _ = STANDARD.encode_slice(bytes, room);
    }
    out.push(b'"');
}

/// RFC 3339 in UTC with 0, 3, 6 or 9 digits; false outside the years 1 to 9999.
pub(super) fn timestamp(out: &mut Vec<u8>, seconds: i64, nanos: i32) -> bool {
    let Some((year, month, day, second)) = time::civil(seconds, nanos) else {
        return false;
    };
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    let mut written = *b"\"0000-00-00T00:00:00";
    for (at, value) in [
        (1, year / 100),
        (3, year % 100),
        (6, month),
        (9, day),
        (12, hour),
        (15, minute),
        (18, second),
    ] {
        if let Some([tens, ones]) = written.get_mut(at..at + 2) {
            *tens = b'0' + (value / 10) as u8;
            *ones = b'0' + (value % 10) as u8;
        }
    }
    out.extend_from_slice(&written);
    fraction(out, nanos.unsigned_abs());
    out.extend_from_slice(b"Z\"");
    true
}

/// `-1.500s` with 0, 3, 6 or 9 digits; false for what is no duration.
pub(super) fn duration(out: &mut Vec<u8>, seconds: i64, nanos: i32) -> bool {
    if !time::is_duration(seconds, nanos) {
        return false;
    }
    out.push(b'"');
    if seconds < 0 || nanos < 0 {
        out.push(b'-');
    }
    integer(out, seconds.unsigned_abs());
    fraction(out, nanos.unsigned_abs());
    out.extend_from_slice(b"s\"");
    true
}

fn fraction(out: &mut Vec<u8>, nanos: u32) {
    let _ = match nanos {
        0 => Ok(()),
        n if n % 1_000_000 == 0 => write!(out, ".{:03}", n / 1_000_000),
        n if n % 1_000 == 0 => write!(out, ".{:06}", n / 1_000),
        n => write!(out, ".{n:09}"),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every character that there may be, at every place of a word.
    #[test]
    fn text_is_escaped_as_serde_does_it() {
        for code in (0..0x300).chain([0x2028, 0xffff, 0x1_f980]) {
            for place in 0..18 {
                let Some(character) = char::from_u32(code) else {
                    continue;
                };
                let mut text = "ab~!#]^ \u{7f}ü012345678".to_owned();
                let place = text.char_indices().nth(place).map_or(0, |(at, _)| at);
                text.insert(place, character);
                let mut written = Vec::new();
                string(&mut written, &text);
                assert_eq!(written, serde_json::to_vec(&text).unwrap(), "{text:?}");
            }
        }
        let mut written = Vec::new();
        string(&mut written, "");
        assert_eq!(written, b"\"\"");
    }
}
