//! Services on one port and an edge on another: the same scenarios, and what only a split can do.

use http::Request;
use serde_json::json;
use taskchat_tests::{
    App, Door, FakeModel, Gate, Script, calls, eventually,
    sse::text_of,
    text,
    tls::Certificates,
    token,
    topology::{Part, Role, VARIABLE},
    user,
    wire::{self, EMPTY_MESSAGE, Http2},
};
use tokio::{net::TcpListener, process::Command};

/// The scenarios of the doors, which must not notice where the services are.
const SAME: [&str; 7] = [
    "doors::",
    "streams::",
    "bad_input::",
    "isolation::",
    "mcp::",
    "page::",
    "sockets::one_user",
];

#[tokio::test]
async fn the_scenarios_of_the_doors_hold_in_the_split() {
    let output = Command::new(std::env::current_exe().expect("the test's own path"))
        .args(SAME)
        .env(VARIABLE, "split")
        .kill_on_drop(true)
        .output()
        .await
        .expect("it runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}");
    assert!(
        said.contains("test result: ok. ") && !said.contains("ok. 0 passed"),
        "{said}"
    );
}

fn services(app: &App) -> &Part {
    app.parts.last().expect("services")
}

#[tokio::test]
async fn an_edge_finds_its_services_again() {
    let data = tempfile::tempdir().expect("a folder");
    let socket = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = socket.local_addr().expect("bound");
    let upstream = vec![format!("http://{address}").parse().expect("an address")];
    let edge = Part::start(Role::Edge(upstream), data.path(), &[]).await;
    let ask = async |path: &str| {
        let sent = reqwest::get(format!("http://{}{path}", edge.address)).await;
        taskchat_tests::Answer::read(sent.expect("an answer")).await
    };
    // Nobody listens yet, and that is told at once.
    drop(socket);
    let refused = ask("/api/tasks").await;
    assert_eq!(
        refused.header("retry-after"),
        Some("1"),
        "{:?}",
        refused.headers
    );
    assert_eq!(refused.refused(503)["code"], "UNAVAILABLE");
    let told = Http2::connect(edge.address).await;
    let told = told
        .ask(wire::grpc(
            "/taskchat.v1.TaskService/ListTasks",
            EMPTY_MESSAGE,
        ))
        .await;
    assert_eq!(told.expect("an answer").grpc_status(), Some("14"));
    assert_eq!(ask("/readyz").await.status, 503);
    // The page is the edge's own.
    assert_eq!(ask("/").await.status, 200);

    for _ in 0..2 {
        let socket = TcpListener::bind(address).await.expect("the same port");
        let services = Part::start_on(socket, Role::Services, data.path(), &[]);
        eventually("the services answer", || async {
            ask("/readyz").await.status == 200
        })
        .await;
        ask("/api/tasks").await.refused(401);
        services.crash().await;
        assert_eq!(ask("/api/tasks").await.status, 503);
    }
}

#[tokio::test]
async fn several_services_share_the_requests_and_a_dead_one_is_left_out() {
    let data = tempfile::tempdir().expect("a folder");
    let one = Part::start(Role::Services, data.path(), &[]).await;
    eventually("the database is there", || async {
        let ready = reqwest::get(format!("http://{}/readyz", one.address)).await;
        ready.is_ok_and(|it| it.status() == 200)
    })
    .await;
    let two = Part::start(Role::Services, data.path(), &[]).await;
    let upstream = [one.address, two.address];
    let upstream = upstream.map(|it| format!("http://{it}").parse().expect("an address"));
    let edge = Part::start(Role::Edge(upstream.into()), data.path(), &[]).await;
    let ask = async || {
        let sent = reqwest::get(format!("http://{}/api/tasks", edge.address)).await;
        sent.expect("an answer").status().as_u16()
    };
    for _ in 0..20 {
        assert_eq!(ask().await, 401);
    }
    let address = two.address;
    two.crash().await;
    // Not one of them fails: a request is given to those that are known to be there.
    for _ in 0..50 {
        assert_eq!(ask().await, 401);
    }
    let socket = TcpListener::bind(address).await.expect("the same port");
    let two = Part::start_on(socket, Role::Services, data.path(), &[]);
    one.stop().await;
    eventually("the other has come back", || async { ask().await == 401 }).await;
    drop(two);
}

