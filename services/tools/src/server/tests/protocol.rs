//! Calls, keys and handshakes.

use rmcp::{
    ServiceError,
    model::{ErrorCode, ProtocolVersion, RequestMetaObject},
    service::{ClientLifecycleMode, ClientServiceExt},
};
use serde_json::{Value, json};
use taskchat_domain::{Origin, TurnId};

use super::super::{CALL_ID, IDEMPOTENCY_KEY, key};
use crate::{in_process, testing::House};

#[tokio::test]
async fn a_call_made_again_acts_once() {
    let house = House::new().await;
    let turn = TurnId::new();
    let hands = house.hands_in_turn("ann", turn).await;
    let meta = json!({"taskchat/call-id": "call_1"});
    let add = json!({"title": "milk"});
    let first = hands
        .raw("add_task", add.clone(), meta.clone())
        .await
        .unwrap();
    assert_eq!(
        first["data"]["created_by"],
        json!({"origin": "turn", "turn_id": turn})
    );
    // The turn is taken up again elsewhere, later.
    house.clock.advance(chrono::Duration::minutes(5));
    let hands = house.hands_in_turn("ann", turn).await;
    let again = hands
        .raw("add_task", add.clone(), meta.clone())
        .await
        .unwrap();
    assert_eq!(first, again);
    assert_eq!(hands.titles(json!({})).await, ["milk"]);

    // Another turn, another person: other keys.
    let hands = house.hands_in_turn("ann", TurnId::new()).await;
    hands
        .raw("add_task", add.clone(), meta.clone())
        .await
        .unwrap();
    assert_eq!(hands.titles(json!({})).await, ["milk", "milk"]);
    let bob = house.hands_in_turn("bob", turn).await;
    bob.raw("add_task", add.clone(), meta).await.unwrap();
    assert_eq!(bob.titles(json!({})).await, ["milk"]);

    // Without a key every call counts.
    let carl = house.hands_of("carl").await;
    carl.add("milk").await;
    carl.add("milk").await;
    assert_eq!(carl.titles(json!({})).await, ["milk", "milk"]);
    let key = json!({"taskchat/idempotency-key": "k"});
    for _ in 0..2 {
        carl.raw("add_task", json!({"title": "bread"}), key.clone())
            .await
            .unwrap();
    }
    assert_eq!(carl.titles(json!({"query": "bread"})).await, ["bread"]);
    let other = carl.raw("add_task", json!({"title": "butter"}), key);
    assert_eq!(other.await.unwrap()["error"]["code"], "ALREADY_EXISTS");
    let bad = json!({"taskchat/idempotency-key": 7});
    let refused = carl.raw("add_task", add, bad).await.unwrap();
    assert_eq!(refused["error"]["field"], "taskchat/idempotency-key");
}

#[tokio::test]
async fn what_is_no_call_of_a_tool_is_a_protocol_error() {
    let house = House::new().await;
    let ann = house.hands_of("ann").await;
    let params = rmcp::model::CallToolRequestParams::new("drop_table");
    let Err(ServiceError::McpError(error)) = ann.0.call_tool(params).await else {
        panic!("an unknown tool must be refused by the protocol");
    };
    assert_eq!(error.code, ErrorCode::INVALID_PARAMS);
    assert_eq!(error.message, "unknown tool: drop_table");
}

#[tokio::test]
async fn both_lifecycles_find_the_same_ten_tools() {
    let house = House::new().await;
    let ann = house.hands_of("ann").await;
    let info = ann.0.peer_info().unwrap().clone();
    assert_eq!(info.server_info.as_ref().unwrap().name, "taskchat");
    assert!(info.instructions.as_ref().unwrap().contains("receipt"));
    let tools = ann.0.list_all_tools().await.unwrap();
    assert_eq!(tools.len(), 10);

    let bench = crate::Bench {
        user: house.user("ann").await,
        origin: taskchat_domain::Origin::Mcp,
        time_zone: taskchat_domain::TimeZone::UTC,
    };
    let pipe = in_process(&house.tools, bench, &house.tracker);
    let modern = ClientLifecycleMode::Discover {
        preferred_versions: vec![ProtocolVersion::V_2026_07_28],
    };
    let client = ().serve_with_lifecycle(pipe, modern).await.unwrap();
    assert_eq!(client.list_all_tools().await.unwrap(), tools);
}

