//! Sign-ins: families of refresh tokens. Only hashes of tokens are stored.

use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
    sea_query::Expr,
};
use taskchat_domain::{Result, SessionId, Timestamp, UserId};

use crate::{
    Account, Accounts,
    accounts::account,
    convert::micros,
    entity::{session, session_token, user},
    error::{corrupt, translate},
    store::begin_write,
};

/// A sign-in to be stored.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// Its id.
    pub id: SessionId,
    /// Whose.
    pub user: UserId,
    /// The hash of its first refresh token.
    pub token_hash: String,
    /// When.
    pub at: Timestamp,
    /// Until when it can be refreshed.
    pub expires_at: Timestamp,
}

/// A sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Whose.
    pub user: UserId,
    /// When.
    pub created_at: Timestamp,
    /// When it was last refreshed.
    pub refreshed_at: Timestamp,
    /// Until when it can be refreshed.
    pub expires_at: Timestamp,
    /// Since when it is not good any more.
    pub revoked_at: Option<Timestamp>,
}

/// What became of a refresh token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rotation {
    /// It was good; the new one has taken its place.
    Rotated {
        /// Its session.
        session: SessionId,
        /// Whose.
        account: Account,
    },
    /// It had been used before: stolen, by one of the two. The whole session is revoked.
    Spent,
    /// There is no such token, or its session has expired or was revoked.
    Unknown,
}

impl Accounts {
    /// Stores a sign-in, and forgets the person's expired ones.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn insert_session(&self, new: &NewSession) -> Result<()> {
        let tx = begin_write(&self.writer).await.map_err(translate)?;
        session::Entity::delete_many()
            .filter(session::Column::UserId.eq(new.user.as_str()))
            .filter(session::Column::ExpiresAt.lt(micros(new.at)))
            .exec(&tx)
            .await
            .map_err(translate)?;
        insert_session(&tx, new).await?;
        tx.commit().await.map_err(translate)
    }

    /// A sign-in that has not been forgotten; it may have expired or been revoked.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn session(&self, id: SessionId) -> Result<Option<Session>> {
        let row = session::Entity::find_by_id(id.uuid())
            .one(&self.reader)
            .await
            .map_err(translate)?;
        row.map(session).transpose()
    }

    /// Exchanges one refresh token for another and extends the session. Of two processes that
    /// present the same token at once, one gets the new one and the other revokes the session.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn rotate(
        &self,
        old_hash: &str,
        new_hash: &str,
        at: Timestamp,
        expires_at: Timestamp,
    ) -> Result<Rotation> {
        let at = micros(at);
        let tx = begin_write(&self.writer).await.map_err(translate)?;
        let Some((token, family)) = locked(&tx, old_hash).await? else {
            return Ok(Rotation::Unknown);
        };
        let id = SessionId::from(family.id);
        if token.spent_at.is_some() {
            revoke(&tx, id, at).await?;
            tx.commit().await.map_err(translate)?;
            return Ok(Rotation::Spent);
        }
        if family.revoked_at.is_some() || family.expires_at <= at {
            return Ok(Rotation::Unknown);
        }
        let Some(owner) = user::Entity::find_by_id(family.user_id.as_str())
            .one(&tx)
            .await
            .map_err(translate)?
        else {
            return Ok(Rotation::Unknown);
        };
        let account = account(owner)?;
        spend(&tx, old_hash, at).await?;
        session::Entity::update_many()
            .col_expr(session::Column::RefreshedAt, Expr::value(at))
            .col_expr(session::Column::ExpiresAt, Expr::value(micros(expires_at)))
            .filter(session::Column::Id.eq(family.id))
            .exec(&tx)
            .await
            .map_err(translate)?;
        insert_token(&tx, new_hash, id, &account.user.id, at).await?;
        tx.commit().await.map_err(translate)?;
        Ok(Rotation::Rotated {
            session: id,
            account,
        })
    }

    /// Ends a session; nothing happens when there is none.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn revoke_session(&self, id: SessionId, at: Timestamp) -> Result<()> {
        let tx = begin_write(&self.writer).await.map_err(translate)?;
        revoke(&tx, id, micros(at)).await?;
        tx.commit().await.map_err(translate)
    }

    /// Ends the session of a refresh token, spent or not; `None` when there is no such token.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn revoke_by_token(&self, hash: &str, at: Timestamp) -> Result<Option<SessionId>> {
        let tx = begin_write(&self.writer).await.map_err(translate)?;
        let Some((_, family)) = locked(&tx, hash).await? else {
            return Ok(None);
        };
        let id = SessionId::from(family.id);
        revoke(&tx, id, micros(at)).await?;
        tx.commit().await.map_err(translate)?;
        Ok(Some(id))
    }
}

/// A token and its session, both held until the transaction ends.
async fn locked(
    tx: &DatabaseTransaction,
    hash: &str,
) -> Result<Option<(session_token::Model, session::Model)>> {
    let Some(token) = session_token::Entity::find_by_id(hash)
        .lock_exclusive()
        .one(tx)
        .await
        .map_err(translate)?
    else {
        return Ok(None);
    };
    let family = session::Entity::find_by_id(token.session_id)
        .lock_exclusive()
        .one(tx)
        .await
        .map_err(translate)?;
    Ok(family.map(|family| (token, family)))
}

pub(crate) async fn insert_session(tx: &DatabaseTransaction, new: &NewSession) -> Result<()> {
    let at = micros(new.at);
    let row = session::Model {
        id: new.id.uuid(),
        user_id: new.user.to_string(),
        created_at: at,
        refreshed_at: at,
        expires_at: micros(new.expires_at),
        revoked_at: None,
    };
    session::Entity::insert(row.into_active_model())
        .exec_without_returning(tx)
        .await
        .map_err(translate)?;
    insert_token(tx, &new.token_hash, new.id, &new.user, at).await
}

async fn insert_token(
    tx: &DatabaseTransaction,
    hash: &str,
    session: SessionId,
    user: &UserId,
    at: Timestamp,
) -> Result<()> {
    let row = session_token::Model {
        hash: hash.to_owned(),
        session_id: session.uuid(),
        user_id: user.to_string(),
        created_at: at,
        spent_at: None,
    };
    session_token::Entity::insert(row.into_active_model())
        .exec_without_returning(tx)
        .await
        .map_err(translate)?;
    Ok(())
}

async fn spend(tx: &DatabaseTransaction, hash: &str, at: Timestamp) -> Result<()> {
    session_token::Entity::update_many()
        .col_expr(session_token::Column::SpentAt, Expr::value(at))
        .filter(session_token::Column::Hash.eq(hash))
        .exec(tx)
        .await
        .map_err(translate)?;
    Ok(())
}

/// Keeps the first instant of revocation.
async fn revoke(tx: &DatabaseTransaction, id: SessionId, at: Timestamp) -> Result<()> {
    session::Entity::update_many()
        .col_expr(session::Column::RevokedAt, Expr::value(at))
        .filter(session::Column::Id.eq(id.uuid()))
        .filter(session::Column::RevokedAt.is_null())
        .exec(tx)
        .await
        .map_err(translate)?;
    Ok(())
}

fn session(row: session::Model) -> Result<Session> {
    Ok(Session {
        id: row.id.into(),
        user: UserId::parse(&row.user_id).map_err(|cause| corrupt("sessions", cause))?,
        created_at: row.created_at,
        refreshed_at: row.refreshed_at,
        expires_at: row.expires_at,
        revoked_at: row.revoked_at,
    })
}
