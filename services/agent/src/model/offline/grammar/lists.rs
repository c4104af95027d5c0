//! Lists as people paste them: lines that are things to do, and a line above that says so.
//!
//! On such a list, "cancel the gym" is what somebody means to do one day, not what we are to do
//! now. Where nothing says which of the two is meant, the person is asked.

use super::{Reading, add, bared, change, clause, clauses, doubt, list, priority, several, talk};
use crate::model::offline::{
    due, repeat,
    request::{NewTask, Request},
    words::{Phrase, Sentence},
};

/// The most tasks that are added at once; a turn makes few more calls.
pub(super) const MOST: usize = 30;

/// Marks before the lines of a list.
const MARKS: &[&str] = &[
    "[ ]", "[]", "[x]", "[X]", "☐", "☑", "✅", "✓", "✔", "•", "◦", "▪", "‣", "·",
];

/// The same, where a space follows.
const SPACED: &[&str] = &["-", "–", "—", "*", "+"];

/// Words of a line that says what follows it, beside those that lead to a title.
const HEADS: &[&str] = &[
    "list",
    "tasks",
    "todo",
    "todos",
    "to-do",
    "to-dos",
    "to do",
    "things",
    "errands",
    "chores",
    "shopping",
    "groceries",
    "agenda",
    "plan",
    "plans",
    "need",
    "have to",
    "must",
    "should",
    "reminders",
    "items",
];

/// The same of a line that speaks of something else than what is to be done.
const OTHERWISE: &[&str] = &[
    "done",
    "completed",
    "finished",
    "did",
    "don't",
    "do not",
    "not",
    "never",
    "no longer",
];

/// What may stand between "I need to" and the lines.
const FILLERS: &[&str] = &[
    "the following tasks",
    "a new task",
    "new task",
    "a task",
    "task",
    "also",
    "to",
    "do",
    "get done",
];

struct Line<'a> {
    text: &'a str,
    /// True when it stands behind a bullet or a number.
    marked: bool,
}

impl<'a> Line<'a> {
    fn read(line: &'a str) -> Self {
        let mut text = line.trim();
        let mut marked = false;
        while let Some(rest) = unmarked(text) {
            text = rest.trim_start();
            marked = true;
        }
        Self { text, marked }
    }

    /// True for "hello" and "thanks".
    fn is_talk(&self) -> bool {
        let said = talk::read(Sentence::read(self.text).phrase());
        !self.marked && matches!(said, Some(Request::Greeting | Request::Thanks))
    }
}

/// What a line says about those below it.
enum Head {
    /// They are titles, after these words.
    Adds(String, Option<String>),
    /// They are what this is to be done with.
    Does(String),
}

/// The requests of a message of several lines; `None` when it is not read line by line.
pub(super) fn read(message: Phrase<'_>) -> Option<Vec<Reading>> {
    let mut lines: Vec<Line<'_>> = message.source().lines().map(Line::read).collect();
    lines.retain(|line| !line.text.is_empty() && !line.is_talk());
    let (first, rest) = lines.split_first()?;
    if change::note(bared(message)).is_some() {
        return None;
    }
    if rest.is_empty() {
        // "[ ] finish the report" is from a list, too.
        let changes = requests(first).iter().flatten().any(Request::changes);
        return (first.marked && changes).then(|| offered(&lines))?;
    }
    match head(first, rest) {
        Some(Head::Adds(lead, due)) => Some(titles(rest, &lead, due.as_deref())),
        Some(Head::Does(lead)) => done_with_each(rest, &lead).or_else(|| offered(rest)),
        None => line_by_line(&lines),
    }
}

fn unmarked(text: &str) -> Option<&str> {
    if let Some(rest) = MARKS.iter().find_map(|mark| text.strip_prefix(mark)) {
        return Some(rest);
    }
    let counted = || {
        let after = text.trim_start_matches(|c: char| c.is_ascii_digit());
        let digits = text.len() - after.len();
        (1..=3)
            .contains(&digits)
            .then(|| after.strip_prefix(['.', ')']))?
    };
    let spaced = SPACED.iter().find_map(|mark| text.strip_prefix(mark));
    spaced
        .or_else(counted)
        .filter(|rest| rest.starts_with(char::is_whitespace))
}

fn head(first: &Line<'_>, rest: &[Line<'_>]) -> Option<Head> {
    if first.marked {
        return None;
    }
    let sentence = Sentence::read(first.text);
    let bare = bared(sentence.phrase());
    let announces = first.text.ends_with(':');
    let due = due_of(bare);
    if let Some(lead) = lead(bare)
        && (announces || lead.is_empty())
    {
        return Some(Head::Adds(lead, due));
    }
    if !announces && !rest.iter().all(|line| line.marked) {
        return None;
    }
    let names = bare.has_any(HEADS) || due::whole(bare).is_some();
    let asks = bare.asks() || list::is_question(bare);
    let request = clause(bare);
    if names && !asks && !bare.has_any(OTHERWISE) && !request.as_ref().is_some_and(Request::changes)
    {
        return Some(Head::Adds(String::new(), due));
    }
    let is_request = request.is_some() && !announces;
    (!is_request).then(|| {
        let lead = bare.without_trailing(several::PLURAL);
        Head::Does(lead.without_trailing(FILLERS).text().to_owned())
    })
}

