//! Followers that do not read: what they cost, and whom.

use serde_json::json;
use taskchat_tests::{Binary, FakeModel, Gate, Script, home::Home, sse::text_of, text, user};
use tokio::{
    io::AsyncWriteExt,
    net::{TcpSocket, TcpStream},
};

/// Pieces of text in the turn, each of this many bytes: 4 MB.
const PIECES: u32 = 4000;
const PIECE: usize = 1024;

const FOLLOWERS: usize = 25;

/// What all of them may cost together, in kB. Were the turn kept for each, it would be 100 MB, and
/// much more in the forms that it is read and sent in.
const BOUND: u64 = 64 * 1024;

#[tokio::test]
async fn followers_that_do_not_read_cost_little_and_hinder_nobody() {
    let home = Home::sqlite();
    let model = FakeModel::start().await;
    let server = Binary::start(home.folder(), Some(&model)).await;
    let ada = server.sign_up("ada").await;
    let gate = Gate::closed();
    model.says([Script::stream()
        .delta(&"x".repeat(PIECE))
        .hold(&gate)
        .delta("That is all.")
        .finish("stop")]);
    let mut events = ada.open_stream(json!({ "message": "A long story" })).await;
    let seen = events.until("text_delta").await;
    drop(events);
    let turn = user::text(&seen[0].data, "turn_id");
    // The story goes on for long: what was said is said again and again.
    home.run(
        "BEGIN; UPDATE turns SET last_seq = last_seq + 4000; \
         INSERT INTO turn_events (turn_id, seq, user_id, body, created_at) \
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000) \
         SELECT turn_id, seq + i, user_id, body, created_at FROM turn_events, n WHERE seq = 2; \
         COMMIT",
    )
    .await;

    // Read once, so that whatever is kept for ever is there already.
    let mut reader = ada.follow(&turn, 0).await;
    while reader.next().await.expect("an event").id < Some(PIECES + 2) {}
    let before = resident(server.pid());
    let mut followers = Vec::new();
    for _ in 0..FOLLOWERS {
        followers.push(deaf(&server, &ada.access, &turn).await);
    }
    for follower in &followers {
        follower.readable().await.expect("an answer");
    }

    // Meanwhile the turn ends for those who read it, and others are served.
    gate.open();
    assert_eq!(text_of(&reader.rest().await), "That is all.");
    let all = ada.follow(&turn, 0).await.rest().await;
    let length = (PIECES as usize + 1) * PIECE + "That is all.".len();
    assert_eq!(text_of(&all).len(), length);
    model.says([text("Hello.")]);
    assert_eq!(ada.chat("hi").await.ok()["response_text"], "Hello.");
    let cost = resident(server.pid()).saturating_sub(before);
    assert!(cost < BOUND, "{cost} kB");
    drop(followers);
    server.terminate().await;
}

/// Follows a turn and never reads.
async fn deaf(server: &Binary, access: &str, turn: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    // Or the kernel would do the reading.
    socket.set_recv_buffer_size(4096).expect("a small buffer");
    let mut stream = socket.connect(server.address).await.expect("a connection");
    let asked = format!(
        "GET /api/turns/{turn}/events HTTP/1.1\r\nhost: {}\r\n\
         authorization: Bearer {access}\r\naccept: text/event-stream\r\n\r\n",
        server.address
    );
    stream.write_all(asked.as_bytes()).await.expect("sent");
    stream
}

/// The memory that a process holds, in kB.
fn resident(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("its status");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let size = line.and_then(|rest| rest.trim().strip_suffix(" kB"));
    size.and_then(|size| size.parse().ok()).expect("a number")
}
