//! A person with an empty list, for the tests of this crate.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use chrono::{DateTime, Duration};
use taskchat_domain::{
    Clock, NewTask, Origin, Page, PageRequest, Task, TaskFilter, TaskId, TaskPatch, Timestamp,
    Title, UserId,
};
use taskchat_store::Config;
use tempfile::TempDir;

use crate::{By, Outcome, Tasks};

/// A clock that shows another second whenever it is looked at.
#[derive(Debug, Default)]
pub(crate) struct TickingClock(AtomicI64);

impl Clock for TickingClock {
    fn now(&self) -> Timestamp {
        let start: Timestamp = "2026-11-22T08:00:00Z".parse::<DateTime<_>>().unwrap();
        start + Duration::seconds(self.0.fetch_add(1, Ordering::Relaxed))
    }
}

/// The use cases over a store in a temporary file, and two people.
pub(crate) struct Bench {
    pub(crate) tasks: Tasks,
    pub(crate) ann: UserId,
    pub(crate) bob: UserId,
    _dir: TempDir,
}

impl Bench {
    pub(crate) async fn new() -> Self {
        let dir = TempDir::new().unwrap();
        let store = Config::default().open(dir.path()).await.unwrap();
        store.migrate().await.unwrap();
        let clock = Arc::new(TickingClock::default());
        let person = async |name: &str| {
            let id = UserId::parse(name).unwrap();
            let accounts = store.accounts();
            accounts
                .ensure_external(&id, "test", None, clock.now())
                .await
                .unwrap();
            id
        };
        Self {
            ann: person("ann").await,
            bob: person("bob").await,
            tasks: Tasks::new(store, clock),
            _dir: dir,
        }
    }

    /// Ann, by hand, without a key.
    pub(crate) fn by(&self) -> By {
        By {
            user: self.ann.clone(),
            origin: Origin::Hand,
            key: None,
        }
    }

    /// Ann, by hand, under a key.
    pub(crate) fn under(&self, key: &str) -> By {
        By {
            key: Some(key.to_owned()),
            ..self.by()
        }
    }

    /// Adds a task of this title.
    pub(crate) async fn add(&self, title: &str) -> Outcome {
        self.tasks.create(&self.by(), titled(title)).await.unwrap()
    }

    /// Ann's task as it is.
    pub(crate) async fn get(&self, id: TaskId) -> Task {
        self.tasks.get(&self.ann, id).await.unwrap()
    }

    /// All of Ann's tasks, oldest first.
    pub(crate) async fn all(&self) -> Vec<Task> {
        let oldest_first = TaskFilter {
            order: "created_at".parse().unwrap(),
            ..TaskFilter::default()
        };
        let most = PageRequest::parse(200, "").unwrap();
        let page: Page<Task> = self
            .tasks
            .list(&self.ann, &oldest_first, &most)
            .await
            .unwrap();
        page.items
    }
}

pub(crate) fn titled(title: &str) -> NewTask {
    NewTask::titled(Title::parse(title).unwrap())
}

pub(crate) fn renamed(title: &str) -> TaskPatch {
    TaskPatch {
        title: Some(Title::parse(title).unwrap()),
        ..TaskPatch::default()
    }
}
