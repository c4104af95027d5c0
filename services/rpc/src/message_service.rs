//! `MessageService`.

use taskchat_chat::Chat;
use taskchat_domain::{ConversationId, PageRequest};
use taskchat_proto::v1::{self, message_service_server::MessageService};
use tonic::{Request, Response};

use crate::{
    caller::CallerOf,
    convert::message,
    pages::{count, fitting},
    status::{Answer, Refused},
};

#[derive(Debug)]
pub(crate) struct Messages {
    pub(crate) chat: Chat,
}

#[tonic::async_trait]
impl MessageService for Messages {
    async fn list_messages(
        &self,
        request: Request<v1::ListMessagesRequest>,
    ) -> Answer<Response<v1::ListMessagesResponse>> {
        let caller = request.caller()?;
        let user = caller.user_id();
        let asked = request.get_ref();
        let id = ConversationId::parse(&asked.conversation_id).or_status()?;
        let page = PageRequest::parse(asked.page_size, &asked.page_token).or_status()?;
        let answer = fitting(page, |page| async move {
            let found = self.chat.messages(user, id, &page).await.or_status()?;
            let found = found.map(|it| message::message(&it, user));
            Ok(v1::ListMessagesResponse {
                count: count(&found.items),
                messages: found.items,
                next_page_token: found.next.unwrap_or_default(),
            })
        });
        Ok(Response::new(answer.await?))
    }
}
