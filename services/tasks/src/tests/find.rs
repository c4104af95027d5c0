//! Naming a task by words.

use crate::{Found, testing::Bench};

#[tokio::test]
async fn the_best_group_is_given_open_tasks_first() {
    let bench = Bench::new().await;
    let mut ids = Vec::new();
    for title in [
        "Call Bob",
        "Call Bob about the rent",
        "Pay the rent",
        "Rental car",
        "The report",
        "Büro aufräumen",
    ] {
        ids.push(bench.add(title).await.task.id);
    }
    let by = bench.by();
    bench.tasks.set_completed(&by, ids[1], true).await.unwrap();
    let gone = bench.add("Pay Bob").await.task.id;
    bench.tasks.delete(&by, gone).await.unwrap();
    let tasks = bench.all().await;
    let newest_first: Vec<_> = tasks.iter().rev().cloned().collect();
    let named = |at: &[usize]| Found::Named(at.iter().map(|at| tasks[*at].clone()).collect());
    let alike = |at: &[usize]| Found::Alike(at.iter().map(|at| tasks[*at].clone()).collect());
    for (words, expected) in [
        ("call bob", named(&[0])),
        ("the “call Bob” task", named(&[0])),
        ("bob", named(&[0, 1])),
        ("rent", named(&[2, 1])),
        ("my rent task", named(&[2, 1])),
        ("rental", named(&[3])),
        ("report", named(&[4])),
        ("the report", named(&[4])),
        ("that report", named(&[4])),
        ("ren", alike(&[3, 2, 1])),
        // Inside a word is nowhere; at its beginning is a question.
        ("port", alike(&[])),
        ("repo", alike(&[4])),
        ("a büro", named(&[5])),
        ("BÜRO", named(&[5])),
        ("pay bob", alike(&[])),
        ("the task", alike(&[])),
        ("%", alike(&[])),
        ("", alike(&[])),
    ] {
        let found = bench.tasks.find(&bench.ann, words).await.unwrap();
        assert_eq!(found, expected, "{words}");
        assert_eq!(
            Found::among(newest_first.clone(), words),
            expected,
            "{words}"
        );
    }
    let theirs = bench.tasks.find(&bench.bob, "call bob").await.unwrap();
    assert_eq!(theirs, Found::Alike(Vec::new()));
}
