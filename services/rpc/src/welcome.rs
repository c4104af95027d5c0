//! Calls that last: they end when their caller may not be here any more.

use std::{pin::pin, time::Duration};

use async_stream::try_stream;
use futures::{Stream, StreamExt};
use taskchat_accounts::Accounts;
use taskchat_auth::Caller;
use taskchat_domain::Error;
use tokio::time::Instant;

use crate::status::{Answer, Refused, status};

/// How often it is looked up, where not before each item, whether a caller may still be here.
pub(crate) const LOOK_EVERY: Duration = Duration::from_secs(1);

/// The items of a stream, for as long as the caller's session and account last. That is looked up
/// before an item is given, unless it was less than `every` ago.
pub(crate) fn guarded<T: Send>(
    items: impl Stream<Item = Answer<T>> + Send,
    accounts: Accounts,
    caller: Caller,
    every: Duration,
) -> impl Stream<Item = Answer<T>> + Send {
    try_stream! {
        let mut items = pin!(items);
        let mut looked = Instant::now();
        while let Some(item) = items.next().await {
            if looked.elapsed() >= every {
                if !accounts.is_welcome(&caller).await.or_status()? {
                    Err(status(Error::BadToken))?;
                }
                looked = Instant::now();
            }
            yield item?;
        }
    }
}
