//! Listing, naming and deleting conversations.

use taskchat_domain::{
    Conversation, ConversationId, ConversationTitle, Error, Finding, Noun, Page, PageRequest,
    Result, UserId,
};
use taskchat_store::News;

use crate::Chat;

/// The most characters that are looked for.
const LONGEST_QUERY: usize = 200;

impl Chat {
    /// The person's conversations, newest activity first.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a page token that is not one.
    pub async fn conversations(
        &self,
        user: &UserId,
        page: &PageRequest,
    ) -> Result<Page<Conversation>> {
        self.store.as_user(user).conversations(page).await
    }

    /// One conversation.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is unknown, deleted or somebody else's.
    pub async fn conversation(&self, user: &UserId, id: ConversationId) -> Result<Conversation> {
        self.store
            .as_user(user)
            .conversation(id)
            .await?
            .ok_or(Error::NotFound(Noun::Conversation))
    }

    /// Gives a conversation a title of the person's choice.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is unknown, deleted or somebody else's.
    pub async fn rename(
        &self,
        user: &UserId,
        id: ConversationId,
        title: ConversationTitle,
    ) -> Result<Conversation> {
        let tx = self.store.begin(user).await?;
        if !tx.rename_conversation(id, &title).await? {
            return Err(Error::NotFound(Noun::Conversation));
        }
        tx.commit().await?;
        self.conversation(user, id).await
    }

    /// Deletes a conversation; turns under way in it are stopped. Tasks stay.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is unknown, deleted or somebody else's.
    pub async fn delete(&self, user: &UserId, id: ConversationId) -> Result<()> {
        let tx = self.store.begin(user).await?;
        tx.cancel_all_in(id).await?;
        if !tx.delete_conversation(id, self.clock.now()).await? {
            return Err(Error::NotFound(Noun::Conversation));
        }
        tx.commit().await?;
        // A message that came in just before the deletion was not seen by it.
        let tx = self.store.begin(user).await?;
        tx.cancel_all_in(id).await?;
        tx.commit().await?;
        self.runner.look_for_stops_now();
        self.wakes.tell(News::StopAll(id));
        // What waits there, for its turn or for approval, is closed as well.
        self.runner.nudge(id);
        Ok(())
    }

    /// Takes a deletion back: the conversation is as it was, but for what the deletion stopped. One
    /// that is not deleted is left alone.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is unknown or somebody else's.
    pub async fn restore(&self, user: &UserId, id: ConversationId) -> Result<Conversation> {
        let tx = self.store.begin(user).await?;
        if !tx.restore_conversation(id).await? {
            return Err(Error::NotFound(Noun::Conversation));
        }
        tx.commit().await?;
        self.conversation(user, id).await
    }

    /// Where in the person's conversations some words are: said, or in a title. Newest first.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming `query` when it is blank or too long, or `page_token` when it is of
    /// another query.
    pub async fn search(
        &self,
        user: &UserId,
        query: &str,
        page: &PageRequest,
    ) -> Result<Page<Finding>> {
        let query = query.trim();
        match query.chars().count() {
            0 => return Err(Error::invalid("query", "field is required")),
            1..=LONGEST_QUERY => {}
            _ => return Err(Error::invalid("query", "must be at most 200 characters")),
        }
        self.store.as_user(user).search(query, page).await
    }
}
