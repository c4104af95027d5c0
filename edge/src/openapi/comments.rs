//! The words: comments of the proto files, as their authors wrote them but for notes to tools.

use std::collections::HashMap;

use prost_reflect::{DescriptorPool, FileDescriptor};

/// All comments of a pool, by file and place.
#[derive(Debug, Default)]
pub(super) struct Comments(HashMap<(String, Vec<i32>), String>);

impl Comments {
    /// Reads the source information; there are no comments where the compiler left it out.
    pub(super) fn read(pool: &DescriptorPool) -> Self {
        let mut comments = HashMap::new();
        for file in pool.files() {
            let proto = file.file_descriptor_proto();
            let locations = proto
                .source_code_info
                .iter()
                .flat_map(|info| &info.location);
            for location in locations {
                let text = [location.leading_comments(), location.trailing_comments()]
                    .into_iter()
                    .map(clean)
                    .find(|text| !text.is_empty());
                if let Some(text) = text {
                    comments.insert((file.name().to_owned(), location.path.clone()), text);
                }
            }
        }
        Self(comments)
    }

    /// The comment at a place.
    pub(super) fn of(&self, file: &FileDescriptor, path: &[i32]) -> Option<&str> {
        let place = (file.name().to_owned(), path.to_vec());
        self.0.get(&place).map(String::as_str)
    }
}

/// Without the blank after the slashes, and without lines for linters.
fn clean(comment: &str) -> String {
    let lines = comment
        .lines()
        .map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end());
    let lines: Vec<&str> = lines
        .filter(|line| !line.starts_with("buf:lint:"))
        .collect();
    lines.join("\n").trim().to_owned()
}

/// The first sentence, on one line and without its full stop.
pub(super) fn summary(text: &str) -> String {
    let paragraph = text.split("\n\n").next().unwrap_or_default();
    let line = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
    let sentence = line.split(". ").next().unwrap_or_default();
    sentence.trim_end_matches('.').to_owned()
}

/// What the text gives as `for example "…"`.
pub(super) fn examples(text: &str) -> Vec<&str> {
    let after = text.split("for example \"").skip(1);
    after
        .filter_map(|rest| rest.split_once('"').map(|(example, _)| example))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_taken_apart() {
        let text = clean(" Does it. Then\n more.\n buf:lint:ignore X\n\n And \"so\".\n");
        assert_eq!(text, "Does it. Then\nmore.\n\nAnd \"so\".");
        assert_eq!(summary(&text), "Does it");
        assert_eq!(summary("One\nsentence."), "One sentence");
        assert_eq!(examples("A name, for example \"add_task\"."), ["add_task"]);
        assert!(examples("for example 5").is_empty());
    }
}
