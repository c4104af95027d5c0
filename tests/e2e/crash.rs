//! Power cuts at the worst moments: the built program is killed at random points of random load,
//! started again on the same database, and what was promised is held against what is stored.
//!
//! Each run prints its seed; `CRASH_SEED` repeats its load and its moments, and `CRASH_KILLS` makes
//! a run longer. The interleaving is still the machine's own: to find a rare fault again, repeat.

mod checks;
mod dice;
mod follow;
mod hand;
mod load;
mod notes;
mod once;
mod person;
mod recovery;
mod suspects;
mod words;

use std::{
    io::Write,
    sync::Arc,
    time::{Duration, Instant},
};

use taskchat_tests::{
    FakeModel, PATIENCE,
    fake_model::{KEY, NAME},
    home::Home,
    token,
    victim::{Doors, Victim},
};
use tokio::task::JoinSet;

use self::{
    dice::Dice,
    hand::Hand,
    load::{Conversations, Talker, World, greet},
    person::{Asked, Person, Pulse},
    words::Speaker,
};

/// Kills of one run; there are four.
const KILLS: usize = 28;

/// How long a process lives at most.
const LONGEST_LIFE: Duration = Duration::from_secs(3);

/// How long after a restart a message may take to be accepted: "at once", on a busy machine.
const AT_ONCE: Duration = Duration::from_secs(5);

const PEOPLE: usize = 3;
const TALKERS: usize = 4;

#[tokio::test]
async fn nothing_is_lost_or_done_twice_on_sqlite_with_a_model() {
    Run::new(Home::sqlite(), Speaker::Scripted, 1)
        .await
        .whole()
        .await;
}

#[tokio::test]
async fn nothing_is_lost_or_done_twice_on_sqlite_with_the_built_in_assistant() {
    Run::new(Home::sqlite(), Speaker::BuiltIn, 1)
        .await
        .whole()
        .await;
}

#[tokio::test]
async fn nothing_is_lost_or_done_twice_on_postgresql_with_a_model() {
    if let Some(home) = Home::postgres().await {
        Run::new(home, Speaker::Scripted, 1).await.whole().await;
    }
}

#[tokio::test]
async fn nothing_is_lost_or_done_twice_by_two_processes_on_postgresql() {
    if let Some(home) = Home::postgres().await {
        Run::new(home, Speaker::Scripted, 2).await.whole().await;
    }
}

/// What processes are started with: outside tokens, quick leases where leases have to lapse.
pub(crate) fn settings(home: &Home, model: Option<&FakeModel>) -> Vec<(String, String)> {
    let mut settings = home.settings();
    let mut set = |name: &str, value: &str| settings.push((name.to_owned(), value.to_owned()));
    set("BETTER_AUTH_SECRET", token::SECRET);
    set("TASKCHAT_LOG__FORMAT", "json");
    // It is not for what a turn does that processes are killed here, again and again.
    set("TASKCHAT_TURNS__TAKE_UPS", "1000");
    if home.name() == "PostgreSQL" {
        set("TASKCHAT_TURNS__LEASE", "800ms");
    }
    if let Some(model) = model {
        set("TASKCHAT_MODEL__PROVIDER", "openai");
        set("OPENAI_BASE_URL", &model.base_url());
        set("OPENAI_API_KEY", KEY);
        set("OPENAI_MODEL", NAME);
    }
    settings
}

/// One run: load, kills, checks.
struct Run {
    home: Home,
    model: Option<FakeModel>,
    victims: Vec<Victim>,
    doors: Doors,
    world: Arc<World>,
    seed: u64,
    kills: usize,
    dice: Dice,
    pulse: Arc<Pulse>,
    begin: Instant,
}

impl Run {
    async fn new(home: Home, speaker: Speaker, processes: usize) -> Self {
        let seed = number("CRASH_SEED").unwrap_or_else(|| {
            let random = uuid::Uuid::new_v4().as_u64_pair();
            random.0 ^ random.1
        });
        let kills = number("CRASH_KILLS").map_or(KILLS, |kills| kills as usize);
        tell(&format!(
            "crash: {}, {speaker:?}, {processes} process(es), CRASH_SEED={seed}",
            home.name()
        ));
        let model = match speaker {
            Speaker::Scripted => Some(FakeModel::start().await),
            Speaker::BuiltIn => None,
        };
        if let Some(model) = &model {
            words::teach(model);
        }
        let doors = Doors::default();
        let mut victims = Vec::new();
        for _ in 0..processes {
            victims.push(Victim::start(settings(&home, model.as_ref()), &doors).await);
        }
        Self {
            home,
            model,
            victims,
            doors,
            world: Arc::new(World::new(speaker)),
            seed,
            kills,
            dice: Dice::new(seed),
            pulse: Arc::default(),
            begin: Instant::now(),
        }
    }

