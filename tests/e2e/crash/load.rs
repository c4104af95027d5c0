//! Random load: people who talk, and people who change tasks by hand.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use serde_json::{Value, json};
use taskchat_tests::book::plain;

use super::{
    dice::Dice,
    follow::Follower,
    notes::{Fate, Notes, Sent, Watched},
    person::{Asked, Person, Said},
    words::Speaker,
};

/// What everybody shares.
pub struct World {
    pub speaker: Speaker,
    pub notes: Notes,
    over: AtomicBool,
}

impl World {
    pub fn new(speaker: Speaker) -> Self {
        Self {
            speaker,
            notes: Notes::default(),
            over: AtomicBool::new(false),
        }
    }

    /// Lets everybody finish what they have begun.
    pub fn end(&self) {
        self.over.store(true, Ordering::Relaxed);
    }

    pub fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }
}

/// The conversations of one person, known to all who talk in their name.
pub type Conversations = Arc<Mutex<Vec<String>>>;

/// Talks in the name of one person until the world ends.
pub struct Talker {
    pub me: Person,
    pub name: String,
    pub world: Arc<World>,
    pub conversations: Conversations,
    pub dice: Dice,
}

/// A message about to be sent.
struct Letter {
    message: String,
    request_id: String,
    conversation: Option<String>,
}

impl Talker {
    pub async fn talk(mut self) {
        for n in 1.. {
            if self.world.is_over() {
                return;
            }
            let letter = self.letter(n);
            match self.dice.below(100) {
                0..35 => self.follow(&letter, usize::MAX).await,
                35..50 => self.wait(&letter, 1).await,
                50..65 => self.wait(&letter, 2 + self.dice_below(4)).await,
                65..80 => self.cancel(&letter).await,
                80..86 => self.leave(&letter).await,
                86..92 => self.ask_leave(n).await,
                92..96 => self.insist_on_quiet(&letter).await,
                _ => self.try_once(&letter).await,
            }
            tokio::time::sleep(self.dice.between(0, 60)).await;
        }
    }

    fn dice_below(&self, end: usize) -> usize {
        self.dice.clone().below(end)
    }

    fn letter(&mut self, n: usize) -> Letter {
        let name = format!("{}n{n}", self.name);
        let before = format!("{}n{}", self.name, n - 1);
        let known = lock(&self.conversations).clone();
        let is_new = known.len() < 3 || self.dice.percent(6);
        Letter {
            message: self.world.speaker.message(&name, &before, &mut self.dice),
            request_id: self.dice.uuid(),
            conversation: if is_new { None } else { self.dice.pick(&known) },
        }
    }

    /// Follows what happens, to the end or for a while.
    async fn follow(&mut self, letter: &Letter, enough: usize) {
        let mut follower = Follower::new(&self.me);
        let asked = letter.streamed(&self.me);
        let followed = follower.follow(&asked, enough, &mut self.dice).await;
        followed.unwrap_or_else(|said| panic!("{asked:?}: {said:?}"));
        self.heard(letter, follower);
    }

    /// Waits for the whole answer; several times at once, as an impatient client does.
    async fn wait(&mut self, letter: &Letter, at_once: usize) {
        let asked = letter.whole(&self.me);
        let same = (0..at_once).map(|_| self.me.get(&asked));
        let answers = futures::future::join_all(same).await;
        // Behind a turn that waits for an approval the answer is only where the turn stands.
        let final_ones: Vec<&Value> = answers
            .iter()
            .filter(|answer| answer["status"] != "queued")
            .collect();
        assert!(
            final_ones.windows(2).all(|pair| pair[0] == pair[1])
                && answers
                    .iter()
                    .all(|answer| answer["turn_id"] == answers[0]["turn_id"]),
            "one request, several answers: {answers:?}"
        );
        self.accepted(letter, &answers[0]);
    }

    /// Stops the turn after a few events.
    async fn cancel(&mut self, letter: &Letter) {
        let mut follower = Follower::new(&self.me);
        let asked = letter.streamed(&self.me);
        let enough = 1 + self.dice.below(5);
        let followed = follower.follow(&asked, enough, &mut self.dice).await;
        followed.unwrap_or_else(|said| panic!("{asked:?}: {said:?}"));
        let turn = follower.turn.clone().expect("a turn");
        let path = format!("/api/turns/{turn}:cancel");
        self.me.get(&Asked::post(path, json!({}))).await;
        let rest = follower.follow(&asked, usize::MAX, &mut self.dice).await;
        rest.unwrap_or_else(|said| panic!("{asked:?}: {said:?}"));
        self.heard(letter, follower);
    }

