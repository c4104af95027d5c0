//! Finding words in conversations, at every door.

use serde_json::json;
use taskchat_tests::{App, Door, text, user};

#[tokio::test]
async fn words_are_found_at_every_door_by_their_owner_only() {
    let (app, model) = App::scripted().await;
    let (ada, bob) = (app.sign_up("ada").await, app.sign_up("bob").await);
    model.says([text("A violin needs rosin."), text("Er hat einen Bogen.")]);
    let reply = ada.chat("Tell me about VIOLINS").await.ok();
    bob.chat("My violin is secret").await.ok();
    let id = user::text(&reply, "conversation_id");
    let patch = json!({ "title": "Strings & bows" });
    ada.patch(&format!("/api/conversations/{id}"), patch)
        .await
        .ok();
    let messages = ada.messages(&id).await;
    let mut pages = Vec::new();
    for door in Door::ALL {
        let (found, next) = ada.via(door).search("violin", 0, "").await.expect("found");
        assert_eq!(next, "");
        let snippets: Vec<_> = found.iter().map(|it| it.snippet.as_str()).collect();
        assert_eq!(
            snippets,
            ["A [violin] needs rosin.", "Tell me about [VIOLINS]"],
            "{door:?}"
        );
        assert_eq!(found[0].role, "assistant");
        for (found, message) in found.iter().zip(messages.iter().rev()) {
            assert_eq!(message["id"], found.message_id, "{door:?}");
            assert_eq!(message["turn_id"], found.turn_id);
            assert_eq!(found.conversation_id, id);
        }
        let (titles, _) = ada
            .via(door)
            .search("bows str", 5, "")
            .await
            .expect("found");
        assert_eq!(titles[0].snippet, "[Strings] & [bows]", "{door:?}");
        assert_eq!(titles[0].message_id, "");
        // Page by page.
        let (first, next) = ada.via(door).search("violin", 1, "").await.expect("found");
        assert_eq!(first[..], found[..1]);
        let (second, end) = ada
            .via(door)
            .search("violin", 1, &next)
            .await
            .expect("more");
        assert_eq!((&second[..], end.as_str()), (&found[1..], ""));
        // What another has said is not there, whatever is asked for.
        let (none, _) = ada.via(door).search("secret", 50, "").await.expect("none");
        assert_eq!(none, []);
        pages.push(found);

        for query in [
            "\"",
            "(violin OR",
            "violin* NEAR(",
            "'; --",
            "a:b:c",
            "-x AND",
        ] {
            ada.via(door).search(query, 0, "").await.expect("no error");
        }
        let refused = ada.via(door).search("  ", 0, "").await.unwrap_err();
        assert_eq!(refused.fields, ["query"]);
        let long = "x".repeat(201);
        let refused = ada.via(door).search(&long, 0, "").await.unwrap_err();
        assert_eq!(refused.fields, ["query"]);
        let refused = ada.via(door).search("rosin", 1, &next).await.unwrap_err();
        assert_eq!(refused.fields, ["page_token"]);
        let nobody = ada.with_token("");
        let refused = nobody.via(door).search("violin", 0, "").await.unwrap_err();
        assert_eq!(refused.code, "UNAUTHENTICATED");
    }
    assert!(pages.windows(2).all(|two| two[0] == two[1]));

    // The assistant's tool looks in the same place.
    let told = ada
        .tool("search_messages", json!({ "query": "rosi" }))
        .await;
    assert_eq!(told.ok()["messages"][0]["text"], "A violin needs rosin.");
    ada.delete(&format!("/api/conversations/{id}")).await.ok();
    let (gone, _) = ada
        .via(Door::Rest)
        .search("violin", 0, "")
        .await
        .expect("none");
    assert_eq!(gone, []);
    ada.via(Door::Rest).restore(&id).await.expect("it is back");
    let (back, _) = ada
        .via(Door::Rest)
        .search("violin", 0, "")
        .await
        .expect("found");
    assert_eq!(back, pages[0]);
}
