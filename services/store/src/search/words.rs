//! Words, as they are compared: without letter case, accents and compatibility forms.
//!
//! The same rules for both databases, so neither's own idea of a word counts: they are handed words
//! of letters and digits only, which no query language gives a meaning to.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// The longest word, in characters; what is longer is compared by its beginning.
const LONGEST: usize = 64;

/// One word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    /// Where it begins, in bytes.
    pub(crate) start: usize,
    /// Where it ends.
    pub(crate) end: usize,
    /// As it is compared.
    pub(crate) folded: String,
}

/// The words of a text, in order.
pub(crate) fn words(text: &str) -> impl Iterator<Item = Word> + '_ {
    let mut chars = text.char_indices().peekable();
    std::iter::from_fn(move || {
        loop {
            let (start, first) = chars.find(|(_, char)| char.is_alphanumeric())?;
            let mut end = start + first.len_utf8();
            while let Some((at, char)) = chars.next_if(|(_, next)| {
                is_combining_mark(*next)
                    || (next.is_alphanumeric() && !stands_alone(first) && !stands_alone(*next))
            }) {
                end = at + char.len_utf8();
            }
            let folded = fold(text.get(start..end).unwrap_or_default());
            if !folded.is_empty() {
                return Some(Word { start, end, folded });
            }
        }
    })
}

/// A word as it is compared: letters and digits only.
fn fold(word: &str) -> String {
    let bare = word.nfkd().filter(|char| !is_combining_mark(*char));
    let lower = bare.flat_map(char::to_lowercase);
    lower
        .filter(|char| char.is_alphanumeric())
        // A sigma at the end of a word is a sigma.
        .map(|char| if char == 'ς' { 'σ' } else { char })
        .take(LONGEST)
        .collect()
}

/// True for the scripts that put no spaces between words: each of their signs is a word of its own.
const fn stands_alone(char: char) -> bool {
    matches!(char,
        '\u{0e00}'..='\u{0eff}'      // Thai, Lao
        | '\u{1000}'..='\u{109f}'    // Burmese
        | '\u{1780}'..='\u{17ff}'    // Khmer
        | '\u{3040}'..='\u{30ff}'    // Hiragana, Katakana
        | '\u{3400}'..='\u{4dbf}'    // Han
        | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{ff66}'..='\u{ff9f}'    // Katakana, half as wide
        | '\u{20000}'..='\u{3ffff}') // Han
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_told_apart_and_folded() {
        for (text, expected) in [
            ("", vec![]),
            (" \t\0!?", vec![]),
            ("Buy milk, 2 litres!", vec!["buy", "milk", "2", "litres"]),
            ("ÄPFEL äpfel A\u{308}pfel", vec!["apfel", "apfel", "apfel"]),
            (
                "don't foo_bar a-b c.d@e",
                vec!["don", "t", "foo", "bar", "a", "b", "c", "d", "e"],
            ),
            (
                "\"x\" OR (y) NEAR/2 -z* ^w:v",
                vec!["x", "or", "y", "near", "2", "z", "w", "v"],
            ),
            ("ﬁx ½ ① Ⅷ ｆｕｌｌ", vec!["fix", "12", "1", "viii", "full"]),
            (
                "İstanbul ΣΑΣ σας straße",
                vec!["istanbul", "σασ", "σασ", "straße"],
            ),
            ("牛乳を買う", vec!["牛", "乳", "を", "買", "う"]),
            ("buy牛乳now", vec!["buy", "牛", "乳", "now"]),
            ("привет мир", vec!["привет", "мир"]),
            ("नमस्ते", vec!["नमसत"]),
        ] {
            let found: Vec<_> = words(text).map(|word| word.folded).collect();
            assert_eq!(found, expected, "{text:?}");
            for word in words(text) {
                assert_eq!(fold(&text[word.start..word.end]), word.folded);
            }
        }
        let long = "x".repeat(1000);
        assert_eq!(words(&long).next().unwrap().folded.len(), LONGEST);
        assert_eq!(words(&long).next().unwrap().end, 1000);
    }

    #[test]
    fn folding_twice_changes_nothing() {
        for text in ["ÄPFEL İΣ ﷺ ½ ĳ Ǆ ŉ ẞ ﬀ", "ΌΣΟΣ straße ͅa"] {
            for word in words(text) {
                let again: Vec<_> = words(&word.folded).map(|word| word.folded).collect();
                assert_eq!(again, [word.folded], "{text}");
            }
        }
    }
}
