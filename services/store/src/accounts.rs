//! Accounts: the only queries about people who are not known yet. Sign-ins are in `sessions`.

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, DatabaseConnection, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
    sea_query::{Expr, Query},
};
use taskchat_domain::{
    ApprovalPolicy, Error, Noun, Result, SessionId, TimeZone, Timestamp, User, UserId,
};

use crate::{
    NewSession, UserScope, UserTx,
    convert::{from_name, micros},
    entity::{
        session, signing_key,
        user::{Column, Entity, Model},
    },
    error::{corrupt, translate},
    sessions::insert_session,
    store::begin_write,
};

/// The issuer of accounts of our own.
const LOCAL: &str = "local";

/// A person as sign-in and admission see them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Who.
    pub user: User,
    /// Whose tokens they come with: "local" for accounts of our own.
    pub issuer: String,
    /// The hash of their password; only accounts of our own have one.
    pub password_hash: Option<String>,
    /// Since when they may not come in.
    pub deactivated_at: Option<Timestamp>,
}

/// Everybody's accounts.
#[derive(Debug, Clone)]
pub struct Accounts {
    pub(crate) writer: DatabaseConnection,
    pub(crate) reader: DatabaseConnection,
}

impl Accounts {
    pub(crate) fn new(writer: DatabaseConnection, reader: DatabaseConnection) -> Self {
        Self { writer, reader }
    }

    /// Adds an account of our own, and its first sign-in with it: both or neither. The e-mail
    /// address must be new, whatever its letter case.
    ///
    /// # Errors
    /// [`Error::AlreadyExists`] when the address is taken.
    pub async fn sign_up(
        &self,
        user: &User,
        password_hash: &str,
        first: &NewSession,
    ) -> Result<()> {
        let tx = begin_write(&self.writer).await.map_err(translate)?;
        let row = model(user, LOCAL, Some(password_hash));
        let inserted = Entity::insert(row.into_active_model())
            .exec_without_returning(&tx)
            .await
            .map_err(translate);
        match inserted {
            Ok(_) => {}
            Err(Error::AlreadyExists(_)) => {
                return Err(Error::AlreadyExists(
                    "e-mail address is already registered".into(),
                ));
            }
            Err(cause) => return Err(cause),
        }
        insert_session(&tx, first).await?;
        tx.commit().await.map_err(translate)
    }

    /// The local account with this e-mail address, in whatever letter case.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn by_email(&self, email: &str) -> Result<Option<Account>> {
        if email.contains('\0') {
            return Ok(None);
        }
        let row = Entity::find()
            .filter(Column::EmailKey.eq(key(email)))
            .one(&self.reader)
            .await
            .map_err(translate)?;
        row.map(account).transpose()
    }

    /// The account with this id.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn by_id(&self, id: &UserId) -> Result<Option<Account>> {
        let row = Entity::find_by_id(id.as_str())
            .one(&self.reader)
            .await
            .map_err(translate)?;
        row.map(account).transpose()
    }

    /// Whether there is an active account of `issuer` with this id, and its sign-in `session`, if one
    /// is named, good at `at`. One query: it is asked all the time.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn is_active(
        &self,
        id: &UserId,
        issuer: &str,
        session: Option<SessionId>,
        at: Timestamp,
    ) -> Result<bool> {
        let mut found = Entity::find_by_id(id.as_str())
            .filter(Column::Issuer.eq(issuer))
            .filter(Column::DeactivatedAt.is_null());
        if let Some(session) = session {
            let owner = Query::select()
                .column(session::Column::UserId)
                .from(session::Entity)
                .and_where(session::Column::Id.eq(session.uuid()))
                .and_where(session::Column::RevokedAt.is_null())
                .and_where(session::Column::ExpiresAt.gt(micros(at)))
                .to_owned();
            found = found.filter(Column::Id.in_subquery(owner));
        }
        let found = found
            .select_only()
            .column(Column::Id)
            .into_tuple::<String>()
            .one(&self.reader)
            .await
            .map_err(translate)?;
        Ok(found.is_some())
    }

    /// The account of somebody whose token comes from `issuer`; made at first sight.
    ///
    /// # Errors
    /// [`Error::BadToken`] when the id belongs to an account of another issuer: whoever can choose
    /// subjects at one issuer must not become somebody else here.
    pub async fn ensure_external(
        &self,
        id: &UserId,
        issuer: &str,
        email: Option<&str>,
        at: Timestamp,
    ) -> Result<Account> {
        let found = match self.by_id(id).await? {
            Some(account) => account,
            None => {
                let user = User {
                    id: id.clone(),
                    email: email
                        .filter(|email| !email.contains('\0'))
                        .map(str::to_owned),
                    time_zone: TimeZone::UTC,
                    approval_policy: ApprovalPolicy::default(),
                    created_at: at,
                };
                let mut row = model(&user, issuer, None).into_active_model();
                // Their provider answers for the address; it must not block a sign-up here.
                row.email_key = Set(None);
                Entity::insert(row)
                    .on_conflict_do_nothing()
                    .exec_without_returning(&self.writer)
                    .await
                    .map_err(translate)?;
                self.by_id(id)
                    .await?
                    .ok_or_else(|| Error::internal("an account just made is gone"))?
            }
        };
        if found.issuer != issuer {
            return Err(Error::BadToken);
        }
        Ok(found)
    }

    /// Our own signing key; made with `generate` the first time, by whichever process is first.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn signing_key(
        &self,
        generate: impl FnOnce() -> Vec<u8> + Send,
        at: Timestamp,
    ) -> Result<Vec<u8>> {
        if let Some(secret) = self.stored_key().await? {
            return Ok(secret);
        }
        let row = signing_key::Model {
            name: LOCAL.to_owned(),
            secret: generate(),
            created_at: micros(at),
        };
        signing_key::Entity::insert(row.into_active_model())
            .on_conflict_do_nothing()
            .exec_without_returning(&self.writer)
            .await
            .map_err(translate)?;
        self.stored_key()
            .await?
            .ok_or_else(|| Error::internal("a signing key just made is gone"))
    }

    async fn stored_key(&self) -> Result<Option<Vec<u8>>> {
        let row = signing_key::Entity::find_by_id(LOCAL)
            .one(&self.reader)
            .await
            .map_err(translate)?;
        Ok(row.map(|row| row.secret))
    }
}

