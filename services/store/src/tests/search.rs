//! Words found in messages and titles.

use taskchat_domain::{
    ConversationId, ConversationTitle, EntryBody, Finding, Kind, PageRequest, Role, Turn, UserId,
};

use crate::testing::{TestStore, at, stores};

/// A turn in which the person says one thing and the model the others.
async fn talk(
    store: &TestStore,
    user: &UserId,
    conversation: ConversationId,
    question: &str,
    answers: &[&str],
    seconds: u64,
) -> Turn {
    let turn = store.turn(user, conversation).await;
    let said = EntryBody::User {
        text: question.to_owned(),
    };
    let tx = store.begin(user).await.unwrap();
    let first = Some(turn.user_message_id);
    tx.append_entries(conversation, turn.id, vec![said], first, at(seconds))
        .await
        .unwrap();
    // As it happens: the model says something, uses its tools, and goes on.
    for answer in answers {
        let said = EntryBody::Model {
            text: (*answer).to_owned(),
        };
        tx.append_entries(conversation, turn.id, vec![said], None, at(seconds + 1))
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    turn
}

async fn rename(store: &TestStore, user: &UserId, id: ConversationId, title: &str) {
    let tx = store.begin(user).await.unwrap();
    let title = ConversationTitle::parse(title).unwrap();
    assert!(tx.rename_conversation(id, &title).await.unwrap());
    tx.commit().await.unwrap();
}

async fn found(store: &TestStore, user: &UserId, query: &str) -> Vec<Finding> {
    let page = PageRequest::default();
    let found = store.as_user(user).search(query, &page).await;
    found.unwrap().items
}

/// What was found, matches in brackets.
fn shown(found: &[Finding]) -> Vec<String> {
    let shown = found.iter().map(|finding| {
        let parts = finding.snippet.iter().map(|part| match part.is_match {
            true => format!("[{}]", part.text),
            false => part.text.clone(),
        });
        parts.collect()
    });
    shown.collect()
}

#[tokio::test]
async fn what_both_sides_said_is_found_newest_first() {
    for store in stores().await {
        let (ann, bob) = (store.person("ann").await, store.person("bob").await);
        let id = store.conversation(&ann, 1).await;
        let answers = ["I look for ", "äpfel. Added “Äpfel”."];
        let turn = talk(&store, &ann, id, "Kaufe ÄPFEL für 100%", &answers, 3).await;
        let other = store.conversation(&bob, 2).await;
        talk(&store, &bob, other, "Äpfel", &["Seine Äpfel."], 4).await;

        let seen = found(&store, &ann, " apfel ").await;
        assert_eq!(
            shown(&seen),
            [
                "I look for [äpfel]. Added “[Äpfel]”.",
                "Kaufe [ÄPFEL] für 100%"
            ],
            "{}",
            store.name
        );
        let messages: Vec<_> = seen.iter().map(|it| it.message.unwrap()).collect();
        assert_eq!(messages[0].role, Role::Assistant);
        assert_eq!(messages[0].id, turn.message_id);
        assert_eq!(messages[1].role, Role::User);
        assert_eq!(messages[1].id, turn.user_message_id);
        assert!(messages.iter().all(|message| message.turn_id == turn.id));
        assert_eq!(seen[1].created_at, at(3));
        assert_eq!(seen[1].conversation.id, id);

        // The same for the assistant's tool.
        let mine = store.as_user(&ann);
        let told = mine.search_messages("apfel", 10).await.unwrap();
        assert_eq!(told.len(), 2);
        assert_eq!(told[1].text, "Kaufe ÄPFEL für 100%");
        assert_eq!(told[1].role, Role::User);
        assert_eq!(mine.search_messages("apfel", 1).await.unwrap(), told[..1]);
    }
}

#[tokio::test]
async fn queries_are_words_whatever_they_look_like() {
    for store in stores().await {
        let ann = store.person("ann").await;
        let id = store.conversation(&ann, 1).await;
        let text = "Buy 2 litres of oat-milk AND a book (the old one) at O'Neil's, 牛乳も";
        talk(&store, &ann, id, text, &[], 3).await;
        for (query, count) in [
            ("milk", 1),
            ("MILK oat", 1),
            ("boo", 1),
            ("boo buy", 0),
            ("buy boo", 1),
            ("oat milk", 1),
            ("o'neil", 1),
            ("book NOT milk", 0),
            ("milk AND book", 1),
            ("milk OR nothing", 0),
            ("\"oat milk\"", 1),
            ("\"milk", 1),
            ("(milk", 1),
            ("milk*", 1),
            ("words:milk", 0),
            ("owner:milk", 0),
            ("a & b | c", 0),
            ("'milk':*", 1),
            ("milk') OR 1=1 --", 0),
            ("NEAR(buy milk, 2)", 0),
            ("^buy", 1),
            ("牛乳", 1),
            ("乳牛", 1),
            ("馬", 0),
            ("100%", 0),
            ("", 0),
            ("  ", 0),
            ("?!", 0),
            ("\0", 0),
            ("mi\0lk", 0),
        ] {
            let seen = found(&store, &ann, query).await;
            assert_eq!(seen.len(), count, "{}: {query:?}", store.name);
        }
    }
}

#[tokio::test]
async fn titles_are_found_once_they_are_chosen() {
    for store in stores().await {
        let ann = store.person("ann").await;
        let id = store.conversation(&ann, 1).await;
        assert!(found(&store, &ann, "groceries").await.is_empty());
        rename(&store, &ann, id, "Summer holidays").await;
        rename(&store, &ann, id, "Winter holidays").await;
        assert!(found(&store, &ann, "summer").await.is_empty());
        let seen = found(&store, &ann, "hol").await;
        assert_eq!(shown(&seen), ["Winter [holidays]"], "{}", store.name);
        assert_eq!((seen[0].message, seen[0].created_at), (None, at(1)));
        assert_eq!(seen[0].conversation.title.as_str(), "Winter holidays");
        // The tool tells messages only.
        let told = store.as_user(&ann).search_messages("holidays", 10).await;
        assert_eq!(told.unwrap(), []);
        rename(&store, &ann, id, "???").await;
        assert!(found(&store, &ann, "winter").await.is_empty());
    }
}

#[tokio::test]
async fn deleted_conversations_are_not_found_until_they_are_back() {
    for store in stores().await {
        let ann = store.person("ann").await;
        let id = store.conversation(&ann, 1).await;
        talk(&store, &ann, id, "Buy milk", &["Added milk."], 3).await;
        let tx = store.begin(&ann).await.unwrap();
        tx.delete_conversation(id, at(9)).await.unwrap();
        tx.commit().await.unwrap();
        assert!(found(&store, &ann, "milk").await.is_empty());
        let told = store.as_user(&ann).search_messages("milk", 10).await;
        assert_eq!(told.unwrap(), [], "{}", store.name);
        let tx = store.begin(&ann).await.unwrap();
        tx.restore_conversation(id).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(found(&store, &ann, "milk").await.len(), 2);
    }
}

#[tokio::test]
async fn what_is_not_committed_is_not_found() {
    for store in stores().await {
        let ann = store.person("ann").await;
        let id = store.conversation(&ann, 1).await;
        let turn = store.turn(&ann, id).await;
        let tx = store.begin(&ann).await.unwrap();
        let said = vec![EntryBody::User {
            text: "Buy milk".to_owned(),
        }];
        tx.append_entries(id, turn.id, said, None, at(1))
            .await
            .unwrap();
        drop(tx);
        assert!(found(&store, &ann, "milk").await.is_empty());
    }
}

#[tokio::test]
async fn pages_survive_what_comes_in_between() {
    for store in stores().await {
        let ann = store.person("ann").await;
        let id = store.conversation(&ann, 1).await;
        for at in 1..=5 {
            talk(&store, &ann, id, &format!("milk {at}"), &[], at).await;
        }
        let mine = store.as_user(&ann);
        let mut page = PageRequest {
            size: 2,
            token: None,
        };
        let mut all = Vec::new();
        loop {
            let part = mine.search("milk", &page).await.unwrap();
            all.extend(shown(&part.items));
            talk(&store, &ann, id, "more milk", &[], 9).await;
            let Some(next) = part.next else { break };
            page.token = Some(next);
            let other = mine.search("oats", &page).await.unwrap_err();
            assert_eq!(other.kind(), Kind::Invalid);
        }
        let expected = [5, 4, 3, 2, 1].map(|at| format!("[milk] {at}"));
        assert_eq!(all, expected, "{}", store.name);
        for forged in ["x", "eyJvZiI6IngiLCJpZCI6MX0"] {
            page.token = Some(forged.to_owned());
            let refused = mine.search("milk", &page).await.unwrap_err();
            assert_eq!(refused.kind(), Kind::Invalid);
        }
    }
}

#[tokio::test]
async fn the_longest_texts_are_stored_and_found() {
    for store in stores().await {
        let ann = store.person("ann").await;
        let id = store.conversation(&ann, 1).await;
        let long: String = (0..20_000).map(|at| format!("word{at} ")).collect();
        talk(&store, &ann, id, &long, &[long.as_str(); 20], 1).await;
        let seen = found(&store, &ann, "word1 word10").await;
        assert_eq!(seen.len(), 2, "{}", store.name);
        // Words without an end, and signs that become several.
        let odd = format!("{} {} \u{fdfa}", "z".repeat(10_000), "ﬃ".repeat(100));
        talk(&store, &ann, id, &odd, &[], 2).await;
        assert_eq!(found(&store, &ann, &"z".repeat(200)).await.len(), 1);
    }
}
