//! What stands around the services: deadlines, health, reflection.

use super::*;

#[tokio::test]
async fn a_timeout_that_is_none_is_refused() {
    let house = House::new(RpcConfig::default()).await;
    let ann = house.sign_up("ann@example.org").await;
    let mut request = by(&ann, v1::ListTasksRequest::default());
    request
        .metadata_mut()
        .insert("grpc-timeout", "soon".parse().unwrap());
    let refused = refusal(house.tasks().list_tasks(request).await);
    assert_eq!(refused.0, Code::InvalidArgument);
}

#[tokio::test]
async fn health_and_reflection_know_every_service() {
    use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};
    use tonic_reflection::pb::v1::{
        ServerReflectionRequest, server_reflection_client::ServerReflectionClient,
        server_reflection_request::MessageRequest, server_reflection_response::MessageResponse,
    };
    let house = House::new(RpcConfig::default()).await;
    assert!(house.folder.path().exists());
    for name in NAMES.into_iter().chain([""]) {
        let request = HealthCheckRequest {
            service: name.to_owned(),
        };
        let answer = HealthClient::new(house.router.clone()).check(request).await;
        assert_eq!(answer.unwrap().into_inner().status, 1, "{name}");
    }
    let ask = ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let answers = ServerReflectionClient::new(house.router.clone())
        .server_reflection_info(futures::stream::iter([ask]))
        .await;
    let answer = answers.unwrap().into_inner().message().await.unwrap();
    let Some(MessageResponse::ListServicesResponse(list)) = answer.unwrap().message_response else {
        panic!("no list of services");
    };
    let listed: Vec<String> = list.service.into_iter().map(|it| it.name).collect();
    for name in NAMES.into_iter().chain(["grpc.health.v1.Health"]) {
        assert!(listed.iter().any(|it| it == name), "{name} in {listed:?}");
    }
}
