//! The words around what was found.

use taskchat_domain::SnippetPart;

use super::{Query, words::words};

/// The longest snippet, in characters.
const LONGEST: usize = 200;
/// Characters shown before the first match.
const LEAD: usize = 60;

/// The piece of a text around the first match, with an ellipsis where something is left out, and
/// all matches in it marked. Without a match it is the beginning.
pub(crate) fn snippet(text: &str, query: &Query) -> Vec<SnippetPart> {
    let mut matches = words(text)
        .filter(|word| query.matches(&word.folded))
        .map(|word| (word.start, word.end))
        .peekable();
    let first = matches.peek().map_or(0, |(start, _)| *start);
    let (start, end) = window(text, first);

    let mut parts = Vec::new();
    let mut push = |text: &str, is_match| {
        if !text.is_empty() {
            parts.push(SnippetPart {
                text: text.to_owned(),
                is_match,
            });
        }
    };
    let mut at = start;
    let between = |from, to| text.get(from..to).unwrap_or_default();
    let before = if start > 0 { "…" } else { "" };
    let after = if end < text.len() { "…" } else { "" };
    let mut plain = before.to_owned();
    for (from, to) in matches {
        if from >= end {
            break;
        }
        plain.push_str(between(at, from));
        push(&plain, false);
        plain.clear();
        at = to.min(end);
        push(between(from, at), true);
    }
    plain.push_str(between(at, end));
    plain.push_str(after);
    push(&plain, false);
    parts
}

/// Where the piece begins and ends that shows what is at `first`.
fn window(text: &str, first: usize) -> (usize, usize) {
    let Some((before, rest)) = text.split_at_checked(first) else {
        return (0, text.len());
    };
    let total = before.chars().count() + rest.chars().count();
    if total <= LONGEST {
        return (0, text.len());
    }
    // Room for the two ellipses.
    let room = LONGEST - 2;
    let start = before.chars().count().saturating_sub(LEAD);
    let start = start.min(total - room);
    let byte = |nth| {
        text.char_indices()
            .nth(nth)
            .map_or(text.len(), |(at, _)| at)
    };
    (byte(start), byte(start + room))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, query: &str) -> String {
        let parts = snippet(text, &Query::parse(query));
        assert!(
            parts
                .windows(2)
                .all(|two| two[0].is_match != two[1].is_match)
        );
        let parts = parts.iter().map(|part| match part.is_match {
            true => format!("[{}]", part.text),
            false => part.text.clone(),
        });
        parts.collect()
    }

    #[test]
    fn matches_are_marked() {
        for (text, query, expected) in [
            ("Short and sweet", "sweet", "Short and [sweet]"),
            (
                "Äpfel, APFELMUS and A\u{308}pfel",
                "apfel",
                "[Äpfel], [APFELMUS] and [A\u{308}pfel]",
            ),
            // Only the last word may be a beginning.
            ("a milk milky way", "milk way", "a [milk] milky [way]"),
            ("nothing here", "absent", "nothing here"),
            ("牛乳", "牛乳", "[牛] [乳]"),
            ("", "x", ""),
        ] {
            let expected = expected.replace("] [乳", "][乳");
            let found: String = snippet(text, &Query::parse(query))
                .iter()
                .map(|part| match part.is_match {
                    true => format!("[{}]", part.text),
                    false => part.text.clone(),
                })
                .collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn long_texts_are_cut_around_the_first_match() {
        let long = format!("{} İ NEEDLE {}", "é ".repeat(500), "x ".repeat(500));
        let found = shown(&long, "needle");
        assert!(found.contains("[NEEDLE]"), "{found}");
        assert!(found.starts_with('…') && found.ends_with('…'));
        assert_eq!(found.chars().count(), LONGEST + "[]".len());
        let at_end = format!("{} needle", "x".repeat(500));
        let found = shown(&at_end, "needle");
        assert!(found.ends_with("[needle]"), "{found}");
        let all = shown(&"needle ".repeat(100), "needle");
        assert!(
            all.starts_with("[needle] [needle]") && all.ends_with('…'),
            "{all}"
        );
        // A word that is longer than what is shown.
        let endless = "z".repeat(1000);
        let found = shown(&endless, "zz");
        assert_eq!(found.chars().count(), LONGEST - 1 + "[]".len(), "{found}");
        assert!(shown(&long, "absent").starts_with('é'));
    }
}
