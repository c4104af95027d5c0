//! What storing the text of streaming turns costs: `cargo bench --bench texts`. Printed, never
//! asserted.
//!
//! The load of `tests/bench/turns.rs` without model, doors and followers: a thousand turns append a
//! piece each every 100 ms for five seconds. What the pace alone costs is taken off. Beside the CPU
//! that `turns` prints, that is the share of a streamed turn that is its storing.

use std::{
    future::Future,
    time::{Duration, Instant},
};

use futures::future::join_all;
use taskchat_domain::{
    ApprovalPolicy, Conversation, ConversationId, ConversationTitle, EntryId, SessionId, TimeZone,
    Timestamp, Turn, TurnId, TurnState, Usage, User, UserId,
};
use taskchat_store::{Config, NewSession, Store};
use tokio::time::sleep_until;
use uuid::Uuid;

const USERS: usize = 50;
const TURNS: usize = 20;
const PIECES: u32 = 50;
const PACE: Duration = Duration::from_millis(100);

/// A turn that may be written to.
#[derive(Debug, Clone)]
struct Held {
    user: UserId,
    turn: TurnId,
    lease: Uuid,
}

fn main() -> anyhow::Result<()> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(run())
}

#[expect(clippy::print_stdout, reason = "a bench prints what it has measured")]
async fn run() -> anyhow::Result<()> {
    let data = tempfile::tempdir()?;
    let store = Config::default().open(data.path()).await?;
    store.migrate().await?;
    let mut turns = Vec::new();
    for n in 0..USERS {
        let user = person(&store, n).await?;
        for _ in 0..TURNS {
            turns.push(turn(&store, &user).await?);
        }
    }
    let pace = paced(&turns, |_| async { Ok(()) }).await?;
    let stored = paced(&turns, |held| {
        let store = store.clone();
        async move {
            let text = "4815162342 ".to_owned();
            store
                .append_text(&held.user, held.turn, held.lease, text, now())
                .await?;
            Ok(())
        }
    })
    .await?;
    let cost = stored.saturating_sub(pace);
    let pieces = turns.len() as f64 * f64::from(PIECES);
    println!(
        "storing {pieces} pieces of {} turns: {cost:.2?} of CPU, {:.0} µs a piece",
        turns.len(),
        cost.as_secs_f64() * 1e6 / pieces,
    );
    Ok(())
}

/// The CPU that this process takes while every turn does something at the pace of a model.
async fn paced<F>(turns: &[Held], what: impl Fn(Held) -> F) -> anyhow::Result<Duration>
where
    F: Future<Output = anyhow::Result<()>> + Send + 'static,
{
    let (what, before, begun) = (&what, cpu(), Instant::now());
    let turns = turns.iter().enumerate().map(|(n, held)| async move {
        // Models do not speak in step.
        let ahead = PACE.mul_f64(n as f64 / (USERS * TURNS) as f64);
        for piece in 0..PIECES {
            sleep_until((begun + ahead + PACE * piece).into()).await;
            what(held.clone()).await?;
        }
        anyhow::Ok(())
    });
    for done in join_all(turns).await {
        done?;
    }
    Ok(cpu().saturating_sub(before))
}

async fn person(store: &Store, n: usize) -> anyhow::Result<UserId> {
    let id = UserId::parse(&format!("bench-{n}"))?;
    let user = User {
        id: id.clone(),
        email: Some(format!("bench-{n}@example.org")),
        time_zone: TimeZone::UTC,
        approval_policy: ApprovalPolicy::default(),
        created_at: now(),
    };
    let session = NewSession {
        id: SessionId::new(),
        user: id.clone(),
        token_hash: format!("token of {n}"),
        at: now(),
        expires_at: now() + Duration::from_secs(3600),
        user_agent: "a bench".to_owned(),
    };
    store.accounts().sign_up(&user, "hash", &session).await?;
    Ok(id)
}

/// A turn in a conversation of its own, leased.
async fn turn(store: &Store, user: &UserId) -> anyhow::Result<Held> {
    let conversation = Conversation {
        id: ConversationId::new(),
        title: ConversationTitle::parse("Bench")?,
        created_at: now(),
        updated_at: now(),
    };
    let turn = Turn {
        id: TurnId::new(),
        conversation_id: conversation.id,
        ordinal: 1,
        state: TurnState::Queued,
        user_message_id: EntryId::new(),
        message_id: EntryId::new(),
        time_zone: TimeZone::UTC,
        cancel_requested: false,
        failure: None,
        usage: Usage::default(),
        last_seq: 0,
        created_at: now(),
        ended_at: None,
    };
    let tx = store.begin(user).await?;
    tx.insert_conversation(&conversation).await?;
    tx.insert_turn(&turn, None, None).await?;
    tx.commit().await?;
    let (lease, long) = (Uuid::now_v7(), Duration::from_secs(3600));
    let leases = store.leases();
    let claimed = leases.claim_in(conversation.id, lease, now(), long).await?;
    anyhow::ensure!(claimed.is_some(), "the turn was not leased");
    Ok(Held {
        user: user.clone(),
        turn: turn.id,
        lease,
    })
}

fn now() -> Timestamp {
    chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::now())
}

/// User and system time of this process (proc(5), fields 14 and 15; a tick is 10 ms on Linux).
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(") ").next().unwrap_or_default();
    let times = after_name.split(' ').skip(11).take(2);
    let ticks: u64 = times.filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}
