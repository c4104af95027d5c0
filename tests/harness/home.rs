//! Where the database of a scenario lives, so that a scenario can be run on either sort.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use tempfile::TempDir;

use crate::app::defaults;

/// Where PostgreSQL is; set by `make test`.
const POSTGRES: &str = "TASKCHAT_TEST_POSTGRES_URL";

/// An empty database of its own.
pub struct Home {
    dir: TempDir,
    schema: Option<Schema>,
}

/// A schema of a PostgreSQL cluster.
struct Schema {
    cluster: String,
    name: String,
}

/// Locks that somebody else has.
pub struct Held {
    process: i32,
    look: tokio::sync::Mutex<PgConnection>,
    /// What is begun on a connection ends with it.
    _way: PgConnection,
}

/// A way behind the product's back.
pub(crate) enum Way {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Home {
    /// A SQLite file.
    pub fn sqlite() -> Self {
        Self {
            dir: tempfile::tempdir().expect("a folder"),
            schema: None,
        }
    }

    /// A schema in the PostgreSQL that the environment names; `None`, and a word about it, when it
    /// names none.
    pub async fn postgres() -> Option<Self> {
        let Some(cluster) = std::env::var(POSTGRES).ok().filter(|url| !url.is_empty()) else {
            // Past the test runner's capture, which would swallow it in a test that passes.
            let word = "PostgreSQL is left out";
            let _ = writeln!(
                std::io::stderr(),
                "{word}: {POSTGRES} is not set; `make test` sets it"
            );
            return None;
        };
        let name = format!("test_{}", uuid::Uuid::new_v4().simple());
        let mut root = PgConnection::connect(&cluster).await.expect("PostgreSQL");
        sqlx::raw_sql(AssertSqlSafe(format!("CREATE SCHEMA {name}")))
            .execute(&mut root)
            .await
            .expect("a schema");
        Some(Self {
            schema: Some(Schema { cluster, name }),
            ..Self::sqlite()
        })
    }

    /// The one and, where there is one, the other.
    pub async fn both() -> Vec<Self> {
        [Some(Self::sqlite()), Self::postgres().await]
            .into_iter()
            .flatten()
            .collect()
    }

    /// Which sort it is.
    pub fn name(&self) -> &'static str {
        match self.schema {
            Some(_) => "PostgreSQL",
            None => "SQLite",
        }
    }

    /// What the product is started with to use it, all that scenarios share included.
    pub fn settings(&self) -> Vec<(String, String)> {
        let mut settings = defaults(self.dir.path().to_owned());
        if let Some(schema) = &self.schema {
            settings.push(("DATABASE_URL".to_owned(), schema.url()));
        }
        settings
    }

    /// The folder of its own.
    pub fn folder(&self) -> &Path {
        self.dir.path()
    }

    /// The SQLite file.
    fn file(&self) -> PathBuf {
        self.dir.path().join("taskchat.db")
    }

    pub(crate) async fn way(&self) -> Way {
        match &self.schema {
            Some(schema) => {
                let way = PgConnection::connect(&schema.url()).await;
                Way::Postgres(way.expect("PostgreSQL"))
            }
            None => {
                let options = sqlx::sqlite::SqliteConnectOptions::new()
                    .filename(self.file())
                    .busy_timeout(std::time::Duration::from_secs(10));
                let way = SqliteConnection::connect_with(&options).await;
                Way::Sqlite(way.expect("the database file"))
            }
        }
    }

    /// Runs a statement behind the product's back.
    pub async fn run(&self, sql: impl Into<String>) {
        let sql: String = sql.into();
        let safe = sqlx::raw_sql(AssertSqlSafe(sql.clone()));
        let done = match self.way().await {
            Way::Sqlite(mut way) => safe.execute(&mut way).await.map(drop),
            Way::Postgres(mut way) => safe.execute(&mut way).await.map(drop),
        };
        done.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    /// The whole number that a query gives.
    pub async fn number(&self, sql: &'static str) -> i64 {
        let number = match self.way().await {
            Way::Sqlite(mut way) => sqlx::query_scalar(sql).fetch_one(&mut way).await,
            Way::Postgres(mut way) => sqlx::query_scalar(sql).fetch_one(&mut way).await,
        };
        number.unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// Runs a statement behind the product's back, in a transaction that keeps its locks until the
    /// answer is dropped. Only on PostgreSQL: SQLite has no locks but the one.
    pub async fn hold(&self, sql: impl Into<String>) -> Held {
        let (Way::Postgres(mut way), Way::Postgres(look)) = (self.way().await, self.way().await)
        else {
            panic!("not on SQLite");
        };
        let sql = format!("BEGIN; {}", sql.into());
        let done = sqlx::raw_sql(AssertSqlSafe(sql.clone()))
            .execute(&mut way)
            .await;
        done.unwrap_or_else(|error| panic!("{sql}: {error}"));
        let process = sqlx::query_scalar("SELECT pg_backend_pid()");
        let process = process.fetch_one(&mut way).await.expect("a number");
        Held {
            process,
            look: look.into(),
            _way: way,
        }
    }

    /// Leaves nothing behind in the cluster; the folder goes by itself.
    pub async fn remove(self) {
        let Some(Schema { cluster, name }) = &self.schema else {
            return;
        };
        let mut root = PgConnection::connect(cluster).await.expect("PostgreSQL");
        sqlx::raw_sql(AssertSqlSafe(format!("DROP SCHEMA {name} CASCADE")))
            .execute(&mut root)
            .await
            .expect("no schema");
    }
}

impl Held {
    /// How many wait for these locks, or for others who do.
    pub async fn keeps_waiting(&self) -> i64 {
        let mut look = self.look.lock().await;
        let waiting = sqlx::query_scalar(
            "WITH RECURSIVE stuck(pid) AS (SELECT $1 UNION SELECT them.pid \
             FROM pg_stat_activity them JOIN stuck ON stuck.pid = ANY(pg_blocking_pids(them.pid))) \
             SELECT COUNT(*) - 1 FROM stuck",
        );
        let waiting = waiting.bind(self.process).fetch_one(&mut *look).await;
        waiting.expect("a count")
    }
}

impl Schema {
    fn url(&self) -> String {
        let joint = if self.cluster.contains('?') { '&' } else { '?' };
        format!("{}{joint}options[search_path]={}", self.cluster, self.name)
    }
}
