//! The end of an account.

use taskchat_domain::{Error, Noun, Result, UserId};

use crate::Accounts;

/// How often an erasure is tried that runs into what is being written for the same person.
const ATTEMPTS: u32 = 5;

impl Accounts {
    /// Erases a user and everything of theirs. Their tokens stop at once, because nobody is behind
    /// them any more; the address is free again. Somebody whom an outside provider vouches for is
    /// a new, empty user when they come back.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such user.
    pub async fn erase(&self, user: &UserId) -> Result<()> {
        let mut attempts = 1;
        loop {
            match self.erase_once(user).await {
                // A turn that is just being stopped may have stood in the way.
                Err(Error::Unavailable(_) | Error::Conflict { .. }) if attempts < ATTEMPTS => {
                    attempts += 1;
                }
                done => return done,
            }
        }
    }

    async fn erase_once(&self, user: &UserId) -> Result<()> {
        let tx = self.store.begin(user).await?;
        if !tx.erase().await? {
            return Err(Error::NotFound(Noun::User));
        }
        tx.commit().await
    }
}
