//! The services as one router, with health and reflection beside them.

use taskchat_accounts::Accounts;
use taskchat_chat::Chat;
use taskchat_domain::{Error, Result};
use taskchat_proto::{
    FILE_DESCRIPTOR_SET,
    v1::{
        auth_service_server::AuthServiceServer, chat_service_server::ChatServiceServer,
        conversation_service_server::ConversationServiceServer,
        message_service_server::MessageServiceServer, task_service_server::TaskServiceServer,
    },
};
use taskchat_tasks::Tasks;
use tonic::{codec::CompressionEncoding::Gzip, server::NamedService, service::Routes};

use crate::{
    address_limit::AddressLimit, auth_service::Auth, chat_service::Chats,
    conversation_service::Conversations, deadline, export::Export, health::Health,
    message_service::Messages, pages::LARGEST_MESSAGE, session_cookie::Reach,
    task_service::TaskList,
};

/// What can be set about the gRPC door.
#[derive(Debug, Clone, Default)]
pub struct RpcConfig {
    /// Attempts to sign in from one address in a minute; 0 means any number.
    pub sign_ins_per_minute: u32,
    /// Attempts to sign up from one address in a minute; 0 means any number.
    pub sign_ups_per_minute: u32,
    /// Whether the session cookie is only sent over TLS.
    pub secure_cookie: bool,
    /// What is said about the services while they run.
    pub health: Health,
}

/// Takes and gives gzip, and no message beyond the limit.
macro_rules! bounded {
    ($server:ident, $service:expr) => {
        $server::new($service)
            .accept_compressed(Gzip)
            .send_compressed(Gzip)
            .max_decoding_message_size(LARGEST_MESSAGE)
            .max_encoding_message_size(LARGEST_MESSAGE)
    };
}

/// The five services, health (each of them serving) and reflection (v1, and v1alpha for older
/// clients). Callers are identified by the layer of `auth`, which is put around this.
///
/// # Errors
/// [`Error::Internal`] when the embedded descriptors cannot be read.
pub fn routes(accounts: Accounts, tasks: Tasks, chat: Chat, config: RpcConfig) -> Result<Routes> {
    let auth = Auth {
        accounts: accounts.clone(),
        export: Export {
            accounts: accounts.clone(),
            tasks: tasks.clone(),
            chat: chat.clone(),
        },
        sign_ups: AddressLimit::per_minute(
            config.sign_ups_per_minute,
            "too many attempts to sign up, try again later",
        ),
        sign_ins: AddressLimit::per_minute(
            config.sign_ins_per_minute,
            "too many attempts to sign in, try again later",
        ),
        cookie: if config.secure_cookie {
            Reach::TlsOnly
        } else {
            Reach::AnyTransport
        },
    };
    let (conversations, messages) = (chat.clone(), chat.clone());
    let services = Routes::new(bounded!(AuthServiceServer, auth))
        .add_service(bounded!(
            ChatServiceServer,
            Chats {
                chat,
                tasks: tasks.clone(),
                accounts: accounts.clone()
            }
        ))
        .add_service(bounded!(
            ConversationServiceServer,
            Conversations {
                chat: conversations
            }
        ))
        .add_service(bounded!(MessageServiceServer, Messages { chat: messages }))
        .add_service(bounded!(TaskServiceServer, TaskList { tasks, accounts }));
    let services = with_reflection(config.health.add_to(services)?)?;
    let router = services.prepare().into_axum_router();
    Ok(router
        .layer(axum::middleware::from_fn(deadline::keep))
        .into())
}

/// The names of our services, as health and reflection know them.
pub(crate) const NAMES: [&str; 5] = [
    AuthServiceServer::<Auth>::NAME,
    ChatServiceServer::<Chats>::NAME,
    ConversationServiceServer::<Conversations>::NAME,
    MessageServiceServer::<Messages>::NAME,
    TaskServiceServer::<TaskList>::NAME,
];

fn with_reflection(services: Routes) -> Result<Routes> {
    let described = || {
        tonic_reflection::server::Builder::configure()
            // Lossless: with comments and with the HTTP rules.
            .register_encoded_file_descriptor_set(FILE_DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    let v1 = described().build_v1().map_err(Error::internal)?;
    let v1alpha = described().build_v1alpha().map_err(Error::internal)?;
    Ok(services.add_service(v1).add_service(v1alpha))
}

#[cfg(test)]
mod tests;