impl UserTx {
    /// The zone in which this person's dates are read.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such person.
    pub async fn time_zone(&self) -> Result<TimeZone> {
        let row = Entity::find_by_id(self.user_id())
            .one(&self.tx)
            .await
            .map_err(translate)?
            .ok_or(Error::NotFound(Noun::User))?;
        Ok(account(row)?.user.time_zone)
    }

    /// Sets what is given of this person's profile, and gives the profile as it is then.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such person, [`Error::NothingToUpdate`] when nothing is
    /// given.
    pub async fn save_profile(
        &self,
        time_zone: Option<TimeZone>,
        policy: Option<ApprovalPolicy>,
    ) -> Result<User> {
        let mut update = Entity::update_many().filter(Column::Id.eq(self.user_id()));
        if time_zone.is_none() && policy.is_none() {
            return Err(Error::NothingToUpdate);
        }
        if let Some(zone) = time_zone {
            update = update.col_expr(Column::TimeZone, Expr::value(zone.to_string()));
        }
        if let Some(policy) = policy {
            update = update.col_expr(Column::ApprovalPolicy, Expr::value(policy.as_str()));
        }
        let row = update
            .exec_with_returning(&self.tx)
            .await
            .map_err(translate)?
            .pop()
            .ok_or(Error::NotFound(Noun::User))?;
        Ok(account(row)?.user)
    }
}

impl UserScope {
    /// When this person wants to be asked.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such person.
    pub async fn approval_policy(&self) -> Result<ApprovalPolicy> {
        let row = Entity::find_by_id(self.user_id())
            .one(&self.reader)
            .await
            .map_err(translate)?
            .ok_or(Error::NotFound(Noun::User))?;
        from_name("users", row.approval_policy)
    }
}

/// An address as it is compared.
fn key(email: &str) -> String {
    email.trim().to_lowercase()
}

fn model(user: &User, issuer: &str, password_hash: Option<&str>) -> Model {
    Model {
        id: user.id.to_string(),
        issuer: issuer.to_owned(),
        email: user.email.clone(),
        email_key: user.email.as_deref().map(key),
        password_hash: password_hash.map(str::to_owned),
        time_zone: user.time_zone.to_string(),
        approval_policy: user.approval_policy.as_str().to_owned(),
        created_at: micros(user.created_at),
        deactivated_at: None,
        last_operation: 0,
    }
}

pub(crate) fn account(row: Model) -> Result<Account> {
    let bad = |cause: Error| corrupt("users", cause);
    Ok(Account {
        user: User {
            id: UserId::parse(&row.id).map_err(bad)?,
            email: row.email,
            time_zone: TimeZone::parse(&row.time_zone).map_err(bad)?,
            approval_policy: from_name("users", row.approval_policy)?,
            created_at: row.created_at,
        },
        issuer: row.issuer,
        password_hash: row.password_hash,
        deactivated_at: row.deactivated_at,
    })
}
