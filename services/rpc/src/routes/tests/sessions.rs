//! Sessions: the cookie and the limit.

use super::*;

#[tokio::test]
async fn a_browser_keeps_its_refresh_token_in_a_cookie() {
    let house = House::new(RpcConfig {
        secure_cookie: true,
        ..RpcConfig::default()
    })
    .await;
    house.sign_up("ann@example.org").await;
    let mut auth = AuthServiceClient::new(house.router.clone());
    let ask = ("x-taskchat-session", "cookie");
    let sign_in = v1::SignInRequest {
        email: "ann@example.org".to_owned(),
        password: PASSWORD.to_owned(),
    };
    let answer = auth.sign_in(with(sign_in, &[ask])).await.unwrap();
    assert_eq!(answer.get_ref().refresh_token, "");
    let cookie = answer
        .metadata()
        .get("set-cookie")
        .unwrap()
        .to_str()
        .unwrap();
    let cookie = cookie.to_owned();
    assert!(
        cookie.ends_with("Path=/; Max-Age=2592000; Secure"),
        "{cookie}"
    );
    let pair = cookie.split(';').next().unwrap();

    let refresh = v1::RefreshRequest::default;
    let forged = auth.refresh(with(refresh(), &[("cookie", pair)])).await;
    assert_eq!(refusal(forged).0, Code::InvalidArgument);
    let none = auth.refresh(with(refresh(), &[ask])).await;
    assert_eq!(refusal(none).0, Code::Unauthenticated);
    let answer = auth
        .refresh(with(refresh(), &[ask, ("cookie", pair)]))
        .await;
    let answer = answer.unwrap();
    assert!(!answer.get_ref().access_token.is_empty());
    let next = answer
        .metadata()
        .get("set-cookie")
        .unwrap()
        .to_str()
        .unwrap();
    assert_ne!(next, cookie);

    let next = next.split(';').next().unwrap().to_owned();
    let out = v1::SignOutRequest::default();
    let out = auth
        .sign_out(with(out, &[ask, ("cookie", &next)]))
        .await
        .unwrap();
    let cleared = out.metadata().get("set-cookie").unwrap().to_str().unwrap();
    assert!(cleared.starts_with("taskchat_refresh=;") && cleared.contains("Max-Age=0"));
    let ended = auth
        .refresh(with(refresh(), &[ask, ("cookie", &next)]))
        .await;
    assert_eq!(refusal(ended).0, Code::Unauthenticated);
}

#[tokio::test]
async fn too_many_attempts_to_sign_in_are_told_when_to_come_back() {
    let house = House::new(RpcConfig {
        sign_ins_per_minute: 2,
        ..RpcConfig::default()
    })
    .await;
    let mut auth = AuthServiceClient::new(house.router.clone());
    let attempt = || v1::SignInRequest {
        email: "ann@example.org".to_owned(),
        password: PASSWORD.to_owned(),
    };
    for _ in 0..2 {
        let refused = refusal(auth.sign_in(attempt()).await);
        assert_eq!(refused.0, Code::Unauthenticated);
    }
    let status = auth.sign_in(attempt()).await.err().unwrap();
    assert_eq!(status.code(), Code::ResourceExhausted);
    assert!(status.metadata().get("retry-after").is_some());
    assert!(status.get_error_details().retry_info().is_some());
}
