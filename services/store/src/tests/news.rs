//! What processes on one database tell each other.

use std::time::Duration;

use sea_orm::ConnectionTrait;
use taskchat_domain::{ConversationId, Kind, TurnId};
use tokio::time::timeout;

use crate::{Heard, Listener, News, testing::stores};

async fn next(listener: &mut Listener) -> Heard {
    let heard = timeout(Duration::from_secs(10), listener.next()).await;
    heard.expect("in time").expect("a connection")
}

#[tokio::test]
async fn an_embedded_database_has_no_others_to_tell() {
    let stores = stores().await;
    let exchange = stores[0].exchange();
    assert!(!exchange.has_others());
    exchange.tell(&[News::Stop(TurnId::new())]).await.unwrap();
    assert!(exchange.listen().await.unwrap().is_none());
}

#[tokio::test]
async fn what_one_process_tells_the_others_hear_and_its_own_comes_back() {
    for store in stores().await.into_iter().skip(1) {
        let (one, other) = (store.exchange(), store.exchange());
        let mut listener = one.listen().await.unwrap().unwrap();
        one.tell(&[]).await.unwrap();
        // Other tests use the same channel.
        while next(&mut listener).await != Heard::Own {}

        let many: Vec<News> = (0..450).map(|_| News::Events(TurnId::new())).collect();
        let last = News::StopAll(ConversationId::new());
        other.tell(&many).await.unwrap();
        other.tell(&[last]).await.unwrap();
        let mut heard = Vec::new();
        while heard.last() != Some(&last) {
            if let Heard::Others(news) = next(&mut listener).await {
                heard.extend(news);
            }
        }
        heard.retain(|news| many.contains(news));
        assert_eq!(heard, many, "in order, however many");
    }
}

#[tokio::test]
async fn a_listener_says_when_its_connection_is_lost() {
    for store in stores().await.into_iter().skip(1) {
        let exchange = store.exchange();
        let mut listener = exchange.listen().await.unwrap().unwrap();
        let mine = listener.process().await.unwrap();
        let end = format!("SELECT pg_terminate_backend({mine})");
        exchange.connection.execute_unprepared(&end).await.unwrap();
        let lost = loop {
            match timeout(Duration::from_secs(10), listener.next())
                .await
                .unwrap()
            {
                Ok(_) => {}
                Err(lost) => break lost,
            }
        };
        assert_eq!(lost.kind(), Kind::Unavailable);
        assert!(exchange.listen().await.unwrap().is_some(), "and again");
    }
}
