//! The whole skin over a real store, called in process.

use std::{net::IpAddr, sync::Arc};

use axum::{Extension, Router};
use prost::Message;
use taskchat_agent::{Agent, Bench, Hands, model::Offline};
use taskchat_auth::{AuthLayer, ClientAddress, Keys};
use taskchat_domain::{Clock, SystemClock};
use taskchat_proto::v1::{
    self, auth_service_client::AuthServiceClient, chat_service_client::ChatServiceClient,
    conversation_service_client::ConversationServiceClient,
    message_service_client::MessageServiceClient, task_service_client::TaskServiceClient,
};
use tokio::io::DuplexStream;
use tonic::{Code, Request, Status};
use tonic_types::{StatusExt, pb};
use uuid::Uuid;

use super::*;

mod chats;
mod sessions;
mod surroundings;
mod tasks;

const PASSWORD: &str = "correct horse battery staple";

/// Hands that nobody is attached to: every turn fails for want of tools.
struct NoHands;

impl Hands for NoHands {
    fn open(&self, _bench: &Bench) -> DuplexStream {
        tokio::io::duplex(64).0
    }
}

struct House {
    router: Router,
    folder: tempfile::TempDir,
}

impl House {
    async fn new(config: RpcConfig) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = taskchat_store::Config::default().open(folder.path()).await;
        let store = store.unwrap();
        store.migrate().await.unwrap();
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let keys = Keys::new(
            &taskchat_auth::Config::default(),
            Some(taskchat_auth::generate_key()),
            reqwest::Client::builder().build().unwrap(),
            Arc::clone(&clock),
            Default::default(),
        )
        .unwrap();
        let costs = taskchat_accounts::Config {
            argon2_memory_kib: 64,
            argon2_iterations: 1,
            hashes_at_once: 2,
            ..Default::default()
        };
        let accounts =
            Accounts::new(store.clone(), keys.issuer(), Arc::clone(&clock), costs).unwrap();
        let agent = Agent::new(
            Arc::new(Offline),
            None,
            Arc::new(NoHands),
            taskchat_agent::Config::default().limits(),
            Arc::clone(&clock),
        );
        let chat = Chat::new(
            store.clone(),
            agent,
            Arc::clone(&clock),
            tokio_util::task::TaskTracker::new(),
            tokio_util::sync::CancellationToken::new(),
            taskchat_chat::Config::default(),
        );
        let tasks = Tasks::new(store, clock);
        let auth = AuthLayer::new(keys.verifier()).admitting(Arc::new(accounts.clone()));
        let address: IpAddr = "192.0.2.7".parse().unwrap();
        let router = routes(accounts, tasks, chat, config)
            .unwrap()
            .into_axum_router()
            .layer(auth)
            .layer(Extension(ClientAddress(address)));
        Self { router, folder }
    }

    async fn sign_up(&self, email: &str) -> v1::SignUpResponse {
        let request = v1::SignUpRequest {
            email: email.to_owned(),
            password: PASSWORD.to_owned(),
            ..Default::default()
        };
        let answer = AuthServiceClient::new(self.router.clone())
            .sign_up(request)
            .await;
        answer.unwrap().into_inner()
    }

    fn tasks(&self) -> TaskServiceClient<Router> {
        TaskServiceClient::new(self.router.clone())
    }

    fn chats(&self) -> ChatServiceClient<Router> {
        ChatServiceClient::new(self.router.clone())
    }
}

fn with<T>(message: T, headers: &[(&'static str, &str)]) -> Request<T> {
    let mut request = Request::new(message);
    for (name, value) in headers {
        request.metadata_mut().insert(*name, value.parse().unwrap());
    }
    request
}

fn by<T>(session: &v1::SignUpResponse, message: T) -> Request<T> {
    let bearer = format!("Bearer {}", session.access_token);
    with(message, &[("authorization", &bearer)])
}

fn refusal<T>(outcome: Result<T, Status>) -> (Code, String) {
    let status = outcome.err().unwrap();
    (status.code(), status.message().to_owned())
}

fn titled(title: &str) -> v1::CreateTaskRequest {
    v1::CreateTaskRequest {
        task: Some(v1::Task {
            title: title.to_owned(),
            ..Default::default()
        }),
        ..Default::default()
    }
}
