//! What only shows over real connections: a reader that is slow, and one that leaves.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use futures::{StreamExt, stream};
use prost_reflect::{DynamicMessage, Value};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpSocket, TcpStream},
    sync::mpsc,
    task::JoinSet,
    time::{sleep, timeout},
};
use tonic::Response;

use super::{SHAPES, Setup, like_taskchat};
use crate::{router, there};

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

async fn serve(servers: &mut JoinSet<()>, edge: axum::Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    servers.spawn(async move { axum::serve(listener, edge).await.unwrap() });
    address
}

/// An edge, and another one in front of it.
async fn both(servers: &mut JoinSet<()>, setup: &Setup) -> [SocketAddr; 2] {
    let near = serve(servers, setup.edge.clone()).await;
    let uri = format!("http://{near}").parse().unwrap();
    let far = router(there([uri]), &SHAPES, like_taskchat()).unwrap();
    [near, serve(servers, far).await]
}

async fn ask(stream: &mut TcpStream, line: &str) {
    let request = format!("{line} HTTP/1.1\r\nhost: test\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
}

/// Waits until a number no longer changes.
async fn settled(number: &AtomicUsize) -> usize {
    let mut last = number.load(Ordering::SeqCst);
    let mut since = Instant::now();
    while since.elapsed() < Duration::from_millis(500) {
        sleep(Duration::from_millis(10)).await;
        let now = number.load(Ordering::SeqCst);
        if now != last {
            (last, since) = (now, Instant::now());
        }
    }
    last
}

#[tokio::test]
async fn a_slow_reader_stops_the_producer() {
    const PIECE: usize = 64 * 1024;
    let made = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&made);
    let setup = Setup::new(like_taskchat(), move |method, _| {
        let (counter, output) = (Arc::clone(&counter), method.output());
        let messages = stream::repeat_with(move || {
            counter.fetch_add(1, Ordering::SeqCst);
            let mut event = DynamicMessage::new(output.clone());
            let item = event.get_field_by_name_mut("made").unwrap();
            let title = Value::String("x".repeat(PIECE));
            item.as_message_mut()
                .unwrap()
                .set_field_by_name("title", title);
            Ok(event)
        });
        Ok(Response::new(messages.boxed()))
    });
    let mut servers = JoinSet::new();
    for address in both(&mut servers, &setup).await {
        made.store(0, Ordering::SeqCst);
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(16 * 1024).unwrap();
        let mut reader = socket.connect(address).await.unwrap();
        ask(&mut reader, "GET /v1/items:watch").await;
        let mut piece = vec![0; PIECE];
        reader.read_exact(&mut piece).await.unwrap();

        // What waits is in the kernel's buffers and in ours, some megabytes at most.
        let ahead = timeout(PATIENCE, settled(&made)).await.unwrap();
        assert!(
            ahead * PIECE < 16 * 1024 * 1024,
            "{ahead} pieces for a reader of one"
        );

        for _ in 0..ahead + 100 {
            reader.read_exact(&mut piece).await.unwrap();
        }
        assert!(
            made.load(Ordering::SeqCst) > ahead,
            "nothing more is made for a quick reader"
        );
        drop(reader);
    }
}

/// Tells when it is dropped.
struct Held(mpsc::UnboundedSender<Instant>);

impl Drop for Held {
    fn drop(&mut self) {
        let _ = self.0.send(Instant::now());
    }
}

#[tokio::test]
async fn leaving_reaches_the_service_within_a_tenth_of_a_second() {
    let (told, mut dropped) = mpsc::unbounded_channel();
    // A service that does not answer, or not any more.
    let setup = Setup::new(like_taskchat(), move |_, _| {
        let held = Held(told.clone());
        let messages = stream::pending().map(move |message| {
            let _ = &held;
            message
        });
        Ok(Response::new(messages.boxed()))
    });
    let mut servers = JoinSet::new();
    for address in both(&mut servers, &setup).await {
        for line in ["GET /v1/items/5", "GET /v1/items:watch"] {
            let mut best = PATIENCE;
            // A busy machine may be late; it is not late every time.
            for _ in 0..5 {
                let calls = setup.calls();
                let mut caller = TcpStream::connect(address).await.unwrap();
                ask(&mut caller, line).await;
                let called = async {
                    while setup.calls() == calls {
                        sleep(Duration::from_millis(1)).await;
                    }
                };
                timeout(PATIENCE, called).await.unwrap();
                let left = Instant::now();
                drop(caller);
                let heard = timeout(PATIENCE, dropped.recv()).await;
                let heard = heard.unwrap_or_else(|_| panic!("{line} goes on for nobody"));
                best = best.min(heard.unwrap().saturating_duration_since(left));
            }
            assert!(
                best < Duration::from_millis(100),
                "{line} ended after {best:?}"
            );
        }
    }
}
