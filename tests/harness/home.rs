//! Where the database of a scenario lives, so that a scenario can be run on either sort.

use std::{io::Write, path::PathBuf};

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
    pub async fn run(&self, sql: &'static str) {
        let done = match self.way().await {
            Way::Sqlite(mut way) => sqlx::raw_sql(sql).execute(&mut way).await.map(drop),
            Way::Postgres(mut way) => sqlx::raw_sql(sql).execute(&mut way).await.map(drop),
        };
        done.unwrap_or_else(|error| panic!("{sql}: {error}"));
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

impl Schema {
    fn url(&self) -> String {
        let joint = if self.cluster.contains('?') { '&' } else { '?' };
        format!("{}{joint}options[search_path]={}", self.cluster, self.name)
    }
}