    async fn whole(mut self) {
        let mut people = JoinSet::new();
        let mut greeters = Vec::new();
        for n in 0..PEOPLE {
            let me = Person::among(&format!("person-{n}"), &self.doors, &self.pulse);
            let conversations = Conversations::default();
            let talker = |name: String, dice: Dice| Talker {
                me: me.clone(),
                name,
                world: Arc::clone(&self.world),
                conversations: Arc::clone(&conversations),
                dice,
            };
            for talking in 0..TALKERS {
                let dice = self.dice.fork();
                people.spawn(talker(format!("p{n}t{talking}"), dice).talk());
            }
            greeters.push(talker(format!("p{n}g"), self.dice.fork()));
            let hand = Hand {
                me: me.clone(),
                name: format!("p{n}h"),
                world: Arc::clone(&self.world),
                dice: self.dice.fork(),
                mine: Vec::new(),
            };
            people.spawn(hand.work());
        }
        tokio::select! {
            () = kill_again_and_again(&mut self.victims, &mut self.dice, self.kills, &self.pulse) => {}
            Some(early) = people.join_next() => panic!("somebody gave up: {early:?}"),
        }
        self.world.end();
        self.pulse.calm_down();
        let slowest = greet_everywhere(&mut greeters).await;
        while let Some(ended) = people.join_next().await {
            ended.unwrap_or_else(|error| panic!("somebody gave up: {error}"));
        }
        self.wait_for_quiet().await;
        self.check(slowest).await;
        self.home.remove().await;
    }

    async fn wait_for_quiet(&self) {
        let begin = Instant::now();
        while self.home.unfinished_turns().await > 0 && begin.elapsed() < PATIENCE {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn check(&self, slowest: Duration) {
        let book = self.home.book().await;
        let watched = std::mem::take(&mut self.world.notes.write().watched);
        for seen in &watched {
            let me = Person::new(&seen.user, &self.doors);
            let asked = Asked::get(format!("/api/turns/{}/events", seen.turn));
            let mut lines = me.stream(&asked).await.expect("alive").expect("a stream");
            let mut replayed = Vec::new();
            while let Some(event) = lines.next().await.expect("unbroken") {
                replayed.push(event);
            }
            replayed.truncate(seen.events.len());
            assert_eq!(replayed, seen.events, "seen, and replayed");
        }
        let notes = self.world.notes.write();
        let found = checks::violations(&book, &notes);
        let log: String = self.victims.iter().map(Victim::log).collect();
        let states = ["completed", "interrupted", "cancelled"].map(|state| {
            let turns = book.turns.iter().filter(|turn| turn.state == state);
            format!("{} {state}", turns.count())
        });
        tell(&format!(
            "crash: {}, CRASH_SEED={}: {} kills in {:.0?}; {} messages, {} turns ({}), {} events, \
             {} operations, {} approvals; accepted after the last start within {slowest:.0?}",
            self.home.name(),
            self.seed,
            self.kills,
            self.begin.elapsed(),
            notes.sent.len(),
            book.turns.len(),
            states.join(", "),
            book.events.len(),
            book.operations.len(),
            book.entries
                .iter()
                .filter(|entry| entry.kind == "approval_decided")
                .count(),
        ));
        assert!(
            found.is_empty(),
            "CRASH_SEED={}: {} violations:\n{}\n",
            self.seed,
            found.len(),
            found.join("\n")
        );
        // An error means that somebody should look; a kill is none.
        let trouble = log
            .lines()
            .find(|line| line.contains("panicked at") || line.contains("\"ERROR\""));
        assert_eq!(trouble, None, "CRASH_SEED={}", self.seed);
        if let Some(model) = &self.model {
            model.assert_sound();
        }
    }
}

/// Now in the middle of the work, now in the middle of recovering from the last time.
async fn kill_again_and_again(
    victims: &mut [Victim],
    dice: &mut Dice,
    kills: usize,
    pulse: &Pulse,
) {
    let many = victims.len();
    for _ in 0..kills {
        match dice.below(100) {
            0..20 => tokio::time::sleep(dice.between(0, 80)).await,
            20..50 => tokio::time::sleep(dice.between(80, 800)).await,
            // Measured by what has come of it, however busy the machine is.
            _ => {
                let enough = pulse.heard() + 1 + dice.below(80);
                let begin = Instant::now();
                while pulse.heard() < enough && begin.elapsed() < LONGEST_LIFE {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                tokio::time::sleep(dice.between(0, 40)).await;
            }
        }
        let victim = &mut victims[dice.below(many)];
        victim.kill().await;
        tokio::time::sleep(dice.between(0, 30)).await;
        victim.rise().await;
    }
}

/// Every conversation accepts a message at once, whatever the crash has left in it, and answers it.
async fn greet_everywhere(greeters: &mut [Talker]) -> Duration {
    let greetings = greeters.iter_mut().map(async |greeter| {
        let conversations = greeter.conversations.lock().expect("no panic").clone();
        let mut slowest = Duration::ZERO;
        for (n, conversation) in conversations.iter().enumerate() {
            slowest = slowest.max(greet(greeter, conversation, n + 1).await);
        }
        slowest
    });
    let slowest = futures::future::join_all(greetings).await;
    let slowest = slowest.into_iter().max().unwrap_or_default();
    assert!(
        slowest < AT_ONCE,
        "a message was accepted after {slowest:?}"
    );
    slowest
}

fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name}={text}")))
}

/// Past the test runner's capture: a seed that is only seen on failure cannot be compared.
fn tell(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
