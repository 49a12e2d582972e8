//! The instances of all places, for a list.

use std::cell::RefCell;

use futures_util::stream::{self, StreamExt};

use super::place::{self, Place};
use super::target::AT_ONCE;
use crate::error::Error;
use crate::plan::cli::places::Places;
use crate::plan::target::filter::Filter;
use crate::plan::target::ids::Region;
use crate::resolve::lazy_aws::LazyAws;
use crate::world::aws::listing::Page;

/// The places that were listed.
pub(crate) struct Listed {
    /// Each with its profile, if there are several.
    pub(crate) done: Vec<(Option<String>, Region)>,
    /// Why others were not, with their names.
    pub(crate) failed: Vec<(String, Error)>,
}

/// Lists the instances that match the filters in all places, some places at a time. `take` gets each
/// page as it arrives, and knows which is the last one of a place.
///
/// # Errors
/// If no place answers, the first one's error.
pub(crate) async fn list(
    places: &Places,
    accounts: &[LazyAws],
    filters: &[Filter],
    take: impl FnMut(Page),
) -> Result<Listed, Error> {
    let take = RefCell::new(take);
    let all = place::all(places, None, accounts).await;
    let listed = stream::iter(all).map(|it: Place<'_>| {
        let name = it.name();
        let take = |page: Page| (take.borrow_mut())(page);
        async move { (name, it.list(filters, take).await) }
    });
    // In the order of the places, as the errors are told.
    let answers: Vec<_> = listed.buffered(AT_ONCE).collect().await;
    let (mut done, mut failed) = (Vec::new(), Vec::new());
    for (name, answer) in answers {
        match answer {
            Ok(place) => done.push(place),
            Err(error) if error.dropped_session().is_some() => return Err(error),
            Err(error) => failed.push((name, error)),
        }
    }
    if done.is_empty() && !failed.is_empty() {
        return Err(failed.swap_remove(0).1);
    }
    Ok(Listed { done, failed })
}
