//! What is left of somebody who was erased: nothing.

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use serde_json::json;
use taskchat_domain::{
    ConversationTitle, EntryBody, Operation, OperationId, Origin, ReceiptKind, UserId,
};

use crate::testing::{TestStore, at, stores};

async fn texts(db: &DatabaseConnection, sql: &str) -> Vec<String> {
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let rows = db.query_all_raw(statement).await.unwrap();
    rows.iter()
        .map(|row| row.try_get("", "it").unwrap())
        .collect()
}

/// Every table and column in which `needle` stands.
async fn places(store: &TestStore, user: &UserId, needle: &str) -> Vec<String> {
    let db = store.as_user(user).reader;
    let columns = match db.get_database_backend() {
        DbBackend::Postgres => {
            "SELECT table_name || '.' || column_name AS it FROM information_schema.columns \
             WHERE table_schema = current_schema()"
        }
        _ => {
            "SELECT m.name || '.' || c.name AS it FROM sqlite_master m, pragma_table_info(m.name) c \
             WHERE m.type = 'table' AND m.name <> 'passages_words'"
        }
    };
    let mut places = Vec::new();
    let columns = texts(&db, columns).await;
    assert!(columns.len() > 50);
    for column in columns {
        let (table, name) = column.split_once('.').unwrap();
        let sql = format!(
            "SELECT 'x' AS it FROM \"{table}\" WHERE CAST(\"{name}\" AS TEXT) LIKE '%{needle}%' LIMIT 1"
        );
        if !texts(&db, &sql).await.is_empty() {
            places.push(column);
        }
    }
    places
}

#[tokio::test]
async fn nothing_names_whoever_was_erased() {
    for store in stores().await {
        let (ann, bob) = (store.person("ann").await, store.person("bob").await);
        let id = store.conversation(&ann, 1).await;
        let turn = store.turn(&ann, id).await;
        let tx = store.begin(&ann).await.unwrap();
        let text = format!("I am ann@example.org or {ann}");
        let said = vec![EntryBody::User { text: text.clone() }];
        tx.append_entries(id, turn.id, said, None, at(1))
            .await
            .unwrap();
        let title = ConversationTitle::parse("ann@example.org").unwrap();
        tx.rename_conversation(id, &title).await.unwrap();
        let operation = Operation {
            id: OperationId::new(),
            kind: ReceiptKind::Created,
            origin: Origin::Hand,
            changes: Vec::new(),
            undoes: None,
            undone_by: None,
            created_at: at(1),
        };
        tx.insert_operation(&operation, "k", "f", "create", &json!({ "title": text }))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let ids = [ann.as_str(), "ann@example.org"];
        for needle in ids {
            assert!(places(&store, &bob, needle).await.len() >= 3, "{needle}");
        }
        let his = places(&store, &bob, bob.as_str()).await;

        let tx = store.begin(&ann).await.unwrap();
        assert_eq!(tx.cancel_all().await.unwrap(), [turn.id]);
        assert!(tx.erase().await.unwrap());
        tx.commit().await.unwrap();
        for needle in ids {
            let left = places(&store, &bob, needle).await;
            assert_eq!(left, Vec::<String>::new(), "{}", store.name);
        }
        assert_eq!(places(&store, &bob, bob.as_str()).await, his);
        let tx = store.begin(&ann).await.unwrap();
        assert!(!tx.erase().await.unwrap());
    }
}
