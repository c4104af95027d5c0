//! Words found in messages.

use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, Query},
};
use taskchat_domain::{EntryBody, Excerpt, Result, Role};

use crate::{
    UserScope,
    convert::folded,
    entity::{
        conversation,
        entry::{Column, Entity},
    },
    entries::{entry, said},
    error::translate,
    tasks::contains,
};

/// The longest excerpt, in characters.
const EXCERPT: usize = 200;
/// Characters shown before the match.
const LEAD: usize = 60;

impl UserScope {
    /// Up to `limit` messages of undeleted conversations that hold `query` in any letter case,
    /// newest first.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn search_messages(&self, query: &str, limit: u32) -> Result<Vec<Excerpt>> {
        let query = query.trim();
        if query.is_empty() {
            return Ok(Vec::new());
        }
        let undeleted = Query::select()
            .column(conversation::Column::Id)
            .from(conversation::Entity)
            .and_where(conversation::Column::UserId.eq(self.user_id()))
            .and_where(conversation::Column::DeletedAt.is_null())
            .to_owned();
        let rows = Entity::find()
            .filter(Column::UserId.eq(self.user_id()))
            .filter(Column::SearchText.like(contains(query)))
            .filter(Expr::col((Entity, Column::ConversationId)).in_subquery(undeleted))
            .order_by_desc(Column::CreatedAt)
            .order_by_desc(Column::Seq)
            .limit(u64::from(limit))
            .all(&self.reader)
            .await
            .map_err(translate)?;
        let mut excerpts = Vec::new();
        for row in rows {
            let conversation_id = row.conversation_id.into();
            let entry = entry(row)?;
            let role = match &entry.body {
                EntryBody::User { .. } => Role::User,
                _ => Role::Assistant,
            };
            excerpts.push(Excerpt {
                conversation_id,
                role,
                text: excerpt(said(&entry.body).unwrap_or_default(), query),
                created_at: entry.created_at,
            });
        }
        Ok(excerpts)
    }
}

/// The words around the first match, with an ellipsis where something is left out.
fn excerpt(text: &str, query: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    if chars.len() <= EXCERPT {
        return text.to_owned();
    }
    let start = position(&chars, &folded(query)).saturating_sub(LEAD);
    // Room for the two ellipses.
    let start = start.min(chars.len().saturating_sub(EXCERPT - 2));
    let end = (start + EXCERPT - 2).min(chars.len());
    let mut excerpt = String::new();
    if start > 0 {
        excerpt.push('…');
    }
    excerpt.extend(chars.iter().take(end).skip(start));
    if end < chars.len() {
        excerpt.push('…');
    }
    excerpt
}

/// At which character the folded query begins; 0 when it is not there.
fn position(chars: &[char], query: &str) -> usize {
    let mut lower = String::new();
    // Folding may change the length, so each byte of the folded text is led back to its character.
    let mut origin = Vec::new();
    for (at, char) in chars.iter().enumerate() {
        let before = lower.len();
        lower.extend(char.to_lowercase());
        origin.resize(origin.len() + lower.len() - before, at);
    }
    lower
        .find(query)
        .and_then(|byte| origin.get(byte).copied())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn excerpts_show_the_match() {
        assert_eq!(excerpt("Short and sweet", "sweet"), "Short and sweet");
        let long = format!("{}İ NEEDLE {}", "é".repeat(500), "x".repeat(500));
        let found = excerpt(&long, "needle");
        assert!(found.contains("NEEDLE"), "{found}");
        assert!(found.starts_with('…') && found.ends_with('…'));
        assert_eq!(found.chars().count(), EXCERPT);
        let at_end = format!("{} needle", "x".repeat(500));
        let found = excerpt(&at_end, "needle");
        assert!(found.ends_with("needle"), "{found}");
        assert!(excerpt(&long, "absent").starts_with('é'));
    }
}
