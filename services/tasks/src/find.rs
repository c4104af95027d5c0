//! Finding a task by the words people call it.

use taskchat_domain::{Result, Status, Task, UserId};

use crate::Tasks;

/// Words people put around a task's name without meaning them.
const FILLERS: [&str; 11] = [
    "the", "a", "an", "my", "our", "that", "this", "task", "tasks", "todo", "item",
];

/// The tasks that some words fit best. Only one group of them is ever given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// Of that very title, or else with all the words in it: a single task is an answer, several
    /// are a question.
    Named(Vec<Task>),
    /// With words that only begin so ("car" and "card"): even a single task is a question. Empty
    /// when nothing fits at all.
    Alike(Vec<Task>),
}

impl Found {
    /// Those of some tasks that `words` fit best, open ones first, otherwise in the order given.
    #[must_use]
    pub fn among(tasks: Vec<Task>, words: &str) -> Self {
        let mut found = Self::Alike(Vec::new());
        for wanted in readings(words) {
            found = found.or(best(tasks.clone(), &wanted));
        }
        found
    }

    /// The better of two, the first if they are alike.
    fn or(self, other: Self) -> Self {
        match (&self, &other) {
            (Self::Named(_), _) => self,
            (Self::Alike(tasks), Self::Alike(_)) if !tasks.is_empty() => self,
            _ => other,
        }
    }
}

impl Tasks {
    /// The tasks that `words` fit best, open ones first, newest first.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn find(&self, user: &UserId, words: &str) -> Result<Found> {
        let mut found = Found::Alike(Vec::new());
        for wanted in readings(words) {
            let candidates = self.store.as_user(user).tasks_named(&wanted).await?;
            found = found.or(best(candidates, &wanted));
            if matches!(found, Found::Named(_)) {
                break;
            }
        }
        Ok(found)
    }
}

/// What may be meant by some words: all of them, or those that are not there for nothing.
fn readings(words: &str) -> Vec<Vec<String>> {
    let all = split(words);
    let mut meant = all.clone();
    meant.retain(|word| !FILLERS.contains(&word.as_str()));
    let mut readings = vec![all, meant];
    readings.dedup();
    readings.retain(|words| !words.is_empty());
    readings
}

/// How well a title fits, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Exact,
    AllWords,
    Beginning,
}

fn best(candidates: Vec<Task>, wanted: &[String]) -> Found {
    let mut fitting: Vec<(Fit, Task)> = candidates
        .into_iter()
        .filter_map(|task| Some((fit(task.title.as_str(), wanted)?, task)))
        .collect();
    let best = fitting.iter().map(|(fit, _)| *fit).min();
    fitting.retain(|(fit, _)| Some(*fit) == best);
    let mut tasks: Vec<Task> = fitting.into_iter().map(|(_, task)| task).collect();
    // Stable: the newest stay in front.
    tasks.sort_by_key(|task| task.status == Status::Completed);
    match best {
        Some(Fit::Exact | Fit::AllWords) => Found::Named(tasks),
        Some(Fit::Beginning) | None => Found::Alike(tasks),
    }
}

fn fit(title: &str, wanted: &[String]) -> Option<Fit> {
    let have = split(title);
    if have == wanted {
        return Some(Fit::Exact);
    }
    if wanted.iter().all(|word| have.contains(word)) {
        return Some(Fit::AllWords);
    }
    begins_within(&have.join(" "), &wanted.join(" ")).then_some(Fit::Beginning)
}

/// True when a phrase stands in a title from the beginning of a word. In scripts without letter
/// case every sign begins one, because many of them put no spaces between words.
fn begins_within(title: &str, phrase: &str) -> bool {
    let first = phrase.chars().next();
    let is_caseless = first.is_some_and(|first| first.is_alphabetic() && !first.is_lowercase());
    title.match_indices(phrase).any(|(at, _)| {
        let before = title
            .get(..at)
            .and_then(|before| before.chars().next_back());
        is_caseless || !before.is_some_and(char::is_alphanumeric)
    })
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
            ("Buy groceries", "grocer", Some(Fit::Beginning)),
            ("Buy groceries", "buy groc", Some(Fit::Beginning)),
            ("Buy greeting card", "car", Some(Fit::Beginning)),
            ("Buy groceries", "uy groc", None),
            ("Buy groceries", "grocer uy", None),
            ("Descale the steam iron", "tea", None),
            ("Écrire à Zoé", "cri", None),
            ("Send an e-mail", "mail", Some(Fit::Beginning)),
            ("牛乳を買う", "買う", Some(Fit::Beginning)),
            ("ÄPFEL kaufen", "äpfel", Some(Fit::AllWords)),
            ("Buy groceries", "milk", None),
        ] {
            assert_eq!(fit(title, &split(words)), expected, "{title} / {words}");
        }
    }
}
