//! The MCP door for other assistants.

use reqwest::Method;
use rmcp::model::CallToolRequestParams;
use serde_json::{Value, json};
use taskchat_tests::{Answer, App, mcp, user};

#[tokio::test]
async fn tools_are_described_without_a_user() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let tools = mcp::result(&ada, "tools/list", json!({})).await["tools"].clone();
    let tools = tools.as_array().expect("tools");
    let names: Vec<String> = tools.iter().map(|tool| user::text(tool, "name")).collect();
    for name in [
        "add_task",
        "list_tasks",
        "get_task",
        "update_task",
        "complete_task",
        "reopen_task",
        "delete_task",
        "restore_task",
        "undo",
        "search_messages",
    ] {
        assert!(
            names.iter().any(|it| it == name),
            "{name} is not in {names:?}"
        );
    }
    for tool in tools {
        let name = &tool["name"];
        assert_eq!(tool["inputSchema"]["type"], "object", "{name}");
        assert_eq!(tool["outputSchema"]["type"], "object", "{name}");
        assert!(
            tool["description"].as_str().is_some_and(|it| it.len() > 20),
            "{name}"
        );
        assert!(
            !tool["inputSchema"].to_string().contains("user"),
            "{name}: {}",
            tool["inputSchema"]
        );
        for hint in ["readOnlyHint", "destructiveHint", "idempotentHint"] {
            assert!(
                tool["annotations"][hint].is_boolean(),
                "{name}: {}",
                tool["annotations"]
            );
        }
        let reads = matches!(
            name.as_str(),
            Some("list_tasks" | "get_task" | "search_messages")
        );
        assert_eq!(tool["annotations"]["readOnlyHint"], reads, "{name}");
    }
}

#[tokio::test]
async fn the_sdk_of_others_gets_along() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let client = mcp::sdk_client(&ada).await;
    let tools = client.list_all_tools().await.expect("tools");
    assert!(tools.len() >= 10);
    let arguments = json!({ "title": "water the plants", "due": "tomorrow", "tags": ["home"] });
    let params = CallToolRequestParams::new("add_task")
        .with_arguments(arguments.as_object().expect("an object").clone());
    let added = client.call_tool(params).await.expect("a result");
    let added = added.structured_content.expect("structured content");
    assert_eq!(added["receipt"]["kind"], "created", "{added}");
    let tomorrow = (chrono::Utc::now() + chrono::Duration::days(1))
        .format("%Y-%m-%d")
        .to_string();
    let task = &ada.tasks().await[0];
    assert_eq!(
        (&task["due_date"], &task["tags"]),
        (&json!(tomorrow), &json!(["home"]))
    );
    client.cancel().await.expect("an end");
}

#[tokio::test]
async fn older_and_newer_handshakes() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    for version in ["2025-06-18", "2025-11-25"] {
        let params = json!({ "protocolVersion": version, "capabilities": {},
            "clientInfo": { "name": "somebody", "version": "1" } });
        let result = mcp::result(&ada, "initialize", params).await;
        assert_eq!(result["protocolVersion"], version, "{result}");
        assert!(result["capabilities"]["tools"].is_object(), "{result}");
        assert!(result["serverInfo"]["name"].is_string(), "{result}");
    }
}

#[tokio::test]
async fn no_session_lives_in_memory() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let params = json!({ "protocolVersion": "2025-06-18", "capabilities": {},
        "clientInfo": { "name": "somebody", "version": "1" } });
    let answer = mcp::post(&ada, "initialize", params).await;
    assert!(
        answer.header("mcp-session-id").is_none(),
        "{:?}",
        answer.headers
    );
    let app = app.restart().await;
    app.again(&ada).tool("list_tasks", json!({})).await.ok();
}