#[tokio::test]
async fn services_that_leave_finish_what_they_have_and_get_nothing_new() {
    let model = FakeModel::start().await;
    let gate = Gate::closed();
    let setup = App::setup().split().model(&model);
    let app = setup.set("TASKCHAT_GRACE", "60s").start().await;
    // The other services have neither database nor users in common: they only refuse.
    let data = tempfile::tempdir().expect("a folder");
    let others = Part::start(Role::Services, data.path(), &[]).await;
    let both = [services(&app).address, others.address];
    let both = both.map(|it| format!("http://{it}").parse().expect("an address"));
    let edge = Part::start(Role::Edge(both.into()), data.path(), &[]).await;
    let ask = async |path: &str| {
        let sent = reqwest::get(format!("http://{}{path}", edge.address)).await;
        sent.expect("an answer").status().as_u16()
    };
    eventually("they answer", || async { ask("/readyz").await == 200 }).await;

    // A stream at the one that leaves, through the edge of its own.
    let ada = app.sign_up("ada").await;
    model.says([text("Good morning.").behind(&gate)]);
    let mut events = ada.open_stream(json!({ "message": "hi" })).await;
    events.until("started").await;
    services(&app).leave();
    for _ in 0..50 {
        assert_eq!(ask("/api/tasks").await, 401, "the other one answers");
    }
    // Where there is no other, that is told.
    ada.get("/api/users/me").await.refused(503);
    gate.open();
    assert_eq!(text_of(&events.rest().await), "Good morning.");
}

#[tokio::test]
async fn services_behind_tls_are_believed_only_with_their_authority() {
    let certificates = Certificates::new();
    let app = App::setup()
        .split()
        .set("TASKCHAT_EDGE__CA", certificates.file("authority.pem"))
        .set_services("TASKCHAT_TLS__CERT", certificates.file("cert.pem"))
        .set_services("TASKCHAT_TLS__KEY", certificates.file("key.pem"))
        .start()
        .await;
    let ada = app.sign_up("ada").await;
    for door in Door::ALL {
        ada.via(door).add("x", "").await.expect("a task");
    }
    assert_eq!(ada.titles().await.len(), 4);

    let data = tempfile::tempdir().expect("a folder");
    let upstream = format!("https://{}", services(&app).address);
    let upstream = vec![upstream.parse().expect("an address")];
    let stranger = Part::start(Role::Edge(upstream), data.path(), &[]).await;
    let answer = reqwest::get(format!("http://{}/readyz", stranger.address)).await;
    assert_eq!(answer.expect("an answer").status(), 503);
}

#[tokio::test]
async fn the_limit_on_sign_ins_sees_the_client_and_not_what_it_says() {
    let app = App::setup()
        .split()
        .set("TASKCHAT_LIMITS__SIGN_INS_PER_MINUTE", "3")
        .start()
        .await;
    let sign_in = async |address: std::net::SocketAddr, says: &[(&str, &str)]| {
        let mut request = app
            .http
            .post(format!("http://{address}/api/auth/signin"))
            .json(&json!({ "email": "ada@example.com", "password": "a wrong password" }));
        for (name, value) in says {
            request = request.header(*name, *value);
        }
        request.send().await.expect("an answer").status().as_u16()
    };
    // Addresses made up by the client do not get past the edge: all of it is one client.
    let mut seen = Vec::new();
    for at in 0..5 {
        let made_up = format!("203.0.113.{at}");
        let says = [
            ("x-forwarded-for", made_up.as_str()),
            ("x-real-ip", &made_up),
        ];
        seen.push(sign_in(app.address, &says).await);
    }
    assert_eq!(seen, [401, 401, 401, 429, 429]);

    // What the edge itself says is believed: here the scenario stands in its place.
    let call = async |client: &str| {
        let request = Request::post("http://a/taskchat.v1.AuthService/SignIn")
            .header("content-type", "application/grpc")
            .header("x-forwarded-for", client)
            .body(bytes::Bytes::from_static(EMPTY_MESSAGE))
            .expect("a request");
        let client = Http2::connect(services(&app).address).await;
        let answer = client.ask(request).await.expect("an answer");
        answer.grpc_status() == Some("8")
    };
    for at in 0..5 {
        assert!(!call(&format!("198.51.100.{at}")).await);
    }
    for at in 0..5 {
        assert_eq!(call("192.0.2.7").await, at >= 3);
    }
}

