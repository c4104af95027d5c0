//! The two doors to what belongs to a person. What can be done through them is in the file of the
//! noun concerned.

use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, Statement};
use taskchat_domain::{Result, UserId};

use crate::{error::translate, turnstile::Pass};

/// What belongs to one person, to be read.
#[derive(Debug, Clone)]
pub struct UserScope {
    pub(crate) reader: DatabaseConnection,
    pub(crate) user: UserId,
}

impl UserScope {
    pub(crate) fn new(reader: DatabaseConnection, user: UserId) -> Self {
        Self { reader, user }
    }

    pub(crate) fn user_id(&self) -> &str {
        self.user.as_str()
    }
}

/// One transaction that writes what belongs to one person. Rolled back when dropped.
#[derive(Debug)]
pub struct UserTx {
    pub(crate) tx: DatabaseTransaction,
    pub(crate) user: UserId,
    /// Given back after the connection.
    _pass: Pass,
}

impl UserTx {
    pub(crate) fn new(tx: DatabaseTransaction, user: UserId, pass: Pass) -> Self {
        Self {
            tx,
            user,
            _pass: pass,
        }
    }

    pub(crate) fn user_id(&self) -> &str {
        self.user.as_str()
    }

    /// Makes everything done through this transaction permanent.
    ///
    /// # Errors
    /// [`taskchat_domain::Error::Unavailable`] when the database is gone; it is then not known
    /// whether the transaction took effect.
    pub async fn commit(self) -> Result<()> {
        self.tx.commit().await.map_err(translate)
    }

    /// Waits until no other transaction of this person holds `name`, and holds it to the end.
    /// SQLite needs nothing: there is only ever one transaction that writes.
    pub(crate) async fn hold(&self, sort: &str, name: &str) -> Result<()> {
        if self.tx.get_database_backend() != DbBackend::Postgres {
            return Ok(());
        }
        let name = format!("{sort}\n{}\n{name}", self.user_id());
        let lock = Statement::from_sql_and_values(
            DbBackend::Postgres,
            "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))",
            [name.into()],
        );
        self.tx.execute_raw(lock).await.map_err(translate)?;
        Ok(())
    }
}
