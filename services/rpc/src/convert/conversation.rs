//! Conversations.

use taskchat_domain::{
    Conversation, ConversationTitle, Error, Finding, PageRequest, Result, UserId,
};
use taskchat_proto::v1;

use super::{message, timestamp};

/// Places in a page when nothing is said, and the most.
const FOUND_DEFAULT: u32 = 20;
const FOUND_MOST: u32 = 50;

pub(crate) fn conversation(conversation: &Conversation, owner: &UserId) -> v1::Conversation {
    v1::Conversation {
        id: conversation.id.to_string(),
        user_id: owner.to_string(),
        title: conversation.title.to_string(),
        created_at: Some(timestamp(conversation.created_at)),
        updated_at: Some(timestamp(conversation.updated_at)),
    }
}

/// A place where words were found.
pub(crate) fn finding(found: Finding, owner: &UserId) -> v1::SearchResult {
    let message = found.message;
    v1::SearchResult {
        conversation: Some(conversation(&found.conversation, owner)),
        message_id: message.map(|it| it.id.to_string()).unwrap_or_default(),
        role: message
            .map_or(v1::MessageRole::Unspecified, |it| message::role(it.role))
            .into(),
        snippet: found
            .snippet
            .into_iter()
            .map(|part| v1::SnippetPart {
                text: part.text,
                r#match: part.is_match,
            })
            .collect(),
        created_at: Some(timestamp(found.created_at)),
        turn_id: message.map(|it| it.turn_id.to_string()).unwrap_or_default(),
    }
}

/// Which page of a search is asked for; pages are smaller than those of lists.
pub(crate) fn search_page(asked: &v1::SearchConversationsRequest) -> Result<PageRequest> {
    let page = PageRequest::parse(asked.page_size, &asked.page_token)?;
    let size = match asked.page_size {
        0 => FOUND_DEFAULT,
        _ => page.size.min(FOUND_MOST),
    };
    Ok(PageRequest { size, ..page })
}

/// The new title in an update: the only field that can be set. Others in the mask are output only
/// and passed over.
pub(crate) fn new_title(request: &v1::UpdateConversationRequest) -> Result<ConversationTitle> {
    if let Some(mask) = request.update_mask.as_ref().filter(|m| !m.paths.is_empty()) {
        let known = ["id", "user_id", "title", "created_at", "updated_at", "*"];
        if let Some(path) = mask.paths.iter().find(|p| !known.contains(&p.as_str())) {
            return Err(Error::invalid(
                "update_mask",
                format!("names an unknown field: {}", path.escape_debug()),
            ));
        }
        if !mask.paths.iter().any(|path| path == "title" || path == "*") {
            return Err(Error::NothingToUpdate);
        }
    }
    let title = request.conversation.as_ref().map(|it| it.title.as_str());
    ConversationTitle::parse(title.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use prost_types::FieldMask;

    use super::*;

    #[test]
    fn only_the_title_can_be_set() {
        for (title, mask, expected) in [
            ("Trip", None, Some("Trip")),
            ("Trip", Some(vec![]), Some("Trip")),
            ("Trip", Some(vec!["title", "updated_at"]), Some("Trip")),
            ("Trip", Some(vec!["*"]), Some("Trip")),
            ("Trip", Some(vec!["id"]), None),
            ("Trip", Some(vec!["title", "colour"]), None),
            ("  ", None, None),
        ] {
            let request = v1::UpdateConversationRequest {
                conversation: Some(v1::Conversation {
                    title: title.to_owned(),
                    ..Default::default()
                }),
                update_mask: mask.clone().map(|paths| FieldMask {
                    paths: paths.into_iter().map(str::to_owned).collect(),
                }),
                ..Default::default()
            };
            let title = new_title(&request).ok().map(|title| title.to_string());
            assert_eq!(title.as_deref(), expected, "{mask:?}");
        }
        assert!(new_title(&v1::UpdateConversationRequest::default()).is_err());
    }
}