#[tokio::test]
async fn the_server_ends_with_its_client() {
    let house = House::new().await;
    let ann = house.hands_of("ann").await;
    ann.add("milk").await;
    drop(ann);
    house.tracker.close();
    house.tracker.wait().await;
}

fn meta_of(of: Value) -> RequestMetaObject {
    serde_json::from_value(of).unwrap()
}

#[test]
fn a_call_has_the_key_of_its_origin_and_no_other() {
    let turn_id = TurnId::new();
    let turn = Origin::Turn { turn_id };
    let both = meta_of(json!({CALL_ID: "call_1", IDEMPOTENCY_KEY: "mine"}));
    for (origin, meta, expected) in [
        (turn, &both, Some(format!("turn:{turn_id}:call_1"))),
        (Origin::Mcp, &both, Some("mcp:mine".to_owned())),
        (Origin::Hand, &both, None),
        (Origin::Mcp, &meta_of(json!({CALL_ID: "call_1"})), None),
        (turn, &meta_of(json!({})), None),
    ] {
        assert_eq!(key(origin, meta).unwrap(), expected);
    }
    for bad in [json!(""), json!(7), json!("a\nb"), json!("x".repeat(201))] {
        let refused = key(Origin::Mcp, &meta_of(json!({IDEMPOTENCY_KEY: bad})));
        assert_eq!(
            refused.unwrap_err().code(),
            crate::outcome::Code::ValidationError
        );
    }
}

#[tokio::test]
async fn a_call_that_is_given_up_stops() {
    let mut house = House::new().await;
    let ann = house.hands_of("ann").await;
    {
        let forever = ann.call("search_messages", json!({"query": "forever"}));
        let other = ann.done("search_messages", json!({"query": "milk"}));
        // The second answer shows that the first call has arrived.
        tokio::select! {
            _ = forever => panic!("nothing can answer this"),
            _ = other => {}
        }
    }
    house
        .searches_ended
        .wait_for(|ended| *ended == 2)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_turn_taken_up_again_hears_what_it_did_though_words_have_lost_their_meaning() {
    let house = House::new().await;
    let ann = house.hands_of("ann").await;
    for title in ["milk", "bread", "plants"] {
        ann.add(title).await;
    }
    let turn = TurnId::new();
    let calls = [
        ("add_task", json!({"title": "tea", "due": "in 2 hours"})),
        ("update_task", json!({"task": "milk", "title": "butter"})),
        ("delete_task", json!({"task": "bread"})),
        ("restore_task", json!({"task": "bread"})),
        (
            "update_task",
            json!({"task": "plants", "recurrence": "FREQ=DAILY", "due": "today"}),
        ),
        ("complete_task", json!({"task": "plants"})),
        ("undo", json!({})),
    ];
    let run = async || {
        let hands = house.hands_in_turn("ann", turn).await;
        let mut told = Vec::new();
        for (n, (tool, args)) in calls.iter().enumerate() {
            let meta = json!({"taskchat/call-id": format!("call_{n}")});
            told.push(hands.raw(tool, args.clone(), meta).await.unwrap());
        }
        told
    };
    let first = run().await;
    assert!(
        first.iter().all(|told| told["success"] == true),
        "{first:#?}"
    );
    let titles = ann.titles(json!({})).await;
    house.clock.advance(chrono::Duration::hours(20));
    let again = run().await;
    for (first, again) in first.iter().zip(&again) {
        assert_eq!(first["data"], again["data"]);
        assert_eq!(
            first["receipt"]["operation_id"],
            again["receipt"]["operation_id"]
        );
    }
    assert_eq!(ann.titles(json!({})).await, titles);
}
