//! Reading tasks, and what was done to them.

use taskchat_domain::{
    Error, Noun, Operation, Page, PageRequest, Result, Task, TaskFilter, TaskId, UserId,
};

use crate::Tasks;

impl Tasks {
    /// The tasks that pass the filter, in its order.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming `page_token` when the token is of another list.
    pub async fn list(
        &self,
        user: &UserId,
        filter: &TaskFilter,
        page: &PageRequest,
    ) -> Result<Page<Task>> {
        self.store.as_user(user).tasks(filter, page).await
    }

    /// One task.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is unknown, deleted or somebody else's.
    pub async fn get(&self, user: &UserId, id: TaskId) -> Result<Task> {
        self.store
            .as_user(user)
            .task(id)
            .await?
            .ok_or(Error::NotFound(Noun::Task))
    }

    /// What was done, newest first: to one task, deleted ones too, or to all.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an unknown task, [`Error::Invalid`] naming `page_token` when the
    /// token is of another list.
    pub async fn operations(
        &self,
        user: &UserId,
        task: Option<TaskId>,
        page: &PageRequest,
    ) -> Result<Page<Operation>> {
        let mine = self.store.as_user(user);
        if let Some(id) = task
            && mine.task(id).await?.is_none()
            && mine.deleted_task(id).await?.is_none()
        {
            return Err(Error::NotFound(Noun::Task));
        }
        mine.operations(task, page).await
    }
}
