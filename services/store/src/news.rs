//! News for the other processes on the same database: PostgreSQL's LISTEN and NOTIFY.
//!
//! News are hints. They carry ids only, may be lost or told twice, and whoever acts on them looks
//! into the database first. An embedded database has no others to tell; behind a connection pooler
//! that shares connections nothing is ever heard, which shows by one's own news not coming back.

use std::fmt::Write;

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, Statement,
    sqlx::{
        self,
        postgres::{PgListener, PgPoolOptions},
    },
};
use taskchat_domain::{ConversationId, Error, Result, TurnId};
use uuid::Uuid;

use crate::error::translate;

/// The channel. All schemas of a database share it, and ids tell what is whose.
const CHANNEL: &str = "taskchat";

/// News in one notification, which holds 8000 bytes at most.
const MOST: usize = 200;

/// What the others should look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum News {
    /// A turn has new events, or has ended.
    Events(TurnId),
    /// A turn is to be stopped.
    Stop(TurnId),
    /// All turns of a conversation are to be stopped.
    StopAll(ConversationId),
    /// A conversation has a turn that nobody runs.
    Waiting(ConversationId),
}

/// Where processes tell each other news.
#[derive(Debug, Clone)]
pub struct Exchange {
    pub(crate) connection: DatabaseConnection,
    me: Uuid,
}

/// Hears what is told; nothing more once an error was returned.
#[derive(Debug)]
pub struct Listener {
    listener: PgListener,
    me: Uuid,
}

/// Something was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// By this very process: its listening works.
    Own,
    /// By another one.
    Others(Vec<News>),
}

impl Exchange {
    pub(crate) fn new(connection: DatabaseConnection) -> Self {
        Self {
            connection,
            me: Uuid::new_v4(),
        }
    }

    /// True where there may be others.
    #[must_use]
    pub fn has_others(&self) -> bool {
        self.connection.get_database_backend() == DbBackend::Postgres
    }

    /// Tells everybody who listens; also with no news at all, as a sign of life to oneself.
    ///
    /// # Errors
    /// Those of the database; some news may have been told then.
    pub async fn tell(&self, news: &[News]) -> Result<()> {
        if !self.has_others() {
            return Ok(());
        }
        let mut rest = news;
        loop {
            let (now, later) = rest.split_at(rest.len().min(MOST));
            let tell = Statement::from_sql_and_values(
                DbBackend::Postgres,
                "SELECT pg_notify($1, $2)",
                [CHANNEL.into(), written(self.me, now).into()],
            );
            self.connection.execute_raw(tell).await.map_err(translate)?;
            rest = later;
            if rest.is_empty() {
                return Ok(());
            }
        }
    }

    /// Begins to listen, on a connection of its own; `None` where there are no others.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn listen(&self) -> Result<Option<Listener>> {
        if !self.has_others() {
            return Ok(None);
        }
        let lost = |cause: sqlx::Error| Error::Unavailable(cause.into());
        let options = self
            .connection
            .get_postgres_connection_pool()
            .connect_options();
        let own = PgPoolOptions::new()
            .max_connections(1)
            .max_lifetime(None)
            .idle_timeout(None)
            .connect_with((*options).clone())
            .await
            .map_err(lost)?;
        let mut listener = PgListener::connect_with(&own).await.map_err(lost)?;
        // Whoever listens is told when the connection breaks, since news may be missed then.
        listener.eager_reconnect(false);
        listener.ignore_pool_close_event(true);
        listener.listen(CHANNEL).await.map_err(lost)?;
        Ok(Some(Listener {
            listener,
            me: self.me,
        }))
    }
}

impl Listener {
    /// Waits for the next thing that is told. May be dropped while it waits; nothing is lost then.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the connection is lost.
    pub async fn next(&mut self) -> Result<Heard> {
        loop {
            let heard = self.listener.try_recv().await;
            let heard = heard.map_err(|cause| Error::Unavailable(cause.into()))?;
            let Some(heard) = heard else {
                return Err(Error::Unavailable("the connection was closed".into()));
            };
            // Anybody can use a channel of that name; what we cannot read is not for us.
            if let Some((who, news)) = read(heard.payload()) {
                return Ok(if who == self.me {
                    Heard::Own
                } else {
                    Heard::Others(news)
                });
            }
        }
    }
}

#[cfg(test)]
impl Listener {
    /// The process of PostgreSQL at the other end.
    pub(crate) async fn process(&mut self) -> Result<i32, sqlx::Error> {
        sqlx::query_scalar("SELECT pg_backend_pid()")
            .fetch_one(&mut self.listener)
            .await
    }
}

/// Who tells it, then a letter and an id for each of the news.
fn written(who: Uuid, news: &[News]) -> String {
    let mut text = who.simple().to_string();
    for news in news {
        let (letter, id) = match news {
            News::Events(turn) => ('e', turn.uuid()),
            News::Stop(turn) => ('s', turn.uuid()),
            News::StopAll(conversation) => ('a', conversation.uuid()),
            News::Waiting(conversation) => ('w', conversation.uuid()),
        };
        // Writing to a string cannot fail.
        let _ = write!(text, " {letter}{}", id.simple());
    }
    text
}

/// News of a kind that this binary does not know are passed over: a newer one may tell them.
fn read(text: &str) -> Option<(Uuid, Vec<News>)> {
    let mut words = text.split(' ');
    let who = words.next()?.parse().ok()?;
    let news = words.filter_map(|word| {
        let (letter, id) = word.split_at_checked(1)?;
        let id: Uuid = id.parse().ok()?;
        match letter {
            "e" => Some(News::Events(id.into())),
            "s" => Some(News::Stop(id.into())),
            "a" => Some(News::StopAll(id.into())),
            "w" => Some(News::Waiting(id.into())),
            _ => None,
        }
    });
    Some((who, news.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn news_are_read_as_they_were_written() {
        let who = Uuid::new_v4();
        let (turn, conversation) = (TurnId::new(), ConversationId::new());
        let all = vec![
            News::Events(turn),
            News::Stop(turn),
            News::StopAll(conversation),
            News::Waiting(conversation),
        ];
        assert_eq!(read(&written(who, &all)), Some((who, all)));
        assert_eq!(read(&written(who, &[])), Some((who, vec![])));
        let most = vec![News::Events(turn); MOST];
        assert!(written(who, &most).len() < 8000);
    }

    #[test]
    fn what_is_not_known_is_passed_over() {
        let (who, turn) = (Uuid::new_v4(), TurnId::new());
        let known = written(who, &[News::Stop(turn)]);
        for more in ["", "x", "s", "sx", "é", "z018f2f3e4c5d7a8b9c0d1e2f3a4b5c6d"] {
            let read = read(&format!("{known} {more}"));
            assert_eq!(read, Some((who, vec![News::Stop(turn)])), "{more}");
        }
        for nothing in ["", "hello", "hello s018f2f3e4c5d7a8b9c0d1e2f3a4b5c6d"] {
            assert_eq!(read(nothing), None, "{nothing}");
        }
    }
}
