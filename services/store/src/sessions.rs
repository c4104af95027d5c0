//! Sign-ins: families of refresh tokens. Only hashes of tokens are stored.

use chrono::TimeDelta;
use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, sea_query::Expr,
};
use taskchat_domain::{Result, SessionId, Timestamp, UserId};

use crate::{
    Account, Accounts, UserScope, UserTx,
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
    /// What the program that signs in calls itself.
    pub user_agent: String,
}

/// A refresh token that takes the place of another.
#[derive(Debug, Clone, Copy)]
pub struct NextToken<'a> {
    /// Its hash.
    pub hash: &'a str,
    /// When.
    pub at: Timestamp,
    /// Until when it is good.
    pub expires_at: Timestamp,
    /// What the program that refreshes calls itself.
    pub user_agent: &'a str,
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
    /// What the program that used it last called itself.
    pub user_agent: String,
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

    /// Exchanges one refresh token for another and extends the session.
    ///
    /// A token that was spent less than `grace` ago is good once more while none that was given for
    /// it has been used: its answer may have been lost on the way. All that were given for it are
    /// good then, until one of them is used. Any other spent token revokes the session.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn rotate(
        &self,
        old_hash: &str,
        next: NextToken<'_>,
        grace: TimeDelta,
    ) -> Result<Rotation> {
        let at = micros(next.at);
        let tx = begin_write(&self.writer).await.map_err(translate)?;
        let Some((token, family)) = locked(&tx, old_hash).await? else {
            return Ok(Rotation::Unknown);
        };
        let id = SessionId::from(family.id);
        if !is_good(&tx, &token, at, grace).await? {
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
            .col_expr(
                session::Column::ExpiresAt,
                Expr::value(micros(next.expires_at)),
            )
            .col_expr(session::Column::UserAgent, Expr::value(next.user_agent))
            .filter(session::Column::Id.eq(family.id))
            .exec(&tx)
            .await
            .map_err(translate)?;
        insert_token(
            &tx,
            session_token::Model {
                hash: next.hash.to_owned(),
                session_id: family.id,
                user_id: account.user.id.to_string(),
                created_at: at,
                spent_at: None,
                parent: Some(token.hash),
            },
        )
        .await?;
        tx.commit().await.map_err(translate)?;
        Ok(Rotation::Rotated {
            session: id,
            account,
        })
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

impl UserScope {
    /// This person's sign-ins that are good at `at`, the one used last first.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn sessions(&self, at: Timestamp) -> Result<Vec<Session>> {
        let rows = session::Entity::find()
            .filter(session::Column::UserId.eq(self.user_id()))
            .filter(session::Column::RevokedAt.is_null())
            .filter(session::Column::ExpiresAt.gt(micros(at)))
            .order_by_desc(session::Column::RefreshedAt)
            .order_by_desc(session::Column::Id)
            .all(&self.reader)
            .await
            .map_err(translate)?;
        rows.into_iter().map(session).collect()
    }
}

impl UserTx {
    /// Ends one of this person's sign-ins; false when there is none that is good at `at`.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn revoke_session(&self, id: SessionId, at: Timestamp) -> Result<bool> {
        let at = micros(at);
        let revoked = session::Entity::update_many()
            .col_expr(session::Column::RevokedAt, Expr::value(at))
            .filter(session::Column::Id.eq(id.uuid()))
            .filter(session::Column::UserId.eq(self.user_id()))
            .filter(session::Column::RevokedAt.is_null())
            .filter(session::Column::ExpiresAt.gt(at))
            .exec(&self.tx)
            .await
            .map_err(translate)?;
        Ok(revoked.rows_affected == 1)
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
        user_agent: new.user_agent.clone(),
    };
    session::Entity::insert(row.into_active_model())
        .exec_without_returning(tx)
        .await
        .map_err(translate)?;
    let token = session_token::Model {
        hash: new.token_hash.clone(),
        session_id: new.id.uuid(),
        user_id: new.user.to_string(),
        created_at: at,
        spent_at: None,
        parent: None,
    };
    insert_token(tx, token).await
}

async fn insert_token(tx: &DatabaseTransaction, row: session_token::Model) -> Result<()> {
    session_token::Entity::insert(row.into_active_model())
        .exec_without_returning(tx)
        .await
        .map_err(translate)?;
    Ok(())
}

/// False for a token that somebody must have stolen: it was spent and not just now, or another one
/// that was given for it, or for the same token as it, has been used.
async fn is_good(
    tx: &DatabaseTransaction,
    token: &session_token::Model,
    at: Timestamp,
    grace: TimeDelta,
) -> Result<bool> {
    match token.spent_at {
        Some(spent_at) => Ok(at - spent_at < grace && !is_any_spent(tx, token, &token.hash).await?),
        None => match &token.parent {
            Some(parent) => Ok(!is_any_spent(tx, token, parent).await?),
            None => Ok(true),
        },
    }
}

/// True when a token of this one's session that was given for `parent` has been used.
async fn is_any_spent(
    tx: &DatabaseTransaction,
    token: &session_token::Model,
    parent: &str,
) -> Result<bool> {
    let spent = session_token::Entity::find()
        .filter(session_token::Column::SessionId.eq(token.session_id))
        .filter(session_token::Column::Parent.eq(parent))
        .filter(session_token::Column::SpentAt.is_not_null())
        .one(tx)
        .await
        .map_err(translate)?;
    Ok(spent.is_some())
}

/// Keeps the first instant.
async fn spend(tx: &DatabaseTransaction, hash: &str, at: Timestamp) -> Result<()> {
    session_token::Entity::update_many()
        .col_expr(session_token::Column::SpentAt, Expr::value(at))
        .filter(session_token::Column::Hash.eq(hash))
        .filter(session_token::Column::SpentAt.is_null())
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
        user_agent: row.user_agent,
    })
}
