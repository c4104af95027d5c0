//! A person's conversations at every door.

use serde_json::json;
use taskchat_proto::v1::{self, conversation_service_client::ConversationServiceClient};

use super::{Door, Refusal, Through, grpc, grpc_web, member, rest};

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
}
