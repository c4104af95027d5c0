//! Tasks that repeat: one series, however often a task is ticked and unticked.

use taskchat_domain::{Due, Recurrence, Status, Task, TaskPatch};

use crate::testing::{Bench, renamed, titled};

fn status(status: Status) -> TaskPatch {
    TaskPatch {
        status: Some(status),
        ..TaskPatch::default()
    }
}

async fn weekly(bench: &Bench) -> Task {
    let mut new = titled("Water the plants");
    new.due = Some(Due::parse("2026-11-27").unwrap());
    new.recurrence = Some(Recurrence::parse("FREQ=WEEKLY").unwrap());
    bench.tasks.create(&bench.by(), new).await.unwrap().task
}

async fn dues(bench: &Bench) -> Vec<String> {
    let all = bench.all().await;
    let due = |task: &Task| task.due.unwrap().to_string();
    let mut dues: Vec<String> = all.iter().map(due).collect();
    dues.sort();
    dues
}

#[tokio::test]
async fn reopening_takes_the_next_one_away_and_says_so() {
    let bench = Bench::new().await;
    let (by, tasks) = (bench.by(), &bench.tasks);
    let id = weekly(&bench).await.id;
    for by_update in [false, true, false] {
        let set = async |to: Status| match by_update {
            true => tasks.update(&by, id, status(to), None).await.unwrap(),
            false => {
                let completed = to == Status::Completed;
                tasks.set_completed(&by, id, completed).await.unwrap()
            }
        };
        let done = set(Status::Completed).await.receipt.unwrap();
        assert_eq!(
            done.summary,
            "Completed “Water the plants”. Added the next one, due 2026-12-04."
        );
        assert_eq!(dues(&bench).await, ["2026-11-27", "2026-12-04"]);
        let open = set(Status::Pending).await.receipt.unwrap();
        assert_eq!(
            open.summary,
            "Reopened “Water the plants”. Took away the next one, due 2026-12-04."
        );
        assert_eq!(dues(&bench).await, ["2026-11-27"]);
    }

    // Taken back, both are as they were, and completing once more adds nothing beside.
    tasks.set_completed(&by, id, true).await.unwrap();
    let next = bench.all().await[1].clone();
    tasks.set_completed(&by, id, false).await.unwrap();
    let undone = tasks.undo_latest(&by).await.unwrap().receipt.unwrap();
    assert_eq!(
        undone.summary,
        "Undone: “Water the plants” is completed again. Added the next one, due 2026-12-04."
    );
    assert_eq!(bench.get(id).await.status, Status::Completed);
    assert_eq!(bench.get(next.id).await.status, Status::Pending);
    tasks.set_completed(&by, id, false).await.unwrap();
    assert_eq!(dues(&bench).await, ["2026-11-27"]);
}

#[tokio::test]
async fn a_next_one_that_somebody_has_changed_stays_and_is_the_only_one() {
    for change in [renamed("Water the cactus"), status(Status::Completed)] {
        let bench = Bench::new().await;
        let (by, tasks) = (bench.by(), &bench.tasks);
        let id = weekly(&bench).await.id;
        tasks.set_completed(&by, id, true).await.unwrap();
        let next = bench.all().await[1].id;
        tasks.update(&by, next, change, None).await.unwrap();
        let before = bench.all().await;

        let open = tasks.set_completed(&by, id, false).await.unwrap();
        let summary = open.receipt.unwrap().summary;
        assert_eq!(summary, "Reopened “Water the plants”.");
        let done = tasks.set_completed(&by, id, true).await.unwrap();
        let summary = done.receipt.unwrap().summary;
        assert_eq!(summary, "Completed “Water the plants”.");
        assert_eq!(bench.all().await[1..], before[1..]);
        tasks.undo_latest(&by).await.unwrap();
        assert_eq!(bench.all().await[1..], before[1..]);
    }
}

#[tokio::test]
async fn a_next_one_that_was_deleted_is_added_anew_and_one_that_was_restored_is_not() {
    let bench = Bench::new().await;
    let (by, tasks) = (bench.by(), &bench.tasks);
    let id = weekly(&bench).await.id;
    tasks.set_completed(&by, id, true).await.unwrap();
    let next = bench.all().await[1].id;
    tasks.delete(&by, next).await.unwrap();
    tasks.set_completed(&by, id, false).await.unwrap();
    tasks.set_completed(&by, id, true).await.unwrap();
    assert_eq!(dues(&bench).await, ["2026-11-27", "2026-12-04"]);

    let next = bench.all().await[1].id;
    tasks.set_completed(&by, id, false).await.unwrap();
    tasks.restore(&by, next).await.unwrap();
    tasks.set_completed(&by, id, true).await.unwrap();
    assert_eq!(dues(&bench).await, ["2026-11-27", "2026-12-04"]);
    assert_eq!(bench.all().await[1].id, next);

    // Each task of the series has a next one of its own.
    tasks.set_completed(&by, next, true).await.unwrap();
    assert_eq!(
        dues(&bench).await,
        ["2026-11-27", "2026-12-04", "2026-12-11"]
    );
    tasks.set_completed(&by, next, false).await.unwrap();
    assert_eq!(dues(&bench).await, ["2026-11-27", "2026-12-04"]);
}
