//! Finding a task by the words people call it.

use taskchat_domain::{Result, Status, Task, UserId};

use crate::Tasks;

/// Words people put around a task's name without meaning them.
const FILLERS: [&str; 11] = [
    "the", "a", "an", "my", "our", "that", "this", "task", "tasks", "todo", "item",
];

impl Tasks {
    /// The tasks that `words` fit best, open ones first, newest first: those of that very title,
    /// else those whose titles have all the words, else those that hold the text somewhere.
    ///
    /// Only one of these groups is given, so a single task is an answer and several are a question.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn find(&self, user: &UserId, words: &str) -> Result<Vec<Task>> {
        let asked = split(words);
        let meant: Vec<String> = asked
            .iter()
            .filter(|word| !FILLERS.contains(&word.as_str()))
            .cloned()
            .collect();
        for wanted in [&asked, &meant] {
            if wanted.is_empty() {
                continue;
            }
            let candidates = self.store.as_user(user).tasks_named(wanted).await?;
            let best = best(candidates, wanted);
            if !best.is_empty() {
                return Ok(best);
            }
        }
        Ok(Vec::new())
    }
}

/// How well a title fits, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Exact,
    AllWords,
    Substring,
}

fn best(candidates: Vec<Task>, wanted: &[String]) -> Vec<Task> {
    let mut fitting: Vec<(Fit, Task)> = candidates
        .into_iter()
        .filter_map(|task| Some((fit(task.title.as_str(), wanted)?, task)))
        .collect();
    let Some(best) = fitting.iter().map(|(fit, _)| *fit).min() else {
        return Vec::new();
    };
    fitting.retain(|(fit, _)| *fit == best);
    let mut tasks: Vec<Task> = fitting.into_iter().map(|(_, task)| task).collect();
    // Stable: the newest stay in front.
    tasks.sort_by_key(|task| task.status == Status::Completed);
    tasks
}

fn fit(title: &str, wanted: &[String]) -> Option<Fit> {
    let have = split(title);
    if have == wanted {
        return Some(Fit::Exact);
    }
    if wanted.iter().all(|word| have.contains(word)) {
        return Some(Fit::AllWords);
    }
    let title = have.join(" ");
    title.contains(&wanted.join(" ")).then_some(Fit::Substring)
}

/// The words of a text: lower case, without the punctuation around them.
fn split(text: &str) -> Vec<String> {
    text.split_whitespace()
        .map(|word| {
            word.trim_matches(|char: char| !char.is_alphanumeric())
                .to_lowercase()
        })
        .filter(|word| !word.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_fit_more_or_less() {
        for (title, words, expected) in [
            ("Buy groceries", "buy groceries", Some(Fit::Exact)),
            ("Buy groceries!", "“Buy Groceries”", Some(Fit::Exact)),
            ("Buy groceries", "groceries", Some(Fit::AllWords)),
            ("Buy groceries", "groceries buy", Some(Fit::AllWords)),
            ("Buy groceries", "grocer", Some(Fit::Substring)),
            ("Buy groceries", "uy groc", Some(Fit::Substring)),
            ("Buy groceries", "grocer uy", None),
            ("ÄPFEL kaufen", "äpfel", Some(Fit::AllWords)),
            ("Buy groceries", "milk", None),
        ] {
            assert_eq!(fit(title, &split(words)), expected, "{title} / {words}");
        }
    }
}
