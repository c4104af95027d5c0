//! Letters behind their disguises: look-alikes, accents, digits for letters, spacing.

/// A text reduced to the plain letters a reader sees.
///
/// "l", "i" and "1" become one letter, as do "o" and "0": whoever compares folds both sides.
pub(super) struct Letters {
    folded: String,
    squeezed: String,
}

impl Letters {
    pub(super) fn new(text: &str) -> Self {
        let mut folded = String::with_capacity(text.len());
        let mut squeezed = String::with_capacity(text.len());
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            // Nearly all of what people write.
            if c.is_ascii_alphabetic() || c == ' ' {
                let c = match c.to_ascii_lowercase() {
                    'l' => 'i',
                    other => other,
                };
                folded.push(c);
                if c != ' ' {
                    squeezed.push(c);
                }
                continue;
            }
            if invisible(c) {
                continue;
            }
            let after_letter = folded.ends_with(|c: char| c.is_alphanumeric());
            let vowel = chars
                .peek()
                .is_some_and(|next| "aeiou".contains(next.to_ascii_lowercase()));
            // "pr!nt", but not "done!!"; "@ll", but not "@assistant".
            let ends = chars.peek().is_none_or(|next| !next.is_alphanumeric());
            let mention = c == '@' && !after_letter && vowel;
            let letters = if mention || matches!(c, '!' | '|' | '$' | '@') && ends {
                None
            } else {
                plain(c)
            };
            match letters {
                Some(letters) => {
                    folded.push_str(letters);
                    squeezed.push_str(letters);
                }
                None if c.is_alphanumeric() => folded.extend(c.to_lowercase()),
                // "don't" stays one word.
                None if matches!(c, '\'' | '’') => {}
                None => folded.push(' '),
            }
        }
        Self { folded, squeezed }
    }

    /// The words, in order.
    pub(super) fn words(&self) -> Vec<&str> {
        self.folded.split_whitespace().collect()
    }

    /// True when a sentence is spelled letter by letter.
    pub(super) fn spelled(&self) -> bool {
        let mut run = 0;
        self.folded.split_whitespace().any(|word| {
            run = if word.len() == 1 { run + 1 } else { 0 };
            run >= 9
        })
    }

    /// All Latin letters without anything between them.
    pub(super) fn squeezed(&self) -> &str {
        &self.squeezed
    }
}

/// Folds a word of a list as texts are folded.
pub(super) fn fold(word: &str) -> String {
    Letters::new(word).folded
}

/// Characters that nobody sees.
pub(super) fn invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e0fff}' | '\u{300}'..='\u{36f}'
    )
}

/// The plain letters that a character passes for.
fn plain(c: char) -> Option<&'static str> {
    const PLAIN: [&str; 26] = [
        "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "i", "m", "n", "o", "p", "q", "r",
        "s", "t", "u", "v", "w", "x", "y", "z",
    ];
    let code = u32::from(c);
    let nth = match code {
        0x41..=0x5a => code - 0x41,
        0x61..=0x7a => code - 0x61,
        // Full-width, circled and parenthesised letters.
        0xff21..=0xff3a => code - 0xff21,
        0xff41..=0xff5a => code - 0xff41,
        0x24b6..=0x24cf => code - 0x24b6,
        0x24d0..=0x24e9 => code - 0x24d0,
        0x249c..=0x24b5 => code - 0x249c,
        0x1f110..=0x1f129 => code - 0x1f110,
        0x1f130..=0x1f149 => code - 0x1f130,
        0x1f150..=0x1f169 => code - 0x1f150,
        0x1f170..=0x1f189 => code - 0x1f170,
        // Mathematical alphabets: thirteen of them, capitals first.
        0x1d400..=0x1d6a3 => (code - 0x1d400) % 26,
        _ => return look_alike(c),
    };
    PLAIN.get(usize::try_from(nth).ok()?).copied()
}

/// Digits and signs for letters, accents, Greek and Cyrillic look-alikes.
fn look_alike(c: char) -> Option<&'static str> {
    Some(match c {
        '0' | 'о' | 'О' | 'ο' | 'Ο' | 'ò'..='ö' | 'Ò'..='Ö' | 'ø' | 'Ø' | 'ō' | 'ő' | 'օ' => {
            "o"
        }
        '1'
        | '!'
        | '|'
        | 'і'
        | 'І'
        | 'ι'
        | 'Ι'
        | 'ì'..='ï'
        | 'Ì'..='Ï'
        | 'ī'
        | 'ı'
        | 'İ'
        | 'ł'
        | 'Ł'
        | 'ї'
        | 'ӏ'
        | 'Ӏ'
        | 'ɩ'
        | 'ⅼ'
        | 'ⅰ' => "i",
        '3' | 'е' | 'Е' | 'ε' | 'Ε' | 'è'..='ë' | 'È'..='Ë' | 'ē' | 'ę' | 'ё' | 'є' => {
            "e"
        }
        '4' | '@' | 'а' | 'А' | 'α' | 'Α' | 'à'..='å' | 'À'..='Å' | 'ā' | 'ą' | 'ă' => {
            "a"
        }
        '5' | '$' | 'ѕ' | 'Ѕ' | 'ś' | 'š' | 'ş' | 'Ś' | 'Š' => "s",
        '7' | 'т' | 'Т' | 'τ' | 'Τ' | 'ţ' => "t",
        '8' | 'В' | 'Β' => "b",
        '9' | 'ğ' | 'ɡ' | 'ց' => "g",
        'с' | 'С' | 'ϲ' | 'ç' | 'Ç' | 'č' | 'ć' => "c",
        'р' | 'Р' | 'ρ' | 'Ρ' => "p",
        'х' | 'Х' | 'χ' | 'Χ' => "x",
        'у' | 'У' | 'υ' | 'Υ' | 'ý' | 'ÿ' => "y",
        'ј' | 'Ј' => "j",
        'Н' | 'Η' | 'һ' => "h",
        'К' | 'к' | 'Κ' | 'κ' => "k",
        'М' | 'м' | 'Μ' => "m",
        'Ν' | 'ñ' | 'Ñ' | 'ń' | 'ո' => "n",
        'ν' | 'ѵ' => "v",
        'ù'..='ü' | 'Ù'..='Ü' | 'ū' | 'ս' => "u",
        'Ζ' | 'ż' | 'ź' | 'ž' | 'Ż' => "z",
        'ԁ' => "d",
        'ԛ' => "q",
        'ԝ' | 'ω' => "w",
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        _ => return None,
    })
}
