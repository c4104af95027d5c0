//! Nobody reaches what belongs to somebody else: acceptance 7, 8, 12, 13, 22, 72, 77, 78.

use reqwest::Method;
use serde_json::{Value, json};
use taskchat_tests::{Answer, App, Door, User, door::Say, user};

const UNKNOWN: &str = "0193a000-0000-7000-8000-000000000000";

/// Ada with a task and a conversation, and Bob with neither.
struct Neighbours {
    _app: App,
    ada: User,
    bob: User,
    task: String,
    conversation: String,
    turn: String,
    operation: String,
}

impl Neighbours {
    async fn move_in() -> Self {
        let app = App::start().await;
        let ada = app.sign_up("ada").await;
        let bob = app.sign_up("bob").await;
        let reply = ada.chat("Add a task called buy a violin").await.ok();
        let operations = ada.get("/api/operations").await.ok();
        let task = user::id(&ada.tasks().await[0]);
        Self {
            task,
            conversation: user::text(&reply, "conversation_id"),
            turn: user::text(&reply, "turn_id"),
            operation: user::id(&operations["operations"][0]),
            _app: app,
            ada,
            bob,
        }
    }

    /// Everything of Ada's, to be compared before and after.
    async fn adas(&self) -> Value {
        json!([
            self.ada.tasks().await,
            self.ada.conversations().await,
            self.ada.messages(&self.conversation).await,
        ])
    }

    /// Everything one can do with ids alone.
    fn by_id(&self) -> Vec<(Method, String, Option<Value>)> {
        let Self {
            task,
            conversation,
            turn,
            operation,
            ..
        } = self;
        let title = Some(json!({ "title": "stolen" }));
        let empty = || Some(json!({}));
        let mut acts = Vec::new();
        for home in ["/api", "/api/{me}"] {
            acts.push((Method::GET, format!("{home}/tasks/{task}"), None));
            acts.push((Method::PUT, format!("{home}/tasks/{task}"), title.clone()));
            acts.push((Method::PATCH, format!("{home}/tasks/{task}"), title.clone()));
            acts.push((
                Method::PATCH,
                format!("{home}/tasks/{task}/complete"),
                empty(),
            ));
            acts.push((Method::DELETE, format!("{home}/tasks/{task}"), None));
            let message = json!({ "message": "hi", "conversation_id": conversation });
            acts.push((Method::POST, format!("{home}/chat"), Some(message.clone())));
            acts.push((Method::POST, format!("{home}/chat:stream"), Some(message)));
        }
        acts.extend([
            (
                Method::GET,
                format!("/api/conversations/{conversation}"),
                None,
            ),
            (
                Method::PATCH,
                format!("/api/conversations/{conversation}"),
                title,
            ),
            (
                Method::DELETE,
                format!("/api/conversations/{conversation}"),
                None,
            ),
            (
                Method::GET,
                format!("/api/conversations/{conversation}/messages"),
                None,
            ),
            (Method::GET, format!("/api/turns/{turn}"), None),
            (Method::GET, format!("/api/turns/{turn}/events"), None),
            (Method::POST, format!("/api/turns/{turn}:cancel"), empty()),
            (
                Method::POST,
                format!("/api/operations/{operation}:undo"),
                empty(),
            ),
            (
                Method::POST,
                format!("/api/operations/{operation}:redo"),
                empty(),
            ),
        ]);
        acts
    }
}

async fn send(user: &User, act: &(Method, String, Option<Value>)) -> Answer {
    let (method, path, body) = act;
    let mut request = user.request(method.clone(), path);
    if let Some(body) = body {
        request = request.json(body);
    }
    Answer::read(request.send().await.expect("an answer")).await
}

#[tokio::test]
async fn s007_somebody_elses_path_is_forbidden() {
    let home = Neighbours::move_in().await;
    let before = home.adas().await;
    let Neighbours { ada, bob, task, .. } = &home;
    let mut intruder = bob.clone();
    intruder.id.clone_from(&ada.id);
    let title = Some(json!({ "title": "stolen", "message": "hi" }));
    for act in [
        (Method::GET, "/api/{me}/tasks".to_owned(), None),
        (Method::GET, "/api/{me}/tasks/".to_owned(), None),
        (
            Method::POST,
            "/api/{me}/tasks".to_owned(),
            Some(json!({ "title": "stolen" })),
        ),
        (Method::GET, format!("/api/{{me}}/tasks/{task}"), None),
        (Method::GET, format!("/api/{{me}}/tasks/{UNKNOWN}"), None),
        (
            Method::PUT,
            format!("/api/{{me}}/tasks/{task}"),
            Some(json!({ "title": "stolen" })),
        ),
        (
            Method::PATCH,
            format!("/api/{{me}}/tasks/{task}/complete"),
            None,
        ),
        (Method::DELETE, format!("/api/{{me}}/tasks/{task}"), None),
        (
            Method::POST,
            "/api/{me}/chat".to_owned(),
            Some(json!({ "message": "hi" })),
        ),
        (
            Method::POST,
            "/api/{me}/chat:stream".to_owned(),
            Some(json!({ "message": "hi" })),
        ),
        // The path is checked before the body.
        (Method::POST, "/api/{me}/chat".to_owned(), title),
    ] {
        send(&intruder, &act)
            .await
            .refused_with(403, "User ID mismatch");
    }
    assert_eq!(home.adas().await, before);
}

