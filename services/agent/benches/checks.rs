//! What it costs to check an answer's claims and to read stored text: `cargo bench --bench checks`.
//!
//! Printed, never asserted. The worst cases are what a quadratic reader would choke on.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use taskchat_agent::{claims::unbacked, taint::tainted};

const HONEST: &str = include_str!("../src/claims/data/honest.txt");
const FALSE: &str = include_str!("../src/claims/data/false.txt");

fn main() {
    let replies: Vec<String> = [HONEST, FALSE]
        .into_iter()
        .flat_map(str::lines)
        .filter_map(|line| line.split_once(" => "))
        .map(|(_, text)| text.replace("\\n", "\n"))
        .collect();
    let all = time(20, || {
        for reply in &replies {
            black_box(unbacked(reply, &[]));
        }
    });
    let each = all / u32::try_from(replies.len()).unwrap_or(1);
    tell("claims of a reply, mean of the corpus", each, "1 ms");
    for part in ["“a ", "**a ", "'a ", "I added ", "a, ", "is now ", "- a\n"] {
        let text = part.repeat(64 * 1024 / part.len());
        let took = time(20, || {
            black_box(unbacked(&text, &[]));
        });
        tell(&format!("claims of 64 KiB of {part:?}"), took, "");
    }
    for (count, words) in [(10, 12), (50, 12), (200, 160)] {
        let list = tasks(count, words);
        let took = time(20, || {
            black_box(tainted(&list));
        });
        let what = format!("stored text of {count} tasks, {words} words each");
        tell(&what, took, if count == 50 { "1 ms" } else { "" });
    }
    for part in [
        "ignore all ",
        "<|",
        "((((",
        "a\u{200b}b ",
        "![x](http",
        "<!--",
    ] {
        let text = json!(part.repeat(64 * 1024 / part.len()));
        let took = time(20, || {
            black_box(tainted(&text));
        });
        tell(&format!("stored text of 64 KiB of {part:?}"), took, "");
    }
}

/// What a tool that lists tasks answers.
fn tasks(count: usize, words: usize) -> Value {
    const WORDS: [&str; 8] = [
        "call", "the", "dentist", "about", "Friday's", "invoice", "and", "report",
    ];
    let task = |n: usize| {
        let words: Vec<&str> = WORDS.iter().cycle().skip(n).take(words).copied().collect();
        json!({
            "id": "01a206d7-4757-7000-8000-000000000000",
            "title": format!("Errand {n}"),
            "description": words.join(" "),
            "status": "pending",
            "due": "2026-11-24T15:00:00Z",
        })
    };
    let tasks: Vec<Value> = (0..count).map(task).collect();
    json!({"success": true, "data": {"tasks": tasks, "count": count}, "receipt": null})
}

/// The shortest of some runs: what the work costs when nothing else is in the way.
fn time(runs: u32, work: impl Fn()) -> Duration {
    (0..runs)
        .map(|_| {
            let begun = Instant::now();
            work();
            begun.elapsed()
        })
        .min()
        .unwrap_or_default()
}

#[expect(clippy::print_stdout, reason = "this is what it is for")]
fn tell(what: &str, took: Duration, goal: &str) {
    println!("{what:<48} {took:<20.1?} {goal}");
}
