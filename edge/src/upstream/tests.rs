//! Who gets a request, and what goes out with it.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::atomic::{AtomicUsize, Ordering},
};

use hyper::{body::Incoming, server::conn::http2, service::service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::{net::TcpListener, sync::Barrier};
use tonic::{Code, Status};
use tower::ServiceExt as _;

use super::{
    member::{Member, Origin},
    remote::{direct, outgoing, renewed},
    *,
};

/// Services on a free port: as many requests at once on one connection as said, each answered by
/// `answer`.
async fn services<F, Fut>(streams: u32, answer: F) -> SocketAddr
where
    F: Fn(Request<Incoming>) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = io::Result<Response<String>>> + Send + 'static,
{
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    let serving = async move {
        while let Ok((stream, _)) = socket.accept().await {
            let mut builder = http2::Builder::new(TokioExecutor::new());
            builder.max_concurrent_streams(streams);
            let answer = answer.clone();
            let service = service_fn(move |request: Request<Incoming>| {
                let is_health = request.uri().path() == "/grpc.health.v1.Health/Check";
                let answering = (!is_health).then(|| answer(request));
                async move {
                    match answering {
                        Some(answering) => answering.await,
                        None => Ok(Response::new(String::new())),
                    }
                }
            });
            let connection = builder.serve_connection(TokioIo::new(stream), service);
            hyper::rt::Executor::execute(&TokioExecutor::new(), connection);
        }
    };
    hyper::rt::Executor::execute(&TokioExecutor::new(), serving);
    address
}

async fn ask(upstream: &Upstream) -> Result<Response<Body>, Status> {
    let request = Request::post("/a.B/C").body(Body::empty()).unwrap();
    let asked = upstream.clone().oneshot(request);
    let asked = tokio::time::timeout(Duration::from_secs(30), asked).await;
    asked
        .expect("an answer in time")
        .map_err(Status::from_error)
}

#[tokio::test]
async fn nobody_to_ask_is_told_at_once() {
    let status = ask(&there([])).await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    assert!(
        std::error::Error::source(&status).is_none(),
        "told as it is"
    );
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = closed.local_addr().unwrap();
    drop(closed);
    let dead = there([format!("http://{address}").parse().unwrap()]);
    for _ in 0..3 {
        assert_eq!(ask(&dead).await.unwrap_err().code(), Code::Unavailable);
    }
}

#[tokio::test]
async fn a_request_that_has_left_is_never_sent_again() {
    let seen = Arc::new(AtomicUsize::new(0));
    let mut addresses = Vec::new();
    for _ in 0..3 {
        let seen = Arc::clone(&seen);
        let address = services(100, move |_| {
            seen.fetch_add(1, Ordering::SeqCst);
            async { Err(io::Error::other("it breaks here")) }
        });
        addresses.push(format!("http://{}", address.await).parse().unwrap());
    }
    let upstream = there(addresses);
    assert_eq!(ask(&upstream).await.unwrap_err().code(), Code::Unavailable);
    assert_eq!(seen.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_full_connection_is_joined_by_another() {
    // Answers nobody before all five are there.
    let all = Arc::new(Barrier::new(5));
    let address = services(2, move |_| {
        let all = Arc::clone(&all);
        async move {
            all.wait().await;
            Ok(Response::new(String::new()))
        }
    });
    let upstream = there([format!("http://{}", address.await).parse().unwrap()]);
    // The first connection has said how many it takes.
    let asked = (0..5).map(|_| ask(&upstream));
    for answer in futures::future::join_all(asked).await {
        assert!(answer.is_ok(), "{answer:?}");
    }
}

#[tokio::test]
async fn a_connection_that_ended_is_not_used_again() {
    // Whoever asks for the end gets it: the connection breaks under the request.
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    let serving = async move {
        while let Ok((stream, _)) = socket.accept().await {
            let service = service_fn(|_: Request<Incoming>| async {
                Ok::<_, io::Error>(Response::new(String::new()))
            });
            let builder = http2::Builder::new(TokioExecutor::new());
            let connection = builder.serve_connection(TokioIo::new(stream), service);
            let cut = tokio::time::timeout(Duration::from_millis(200), connection);
            hyper::rt::Executor::execute(&TokioExecutor::new(), async move { drop(cut.await) });
        }
    };
    hyper::rt::Executor::execute(&TokioExecutor::new(), serving);
    let upstream = there([format!("http://{address}").parse().unwrap()]);
    for _ in 0..3 {
        assert!(ask(&upstream).await.is_ok());
        // Until the connection is cut.
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

#[tokio::test]
async fn a_name_stands_for_all_its_addresses() {
    let address = services(100, |_| async { Ok(Response::new(String::new())) }).await;
    // ::1 as well, where nobody listens.
    let upstream = there([format!("http://localhost:{}", address.port())
        .parse()
        .unwrap()]);
    for _ in 0..20 {
        assert!(ask(&upstream).await.is_ok());
    }
}

#[tokio::test]
async fn metadata_passes_both_ways_untouched() {
    let address = services(100, |request: Request<Incoming>| async move {
        let headers = request.headers();
        let mut response = Response::new(String::new());
        for name in ["x-a-bin", "grpc-timeout", "x-mine"] {
            let values = headers.get_all(name).iter();
            let values: Vec<&[u8]> = values.map(http::HeaderValue::as_bytes).collect();
            let value = http::HeaderValue::from_bytes(&values.join(&b'|')).unwrap();
            response.headers_mut().insert(name, value);
        }
        Ok(response)
    });
    let upstream = there([format!("http://{}", address.await).parse().unwrap()]);
    let request = Request::post("/a.B/C")
        .header("content-type", "application/grpc+proto")
        .header("x-a-bin", "AQID")
        .header("x-a-bin", "BA==")
        .header("grpc-timeout", "250m")
        .header("te", "trailers")
        .header("x-mine", "\u{e9}")
        .body(Body::empty())
        .unwrap();
    let answer = upstream.oneshot(request).await.unwrap();
    let told = |name: &str| answer.headers()[name].as_bytes().to_vec();
    assert_eq!(told("x-a-bin"), b"AQID|BA==");
    assert_eq!(told("grpc-timeout"), b"250m");
    assert_eq!(told("x-mine"), "\u{e9}".as_bytes());
}

fn origin(text: &str) -> Arc<Origin> {
    Arc::new(Origin::new(text.parse().unwrap(), || None).unwrap())
}

#[test]
fn addresses_come_and_go_and_those_that_stay_are_kept() {
    let origins = [origin("http://a:1"), origin("http://b:2")];
    let at = |text: &str| -> SocketAddr { text.parse().unwrap() };
    let [one, two, three] = ["10.0.0.1:1", "10.0.0.2:1", "10.0.0.3:2"].map(at);
    let first = renewed(
        &[],
        &origins,
        vec![Some(vec![one, two]), Some(vec![three, one])],
    );
    let addresses = |members: &[Arc<Member>]| -> Vec<SocketAddr> {
        members.iter().map(|member| member.address).collect()
    };
    assert_eq!(addresses(&first), [one, two, three]);
    // `a` has lost one; `b` cannot be looked up and stays.
    let second = renewed(&first, &origins, vec![Some(vec![two]), None]);
    assert_eq!(addresses(&second), [two, three]);
    assert!(Arc::ptr_eq(&first[1], &second[0]) && Arc::ptr_eq(&first[2], &second[1]));
    assert!(renewed(&second, &origins, vec![Some(vec![]), Some(vec![])]).is_empty());
}

#[test]
fn only_our_word_about_the_client_goes_out() {
    let mut request = Request::post("/a.B/C?d=e")
        .header("host", "tasks.example.com")
        .header("content-type", "application/grpc-web-text")
        .header("content-length", "16")
        .header("x-forwarded-for", "1.2.3.4")
        .header("forwarded", "for=1.2.3.4")
        .body(Body::from("AAAAAAA=AAAAAAA="))
        .unwrap();
    request = outgoing(request, Some(IpAddr::from([203, 0, 113, 9])));
    let size = http_body::Body::size_hint(request.body());
    assert_eq!(size.exact(), None, "the length is the text's");
    direct(&mut request, &"http://services:8081".parse().unwrap());
    assert_eq!(request.uri(), "http://tasks.example.com/a.B/C?d=e");
    let headers = request.headers();
    assert_eq!(headers["x-forwarded-for"], "203.0.113.9");
    for gone in ["host", "forwarded", "content-length"] {
        assert!(!headers.contains_key(gone), "{gone}");
    }
    // Without a host of its own, a request goes by the upstream's.
    let mut request = outgoing(Request::new(Body::empty()), None);
    direct(&mut request, &"http://services:8081".parse().unwrap());
    assert_eq!(request.uri(), "http://services:8081/");
}
