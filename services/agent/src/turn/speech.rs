//! The text of one step on its way to followers.

use taskchat_domain::Result;

use crate::Journal;

/// Passes text on as it comes, and remembers what was passed on: that, and nothing else, becomes
/// the step's [`taskchat_domain::EntryBody::Model`].
///
/// Blank text at the beginning is dropped, so a step that says nothing has no text at all. Later
/// steps of a turn begin with `lead`, which keeps their texts apart once they are joined.
pub(super) struct Speech<'a> {
    journal: &'a dyn Journal,
    lead: &'static str,
    said: String,
}

impl<'a> Speech<'a> {
    pub(super) fn new(journal: &'a dyn Journal, lead: &'static str) -> Self {
        Self {
            journal,
            lead,
            said: String::new(),
        }
    }

    /// Says a piece.
    pub(super) async fn say(&mut self, piece: &str) -> Result<()> {
        // PostgreSQL cannot store NUL.
        let mut piece = piece.replace('\0', "");
        if self.said.is_empty() {
            piece = piece.trim_start().to_owned();
            if !piece.is_empty() {
                piece.insert_str(0, self.lead);
            }
        }
        if piece.is_empty() {
            return Ok(());
        }
        // First, so that what may have reached followers is never forgotten.
        self.said.push_str(&piece);
        self.journal.delta(&piece).await
    }

    /// True while nothing has been said.
    pub(super) fn is_silent(&self) -> bool {
        self.said.is_empty()
    }

    /// Bytes said.
    pub(super) fn len(&self) -> usize {
        self.said.len()
    }

    /// What was said.
    pub(super) fn into_text(self) -> String {
        self.said
    }
}
