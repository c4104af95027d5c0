//! `grpc.health.v1`: what is said about the services to those who decide where calls go.

use futures::FutureExt as _;
use taskchat_domain::{Error, Result};
use tonic::service::Routes;
use tonic_health::{
    ServingStatus,
    pb::health_server::HealthServer,
    server::{HealthReporter, HealthService},
};

/// The health of all services: serving until told otherwise. Clones speak of the same services.
#[derive(Debug, Clone, Default)]
pub struct Health(HealthReporter);

impl Health {
    /// All services are leaving: whoever asks is told NOT_SERVING, and whoever watches hears of it.
    pub async fn leave(&self) {
        for name in super::routes::NAMES.into_iter().chain([""]) {
            self.0
                .set_service_status(name, ServingStatus::NotServing)
                .await;
        }
    }

    /// Adds the service that tells.
    pub(crate) fn add_to(&self, services: Routes) -> Result<Routes> {
        for name in super::routes::NAMES {
            // Async only for its lock, which nobody else holds yet.
            let setting = self.0.set_service_status(name, ServingStatus::Serving);
            tokio::task::unconstrained(setting)
                .now_or_never()
                .ok_or_else(|| Error::internal("the health of a service cannot be set"))?;
        }
        let service = HealthService::from_health_reporter(self.0.clone());
        Ok(services.add_service(HealthServer::new(service)))
    }
}