    /// Asks for a lot, and approves it or not; a few stop it instead.
    async fn ask_leave(&mut self, n: usize) {
        let mut letter = self.letter(n);
        let name = format!("{}n{n}", self.name);
        let Some(bulk) = self.world.speaker.bulk(&name) else {
            return self.follow(&letter, usize::MAX).await;
        };
        letter.message = bulk;
        let mut follower = Follower::new(&self.me);
        let asked = letter.streamed(&self.me);
        while !follower.is_over() {
            let followed = follower.follow(&asked, usize::MAX, &mut self.dice).await;
            followed.unwrap_or_else(|said| panic!("{asked:?}: {said:?}"));
            if let Some(approval) = follower.asked() {
                let turn = follower.turn.clone().expect("a turn");
                let (path, body) = match self.dice.below(10) {
                    0..6 => (format!("/api/approvals/{approval}:decide"), "approve"),
                    6..9 => (format!("/api/approvals/{approval}:decide"), "deny"),
                    _ => (format!("/api/turns/{turn}:cancel"), ""),
                };
                let body = match body {
                    "" => json!({}),
                    decision => json!({ "decision": decision }),
                };
                let word = Asked::post(path, body);
                let same = (0..1 + self.dice.below(3)).map(|_| self.me.get(&word));
                futures::future::join_all(same).await;
            }
        }
        self.heard(&letter, follower);
    }

    /// Goes away as soon as the turn has begun.
    async fn leave(&mut self, letter: &Letter) {
        self.follow(letter, 1).await;
    }

    /// Wants no queue.
    async fn insist_on_quiet(&mut self, letter: &Letter) {
        let mut asked = letter.whole(&self.me);
        asked.body["if_busy"] = json!("reject");
        let said = self.me.ask(&asked).await;
        match said.status {
            409 => self.note(letter, Fate::Refused),
            200 => self.accepted(letter, &said.body),
            _ => panic!("{asked:?}: {said:?}"),
        }
    }

    /// Never comes back for an answer that was lost.
    async fn try_once(&mut self, letter: &Letter) {
        match self.me.once(&letter.whole(&self.me)).await {
            Ok(Said { status: 200, body }) => self.accepted(letter, &body),
            Ok(said) => assert_eq!(said.status, 503, "{said:?}"),
            Err(_) => self.note(letter, Fate::Unknown),
        }
    }

    fn accepted(&self, letter: &Letter, answer: &Value) {
        let turn = answer["turn_id"].as_str().expect("a turn");
        let conversation = answer["conversation_id"].as_str().expect("a conversation");
        self.opened(conversation);
        self.note(letter, Fate::Accepted(plain(turn)));
    }

    fn heard(&self, letter: &Letter, follower: Follower<'_>) {
        let turn = follower.turn.expect("a turn");
        let started = follower.events.first().map(|event| &event["started"]);
        let conversation = started.and_then(|it| it["conversation_id"].as_str());
        if let Some(conversation) = conversation {
            self.opened(conversation);
        }
        self.note(letter, Fate::Accepted(plain(&turn)));
        self.world.notes.write().watched.push(Watched {
            user: self.me.id.clone(),
            turn,
            events: follower.events,
        });
    }

    fn opened(&self, conversation: &str) {
        let mut known = lock(&self.conversations);
        if !known.iter().any(|it| it == conversation) {
            known.push(conversation.to_owned());
        }
    }

    fn note(&self, letter: &Letter, fate: Fate) {
        self.world.notes.write().sent.push(Sent {
            user: self.me.id.clone(),
            request_id: letter.request_id.clone(),
            message: letter.message.clone(),
            opens: letter.conversation.is_none(),
            fate,
        });
    }
}

impl Letter {
    fn body(&self) -> Value {
        let mut body = json!({ "message": self.message, "request_id": self.request_id });
        if let Some(conversation) = &self.conversation {
            body["conversation_id"] = json!(conversation);
        }
        body
    }

    fn whole(&self, me: &Person) -> Asked {
        Asked::post(format!("/api/{}/chat", me.id), self.body())
    }

    fn streamed(&self, me: &Person) -> Asked {
        Asked::post(format!("/api/{}/chat:stream", me.id), self.body())
    }
}

/// Says one thing into a conversation and hears the answer out. How long until it was accepted.
pub async fn greet(talker: &mut Talker, conversation: &str, n: usize) -> std::time::Duration {
    let mut letter = talker.letter(n);
    letter.conversation = Some(conversation.to_owned());
    let asked = letter.streamed(&talker.me);
    let begin = std::time::Instant::now();
    let opened = talker.me.stream(&asked).await.expect("a living server");
    assert!(opened.is_ok(), "{:?}", opened.err());
    let accepted = begin.elapsed();
    drop(opened);
    talker.follow(&letter, usize::MAX).await;
    accepted
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
