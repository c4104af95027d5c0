//! `AuthService`.

use std::pin::Pin;

use futures::{Stream, StreamExt};
use secrecy::SecretString;
use taskchat_accounts::{Accounts, NewAccount, Session};
use taskchat_domain::{Error, SessionId, TimeZone};
use taskchat_proto::{
    google::api::HttpBody,
    v1::{self, auth_service_server::AuthService},
};
use tonic::{Request, Response, metadata::MetadataValue};

use crate::{
    address_limit::AddressLimit,
    caller::CallerOf,
    convert::user,
    export::{self, Export},
    pages::count,
    session_cookie::{self, Carrier, Reach},
    status::{Answer, Refused, status},
    user_agent, welcome,
};

/// What RFC 6750 calls our tokens.
const TOKEN_TYPE: &str = "bearer";

#[derive(Debug)]
pub(crate) struct Auth {
    pub(crate) accounts: Accounts,
    pub(crate) sign_ups: AddressLimit,
    pub(crate) sign_ins: AddressLimit,
    pub(crate) cookie: Reach,
    pub(crate) export: Export,
}

#[tonic::async_trait]
impl AuthService for Auth {
    async fn sign_up(
        &self,
        request: Request<v1::SignUpRequest>,
    ) -> Answer<Response<v1::SignUpResponse>> {
        self.sign_ups
            .check(request.extensions().get())
            .or_status()?;
        let (metadata, _, asked) = request.into_parts();
        let carrier = Carrier::of(&metadata);
        let time_zone = match asked.time_zone.as_str() {
            "" => TimeZone::UTC,
            name => TimeZone::parse(name).or_status()?,
        };
        let account = NewAccount {
            email: asked.email,
            password: asked.password.into(),
            confirm_password: asked.confirm_password.map(SecretString::from),
            time_zone,
        };
        let agent = user_agent::of(&metadata);
        let session = self.accounts.sign_up(account, agent).await;
        let session = session.or_status()?;
        Ok(self.answer(session, carrier, |tokens| v1::SignUpResponse {
            user: Some(tokens.user),
            access_token: tokens.access,
            refresh_token: tokens.refresh,
            token_type: TOKEN_TYPE.to_owned(),
            expires_in: tokens.expires_in,
        }))
    }

    async fn sign_in(
        &self,
        request: Request<v1::SignInRequest>,
    ) -> Answer<Response<v1::SignInResponse>> {
        self.sign_ins
            .check(request.extensions().get())
            .or_status()?;
        let (metadata, _, asked) = request.into_parts();
        let carrier = Carrier::of(&metadata);
        let agent = user_agent::of(&metadata);
        let session = self
            .accounts
            .sign_in(&asked.email, asked.password.into(), agent)
            .await
            .or_status()?;
        Ok(self.answer(session, carrier, |tokens| v1::SignInResponse {
            user: Some(tokens.user),
            access_token: tokens.access,
            refresh_token: tokens.refresh,
            token_type: TOKEN_TYPE.to_owned(),
            expires_in: tokens.expires_in,
        }))
    }

    async fn refresh(
        &self,
        request: Request<v1::RefreshRequest>,
    ) -> Answer<Response<v1::RefreshResponse>> {
        let (metadata, _, asked) = request.into_parts();
        let carrier = Carrier::of(&metadata);
        let token = carrier.token(asked.refresh_token, &metadata);
        // Without a cookie there is no session, which is not a mistake in the message.
        if token.is_empty() && carrier == Carrier::Cookie {
            return Err(Error::BadToken).or_status();
        }
        let agent = user_agent::of(&metadata);
        let session = self.accounts.refresh(&token, agent).await.or_status()?;
        Ok(self.answer(session, carrier, |tokens| v1::RefreshResponse {
            user: Some(tokens.user),
            access_token: tokens.access,
            refresh_token: tokens.refresh,
            token_type: TOKEN_TYPE.to_owned(),
            expires_in: tokens.expires_in,
        }))
    }

    async fn sign_out(
        &self,
        request: Request<v1::SignOutRequest>,
    ) -> Answer<Response<v1::SignOutResponse>> {
        let (metadata, _, asked) = request.into_parts();
        let carrier = Carrier::of(&metadata);
        let token = carrier.token(asked.refresh_token, &metadata);
        self.accounts.sign_out(&token).await.or_status()?;
        let mut response = Response::new(v1::SignOutResponse {});
        if carrier == Carrier::Cookie {
            session_cookie::clear(response.metadata_mut(), self.cookie);
        }
        Ok(response)
    }

