//! Conversations and entries.

use serde_json::json;
use taskchat_domain::{
    Call, CallId, ConversationTitle, EntryBody, EntryId, Kind, PageRequest, UserId,
};

use crate::testing::{TestStore, at, stores};

fn said(text: &str) -> EntryBody {
    EntryBody::User {
        text: text.to_owned(),
    }
}

fn answered(text: &str) -> EntryBody {
    EntryBody::Model {
        text: text.to_owned(),
    }
}

async fn listed(store: &TestStore, user: &UserId, size: u32) -> Vec<String> {
    let mine = store.as_user(user);
    let mut found = Vec::new();
    let mut page = PageRequest { size, token: None };
    loop {
        let part = mine.conversations(&page).await.unwrap();
        found.extend(part.items.iter().map(|item| item.id.to_string()));
        if part.next.is_none() {
            return found;
        }
        page.token = part.next;
    }
}

#[tokio::test]
async fn the_newest_message_comes_first() {
    for store in stores().await {
        let (ann, bob) = (store.person("ann").await, store.person("bob").await);
        let mut ids = Vec::new();
        for second in [1, 2, 2, 3] {
            ids.push(store.conversation(&ann, second).await);
        }
        let turn = store.turn(&ann, ids[0]).await;
        let said = EntryBody::User { text: "hi".into() };
        let tx = store.begin(&ann).await.unwrap();
        tx.append_entries(ids[0], turn.id, vec![said], None, at(9))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let expected: Vec<String> = [ids[0], ids[3], ids[2], ids[1]]
            .iter()
            .map(ToString::to_string)
            .collect();
        for size in [1, 3, 50] {
            assert_eq!(listed(&store, &ann, size).await, expected, "{}", store.name);
        }
        assert_eq!(listed(&store, &bob, 50).await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_deletion_is_taken_back_by_the_owner_only() {
    for store in stores().await {
        let (ann, bob) = (store.person("ann").await, store.person("bob").await);
        let id = store.conversation(&ann, 1).await;
        let before = store.as_user(&ann).conversation(id).await.unwrap();
        for (who, expected) in [(&bob, false), (&ann, true), (&ann, true)] {
            let tx = store.begin(&ann).await.unwrap();
            tx.delete_conversation(id, at(2)).await.unwrap();
            tx.commit().await.unwrap();
            let tx = store.begin(who).await.unwrap();
            assert_eq!(tx.restore_conversation(id).await.unwrap(), expected);
            tx.commit().await.unwrap();
            let after = store.as_user(&ann).conversation(id).await.unwrap();
            assert_eq!(after.is_some(), expected, "{}", store.name);
            assert!(after.is_none() || after == before);
        }
    }
}

#[tokio::test]
async fn conversations_are_renamed_and_deleted_by_their_owner_only() {
    for store in stores().await {
        let (ann, bob) = (store.person("ann").await, store.person("bob").await);
        let id = store.conversation(&ann, 1).await;
        let turn = store.turn(&ann, id).await;
        let title = ConversationTitle::parse("Mine").unwrap();

        let tx = store.begin(&bob).await.unwrap();
        assert_eq!(tx.lock_conversation(id).await.unwrap(), None);
        assert!(!tx.rename_conversation(id, &title).await.unwrap());
        tx.cancel_all_in(id).await.unwrap();
        assert!(!tx.delete_conversation(id, at(2)).await.unwrap());
        let refused = tx.next_turn(id, at(2)).await.unwrap_err();
        assert_eq!(refused.kind(), Kind::NotFound);
        tx.commit().await.unwrap();

        let tx = store.begin(&ann).await.unwrap();
        assert!(tx.rename_conversation(id, &title).await.unwrap());
        tx.commit().await.unwrap();
        let mine = store.as_user(&ann);
        let renamed = mine.conversation(id).await.unwrap().unwrap();
        assert_eq!((renamed.title, renamed.updated_at), (title.clone(), at(1)));
        assert!(!mine.turn(turn.id).await.unwrap().unwrap().cancel_requested);

        let tx = store.begin(&ann).await.unwrap();
        tx.cancel_all_in(id).await.unwrap();
        assert!(tx.delete_conversation(id, at(2)).await.unwrap());
        assert!(!tx.delete_conversation(id, at(3)).await.unwrap());
        assert!(!tx.rename_conversation(id, &title).await.unwrap());
        assert_eq!(tx.lock_conversation(id).await.unwrap(), None);
        tx.commit().await.unwrap();
        assert_eq!(mine.conversation(id).await.unwrap(), None);
        assert_eq!(listed(&store, &ann, 50).await, Vec::<String>::new());
        assert!(mine.turn(turn.id).await.unwrap().unwrap().cancel_requested);
    }
}

#[tokio::test]
async fn entries_are_numbered_without_gaps_by_parallel_writers() {
    for store in stores().await {
        let user = store.person("ann").await;
        let id = store.conversation(&user, 1).await;
        let turn = store.turn(&user, id).await;
        let write = async || {
            let tx = store.begin(&user).await.unwrap();
            tx.append_entries(id, turn.id, vec![said("a"), said("b")], None, at(1))
                .await
                .unwrap();
            tx.commit().await.unwrap();
        };
        tokio::join!(write(), write(), write(), write());
        let entries = store.as_user(&user).entries(&[turn.id]).await.unwrap();
        let seqs: Vec<i32> = entries.iter().map(|entry| entry.seq).collect();
        assert_eq!(seqs, [1, 2, 3, 4, 5, 6, 7, 8], "{}", store.name);
    }
}

#[tokio::test]
async fn entries_come_out_as_they_went_in() {
    for store in stores().await {
        let (ann, bob) = (store.person("ann").await, store.person("bob").await);
        let id = store.conversation(&ann, 1).await;
        let turn = store.turn(&ann, id).await;
        let promised = EntryId::new();
        let call = EntryBody::Call(Call {
            id: CallId::nth(1),
            tool: "add_task".to_owned(),
            arguments: json!({"z": 1.0, "a": "nul \u{0}", "b": [null, true]}),
        });
        let bodies = vec![said("hello"), answered("nul \u{0} too"), call];
        let tx = store.begin(&ann).await.unwrap();
        let written = tx
            .append_entries(id, turn.id, bodies.clone(), Some(promised), at(4))
            .await
            .unwrap();
        let none = tx.append_entries(id, turn.id, vec![], None, at(5)).await;
        assert_eq!(none.unwrap(), []);
        tx.commit().await.unwrap();
        assert_eq!(written[0].id, promised);
        let mine = store.as_user(&ann);
        let read = mine.entries(&[turn.id]).await.unwrap();
        assert_eq!(read, written, "{}", store.name);
        let read: Vec<_> = read.into_iter().map(|entry| entry.body).collect();
        assert_eq!(read, bodies);
        assert_eq!(mine.entries(&[]).await.unwrap(), []);
        let theirs = store.as_user(&bob).entries(&[turn.id]).await.unwrap();
        assert_eq!(theirs, []);
    }
}
