//! News between the processes that share a database: what happens here is told to the others, and
//! what they tell wakes whoever waits here. Where nothing can be told or heard, everybody polls.

use std::{sync::Arc, time::Duration};

use taskchat_domain::chain;
use taskchat_store::{Exchange, Heard, Listener, News};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::{keep::every, run::Runner, wake::Wakes};

/// News come together for so long before the next are told.
const TOGETHER: Duration = Duration::from_millis(5);

/// How often this process makes sure that it still hears what is told.
const PULSE: Duration = Duration::from_secs(5);

/// How long before the first new attempt to listen, and before any later one.
const AGAIN: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(30));

/// How long the last turns of this process may take to end once they are told to.
const LAST_WORDS: Duration = Duration::from_secs(3);

/// Tells and hears.
#[derive(Debug, Clone)]
pub(crate) struct Relay {
    pub(crate) exchange: Exchange,
    pub(crate) wakes: Wakes,
    pub(crate) runner: Arc<Runner>,
}

impl Relay {
    /// Tells the others what happens here, until `abort` and the end of the last turn after it.
    pub(crate) async fn speak(self, abort: CancellationToken) {
        self.wakes.keep_news();
        tokio::select! {
            () = abort.cancelled() => {}
            () = self.speak_on() => {}
        }
        // Turns that are stopped now end within a moment, and are waited for elsewhere.
        let ended = tokio::time::timeout(LAST_WORDS, self.runner.idle()).await;
        if ended.is_err() {
            warn!("some turns did not end in time");
        }
        let last = self.wakes.news_now();
        if !last.is_empty()
            && let Err(cause) = self.exchange.tell(&last).await
        {
            warn!(error = %chain(&cause), "cannot tell other processes that turns have ended");
        }
    }

    async fn speak_on(&self) {
        let mut silent = false;
        loop {
            let news = self.wakes.take_news().await;
            match self.exchange.tell(&news).await {
                Ok(()) => {
                    silent = false;
                    sleep(TOGETHER).await;
                }
                Err(cause) => {
                    if !silent {
                        warn!(error = %chain(&cause), "cannot tell other processes what happens");
                    }
                    silent = true;
                    for news in news {
                        self.wakes.tell(news);
                    }
                    sleep(AGAIN.0).await;
                }
            }
        }
    }

    /// Acts on what the others tell, until `abort`; begins anew when the connection is lost.
    pub(crate) async fn hear(self, abort: CancellationToken) {
        tokio::select! {
            () = abort.cancelled() => {}
            () = self.hear_on() => {}
        }
    }

    async fn hear_on(&self) {
        let mut pause = AGAIN.0;
        loop {
            let deaf = match self.exchange.listen().await {
                Ok(Some(mut listener)) => self.listen(&mut listener).await,
                Ok(None) => return,
                Err(cause) => Deaf {
                    has_heard: false,
                    cause: chain(&cause),
                },
            };
            if deaf.has_heard {
                pause = AGAIN.0;
            }
            // Once when it begins: the attempts that follow are the same.
            if pause == AGAIN.0 {
                info!(cause = deaf.cause, "other processes are not heard; polling");
            }
            self.wakes.set_told(false);
            sleep(pause).await;
            pause = (pause * 2).min(AGAIN.1);
        }
    }

    /// Listens until nothing is heard any more. One's own signs of life prove that what others say
    /// would be heard, too: some poolers accept LISTEN and pass nothing on.
    async fn listen(&self, listener: &mut Listener) -> Deaf {
        let mut has_heard = false;
        let mut unheard = false;
        let mut pulse = every(PULSE);
        let cause = loop {
            tokio::select! {
                heard = listener.next() => match heard {
                    Ok(Heard::Own) => {
                        unheard = false;
                        has_heard = true;
                        self.wakes.set_told(true);
                    }
                    Ok(Heard::Others(news)) => news.into_iter().for_each(|it| self.act(it)),
                    Err(cause) => break chain(&cause),
                },
                _ = pulse.tick() => {
                    if unheard {
                        break "nothing comes back".to_owned();
                    }
                    match self.exchange.tell(&[]).await {
                        Ok(()) => unheard = true,
                        Err(cause) => break chain(&cause),
                    }
                }
            }
        };
        Deaf { has_heard, cause }
    }

    fn act(&self, news: News) {
        match news {
            News::Events(turn) => self.wakes.wake_here(turn),
            // What was told late may not hold any more.
            News::Stop(_) | News::StopAll(_) => self.runner.look_for_stops_now(),
            News::Waiting(conversation) => self.runner.nudge(conversation),
        }
    }
}

/// Why nothing is heard any more.
struct Deaf {
    has_heard: bool,
    cause: String,
}
