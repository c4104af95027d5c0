//! Somebody who changes tasks by hand, under keys, and knows how each has to look afterwards.

use std::sync::Arc;

use reqwest::Method;
use serde_json::{Value, json};
use taskchat_tests::book::plain;

use super::{
    dice::Dice,
    load::World,
    notes::Kept,
    person::{Asked, Person},
};

/// Changes tasks until the world ends.
pub struct Hand {
    pub me: Person,
    pub name: String,
    pub world: Arc<World>,
    pub dice: Dice,
    pub mine: Vec<Kept>,
}

impl Hand {
    pub async fn work(mut self) {
        for n in 1.. {
            if self.world.is_over() {
                break;
            }
            let title = format!("chore {}n{n}", self.name);
            let at = self.dice.below(self.mine.len());
            match self.dice.below(100) {
                0..35 => self.add(&title).await,
                35..45 => self.try_to_add(&title).await,
                45..65 => self.rename(at, &title).await,
                65..80 => self.complete(at).await,
                80..90 => self.delete(at).await,
                _ => self.undo(at).await,
            }
            tokio::time::sleep(self.dice.between(0, 40)).await;
        }
        self.world.notes.write().kept.extend(self.mine);
    }

    /// Asks for a change, several times at once; every answer is the first one's.
    async fn change(&mut self, method: Method, path: String, body: Value) -> Value {
        let asked = Asked::change(method, path, body, self.dice.uuid());
        let at_once = 1 + self.dice.below(3);
        let same = (0..at_once).map(|_| self.me.get(&asked));
        let answers = futures::future::join_all(same).await;
        assert!(
            answers.iter().all(|answer| answer == &answers[0]),
            "one key, several outcomes: {answers:?}"
        );
        answers[0].clone()
    }

    fn path(&self, at: usize) -> String {
        format!("/api/{}/tasks/{}", self.me.id, self.mine[at].id)
    }

    fn is_there(&self, at: usize) -> bool {
        self.mine.get(at).is_some_and(|task| !task.is_deleted)
    }

    async fn add(&mut self, title: &str) {
        let path = format!("/api/{}/tasks", self.me.id);
        let task = self
            .change(Method::POST, path, json!({ "title": title }))
            .await;
        let kept = kept(&task);
        assert_eq!((kept.title.as_str(), kept.version), (title, 1));
        self.mine.push(kept);
    }

    /// Never comes back for an answer that was lost.
    async fn try_to_add(&mut self, title: &str) {
        let path = format!("/api/{}/tasks", self.me.id);
        let body = json!({ "title": title });
        let asked = Asked::change(Method::POST, path, body, self.dice.uuid());
        match self.me.once(&asked).await {
            Ok(said) if said.status == 200 => self.mine.push(kept(&said.body)),
            Ok(said) => panic!("{asked:?}: {said:?}"),
            Err(_) => self.world.notes.write().tried.push(title.to_owned()),
        }
    }

    async fn rename(&mut self, at: usize, title: &str) {
        if self.is_there(at) {
            let body = json!({ "title": title });
            let task = self.change(Method::PATCH, self.path(at), body).await;
            self.became(at, &task);
            assert_eq!(self.mine[at].title, title);
        }
    }

    async fn complete(&mut self, at: usize) {
        if self.is_there(at) && self.mine[at].status == "pending" {
            let path = format!("{}/complete", self.path(at));
            let task = self.change(Method::PATCH, path, json!({})).await;
            self.became(at, &task);
            assert_eq!(self.mine[at].status, "completed");
        }
    }

    async fn delete(&mut self, at: usize) {
        if self.is_there(at) {
            self.change(Method::DELETE, self.path(at), Value::Null)
                .await;
            let task = &mut self.mine[at];
            (task.is_deleted, task.version) = (true, task.version + 1);
            task.is_undoable = true;
        }
    }

    /// Takes the latest change of a task back.
    async fn undo(&mut self, at: usize) {
        let Some(task) = self.mine.get(at).filter(|task| task.is_undoable) else {
            return;
        };
        let path = format!("/api/tasks/{}/operations", task.id);
        let page = self.me.get(&Asked::get(path)).await;
        let id = page["operations"][0]["id"].as_str().expect("an operation");
        let path = format!("/api/operations/{id}:undo");
        let undone = self.change(Method::POST, path, json!({})).await;
        self.became(at, &undone["receipt"]["task"]);
        self.mine[at].is_undoable = false;
    }

    fn became(&mut self, at: usize, task: &Value) {
        let now = kept(task);
        let before = &self.mine[at];
        assert_eq!(
            (&now.id, now.version),
            (&before.id, before.version + 1),
            "changed once: {task}"
        );
        self.mine[at] = Kept {
            is_undoable: true,
            ..now
        };
    }
}

fn kept(task: &Value) -> Kept {
    let text = |name: &str| {
        let text = task[name].as_str();
        text.unwrap_or_else(|| panic!("no {name} in {task}"))
            .to_owned()
    };
    Kept {
        id: plain(&text("id")),
        title: text("title"),
        status: text("status"),
        version: task["version"].as_i64().expect("a version"),
        is_deleted: false,
        is_undoable: false,
    }
}