#[tokio::test]
async fn an_edge_with_a_key_refuses_early_and_one_without_leaves_it_to_the_services() {
    let secret = "a secret that both of them know, long enough";
    let data = tempfile::tempdir().expect("a folder");
    // Nobody answers here: whatever is refused, the edge itself refuses.
    let nobody = vec!["http://127.0.0.1:9".parse().expect("an address")];
    let env = [
        ("TASKCHAT_AUTH__SECRET", secret),
        ("TASKCHAT_LIMITS__REQUESTS_PER_MINUTE", "3"),
        ("TASKCHAT_HTTP__CORS_ORIGINS", "https://app.example.com"),
    ];
    let env = env.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let knowing = Part::start(Role::Edge(nobody.clone()), data.path(), &env).await;
    let plain = Part::start(Role::Edge(nobody), data.path(), &[]).await;
    let ask = async |edge: &Part, token: &str| {
        let request = reqwest::Client::new().get(format!("http://{}/api/tasks", edge.address));
        let request = request.header("origin", "https://app.example.com");
        let answer = request.bearer_auth(token).send().await;
        let answer = answer.expect("an answer");
        let is_readable = answer.headers().contains_key("access-control-allow-origin");
        assert_eq!(is_readable, edge.address == knowing.address, "{answer:?}");
        answer.status().as_u16()
    };
    assert_eq!(ask(&knowing, "nonsense").await, 401);
    let good = token::signed(secret, &token::claims("somebody"));
    let mut seen = Vec::new();
    for _ in 0..4 {
        seen.push(ask(&knowing, &good).await);
    }
    assert_eq!(seen, [503, 503, 503, 429]);
    assert_eq!(ask(&plain, "nonsense").await, 503);

    // The services judge for an edge that cannot.
    let app = App::setup().split().start().await;
    let ada = app.sign_up("ada").await;
    ada.get("/api/users/me").await.ok();
    ada.with_token("nonsense")
        .get("/api/users/me")
        .await
        .refused(401);
}

#[tokio::test]
async fn an_edge_that_leaves_says_so_itself() {
    let app = App::setup()
        .split()
        .set("TASKCHAT_NOTICE", "60s")
        .start()
        .await;
    let ada = app.sign_up("ada").await;
    let client = Http2::connect(app.address).await;
    assert_eq!(client.health().await, 1);
    app.parts[0].leave();
    eventually("health tells", || async { client.health().await == 2 }).await;
    let services = Http2::connect(services(&app).address).await;
    assert_eq!(services.health().await, 1, "they stay");
    let task = ada.add("water the plants").await;
    assert_eq!(user::text(&task, "title"), "water the plants");
}

#[tokio::test]
async fn a_turn_that_failed_after_reading_a_lot_says_so_through_the_edge() {
    let model = FakeModel::start().await;
    let app = App::setup().split().model(&model).start().await;
    let ada = app.sign_up("ada").await;
    for at in 0..30 {
        let body = json!({ "title": format!("task {at}"), "description": "x".repeat(1000) });
        ada.post("/api/tasks", body).await.ok();
    }
    model.says([
        calls([
            ("list_tasks", json!({})),
            ("add_task", json!({ "title": "buy milk" })),
        ]),
        Script::refusal(401),
    ]);
    let problem = ada.chat("Add buy milk").await.refused(503);
    let id = |name: &str| !user::text(&problem, name).is_empty();
    assert!(id("conversation_id") && id("turn_id"), "{problem}");
    let words = user::text(&problem, "response_text");
    assert!(words.contains("what was already done"), "{words}");
    let calls = problem["tool_calls"].as_array().expect("calls");
    let receipt = &calls.last().expect("a call")["receipt"];
    assert_eq!(receipt["summary"], "Added “buy milk”.");
}
