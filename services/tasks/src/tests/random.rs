//! Whatever was done, undoing all of it in reverse leaves the tasks as they were.

use taskchat_domain::{
    Due, NewTask, OperationId, Priority, Recurrence, Status, Tags, Task, TaskPatch,
};

use crate::testing::{Bench, renamed, titled};

/// A small generator of numbers; the same for the same seed.
struct Dice(u64);

impl Dice {
    /// A number below `sides` (xorshift64*).
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) % sides
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        let at = self.roll(u64::try_from(from.len()).unwrap());
        from[usize::try_from(at).unwrap()].clone()
    }

    fn new_task(&mut self) -> NewTask {
        let mut new = titled(self.pick(&["a", "b", "c"]));
        new.due = self.pick(&[None, Some(Due::parse("2026-11-27").unwrap())]);
        new.recurrence = self.pick(&[None, Some(Recurrence::parse("FREQ=DAILY").unwrap())]);
        new
    }

    fn patch(&mut self) -> TaskPatch {
        let mut patch = renamed(self.pick(&["a", "b", "c"]));
        patch.priority = self.pick(&[None, Some(Priority::Low), Some(Priority::Urgent)]);
        patch.status = self.pick(&[
            None,
            Some(Status::Pending),
            Some(Status::InProgress),
            Some(Status::Completed),
        ]);
        patch.due = self.pick(&[
            None,
            Some(None),
            Some(Some(Due::parse("2026-12-24T18:00:00Z").unwrap())),
        ]);
        let tags = Tags::parse(&["x".to_owned()]).unwrap();
        patch.tags = self.pick(&[None, Some(Tags::default()), Some(tags)]);
        patch
    }
}

/// The tasks, without what counts the changes themselves.
async fn snapshot(bench: &Bench) -> Vec<Task> {
    let mut all = bench.all().await;
    for task in &mut all {
        task.version = 0;
        task.updated_at = task.created_at;
    }
    all
}

async fn act(bench: &Bench, dice: &mut Dice, deleted: &mut Vec<Task>) -> Option<OperationId> {
    let (by, tasks) = (bench.by(), &bench.tasks);
    let all = bench.all().await;
    let outcome = match dice.roll(8) {
        0 | 1 => tasks.create(&by, dice.new_task()).await,
        2 if !deleted.is_empty() => {
            let task = dice.pick(deleted);
            tasks.restore(&by, task.id).await
        }
        _ if all.is_empty() => tasks.create(&by, dice.new_task()).await,
        3 => {
            let task = dice.pick(&all);
            deleted.push(task.clone());
            tasks.delete(&by, task.id).await
        }
        4 => tasks.set_completed(&by, dice.pick(&all).id, true).await,
        5 => {
            let done = tasks.set_completed(&by, dice.pick(&all).id, false).await;
            // The next occurrence goes with it, and may be restored later.
            let left = bench.all().await;
            let is_gone = |task: &&Task| left.iter().all(|other| other.id != task.id);
            deleted.extend(all.iter().filter(is_gone).cloned());
            done
        }
        _ => {
            tasks
                .update(&by, dice.pick(&all).id, dice.patch(), None)
                .await
        }
    };
    let receipt = outcome.unwrap().receipt?;
    Some(receipt.operation_id)
}

#[tokio::test]
async fn undoing_a_hundred_operations_in_reverse_leaves_the_start() {
    for seed in [1, 20_261_122, 0xdead_beef] {
        let bench = Bench::new().await;
        let mut dice = Dice(seed);
        for title in ["first", "second"] {
            bench.add(title).await;
        }
        let start = snapshot(&bench).await;
        let mut deleted = Vec::new();
        let mut done = Vec::new();
        while done.len() < 100 {
            let after = act(&bench, &mut dice, &mut deleted).await;
            if let Some(operation) = after {
                done.push((operation, snapshot(&bench).await));
            }
        }
        let by = bench.by();
        for at in (0..done.len()).rev() {
            let undone = bench.tasks.undo(&by, done[at].0).await;
            undone.unwrap_or_else(|refused| panic!("seed {seed}, undo {at}: {refused}"));
            let expected = if at == 0 { &start } else { &done[at - 1].1 };
            assert_eq!(&snapshot(&bench).await, expected, "seed {seed}, undo {at}");
        }
        for (at, (operation, expected)) in done.iter().enumerate() {
            let redone = bench.tasks.redo(&by, *operation).await;
            redone.unwrap_or_else(|refused| panic!("seed {seed}, redo {at}: {refused}"));
            assert_eq!(&snapshot(&bench).await, expected, "seed {seed}, redo {at}");
        }
    }
}
