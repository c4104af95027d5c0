//! Stopping all that runs for a person who leaves.

use taskchat_domain::{Result, UserId};
use taskchat_store::News;

use crate::Chat;

impl Chat {
    /// Asks whatever runs for a person to stop, in whichever process; does not wait for it.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn stop_all(&self, user: &UserId) -> Result<()> {
        let tx = self.store.begin(user).await?;
        let turns = tx.cancel_all().await?;
        tx.commit().await?;
        for turn in turns {
            self.runner.stop(turn);
            self.wakes.tell(News::Stop(turn));
        }
        Ok(())
    }
}