    async fn get_me(
        &self,
        request: Request<v1::GetMeRequest>,
    ) -> Answer<Response<v1::GetMeResponse>> {
        let caller = request.caller()?;
        let me = self.accounts.me(caller.user_id()).await.or_status()?;
        Ok(Response::new(v1::GetMeResponse {
            user: Some(user::user(&me)),
        }))
    }

    async fn update_me(
        &self,
        request: Request<v1::UpdateMeRequest>,
    ) -> Answer<Response<v1::UpdateMeResponse>> {
        let caller = request.caller()?;
        let (time_zone, policy) = user::chosen(request.get_ref()).or_status()?;
        let me = self
            .accounts
            .update_me(caller.user_id(), time_zone, policy)
            .await
            .or_status()?;
        Ok(Response::new(v1::UpdateMeResponse {
            user: Some(user::user(&me)),
        }))
    }

    async fn list_sessions(
        &self,
        request: Request<v1::ListSessionsRequest>,
    ) -> Answer<Response<v1::ListSessionsResponse>> {
        let caller = request.caller()?;
        let open = self.accounts.sessions(caller.user_id()).await.or_status()?;
        let sessions: Vec<_> = open
            .into_iter()
            .map(|it| user::session(it, caller.session_id()))
            .collect();
        Ok(Response::new(v1::ListSessionsResponse {
            count: count(&sessions),
            sessions,
        }))
    }

    async fn revoke_session(
        &self,
        request: Request<v1::RevokeSessionRequest>,
    ) -> Answer<Response<v1::RevokeSessionResponse>> {
        let caller = request.caller()?;
        let id = SessionId::parse(&request.get_ref().session_id).or_status()?;
        self.accounts
            .revoke_session(caller.user_id(), id)
            .await
            .or_status()?;
        Ok(Response::new(v1::RevokeSessionResponse {
            session_id: id.to_string(),
        }))
    }

    async fn delete_account(
        &self,
        request: Request<v1::DeleteAccountRequest>,
    ) -> Answer<Response<v1::DeleteAccountResponse>> {
        let caller = request.caller()?;
        let carrier = Carrier::of(request.metadata());
        let user = caller.user_id();
        self.export.chat.stop_all(user).await.or_status()?;
        self.accounts.erase(user).await.or_status()?;
        let mut response = Response::new(v1::DeleteAccountResponse {});
        if carrier == Carrier::Cookie {
            session_cookie::clear(response.metadata_mut(), self.cookie);
        }
        Ok(response)
    }

    type ExportDataStream = Pin<Box<dyn Stream<Item = Answer<HttpBody>> + Send>>;

    async fn export_data(
        &self,
        request: Request<v1::ExportDataRequest>,
    ) -> Answer<Response<Self::ExportDataStream>> {
        let caller = request.caller()?;
        let pieces = self.export.clone().of(caller.user_id().clone());
        let pieces = pieces.map(|piece| piece.map_err(status));
        let pieces = welcome::guarded(pieces, self.accounts.clone(), caller);
        let mut response: Response<Self::ExportDataStream> = Response::new(Box::pin(pieces));
        let name = MetadataValue::from_static(export::DISPOSITION);
        response.metadata_mut().insert("content-disposition", name);
        Ok(response)
    }
}

/// What the three answers with tokens have in common.
struct Tokens {
    user: v1::User,
    access: String,
    refresh: String,
    expires_in: i32,
}

impl Auth {
    fn answer<T>(
        &self,
        session: Session,
        carrier: Carrier,
        message: impl FnOnce(Tokens) -> T,
    ) -> Response<T> {
        let token = session.refresh_token.as_str();
        let tokens = Tokens {
            user: user::user(&session.user),
            access: session.access_token.clone(),
            refresh: match carrier {
                Carrier::Body => token.to_owned(),
                Carrier::Cookie => String::new(),
            },
            expires_in: i32::try_from(session.expires_in.as_secs()).unwrap_or(i32::MAX),
        };
        let mut response = Response::new(message(tokens));
        if carrier == Carrier::Cookie {
            let lifetime = session.refresh_ttl;
            session_cookie::set(response.metadata_mut(), token, lifetime, self.cookie);
        }
        response
    }
}
