//! Lists that come in pages.

use std::time::Duration;

use tokio::time::timeout;

use super::call::Call;
use crate::world::aws::error::AwsError;

/// How long a list may take, with all its pages and retries. A region of ten thousand instances takes some
/// ten seconds; nobody waits much longer.
const LIST: Duration = Duration::from_secs(30);

/// How many pages are requested, and how many items of them are kept: AWS's lists end, but the
/// server may not be AWS. A page of EC2's covers up to a thousand instances, of which few match.
const PAGES: usize = 200;
const ITEMS: usize = 10_000;

/// Gets all pages of a list. `page` is given a page's token and gets the page, with the token of the
/// next one.
///
/// # Errors
/// [`AwsError::BadAnswer`] for a list without an end, [`AwsError::TimedOut`] if all pages together
/// take longer than [`LIST`].
pub(super) async fn all<T>(
    call: &Call<'_>,
    page: impl AsyncFn(Option<String>) -> Result<(Vec<T>, Option<String>), AwsError>,
) -> Result<Vec<T>, AwsError> {
    let late = |_| call.timed_out();
    timeout(LIST, all_of(call, page)).await.map_err(late)?
}

async fn all_of<T>(
    call: &Call<'_>,
    page: impl AsyncFn(Option<String>) -> Result<(Vec<T>, Option<String>), AwsError>,
) -> Result<Vec<T>, AwsError> {
    let (mut found, mut token) = (Vec::new(), None);
    for _ in 0..PAGES {
        let (items, next) = page(token).await?;
        found.extend(items);
        // A page may be empty and yet not be the last.
        token = next.filter(|token| !token.is_empty());
        if token.is_none() {
            return Ok(found);
        }
        if found.len() > ITEMS {
            break;
        }
    }
    Err(call.bad_answer())
}
