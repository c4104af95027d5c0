//! Where somebody is signed in, and ending that from afar.

use taskchat_domain::{Error, Noun, Result, SessionId, Timestamp, UserId};

use crate::Accounts;

/// The longest name of a program that is kept, in characters.
const LONGEST_AGENT: usize = 256;

/// A sign-in that is still good, as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenSession {
    /// Its id.
    pub id: SessionId,
    /// When it began.
    pub created_at: Timestamp,
    /// When its tokens were last renewed.
    pub last_used_at: Timestamp,
    /// What the program that used it then called itself.
    pub user_agent: String,
}

impl Accounts {
    /// Where a user is signed in, latest use first.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn sessions(&self, user: &UserId) -> Result<Vec<OpenSession>> {
        let now = self.clock.now();
        let sessions = self.store.as_user(user).sessions(now).await?;
        let sessions = sessions.into_iter().map(|session| OpenSession {
            id: session.id,
            created_at: session.created_at,
            last_used_at: session.refreshed_at,
            user_agent: session.user_agent,
        });
        Ok(sessions.collect())
    }

    /// Ends one of a user's sessions.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is unknown, has ended or is somebody else's.
    pub async fn revoke_session(&self, user: &UserId, id: SessionId) -> Result<()> {
        let tx = self.store.begin(user).await?;
        if !tx.revoke_session(id, self.clock.now()).await? {
            return Err(Error::NotFound(Noun::Session));
        }
        tx.commit().await
    }
}

/// The name of a program as it is kept: anybody can send anything there.
pub(crate) fn agent(name: &str) -> String {
    let visible = name.chars().filter(|char| !char.is_control());
    visible.take(LONGEST_AGENT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_programs_are_bounded() {
        assert_eq!(agent("curl/8.5"), "curl/8.5");
        assert_eq!(agent("a\0b\r\nc\u{1b}[31m"), "abc[31m");
        assert_eq!(agent(&"é".repeat(1000)).chars().count(), LONGEST_AGENT);
    }
}
