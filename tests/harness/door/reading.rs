//! A person's conversations at every door.

use serde_json::{Value, json};
use taskchat_proto::v1::{self, conversation_service_client::ConversationServiceClient};

use super::{Door, Refusal, Through, grpc, grpc_web, member, rest};

/// A place where words were found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The conversation.
    pub conversation_id: String,
    /// The message; empty for a title.
    pub message_id: String,
    /// Its turn.
    pub turn_id: String,
    /// `user`, `assistant` or, for a title, `unspecified`.
    pub role: String,
    /// The words, matches in brackets.
    pub snippet: String,
}

impl From<v1::SearchResult> for Found {
    fn from(found: v1::SearchResult) -> Self {
        assert!(found.created_at.is_some());
        let role = found.role().as_str_name();
        let role = role.trim_start_matches("MESSAGE_ROLE_").to_lowercase();
        let parts = found.snippet.iter();
        Self {
            role,
            snippet: parts.map(|part| shown(&part.text, part.r#match)).collect(),
            conversation_id: found.conversation.expect("a conversation").id,
            message_id: found.message_id,
            turn_id: found.turn_id,
        }
    }
}

impl From<&Value> for Found {
    fn from(found: &Value) -> Self {
        let parts = found["snippet"].as_array().expect("a list of parts").iter();
        Self {
            conversation_id: member(&found["conversation"], "id"),
            message_id: member(found, "message_id"),
            turn_id: member(found, "turn_id"),
            role: member(found, "role"),
            snippet: parts
                .map(|part| {
                    let is_match = part["match"].as_bool().expect("match is a bool");
                    shown(&member(part, "text"), is_match)
                })
                .collect(),
        }
    }
}

fn shown(text: &str, is_match: bool) -> String {
    match is_match {
        true => format!("[{text}]"),
        false => text.to_owned(),
    }
}

impl Through<'_> {
    /// Takes the deletion of a conversation back; its title.
    pub async fn restore(&self, id: &str) -> Result<String, Refusal> {
        let request = v1::RestoreConversationRequest {
            conversation_id: id.to_owned(),
        };
        let restored: v1::RestoreConversationResponse = match self.door {
            Door::Rest => {
                let path = format!("/api/conversations/{id}:restore");
                let restored = rest::read(&self.user.post(&path, json!({})).await)?;
                assert_eq!(restored["id"], id);
                return Ok(member(&restored, "title"));
            }
            Door::Grpc => {
                let mut client = ConversationServiceClient::new(grpc::channel(self.user).await);
                let answer = client.restore_conversation(grpc::authorized(self.user, request));
                answer
                    .await
                    .map_err(|status| grpc::refusal(&status))?
                    .into_inner()
            }
            Door::GrpcWeb | Door::GrpcWebText => {
                let framing = grpc_web::Framing::of(self.door);
                let method = "ConversationService/RestoreConversation";
                grpc_web::unary(self.user, framing, method, &request).await?
            }
        };
        let restored = restored.conversation.expect("a conversation");
        assert_eq!(
            (&restored.id[..], restored.user_id),
            (id, self.user.id.clone())
        );
        Ok(restored.title)
    }

    /// Where words were found: one page, and the token of the next.
    pub async fn search(
        &self,
        query: &str,
        page_size: i32,
        page_token: &str,
    ) -> Result<(Vec<Found>, String), Refusal> {
        let request = v1::SearchConversationsRequest {
            query: query.to_owned(),
            page_size,
            page_token: page_token.to_owned(),
        };
        let page: v1::SearchConversationsResponse = match self.door {
            Door::Rest => {
                let asked = url::form_urlencoded::Serializer::new(String::new())
                    .append_pair("query", query)
                    .append_pair("page_size", &page_size.to_string())
                    .append_pair("page_token", page_token)
                    .finish();
                let path = format!("/api/conversations:search?{asked}");
                let answer = self.user.get(&path).await;
                let page = rest::read(&answer)?;
                let results = page["results"].as_array().expect("a list of results");
                assert_eq!(page["count"], results.len());
                let found = results.iter().map(Found::from).collect();
                return Ok((found, member(&page, "next_page_token")));
            }
            Door::Grpc => {
                let mut client = ConversationServiceClient::new(grpc::channel(self.user).await);
                let answer = client.search_conversations(grpc::authorized(self.user, request));
                answer
                    .await
                    .map_err(|status| grpc::refusal(&status))?
                    .into_inner()
            }
            Door::GrpcWeb | Door::GrpcWebText => {
                let framing = grpc_web::Framing::of(self.door);
                let method = "ConversationService/SearchConversations";
                grpc_web::unary(self.user, framing, method, &request).await?
            }
        };
        assert_eq!(page.count as usize, page.results.len());
        let found = page.results.into_iter().map(Found::from).collect();
        Ok((found, page.next_page_token))
    }
}