#[tokio::test]
async fn another_sites_script_is_kept_out() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {} });
    for (name, value) in [
        ("origin", "https://evil.example.com"),
        ("host", "evil.example.com"),
    ] {
        let sent = ada
            .request(Method::POST, "/mcp")
            .header("accept", "application/json, text/event-stream")
            .header(name, value)
            .json(&body)
            .send()
            .await;
        let answer = Answer::read(sent.expect("an answer")).await;
        assert!(
            (400..500).contains(&answer.status),
            "{name}: {} {}",
            answer.status,
            answer.text
        );
    }
}

#[tokio::test]
async fn a_task_named_by_words_is_found_or_asked_about() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let ids = ada
        .add_all(&["call mom", "call dad", "water the plants"])
        .await;
    ada.tool("complete_task", json!({ "task": "plants" }))
        .await
        .ok();
    assert_eq!(ada.task(&ids[2]).await["status"], "completed");
    let ambiguous = ada.tool("complete_task", json!({ "task": "call" })).await;
    ambiguous.refused("AMBIGUOUS_TASK");
    let choices = ambiguous.error["choices"].as_array().expect("choices");
    let titles: Vec<String> = choices.iter().map(|it| user::text(it, "title")).collect();
    assert_eq!(titles.len(), 2, "{titles:?}");
    assert!(
        ids[..2]
            .iter()
            .all(|id| choices.iter().any(|it| it["task_id"] == *id)),
        "{choices:?}"
    );
    for id in &ids[..2] {
        assert_eq!(ada.task(id).await["status"], "pending");
    }
}

#[tokio::test]
async fn a_piece_of_a_word_deletes_and_completes_nothing() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let ids = ada
        .add_all(&["Buy greeting card", "Descale the steam iron"])
        .await;
    ada.tool("delete_task", json!({ "task_id": "tea" }))
        .await
        .refused("TASK_NOT_FOUND");
    let asked = ada.tool("complete_task", json!({ "task_id": "car" })).await;
    asked.refused("AMBIGUOUS_TASK");
    assert_eq!(asked.error["choices"][0]["task_id"], ids[0]);
    for task in ada.tasks().await {
        assert_eq!(task["status"], "pending");
    }
    assert_eq!(ada.tasks().await.len(), 2);

    // The assistant asks, and takes the answer.
    let asked = ada.chat("Complete the car task").await.ok();
    assert!(
        user::text(&asked, "response_text").contains("1. Buy greeting card"),
        "{asked}"
    );
    let conversation = user::text(&asked, "conversation_id");
    ada.chat_in(&conversation, "number one").await.ok();
    assert_eq!(ada.task(&ids[0]).await["status"], "completed");
}

#[tokio::test]
async fn messages_can_be_searched() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let bob = app.sign_up("bob").await;
    ada.chat("Add a task called polish the SILVER teapot")
        .await
        .ok();
    bob.chat("Add a task called hide the silver").await.ok();
    let found = ada
        .tool("search_messages", json!({ "query": "silver" }))
        .await
        .ok();
    let text = found.to_string();
    assert!(text.contains("teapot") && !text.contains("hide"), "{text}");
    let none = ada
        .tool("search_messages", json!({ "query": "%" }))
        .await
        .ok();
    assert!(!none.to_string().contains("teapot"), "{none}");
}

#[tokio::test]
async fn what_is_not_a_call_is_refused_politely() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    for body in [
        "",
        "{",
        "[]",
        "null",
        r#"{"jsonrpc":"2.0"}"#,
        r#"{"jsonrpc":"1.0","id":1,"method":"x"}"#,
    ] {
        let sent = ada
            .request(Method::POST, "/mcp")
            .header("accept", "application/json, text/event-stream")
            .header("content-type", "application/json")
            .body(body)
            .send()
            .await;
        let answer = Answer::read(sent.expect("an answer")).await;
        assert!(
            answer.status < 500,
            "{body}: {} {}",
            answer.status,
            answer.text
        );
    }
    let metadata = app.get("/.well-known/oauth-protected-resource").await;
    let metadata: Value = metadata.ok();
    assert!(
        metadata["resource"]
            .as_str()
            .is_some_and(|it| it.ends_with("/mcp")),
        "{metadata}"
    );
}
