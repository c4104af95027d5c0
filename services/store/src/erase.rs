//! Erasing a person: their row goes, and by foreign keys whatever belongs to them goes with it.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use taskchat_domain::{Result, TurnId};

use crate::{
    UserTx,
    entity::{turn, user},
    error::translate,
    turns::unfinished,
};

impl UserTx {
    /// Asks all unfinished turns of this person to stop.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn cancel_all(&self) -> Result<Vec<TurnId>> {
        let asked = turn::Entity::update_many()
            .col_expr(turn::Column::CancelRequested, Expr::value(true))
            .filter(turn::Column::UserId.eq(self.user_id()))
            .filter(unfinished())
            .exec_with_returning(&self.tx)
            .await
            .map_err(translate)?;
        Ok(asked.into_iter().map(|turn| turn.id.into()).collect())
    }

    /// Erases the person and everything of theirs; false when there is nobody.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn erase(&self) -> Result<bool> {
        let gone = user::Entity::delete_many()
            .filter(user::Column::Id.eq(self.user_id()))
            .exec(&self.tx)
            .await
            .map_err(translate)?;
        Ok(gone.rows_affected == 1)
    }
}