#[tokio::test]
async fn s007_somebody_elses_id_is_unknown() {
    let home = Neighbours::move_in().await;
    let before = home.adas().await;
    for act in home.by_id() {
        let answer = send(&home.bob, &act).await;
        answer.refused(404);
        assert!(!answer.text.contains("violin"), "{}", answer.text);

        // The very same as for what does not exist.
        let mut unknown = act.clone();
        for known in [&home.task, &home.conversation, &home.turn, &home.operation] {
            unknown.1 = unknown.1.replace(known.as_str(), UNKNOWN);
            if let Some(body) = &mut unknown.2
                && body["conversation_id"] == known.as_str()
            {
                body["conversation_id"] = json!(UNKNOWN);
            }
        }
        let ghost = send(&home.bob, &unknown).await;
        assert_eq!(
            answer.without_request_id(),
            ghost.without_request_id(),
            "{act:?}"
        );
    }
    assert_eq!(home.adas().await, before);
    assert_eq!(home.bob.conversations().await, Vec::<Value>::new());
}

#[tokio::test]
async fn s008_ones_own_path_is_open() {
    let home = Neighbours::move_in().await;
    assert_eq!(home.ada.titles().await, ["buy a violin"]);
    home.ada.task(&home.task).await;
    home.ada
        .chat_in(&home.conversation, "What do I have to do?")
        .await
        .ok();
}

#[tokio::test]
async fn s012_a_list_has_nothing_of_others() {
    let home = Neighbours::move_in().await;
    assert!(home.bob.titles().await.is_empty());
    let path = format!("/api/{{me}}/tasks/{}", home.task);
    home.bob
        .get(&path)
        .await
        .refused_with(404, "Task not found");
    home.bob
        .put(&path, json!({ "title": "mine" }))
        .await
        .refused_with(404, "Task not found");
    home.bob
        .delete(&path)
        .await
        .refused_with(404, "Task not found");
    assert_eq!(home.ada.titles().await, ["buy a violin"]);
}

#[tokio::test]
async fn s013_nothing_of_others_in_any_answer() {
    let home = Neighbours::move_in().await;
    for act in home.by_id() {
        let answer = send(&home.bob, &act).await;
        assert!(
            matches!(answer.status, 403 | 404),
            "{act:?}: {}",
            answer.text
        );
        for fact in ["violin", &home.ada.id, "ada@example.com"] {
            assert!(!answer.text.contains(fact), "{act:?}: {}", answer.text);
        }
    }
    for name in [
        "get_task",
        "update_task",
        "complete_task",
        "reopen_task",
        "delete_task",
        "restore_task",
    ] {
        let arguments = json!({ "task_id": home.task, "title": "mine" });
        let arguments = if name == "update_task" {
            arguments
        } else {
            json!({ "task_id": home.task })
        };
        let message = home
            .bob
            .tool(name, arguments)
            .await
            .refused("TASK_NOT_FOUND");
        assert!(!message.contains("violin"), "{message}");
    }
}

#[tokio::test]
async fn s022_completing_what_is_not_mine() {
    let home = Neighbours::move_in().await;
    let path = format!("/api/{}/tasks/{}/complete", home.ada.id, home.task);
    home.bob
        .patch(&path, json!({}))
        .await
        .refused_with(403, "User ID mismatch");
    let path = format!("/api/{{me}}/tasks/{}/complete", home.task);
    home.bob
        .patch(&path, json!({}))
        .await
        .refused_with(404, "Task not found");
    assert_eq!(home.ada.task(&home.task).await["status"], "pending");
}

#[tokio::test]
async fn s072_chatting_in_somebody_elses_conversation() {
    let home = Neighbours::move_in().await;
    let before = home.adas().await;
    home.bob
        .chat_in(&home.conversation, "hi")
        .await
        .refused_with(404, "Conversation not found");
    let mut intruder = home.bob.clone();
    intruder.id.clone_from(&home.ada.id);
    intruder
        .chat_in(&home.conversation, "hi")
        .await
        .refused_with(403, "User ID mismatch");
    assert_eq!(home.adas().await, before);
}

#[tokio::test]
async fn s077_s078_messages_that_are_not_mine() {
    let home = Neighbours::move_in().await;
    let path = |id: &str| format!("/api/conversations/{id}/messages");
    let foreign = home.bob.get(&path(&home.conversation)).await;
    foreign.refused_with(404, "Conversation not found");
    let unknown = home.bob.get(&path(UNKNOWN)).await;
    assert_eq!(foreign.without_request_id(), unknown.without_request_id());
    home.bob
        .get(&path("not-an-id"))
        .await
        .names("conversation_id");
}

#[tokio::test]
async fn every_door_keeps_neighbours_apart() {
    let home = Neighbours::move_in().await;
    for door in Door::ALL {
        let bob = home.bob.via(door);
        let say = Say {
            user_id: home.ada.id.clone(),
            ..Say::new("hi")
        };
        let refusal = bob.chat(say).await.expect_err("refused");
        assert_eq!(
            (refusal.code.as_str(), refusal.detail.as_str()),
            ("PERMISSION_DENIED", "User ID mismatch"),
            "{door:?}"
        );
        let refusal = bob
            .chat(Say::into("hi", &home.conversation))
            .await
            .expect_err("refused");
        assert_eq!(
            (refusal.code.as_str(), refusal.detail.as_str()),
            ("NOT_FOUND", "Conversation not found"),
            "{door:?}"
        );
        let refusal = bob.task(&home.task).await.expect_err("refused");
        assert_eq!(
            (refusal.code.as_str(), refusal.detail.as_str()),
            ("NOT_FOUND", "Task not found"),
            "{door:?}"
        );
        assert_eq!(
            bob.undo(&home.operation).await.expect_err("refused").code,
            "NOT_FOUND",
            "{door:?}"
        );
        assert_eq!(
            bob.follow(&home.turn, 0).await.expect_err("refused").code,
            "NOT_FOUND",
            "{door:?}"
        );
    }
}
