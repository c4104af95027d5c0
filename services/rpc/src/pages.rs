//! Pages that fit into a message.

use std::future::Future;

use prost::Message;
use taskchat_domain::PageRequest;

use crate::status::Answer;

/// The largest message sent or taken: what gRPC clients accept by default.
pub(crate) const LARGEST_MESSAGE: usize = 4 * 1024 * 1024;

/// Room for what a message gets on its way, such as a longer encoding at the edge.
const FITS: usize = LARGEST_MESSAGE - 64 * 1024;

/// The page asked for, or a shorter one when that would be too large to send: "at most this many"
/// allows it, and the token of the shorter page leads on.
pub(crate) async fn fitting<T, F>(
    mut page: PageRequest,
    fetch: impl Fn(PageRequest) -> F,
) -> Answer<T>
where
    T: Message,
    F: Future<Output = Answer<T>>,
{
    loop {
        let answer = fetch(page.clone()).await?;
        if page.size <= 1 || answer.encoded_len() <= FITS {
            return Ok(answer);
        }
        page.size /= 2;
    }
}

/// How many there are in a page, as the contract counts.
pub(crate) fn count<T>(items: &[T]) -> i32 {
    i32::try_from(items.len()).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use taskchat_proto::v1::ListMessagesResponse;

    use super::*;

    #[tokio::test]
    async fn too_large_a_page_is_halved_until_it_fits() {
        let fetch = |page: PageRequest| async move {
            Ok(ListMessagesResponse {
                next_page_token: "x".repeat(100_000 * page.size as usize),
                count: i32::try_from(page.size).unwrap(),
                ..Default::default()
            })
        };
        for (asked, given) in [(40, 40), (50, 25), (200, 25), (1, 1)] {
            let page = PageRequest {
                size: asked,
                token: None,
            };
            assert_eq!(fitting(page, fetch).await.unwrap().count, given);
        }
    }
}
