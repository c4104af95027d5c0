//! Calls that last: they end when their caller may not be here any more.

use std::pin::pin;

use async_stream::try_stream;
use futures::{Stream, StreamExt};
use taskchat_accounts::Accounts;
use taskchat_auth::Caller;
use taskchat_domain::Error;

use crate::status::{Answer, status};

/// The items of a stream, until its caller's session, account or token has ended, whether items come
/// or not. That is looked up beside the items and delays none of them, so those of the few seconds
/// between two looks ([`taskchat_accounts::Config::look_every`]) may still be given after the end.
pub(crate) fn guarded<T: Send>(
    items: impl Stream<Item = Answer<T>> + Send,
    accounts: Accounts,
    caller: Caller,
) -> impl Stream<Item = Answer<T>> + Send {
    try_stream! {
        let mut items = pin!(items);
        let mut end = pin!(accounts.until_unwelcome(&caller));
        loop {
            let next = tokio::select! {
                biased;
                () = &mut end => Err(status(Error::BadToken)),
                item = items.next() => Ok(item),
            };
            match next? {
                Some(item) => yield item?,
                None => break,
            }
        }
    }
}

/// The same for items that are few: each is given after a look of its own, so that nothing that
/// happens after the end is told.
pub(crate) fn guarded_each<T: Send>(
    items: impl Stream<Item = Answer<T>> + Send,
    accounts: Accounts,
    caller: Caller,
) -> impl Stream<Item = Answer<T>> + Send {
    let (looking, reader) = (accounts.clone(), caller.clone());
    let items = items.then(move |item| {
        let (accounts, caller) = (looking.clone(), reader.clone());
        async move {
            still_here(&accounts, &caller).await?;
            item
        }
    });
    guarded(items, accounts, caller)
}

/// Refuses a caller who was let in and may not be here any more. A look that fails says nothing.
///
/// # Errors
/// UNAUTHENTICATED.
pub(crate) async fn still_here(accounts: &Accounts, caller: &Caller) -> Answer<()> {
    match accounts.is_welcome(caller).await {
        Ok(false) => Err(status(Error::BadToken)),
        Ok(true) | Err(_) => Ok(()),
    }
}
