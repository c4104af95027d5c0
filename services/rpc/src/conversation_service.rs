//! `ConversationService`.

use taskchat_chat::Chat;
use taskchat_domain::{ConversationId, PageRequest};
use taskchat_proto::v1::{self, conversation_service_server::ConversationService};
use tonic::{Request, Response};

use crate::{
    caller::CallerOf,
    convert::conversation,
    pages::{count, fitting},
    status::{Answer, Refused},
};

#[derive(Debug)]
pub(crate) struct Conversations {
    pub(crate) chat: Chat,
}

#[tonic::async_trait]
impl ConversationService for Conversations {
    async fn list_conversations(
        &self,
        request: Request<v1::ListConversationsRequest>,
    ) -> Answer<Response<v1::ListConversationsResponse>> {
        let caller = request.caller()?;
        let user = caller.user_id();
        let asked = request.get_ref();
        let page = PageRequest::parse(asked.page_size, &asked.page_token).or_status()?;
        let answer = fitting(page, |page| async move {
            let found = self.chat.conversations(user, &page).await.or_status()?;
            let found = found.map(|it| conversation::conversation(&it, user));
            Ok(v1::ListConversationsResponse {
                count: count(&found.items),
                conversations: found.items,
                next_page_token: found.next.unwrap_or_default(),
            })
        });
        Ok(Response::new(answer.await?))
    }

    async fn get_conversation(
        &self,
        request: Request<v1::GetConversationRequest>,
    ) -> Answer<Response<v1::GetConversationResponse>> {
        let caller = request.caller()?;
        let user = caller.user_id();
        let id = ConversationId::parse(&request.get_ref().conversation_id).or_status()?;
        let found = self.chat.conversation(user, id).await.or_status()?;
        Ok(Response::new(v1::GetConversationResponse {
            conversation: Some(conversation::conversation(&found, user)),
        }))
    }

    async fn update_conversation(
        &self,
        request: Request<v1::UpdateConversationRequest>,
    ) -> Answer<Response<v1::UpdateConversationResponse>> {
        let caller = request.caller()?;
        let user = caller.user_id();
        let asked = request.get_ref();
        let id = ConversationId::parse(&asked.conversation_id).or_status()?;
        let title = conversation::new_title(asked).or_status()?;
        let renamed = self.chat.rename(user, id, title).await.or_status()?;
        Ok(Response::new(v1::UpdateConversationResponse {
            conversation: Some(conversation::conversation(&renamed, user)),
        }))
    }

    async fn delete_conversation(
        &self,
        request: Request<v1::DeleteConversationRequest>,
    ) -> Answer<Response<v1::DeleteConversationResponse>> {
        let caller = request.caller()?;
        let id = ConversationId::parse(&request.get_ref().conversation_id).or_status()?;
        self.chat.delete(caller.user_id(), id).await.or_status()?;
        Ok(Response::new(v1::DeleteConversationResponse {
            conversation_id: id.to_string(),
        }))
    }

    async fn restore_conversation(
        &self,
        request: Request<v1::RestoreConversationRequest>,
    ) -> Answer<Response<v1::RestoreConversationResponse>> {
        let caller = request.caller()?;
        let user = caller.user_id();
        let id = ConversationId::parse(&request.get_ref().conversation_id).or_status()?;
        let restored = self.chat.restore(user, id).await.or_status()?;
        Ok(Response::new(v1::RestoreConversationResponse {
            conversation: Some(conversation::conversation(&restored, user)),
        }))
    }

    async fn search_conversations(
        &self,
        request: Request<v1::SearchConversationsRequest>,
    ) -> Answer<Response<v1::SearchConversationsResponse>> {
        let caller = request.caller()?;
        let user = caller.user_id();
        let asked = request.get_ref();
        let page = conversation::search_page(asked).or_status()?;
        let found = self.chat.search(user, &asked.query, &page).await;
        let found = found.or_status()?;
        let found = found.map(|it| conversation::finding(it, user));
        Ok(Response::new(v1::SearchConversationsResponse {
            count: count(&found.items),
            results: found.items,
            next_page_token: found.next.unwrap_or_default(),
        }))
    }
}
