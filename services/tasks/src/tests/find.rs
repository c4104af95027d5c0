//! Naming a task by words.

use crate::testing::Bench;

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
    for (words, expected) in [
        ("call bob", vec![0]),
        ("the “call Bob” task", vec![0]),
        ("bob", vec![0, 1]),
        ("rent", vec![2, 1]),
        ("my rent task", vec![2, 1]),
        ("rental", vec![3]),
        ("report", vec![4]),
        ("the report", vec![4]),
        ("that report", vec![4]),
        ("ren", vec![3, 2, 1]),
        ("BÜRO", vec![5]),
        ("pay bob", vec![]),
        ("the task", vec![]),
        ("%", vec![]),
        ("", vec![]),
    ] {
        let found = bench.tasks.find(&bench.ann, words).await.unwrap();
        let found: Vec<_> = found.iter().map(|task| task.id).collect();
        let expected: Vec<_> = expected.into_iter().map(|at: usize| ids[at]).collect();
        assert_eq!(found, expected, "{words}");
    }
    let theirs = bench.tasks.find(&bench.bob, "call bob").await.unwrap();
    assert_eq!(theirs, []);
}
