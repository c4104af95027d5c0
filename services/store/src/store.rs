//! The store itself: two pools, transactions that write, migrations, readiness.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};
use taskchat_domain::{Error, Result, UserId};
use taskchat_migrations::{Migrator, MigratorTrait};

use crate::{
    Accounts, Exchange, Leases, OpenError, UserScope, UserTx, error::translate, texts::Texts,
    turnstile::Turnstile,
};

/// The advisory lock of PostgreSQL under which migrations run; any number nobody else uses.
const MIGRATION_LOCK: i64 = 0x7461_736b_6368_6174;

/// Everything taskchat knows. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    writer: DatabaseConnection,
    reader: DatabaseConnection,
    pub(crate) texts: Texts,
    turnstile: Turnstile,
    migrated: Arc<AtomicBool>,
}

impl Store {
    /// On PostgreSQL, and in memory, both are the same pool.
    pub(crate) fn new(
        writer: DatabaseConnection,
        reader: DatabaseConnection,
        turnstile: Turnstile,
    ) -> Self {
        Self {
            turnstile,
            texts: Texts::new(writer.clone()),
            writer,
            reader,
            migrated: Arc::default(),
        }
    }

    /// What belongs to `user`, to be read.
    #[must_use]
    pub fn as_user(&self, user: &UserId) -> UserScope {
        UserScope::new(self.reader.clone(), user.clone())
    }

    /// Begins a transaction that writes what belongs to `user`. On SQLite it is the only one while
    /// it lasts, so nothing but the database may be waited for inside.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when no connection comes free in time.
    pub async fn begin(&self, user: &UserId) -> Result<UserTx> {
        let pass = self.turnstile.pass().await?;
        let tx = begin_write(&self.writer).await.map_err(translate)?;
        Ok(UserTx::new(tx, user.clone(), pass))
    }

    /// Accounts and sign-ins: the only queries about people who are not known yet.
    #[must_use]
    pub fn accounts(&self) -> Accounts {
        Accounts::new(self.writer.clone(), self.reader.clone())
    }

    /// Leases on turns, for the process that runs everybody's.
    #[must_use]
    pub fn leases(&self) -> Leases {
        let (writer, reader) = (self.writer.clone(), self.reader.clone());
        Leases::new(writer, reader, self.turnstile.clone())
    }

    /// Where processes on this database tell each other news.
    #[must_use]
    pub fn exchange(&self) -> Exchange {
        Exchange::new(self.writer.clone())
    }

    /// Brings the schema up to date. Several processes may do so at once: they take turns.
    /// A database newer than this binary is left as it is.
    ///
    /// # Errors
    /// [`OpenError::Migrate`] when a change fails; nothing of it is kept then.
    pub async fn migrate(&self) -> Result<(), OpenError> {
        self.migrate_locked()
            .await
            .map_err(|cause| OpenError::Migrate(cause.into()))?;
        self.migrated.store(true, Ordering::Relaxed);
        Ok(())
    }

    async fn migrate_locked(&self) -> Result<(), DbErr> {
        if Migrator::is_up_to_date(&self.reader).await? {
            return Ok(());
        }
        let tx = begin_write(&self.writer).await?;
        if tx.get_database_backend() == DbBackend::Postgres {
            tx.execute_unprepared(
                "SET LOCAL lock_timeout = '10min'; SET LOCAL statement_timeout = '10min'",
            )
            .await?;
            advisory_lock(&tx, MIGRATION_LOCK).await?;
        }
        // Another process may have done it while we waited.
        if !Migrator::is_up_to_date(&tx).await? {
            Migrator::up(&tx, None).await?;
        }
        tx.commit().await
    }

    /// Fails unless the database answers and its schema is up to date.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn ready(&self) -> Result<()> {
        let not_ready = |cause: DbErr| Error::Unavailable(cause.into());
        if self.migrated.load(Ordering::Relaxed) {
            return self
                .reader
                .execute_unprepared("SELECT 1")
                .await
                .map(drop)
                .map_err(not_ready);
        }
        if !Migrator::is_up_to_date(&self.reader)
            .await
            .map_err(not_ready)?
        {
            return Err(Error::Unavailable(
                "the database is not up to date; run taskchat migrate".into(),
            ));
        }
        self.migrated.store(true, Ordering::Relaxed);
        Ok(())
    }
}

/// Begins a transaction that writes. Never `begin()`: SQLite would then fail at the first write
/// whenever somebody else has written since the first read.
pub(crate) async fn begin_write(writer: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    writer.begin_with_options(options).await
}

/// Waits for a lock of PostgreSQL that is held to the end of the transaction.
pub(crate) async fn advisory_lock(tx: &DatabaseTransaction, key: i64) -> Result<(), DbErr> {
    let lock = Statement::from_sql_and_values(
        DbBackend::Postgres,
        "SELECT pg_advisory_xact_lock($1)",
        [key.into()],
    );
    tx.execute_raw(lock).await.map(drop)
}