/// What is left of "I need to buy" for every title: "buy".
fn lead(bare: Phrase<'_>) -> Option<String> {
    let rest = bare
        .after_any(add::LEADS)
        .or_else(|| add::obliged(bare))
        .or_else(|| bare.after_any(&["remind me", "add", "create", "new", "put", "remember"]))?;
    let mut rest = due::at_end(rest).map_or(rest, |(rest, _)| rest);
    while let Some(after) = [add::TO_LIST, several::PLURAL, FILLERS]
        .iter()
        .find_map(|words| rest.after_any(words))
    {
        rest = after;
    }
    let is_empty = due::whole(rest).is_some() || rest.has_any(&["list", "tasks", "todos"]);
    Some(if is_empty { "" } else { rest.text() }.to_owned())
}

/// "Today I have to", "to do tomorrow", "Monday".
fn due_of(head: Phrase<'_>) -> Option<String> {
    let first = (1..=3).find_map(|length| due::whole(head.to(length)));
    let due = first.or_else(|| due::at_end(head).map(|(_, due)| due));
    due.map(|due| due.text)
}

/// Every line as a task; a line between them may say for when the next ones are.
fn titles(lines: &[Line<'_>], lead: &str, due: Option<&str>) -> Vec<Reading> {
    let mut due = due.map(str::to_owned);
    let mut readings = Vec::new();
    for line in lines {
        let text = format!("{lead} {}", line.text);
        let sentence = Sentence::read(&text);
        let phrase = sentence.phrase().without_leading(&["and", "also", "then"]);
        if is_heading(line) {
            due = due_of(phrase).or(due);
            continue;
        }
        match add::titled(phrase) {
            Request::Add(task) if task.title.is_empty() => {}
            Request::Add(task) => {
                let due = task.due.or_else(|| due.clone());
                readings.push(Ok(Request::Add(NewTask { due, ..task })));
            }
            other => readings.push(Ok(other)),
        }
    }
    readings
}

/// "Work:" between the lines of a list.
fn is_heading(line: &Line<'_>) -> bool {
    !line.marked && line.text.ends_with(':')
}

/// "Delete:", for every line; `None` when that is not what it says.
fn done_with_each(lines: &[Line<'_>], lead: &str) -> Option<Vec<Reading>> {
    let requests = lines.iter().map(|line| {
        let text = format!("{lead} {}", line.text);
        clause(Sentence::read(&text).phrase()).filter(Request::changes)
    });
    let requests: Option<Vec<Request>> = requests.collect();
    Some(requests?.into_iter().map(Ok).collect())
}

/// Asks whether the lines are tasks.
fn offered(lines: &[Line<'_>]) -> Option<Vec<Reading>> {
    let lines = lines.iter().filter(|line| !is_heading(line));
    let tasks: Vec<NewTask> = lines
        .filter_map(|line| {
            let sentence = Sentence::read(line.text);
            match add::read(bared(sentence.phrase())) {
                Some(Request::Add(task)) if !task.title.is_empty() => Some(task),
                _ => doubt::task(sentence.phrase()),
            }
        })
        .collect();
    (!tasks.is_empty()).then(|| vec![Ok(Request::Offer(tasks))])
}

/// No line says what the others are.
fn line_by_line(lines: &[Line<'_>]) -> Option<Vec<Reading>> {
    let (first, rest) = lines.split_first()?;
    let begun = requests(first);
    let all = |readings: &[Reading], fits: fn(&Request) -> bool| {
        readings.iter().all(|said| said.as_ref().is_ok_and(fits))
    };
    let is_add: fn(&Request) -> bool = |request| matches!(request, Request::Add(_));
    if all(&begun, is_add) {
        let obliges = begun.len() > 1 || is_with(first, clauses::obliges);
        let mut readings = begun;
        for line in rest {
            if is_with(line, says_more) {
                return None;
            }
            let said = requests(line);
            let commands = !line.marked && is_with(line, clauses::is_strong);
            let fits: fn(&Request) -> bool = if obliges {
                |request| !request.changes()
            } else {
                |_| true
            };
            if all(&said, is_add) || (commands && all(&said, fits)) {
                readings.extend(said);
            } else {
                readings.extend(titles(std::slice::from_ref(line), "", None));
            }
        }
        return Some(readings);
    }
    let readings: Vec<Reading> = lines.iter().flat_map(requests).collect();
    let changes = |line: &Line<'_>| requests(line).iter().flatten().any(Request::changes);
    let are_marked = lines.iter().all(|line| line.marked);
    if !are_marked && !lines.iter().any(changes) {
        return None;
    }
    // Who says "delete", and nothing that is no request, gives orders.
    let orders = |line: &Line<'_>| changes(line) && is_with(line, clauses::is_strong);
    let is_ordered = lines.iter().any(orders) && !lines.iter().any(|line| line.marked);
    let is_clear = is_ordered || !lines.iter().any(changes);
    if is_clear && readings.iter().all(Result::is_ok) {
        return Some(readings);
    }
    offered(lines)
}

fn requests(line: &Line<'_>) -> Vec<Reading> {
    let sentence = Sentence::read(line.text);
    let phrase = sentence.phrase();
    if let Some(tasks) = several::read(phrase) {
        return tasks.into_iter().map(Ok).collect();
    }
    super::readings(phrase)
}

fn is_with(line: &Line<'_>, fits: fn(Phrase<'_>) -> bool) -> bool {
    fits(bared(Sentence::read(line.text).phrase()))
}

/// True for a line that goes on about the task before it: "tomorrow at five".
fn says_more(phrase: Phrase<'_>) -> bool {
    due::whole(phrase).is_some()
        || repeat::whole(phrase).is_some()
        || priority::whole(phrase).is_some()
}
