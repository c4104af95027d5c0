//! Passwords that are guessed first. Not a measure of strength: only what heads every leaked list.

/// The words that the most common passwords are made of, one a line, lower case.
const COMMON: &str = include_str!("common.txt");

/// Rows of keys and letters that fingers run along.
const RUNS: [&str; 10] = [
    "01234567890",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
];

/// True for a password among the first that are tried. Takes it in lower case.
pub(super) fn is_obvious(password: &str) -> bool {
    let trimmed = password.trim_matches(|c: char| !c.is_alphabetic());
    let core = if trimmed.is_empty() {
        password
    } else {
        trimmed
    };
    [password, core]
        .into_iter()
        .any(|text| is_common(text) || is_common(&plain(text)))
        || is_repetition(password)
        || is_run(password)
}

fn is_common(text: &str) -> bool {
    COMMON.lines().any(|word| word == text)
}

/// Undoes the usual replacements: "p@ssw0rd" is "password".
fn plain(text: &str) -> String {
    let letters = text.chars().map(|c| match c {
        '0' => 'o',
        '1' | '!' | '|' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    });
    letters.filter(|c| c.is_alphabetic()).collect()
}

/// "aaaaaaaa", "abcabcabc", "passpass": a unit of at most four characters, or anything twice that
/// is common by itself.
fn is_repetition(password: &str) -> bool {
    let chars: Vec<char> = password.chars().collect();
    let repeats = |unit: usize| chars.chunks(unit).all(|chunk| chars.starts_with(chunk));
    let halved = chars.len() / 2;
    (1..=4).any(repeats)
        || (chars.len() == 2 * halved
            && repeats(halved)
            && is_common(&chars.iter().take(halved).collect::<String>()))
}

/// "12345678", "qwertyui", "87654321".
fn is_run(password: &str) -> bool {
    let backwards: String = password.chars().rev().collect();
    RUNS.iter().any(|run| {
        // Once around the corner: "4567890123".
        let twice = run.repeat(2);
        twice.contains(password) || twice.contains(&backwards)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_tried_first() {
        for password in [
            "password",
            "password1",
            "passw0rd!",
            "123456789",
            "987654321",
            "qwertyuiop",
            "1qaz2wsx",
            "11111111",
            "abababab",
            "iloveyou",
            "letmein123",
            "welcome2026!",
            "!admin123",
            "changeme",
            "trustno1",
            "football1",
            "passpass",
            "1q2w3e4r",
            "00000000",
            "asdfghjkl",
            "administrator",
            "test1234",
            "qwerty123",
        ] {
            assert!(is_obvious(password), "{password}");
        }
        for password in [
            "correct horse battery staple",
            "mein-hund-bello",
            "x7#kq9!m",
            "tuesday rain",
            "a-long-enough-one",
            "strong-pass-1",
            "s3cret-enough",
            "hunter2hunter3",
        ] {
            assert!(!is_obvious(password), "{password}");
        }
    }
}
