//! Whose doing it was when processes die one after the other.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use taskchat_tests::{Script, eventually, text};

use super::recovery::Scene;

#[tokio::test]
async fn a_turn_that_ends_processes_does_not_take_the_others_along() {
    let mut it = Scene::with(&[("TASKCHAT_TURNS__TAKE_UPS", "2")]).await;
    let is_over = Arc::new(AtomicBool::new(false));
    let over = Arc::clone(&is_over);
    it.model
        .otherwise(move |_| match over.load(Ordering::Relaxed) {
            true => text("Here I am."),
            false => Script::stream().stall(),
        });
    let harmful = it.say("Crash", None, 1).await;
    let mut others = Vec::new();
    for _ in 0..3 {
        others.push(it.say("Hello", None, 1).await);
    }
    // Twice nobody knows which of the four it was; from then on the oldest comes first, alone.
    for asked in [4, 8, 9] {
        eventually("the model is asked", || async { it.model.asked() == asked }).await;
        it.server.kill().await;
        is_over.store(asked == 9, Ordering::Relaxed);
        it.server.rise().await;
    }
    assert_eq!(it.ended(&harmful).await["state"], "failed");
    for other in &others {
        let ended = it.ended(other).await;
        assert_eq!(ended["state"], "completed", "{ended}");
    }
}
