//! Where the database is, and opening it.

use std::{
    fmt,
    fs::DirBuilder,
    path::{Path, PathBuf},
    time::Duration,
};

use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DbErr,
    sqlx::{
        Executor,
        sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
    },
};
use serde::{Deserialize, Serialize, Serializer};
use taskchat_domain::BoxError;

use crate::{Store, turnstile::Turnstile};

/// How long a statement of PostgreSQL may wait for a row or an advisory lock.
const LOCK_TIMEOUT: &str = "5s";
/// How long a statement of PostgreSQL may run.
const STATEMENT_TIMEOUT: &str = "15s";
/// How long PostgreSQL keeps a transaction of ours in which nothing happens.
const IDLE_TIMEOUT: &str = "30s";
/// Connections idle for longer are asked whether they still live before they are used.
const PING_AFTER: Duration = Duration::from_secs(30);

/// Where the database is.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// `sqlite://path`, `sqlite::memory:` or `postgres://...`; when absent, the SQLite file
    /// `taskchat.db` in the data directory.
    #[serde(serialize_with = "without_password")]
    pub url: Option<String>,
    /// The most connections of this process to PostgreSQL, or readers of the SQLite file.
    pub max_connections: u32,
    /// How long to wait for one of them; a request that waited longer is told to try again.
    #[serde(with = "humantime_serde")]
    pub acquire_timeout: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            url: None,
            max_connections: 10,
            acquire_timeout: Duration::from_secs(10),
        }
    }
}

/// An address with somebody's name in it is not shown at all: a password may follow it.
fn without_password<S: Serializer>(url: &Option<String>, to: S) -> Result<S::Ok, S::Error> {
    url.as_deref()
        .map(|url| if url.contains('@') { "[REDACTED]" } else { url })
        .serialize(to)
}

impl fmt::Debug for Config {
    /// Without the address, which may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("url", &self.url.as_ref().map(|_| "[REDACTED]"))
            .field("max_connections", &self.max_connections)
            .field("acquire_timeout", &self.acquire_timeout)
            .finish()
    }
}

/// Why the database could not be opened or brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The address is of no kind we know.
    #[error("the database address must begin with sqlite: or postgres://")]
    Url,
    /// The data directory cannot be made.
    #[error("cannot create the data directory {}", .0.display())]
    Directory(PathBuf, #[source] std::io::Error),
    /// The database cannot be reached or opened.
    #[error("cannot open the database")]
    Connect(#[source] BoxError),
    /// The schema cannot be brought up to date.
    #[error("cannot bring the database up to date")]
    Migrate(#[source] BoxError),
}

impl Config {
    /// Opens the database; makes the data directory and the SQLite file when they are missing.
    /// Does not migrate.
    ///
    /// # Errors
    /// [`OpenError`] when the address is of no known kind or the database cannot be opened.
    pub async fn open(&self, data_dir: &Path) -> Result<Store, OpenError> {
        match self.url.as_deref() {
            None => {
                make_dir(data_dir)?;
                let file = data_dir.join("taskchat.db");
                self.sqlite_file("sqlite://taskchat.db", Some(file)).await
            }
            Some(url) if is_memory(url) => self.sqlite_memory(url).await,
            Some(url) if url.starts_with("sqlite:") => self.sqlite_file(url, None).await,
            Some(url) if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
                self.postgres(url).await
            }
            Some(_) => Err(OpenError::Url),
        }
    }

    /// One connection that writes and several that only read: writers then wait for each other in
    /// our queue, in order, instead of by SQLite's polling.
    async fn sqlite_file(&self, url: &str, file: Option<PathBuf>) -> Result<Store, OpenError> {
        let at = file.clone();
        let mut options = self.options(url);
        options.max_connections(1).map_sqlx_sqlite_opts(move |o| {
            let o = sqlite(o).journal_mode(SqliteJournalMode::Wal);
            located(o, at.as_deref())
        });
        let writer = connect(options).await?;

        let mut options = self.options(url);
        options
            .max_connections(self.max_connections.max(1))
            .map_sqlx_sqlite_opts(move |o| {
                located(sqlite(o).pragma("query_only", "on"), file.as_deref())
            });
        let reader = connect(options).await?;
        Ok(Store::new(writer, reader, self.turnstile(1)))
    }

    /// A database in memory lives as long as its only connection, which must never be closed.
    async fn sqlite_memory(&self, url: &str) -> Result<Store, OpenError> {
        let mut options = self.options(url);
        options
            .max_connections(1)
            .min_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .map_sqlx_sqlite_opts(sqlite);
        let only = connect(options).await?;
        Ok(Store::new(only.clone(), only, self.turnstile(1)))
    }

    async fn postgres(&self, url: &str) -> Result<Store, OpenError> {
        let mut options = self.options(url);
        options
            .max_connections(self.max_connections.max(1))
            .test_before_acquire_if_idle_for(PING_AFTER)
            .map_sqlx_postgres_pool_opts(|pool| {
                pool.after_connect(|connection, _| {
                    // Not as start-up parameters: connection poolers refuse those.
                    let limits = format!(
                        "SET lock_timeout = '{LOCK_TIMEOUT}'; \
                         SET statement_timeout = '{STATEMENT_TIMEOUT}'; \
                         SET idle_in_transaction_session_timeout = '{IDLE_TIMEOUT}'"
                    );
                    Box::pin(async move {
                        connection
                            .execute(sea_orm::sqlx::AssertSqlSafe(limits))
                            .await?;
                        Ok(())
                    })
                })
            });
        let both = connect(options).await?;
        let turnstile = self.turnstile(self.max_connections);
        Ok(Store::new(both.clone(), both, turnstile))
    }

    fn turnstile(&self, connections: u32) -> Turnstile {
        Turnstile::new(connections, self.acquire_timeout)
    }

    fn options(&self, url: &str) -> ConnectOptions {
        let mut options = ConnectOptions::new(url);
        options
            .acquire_timeout(self.acquire_timeout)
            .sqlx_logging(false)
            .test_before_acquire(false);
        options
    }
}

async fn connect(options: ConnectOptions) -> Result<DatabaseConnection, OpenError> {
    Database::connect(options)
        .await
        .map_err(|cause: DbErr| OpenError::Connect(cause.into()))
}

fn is_memory(url: &str) -> bool {
    url.starts_with("sqlite:") && (url.contains(":memory:") || url.contains("mode=memory"))
}

fn sqlite(options: SqliteConnectOptions) -> SqliteConnectOptions {
    options
        .create_if_missing(true)
        .foreign_keys(true)
        // In WAL mode this survives a crash of the process; a power cut may cost the last commits.
        .synchronous(SqliteSynchronous::Normal)
        // Other processes, such as `taskchat token`, may be writing.
        .busy_timeout(Duration::from_secs(5))
}

fn located(options: SqliteConnectOptions, file: Option<&Path>) -> SqliteConnectOptions {
    match file {
        Some(file) => options.filename(file),
        None => options,
    }
}

/// The data directory holds password hashes and keys: nobody else may look inside.
fn make_dir(dir: &Path) -> Result<(), OpenError> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(dir)
        .map_err(|cause| OpenError::Directory(dir.to_owned(), cause))
}
