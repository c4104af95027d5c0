//! A person's account at every door.

use serde_json::Value;
use taskchat_proto::{
    google::api::HttpBody,
    v1::{self, auth_service_client::AuthServiceClient},
};

use super::{Door, Refusal, Through, grpc, grpc_web, member, rest};

/// A sign-in, as its owner sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct SessionSeen {
    /// Its id.
    pub id: String,
    /// What the program called itself.
    pub user_agent: String,
    /// Whether it is the one that asked.
    pub current: bool,
}

impl From<v1::Session> for SessionSeen {
    fn from(session: v1::Session) -> Self {
        assert!(session.created_at.is_some() && session.last_used_at.is_some());
        Self {
            id: session.id,
            user_agent: session.user_agent,
            current: session.current,
        }
    }
}

impl Through<'_> {
    /// Where the person is signed in.
    pub async fn sessions(&self) -> Result<Vec<SessionSeen>, Refusal> {
        let request = v1::ListSessionsRequest {};
        let page: v1::ListSessionsResponse = match self.door {
            Door::Rest => {
                let page = rest::read(&self.user.get("/api/users/me/sessions").await)?;
                let sessions = page["sessions"].as_array().expect("a list of sessions");
                assert_eq!(page["count"], sessions.len());
                let seen = sessions.iter().map(|session| {
                    assert!(session["last_used_at"].is_string(), "{session}");
                    SessionSeen {
                        id: member(session, "id"),
                        user_agent: member(session, "user_agent"),
                        current: session["current"].as_bool().expect("current is a bool"),
                    }
                });
                return Ok(seen.collect());
            }
            Door::Grpc => {
                let mut client = AuthServiceClient::new(grpc::channel(self.user).await);
                let answer = client.list_sessions(grpc::authorized(self.user, request));
                answer
                    .await
                    .map_err(|status| grpc::refusal(&status))?
                    .into_inner()
            }
            Door::GrpcWeb | Door::GrpcWebText => {
                let framing = grpc_web::Framing::of(self.door);
                grpc_web::unary(self.user, framing, "AuthService/ListSessions", &request).await?
            }
        };
        assert_eq!(page.count as usize, page.sessions.len());
        Ok(page.sessions.into_iter().map(SessionSeen::from).collect())
    }

    /// Ends a session.
    pub async fn revoke(&self, id: &str) -> Result<(), Refusal> {
        let request = v1::RevokeSessionRequest {
            session_id: id.to_owned(),
        };
        let ended: v1::RevokeSessionResponse = match self.door {
            Door::Rest => {
                let path = format!("/api/users/me/sessions/{id}");
                let ended = rest::read(&self.user.delete(&path).await)?;
                assert_eq!(ended["session_id"], id);
                return Ok(());
            }
            Door::Grpc => {
                let mut client = AuthServiceClient::new(grpc::channel(self.user).await);
                let answer = client.revoke_session(grpc::authorized(self.user, request));
                answer
                    .await
                    .map_err(|status| grpc::refusal(&status))?
                    .into_inner()
            }
            Door::GrpcWeb | Door::GrpcWebText => {
                let framing = grpc_web::Framing::of(self.door);
                grpc_web::unary(self.user, framing, "AuthService/RevokeSession", &request).await?
            }
        };
        assert_eq!(ended.session_id, id);
        Ok(())
    }

    /// Ends the account.
    pub async fn delete_account(&self) -> Result<(), Refusal> {
        let request = v1::DeleteAccountRequest {};
        match self.door {
            Door::Rest => {
                rest::read(&self.user.delete("/api/users/me").await)?;
            }
            Door::Grpc => {
                let mut client = AuthServiceClient::new(grpc::channel(self.user).await);
                let answer = client.delete_account(grpc::authorized(self.user, request));
                answer.await.map_err(|status| grpc::refusal(&status))?;
            }
            Door::GrpcWeb | Door::GrpcWebText => {
                let framing = grpc_web::Framing::of(self.door);
                let method = "AuthService/DeleteAccount";
                let _: v1::DeleteAccountResponse =
                    grpc_web::unary(self.user, framing, method, &request).await?;
            }
        }
        Ok(())
    }

    /// The person's data as one document.
    pub async fn export(&self) -> Result<Value, Refusal> {
        let request = v1::ExportDataRequest {};
        let pieces: Vec<HttpBody> = match self.door {
            Door::Rest => {
                let answer = self.user.get("/api/users/me:export").await;
                let document = rest::read(&answer)?;
                assert_eq!(answer.header("content-type"), Some("application/json"));
                let file = answer.header("content-disposition").expect("a file");
                assert!(file.starts_with("attachment; filename=\""), "{file}");
                return Ok(document);
            }
            Door::Grpc => {
                let mut client = AuthServiceClient::new(grpc::channel(self.user).await);
                let answer = client.export_data(grpc::authorized(self.user, request));
                let opened = answer.await.map_err(|status| grpc::refusal(&status))?;
                assert!(opened.metadata().contains_key("content-disposition"));
                let mut stream = opened.into_inner();
                let mut pieces = Vec::new();
                while let Some(piece) = stream.message().await.transpose() {
                    pieces.push(piece.map_err(|status| grpc::refusal(&status))?);
                }
                pieces
            }
            Door::GrpcWeb | Door::GrpcWebText => {
                let framing = grpc_web::Framing::of(self.door);
                grpc_web::call(self.user, framing, "AuthService/ExportData", &request).await?
            }
        };
        assert_eq!(pieces[0].content_type, "application/json");
        let joined: Vec<u8> = pieces.into_iter().flat_map(|piece| piece.data).collect();
        Ok(serde_json::from_slice(&joined).expect("one JSON document"))
    }
}
