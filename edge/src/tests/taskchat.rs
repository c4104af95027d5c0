//! The contract of taskchat: its routes, its guard, its words.

use http::{Extensions, Method};
use prost_reflect::DescriptorPool;
use taskchat_auth::Identity;

use crate::{
    Config, Incoming,
    rule::{Lookup, Rules},
    taskchat,
};

fn rules() -> Rules {
    let pool = DescriptorPool::decode(taskchat_proto::FILE_DESCRIPTOR_SET).unwrap();
    Rules::read(&pool, Some("taskchat.v1.public")).unwrap()
}

#[test]
fn every_path_leads_to_its_rpc() {
    let rules = rules();
    let rows = [
        ("POST", "/api/u1/chat", "Chat user_id=u1"),
        ("POST", "/api/chat", "Chat"),
        ("POST", "/api/chat/", "Chat"),
        ("POST", "/api/u%20%2F1/chat", "Chat user_id=u /1"),
        ("POST", "/api/u1/chat:stream", "StreamChat user_id=u1"),
        ("POST", "/api/chat:stream", "StreamChat"),
        ("GET", "/api/turns/t1/events", "FollowTurn turn_id=t1"),
        ("GET", "/api/turns/t1", "GetTurn turn_id=t1"),
        ("POST", "/api/turns/t1:cancel", "CancelTurn turn_id=t1"),
        ("GET", "/api/conversations", "ListConversations"),
        (
            "GET",
            "/api/conversations/c1",
            "GetConversation conversation_id=c1",
        ),
        (
            "PATCH",
            "/api/conversations/c1",
            "UpdateConversation conversation_id=c1",
        ),
        (
            "DELETE",
            "/api/conversations/c1",
            "DeleteConversation conversation_id=c1",
        ),
        (
            "GET",
            "/api/conversations/c1/messages",
            "ListMessages conversation_id=c1",
        ),
        ("GET", "/api/tasks", "ListTasks"),
        ("GET", "/api/u1/tasks", "ListTasks user_id=u1"),
        ("POST", "/api/u1/tasks", "CreateTask user_id=u1"),
        ("GET", "/api/tasks/k1", "GetTask task_id=k1"),
        ("HEAD", "/api/tasks/k1", "GetTask task_id=k1"),
        ("GET", "/api/u1/tasks/k1", "GetTask user_id=u1 task_id=k1"),
        (
            "PUT",
            "/api/u1/tasks/k1",
            "UpdateTask user_id=u1 task_id=k1",
        ),
        ("PATCH", "/api/tasks/k1", "UpdateTask task_id=k1"),
        (
            "DELETE",
            "/api/u1/tasks/k1",
            "DeleteTask user_id=u1 task_id=k1",
        ),
        (
            "PATCH",
            "/api/u1/tasks/k1/complete",
            "CompleteTask user_id=u1 task_id=k1",
        ),
        (
            "PATCH",
            "/api/tasks/k1/complete/",
            "CompleteTask task_id=k1",
        ),
        ("GET", "/api/operations", "ListOperations"),
        (
            "GET",
            "/api/tasks/k1/operations",
            "ListOperations task_id=k1",
        ),
        (
            "POST",
            "/api/operations/o1:undo",
            "UndoOperation operation_id=o1",
        ),
        (
            "POST",
            "/api/operations/o1:redo",
            "RedoOperation operation_id=o1",
        ),
        ("POST", "/api/auth/signup", "SignUp"),
        ("POST", "/api/auth/signin", "SignIn"),
        ("POST", "/api/auth/refresh", "Refresh"),
        ("POST", "/api/auth/signout", "SignOut"),
        ("GET", "/api/users/me", "GetMe"),
        ("PATCH", "/api/users/me", "UpdateMe"),
        (
            "POST",
            "/api/approvals/a1:decide",
            "DecideApproval approval_id=a1",
        ),
        ("PUT", "/api/chat", "405 OPTIONS, POST"),
        (
            "POST",
            "/api/users/me",
            "405 DELETE, GET, HEAD, OPTIONS, PATCH",
        ),
        ("POST", "/api/operations/o1", "404"),
        ("POST", "/api/operations/o1%3Aundo", "404"),
        ("GET", "/api/nothing", "404"),
        ("GET", "/api", "404"),
        ("GET", "/", "not ours"),
        ("GET", "/conversations/c1", "not ours"),
    ];
    for (method, path, expected) in rows {
        let found = match rules.find(&method.parse().unwrap(), path) {
            Lookup::Match(matched) => {
                let mut words = vec![matched.rule.method.name().to_owned()];
                for (binding, text) in matched.captures() {
                    words.push(format!("{}={}", binding.name, text.unwrap()));
                }
                words.join(" ")
            }
            Lookup::OtherMethods(methods) => {
                let methods: Vec<&str> = methods.iter().map(Method::as_str).collect();
                format!("405 {}", methods.join(", "))
            }
            Lookup::UnknownPath => "404".to_owned(),
            Lookup::NotOurs => "not ours".to_owned(),
        };
        assert_eq!(found, expected, "{method} {path}");
    }
}

#[test]
fn every_rpc_has_a_path_and_only_sign_in_is_public() {
    let rules = rules();
    let pool = DescriptorPool::decode(taskchat_proto::FILE_DESCRIPTOR_SET).unwrap();
    for method in pool
        .services()
        .flat_map(|service| service.methods().collect::<Vec<_>>())
    {
        let bound = rules
            .iter()
            .any(|rule| rule.method.full_name() == method.full_name());
        assert!(bound, "{} has no path", method.full_name());
    }
    let public = rules.iter().filter(|rule| rule.is_public);
    let public: Vec<&str> = public.map(|rule| rule.method.name()).collect();
    assert_eq!(public, ["SignUp", "SignIn", "Refresh", "SignOut"]);
}

#[test]
fn the_guard_tells_token_before_path() {
    let guard = taskchat::options(Config::default()).guard.unwrap();
    let rules = rules();
    let Lookup::Match(matched) = rules.find(&Method::POST, "/api/u1/chat") else {
        panic!("no rule");
    };
    let check = |identity: Option<Identity>, is_public| {
        let mut extensions = Extensions::new();
        if let Some(identity) = identity {
            extensions.insert(identity);
        }
        let verdict = guard.check(&Incoming {
            method: &matched.rule.method,
            is_public,
            extensions: &extensions,
            path: &[("user_id", "u1")],
        });
        verdict.map_err(|status| format!("{:?}: {}", status.code(), status.message()))
    };
    let anonymous = Err("Unauthenticated: Not authenticated".to_owned());
    // An edge without keys leaves it to the services.
    assert_eq!(check(None, false), Ok(()));
    assert_eq!(check(Some(Identity::Anonymous), false), anonymous);
    assert_eq!(check(Some(Identity::Anonymous), true), Ok(()));
    assert_eq!(check(Some(Identity::Rejected), true), Ok(()));
    let rejected = Err("Unauthenticated: Invalid token or expired token.".to_owned());
    assert_eq!(check(Some(Identity::Rejected), false), rejected);
    let unavailable = Err("Unavailable: the service is not available right now".to_owned());
    assert_eq!(check(Some(Identity::Unavailable), false), unavailable);
}
