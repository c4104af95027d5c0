//! Following a turn through crashes: each event once, in order, whatever breaks in between.

use std::time::{Duration, Instant};

use super::{
    dice::Dice,
    person::{Asked, Broken, Lines, Person, Said},
};
use serde_json::Value;

/// What has been seen of a turn so far.
pub struct Follower<'a> {
    me: &'a Person,
    pub turn: Option<String>,
    pub events: Vec<Value>,
}

impl<'a> Follower<'a> {
    pub fn new(me: &'a Person) -> Self {
        Self {
            me,
            turn: None,
            events: Vec::new(),
        }
    }

    /// True once the last event has been seen.
    pub fn is_over(&self) -> bool {
        let last = self.events.last();
        last.is_some_and(|event| event["completed"].is_object() || event["failed"].is_object())
    }

    /// What the turn waits for, when it does.
    pub fn asked(&self) -> Option<String> {
        let last = self.events.last()?;
        let asked = last["approval_requested"]["id"].as_str();
        asked.map(str::to_owned)
    }

    /// Sends a message and follows its turn until `enough` events have been seen or it is over.
    /// Lines may break, and some are left on purpose; then it goes on after the last event seen.
    /// Stops where the turn waits for an approval, the first time it is seen there.
    ///
    /// # Errors
    /// A refusal.
    pub async fn follow(
        &mut self,
        message: &Asked,
        enough: usize,
        dice: &mut Dice,
    ) -> Result<(), Said> {
        let begin = Instant::now();
        let answered = self.events.len();
        while !self.is_over()
            && self.events.len() < enough
            && (self.asked().is_none() || self.events.len() == answered)
        {
            let seen = || format!("{:?}, of which was seen: {:?}", self.turn, self.events);
            self.me.be_patient(begin, seen);
            let asked = match &self.turn {
                None => message.clone(),
                Some(turn) => {
                    let after = self.events.len();
                    Asked::get(format!("/api/turns/{turn}/events?after={after}"))
                }
            };
            let leave_at = if dice.percent(20) {
                enough.min(self.events.len() + 1 + dice.below(6))
            } else {
                enough
            };
            match self.me.stream(&asked).await {
                Ok(Ok(mut lines)) => {
                    let _broken = self.read(&mut lines, leave_at).await;
                }
                Ok(Err(said)) if said.status != 503 => return Err(said),
                Ok(Err(_)) | Err(Broken) => tokio::time::sleep(Duration::from_millis(5)).await,
            }
        }
        Ok(())
    }

    async fn read(&mut self, lines: &mut Lines, leave_at: usize) -> Result<(), Broken> {
        while self.events.len() < leave_at {
            let Some(event) = lines.next().await? else {
                assert!(self.is_over(), "ended before its end: {:?}", self.events);
                return Ok(());
            };
            if event["heartbeat"].is_object() {
                continue;
            }
            let turn = event["turn_id"].as_str().unwrap_or_default().to_owned();
            assert!(!turn.is_empty(), "of no turn: {event}");
            let known = self.turn.get_or_insert_with(|| turn.clone());
            assert_eq!(*known, turn, "another turn under the same request id");
            let next = self.events.len() as u64 + 1;
            assert_eq!(event["seq"].as_u64(), Some(next), "{event}");
            self.events.push(event);
            if self.asked().is_some() {
                return Ok(());
            }
        }
        Ok(())
    }
}
